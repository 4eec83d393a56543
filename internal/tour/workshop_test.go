package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	plainPage = "# First\n\nSome `code`.\n\n```console\n$ echo one\none\n```\n\nAfter it.\n\n```console\n$ cat\nword‹Enter›\nword\n‹Ctrl-D›\n```\n\n" +
		"## Exercise\n\nWhat is it?\n\n## Answer\n\nIt is this.\n"
	taskPage = "# Second\n\n```console\n$ echo two >f\n```\n\n```picture\n```\n\n## Exercise\n\nMake `list` of two lines, with the file `given`.\n\n" +
		"```exercise\nsetup echo given >given\ngoal  file list 2 lines\ngoal  file given\ngoal  echo: 1 -> list append\ndone  It was appended.\n" +
		"wrong One line only.\n  if  file list 1 line\n  $   echo x >list\nhint  Hint one.\nhint  Hint two.\nhint  Hint three.\n```\n\n" +
		"## Answer\n\n```console\n$ echo a >list\n$ echo b >>list\n```\n\n## In the source\n\nEnd.\n"
)

// A learner types through two lessons, wrong and right, to the end.
func TestWorkshop(t *testing.T) {
	for _, columns := range []int{80, 40} {
		eachShell(t, func(t *testing.T, sh bool) {
			l := sit(t, setting{pages: []string{plainPage, taskPage}, sh: sh, columns: columns})
			l.sees("Lesson 1 of 2", "First", "Some ", "  ", "$ echo one", prompt)
			l.types(enter)
			l.sees("echo one")
			assert.NotContains(t, l.whole()[l.seen:], "one", "the learner has not said go")
			l.types(enter)
			l.sees("\none\r\n", "After it.", "$ cat", "then press word‹Enter› ‹Ctrl-D›", prompt)
			l.runs("echo   something else", "something else")
			l.starts("cat")
			l.types("word" + enter)
			l.sees("word", "word")
			l.types("\x04")
			l.sees("Enter: the exercise", prompt)
			l.runs("?hint", "There is a hint for each", "next: press Enter on an")
			l.runs("?check", "next: press Enter on an")
			l.types(enter)
			l.sees("What is it?", "Enter: the answer", prompt)
			l.types(enter)
			l.sees("It is this.", "Enter: lesson 2", prompt)
			l.types(enter)

			l.sees("Lesson 2 of 2", "$ echo two >f", prompt)
			l.runs("echo two >f", "●0→4 [f]", "Enter: the exercise")
			l.types(enter)
			l.sees("`given`.", "?hint for help", prompt)
			l.runs("?hint", "1. Hint one.")
			l.runs("?hint", "2. Hint two.")
			l.runs("?check", "There is no file ", "list", ".")
			l.runs("?answer 5", "There is no file ")
			l.runs("cat f; cat given", "No such file or directory", "given")
			l.types(enter)
			l.sees("The exercise waits", prompt)
			l.runs("echo a >list", "One line only.", "?hint for help")
			assert.NotContains(t, l.runs("cat list", "a\r\n"), "One line only.", "told once")
			l.runs("?why", "cat", "list")
			l.runs("echo -n b >>list; echo -n unended", "unended\r\n", "[list]", "append", "✔", "Done:", "It was appended.", "Enter goes on")
			l.runs("?check", "is done")
			l.runs("?hint", "is done")
			l.types(enter)
			l.sees("Answer", "$ echo b >>list", "End.", "That was the last lesson.", "You have done 2 of 2", "Enter ends the tour", prompt)
			l.types(enter)
			l.leaves(0)
			assert.Regexp(t, `^at 02-page \d+\ndone 01-page\ndone 02-page\n$`, l.progress(t))
		})
	}
}

