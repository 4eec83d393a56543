//go:build linux

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"fd42.example/fd42/internal/judge/script"
)

// TestDifference: every byte that differs can be seen.
func TestDifference(t *testing.T) {
	for _, test := range []struct{ name, want, got, shown string }{
		{"a line", "a\nb\n", "a\nc\n", "  a\n- b\n+ c\n"},
		{"nothing came", "a\n", "", "- a\n"},
		{"a tab", "a\tb\n", "a b\n", "- a\\tb\n+ a b\n"},
		{"a blank at the end", "a\n", "a \n", "- a\n+ a\\x20\n"},
		{"a carriage return", "a\r\n", "a\n", "- a\\r\n+ a\n"},
		{"a NUL", "a\x00\n", "a\n", "- a\\x00\n+ a\n"},
		{"no UTF-8", "\xff\n", "\uFFFD\n", "- \\xff\n+ \uFFFD\n"},
		{"a backslash beside a tab", "\\t\n", "\t\n", "- \\\\t\n+ \\t\n"},
		{"a backslash alone", `\x` + "\n", `\y` + "\n", "- \\x\n+ \\y\n"},
		{"a zero-width space", "a\u200bb\n", "ab\n", "- a\\xe2\\x80\\x8bb\n+ ab\n"},
		{"the newline at the end", "a\n", "a", "  a\n+ " + noNewline + "\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.shown, difference(test.want, test.got))
		})
	}
}

// TestLongDifference: what differs is shown at a length that a person reads.
func TestLongDifference(t *testing.T) {
	many := difference(strings.Repeat("a\n", 1000), strings.Repeat("b\n", 1000))
	assert.Equal(t, 25, strings.Count(many, "\n"))
	wide := difference(strings.Repeat("a", 100_000)+"\n", "\n")
	assert.Less(t, len(wide), 400)
	assert.Contains(t, wide, "(99948 more)")
}

// TestStageWidth: the line on a stage fits a screen of 80 columns.
func TestStageWidth(t *testing.T) {
	for _, program := range script.Programs() {
		for i, stage := range script.Stages(program) {
			var out strings.Builder
			p := &page{out: &out, good: "+", bad: "-", notAsked: "."}
			p.stage(stageResult{Stage: stage, number: i + 1, asked: true})
			assert.LessOrEqual(t, len(strings.TrimSuffix(out.String(), "\n")), 80, out.String())
		}
	}
}

// TestEmptySides: a page says so where nothing came, or nothing is wanted.
func TestEmptySides(t *testing.T) {
	for _, test := range []struct{ want, got, said string }{
		{"a\n", "", "- is wanted, and nothing came"},
		{"", "a\n", "nothing is wanted, and + came"},
		{"a\n", "b\n", "- is wanted, + came"},
	} {
		r := result{Verdict: script.Verdict{Want: []byte(test.want), Got: []byte(test.got)}}
		assert.Equal(t, test.said, key(r))
	}
	terminal := result{Verdict: script.Verdict{What: "what a terminal would show", Want: []byte("\n"), Got: []byte("[1]\n")}}
	assert.Equal(t, "[N] is an exit status; a - or + alone is an empty line", legendFor(terminal))
}

// TestPage: what a person reads of a program that fails.
func TestPage(t *testing.T) {
	var out strings.Builder
	p := &page{out: &out, good: "+", bad: "-", notAsked: "."}
	number := script.Behaviour{Name: "cat-number", Path: "nowhere", Is: "-n numbers every line.", Source: "GNU", Read: []string{"cat(1), -n", "lesson 6"}}
	ours := script.Behaviour{Name: "all-help", Source: "fd42"}
	all := []stageResult{
		{Stage: script.Stage{Name: "bytes", Title: "The bytes"}, number: 1, asked: true, results: []result{
			{script.Behaviour{Name: "one"}, script.Verdict{Outcome: script.Passed}},
			{script.Behaviour{Name: "two"}, script.Verdict{Outcome: script.Skipped, Reason: "no strace"}},
		}},
		{Stage: script.Stage{Name: "numbers", Title: "The numbers"}, number: 2, asked: true, results: []result{
			{number, script.Verdict{
				Outcome: script.Failed, Command: "cat -n f", What: "standard output", Line: 12,
				Want: []byte("     1\ta\n"), Got: []byte("1 a\n"),
			}},
			{script.Behaviour{Name: "cat-number-nonblank"}, script.Verdict{Outcome: script.Failed}},
		}},
		{Stage: script.Stage{Name: script.Ours, Title: "Beyond"}, number: 3, asked: true, results: []result{
			{ours, script.Verdict{Outcome: script.Failed}},
		}},
	}
	d := defendant{program: "cat", file: "./mycat"}
	p.heading(d)
	for _, s := range all {
		p.stage(s)
	}
	assert.ErrorIs(t, p.end(d, all, 1500*time.Millisecond), errFailed)
	assert.Equal(t, `cat: ./mycat

   1 + bytes        1 of 2   The bytes (1 cannot be tried here)
   2 - numbers      0 of 2   The numbers
   3   ours         0 of 1   Beyond

     1 of 3 behaviours pass (1.5 s).
     The last stage is not counted: nobody else is asked for it.

- Stage 2, numbers: cat-number (GNU)

  -n numbers every line.

    $ cat -n f

  Standard output: - is wanted, + came

    -      1\ta
    + 1 a

  (\t is a tab, \r a carriage return, \x00 any other byte, \\ a backslash.)

  Read on:    cat(1), -n; lesson 6
  In full:    testdata/script/cat-number.txtar, line 12
  Once more:  make judge CAT=./mycat ONLY=cat-number

  Also in stage 2: cat-number-nonblank

`, out.String())
	assert.NoError(t, p.end(d, append(all[:1:1], all[2]), 0), "nobody is asked for the last stage")
}
