package trace

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestDescribe(t *testing.T) {
	dir := t.TempDir()
	open := func(name string, flags int) int {
		fd, err := unix.Open(name, flags|unix.O_CREAT|unix.O_CLOEXEC, 0o600)
		require.NoError(t, err, name)
		t.Cleanup(func() { unix.Close(fd) })
		return fd
	}
	file := open(dir+"/a b", unix.O_RDWR)
	_, err := unix.Write(file, []byte("12345"))
	require.NoError(t, err)
	var ends [2]int
	require.NoError(t, unix.Pipe2(ends[:], unix.O_NONBLOCK))
	require.NoError(t, unix.Mkfifo(dir+"/fifo", 0o600))
	fifo := open(dir+"/fifo", unix.O_RDWR)
	sockets, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	require.NoError(t, err)
	_, tty, err := pty.Open()
	require.NoError(t, err)
	for fd, want := range map[int]string{
		file:                          "file '" + dir + "/a b'  read-write, offset 5",
		open(dir+"/f", unix.O_RDONLY): "file " + dir + "/f  read-only, offset 0",
		open(dir+"/f", unix.O_WRONLY|unix.O_APPEND): "file " + dir + "/f  write-only, append, offset 0",
		ends[0]:                          fmt.Sprintf("pipe %d  read-only, non-blocking", number(t, ends[1])),
		ends[1]:                          fmt.Sprintf("pipe %d  write-only, non-blocking", number(t, ends[0])),
		fifo:                             fmt.Sprintf("pipe %d %s/fifo  read-write", number(t, fifo), dir),
		sockets[0]:                       fmt.Sprintf("socket %d  read-write", number(t, sockets[0])),
		open("/dev/null", unix.O_WRONLY): "device /dev/null  write-only",
		int(tty.Fd()):                    "terminal " + tty.Name() + "  read-write",
		-1:                               "bad file descriptor  bad file descriptor",
	} {
		assert.Equal(t, want, describe(fd))
	}
	directory, err := unix.Open(dir, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	require.NoError(t, err)
	assert.Equal(t, "directory "+dir+"  read-only", describe(directory))
}

// number is the inode number of a pipe or a socket.
func number(t *testing.T, fd int) uint64 {
	var st unix.Stat_t
	require.NoError(t, unix.Fstat(fd, &st))
	return st.Ino
}

// TestSameDescription: a duplicate shares its offset, a file opened twice has two.
func TestSameDescription(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	first, err := os.Create(name)
	require.NoError(t, err)
	defer first.Close()
	second, err := os.Open(name)
	require.NoError(t, err)
	defer second.Close()
	duplicate, err := unix.FcntlInt(first.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	require.NoError(t, err)
	defer unix.Close(duplicate)
	one, two := int(first.Fd()), int(second.Fd())
	assert.True(t, sameDescription(one, duplicate))
	assert.False(t, sameDescription(one, two))
}
