package stream

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestReason(t *testing.T) {
	for err, want := range map[error]string{
		unix.ENOENT:                              "No such file or directory",
		unix.EISDIR:                              "Is a directory",
		unix.ENOTDIR:                             "Not a directory",
		unix.EACCES:                              "Permission denied",
		unix.ENOSPC:                              "No space left on device",
		unix.EIO:                                 "Input/output error",
		unix.ELOOP:                               "Too many levels of symbolic links",
		unix.ENXIO:                               "No such device or address",
		unix.ENAMETOOLONG:                        "File name too long",
		unix.EMFILE:                              "Too many open files",
		unix.EFBIG:                               "File too large",
		unix.EPIPE:                               "Broken pipe",
		errors.New("input file is output file"):  "input file is output file",
		&Error{Op: OpRead, FD: 3, Err: unix.EIO}: "Input/output error",
	} {
		assert.Equal(t, want, Reason(err))
	}
}

// outcome runs f on streams that write to files, finishes, and returns the
// exit status and what standard error has.
func outcome(t *testing.T, f func(*Streams)) (status int, stderr string) {
	out, said := tempFile(t, ""), tempFile(t, "")
	s := &Streams{Program: "prog", Err: open(t, said, unix.O_WRONLY).fd}
	var err error
	s.Out, err = unix.Open(out, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	require.NoError(t, err)
	f(s)
	status = s.Finish()
	return status, contentOf(t, said)
}

func TestDiagnostics(t *testing.T) {
	gone := func(op string) *Error { return &Error{Op: op, FD: 1, Err: unix.EPIPE} }
	for _, c := range []struct {
		name   string
		do     func(*Streams)
		status int
		stderr string
	}{
		{"nothing failed", func(*Streams) {}, 0, ""},
		{"a read", func(s *Streams) { s.Fail(&Error{OpRead, 0, unix.EIO}) }, 1, "prog: read error: Input/output error\n"},
		{"a write", func(s *Streams) { s.Fail(&Error{OpWrite, 1, unix.ENOSPC}) }, 1, "prog: write error: No space left on device\n"},
		{"words", func(s *Streams) { s.Fail(errors.New("invalid input")) }, 1, "prog: invalid input\n"},
		{"a file", func(s *Streams) { s.FailFile("a b", unix.ENOENT) }, 1, "prog: 'a b': No such file or directory\n"},
		{"a file's words", func(s *Streams) { s.FailFile("-", errors.New("input file is output file")) }, 1, "prog: -: input file is output file\n"},
		{"a file, while read", func(s *Streams) { s.FailFile("f", &Error{OpRead, 3, unix.EISDIR}) }, 1, "prog: f: Is a directory\n"},
		{"two", func(s *Streams) { s.FailFile("", unix.ENOENT); s.FailFile("b", unix.EACCES) }, 1,
			"prog: '': No such file or directory\nprog: b: Permission denied\n"},
		{"two of a program that reports one", func(s *Streams) {
			s.ReportsOne = true
			s.Fail(&Error{OpWrite, 1, unix.ENOSPC})
			unix.Close(s.Out)
		}, 1, "prog: write error: No space left on device\n"},
		{"a reader that is outlived", func(s *Streams) { s.ignoresSIGPIPE = true; s.Fail(gone(OpWrite)) }, 1, "prog: write error: Broken pipe\n"},
		{"EPIPE of a read is no gone reader", func(s *Streams) { s.Fail(gone(OpRead)) }, 1, "prog: read error: Broken pipe\n"},
		{"closing", func(s *Streams) { unix.Close(s.Out) }, 1, "prog: write error: Bad file descriptor\n"},
		{"no standard error", func(s *Streams) { s.Err = -1; s.Fail(errors.New("unheard")) }, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, stderr := outcome(t, c.do)
			assert.Equal(t, c.status, status)
			assert.Equal(t, c.stderr, stderr)
		})
	}
}

func TestCreate(t *testing.T) {
	s := new(Streams)
	name := filepath.Join(t.TempDir(), "f")
	write := func(atEnd bool, text string) {
		fd, err := s.Create(name, atEnd)
		require.NoError(t, err)
		_, err = Write(fd, []byte(text))
		require.NoError(t, err)
		require.NoError(t, s.Close(fd))
	}
	write(false, "one")
	write(true, "two")
	assert.Equal(t, "onetwo", contentOf(t, name))
	write(false, "3")
	assert.Equal(t, "3", contentOf(t, name))
	_, err := s.Create(t.TempDir(), false)
	assert.Equal(t, unix.EISDIR, err)
	_, err = s.Open(name + "/below")
	assert.Equal(t, unix.ENOTDIR, err)
}

