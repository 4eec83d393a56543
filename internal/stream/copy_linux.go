//go:build !plain

package stream

import (
	"io"
	"slices"

	"golang.org/x/sys/unix"
)

// Linux can move bytes between two descriptors without showing them to the
// process: the pages of a pipe or of a file's cache change hands instead of
// being copied out and in again. Which call does that depends on what the
// descriptors are, and each refuses some file systems, devices and modes. We
// keep no table of refusals: a call that fails or moves nothing ends the
// shortcut, and reading and writing finish the work.
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
//
// The call is only made when there is something to move: into a pipe without
// a reader it would raise SIGPIPE even at the end of the input, where all has
// been written and there is nothing to die for.
func (c *Copier) findShortcut() (way string, shortcut func() int) {
	var st unix.Stat_t
	if unix.Fstat(c.in, &st) != nil {
		return "", nil
	}
	switch in := uint32(st.Mode) & unix.S_IFMT; in {
	case unix.S_IFIFO:
		if len(c.outs) == 2 {
			way, shortcut = c.toTwo()
		} else {
			way, shortcut = c.toOne(in)
		}
		if !slices.ContainsFunc(c.outs, func(fd int) bool { return kindOf(fd) == unix.S_IFIFO }) {
			return way, shortcut // nothing here raises SIGPIPE
		}
		return way, only(shortcut, c.hasBytes)
	case unix.S_IFREG:
		offset, err := unix.Seek(c.in, 0, io.SeekCurrent)
		if err != nil {
			return "", nil
		}
		end := c.moved + st.Size - offset
		way, shortcut = c.toOne(in)
		return way, only(shortcut, func() bool { return c.moved < end })
	}
	return "", nil // a terminal may go on after an end of file, and must be read to tell
}

// only makes the shortcut end where more says that nothing is left.
func only(shortcut func() int, more func() bool) func() int {
	if shortcut == nil {
		return nil
	}
	return func() int {
		if !more() {
			return 0
		}
		return shortcut()
	}
}

// hasBytes waits until the input pipe has bytes, or has come to its end.
func (c *Copier) hasBytes() bool {
	in := []unix.PollFd{{Fd: int32(c.in), Events: unix.POLLIN}}
	return poll(in) == nil && in[0].Revents&unix.POLLIN != 0
}

// toOne moves pages to the only output.
func (c *Copier) toOne(in uint32) (string, func() int) {
	if len(c.outs) != 1 {
		return "", nil
	}
	from, to := c.in, c.outs[0]
	out := kindOf(to)
	switch {
	case in == unix.S_IFIFO || out == unix.S_IFIFO:
		return "splice", func() int {
			c.growPipes()
			return c.call(func() (int, error) { return moved(unix.Splice(from, nil, to, nil, most, 0)) })
		}
	case out == unix.S_IFREG:
		return "copy_file_range", func() int {
			return c.call(func() (int, error) { return unix.CopyFileRange(from, nil, to, nil, wholesale, 0) })
		}
	case out == unix.S_IFCHR:
		return "sendfile", func() int {
			return c.call(func() (int, error) { return unix.Sendfile(to, from, nil, wholesale) })
		}
	}
	return "", nil
}

// toTwo duplicates a pipe's pages into a pipe with tee(2), which leaves them
// where they are, and then moves them on to the other output with splice(2).
// tee always begins at the head of its source, so it cannot serve a third.
func (c *Copier) toTwo() (string, func() int) {
	if kindOf(c.outs[0]) != unix.S_IFIFO {
		if c.KeepsOrder || kindOf(c.outs[1]) != unix.S_IFIFO {
			return "", nil
		}
		c.outs[0], c.outs[1] = c.outs[1], c.outs[0]
	}
	from, twin, other := c.in, c.outs[0], c.outs[1]
	return "tee and splice", func() int {
		c.growPipes()
		n := c.call(func() (int, error) { return moved(unix.Tee(from, twin, most, 0)) })
		for left := n; left > 0; {
			m := c.call(func() (int, error) { return moved(unix.Splice(from, nil, other, nil, left, 0)) })
			if m == 0 {
				c.owe(left)
				break
			}
			left -= m
		}
		return n
	}
}

// owe makes the next n bytes of the input pending for the last output alone:
// the others have had them.
func (c *Copier) owe(n int) {
	block := make([]byte, n)
	for got := 0; got < n; {
		m, err := Read(c.in, block[got:])
		if err != nil {
			block = block[:got] // somebody else reads this pipe too
			break
		}
		got += m
	}
	c.pending, c.next = block, len(c.outs)-1
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
	for _, fd := range append([]int{c.in}, c.outs...) {
		if size, err := unix.FcntlInt(uintptr(fd), unix.F_GETPIPE_SZ, 0); err == nil && size < most {
			unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, most)
		}
	}
}
