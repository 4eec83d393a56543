package main

import (
	"context"
	"fmt"
	"time"
)

// A session is what all rows of a run share.
type session struct {
	full, sample lab
	contenders   []contender
	empty        contender
	runs         int
	each         bool // every row is a line of its own
	busy         bool // other programs want the cores too
	say          func(string)
}

// A row is given some time for each of RUNS: a glance if it is one of many in
// its line, a look if the line shows it.
const (
	glance = 30 * time.Millisecond
	look   = 150 * time.Millisecond
)

// measure takes a group through its contests and shows it line by line.
func (s session) measure(ctx context.Context, group []row, show func(line) error) error {
	for _, rows := range runsOf(group, s.heading) {
		lines := s.measureLine(ctx, rows)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		for i, l := range lines {
			l.code, l.words = s.names(rows[0])
			if i > 0 {
				l.words += ", less the start"
			}
			if err := show(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// heading is the name of the line that a row belongs to.
func (s session) heading(r row) string {
	code, words := s.names(r)
	return code + words
}

// names are the heading's parts: a command, and words.
func (s session) names(r row) (code, words string) {
	switch {
	case r.subject != "" && !s.each:
		return "", r.subject
	case r.note != "":
		return r.line, ", " + r.note
	}
	return r.line, ""
}

// measureLine measures rows that are shown together: as whole processes, and,
// where there is a start, less that. The slowest of many at a glance may only
// have had bad luck. So it is measured again, for longer, until the line shows
// rows that have been.
func (s session) measureLine(ctx context.Context, rows []row) (lines []line) {
	budget := glance
	if len(rows) == 1 {
		budget = look
	}
	lines = []line{{findings: make([]finding, len(rows))}}
	if rows[0].timesStart() {
		lines = append(lines, line{findings: make([]finding, len(rows))})
	}
	results := make([][]result, len(rows))
	measure := func(i int, budget time.Duration) {
		results[i] = s.measureRow(ctx, rows[i], results[i], budget)
		for part, f := range s.findings(rows[i], results[i]) {
			lines[part].findings[i] = f
		}
	}
	for i := range rows {
		measure(i, budget)
	}
	looked := make([]bool, len(rows))
	for budget == glance && ctx.Err() == nil {
		i, ok := unlooked(lines, looked)
		if !ok {
			break
		}
		measure(i, look)
		looked[i] = true
	}
	return lines
}

// unlooked is a row that a line is shown by and that has had no look.
func unlooked(lines []line, looked []bool) (int, bool) {
	for _, l := range lines {
		for rival := bestPeer; rival < nobody; rival++ {
			slowest, _, raced := l.slowest(rival)
			furthest, _, asked := l.furthest(rival)
			for i, f := range l.findings {
				shown := raced && rival == bestPeer && f.command == slowest.command ||
					asked && f.command == furthest.command
				if shown && !looked[i] {
					return i, true
				}
			}
		}
	}
	return 0, false
}

// measureRow measures a row for the first time, or again.
func (s session) measureRow(ctx context.Context, r row, before []result, budget time.Duration) []result {
	c := contest{
		row: r, full: s.full, sample: s.sample, entrants: s.entrants(r),
		patience: patience{runs: s.runs, budget: time.Duration(s.runs) * budget, settle: time.Second / 2, idle: 3 * time.Second},
		say:      func(what string) { s.say(fmt.Sprintf("%s: %s: %s", r.group, r.title(), what)) },
	}
	switch {
	case s.busy: // times differ more, so that it takes more of them
		c.patience.budget *= 4
	case budget == glance:
		c.patience.runs = (s.runs + 1) / 2
	}
	if before != nil {
		return c.again(ctx, before)
	}
	return c.hold(ctx)
}

// findings are one for the whole process, and one less its start.
func (s session) findings(r row, results []result) []finding {
	findings := []finding{findingOf(r, results, s.full.amount(r))}
	if r.timesStart() {
		findings = append(findings, findingLessStart(r, results))
	}
	return findings
}

// entrants are the contenders, and whom this row has beside them.
func (s session) entrants(r row) []contender {
	all := append([]contender(nil), s.contenders...)
	switch r.beside {
	case emptyProgram:
		return append(all, s.empty)
	case appending:
		c := s.contenders[model]
		c.label, c.appends, c.noPeer = c.label+" with >>", true, true
		return append(all, c)
	}
	return all
}
