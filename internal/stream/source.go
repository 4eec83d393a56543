package stream

import "runtime"

// A source yields the bytes of one input, a block at a time. Copy and Transform
// both read from one.
type source struct {
	in       int    // the descriptor
	block    []byte // what next reads into
	read     int64  // bytes so far
	calls    int    // for the trace: reads, and what a transfer adds to them
	expected int    // bytes that are likely to come at once: what came last, or the size of a file
}

// newSource returns a source that reads at most size bytes at once from in. All inputs of
// a program share one block: it is never freed, and memory costs most when it is first
// touched.
func (s *Streams) newSource(in, size int) source {
	if s.block == nil {
		s.block = make([]byte, copyBlock)
	}
	return source{in: in, block: s.block[:size]}
}

// next returns the bytes that are there, at most a block, and waits only if there
// are none. There are none at the end. They are valid until the next call. Its errors
// are Read's.
func (src *source) next() ([]byte, error) {
	n, err := Read(src.in, src.block)
	src.calls++
	src.took(n)
	return src.block[:n], err
}

// secondAfter is how many bytes make an input long enough for a second processor of
// Go's runtime. The programs that `make` builds begin with one, because they start
// faster with it: see before_main. But while a system call waits, the runtime takes the
// processor from its thread. If there is no other one, it wakes a thread each time.
const secondAfter = 4 << 20

// took counts n bytes more, and asks for the second processor when there are many.
func (src *source) took(n int) {
	before := src.read
	src.read, src.expected = before+int64(n), n
	if before < secondAfter && src.read >= secondAfter && runtime.GOMAXPROCS(0) == 1 {
		runtime.GOMAXPROCS(2)
	}
}
