package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	second   = "# Second\n\n```console\n$ printf 'tw%s\\n' o\ntwo\n```\n"
	stale    = "# Stale\n\n```console\n$ printf 'new\\n'\nold\n```\n"
	alien    = "# Alien\n\n```console no-such-program\n$ printf 'ra%s\\n' n\nnever\n```\n"
	vain     = "# Vain\n\n## Exercise\n\n```exercise\ngoal  file made\ndone  D.\nhint  1\nhint  2\nhint  3\n```\n\n## Answer\n\n```console\n$ true\n```\n"
	outdated = "# Drawn\n\n```console no-such-program\n$ echo x\n```\n\n```picture\n[x]\n```\n"
)

func TestStraightThrough(t *testing.T) {
	for _, test := range []struct {
		name    string
		env     []string
		pages   []string
		status  int
		out     []string
		not     []string
		message string
	}{
		{"all", nil, []string{plainPage, taskPage}, 0,
			[]string{"Lesson 1 of 2", "Some `code`.", "  $ echo one\n  one\n", "  word‹Enter›\n  word\n", "\nAnswer\n\nIt is this.\n", "Lesson 2 of 2",
				"[f]\n", "  $ echo b >>list\n", "  ✔ Done: It was appended.\n"}, []string{"\x1b", "\r"}, ""},
		{"from the second", []string{"LESSON=2"}, []string{plainPage, second}, 0, []string{"Second"}, []string{"First"}, ""},
		{"stale", nil, []string{stale, second}, 1,
			[]string{"  new\nThe lesson says otherwise:\n  old\n", "\n  two\n"}, nil, "tour: 1 of the commands did not answer as their lessons say\n"},
		{"an answer that meets nothing", nil, []string{vain}, 1, []string{"The exercise is not met by this answer."}, nil, "tour: 1 of the commands"},
		{"not run", nil, []string{alien}, 0, []string{"(Not run: this needs no-such-program.)\n  $ printf 'ra%s\\n' n\n  never\n"}, []string{"ran\n"}, ""},
		{"not drawn", nil, []string{outdated}, 0, []string{"  [x]\n"}, nil, ""},
		{"no such lesson", []string{"LESSON=3"}, []string{plainPage, second}, 1, nil, []string{"First"}, "tour: LESSON=3: the lessons are 1 to 2\n"},
		{"no number", []string{"LESSON=x"}, []string{plainPage}, 1, nil, nil, "tour: LESSON=x: the lessons are 1 to 1\n"},
		{"no lessons", nil, nil, 1, nil, nil, "tour: no lessons in "},
		{"no folder", []string{"TMPDIR=/dev/null"}, []string{second}, 1, nil, nil, "tour: a folder for the lessons: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			eachShell(t, func(t *testing.T, sh bool) {
				s := setting{env: test.env, pages: test.pages, sh: sh}
				cmd := s.command(t)
				var out, message bytes.Buffer
				cmd.Stdout, cmd.Stderr = &out, &message
				cmd.Run()
				assert.Equal(t, test.status, cmd.ProcessState.ExitCode())
				for _, want := range test.out {
					assert.Contains(t, out.String(), want)
				}
				for _, unwanted := range test.not {
					assert.NotContains(t, out.String(), unwanted)
				}
				if test.message == "" {
					assert.Empty(t, message.String())
				} else {
					assert.True(t, strings.HasPrefix(message.String(), test.message), message.String())
				}
				assertEmpty(t, s.tmp())
			})
		})
	}
}

func TestSuitePath(t *testing.T) {
	for _, test := range []struct{ path, home, want string }{
		{"/home/a/fd42/bin:/usr/bin:/bin", "/home/a", "/home/a/fd42/bin:/usr/bin:/bin"},
		{"/b:/home/a/bin:/usr/bin:/home/ab:/home/a:.:", "/home/a/", "/b:/usr/bin:/home/ab"},
		{"/b:/usr/bin", "/", "/b:/usr/bin"},
		{"/b:/usr/bin", "", "/b:/usr/bin"},
		{"", "/home/a", ""},
	} {
		assert.Equal(t, test.want, suitePath(test.path, test.home), test.path)
	}
}
