//go:build !plain

package stream

import (
	"math"

	"golang.org/x/sys/unix"
)

// The relay moves pages from a long input to all outputs without showing them
// to the process, by splice(2) and tee(2):
//
//	            splice                splice
//	input ───────────────→ own pipe ───────────────→ last output
//	                          │ tee
//	                          └──→ twin pipe ──────→ each output before it, in order
//
// It takes some pages from the input, gives them to every output, and takes the
// next when its own pipe is empty. If an output does not accept pages, the relay
// reads them out of its pipe and writes them. So nothing is left behind when the plain
// loop goes on, and that loop tells the end of the input from a failure.
//
// Why a pipe of our own? tee(2) shows bytes without taking them. Called on the
// input, it would give an output bytes that another process, which reads the
// same input, takes before us. A splice takes them in one step.
//
// Pages moved from a file are no snapshot. If the file is changed in place while
// its pages wait in a pipe, their reader may see the change.

const (
	// relayAfter is how many bytes make an input long enough for the relay.
	relayAfter = 64 << 10

	// relayLeast is how many bytes have to come at once.
	relayLeast = 16 << 10

	// widenAfter is how many bytes the relay moves before its pipes are worth
	// more memory, and wide is their size then. All pipes of a user draw on one
	// budget (pipe(7), pipe-user-pages-soft).
	widenAfter = 1 << 20
	wide       = 1 << 20

	never = math.MaxInt64
)

// A conduit is the pipes of the relay, made once for all copies of a program: of
// each, the end to read from and the end to write to.
type conduit struct{ own, twin [2]int }

// planRelay sets how many bytes the plain loop copies before the relay begins.
//
// It never begins if a regular file was inherited: other processes may share the
// file's offset, which only read and write lock. Nor does it if the input is neither
// a file nor a pipe: a terminal, for example, may go on after end of file.
func (c *copying) planRelay() {
	c.relayAt = never
	for _, out := range c.outs {
		if out.fd == c.s.Out && c.s.outIsFile() {
			return
		}
	}
	kind, size := kindOf(c.fd)
	if kind == unix.S_IFIFO || kind == unix.S_IFREG && c.fd != c.s.In {
		c.relayAt, c.widenAt = relayAfter, widenAfter
		if size >= relayAfter { // a long file is known to be long
			c.relayAt = 0
		}
	}
}

// mayRelay reports whether it is time for the relay: the input is long, and much of
// it comes at once. A few bytes are read and written in less time.
//
// There is another reason to ask for more than a page at once. A pipe whose writer
// has set O_DIRECT holds packets of at most a page. If they are moved as pages they
// stay packets, and a short read loses the rest of a packet (pipe(2)).
func (c *copying) mayRelay() bool {
	return c.read >= c.relayAt && (c.relayAt == 0 || c.latest >= relayLeast)
}

// relay moves pages until few of them come at once, the input ends, one side
// refuses, or no output is left. An error ends the copy. If there is none, the own
// pipe is empty again.
func (c *copying) relay() error {
	pipes, way := &c.s.conduit, "splice"
	if len(c.outs) > 1 {
		way = "tee and splice"
	}
	if !makePipe(&pipes.own) || len(c.outs) > 1 && !makePipe(&pipes.twin) {
		c.relayAt = never
		return nil
	}
	for {
		if err := c.watch(); err != nil || c.last() < 0 {
			return err
		}
		n := c.move(c.fd, pipes.own[1], wide)
		c.read += int64(n)
		if n == 0 {
			c.relayAt = never // the plain loop finds out why
			return nil
		}
		if err := c.pass(n); err != nil {
			pipes.close() // and what is left in them
			return err
		}
		if c.relayAt == never {
			return nil
		}
		c.note(way)
		if n < relayLeast {
			return nil
		}
		if c.read >= c.widenAt {
			c.widen()
		}
	}
}

// pass gives the n bytes of the own pipe to every output in turn. An error ends
// the copy.
func (c *copying) pass(n int) error {
	own, twin, last := c.s.conduit.own, c.s.conduit.twin, c.last()
	for i := range last {
		if c.outs[i].lost {
			continue
		}
		if m := c.duplicate(own[0], twin[1], n); m < n {
			// There is no tee(2), or the twin is too small. The remaining outputs
			// get these bytes by write.
			c.relayAt = never
			if err := c.drain(twin[0], m, nil); err != nil {
				return err
			}
			return c.drain(own[0], n, c.outs[i:])
		}
		if err := c.forward(twin[0], n, i); err != nil {
			return err
		}
	}
	return c.forward(own[0], n, last)
}

// forward moves the n bytes of one of our pipes to output i. It writes them if that
// output does not accept pages. An error ends the copy.
func (c *copying) forward(from, n, i int) error {
	out := &c.outs[i]
	for n > 0 {
		m := c.move(from, out.fd, n)
		if m == 0 {
			err := c.drain(from, n, c.outs[i:i+1])
			if !out.lost {
				c.relayAt = never
			}
			return err
		}
		n -= m
		out.taken += int64(m)
	}
	return nil
}

// drain reads the n bytes of one of our pipes and writes them to those of outs
// that are not lost. An error ends the copy.
func (c *copying) drain(from, n int, outs []output) error {
	for n > 0 {
		m, err := Read(from, c.block[:min(n, len(c.block))])
		c.calls++
		if err != nil {
			return &Error{Op: OpRead, FD: c.fd, Err: err.(*Error).Err} // a page could not be read
		}
		if err := c.give(c.block[:m], outs); err != nil {
			return err
		}
		n -= m
	}
	return nil
}

// move is splice(2) of at most n bytes, and duplicate is tee(2). They return the
// number of bytes: 0 at end of file, or if the system refuses.
func (c *copying) move(from, to, n int) int {
	for {
		c.calls++
		m, err := unix.Splice(from, nil, to, nil, n, 0)
		if err == nil {
			return int(m)
		}
		// EAGAIN: one of the two is non-blocking, and not ready.
		if !again(err, from, unix.POLLIN) || !again(err, to, unix.POLLOUT) {
			return 0
		}
	}
}

func (c *copying) duplicate(from, to, n int) int {
	for {
		c.calls++
		m, err := unix.Tee(from, to, n, 0)
		if err != unix.EINTR {
			return max(int(m), 0)
		}
	}
}

// makePipe makes a pipe unless there is one, and reports whether there is one now.
func makePipe(ends *[2]int) bool {
	return ends[1] > 0 || unix.Pipe2(ends[:], unix.O_CLOEXEC) == nil
}

func (p *conduit) close() {
	for _, fd := range []int{p.own[0], p.own[1], p.twin[0], p.twin[1]} {
		if fd > 0 {
			Close(fd)
		}
	}
	*p = conduit{}
}

// widen enlarges, once, the pipes that the relay writes to: its own, and those
// among the outputs. A pipe that stays small works too, but the twin must not stay
// smaller than the own pipe. The input stays as it is: in a larger pipe, a read may
// end in the middle of what a process has written in one piece.
func (c *copying) widen() {
	c.widenAt = never
	fds := []int{c.s.conduit.own[1]}
	if len(c.outs) > 1 {
		fds = []int{c.s.conduit.twin[1], c.s.conduit.own[1]}
	}
	for _, out := range c.outs {
		fds = append(fds, out.fd)
	}
	for _, fd := range fds {
		size, err := unix.FcntlInt(uintptr(fd), unix.F_GETPIPE_SZ, 0)
		if err != nil || size >= wide {
			continue // not a pipe
		}
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, wide); err == unix.EPERM {
			return // the budget is used up
		}
	}
}