// TestDeathBySIGPIPE runs this test binary again, as a program that speaks
// where nobody listens.
func TestDeathBySIGPIPE(t *testing.T) {
	const variable = "FD42_TEST_DIES"
	gone := func(t *testing.T) int {
		r, w := pipe(t)
		r.close()
		return w.fd
	}
	for i, c := range []struct {
		name string
		die  func(s *Streams, gone int)
	}{
		{"standard output", func(s *Streams, gone int) { s.Out = gone; s.Fail(s.Write([]byte("x"))) }},
		{"standard error", func(s *Streams, gone int) { s.Err = gone; s.Fail(errors.New("x")) }},
		{"a file", func(s *Streams, gone int) { _, err := Write(gone, []byte("x")); s.FailFile("f", err) }},
	} {
		if os.Getenv(variable) == strconv.Itoa(i) {
			c.die(&Streams{Program: "prog", In: 0, Out: 1, Err: 2}, gone(t))
			os.Exit(0) // it lived
		}
		if os.Getenv(variable) != "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			again := exec.Command(os.Args[0], "-test.run=^TestDeathBySIGPIPE$")
			again.Env = append(os.Environ(), variable+"="+strconv.Itoa(i))
			out, err := again.CombinedOutput()
			if errors.Is(err, syscall.ENOEXEC) {
				t.Skip("an emulated test cannot start itself again here")
			}
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit, "%s", out)
			assert.Equal(t, syscall.SIGPIPE, exit.Sys().(syscall.WaitStatus).Signal())
			assert.Empty(t, string(out))
		})
	}
}

func TestFeedsItself(t *testing.T) {
	for _, c := range []struct {
		name            string
		content         string
		flags           int   // of the output
		readAt, writeAt int64 // offsets
		same, grows     bool  // what is wanted of a copy of the same length, and of one that grows
	}{
		{"empty", "", unix.O_WRONLY, 0, 0, false, false},
		{"empty, appended to", "", unix.O_WRONLY | unix.O_APPEND, 0, 0, false, false},
		{"read before written", "abcdef", unix.O_WRONLY, 0, 6, true, true},
		{"read one before written", "abcdef", unix.O_WRONLY, 2, 3, true, true},
		{"read where written", "abcdef", unix.O_WRONLY, 3, 3, false, true},
		{"read after written", "abcdef", unix.O_WRONLY, 3, 0, false, true},
		{"read at the end", "abcdef", unix.O_WRONLY, 6, 0, false, false},
		{"appended to", "abcdef", unix.O_WRONLY | unix.O_APPEND, 0, 0, true, true},
		{"appended to, read at the end", "abcdef", unix.O_WRONLY | unix.O_APPEND, 6, 0, false, false},
		{"appended to, both offsets further on", "abcdef", unix.O_WRONLY | unix.O_APPEND, 7, 9, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := tempFile(t, c.content)
			link := filepath.Join(filepath.Dir(name), "link")
			require.NoError(t, os.Link(name, link))
			out, in := open(t, name, c.flags), open(t, link, unix.O_RDONLY)
			seek(t, out, c.writeAt)
			seek(t, in, c.readAt)
			s := &Streams{Out: out.fd}
			assert.Equal(t, c.same, s.FeedsItself(in.fd, false))
			assert.Equal(t, c.grows, s.FeedsItself(in.fd, true))
		})
	}

	name := tempFile(t, "abc")
	appended := open(t, name, unix.O_WRONLY|unix.O_APPEND)
	other := open(t, tempFile(t, "abc"), unix.O_RDONLY)
	r, w := pipe(t)
	null := open(t, os.DevNull, unix.O_RDWR)
	for _, grows := range []bool{false, true} {
		assert.False(t, (&Streams{Out: appended.fd}).FeedsItself(other.fd, grows), "another file")
		assert.False(t, (&Streams{Out: w.fd}).FeedsItself(r.fd, grows), "a pipe")
		assert.False(t, (&Streams{Out: null.fd}).FeedsItself(null.fd, grows), "a device")
		assert.False(t, (&Streams{Out: -1}).FeedsItself(-1, grows), "nothing")
	}
}
