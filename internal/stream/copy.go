package stream

import (
	"io"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/trace"
)

// copyBlock is how many bytes a copy reads at once: enough that the calls cost
// little beside the copying.
const copyBlock = 128 << 10

// Outputs are where a copy writes to, and what it does when one of them fails.
type Outputs struct {
	FDs []int // in the order in which each block is written to them

	// Failed receives an *Error with OpWrite for each output that fails. It
	// reports whether the copy goes on without that output. If Failed is nil,
	// the first failure ends the copy.
	Failed func(*Error) bool

	// Watched asks the copy to notice that the reader of a pipe has gone away
	// even while there is no input to write.
	Watched bool
}

// Copy moves the bytes of in to every output until the input ends or no output
// is left. What has been read is written before anything waits for more. Its
// error is an *Error: a failed read, or the failed write that ended the copy.
func (s *Streams) Copy(in int, to Outputs) error {
	c := s.copying(in, to)
	err := c.run()
	c.report()
	return err
}

func (s *Streams) copying(in int, to Outputs) copying {
	s.outs = slices.Grow(s.outs[:0], len(to.FDs))
	for _, fd := range to.FDs {
		s.outs = append(s.outs, output{fd: fd})
	}
	c := copying{s: s, source: s.source(in, copyBlock), outs: s.outs, failed: to.Failed}
	c.watched = to.Watched && isReadable(in)
	c.planRelay()
	return c
}

// A copying is a copy under way.
type copying struct {
	s *Streams
	source
	outs    []output
	failed  func(*Error) bool // see Outputs
	watched bool
	polled  []unix.PollFd // what watch waits for: the input, and the outputs that are pipes

	relayAt int64    // the relay may begin after so many bytes
	widenAt int64    // its pipes grow after so many
	ways    []string // how bytes were moved, in the order in which each way was first taken
}

// An output is one of the descriptors that a copy writes to.
type output struct {
	fd    int
	taken int64 // bytes so far
	lost  bool  // it failed, and the copy goes on without it
}

// run is the loop of every copy: read a block, write it to each output.
func (c *copying) run() error {
	for {
		if c.mayRelay() {
			if err := c.relay(); err != nil {
				return err
			}
		}
		if err := c.watch(); err != nil || c.last() < 0 {
			return err
		}
		block, err := c.next()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := c.give(block, c.outs); err != nil {
			return err
		}
	}
}

// give writes a block to each of outs in turn. An error ends the copy.
func (c *copying) give(block []byte, outs []output) error {
	for i := range outs {
		if out := &outs[i]; !out.lost {
			n, err := Write(out.fd, block)
			c.calls++
			out.taken += int64(n)
			if n > 0 {
				c.note("read and write")
			}
			if err != nil && !c.lose(out, err.(*Error)) {
				return err
			}
		}
	}
	return nil
}

// lose reports whether the copy goes on without an output that failed.
func (c *copying) lose(out *output, err *Error) bool {
	out.lost, c.polled = true, nil
	if c.failed == nil {
		return false
	}
	if c.s.diesOf(err) {
		c.report() // failed will not return
	}
	return c.failed(err)
}

// last is the index of the last output that has not failed, -1 if all have.
func (c *copying) last() int {
	for i := len(c.outs) - 1; i >= 0; i-- {
		if !c.outs[i].lost {
			return i
		}
	}
	return -1
}

// watch returns when there is something to read, or no output left. If outputs
// are watched, it loses those whose reader goes away in the meantime.
// An error ends the copy.
func (c *copying) watch() error {
	for c.watched && c.last() >= 0 {
		if c.polled == nil {
			c.polled = c.watchList()
		}
		if poll(c.polled) != nil || c.polled[0].Revents != 0 {
			return nil // there is input: the write names an error better than poll does
		}
		for _, f := range c.polled[1:] {
			if f.Revents&(unix.POLLERR|unix.POLLHUP) == 0 {
				continue
			}
			for i := range c.outs {
				err := &Error{Op: OpWrite, FD: int(f.Fd), Err: unix.EPIPE}
				if c.outs[i].fd == err.FD && !c.lose(&c.outs[i], err) {
					return err
				}
			}
		}
	}
	return nil
}

// watchList is what watch waits for: first the input, then errors on the outputs
// that are pipes.
func (c *copying) watchList() []unix.PollFd {
	list := []unix.PollFd{{Fd: int32(c.fd), Events: unix.POLLIN}}
	for _, out := range c.outs {
		if kind, _ := kindOf(out.fd); kind == unix.S_IFIFO && !out.lost {
			list = append(list, unix.PollFd{Fd: int32(out.fd)})
		}
	}
	return list
}

// isReadable reports whether fd was opened for reading. If it was not, it never
// becomes ready for that, and only a read says what is wrong.
func isReadable(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	return err == nil && flags&unix.O_ACCMODE != unix.O_WRONLY
}

// note keeps for the trace that bytes have moved this way.
func (c *copying) note(way string) {
	if c.s.Trace != nil && !slices.Contains(c.ways, way) {
		c.ways = append(c.ways, way)
	}
}

// report writes to the trace how much the copy has moved, and how.
func (c *copying) report() {
	if c.s.Trace == nil {
		return
	}
	var to []trace.Flow
	for _, out := range c.outs {
		to = append(to, trace.Flow{FD: out.fd, Bytes: out.taken})
	}
	c.s.Trace.Copy(trace.Flow{FD: c.fd, Bytes: c.read}, to, c.calls, strings.Join(c.ways, ", then "))
}
