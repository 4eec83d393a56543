package main

import (
	"fmt"
	"slices"
	"strings"
)

// A tally counts lines.
type tally struct {
	leading, compared int // at least as fast as every peer, of those that have one
	reached, asked    int // with every goal reached, of those that have one
}

func (t *tally) count(l line) {
	one := func(yes bool) int {
		if yes {
			return 1
		}
		return 0
	}
	leads, compared := l.leads()
	reached, asked := l.reached()
	t.add(tally{one(leads), one(compared), one(reached && asked), one(asked)})
}

func (t *tally) add(other tally) {
	t.leading += other.leading
	t.compared += other.compared
	t.reached += other.reached
	t.asked += other.asked
}

func (t tally) String() string {
	var texts []string
	if t.compared > 0 {
		texts = append(texts, fmt.Sprintf("%d of %d at least as fast as every peer", t.leading, t.compared))
	}
	if t.asked > 0 {
		texts = append(texts, fmt.Sprintf("%d of %d reach their goals", t.reached, t.asked))
	}
	return strings.Join(texts, ", ")
}

// leftOut is why peers are not shown in some of a group's rows.
type leftOut []reason

type reason struct {
	label, why string
	commands   []string
}

func (l *leftOut) note(shown line) {
	for _, f := range shown.findings {
		for _, s := range f.scores {
			if s.trouble != nil {
				l.add(s.label, s.trouble.Error(), f.command)
			}
		}
	}
}

func (l *leftOut) add(label, why, command string) {
	i := slices.IndexFunc(*l, func(r reason) bool { return r.label == label && r.why == why })
	if i < 0 {
		i = len(*l)
		*l = append(*l, reason{label: label, why: why})
	}
	if known := &(*l)[i].commands; !slices.Contains(*known, command) {
		*known = append(*known, command)
	}
}

// String names some of the commands for each reason: where a program lacks an
// option, every kind of input is among them.
func (l leftOut) String() string {
	const some = 4
	var text strings.Builder
	for _, r := range l {
		shown := strings.Join(r.commands[:min(len(r.commands), some)], "; ")
		if more := len(r.commands) - some; more > 0 {
			shown += fmt.Sprintf("; and %d more", more)
		}
		fmt.Fprintf(&text, "left out: %s (%s) of %s\n", r.label, r.why, shown)
	}
	return text.String()
}
