package stream

import (
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// An end is a descriptor that is closed once: when the test says so, or at
// its end.
type end struct {
	fd   int
	once sync.Once
}

func newEnd(t testing.TB, fd int) *end {
	e := &end{fd: fd}
	t.Cleanup(e.close)
	return e
}

func (e *end) close() { e.once.Do(func() { unix.Close(e.fd) }) }

func pipe(t testing.TB) (r, w *end) {
	var fds [2]int
	require.NoError(t, unix.Pipe(fds[:]))
	return newEnd(t, fds[0]), newEnd(t, fds[1])
}

func socketpair(t testing.TB) (a, b *end) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	require.NoError(t, err)
	return newEnd(t, fds[0]), newEnd(t, fds[1])
}

func open(t testing.TB, name string, flags int) *end {
	fd, err := unix.Open(name, flags|unix.O_CLOEXEC, 0o600)
	require.NoError(t, err, name)
	return newEnd(t, fd)
}

// write writes text, all of it.
func write(t testing.TB, e *end, text string) {
	_, err := Write(e.fd, []byte(text))
	require.NoError(t, err)
}

// A reader is Read as an io.Reader.
type reader struct{ fd int }

func (r reader) Read(p []byte) (int, error) {
	n, err := Read(r.fd, p)
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

func seek(t testing.TB, e *end, offset int64) {
	_, err := unix.Seek(e.fd, offset, io.SeekStart)
	require.NoError(t, err)
}

func isWritable(e *end) bool {
	fds := []unix.PollFd{{Fd: int32(e.fd), Events: unix.POLLOUT}}
	n, _ := unix.Poll(fds, 0)
	return n > 0
}

// tempFile is the name of a new file that holds content.
func tempFile(t testing.TB, content string) string {
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
	return name
}

func contentOf(t testing.TB, name string) string {
	content, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(content)
}

// readAll empties a pipe or a socket that nobody writes to any more.
func readAll(t testing.TB, e *end) string {
	all, err := io.ReadAll(reader{e.fd})
	require.NoError(t, err)
	return string(all)
}
