package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A measure is what a row finds out about each program.
type measure int

const (
	speed    measure = iota // its time
	memory                  // its peak of resident memory, in bytes
	faults                  // its page faults, less those of its start
	switches                // its context switches while it has nothing to do
)

// A row is one command. It reads as in a shell in the folder of the inputs:
// src writes to the pipe, sink takes what comes out of it.
type row struct {
	group   string
	line    string
	note    string // what the line does not say
	subject string // rows of one subject are one line of the report, which shows the slowest
	variant string // what tells a row from the others of its subject

	measure measure
	small   string // the same command with next to nothing to do: its time is the start
	source  int64  // bytes that src writes
	write   int    // bytes in each write of src's; 0 if it hands over pages
	beside  rival  // one more program to run, if emptyProgram or appending

	goals []goal // of the whole process
	net   []goal // of the process less its start
}

// A rival is whom a goal compares with.
type rival int

const (
	bestPeer     rival = iota // the fastest peer in this row
	everyGNU                  // each of GNU's programs that was found
	reference                 // the system's own programs
	earlier                   // an earlier build of fd42: BEFORE=dir
	emptyProgram              // a Go program that does nothing
	appending                 // the reference with >>, where it has to read and write
	nobody                    // no program: the goal is an amount
)

func (r rival) String() string {
	return [...]string{"the best peer", "GNU", "the system's", earlierLabel, "an " + emptyLabel, "the system's with >>", "nobody"}[r]
}

// A goal is how many times as fast as its rival a row is to be, at least; or
// what a row's amount may be, at most.
type goal struct {
	value float64
	rival rival
}

const (
	kib = int64(1) << 10
	mib = int64(1) << 20
	gib = int64(1) << 30
)

// table is all that the benchmark can measure, group by group.
func table() []row {
	return slices.Concat(sizeRows(), fileRows(), writeRows(), teeRows(), copyRows(), largeRows(),
		startRows(), memoryRows(), faultRows(), idleRows(), kindRows(), codeRows())
}

// inGroup makes rows those of a group.
func inGroup(name string, rows []row) []row {
	for i := range rows {
		rows[i].group = name
	}
	return rows
}

// title is the row's name by itself.
func (r row) title() string {
	if r.note == "" {
		return r.line
	}
	return r.line + ", " + r.note
}

// timesStart says whether the row is timed less its start too.
func (r row) timesStart() bool { return r.measure == speed && r.small != "" }

// choose keeps the rows that one of the words selects: by the name of a group,
// or as a regular expression that matches the row's names.
func choose(rows []row, words []string) ([]row, error) {
	if len(words) == 0 {
		return rows, nil
	}
	var chosen []row
	patterns := make([]*regexp.Regexp, len(words))
	for i, word := range words {
		if slices.ContainsFunc(rows, func(r row) bool { return r.group == word }) {
			continue
		}
		var err error
		if patterns[i], err = regexp.Compile("(?m)" + word); err != nil {
			return nil, fmt.Errorf("ONLY=%s: %w", word, err)
		}
	}
	for _, r := range rows {
		for i, word := range words {
			names := r.title() + "\n" + r.subject
			if r.group == word || patterns[i] != nil && patterns[i].MatchString(names) {
				chosen = append(chosen, r)
				break
			}
		}
	}
	if chosen == nil {
		return nil, fmt.Errorf("ONLY=%s: in no row of the table", strings.Join(words, ","))
	}
	return chosen, nil
}

// runsOf cuts rows where key changes.
func runsOf(rows []row, key func(row) string) (runs [][]row) {
	for i, r := range rows {
		if i == 0 || key(r) != key(rows[i-1]) {
			runs = append(runs, nil)
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], r)
	}
	return runs
}
