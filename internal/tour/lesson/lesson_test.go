package lesson

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/tour/shell"
)

const sample = "# A `title`, \\> and more\n" + `
One *strong* word,
and ` + "`code  \\> here`" + `. See ` + "`Copy` in `internal/stream`, and\n`run` in\n`cmd/echo`." + `

1. first
2. second,
   longer

` + "```\n┌─┐\n└─┘\n```\n\n```console bash strace\n$ printf '\\n\\tx'\n\n\tx\n$ true\n```\n\n```picture 1\n┌\n```\n\n```picture\n```\n"

func TestParse(t *testing.T) {
	l, err := Parse("01-sample", []byte(sample))
	require.NoError(t, err)
	assert.Equal(t, "01-sample", l.Name)
	assert.Equal(t, "A title, > and more", l.Title)
	require.Len(t, l.Blocks, 8)

	p := l.Blocks[1].(Paragraph)
	assert.Equal(t, "One strong word, and code  \\> here. See Copy in internal/stream, and run in cmd/echo.", plain(p.Text))
	assert.Contains(t, p.Text, Span{"strong", Strong})
	assert.Contains(t, p.Text, Span{`code  \> here`, Code})
	assert.Equal(t, []Function{{"Copy", "internal/stream"}, {"run", "cmd/echo"}}, l.Functions())

	assert.Equal(t, Paragraph{Bullet: "1.", Text: []Span{{"first", Plain}}}, l.Blocks[2])
	assert.Equal(t, "2.", l.Blocks[3].(Paragraph).Bullet)
	assert.Equal(t, Picture{Lines: []string{"┌─┐", "└─┘"}}, l.Blocks[4])
	assert.Equal(t, Transcript{
		Needs: []string{"bash", "strace"},
		Steps: []Step{
			{Line: 18, Command: `printf '\n\tx'`, Want: "\n\tx\n"},
			{Line: 21, Command: "true"},
		},
	}, l.Blocks[5])
	first := l.Blocks[5].(Transcript).Steps[0]
	assert.Equal(t, Drawing{Line: 25, Step: first, Lines: []string{"┌"}}, l.Blocks[6])
	assert.Equal(t, "true", l.Blocks[7].(Drawing).Step.Command)
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct{ source, want string }{
		{"# T\n\n> quoted\n", "a lesson cannot hold a Blockquote"},
		{"# T\n\n```go\nx\n```\n", "4: a lesson cannot hold a block of go"},
		{"# T\n\n```console\nno prompt\n```\n", `4: a transcript begins with "$ "`},
		{"# T\n\n```console\n$ a\tb\n```\n", "4: a tab cannot be typed"},
		{"# T\n\n```picture\n```\n", "4: a picture needs a transcript above it"},
		{"# T\n\n```console\n$ a\n```\n\n```picture 2\n```\n", "8: the transcript above has no command 2"},
		{"# T\n\n```exercise\ngoal x\n```\n", `4: fact "x": not one of those`},
		{"# T\n\n    indented\n", "3: a lesson cannot hold a CodeBlock"},
	} {
		_, err := Parse("x", []byte(test.source))
		assert.ErrorContains(t, err, test.want, test.source)
	}
}

func TestReadDir(t *testing.T) {
	dir := t.TempDir()
	_, err := ReadDir(dir)
	assert.Error(t, err, "a folder without lessons is a mistake")

	for _, name := range []string{"02-b.md", "01-a.md", "notes.txt"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("# "+name+"\n"), 0o666))
	}
	all, err := ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, "01-a", all[0].Name)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "03-c.md"), []byte("---\n"), 0o666))
	_, err = ReadDir(dir)
	assert.ErrorContains(t, err, "03-c.md:1: ")
}

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		want, got string
		match     bool
	}{
		{"", "", true},
		{"a\n", "a\n", true},
		{"a\n", "a", false},
		{"a\n", "a\nb\n", false},
		{"a.c\n", "abc\n", false},
		{"cat[‹pid›]: x\n", "cat[47]: x\n", true},
		{"cat[‹pid›]: x\n", "cat[]: x\n", false},
		{"cat[‹pid›]: x\n", "cat[4 7]: x\n", false},
		{"‹a› ‹a›\n", "1 1\n", true},
		{"‹a› ‹a›\n", "1 2\n", false},
		{"‹a› ‹b›\n", "1 2\n", true},
		{"‹…›nope: No‹…›\n", "sh: 1: nope: No such\n", true},
		{"‹…›nope\n", "nope\n", true},
		{"‹…›\n", "two\nlines\n", false},
		{"‹Ctrl-D›\n", "‹Ctrl-D›\n", true},
		{"‹Enter›\n", "word\n", false},
		{"a ‹ b\n", "a ‹ b\n", true},
	} {
		var m Matcher
		assert.Equal(t, test.match, m.Match(test.want, test.got), "%q %q", test.want, test.got)
	}
}

// A placeholder keeps its value through one transcript.
func TestMatchBinds(t *testing.T) {
	var m Matcher
	assert.True(t, m.Match("‹pid› ‹other›\n", "47 11\n"))
	assert.True(t, m.Match("‹pid›\n", "47\n"))
	assert.False(t, m.Match("‹pid›\n", "48\n"))
	assert.True(t, new(Matcher).Match("‹pid›\n", "48\n"))
}

// Every byte counts: whichever one changes, no page still matches.
func TestOneByteIsEnough(t *testing.T) {
	const want = "cat[‹pid›]: copy   fd 3 -> fd 1  14 bytes\n     1\tline\n"
	got := strings.Replace(want, "‹pid›", "4711", 1)
	require.True(t, new(Matcher).Match(want, got))
	for i := range got {
		if strings.HasPrefix(got[i:], "cat") || i >= len("cat[") && i < len("cat[4711") {
			continue // the placeholder takes any digits
		}
		changed := got[:i] + string(got[i]^1) + got[i+1:]
		assert.False(t, new(Matcher).Match(want, changed), "%q", changed)
	}
}

func TestEvents(t *testing.T) {
	for _, test := range []struct {
		want   string
		events []Event
	}{
		{"", nil},
		{"a\nb\n", []Event{{Shown: "a\nb\n"}}},
		{"x‹Enter›\n‹Ctrl-D›\ny\n", []Event{{"x‹Enter›\n", "x\n"}, {"‹Ctrl-D›\n", "\x04"}, {Shown: "y\n"}}},
		{"one\n‹Enter›\n", []Event{{Shown: "one\n"}, {"‹Enter›\n", "\n"}}},
		{"bGVh‹Ctrl-D›bwo=\n", []Event{{Shown: "bGVh"}, {"‹Ctrl-D›", "\x04"}, {Shown: "bwo=\n"}}},
		{"a\n‹Ctrl-C›\n", []Event{{Shown: "a\n"}, {"‹Ctrl-C›", "\x03"}, {Shown: "\n"}}},
		{"[‹pid›]\n", []Event{{Shown: "[‹pid›]\n"}}},
	} {
		assert.Equal(t, test.events, Events(test.want), test.want)
	}
}

func TestMissing(t *testing.T) {
	assert.Empty(t, Missing([]string{"bash", "sh"}, shell.Bash()))
	assert.Equal(t, "bash", Missing([]string{"bash"}, shell.POSIX()))
	assert.Equal(t, "no-such-program", Missing([]string{"sh", "no-such-program"}, shell.Bash()))
}
