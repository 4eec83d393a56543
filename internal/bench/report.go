package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// A report writes the results as they come, row by row.
type report struct {
	w        io.Writer
	markdown bool
	blocks   bool     // bars of block characters
	labels   []string // of the contenders, one a column
	goals    int
	missed   []string
	peak     int64 // of our own programs, in all rows
}

func newReport(out *os.File, markdown bool, found []contender) *report {
	r := &report{w: out, markdown: markdown, blocks: term.IsTerminal(int(out.Fd()))}
	for _, c := range found {
		r.labels = append(r.labels, c.label)
	}
	return r
}

func (r *report) begin(machine string, runs int) {
	fmt.Fprintf(r.w, "%s. Medians of %d paired runs with the lowest and the highest: times as fast as %s; "+
		"for start-up, times as long as an empty Go program.\n", machine, runs, r.labels[model])
	if r.markdown {
		fmt.Fprintf(r.w, "\n| work | goal | %s | memory |\n|%s\n",
			strings.Join(r.labels, " | "), strings.Repeat(" --- |", len(r.labels)+3))
	}
}

func (r *report) add(row row, results []result) (err error) {
	r.goals++
	r.peak = max(r.peak, results[ours].peak)
	if !met(row, results[ours]) {
		r.missed = append(r.missed, row.line)
	}
	if r.markdown {
		_, err = fmt.Fprintf(r.w, "| %s |\n", strings.Join(r.cells(row, results), " | "))
	} else {
		_, err = fmt.Fprintf(r.w, "\n%s, goal %s\n%s", row.title(), goal(row), r.lines(row, results))
	}
	return err
}

func (r *report) end() error {
	memory := ""
	if r.peak > 0 { // not known if programs were only started
		memory = fmt.Sprintf(" Memory at most, in any row: %s, goal %d MiB.", size(r.peak), memoryGoal)
	}
	_, err := fmt.Fprintf(r.w, "\n%d of %d goals met.%s\n", r.goals-len(r.missed), r.goals, memory)
	for _, line := range r.missed {
		fmt.Fprintln(r.w, "missed:", line)
	}
	return err
}

// met says whether a result reaches the row's goal.
func met(row row, r result) bool {
	switch {
	case r.trouble != nil:
		return false
	case row.kind == memory:
		return float64(r.peak) <= row.goal*float64(mib)
	case row.kind == start:
		return r.ratio.median <= row.goal
	}
	return r.ratio.median >= row.goal
}

func verdict(row row, r result) string {
	if met(row, r) {
		return "met"
	}
	return "missed"
}

func goal(row row) string {
	switch row.kind {
	case memory:
		return fmt.Sprintf("at most %g MiB", row.goal)
	case start:
		return fmt.Sprintf("at most %g", row.goal)
	}
	return fmt.Sprintf("%g", row.goal)
}

// lines is a row for a terminal: a line and a bar for each contender, a
// longer bar being a faster program or, for memory, a hungrier one.
func (r *report) lines(row row, results []result) string {
	length := func(res result) float64 {
		if row.kind == memory {
			return float64(res.peak)
		}
		return res.rate
	}
	longest, width := 0.0, 0
	for _, res := range results {
		longest = max(longest, length(res))
		width = max(width, len(res.label))
	}
	var text strings.Builder
	for i, res := range results {
		line := fmt.Sprintf("  %-*s ", width, res.label)
		if res.trouble != nil {
			line += " " + res.trouble.Error()
		} else {
			line += fmt.Sprintf("%5s %-13s%11s%11s  %-*s", number(res.ratio.median), brackets(res.ratio),
				rate(row, res), size(res.peak), barWidth, bar(length(res)/longest, r.blocks))
		}
		if i == ours {
			line += " " + verdict(row, res)
		}
		fmt.Fprintln(&text, strings.TrimRight(line, " "))
	}
	return text.String()
}

const barWidth = 24

// bar draws a part of the full width: in block characters, to an eighth of
// one.
func bar(part float64, blocks bool) string {
	if !blocks {
		return strings.Repeat("#", int(part*barWidth+0.5))
	}
	eighths := int(part*barWidth*8 + 0.5)
	return strings.Repeat("█", eighths/8) + strings.TrimSpace(string([]rune(" ▏▎▍▌▋▊▉")[eighths%8]))
}

// cells is a row of the Markdown table. Where the empty program is the unit,
// which has no column, its time stands with the goal.
func (r *report) cells(row row, results []result) []string {
	work := "`" + strings.ReplaceAll(row.line, "|", `\|`) + "`" + strings.TrimPrefix(row.title(), row.line)
	cells := []string{work, goal(row)}
	for i, res := range results {
		cell := number(res.ratio.median)
		switch {
		case i == len(r.labels):
			cells[1] += " × " + rate(row, res)
			continue
		case res.trouble != nil:
			cell = "—"
		case row.kind == memory:
			cell = size(res.peak)
		case row.kind == speed && i == model:
			cell = rate(row, res)
		}
		if i == ours {
			cell = strings.Join(strings.Fields("**"+cell+"** "+brackets(res.ratio)+" "+verdict(row, res)), " ")
		}
		cells = append(cells, cell)
	}
	return append(cells, size(results[ours].peak))
}

// number has three digits; no ratio is 0.
func number(v float64) string {
	switch {
	case v == 0:
		return ""
	case v >= 9.995:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func brackets(s spread) string {
	if s.low == s.high {
		return ""
	}
	return fmt.Sprintf("(%s–%s)", number(s.low), number(s.high))
}

// rate is megabytes in a second, or the milliseconds that a start takes.
func rate(row row, r result) string {
	switch {
	case r.rate == 0:
		return ""
	case row.kind == start:
		return fmt.Sprintf("%.2f ms", 1000/r.rate)
	}
	return fmt.Sprintf("%.0f MB/s", r.rate/1e6)
}

func size(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f MiB", float64(bytes)/float64(mib))
}

// A progress is a line on a terminal that says what is being done. Elsewhere
// it says nothing.
type progress struct{ terminal *os.File }

func newProgress(f *os.File) progress {
	if !term.IsTerminal(int(f.Fd())) {
		return progress{}
	}
	return progress{f}
}

// say replaces the line, cut to the terminal's width so that it stays one.
func (p progress) say(what string) {
	if p.terminal == nil {
		return
	}
	if width, _, err := term.GetSize(int(p.terminal.Fd())); err == nil && width > 0 {
		what = what[:min(len(what), width-1)]
	}
	fmt.Fprintf(p.terminal, "\r\x1b[K%s", what)
}

func (p progress) clear() { p.say("") }
