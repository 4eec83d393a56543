package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/cli"
	"fd42.example/fd42/internal/stream"
	"fd42.example/fd42/internal/stream/streamtest"
)

func TestMode(t *testing.T) {
	for value, want := range map[string]mode{
		"warn": warn, "warn-nopipe": warnNoPipe, "exit": exit, "exit-nopipe": exitNoPipe,
		"w": "", "warn-": warnNoPipe, "warn-n": warnNoPipe, "exit-nopip": exitNoPipe,
		"": "", "e": "", "Warn": "", "warn-nopipes": "", "bad": "", "warn ": "",
	} {
		var m mode
		err := m.Set(value)
		assert.Equal(t, want, m, "%q", value)
		assert.Equal(t, want == "", err != nil, "%q", value)
	}
	var m mode
	const list = "\nValid arguments are:\n  - 'warn'\n  - 'warn-nopipe'\n  - 'exit'\n  - 'exit-nopipe'"
	assert.Equal(t, &cli.UsageError{Text: "ambiguous argument 'e' for '--output-error'" + list}, m.Set("e"))
	assert.Equal(t, &cli.UsageError{Text: "ambiguous argument '' for '--output-error'" + list}, m.Set(""))
	assert.Equal(t, &cli.UsageError{Text: `invalid argument 'b\'d' for '--output-error'` + list}, m.Set("b'd"))
}

func TestOptions(t *testing.T) {
	streamtest.Unset(t, "POSIXLY_CORRECT")
	for _, c := range []struct {
		args     []string
		want     options
		operands []string
	}{
		{nil, options{}, nil},
		{[]string{"-a", "f"}, options{append: true}, []string{"f"}},
		{[]string{"-i"}, options{ignoreInterrupts: true}, nil},
		{[]string{"-p"}, options{outputError: warnNoPipe}, nil},
		{[]string{"--append", "--ignore-interrupts"}, options{append: true, ignoreInterrupts: true}, nil},
		{[]string{"--output-error"}, options{outputError: warnNoPipe}, nil},
		{[]string{"--output-error", "warn"}, options{outputError: warnNoPipe}, []string{"warn"}},
		{[]string{"--output-error=exit", "-p"}, options{outputError: warnNoPipe}, nil},
		{[]string{"-p", "--output-error=exit"}, options{outputError: exit}, nil},
		{[]string{"-pai", "-", "--", "-a"}, options{true, true, warnNoPipe}, []string{"-", "-a"}},
	} {
		opts, command := command()
		operands, ok := command.Parse(streamtest.New(t, "tee", "").Streams, c.args, -1)
		assert.True(t, ok, "%q", c.args)
		assert.Equal(t, c.want, *opts, "%q", c.args)
		assert.Equal(t, c.operands, operands, "%q", c.args)
	}
}

// TestRun gives tee an input of its own and checks the files named a and b,
// where a had something in it.
func TestRun(t *testing.T) {
	streamtest.Unset(t, "POSIXLY_CORRECT")
	const full = "/dev/full"
	for _, c := range []struct {
		name   string
		args   []string
		stdout string
		a, b   string // "none": there is no such file
		stderr string
	}{
		{"no file", nil, "text", "was\n", "none", ""},
		{"a file", []string{"a"}, "text", "text", "none", ""},
		{"two", []string{"a", "b"}, "text", "text", "text", ""},
		{"at the end", []string{"-a", "a", "b"}, "text", "was\ntext", "text", ""},
		{"a directory", []string{".", "b"}, "text", "was\n", "text", "tee: .: Is a directory\n"},
		{"a directory, exit", []string{"--output-error=exit", "a", ".", "b"}, "", "", "none", "tee: .: Is a directory\n"},
		{"a full device", []string{full, "b"}, "text", "was\n", "text", "tee: /dev/full: No space left on device\n"},
		{"a full device, warn-nopipe", []string{"-p", full, "b"}, "text", "was\n", "text", "tee: /dev/full: No space left on device\n"},
		{"a full device, exit", []string{"--output-error=exit", "a", full, "b"}, "text", "text", "", "tee: /dev/full: No space left on device\n"},
		{"a bad mode", []string{"a", "--output-error=x"}, "", "was\n", "none", "tee: invalid argument 'x' for '--output-error'\n" +
			"Valid arguments are:\n  - 'warn'\n  - 'warn-nopipe'\n  - 'exit'\n  - 'exit-nopipe'\nTry 'tee --help' for more information.\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			require.NoError(t, os.WriteFile("a", []byte("was\n"), 0o600))
			s := streamtest.New(t, "tee", "text")
			status := run(s.Streams, c.args)
			stdout, stderr := s.Written()
			assert.Equal(t, c.stdout, stdout)
			assert.Equal(t, c.stderr, stderr)
			assert.Equal(t, c.stderr != "", status == 1)
			for name, want := range map[string]string{"a": c.a, "b": c.b} {
				content, err := os.ReadFile(name)
				if want == "none" {
					assert.ErrorIs(t, err, os.ErrNotExist)
				} else {
					assert.Equal(t, want, string(content), name)
				}
			}
		})
	}
}

// TestRunStandardOutputFull: it has a name of its own in diagnostics.
func TestRunStandardOutputFull(t *testing.T) {
	t.Chdir(t.TempDir())
	s := streamtest.New(t, "tee", "text")
	s.WriteTo("/dev/full")
	assert.Equal(t, 1, run(s.Streams, []string{"f"}))
	_, stderr := s.Written()
	assert.Equal(t, "tee: 'standard output': No space left on device\n", stderr)
	content, err := os.ReadFile("f")
	require.NoError(t, err)
	assert.Equal(t, "text", string(content))
}

// TestRunGone gives tee outputs whose readers have already gone away. Without a
// mode, SIGPIPE would kill tee; see the acceptance tests.
func TestRunGone(t *testing.T) {
	for _, c := range []struct {
		mode   string
		status int
		stderr string
		file   string
	}{
		{"warn", 1, "tee: 'standard output': Broken pipe\n", "text"},
		{"warn-nopipe", 0, "", "text"},
		{"exit", 1, "tee: 'standard output': Broken pipe\n", ""},
		{"exit-nopipe", 0, "", "text"},
	} {
		t.Run(c.mode, func(t *testing.T) {
			t.Chdir(t.TempDir())
			var ends [2]int
			require.NoError(t, unix.Pipe(ends[:]))
			require.NoError(t, stream.Close(ends[0]))
			s := streamtest.New(t, "tee", "text")
			require.NoError(t, stream.Close(s.Out))
			s.Out = ends[1]
			assert.Equal(t, c.status, run(s.Streams, []string{"--output-error=" + c.mode, "f"}))
			_, stderr := s.Written()
			assert.Equal(t, c.stderr, stderr)
			content, err := os.ReadFile("f")
			require.NoError(t, err)
			assert.Equal(t, c.file, string(content))
		})
	}
}
