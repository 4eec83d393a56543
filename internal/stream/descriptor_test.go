package stream

import (
	"bytes"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestRead(t *testing.T) {
	r, w := pipe(t)
	write(t, w, "abcde")
	block := make([]byte, 3)
	for _, want := range []string{"abc", "de"} {
		n, err := Read(r.fd, block)
		require.NoError(t, err)
		assert.Equal(t, want, string(block[:n]))
	}
	w.close()
	n, err := Read(r.fd, block)
	assert.Zero(t, n)
	assert.NoError(t, err)
}

func TestErrorsNameTheirSide(t *testing.T) {
	file := tempFile(t, "")
	r, w := pipe(t)
	r.close()
	for _, c := range []struct {
		name string
		fd   int
		op   string
		want error
	}{
		{"a directory", open(t, t.TempDir(), unix.O_RDONLY).fd, OpRead, unix.EISDIR},
		{"a write-only file", open(t, file, unix.O_WRONLY).fd, OpRead, unix.EBADF},
		{"a read-only file", open(t, file, unix.O_RDONLY).fd, OpWrite, unix.EBADF},
		{"no descriptor", -1, OpRead, unix.EBADF},
		{"a pipe without a reader", w.fd, OpWrite, unix.EPIPE},
	} {
		t.Run(c.name, func(t *testing.T) {
			var err error
			if c.op == OpWrite {
				_, err = Write(c.fd, []byte("x"))
			} else {
				_, err = Read(c.fd, make([]byte, 1))
			}
			assert.Equal(t, &Error{Op: c.op, FD: c.fd, Err: c.want}, err)
		})
	}
	_, err := Write(-1, nil)
	assert.NoError(t, err, "nothing to write is nothing to fail")
}

// TestWriteCounts fails a write in the middle: what the pipe took before is counted.
func TestWriteCounts(t *testing.T) {
	r, w := pipe(t)
	result := make(chan int)
	go func() {
		n, err := Write(w.fd, make([]byte, 100<<10))
		assert.Equal(t, &Error{OpWrite, w.fd, unix.EPIPE}, err)
		result <- n
	}()
	_, err := io.ReadFull(reader{r.fd}, make([]byte, 10<<10))
	require.NoError(t, err)
	for isWritable(w) {
		runtime.Gosched()
	}
	r.close()
	n := <-result
	assert.GreaterOrEqual(t, n, 64<<10)
	assert.Less(t, n, 100<<10)
}

// TestNonBlocking passes more through a pipe than it holds, with both its ends
// non-blocking: each must wait for the other.
func TestNonBlocking(t *testing.T) {
	r, w := pipe(t)
	require.NoError(t, unix.SetNonblock(r.fd, true))
	require.NoError(t, unix.SetNonblock(w.fd, true))
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	written := make(chan error)
	go func() {
		_, err := Write(w.fd, want)
		w.close()
		written <- err
	}()
	var got []byte
	block := make([]byte, 5000)
	for {
		n, err := Read(r.fd, block)
		require.NoError(t, err)
		if n == 0 {
			break
		}
		got = append(got, block[:n]...)
	}
	require.NoError(t, <-written)
	assert.True(t, bytes.Equal(want, got))
}
