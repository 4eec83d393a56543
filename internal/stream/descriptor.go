package stream

import "golang.org/x/sys/unix"

const (
	OpRead  = "read"
	OpWrite = "write"
)

// Error says which side of a transfer failed, and why.
type Error struct {
	Op  string // OpRead or OpWrite
	FD  int
	Err error // a unix.Errno
}

func (e *Error) Error() string { return e.Op + " error: " + Reason(e.Err) }

// IsWrite reports whether err is a failed write. A program that copies asks
// this to tell a failure of its output from one of its input.
func IsWrite(err error) bool {
	e, ok := err.(*Error)
	return ok && e.Op == OpWrite
}

// Close is close(2). An interrupted close has closed the descriptor all the
// same (Linux, close(2), NOTES), so that is no error.
func Close(fd int) error {
	if err := unix.Close(fd); err != nil && err != unix.EINTR {
		return err
	}
	return nil
}

// Read reads the bytes that are there, at most len(p), and waits only if there are
// none. It returns 0 at end of file, as read(2) does. Its error is an *Error with OpRead.
func Read(fd int, p []byte) (int, error) {
	for {
		n, err := unix.Read(fd, p)
		if err == nil {
			return n, nil
		} else if !waitToRetry(err, fd, unix.POLLIN) {
			return 0, &Error{Op: OpRead, FD: fd, Err: err}
		}
	}
}

// Write writes all of p, and goes on after a short write. It returns how many
// bytes the descriptor took. These are fewer than len(p) only with an error, an
// *Error with OpWrite.
func Write(fd int, p []byte) (taken int, err error) {
	for taken < len(p) {
		n, err := unix.Write(fd, p[taken:])
		if n > 0 {
			taken += n
		} else if err != nil && !waitToRetry(err, fd, unix.POLLOUT) {
			return taken, &Error{Op: OpWrite, FD: fd, Err: err}
		}
	}
	return taken, nil
}

// waitToRetry reports whether to repeat a call that failed with err. After EAGAIN it
// first waits until fd is ready for event. O_NONBLOCK belongs to the open file
// description, so any process that shares it can set it, at any time (POSIX.1-2024,
// open()).
func waitToRetry(err error, fd int, event int16) bool {
	switch err {
	case unix.EINTR:
		return true
	case unix.EAGAIN:
		return poll([]unix.PollFd{{Fd: int32(fd), Events: event}}) == nil
	}
	return false
}

// poll waits until one of fds is ready or has failed. It is poll(2), and starts
// again if a signal interrupts it.
func poll(fds []unix.PollFd) error {
	for {
		if _, err := unix.Poll(fds, -1); err != unix.EINTR {
			return err
		}
	}
}

// kindOf returns the file type of fd (unix.S_IFREG, S_IFIFO and so on) and the size of
// the file in bytes, or 0 and 0 if fstat(2) fails.
func kindOf(fd int) (kind uint32, size int64) {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return 0, 0
	}
	return uint32(st.Mode) & unix.S_IFMT, st.Size
}
