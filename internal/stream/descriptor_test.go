package stream

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestRead(t *testing.T) {
	r, w := pipe(t)
	require.NoError(t, Write(w.fd, []byte("abcde")))
	block := make([]byte, 3)
	for _, want := range []string{"abc", "de"} {
		n, err := Read(r.fd, block)
		require.NoError(t, err)
		assert.Equal(t, want, string(block[:n]))
	}
	w.close()
	n, err := Read(r.fd, block)
	assert.Zero(t, n)
	assert.Equal(t, io.EOF, err)
}

func TestErrorsNameTheirSide(t *testing.T) {
	file := tempFile(t, "")
	r, w := pipe(t)
	r.close()
	for _, c := range []struct {
		name string
		fd   int
		op   Op
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
				err = Write(c.fd, []byte("x"))
			} else {
				_, err = Read(c.fd, make([]byte, 1))
			}
			assert.Equal(t, &Error{Op: c.op, FD: c.fd, Err: c.want}, err)
		})
	}
	assert.NoError(t, Write(-1, nil), "nothing to write is nothing to fail")
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
		err := Write(w.fd, want)
		w.close()
		written <- err
	}()
	var got []byte
	block := make([]byte, 5000)
	for {
		n, err := Read(r.fd, block)
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		got = append(got, block[:n]...)
	}
	require.NoError(t, <-written)
	assert.True(t, bytes.Equal(want, got))
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
			assert.Equal(t, c.same, FeedsItself(out.fd, in.fd, false))
			assert.Equal(t, c.grows, FeedsItself(out.fd, in.fd, true))
		})
	}

	name := tempFile(t, "abc")
	appended := open(t, name, unix.O_WRONLY|unix.O_APPEND)
	other := open(t, tempFile(t, "abc"), unix.O_RDONLY)
	r, w := pipe(t)
	null := open(t, os.DevNull, unix.O_RDWR)
	for _, grows := range []bool{false, true} {
		assert.False(t, FeedsItself(appended.fd, other.fd, grows), "another file")
		assert.False(t, FeedsItself(w.fd, r.fd, grows), "a pipe")
		assert.False(t, FeedsItself(null.fd, null.fd, grows), "a device")
		assert.False(t, FeedsItself(-1, -1, grows), "nothing")
	}
}

func seek(t *testing.T, e *end, offset int64) {
	_, err := unix.Seek(e.fd, offset, io.SeekStart)
	require.NoError(t, err)
}
