//go:build !plain

package stream

import (
	"slices"

	"golang.org/x/sys/unix"
)

// Linux can move bytes between two descriptors without showing them to the
// process. At best the pages of a pipe or of a file's cache change hands; into
// a file's cache they are copied, but once, not out and in again. Which call
// does that depends on what the descriptors are, and each refuses some file
// systems, devices and modes. We keep no table of refusals: a call that fails or
// moves nothing ends the shortcut, and reading and writing finish the work.
//
// What splice(2) moves from a file are pages, not a snapshot: if the file is
// changed in place while its bytes wait in a pipe, their reader may see the
// change.

const (
	// most is what one call asks of a pipe, and the size that pipes grow to:
	// the larger they are, the less often one process waits for the next.
	// Without privilege there is no larger one (pipe(7), pipe-max-size).
	most = 1 << 20
	// growAfter is how long a stream must have proved before, or a file be:
	// many pipefuls. All pipes of a user draw on one budget
	// (pipe-user-pages-soft), which a short stream should leave alone.
	growAfter = 1 << 20
	// wholesale is what one call between files asks for. The kernel stops for
	// a fatal signal on its way.
	wholesale = 1 << 30
)

// findShortcut returns a call that moves bytes from c.in to all of c.outs,
// and its name, or nil where there is none to try.
func (c *Copier) findShortcut() (way string, shortcut func() int) {
	switch in, outs := kindOf(c.in), len(c.outs); {
	case in == unix.S_IFIFO && outs == 1:
		return c.fromPipe()
	case in == unix.S_IFIFO && outs == 2:
		return c.fromPipeToTwo()
	case in == unix.S_IFREG && outs == 1:
		return c.fromFile()
	}
	return "", nil // a terminal may go on after an end of file, and must be read to tell
}

// fromPipe moves a pipe's pages on.
func (c *Copier) fromPipe() (string, func() int) {
	from, to := c.in, c.outs[0]
	return "splice", c.whileReadable(func() int {
		c.growPipes()
		return c.call(func() (int, error) { return moved(unix.Splice(from, nil, to, nil, most, 0)) })
	})
}

// fromFile moves the pages of a file's cache. Unless they go to another file
// they pass a pipe of our own: a pipe is locked while pages are looked up for
// it, and ours keeps nobody waiting.
func (c *Copier) fromFile() (string, func() int) {
	from, to := c.in, c.outs[0]
	if kindOf(to) == unix.S_IFREG {
		return "copy_file_range", func() int {
			return c.call(func() (int, error) { return unix.CopyFileRange(from, nil, to, nil, wholesale, 0) })
		}
	}
	own := make([]int, 2)
	if unix.Pipe2(own, unix.O_CLOEXEC) != nil {
		return "", nil
	}
	c.own = own
	return "splice", func() int {
		c.growPipes()
		n := c.call(func() (int, error) { return moved(unix.Splice(from, nil, own[1], nil, most, 0)) })
		c.forward(own[0], to, n)
		return n
	}
}

// fromPipeToTwo duplicates a pipe's pages into a pipe with tee(2), which leaves
// them where they are, and then moves them on to the other output. tee always
// begins at the head of its source, so it cannot serve a third.
func (c *Copier) fromPipeToTwo() (string, func() int) {
	if kindOf(c.outs[0]) != unix.S_IFIFO {
		if c.KeepsOrder || kindOf(c.outs[1]) != unix.S_IFIFO {
			return "", nil
		}
		c.outs[0], c.outs[1] = c.outs[1], c.outs[0]
	}
	from, twin, other := c.in, c.outs[0], c.outs[1]
	return "tee and splice", c.whileReadable(func() int {
		c.growPipes()
		n := c.call(func() (int, error) { return moved(unix.Tee(from, twin, most, 0)) })
		c.forward(from, other, n)
		return n
	})
}

// whileReadable makes a shortcut wait for bytes in the input pipe, and end with
// them, where an output is a pipe too. A call that moves bytes into a pipe
// without a reader raises SIGPIPE even at the end of the input, where all has
// been written and there is nothing to die for.
func (c *Copier) whileReadable(shortcut func() int) func() int {
	if !slices.ContainsFunc(c.outs, func(fd int) bool { return kindOf(fd) == unix.S_IFIFO }) {
		return shortcut
	}
	return func() int {
		in := []unix.PollFd{{Fd: int32(c.in), Events: unix.POLLIN}}
		if poll(in) != nil || in[0].Revents&unix.POLLIN == 0 {
			return 0
		}
		return shortcut()
	}
}

// forward moves the next n bytes of a pipe to the last output. What it cannot
// move it reads, and makes pending for that output alone: the others have had
// it. So of all outputs the last is the one that a shortcut serves last.
func (c *Copier) forward(from, last, n int) {
	for n > 0 {
		m := c.call(func() (int, error) { return moved(unix.Splice(from, nil, last, nil, n, 0)) })
		if m == 0 {
			break
		}
		n -= m
	}
	for n > 0 {
		block := make([]byte, n)
		m, err := Read(from, block)
		if err != nil {
			return // somebody else reads this pipe too
		}
		c.pending, c.next = append(c.pending, block[:m]...), len(c.outs)-1
		n -= m
	}
}

// call makes a call until no signal interrupts it, and returns the bytes it
// moved; 0 if it failed.
func (c *Copier) call(f func() (int, error)) int {
	for {
		c.calls++
		n, err := f()
		if err == unix.EINTR {
			continue
		}
		return max(n, 0)
	}
}

// moved evens out a count whose type differs from machine to machine.
func moved[N int | int64](n N, err error) (int, error) { return int(n), err }

// growPipes widens the pipes on either side, once, when the stream is long. A
// refusal is no failure: a pipe works as it is.
func (c *Copier) growPipes() {
	if c.grown {
		return
	}
	var st unix.Stat_t // a pipe's size is 0
	if c.moved < growAfter && (unix.Fstat(c.in, &st) != nil || st.Size < growAfter) {
		return
	}
	c.grown = true
	for _, fd := range slices.Concat([]int{c.in}, c.outs, c.own) {
		if size, err := unix.FcntlInt(uintptr(fd), unix.F_GETPIPE_SZ, 0); err == nil && size < most {
			unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, most)
		}
	}
}
