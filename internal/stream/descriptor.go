package stream

import (
	"io"

	"golang.org/x/sys/unix"
)

// Op is what was asked of a descriptor.
type Op string

const (
	OpRead  Op = "read"
	OpWrite Op = "write"
)

// Error says which side of a transfer failed, and why.
type Error struct {
	Op  Op
	FD  int
	Err error // a unix.Errno
}

func (e *Error) Error() string { return string(e.Op) + " error: " + Reason(e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// Open is open(2), started again when a signal interrupts it, as one can while
// it waits for the other end of a FIFO. The error is a unix.Errno.
func Open(name string, flags int, mode uint32) (fd int, err error) {
	for {
		fd, err = unix.Open(name, flags|unix.O_CLOEXEC, mode)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// Close is close(2). Interrupted, it has closed the descriptor all the same
// (Linux, close(2), NOTES), so that is no error.
func Close(fd int) error {
	if err := unix.Close(fd); err != nil && err != unix.EINTR {
		return err
	}
	return nil
}

// Read reads at most len(p) bytes: those that are there, waiting only while
// there are none. At the end of the input it returns 0 and io.EOF; any other
// error is an *Error with OpRead.
func Read(fd int, p []byte) (int, error) {
	for {
		n, err := unix.Read(fd, p)
		switch {
		case n > 0:
			return n, nil
		case err == nil:
			return 0, io.EOF
		case !again(err, fd, unix.POLLIN):
			return 0, &Error{Op: OpRead, FD: fd, Err: err}
		}
	}
}

// Write writes all of p, going on after short writes, so that nil means every
// byte was taken. Its error is an *Error with OpWrite.
func Write(fd int, p []byte) error {
	for len(p) > 0 {
		n, err := unix.Write(fd, p)
		if n > 0 {
			p = p[n:]
		} else if err != nil && !again(err, fd, unix.POLLOUT) {
			return &Error{Op: OpWrite, FD: fd, Err: err}
		}
	}
	return nil
}

// again reports whether a call that failed with err is to be made again: at
// once if a signal interrupted it, and when fd is ready if fd does not block.
// O_NONBLOCK belongs to the open file description, so any process that shares
// it can set it, at any time (POSIX.1-2024, open()).
func again(err error, fd int, event int16) bool {
	switch err {
	case unix.EINTR:
		return true
	case unix.EAGAIN:
		return poll([]unix.PollFd{{Fd: int32(fd), Events: event}}) == nil
	}
	return false
}

// poll waits until one of fds is ready or has failed. It is poll(2), started
// again when interrupted.
func poll(fds []unix.PollFd) error {
	for {
		if _, err := unix.Poll(fds, -1); err != unix.EINTR {
			return err
		}
	}
}

// FeedsItself reports whether what is written to out would be read again from
// in: both are the same regular file, and the next read lies before the next
// write. Where the copy grows it also does if anything is left to be read,
// since the writing then overtakes the reading. An error in finding out is no
// loop.
func FeedsItself(out, in int, grows bool) bool {
	var o, i unix.Stat_t
	if unix.Fstat(out, &o) != nil || unix.Fstat(in, &i) != nil {
		return false
	}
	if o.Mode&unix.S_IFMT != unix.S_IFREG || o.Dev != i.Dev || o.Ino != i.Ino {
		return false
	}
	readAt, err := unix.Seek(in, 0, io.SeekCurrent)
	if err != nil {
		return false
	}
	if grows {
		return readAt < i.Size
	}
	writeAt, err := unix.Seek(out, 0, io.SeekCurrent)
	if err != nil {
		return false
	}
	if flags, err := unix.FcntlInt(uintptr(out), unix.F_GETFL, 0); err == nil && flags&unix.O_APPEND != 0 {
		writeAt = o.Size
	}
	return readAt < writeAt
}
