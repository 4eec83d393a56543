package stream

import (
	"io"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// BlockSize is how many bytes are read at once: enough that the calls cost
// little beside the copying, and that block and result stay in a core's cache.
const BlockSize = 128 << 10

// shortcutAfter is how many bytes are copied plainly before the kernel is asked
// for a shorter way. Most inputs end before, and pay for no questions.
const shortcutAfter = BlockSize

// Copy moves all of in to out. Its error is an *Error that names the side
// that failed; what was read before it has been written.
func (s *Streams) Copy(out, in int) error {
	c := s.NewCopier(in, out)
	defer c.Done()
	for {
		if err := c.Step(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// buffer is the one block that a program reads into, made when first needed:
// bytes that stay inside the kernel need none.
func (s *Streams) buffer() []byte {
	if s.block == nil {
		s.block = make([]byte, BlockSize)
	}
	return s.block
}

// A Copier moves bytes from one descriptor to one or more, a step at a time.
// It begins by reading and writing. When the input proves long it asks the
// system for a shortcut; when the shortcut stops, for whatever reason, it
// reads and writes again, and those calls tell the end of the input from a
// failure, and which side failed.
//
// Where a shortcut has served some outputs and the next one refuses, what that
// one lacks is read and left in pending: the same place where plain copying
// keeps what it has read, so that one loop, in Step, writes both.
type Copier struct {
	// KeepsOrder asks that no output be written to before those ahead of it have
	// the same bytes.
	KeepsOrder bool

	s    *Streams
	in   int
	outs []int

	pending []byte // read, and still to be written to outs[next:]
	next    int
	polled  []unix.PollFd // what Await waits for: the input, and outputs that are pipes

	shortcut func() int // moves some bytes to every output; 0: no longer
	way      string     // the shortcut's name
	asked    bool       // whether the outputs of now have been asked about
	grown    bool       // whether the pipes have been widened for it
	flows    bool       // whether a read has returned more than a packet holds
	own      []int      // both ends of the pipe that the shortcut goes by, if it does

	isFile    bool                   // whether the input is a regular file
	readAhead func() ([]byte, error) // reads it, once it has proved long
	stop      func()                 // ends that

	moved int64
	calls int
	ways  []string
}

// NewCopier returns a Copier from in to outs.
func (s *Streams) NewCopier(in int, outs ...int) *Copier {
	return &Copier{s: s, in: in, outs: slices.Clone(outs)}
}

// Outputs is the number of outputs that have not been dropped.
func (c *Copier) Outputs() int { return len(c.outs) }

// Step moves the next bytes, as many as one call gives, to every output in
// turn. At the end of the input it returns io.EOF. Its other errors are *Error:
// after OpRead the copy is over; after OpWrite the output named by FD must be
// dropped, and the next Step goes on with the outputs that have not had these
// bytes.
func (c *Copier) Step() error {
	if len(c.pending) == 0 {
		if c.takeShortcut() {
			return nil
		}
		if len(c.pending) == 0 {
			block, err := c.read()
			c.calls++
			if err != nil {
				return err
			}
			c.pending, c.next = block, 0
			c.flows = c.flows || len(block) > unix.Getpagesize()
		}
	}
	for ; c.next < len(c.outs); c.next++ {
		c.calls++
		if err := Write(c.outs[c.next], c.pending); err != nil {
			return err
		}
	}
	c.count(plainWay, len(c.pending))
	c.pending = nil
	return nil
}

// plainWay is what the trace calls the way without a shortcut.
const plainWay = "read and write"

// read returns the next bytes of the input. A long file is read ahead, since a
// file never makes anybody wait for its bytes; but not where a shortcut moved
// the last of them, because then the end is all that is likely to come.
func (c *Copier) read() ([]byte, error) {
	plainly := len(c.ways) > 0 && c.ways[len(c.ways)-1] == plainWay
	if c.isFile && plainly && c.readAhead == nil && c.moved >= readAheadAfter {
		c.readAhead, c.stop = c.s.readAhead(c.in)
	}
	if c.readAhead != nil {
		return c.readAhead()
	}
	block := c.s.buffer()
	n, err := Read(c.in, block)
	return block[:n], err
}

// takeShortcut reports whether bytes moved without being read and written.
// False may leave bytes pending that some output lacks.
//
// A pipe whose writer has set O_DIRECT holds packets of a page at the most. Moved
// by the kernel they would stay packets, of which a short read loses the rest
// (pipe(2)). Only reading tells: more than a page at once is no packet.
func (c *Copier) takeShortcut() bool {
	if c.readAhead != nil {
		return false // the kernel would begin behind what has been read
	}
	if !c.asked && c.flows && c.moved >= shortcutAfter {
		c.asked = true
		c.isFile = kindOf(c.in) == unix.S_IFREG
		c.way, c.shortcut = c.findShortcut()
	}
	if c.shortcut == nil {
		return false
	}
	n := c.shortcut()
	c.count(c.way, n-len(c.pending)) // Step counts the pending ones, as read and written
	if n == 0 || len(c.pending) > 0 {
		c.shortcut = nil
		return false
	}
	return true
}

// Drop takes an output away.
func (c *Copier) Drop(fd int) {
	i := slices.Index(c.outs, fd)
	c.outs = slices.Delete(c.outs, i, i+1)
	if i < c.next {
		c.next--
	}
	c.asked, c.grown, c.shortcut, c.polled = false, false, nil, nil
}

// Await waits until there is something to read, or until the reader of a pipe
// is gone while there is not: that is an *Error with OpWrite and EPIPE.
func (c *Copier) Await() error {
	if len(c.pending) > 0 {
		return nil // no input is needed for these
	}
	if flags, err := unix.FcntlInt(uintptr(c.in), unix.F_GETFL, 0); err == nil && flags&unix.O_ACCMODE == unix.O_WRONLY {
		return nil // reading will say so; it never gets ready
	}
	if c.polled == nil {
		c.polled = append(c.polled, unix.PollFd{Fd: int32(c.in), Events: unix.POLLIN})
		for _, fd := range c.outs {
			if kindOf(fd) == unix.S_IFIFO {
				c.polled = append(c.polled, unix.PollFd{Fd: int32(fd)}) // no events: failures are always told
			}
		}
	}
	if poll(c.polled) != nil || c.polled[0].Revents != 0 {
		return nil // a write will find out about the outputs, and why
	}
	for _, f := range c.polled[1:] {
		if f.Revents&(unix.POLLERR|unix.POLLHUP) != 0 {
			return &Error{Op: OpWrite, FD: int(f.Fd), Err: unix.EPIPE}
		}
	}
	return nil
}

// Done closes what the copy opened for itself, and tells the trace what it
// came to.
func (c *Copier) Done() {
	for _, fd := range c.own {
		Close(fd)
	}
	if c.stop != nil {
		c.stop()
	}
	c.s.Trace.Copy(c.in, c.outs, c.moved, c.calls, strings.Join(c.ways, ", then "))
}

func (c *Copier) count(way string, n int) {
	if n <= 0 {
		return
	}
	c.moved += int64(n)
	if len(c.ways) == 0 || c.ways[len(c.ways)-1] != way {
		c.ways = append(c.ways, way)
	}
}

// kindOf is the file type of an open descriptor, one of unix.S_IFMT's, or 0.
func kindOf(fd int) uint32 {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return 0
	}
	return uint32(st.Mode) & unix.S_IFMT
}
