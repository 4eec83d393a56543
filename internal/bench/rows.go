package main

import (
	"fmt"
	"slices"
	"strings"
)

// A kind says what a row measures, and so what its goal means.
type kind int

const (
	speed  kind = iota // at least so many times as fast as the reference
	start              // at most so many times as long as an empty Go program
	memory             // at most so many MiB, whatever the input
)

// A row is one line of the table. Its command reads as in a shell in the
// folder of the inputs; src writes a constant megabyte again and again, sink
// discards, both without copying where the kernel lets them.
type row struct {
	line   string
	note   string // what the command does not tell
	goal   float64
	kind   kind
	source int64 // bytes that src writes
	starts int   // of the program in one run, if not just one
}

const (
	mib = int64(1) << 20
	gib = int64(1) << 30

	memoryGoal = 12 // MiB, in every row
)

// table is what the suite promises. The goals for speed are multiples of GNU
// coreutils 9.1, and the amounts keep that busy for a tenth of a second or a
// few.
func table() []row {
	return []row{
		{line: "cat file >/dev/null", goal: 2.2},
		{line: "cat file | sink", goal: 6},
		{line: "src | cat | sink", goal: 10, source: gib},
		{line: "src | cat >/dev/null", goal: 4.5, source: 2 * gib},
		{line: "cat bytes >copy", goal: 1.1},
		{line: "src | cat >copy", goal: 1.1, source: 256 * mib},
		{line: "cat -n short >/dev/null", note: "lines of 9 bytes", goal: 2.5},
		{line: "cat -n lines >/dev/null", note: "lines of 70 bytes", goal: 5},
		{line: "cat -bs lines >/dev/null", note: "lines of 70 bytes", goal: 4},
		{line: "cat -E lines >/dev/null", note: "lines of 70 bytes", goal: 4},
		{line: "cat -A lines >/dev/null", note: "lines of 70 bytes", goal: 4},
		{line: "cat -v bytes >/dev/null", note: "random bytes", goal: 5},
		{line: "base64 bytes >/dev/null", goal: 5},
		{line: "base64 -w0 bytes >/dev/null", goal: 8},
		{line: "base64 -d coded >/dev/null", note: "lines of 76", goal: 12},
		{line: "base64 -di coded >/dev/null", note: "lines of 76", goal: 4},
		{line: "src | tee >/dev/null", goal: 3, source: gib},
		{line: "src | tee /dev/null | sink", goal: 14, source: gib},
		{line: "src | tee | sink", goal: 14, source: gib},
		{line: "src | tee copy | sink", goal: 2, source: 256 * mib},
		{line: "tee copy <bytes >copy2", goal: 1.3},
		{line: "echo hi >/dev/null", note: "start-up", kind: start, starts: 200, goal: 1.12},
		{line: "cat tiny >/dev/null", note: "start-up", kind: start, starts: 200, goal: 1.3},
		{line: "base64 tiny >/dev/null", note: "start-up", kind: start, starts: 200, goal: 1.3},
		{line: "cat -n line >/dev/null", note: "memory, a line of 256 MiB", kind: memory, goal: memoryGoal},
		{line: "cat -A line | sink", note: "memory, a line of 256 MiB", kind: memory, goal: memoryGoal},
		{line: "base64 line | sink", note: "memory, a line of 256 MiB", kind: memory, goal: memoryGoal},
		{line: "base64 -d line | sink", note: "memory, a line of 256 MiB", kind: memory, goal: memoryGoal},
		{line: "tee copy <line | sink", note: "memory, a line of 256 MiB", kind: memory, goal: memoryGoal},
	}
}

// choose keeps the rows whose command or note contains one of the words.
func choose(rows []row, words []string) ([]row, error) {
	if len(words) == 0 {
		return rows, nil
	}
	var chosen []row
	for _, r := range rows {
		if slices.ContainsFunc(words, func(word string) bool { return strings.Contains(r.title(), word) }) {
			chosen = append(chosen, r)
		}
	}
	if chosen == nil {
		return nil, fmt.Errorf("ONLY=%s: in no row of the table", strings.Join(words, ","))
	}
	return chosen, nil
}

func (r row) title() string {
	if r.note == "" {
		return r.line
	}
	return r.line + ", " + r.note
}

// A command is a row's line taken apart.
type command struct {
	argv          []string // the program measured and its arguments
	source, sink  bool     // src before it, sink behind it
	stdin, stdout string   // files, /dev/null by default
}

// parse knows what the table's lines are made of: words, | and a < or > with
// its file attached.
func parse(line string) command {
	c := command{stdin: "/dev/null", stdout: "/dev/null"}
	for _, word := range strings.Fields(line) {
		switch {
		case word == "|":
		case word == "src":
			c.source = true
		case word == "sink":
			c.sink = true
		case word[0] == '<':
			c.stdin = word[1:]
		case word[0] == '>':
			c.stdout = word[1:]
		default:
			c.argv = append(c.argv, word)
		}
	}
	return c
}