// The prompt is a shell's: keys, history, jobs and output are what they are
// elsewhere.
func TestRealPrompt(t *testing.T) {
	t.Parallel()
	l := sit(t, setting{pages: []string{plainPage}})
	l.sees("$ echo one", prompt)
	l.runs("echo abc", "abc")
	l.types("\x1b[A\x1b[D\x1b[DX" + enter) // the line before, and into it
	l.sees("\r\naXbc\r\n", prompt)
	l.runs("touch a-long-name", "")
	l.types("cat a-lo\t")
	l.sees("cat a-long-name")
	l.types(enter)
	l.sees(prompt)
	l.starts("cat -n")
	l.types("early" + enter)
	l.sees("early", "1\tearly") // although cat -n goes on
	l.types("\x03")
	l.sees(prompt)
	l.runs("echo $?", "130")
	l.starts("cat")
	l.types("x" + enter)
	l.sees("x", "x")
	l.types("\x1a")
	l.sees("Stopped", prompt)
	l.runs("jobs", "cat")
	l.types("fg" + enter)
	l.sees("fg", "cat")
	l.types("y" + enter)
	l.sees("y", "y")
	l.types("\x04")
	l.sees(prompt)
	require.NoError(t, pty.Setsize(l.master, &pty.Winsize{Rows: 17, Cols: 61}))
	require.NoError(t, l.cmd.Process.Signal(syscall.SIGWINCH))
	require.Eventually(t, func() bool { return strings.Contains(l.runs("stty size"), "17 61") }, patience, time.Millisecond)
	l.runs("echo $PWD $HOME", l.tmp()+"/fd42-")
	l.types("?quit" + enter)
	l.leaves(0)
}

// What belongs to the tour.
func TestTourWords(t *testing.T) {
	eachShell(t, func(t *testing.T, sh bool) {
		l := sit(t, setting{pages: []string{plainPage, taskPage}, sh: sh})
		l.sees("$ echo one", prompt)
		l.runs("?", "?hint", "?check", "?why", "?answer", "?go", "?back", "?reset", "?quit")
		l.runs("?hint", "There is a hint for each exercise.")
		l.runs("?check", "nothing to check")
		l.runs("?why", "no command line yet")
		l.runs("?draw", "nothing to draw")
		l.runs("?answer 5", "asks for no answer")
		l.runs("?answer5", "no such word")
		assert.NotContains(t, l.runs("?hint", "There is a hint"), "no such word", "the status was that of the line before")
		l.runs("echo x | cat -n", "1", "x")
		l.runs("?why", "|", "a pipe", "-n", "number all lines")
		l.runs("?draw", "echo", "══ 2 B ══")
		l.runs("FD42_TRACE=1 cat /dev/null", "exit")
		l.runs("?draw", "cat", "<null>")
		l.runs("?go", "1 First", "2 Second")
		l.runs("?go 3", "The lessons are 1 to 2")
		l.runs("?go on", "After it.", "$ cat")
		l.runs("?back", "Some ", "$ echo one")
		l.runs("echo x >made")
		l.runs("?go 2", "Lesson 2 of 2", "$ echo two >f")
		l.runs("cat made", "No such file")
		l.runs("?go on", "Enter: the exercise")
		l.runs("?go on", "`given`.", "?hint for help")
		l.runs("cat given", "given")
		l.runs("echo y >list", "One line only.")
		l.runs("?reset", "`given`.", "?hint for help")
		l.runs("cat list given", "No such file", "given")
		l.runs("?back", "$ echo two >f")
		l.types("?quit" + enter)
		l.sees("make tour comes back here.")
		l.leaves(0)
	})
}

