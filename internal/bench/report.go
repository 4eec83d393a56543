package main

import (
	"fmt"
	"io"
	"strings"
)

// A report writes the lines as they come, group by group.
type report struct {
	w        io.Writer
	markdown bool
	labels   []string // of the peers, one a column
	group    string   // the group being written
	inGroup  tally
	inAll    tally
	below    []string // lines that are below a goal
	leftOut  leftOut  // of the group
}

func newReport(w io.Writer, markdown bool, contenders []contender) *report {
	r := &report{w: w, markdown: markdown}
	for _, c := range contenders[ours+1:] {
		r.labels = append(r.labels, c.label)
	}
	return r
}

const explanation = `A figure says how many times as fast as that program fd42's is: its time divided by fd42's.
It is the median of paired runs. The lowest and the highest are in brackets.
A line that stands for several commands shows the command in which fd42 does worst.`

func (r *report) begin(machine string, runs int, busy bool) error {
	cores := "nothing else was started"
	if busy {
		cores = "another program kept each core busy"
	}
	_, err := fmt.Fprintf(r.w, "%s; %s; at least %d runs of each command.\n%s\n", machine, cores, runs, explanation)
	return err
}

// startGroup ends the group before it and writes the heading of the next.
func (r *report) startGroup(name string) error {
	if err := r.endGroup(); err != nil {
		return err
	}
	r.group = name
	if !r.markdown {
		_, err := fmt.Fprintf(r.w, "\n== %s\n", name)
		return err
	}
	columns := append([]string{"work", "fd42", "best peer", "goal"}, r.labels...)
	_, err := fmt.Fprintf(r.w, "\n### %s\n\n| %s |\n|%s\n", name, strings.Join(columns, " | "), strings.Repeat(" --- |", len(columns)))
	return err
}

// add writes a line.
func (r *report) add(l line) error {
	r.inGroup.count(l)
	if all, any := l.reached(); any && !all {
		r.below = append(r.below, fmt.Sprintf("%s: %s: %s", r.group, l.title(), r.goals(l)))
	}
	r.leftOut.note(l)
	if r.markdown {
		work := l.words
		if l.code != "" {
			work = "`" + strings.ReplaceAll(l.code, "|", `\|`) + "`" + work
		}
		cells := []string{work, r.ours(l), r.best(l), r.goals(l)}
		for _, label := range r.labels {
			cells = append(cells, r.peer(l, label))
		}
		_, err := fmt.Fprintf(r.w, "| %s |\n", strings.Join(cells, " | "))
		return err
	}
	texts := []string{"fd42 " + r.ours(l)}
	for _, label := range r.labels {
		if cell := r.peer(l, label); cell != nothing {
			texts = append(texts, label+" "+cell)
		}
	}
	first := fmt.Sprintf("%-44s %-24s %s", l.title(), r.best(l), r.goals(l))
	_, err := fmt.Fprintf(r.w, "%s\n    %s\n", strings.TrimRight(first, " "), strings.Join(texts, "; "))
	return err
}

// nothing is what stands where a program has no figure.
const nothing = "—"

// ours is what our own program took, in the finding that the line is shown by.
func (r *report) ours(l line) string {
	shown := l.findings[0]
	if f, _, ok := l.slowest(bestPeer); ok {
		shown = f
	}
	if shown.trouble != nil {
		return shown.trouble.Error()
	}
	return shown.ours
}

// best is the peer that stands best against us.
func (r *report) best(l line) string {
	if f, s, ok := l.slowest(bestPeer); ok {
		return r.figure(s) + " " + s.label + r.code(f.variant)
	}
	if s, ok := l.findings[0].least(); ok {
		return counted(s.amount, l.findings[0].measure) + " " + s.label
	}
	return nothing
}

// goals are what was asked, each with what was reached.
func (r *report) goals(l line) string {
	var texts []string
	for rival := bestPeer; rival <= nobody; rival++ {
		f, g, ok := l.furthest(rival)
		switch s, raced := f.against(rival); {
		case ok && rival == nobody:
			texts = append(texts, fmt.Sprintf("goal at most %s: %s", counted(int64(g.value), f.measure), f.ours))
		case ok && raced:
			texts = append(texts, fmt.Sprintf("goal %g against %s: %s%s", g.value, rival, number(s.ratio.median), r.code(f.variant)))
		case ok:
			texts = append(texts, fmt.Sprintf("goal %g against %s: not measured%s", g.value, rival, r.code(f.variant)))
		}
	}
	return strings.Join(texts, "; ")
}

// peer is how we stand against one program.
func (r *report) peer(l line, label string) string {
	f, s, ok := l.slowestAgainst(func(s score) bool { return s.label == label })
	switch {
	case !ok:
		return nothing
	case f.measure != speed:
		return counted(s.amount, f.measure)
	}
	cell := r.figure(s)
	if len(l.findings) == 1 && s.ratio.low < s.ratio.high {
		cell += fmt.Sprintf(" (%s–%s)", number(s.ratio.low), number(s.ratio.high))
	}
	return cell + r.code(f.variant)
}

// figure is a ratio, or the least that it can be.
func (r *report) figure(s score) string {
	switch text := number(s.ratio.median); {
	case s.cut:
		return "over " + text
	case r.markdown && rounded(s.ratio.median) < 1:
		return "**" + text + "**"
	default:
		return text
	}
}

// code is a command's variant behind a figure.
func (r *report) code(variant string) string {
	switch {
	case variant == "":
		return ""
	case r.markdown:
		return " `" + variant + "`"
	}
	return " (" + variant + ")"
}

// endGroup says how many of the group's lines do well.
func (r *report) endGroup() (err error) {
	if r.group == "" {
		return nil
	}
	_, err = fmt.Fprintf(r.w, "\n%s: %s\n%s", r.group, r.inGroup, r.leftOut)
	r.inAll.add(r.inGroup)
	r.inGroup, r.leftOut, r.group = tally{}, nil, ""
	return err
}

// end writes the sum of it all.
func (r *report) end() error {
	if err := r.endGroup(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(r.w, "\nall groups: %s\n", r.inAll)
	if !r.markdown {
		for _, below := range r.below {
			_, err = fmt.Fprintln(r.w, "below: "+below)
		}
	}
	return err
}

// number has three digits; no ratio is 0.
func number(v float64) string {
	switch {
	case v == 0:
		return nothing
	case v >= 9.995:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
