package trace

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestEvents logs every event.
func TestEvents(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "log")
	l, err := Start("prog", name)
	require.NoError(t, err)
	file, err := os.Create(filepath.Join(dir, "file"))
	require.NoError(t, err)
	defer file.Close()
	_, err = file.WriteString("12345")
	require.NoError(t, err)
	fd := int(file.Fd())
	l.distinct = []int{fd, -1}
	started := len(lines(t, name))
	l.Open("a b", fd)
	l.Open("gone", -1)
	l.Copy(Flow{0, 300}, []Flow{{1, 300}}, 2, "read and write")
	l.Copy(Flow{0, 1 << 40}, []Flow{{1, 1 << 40}, {5, 1}}, 1, "read and write, then splice")
	l.Copy(Flow{3, 0}, nil, 1, "")
	l.Transform("code", Flow{0, 8}, Flow{1, 13})
	l.Transform("format", Flow{5, 1}, Flow{1, 0})
	l.Write(1, 6)
	l.Write(1, 1)
	l.Error(-1, "invalid option -- 'x'\nTry")
	l.Error(5, "f", "Is a directory")
	l.Close(fd)
	l.Close(-1)
	l.Death(1)
	l.End()
	l.Exit(141)
	assert.Equal(t, []string{
		fmt.Sprintf("open   'a b' -> fd %d  file, read-write", fd),
		"open   gone -> fd -1  bad file descriptor, bad file descriptor",
		"copy   fd 0 -> fd 1  300 bytes, 2 calls (read and write)",
		"copy   fd 0 -> fd 1, fd 5 (1 byte)  1099511627776 bytes, 1 call (read and write, then splice)",
		"copy   fd 3 ->   0 bytes, 1 call",
		"code   fd 0 -> fd 1  8 bytes in, 13 out",
		"format fd 5 -> fd 1  1 byte in, 0 out",
		"write  fd 1  6 bytes",
		"write  fd 1  1 byte",
		"error  invalid option -- 'x'; Try",
		"error  fd 5  f: Is a directory",
		fmt.Sprintf("close  fd %d  offset 5", fd),
		"close  fd -1",
		fmt.Sprintf("end    fd %d  offset 5", fd),
		"death  SIGPIPE: the reader of fd 1 has gone away",
		fmt.Sprintf("end    fd %d  offset 5", fd),
		"exit   141",
	}, lines(t, name)[started:])
}

// lines are those of a trace, less the program and its number that each begins with.
func lines(t *testing.T, name string) (lines []string) {
	content, err := os.ReadFile(name)
	require.NoError(t, err)
	for line := range strings.Lines(string(content)) {
		rest, found := strings.CutPrefix(line, fmt.Sprintf("prog[%d]: ", os.Getpid()))
		assert.True(t, found, "%q", line)
		lines = append(lines, strings.TrimSuffix(rest, "\n"))
	}
	return lines
}

// TestStart: the first lines are on the descriptors that were there before,
// and the log keeps out of their way.
func TestStart(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	var before []int
	for range 2 {
		before = openDescriptors()
		l, err := Start("prog", name)
		require.NoError(t, err)
		assert.GreaterOrEqual(t, l.fd, 100)
		require.NoError(t, unix.Close(l.fd))
	}
	told := lines(t, name)
	require.Len(t, told, 2*len(before), "the second log goes on where the first ended")
	roles := map[int]string{0: "stdin    ", 1: "stdout   ", 2: "stderr   "}
	for i, fd := range before {
		assert.Regexp(t, fmt.Sprintf(`^fd %-3d %s  .`, fd, cmp.Or(roles[fd], "inherited")), told[len(before)+i])
	}
	_, err := Start("prog", name+"/below")
	assert.Equal(t, unix.ENOTDIR, err)
}

// TestOff: a trace that is off, or that cannot be written, changes nothing.
func TestOff(t *testing.T) {
	for _, l := range []*Log{nil, {fd: -1, program: "prog"}} {
		assert.NotPanics(t, func() {
			l.Open("f", 3)
			l.Copy(Flow{0, 1}, []Flow{{1, 1}}, 1, "splice")
			l.Transform("code", Flow{0, 1}, Flow{1, 1})
			l.Write(1, 1)
			l.Error(1, "x")
			l.Close(3)
			l.Death(1)
			l.End()
			l.Exit(0)
		})
	}
}