// Whatever a learner does to the shell, the lesson goes on.
func TestMishaps(t *testing.T) {
	for _, test := range []struct {
		name  string
		steps []string // keys and what they show, by turns
	}{
		{"exit", []string{"exit 3" + enter, "The shell has ended", "", "$ echo one"}},
		{"Ctrl-D", []string{"\x04", "The shell has ended", "", "$ echo one"}},
		{"killed", []string{"kill -9 $$" + enter, "The shell has ended"}},
		{"set -e", []string{"set -e; false" + enter, "The shell has ended"}},
		{"replaced", []string{"exec cat" + enter, "has turned the shell into `cat`", "abc" + enter, "abc\r\nabc", "\x04", "The shell has ended", "", "$ echo one"}},
		{"stopped", []string{"kill -STOP $$" + enter, "The shell itself was stopped"}},
		{"raw terminal", []string{"stty raw -echo" + enter, ""}},
		{"no folder", []string{"rm -rf ~" + enter, "Your folder is gone", "", "$ echo one"}},
		{"no folders", []string{"rm -rf ${HOME%/*}" + enter, "Your folder is gone", "", "$ echo one"}},
		{"no trace", []string{"rm -f $FD42_TRACE" + enter, ""}},
		{"no prompt", []string{"exec 2>f" + enter, "has led it back"}},
		{"no output", []string{"exec >f" + enter, prompt, "exec >/dev/tty" + enter, ""}},
		{"reads a file", []string{"echo true >f; exec <f" + enter, "The shell has ended"}},
		{"a fork that stays", []string{"(sleep 1000 &) ; nohup sleep 1000 >/dev/null 2>&1 &" + enter, ""}},
		{"much output", []string{"yes | head -n 200000; echo end" + enter, "end\r\n"}},
		{"endless output", []string{"yes" + enter, "y\r\ny\r\n", "\x03", ""}},
		{"unset", []string{"unset PATH" + enter, ""}},
		{"nounset", []string{"set -u" + enter, ""}},
		{"control sequences", []string{"printf '\\033]42;x;over\\007\\033]42;'" + enter, ""}},
		{"no words", []string{"unalias -a" + enter, prompt, "?quit" + enter, "has lost them", "\x04", "The shell has ended"}},
		{"traced", []string{"set -x" + enter, prompt, "set +x" + enter, ""}},
		{"half a command", []string{"echo 'half" + enter, "> ", "\x03", ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			eachShell(t, func(t *testing.T, sh bool) {
				l := sit(t, setting{pages: []string{plainPage}, sh: sh})
				l.sees("$ echo one", prompt)
				for i := 0; i < len(test.steps); i += 2 {
					if line, reads := strings.CutSuffix(test.steps[i], "cat"+enter); reads {
						l.starts(line + "cat")
					} else {
						l.types(test.steps[i])
					}
					l.sees(test.steps[i+1])
				}
				l.sees(prompt)
				l.runs("PATH=" + os.Getenv("PATH"))
				l.runs("echo still $((40 + 2))", "\r\nstill 42\r\n")
				l.runs("echo one", "\r\none\r\n", "After it.")
				l.types("?quit" + enter)
				l.leaves(0)
			})
		})
	}
}

// What stops the tour, at whatever moment, and what the shell then sees.
func TestStopping(t *testing.T) {
	for _, test := range []struct {
		name   string
		signal syscall.Signal
		status int
	}{
		{"SIGINT", syscall.SIGINT, 130},
		{"SIGTERM", syscall.SIGTERM, 143},
		{"SIGHUP", syscall.SIGHUP, 129},
		{"SIGQUIT", syscall.SIGQUIT, 131},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := sit(t, setting{pages: []string{plainPage}})
			l.sees("$ echo one", prompt)
			require.NoError(t, l.cmd.Process.Signal(test.signal))
			l.leaves(test.status)
		})
		t.Run(test.name+"/running", func(t *testing.T) {
			t.Parallel()
			l := sit(t, setting{pages: []string{plainPage}})
			l.sees("$ echo one", prompt)
			l.types("sh -c 'trap \"\" HUP INT TERM; printf ru; printf ns; while :; do sleep 1000; done'" + enter)
			l.sees("runs")
			require.NoError(t, l.cmd.Process.Signal(test.signal))
			l.leaves(test.status)
		})
	}
}

// A tour that was killed leaves one folder, which the next one clears.
func TestKilled(t *testing.T) {
	t.Parallel()
	l := sit(t, setting{pages: []string{plainPage}})
	l.sees("$ echo one", prompt)
	l.runs("echo big >big; nohup sleep 1000 >/dev/null 2>&1 &")
	require.NoError(t, l.cmd.Process.Kill())
	l.cmd.Wait()
	left, err := os.ReadDir(l.tmp())
	require.NoError(t, err)
	assert.Len(t, left, 1)
	next := sit(t, setting{pages: l.pages, home: l.home})
	next.sees("$ echo one", prompt)
	next.runs("cat big", "No such file")
	next.types("?quit" + enter)
	next.leaves(0)
}

// A stop gives the terminal back, and going on takes it and shows the line
// that was being typed again.
func TestSuspending(t *testing.T) {
	eachShell(t, func(t *testing.T, sh bool) {
		l := sit(t, setting{pages: []string{plainPage}, sh: sh})
		l.sees("$ echo one", prompt)
		l.types("echo ha")
		l.sees("echo ha")
		require.NoError(t, l.cmd.Process.Signal(syscall.SIGTSTP))
		var status syscall.WaitStatus
		_, err := syscall.Wait4(l.cmd.Process.Pid, &status, syscall.WUNTRACED, nil)
		require.NoError(t, err)
		require.True(t, status.Stopped())
		assert.Equal(t, l.before, l.mode())
		require.NoError(t, l.cmd.Process.Signal(syscall.SIGCONT))
		l.sees(prompt, "echo ha")
		l.types("lf" + enter)
		l.sees("\r\nhalf\r\n", prompt)
		l.types("?quit" + enter)
		l.leaves(0)
	})
}

