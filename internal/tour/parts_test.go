package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/tour/lesson"
	"fd42.example/fd42/internal/tour/shell"
)

func TestProgress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "folder", "tour")
	p := readProgress(path)
	assert.Empty(t, p.name)
	p.name, p.item = "05-out", 7
	p.finish("01-a")
	p.finish("02-b")
	p.finish("01-a")
	require.NoError(t, p.save())
	assert.True(t, p.kept)
	again := readProgress(path)
	again.kept = true
	assert.Equal(t, p, again)
	assert.True(t, again.finished("02-b"))
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, left, 1)
}

func TestProgressOfGarbage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tour")
	for text, item := range map[string]int{
		"": 0, "\x00\xff": 0, "at": 0, "at x": 0, "at x y": 0, "at x -1": 0, "at x 99999999999999999999": 0, "at x 3 4": 0,
		strings.Repeat("x", 100_000): 0, "junk\nat x 3\njunk": 3,
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		assert.Equal(t, item, readProgress(path).item, "%.20q", text)
	}
}

func TestProgressFile(t *testing.T) {
	t.Setenv("HOME", "/home/a")
	for state, want := range map[string]string{"/s": "/s/fd42/tour", "": "/home/a/.local/state/fd42/tour", "relative": "/home/a/.local/state/fd42/tour"} {
		t.Setenv("XDG_STATE_HOME", state)
		assert.Equal(t, want, progressFile())
	}
}

func TestReplay(t *testing.T) {
	for echo, want := range map[string]string{
		"": "", "echo hi": "echo hi", "ecjo\b \b\b \bho": "echo", "ab\b\bxy": "xy", "wörd\b \b": "wör", "\b\bx": "x", "a\rb": "b",
	} {
		assert.Equal(t, want, replay([]byte(echo)), "%q", echo)
	}
}

func TestCapture(t *testing.T) {
	var c capture
	c.add([]byte("one\r\ntwo\n"))
	assert.Equal(t, "one\ntwo\n", c.String())
	c.add(make([]byte, 2*mostShown))
	assert.Len(t, c.String(), mostShown-1+len("…"))
}

func TestColumns(t *testing.T) {
	assert.Equal(t, 5, columns("\x1b[1mab\x1b[0m → "))
	p := page{width: 40, styled: true}
	assert.Equal(t, "ab"+strings.Repeat(" ", 34)+"\x1b[2m(n)\x1b[0m", p.beside("ab", "(n)"))
	p.width = 6
	assert.Equal(t, "ab", p.beside("ab", "(n)"))
	assert.Equal(t, []string{"a", "ab", "  (n)"}, (&page{width: 6}).annotate([]string{"a", "ab"}, "(n)"))
}

// A note that is wider than the screen is still there, and is taken back whole.
func TestRemark(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer out.Close()
	w := workshop{page: &page{out: out, width: 20}}
	w.remark("short")
	assert.Equal(t, 1, w.note)
	w.remark("a note that is longer than the screen is wide")
	assert.Equal(t, 3, w.note)
	text, err := os.ReadFile(out.Name())
	require.NoError(t, err)
	assert.Equal(t, "            (short)\n(a note that is\nlonger than the\nscreen is wide)\n", string(text))
}

// entry leads to every place of a page with what the page has made until then.
func TestEntry(t *testing.T) {
	l, err := lesson.Parse("x", []byte("# T\n\n```console\n$ one\n$ two\nkey‹Enter›\n$ three\n```\n\n## Exercise\n\nGoal.\n\n"+
		"```exercise\nsetup made\ngoal  status 0\ndone  D.\nhint  1\nhint  2\nhint  3\n```\n\n## Answer\n\n```console\n$ four\n```\n"))
	require.NoError(t, err)
	list := items(l, shell.Bash())
	var kinds []kind
	for _, it := range list {
		kinds = append(kinds, it.kind)
	}
	require.Equal(t, []kind{read, command, command, command, pause, read, read, exercise, read, recited}, kinds)
	for place, want := range map[int]struct {
		first  int
		before []string
	}{
		-1: {0, nil}, 0: {0, nil}, 2: {2, []string{"one"}}, 3: {3, []string{"one"}}, 4: {4, []string{"one", "three"}},
		5: {5, []string{"cd", "made"}}, 7: {5, []string{"cd", "made"}}, 8: {8, []string{"cd", "made"}}, 99: {10, []string{"cd", "made"}},
	} {
		first, before := entry(list, place)
		assert.Equal(t, want.first, first, place)
		assert.Equal(t, want.before, before, place)
	}
}

func TestExplain(t *testing.T) {
	p := &page{width: 40}
	rows := explain(p, lesson.Line{Typed: "cat -n a-rather-long-name >f 2>&1 | no-such-thing"}, true)
	text := strings.Join(rows, "\n")
	for _, want := range []string{"  -n    number all lines", "  a-rather-long-name\n        a file", "2>&1", "man no-such-thing"} {
		assert.Contains(t, text, want)
	}
	for _, row := range rows {
		assert.LessOrEqual(t, columns(row), 40, row)
	}
	assert.Contains(t, explain(p, lesson.Line{}, true)[0], "no command line")
}

func TestReplaces(t *testing.T) {
	for line, want := range map[string]bool{
		"exec cat": true, "true; exec cat -n": true, "exec 42>f": false, "exec -a x cat": false, "exec": false, "echo exec cat": false, "exec (": false,
	} {
		assert.Equal(t, want, replaces(line) != "", line)
	}
}
