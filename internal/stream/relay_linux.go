//go:build !plain

package stream

import "golang.org/x/sys/unix"

// The relay moves pages from a long input to all outputs by splice(2) and tee(2). Their
// bytes are not copied to the memory of the process.
//
//	            splice                splice
//	input ───────────────→ own pipe ───────────────→ last output
//	                          │ tee
//	                          └──→ twin pipe ──────→ each output before it, in order
//
// It takes some pages from the input, gives them to every output, and takes the
// next when its own pipe is empty. If an output does not accept pages, the relay
// reads them out of its pipe and writes them. So nothing is left behind when the plain
// loop goes on. It goes on too when nothing comes from the input: its read tells the end
// from a failure.
//
// Why a pipe of our own? tee(2) duplicates bytes without taking them out of the pipe.
// Called on the input, it would give an output bytes that another reader of that
// input may take before we do. Then both would deliver them. A splice takes bytes in
// one step.
//
// Pages moved from a file are no snapshot. If the file is changed in place while
// its pages wait in a pipe, their reader may see the change.

const (
	// relayMinimum is how many bytes have to come at once for the relay to begin, and
	// to go on. Fewer are read and written in less time.
	//
	// There is another reason to ask for more than a page. A pipe whose writer has set
	// O_DIRECT holds packets of at most a page. If they are moved as pages they stay
	// packets, and a short read loses the rest of a packet (pipe(2)).
	relayMinimum = 16 << 10

	// widenAfter is how many bytes the relay moves before its pipes are worth
	// more memory, and wide is their size then. All pipes of a user draw on one
	// budget (pipe(7), pipe-user-pages-soft).
	widenAfter = 1 << 20
	wide       = 1 << 20
)

// A conduit is the pipes of the relay, made once for all copies of a program: of
// each, the end to read from and the end to write to.
type conduit struct {
	own, twin [2]int
	moved     int64 // bytes that have gone through, for all copies
	widened   bool  // the pipes have been enlarged, and those among the outputs
}

// planRelay decides whether the relay may be used, and expects a file to come at once.
//
// The relay is not used if standard input or output is a regular file: other processes
// may share the file's offset, and only read and write lock that. Nor is it used if the
// input is neither a file nor a pipe: a terminal, for example, may go on after end of
// file.
func (t *transfer) planRelay() {
	if t.s.outIsFile() {
		return
	}
	kind, size := kindOf(t.in)
	if kind == unix.S_IFIFO || kind == unix.S_IFREG && t.in != t.s.In {
		t.relayMin, t.size, t.expected = relayMinimum, size, int(min(size, wide))
	}
}

// relay moves as many pages as its own pipe takes from the input to every output. An error
// ends the copy. Without one, the own pipe is empty again.
func (t *transfer) relay() error {
	pipes, way := &t.s.conduit, "splice"
	if len(t.List) > 1 {
		way = "tee and splice"
	}
	if !makePipe(&pipes.own) || len(t.List) > 1 && !makePipe(&pipes.twin) {
		t.relayMin = 0
		return nil
	}
	n := t.move(t.in, pipes.own[1], wide)
	t.took(n)
	pipes.moved += int64(n)
	if n == 0 {
		t.relayMin = 0 // the plain loop finds out why
		return nil
	}
	if t.size > 0 && t.read >= t.size {
		t.expected = 0 // the file should be at its end: a read says so sooner than a splice
	}
	t.note(way)
	if err := t.pass(n); err != nil {
		pipes.close() // what is left in them has nowhere to go
		return err
	}
	if pipes.moved >= widenAfter && !pipes.widened && t.relayMin > 0 {
		t.widen()
	}
	return nil
}

// pass gives the n bytes of the own pipe to every output in turn. An error ends
// the copy.
func (t *transfer) pass(n int) error {
	own, twin, last := t.s.conduit.own, t.s.conduit.twin, t.last()
	for i := range last {
		if t.List[i].Lost {
			continue
		}
		t.calls++
		if m, _ := unix.Tee(own[0], twin[1], n, 0); int(m) < n {
			// There is no tee(2), or the twin is too small. Empty it. The remaining
			// outputs get these bytes by write.
			t.relayMin = 0
			if err := t.drain(twin[0], int(m), nil); err != nil {
				return err
			}
			return t.drain(own[0], n, t.List[i:])
		}
		if err := t.forward(twin[0], n, i); err != nil {
			return err
		}
	}
	return t.forward(own[0], n, last)
}

// forward moves the n bytes of one of our pipes to output i. It writes them if that
// output does not accept pages. An error ends the copy.
func (t *transfer) forward(from, n, i int) error {
	out := &t.List[i]
	for n > 0 {
		m := t.move(from, out.FD, n)
		if m == 0 {
			err := t.drain(from, n, t.List[i:i+1])
			if !out.Lost {
				t.relayMin = 0 // this output takes bytes, but no pages
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
func (t *transfer) drain(from, n int, outs []Output) error {
	for n > 0 {
		m, err := Read(from, t.block[:min(n, len(t.block))])
		t.calls++
		if err != nil {
			// The pages are the input's. One that cannot be read is a failure of the input.
			return &Error{Op: OpRead, FD: t.in, Err: err.(*Error).Err}
		}
		if err := t.give(t.block[:m], outs); err != nil {
			return err
		}
		n -= m
	}
	return nil
}

// move is splice(2) of at most n bytes. It returns how many were moved: 0 at end of
// file, or if the system refuses.
func (t *transfer) move(from, to, n int) int {
	for {
		t.calls++
		m, err := unix.Splice(from, nil, to, nil, n, 0)
		if err == nil {
			return int(m)
		}
		// EAGAIN: one of the two is non-blocking, and not ready.
		if !waitToRetry(err, from, unix.POLLIN) || !waitToRetry(err, to, unix.POLLOUT) {
			return 0
		}
	}
}

// makePipe makes a pipe unless there is one, and reports whether there is one now.
func makePipe(ends *[2]int) bool {
	return ends[1] > 0 || unix.Pipe2(ends[:], unix.O_CLOEXEC) == nil
}

func (p *conduit) close() {
	for _, fd := range append(p.own[:], p.twin[:]...) {
		if fd > 0 {
			Close(fd)
		}
	}
	*p = conduit{}
}

// widen enlarges, once, the pipes that the relay writes to: its own, and those among
// the outputs. A pipe that stays small works too, but the twin must not stay smaller
// than the own pipe, so it comes first. The input stays as it is: in a larger pipe, a
// read may end in the middle of what a process has written in one piece.
func (t *transfer) widen() {
	t.s.conduit.widened = true
	fds := []int{t.s.conduit.twin[1], t.s.conduit.own[1]} // the twin is 0 if there is none
	for _, out := range t.List {
		fds = append(fds, out.FD)
	}
	for _, fd := range fds {
		if size, err := unix.FcntlInt(uintptr(fd), unix.F_GETPIPE_SZ, 0); fd > 0 && err == nil && size < wide {
			unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, wide) // if the budget is used up, it stays as it is
		}
	}
}
