package stream

import (
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
	List []Output // in the order in which each block is written to them

	// Failed receives each output that fails, and an *Error with OpWrite. It reports
	// whether the copy goes on without that output. If Failed is nil, the first
	// failure ends the copy.
	Failed func(*Output, *Error) bool

	// Watched asks the copy to notice that the reader of a pipe has gone away
	// even while there is no input to write.
	Watched bool
}

// An Output is one of the descriptors that a copy writes to.
type Output struct {
	FD    int
	Name  string // for the caller's diagnostics
	Lost  bool   // it has failed, and the copy goes on without it
	taken int64  // how many bytes it has accepted
}

// Copy moves the bytes of in to every output until the input ends or no output
// is left. What has been read is written before anything waits for more. Its
// error is an *Error: a failed read, or the failed write that ended the copy. A broken
// pipe ends the process instead, unless SIGPIPE is ignored.
func (s *Streams) Copy(in int, to Outputs) error {
	t := s.newTransfer(in, to)
	err := t.run()
	t.report()
	s.dieIfFatal(err)
	return err
}

func (s *Streams) newTransfer(in int, to Outputs) transfer {
	for i := range to.List {
		to.List[i].taken = 0
	}
	t := transfer{s: s, source: s.newSource(in, copyBlock), Outputs: to}
	t.Watched = to.Watched && accessMode(in) != unix.O_WRONLY
	t.planRelay()
	return t
}

// A transfer is one call of Copy.
type transfer struct {
	s *Streams
	source
	Outputs
	polled []unix.PollFd // see watchList; nil: to be made anew

	relayMin int      // how many bytes have to come at once for the relay; 0: it is not used
	size     int64    // of an input that is a file, in bytes; else 0
	ways     []string // how bytes were moved, in the order in which each way was first taken
}

// run is the loop of every copy: read a block, write it to each output. Where much comes
// at once, the relay does both.
func (t *transfer) run() error {
	for {
		if err := t.watch(); err != nil {
			return err
		}
		if t.relayMin > 0 && t.expected >= t.relayMin {
			if err := t.relay(); err != nil {
				return err
			}
			continue
		}
		block, err := t.next()
		if len(block) == 0 {
			return err // nil at the end of the input
		}
		if err := t.give(block, t.List); err != nil {
			return err
		}
	}
}

// give writes a block to each of outs in turn. An error ends the copy.
func (t *transfer) give(block []byte, outs []Output) error {
	for i := range outs {
		if out := &outs[i]; !out.Lost {
			n, err := Write(out.FD, block)
			t.calls++
			out.taken += int64(n)
			if n > 0 {
				t.note("read and write")
			}
			if err != nil && !t.lose(out, err.(*Error)) {
				return err
			}
		}
	}
	return nil
}

// lose marks an output as lost, in the list of the caller too. It reports whether the
// copy goes on: the failure does not end the process, Failed agrees, and an output is left.
func (t *transfer) lose(out *Output, err *Error) bool {
	out.Lost, t.polled = true, nil
	if t.Failed == nil || t.s.isFatal(err) {
		return false
	}
	return t.Failed(out, err) && t.last() >= 0
}

// last is the index of the last output that is not lost, -1 if all are.
func (t *transfer) last() int {
	for i := len(t.List) - 1; i >= 0; i-- {
		if !t.List[i].Lost {
			return i
		}
	}
	return -1
}

// watch does nothing if outputs are not watched. If they are, it waits for input, and
// loses the outputs whose reader goes away in the meantime. An error ends the copy.
func (t *transfer) watch() error {
	for t.Watched {
		if t.polled == nil {
			t.polled = t.watchList()
		}
		list := t.polled
		if poll(list) != nil || list[len(t.List)].Revents != 0 {
			return nil // input is ready: a failing read or write says more than poll does
		}
		for i := range t.List {
			if list[i].Revents&(unix.POLLERR|unix.POLLHUP) != 0 {
				err := &Error{Op: OpWrite, FD: t.List[i].FD, Err: unix.EPIPE}
				if !t.lose(&t.List[i], err) {
					return err
				}
			}
		}
	}
	return nil
}

// watchList is what watch polls: each output that is a pipe, for its reader to go
// away, and the input. poll(2) skips the descriptor -1.
func (t *transfer) watchList() []unix.PollFd {
	list := make([]unix.PollFd, len(t.List), len(t.List)+1)
	for i, out := range t.List {
		list[i].Fd = -1
		kind, _ := kindOf(out.FD)
		if kind == unix.S_IFIFO && accessMode(out.FD) != unix.O_RDONLY && !out.Lost {
			list[i].Fd = int32(out.FD)
		}
	}
	return append(list, unix.PollFd{Fd: int32(t.in), Events: unix.POLLIN})
}

// accessMode is how fd was opened: O_RDONLY, O_WRONLY or O_RDWR. Used the wrong way, a
// descriptor misleads poll(2), but read(2) or write(2) fails at once. For input from one
// that is only for writing, poll would wait forever.
func accessMode(fd int) int {
	flags, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	return flags & unix.O_ACCMODE
}

// note keeps for the trace how bytes have moved.
func (t *transfer) note(way string) {
	if t.s.Trace != nil && !slices.Contains(t.ways, way) {
		t.ways = append(t.ways, way)
	}
}

// report writes to the trace how much the copy has moved, and how.
func (t *transfer) report() {
	if t.s.Trace == nil {
		return
	}
	var to []trace.Flow
	for _, out := range t.List {
		to = append(to, trace.Flow{FD: out.FD, Bytes: out.taken})
	}
	t.s.Trace.Copy(trace.Flow{FD: t.in, Bytes: t.read}, to, t.calls, strings.Join(t.ways, ", then "))
}
