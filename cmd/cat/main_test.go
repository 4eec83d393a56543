package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/stream/streamtest"
)

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		args []string
		want options
	}{
		{nil, options{}},
		{[]string{"-u"}, options{}},
		{[]string{"-b"}, options{numberNonblank: true}},
		{[]string{"-e"}, options{nonprinting: true, ends: true}},
		{[]string{"-n"}, options{number: true}},
		{[]string{"-s"}, options{squeeze: true}},
		{[]string{"-t"}, options{nonprinting: true, tabs: true}},
		{[]string{"-v"}, options{nonprinting: true}},
		{[]string{"-E"}, options{ends: true}},
		{[]string{"-T"}, options{tabs: true}},
		{[]string{"-A"}, options{nonprinting: true, ends: true, tabs: true}},
		{[]string{"--number-nonblank", "--number"}, options{numberNonblank: true, number: true}},
		{[]string{"--squeeze-blank", "--show-nonprinting"}, options{squeeze: true, nonprinting: true}},
		{[]string{"--show-ends", "--show-tabs"}, options{ends: true, tabs: true}},
		{[]string{"--show-all"}, options{nonprinting: true, ends: true, tabs: true}},
	} {
		opts, command := command()
		operands, ok := command.Parse(streamtest.New(t, "cat", "").Streams, c.args, -1)
		assert.True(t, ok, "%q", c.args)
		assert.Empty(t, operands, "%q", c.args)
		assert.Equal(t, c.want, *opts, "%q", c.args)
	}
}

func TestRun(t *testing.T) {
	streamtest.Unset(t, "POSIXLY_CORRECT")
	t.Chdir(t.TempDir())
	for name, content := range map[string]string{"a": "one\n\n\n", "b": "\ntwo", "c": "three\n", "cr": "four\r", "nl": "\n"} {
		require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
	}
	for _, c := range []struct {
		name   string
		args   []string
		stdin  string
		stdout string
		stderr string
	}{
		{"standard input", nil, "in\x00\xff", "in\x00\xff", ""},
		{"it comes once", []string{"-", "a", "-"}, "in\n", "in\none\n\n\n", ""},
		{"files", []string{"b", "c"}, "in", "\ntwothree\n", ""},
		{"lines run on across files", []string{"-n", "b", "c"}, "", "     1\t\n     2\ttwothree\n", ""},
		{"so does squeezing", []string{"-s", "a", "b"}, "", "one\n\ntwo", ""},
		{"and a carriage return", []string{"-E", "cr", "nl", "cr"}, "", "four^M$\nfour\r", ""},
		{"-b beats -n", []string{"-bn", "a"}, "", "     1\tone\n\n\n", ""},
		{"a missing file", []string{"c", "nope", "c"}, "", "three\nthree\n", "cat: nope: No such file or directory\n"},
		{"two of them", []string{"", "c/d"}, "", "", "cat: '': No such file or directory\ncat: c/d: Not a directory\n"},
		{"a directory", []string{".", "c"}, "", "three\n", "cat: .: Is a directory\n"},
		{"a directory, shown", []string{"-A", ".", "c"}, "", "three$\n", "cat: .: Is a directory\n"},
		{"a bad option", []string{"c", "-x"}, "", "", "cat: invalid option -- 'x'\nTry 'cat --help' for more information.\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := streamtest.New(t, "cat", c.stdin)
			status := run(s.Streams, c.args)
			stdout, stderr := s.Written()
			assert.Equal(t, c.stdout, stdout)
			assert.Equal(t, c.stderr, stderr)
			assert.Equal(t, c.stderr != "", status == 1)
		})
	}
}

// TestRunLoop: a file that would grow by what is read from it is passed over.
func TestRunLoop(t *testing.T) {
	dir := t.TempDir()
	itself, other := filepath.Join(dir, "itself"), filepath.Join(dir, "other")
	require.NoError(t, os.WriteFile(itself, []byte("x"), 0o600))
	require.NoError(t, os.WriteFile(other, []byte("other"), 0o600))
	for _, options := range []string{"-u", "-v"} { // plainly and formatted
		s := streamtest.New(t, "cat", "")
		s.WriteTo(itself)
		require.NoError(t, s.Write([]byte("12")))
		assert.Equal(t, 1, run(s.Streams, []string{options, itself, other}))
		_, stderr := s.Written()
		assert.Equal(t, "cat: "+itself+": input file is output file\n", stderr)
		content, err := os.ReadFile(itself)
		require.NoError(t, err)
		assert.Equal(t, "12other", string(content))
	}
}

func TestRunFull(t *testing.T) {
	for _, options := range []string{"-u", "-v"} {
		for stdin, want := range map[string]string{"text": "cat: write error: No space left on device\n", "": ""} {
			s := streamtest.New(t, "cat", stdin)
			s.WriteTo("/dev/full")
			status := run(s.Streams, []string{options, "-", "-"})
			_, stderr := s.Written()
			assert.Equal(t, want, stderr)
			assert.Equal(t, want != "", status == 1)
		}
	}
	s := streamtest.New(t, "cat", "\r") // held back until the end
	s.WriteTo("/dev/full")
	assert.Equal(t, 1, run(s.Streams, []string{"-E"}))
}
