// Package streamtest gives a test streams of its own, so that a program's run
// can be called in the test's process and asked afterwards what it wrote.
package streamtest

import (
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/stream"
)

// Streams read from a pipe and write to two files.
type Streams struct {
	*stream.Streams
	t        testing.TB
	out, err string // the files' names
}

// New returns the streams of a program, with stdin waiting to be read. The
// program closes Out; New sees to the others.
func New(t testing.TB, program, stdin string) *Streams {
	in, feed, err := os.Pipe()
	require.NoError(t, err)
	go func() {
		defer feed.Close()
		io.WriteString(feed, stdin) // fails where the program does not read it all
	}()
	dir := t.TempDir()
	s := &Streams{t: t, out: filepath.Join(dir, "stdout"), err: filepath.Join(dir, "stderr")}
	s.Streams = &stream.Streams{Program: program, In: int(in.Fd()), Out: create(t, s.out), Err: create(t, s.err)}
	t.Cleanup(func() {
		in.Close()
		stream.Close(s.Err)
	})
	return s
}

func create(t testing.TB, name string) int {
	fd, err := unix.Open(name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o600)
	require.NoError(t, err)
	return fd
}

// WriteTo makes the named file or device standard output in place of the file.
func (s *Streams) WriteTo(name string) {
	require.NoError(s.t, stream.Close(s.Out))
	fd, err := unix.Open(name, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	require.NoError(s.t, err)
	s.Out = fd
}

// Unset takes a variable out of the environment until the test ends.
func Unset(t testing.TB, name string) {
	t.Setenv(name, "") // sees to its return
	require.NoError(t, os.Unsetenv(name))
}

// Written is what has been written so far.
func (s *Streams) Written() (stdout, stderr string) {
	out, err := os.ReadFile(s.out)
	require.NoError(s.t, err)
	diagnostics, err := os.ReadFile(s.err)
	require.NoError(s.t, err)
	return string(out), string(diagnostics)
}

// EverySplit yields each way for text to come in blocks: 2^(len-1) of them, so
// text had better be short.
func EverySplit(text []byte) iter.Seq[[][]byte] {
	return func(yield func([][]byte) bool) {
		for cuts := range uint64(1) << max(len(text)-1, 0) {
			var blocks [][]byte
			from := 0
			for i := 1; i < len(text); i++ {
				if cuts>>(i-1)&1 == 1 {
					blocks = append(blocks, text[from:i])
					from = i
				}
			}
			if !yield(append(blocks, text[from:])) {
				return
			}
		}
	}
}

// EveryText yields each text over an alphabet up to a length.
func EveryText(alphabet string, most int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		texts := [][]byte{{}}
		for len(texts[0]) <= most {
			var longer [][]byte
			for _, text := range texts {
				if !yield(text) {
					return
				}
				for _, c := range []byte(alphabet) {
					longer = append(longer, append(slices.Clip(text), c))
				}
			}
			texts = longer
		}
	}
}
