package lesson

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/tour/shell"
)

// eachShell runs f in a session of every shell that is here.
func eachShell(t *testing.T, f func(t *testing.T, s *Session)) {
	for _, kind := range []shell.Kind{shell.Bash(), shell.POSIX()} {
		t.Run(kind.Name, func(t *testing.T) {
			if _, err := exec.LookPath(kind.Name); err != nil {
				t.Skip("no " + kind.Name + " here")
			}
			f(t, start(t, kind))
		})
	}
}

func start(t *testing.T, kind shell.Kind, before ...string) *Session {
	place, err := shell.NewPlace()
	require.NoError(t, err)
	t.Cleanup(place.Remove)
	s, err := Start(kind, place, before...)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

// assertAll types steps, whose answers must be to the byte.
func assertAll(t *testing.T, s *Session, steps []Step) {
	for _, step := range steps {
		got, err := s.Run(step)
		require.NoError(t, err, step.Command)
		assert.Equal(t, step.Want, got.Shown, step.Command)
	}
}

func TestSession(t *testing.T) {
	eachShell(t, func(t *testing.T, s *Session) {
		assertAll(t, s, []Step{
			{Command: "printf 'one\\ntwo\\n'", Want: "one\ntwo\n"},
			{Command: "printf 'no newline'", Want: "no newline"},
			{Command: "sh -c 'printf out; printf err >&2; printf out; exit 3'", Want: "outerrout"},
			{Command: "printf '%s\\n' $?", Want: "3\n"}, // nothing came between
			{Command: "name=kept; exec 7>file"},
			{Command: "printf \"$name\" >&7; cat file", Want: "kept"},
		})
	})
}

func TestSessionKeys(t *testing.T) {
	eachShell(t, func(t *testing.T, s *Session) {
		assertAll(t, s, []Step{
			{Command: "cat", Want: "one‹Enter›\none\ntwo‹Enter›\ntwo\n‹Ctrl-D›\n"},
			{Command: "printf 'name? '; read -r n; printf 'hello %s\\n' $n", Want: "name? ‹Ctrl-D›hello \n"},
			{Command: "cat; printf '%s\\n' $?", Want: "‹Ctrl-D›\n0\n"},
			{Command: "printf ready >file; tail -f file", Want: "ready‹Ctrl-C›\n"},
			{Command: "printf '%s\\n' $?", Want: "130\n"},
		})
	})
}

// A program that ends before a key is pressed leaves it out of the transcript,
// and the shell does not get it.
func TestSessionKeyTooLate(t *testing.T) {
	eachShell(t, func(t *testing.T, s *Session) {
		got, err := s.Run(Step{Command: "printf 'early\\n'", Want: "late\nexit‹Enter›\n"})
		require.NoError(t, err)
		assert.Equal(t, "early\n", got.Shown)
		assertAll(t, s, []Step{{Command: "printf here", Want: "here"}})
	})
}

// The echo that answers is the one in PATH, not the shell's own.
func TestSessionEcho(t *testing.T) {
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "echo"), []byte("#!/bin/sh\nprintf 'ours %s\\n' \"$1$MARK\"\n"), 0o777))
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	eachShell(t, func(t *testing.T, s *Session) {
		assertAll(t, s, []Step{
			{Command: "echo hi", Want: "ours hi\n"},
			{Command: "MARK=! echo hi | cat", Want: "ours hi!\n"},
		})
	})
}

// What this process was born with or was told stays out of the lessons.
func TestSessionInheritsNothing(t *testing.T) {
	null, err := unix.Open("/dev/null", unix.O_RDONLY, 0) // not close-on-exec
	require.NoError(t, err)
	defer unix.Close(null)
	high, err := unix.FcntlInt(uintptr(null), unix.F_DUPFD, 50)
	require.NoError(t, err)
	defer unix.Close(high)
	t.Setenv("FD42_TRACE", "1")
	t.Setenv("HISTFILE", "/dev/null")
	eachShell(t, func(t *testing.T, s *Session) {
		assertAll(t, s, []Step{
			{Command: "sh -c 'for n in 3 4 5 6 7 8 9 50 51; do test -e /dev/fd/$n && printf \"$n \"; done'"},
			{Command: "printf '%s' \"$HISTFILE\"; test \"$FD42_TRACE\" != 1"},
		})
	})
}

// HangUp is the way out of a command that does not come back.
func TestSessionHangUp(t *testing.T) {
	eachShell(t, func(t *testing.T, s *Session) {
		ended := make(chan error)
		go func() {
			_, err := s.Run(Step{Command: "cat"})
			ended <- err
		}()
		s.HangUp()
		assert.Error(t, <-ended)
	})
}

func TestSessionStatus(t *testing.T) {
	eachShell(t, func(t *testing.T, s *Session) {
		line, err := s.Run(Step{Command: "cd /; (exit 3) | (exit 4)"})
		require.NoError(t, err)
		assert.Equal(t, 4, line.Status)
		assert.Equal(t, "/", line.Dir)
		if line.Statuses != nil {
			assert.Equal(t, []int{3, 4}, line.Statuses)
		}
	})
}

func TestSessionAnswer(t *testing.T) {
	eachShell(t, func(t *testing.T, s *Session) {
		assertAll(t, s, []Step{{Command: "?answer 17"}})
		assert.Equal(t, "17", s.Answer)
	})
}

func TestSessionBefore(t *testing.T) {
	s := start(t, shell.POSIX(), "name=value", "printf 'unseen'", "printf 'a\n' >file", "exec 7<file")
	assertAll(t, s, []Step{{Command: "printf '%s ' $name; cat <&7", Want: "value a\n"}})
}

// What a program traces belongs to the line that ran it.
func TestSessionTrace(t *testing.T) {
	eachShell(t, func(t *testing.T, s *Session) {
		line, err := s.Run(Step{Command: "printf 'cat[999999999]: exit   3\\n' >>$FD42_TRACE"})
		require.NoError(t, err)
		require.Len(t, line.Trace.Processes, 1)
		assert.Equal(t, 3, line.Trace.Processes[0].Status)
		line, err = s.Run(Step{Command: "rm $FD42_TRACE"})
		require.NoError(t, err)
		assert.Empty(t, line.Trace.Processes)
		line, err = s.Run(Step{Command: "printf 'tee[999999998]: exit   0\\n' >>$FD42_TRACE"})
		require.NoError(t, err)
		require.Len(t, line.Trace.Processes, 1)
		assert.Equal(t, "tee", line.Trace.Processes[0].Program)
	})
}

// A line comes with the table that the shell had before it ran.
func TestSessionTable(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("no /proc here")
	}
	s := start(t, shell.Find())
	for _, step := range []Step{{Command: "exec 7>file"}, {Command: "true"}, {Command: "exec 7>&-"}} {
		line, err := s.Run(step)
		require.NoError(t, err)
		var found []int
		for _, d := range line.Shell {
			found = append(found, d.FD)
			if d.FD < 3 {
				assert.NotEqual(t, "/dev/tty", d.Path)
			}
		}
		want := []int{0, 1, 2, 7}
		if step.Command == "exec 7>file" {
			want = want[:3]
		}
		assert.Equal(t, want, found, step.Command)
	}
}