// Whoever stops comes back to where they were, with the files that the page
// has made so far.
func TestComingBack(t *testing.T) {
	t.Parallel()
	page := "# Page\n\n```console\n$ echo kept >made\n$ cat made\nkept\n```\n\nMuch later.\n"
	s := setting{pages: []string{plainPage, page}, env: []string{"LESSON=2"}}
	l := sit(t, s)
	l.sees("Lesson 2 of 2", "$ echo kept", prompt)
	l.runs("echo kept >made", "$ cat made")
	l.types("?quit" + enter)
	l.sees("make tour comes back here.")
	l.leaves(0)

	again := sit(t, setting{pages: s.pages, home: l.home})
	assert.NotContains(t, again.sees("Where you stopped", "$ cat made", prompt), "echo kept")
	again.runs("cat made", "\r\nkept\r\n", "Much later.")
	again.types("?quit" + enter)
	again.leaves(0)

	require.NoError(t, os.WriteFile(filepath.Join(l.home, "state", "fd42", "tour"), []byte("at 99\x00\nat nowhere 7\ndone 02-page\n\xff\n"), 0o666))
	last := sit(t, setting{pages: s.pages, home: l.home})
	last.sees("Lesson 1 of 2", prompt)
	last.runs("?go", "  1 First", "✔  2 Page")
	last.types("?quit" + enter)
	last.leaves(0)
}

func TestProgressThatCannotBeKept(t *testing.T) {
	t.Parallel()
	l := sit(t, setting{pages: []string{plainPage}, env: []string{"XDG_STATE_HOME=/dev/null"}})
	l.sees("$ echo one", "cannot be kept", prompt)
	assert.NotContains(t, l.runs("echo one", "After it."), "cannot be kept")
	l.types("?quit" + enter)
	l.leaves(0)
}

// A terminal that knows no control sequences gets none.
func TestTerminals(t *testing.T) {
	for _, test := range []struct {
		name           string
		env            []string
		escape, styled bool
	}{
		{"xterm", []string{"NO_COLOR="}, true, true},
		{"NO_COLOR", []string{"NO_COLOR=1"}, true, false},
		{"dumb", []string{"TERM=dumb", "NO_COLOR="}, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := sit(t, setting{pages: []string{plainPage, taskPage}, env: test.env})
			l.sees("$ echo one", prompt)
			l.types(enter)
			l.sees("echo one")
			l.types(enter)
			l.sees("After it.", prompt)
			l.runs("?go on", "Enter: the exercise")
			l.types(enter)
			l.sees("What is it?", prompt)
			l.types(enter)
			l.sees("It is this.", prompt)
			l.types("?quit" + enter)
			l.leaves(0)
			styles := regexp.MustCompile("\x1b\\[[0-9;]*m").FindString(l.whole())
			assert.Equal(t, test.styled, styles != "", l.whole())
			assert.Equal(t, test.escape, strings.Contains(l.whole(), "\x1b"), "%q", l.whole())
		})
	}
}

func TestASCII(t *testing.T) {
	t.Parallel()
	l := sit(t, setting{pages: []string{plainPage, taskPage}, env: []string{"LANG=C", "LESSON=2"}})
	l.sees("$ echo two", prompt)
	l.runs("echo two >f", "[f]")
	l.types("?quit" + enter)
	l.leaves(0)
	for _, char := range l.whole() {
		assert.Less(t, char, rune(128), l.whole())
	}
}

// A page longer than the screen is shown a screenful at a time, and no
// heading stands alone above the prompt.
func TestPaging(t *testing.T) {
	t.Parallel()
	page := "# Long\n"
	for range 30 {
		page += "\n## Part\n\nA paragraph which takes more than one of the rows of a screen as narrow as this one is.\n"
	}
	l := sit(t, setting{pages: []string{page}, columns: 40, env: []string{"NO_COLOR=1"}})
	for range 4 {
		screen := l.sees("(Enter for more)\r\n", prompt)
		rows := strings.Split(screen, "\r\n")
		assert.LessOrEqual(t, len(rows), 30, screen)
		assert.GreaterOrEqual(t, len(rows), 20, screen)
		assert.Equal(t, "one is.", rows[len(rows)-3])
		for _, row := range rows {
			assert.LessOrEqual(t, columns(row), 40, row)
		}
		l.types(enter)
	}
	l.sees("Part")
	l.types("?quit" + enter)
	l.leaves(0)
}
