//go:build !plain

package stream

import (
	"errors"
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
// next when its own pipe is empty. What an output does not accept as pages is
// read out of our pipe and written. So nothing is left behind when the plain
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

// A conduit is the two pipes of the relay. They serve all copies of a program.
type conduit struct {
	own, twin channel
}

// A channel is a pipe by its two ends.
type channel struct{ out, in int }

// relayFrom is how many bytes the plain loop copies before the relay begins.
//
// It never begins where a regular file was inherited: other processes may share
// the file's offset, which only read and write lock. Nor does it where the input
// is neither a file nor a pipe: a terminal, for one, may go on after an end of file.
func (c *copying) relayFrom() int64 {
	for _, out := range c.outs {
		if out.fd == c.s.Out && c.s.outIsFile() {
			return never
		}
	}
	var kind uint32
	switch kind, c.size = kindOf(c.fd); {
	case kind == unix.S_IFREG && c.fd == c.s.In:
		return never
	case kind == unix.S_IFREG && c.size >= relayAfter:
		return 0
	case kind == unix.S_IFREG || kind == unix.S_IFIFO:
		return relayAfter
	}
	return never
}

// mayRelay reports whether it is time for the relay: the input is long, and much of
// it comes at once. A few bytes are read and written in less time.
//
// There is another reason to ask for more than a page at once. A pipe whose writer
// has set O_DIRECT holds packets of at most a page. Moved as pages they would stay
// packets, of which a short read loses the rest (pipe(2)).
func (c *copying) mayRelay() bool {
	return c.read >= c.relayAt && (c.relayAt == 0 || c.latest >= relayLeast)
}

// relay moves pages until few of them come at once, the input ends, one side
// refuses, or no output is left. An error ends the copy. Without one the own pipe is
// empty again.
func (c *copying) relay() error {
	pipes, way := &c.s.conduit, "splice"
	if len(c.outs) > 1 {
		way = "tee and splice"
	}
	if !pipes.open(len(c.outs) > 1) {
		c.relayAt = never
		return nil
	}
	for {
		if err := c.watch(); err != nil || c.last() < 0 {
			return err
		}
		taken := c.move(c.fd, pipes.own.in, wide)
		c.read += int64(taken)
		if taken == 0 {
			c.relayAt = never // the plain loop tells why
			return nil
		}
		for held := taken; held > 0; {
			given, err := c.pass(pipes, held)
			if err != nil {
				pipes.close()
				return err
			}
			held -= given
		}
		if c.relayAt == never {
			return nil
		}
		c.note(way)
		if taken < relayLeast {
			return nil
		}
		if max(c.read, c.size) >= widenAfter {
			c.widen()
		}
	}
}

// pass gives the first pages of the own pipe to every output in turn: n bytes, or
// as many as the twin takes, if that is less. It returns how many those were. An
// error ends the copy.
func (c *copying) pass(pipes *conduit, n int) (given int, err error) {
	last, first := c.last(), true
	for i := range c.outs {
		out := &c.outs[i]
		switch {
		case out.lost:
		case i == last:
			return n, c.forward(pipes.own, n, i)
		default:
			twinned := c.duplicate(pipes, n)
			if first && twinned > 0 {
				n, first = twinned, false
			}
			if twinned < n {
				// No tee(2) here, or somebody has changed our twin. These bytes are
				// written to the outputs that lack them.
				c.relayAt = never
				if err := c.drain(pipes.twin, twinned, nil); err != nil {
					return 0, err
				}
				return n, c.drain(pipes.own, n, c.outs[i:])
			}
			if err := c.forward(pipes.twin, n, i); err != nil {
				return 0, err
			}
		}
	}
	return n, c.drain(pipes.own, n, nil) // all outputs are lost
}

// forward moves the n bytes of one of our pipes to output i, and writes what that
// output does not accept as pages. An error ends the copy.
func (c *copying) forward(from channel, n, i int) error {
	out := &c.outs[i]
	for n > 0 {
		moved := c.move(from.out, out.fd, n)
		if moved == 0 {
			err := c.drain(from, n, c.outs[i:i+1])
			if !out.lost {
				c.relayAt = never
			}
			return err
		}
		n -= moved
		out.taken += int64(moved)
	}
	return nil
}

// drain reads the n bytes of one of our pipes and writes them to those of outs
// that are not lost. An error ends the copy.
func (c *copying) drain(from channel, n int, outs []output) error {
	for n > 0 {
		m, err := Read(from.out, c.block[:min(n, len(c.block))])
		c.calls++
		if err != nil {
			return &Error{Op: OpRead, FD: c.fd, Err: errors.Unwrap(err)} // the page could not be had
		}
		if err := c.give(c.block[:m], outs); err != nil {
			return err
		}
		n -= m
	}
	return nil
}

// move is splice(2) of at most n bytes, and duplicate is tee(2) from the own pipe
// to the twin. They return how many bytes that were; 0 at the end of the input,
// and where the system refuses.
func (c *copying) move(from, to, n int) int {
	for {
		c.calls++
		moved, err := unix.Splice(from, nil, to, nil, n, 0)
		if err == nil {
			return int(moved)
		}
		// One of the two does not block, and is not ready.
		if !again(err, from, unix.POLLIN) || !again(err, to, unix.POLLOUT) {
			return 0
		}
	}
}

func (c *copying) duplicate(pipes *conduit, n int) int {
	for {
		c.calls++
		copied, err := unix.Tee(pipes.own.out, pipes.twin.in, n, 0)
		if err != unix.EINTR {
			return max(int(copied), 0)
		}
	}
}

// open makes the pipes that are still missing, and reports whether all are there.
func (p *conduit) open(twin bool) bool {
	return p.own.open() && (!twin || p.twin.open())
}

func (ch *channel) open() bool {
	if ch.in > 0 {
		return true
	}
	var ends [2]int
	if unix.Pipe2(ends[:], unix.O_CLOEXEC) != nil {
		return false
	}
	ch.out, ch.in = ends[0], ends[1]
	return true
}

// close closes both pipes and what is in them.
func (p *conduit) close() {
	for _, ch := range []channel{p.own, p.twin} {
		if ch.in > 0 {
			Close(ch.out)
			Close(ch.in)
		}
	}
	*p = conduit{}
}

// widen makes the pipes that the relay writes to larger, its own and others, once.
// A refusal is no failure: a pipe works as it is. The input is left alone: what
// its writers have written in one piece might no longer be read in one piece.
func (c *copying) widen() {
	if c.widened {
		return
	}
	c.widened = true
	fds := []int{c.s.conduit.own.in, c.s.conduit.twin.in}
	for _, out := range c.outs {
		fds = append(fds, out.fd)
	}
	for _, fd := range fds {
		if size, err := unix.FcntlInt(uintptr(fd), unix.F_GETPIPE_SZ, 0); err == nil && size < wide {
			unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, wide)
		}
	}
}
