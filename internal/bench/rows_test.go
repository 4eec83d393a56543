package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChoose(t *testing.T) {
	rows := []row{
		{group: "sizes", line: "cat 4KiB | sink", subject: "cat of 4KiB"},
		{group: "tee", line: "src | tee copy >/dev/null"},
		{group: "start", line: "tee <tiny >/dev/null", note: "a few bytes"},
	}
	for words, want := range map[string][]int{
		"": {0, 1, 2}, "tee": {1}, "t[e]e": {1, 2}, "sizes,start": {0, 2}, "^cat of 4": {0}, "few": {2}, "null$,sizes": {0, 1},
	} {
		got, err := choose(rows, slices.DeleteFunc(strings.Split(words, ","), func(w string) bool { return w == "" }))
		require.NoError(t, err, words)
		var expected []row
		for _, i := range want {
			expected = append(expected, rows[i])
		}
		assert.Equal(t, expected, got, words)
	}
	for _, word := range []string{"dd", "("} {
		_, err := choose(rows, []string{word})
		assert.ErrorContains(t, err, "ONLY="+word)
	}
}

func TestRunsOf(t *testing.T) {
	rows := []row{{line: "a"}, {line: "a"}, {line: "b"}, {line: "a"}}
	var lengths []int
	for _, run := range runsOf(rows, func(r row) string { return r.line }) {
		lengths = append(lengths, len(run))
	}
	assert.Equal(t, []int{2, 1, 1}, lengths)
	assert.Empty(t, runsOf(nil, row.title))
}

func TestParse(t *testing.T) {
	null := os.DevNull
	for line, want := range map[string]command{
		"cat -n short >/dev/null":          {argv: []string{"cat", "-n", "short"}, stdin: null, stdout: null},
		"src | tee copy | sink":            {argv: []string{"tee", "copy"}, source: true, sink: true, stdin: null, stdout: null},
		"tail -f log | cat | sink":         {argv: []string{"cat"}, source: true, sink: true, stdin: null, stdout: null},
		"tee copy <bytes >copy2":           {argv: []string{"tee", "copy"}, stdin: "bytes", stdout: "copy2"},
		"cat bytes >>copy":                 {argv: []string{"cat", "bytes"}, stdin: null, stdout: "copy", appends: true},
		"src | tee >(sink) >(sink) | sink": {argv: []string{"tee", toSink, toSink}, source: true, sink: true, stdin: null, stdout: null},
		"cat small/* >copy":                {argv: []string{"cat", "small/*"}, stdin: null, stdout: "copy"},
	} {
		assert.Equal(t, want, parse(line), line)
	}
}

// TestTable finds rows that would not measure what they say.
func TestTable(t *testing.T) {
	files := outputs()
	for _, in := range inputs() {
		files = append(files, in.name)
	}
	titles, groups := map[string]bool{}, map[string]bool{}
	for _, group := range runsOf(table(), func(r row) string { return r.group }) {
		assert.False(t, groups[group[0].group], group[0].group)
		groups[group[0].group] = true
	}
	for _, r := range table() {
		assert.False(t, titles[r.title()], r.title())
		titles[r.title()] = true
		c := parse(r.line)
		assert.Contains(t, programNames(), c.argv[0], r.line)
		assert.Equal(t, c.source, r.source > 0 || r.measure == switches, r.line)
		assert.Equal(t, r.subject == "", r.variant == "", r.line)
		for _, g := range slices.Concat(r.goals, r.net) {
			assert.Equal(t, r.measure == speed, g.rival != nobody, r.line)
			assert.Equal(t, g.rival == emptyProgram || g.rival == appending, r.beside != 0, r.line)
		}
		for _, line := range []string{r.line, r.small} {
			c := parse(line)
			for i, word := range append(c.argv, c.stdin, c.stdout) {
				if i > 0 && word[0] != '-' && word != "hi" && word != os.DevNull && word != toSink && (line != "" || word == "") &&
					!strings.ContainsAny(word[:1], "0123456789") {
					assert.Contains(t, files, inputName(word), line)
				}
			}
		}
	}
	for _, name := range []string{"sizes", "files", "writes", "tee", "copy", "large", "start", "memory", "faults", "idle", "kinds", "codes"} {
		assert.True(t, groups[name], name)
	}
}

// TestEveryKindHasEveryOption counts.
func TestEveryKindHasEveryOption(t *testing.T) {
	for _, rows := range runsOf(kindRows(), func(r row) string { return r.subject }) {
		var options []string
		for _, r := range rows {
			options = append(options, r.variant)
		}
		assert.ElementsMatch(t, strings.Fields("-n -b -s -A -e -v -E -T -t"), options, rows[0].subject)
	}
	assert.Len(t, kindRows(), 9*len(catKinds()))
}
