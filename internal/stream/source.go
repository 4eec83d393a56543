package stream

import "runtime"

// A source yields the bytes of one input, a block at a time. Copy and Transform
// both read from one.
type source struct {
	fd     int
	block  []byte // what next reads into
	read   int64  // bytes so far
	calls  int    // for the trace: reads, and what a transfer adds to them
	latest int    // bytes that came last
}

// source returns a source that reads at most size bytes at once from in. All inputs of
// a program share one block: it is never freed, and memory costs most when it is first
// touched.
func (s *Streams) source(in, size int) source {
	if s.block == nil {
		s.block = make([]byte, copyBlock)
	}
	return source{fd: in, block: s.block[:size]}
}

// next returns the bytes that are there, at most a block, and waits only if there
// are none. They are valid until the next call. Its errors are Read's.
func (src *source) next() ([]byte, error) {
	n, err := Read(src.fd, src.block)
	src.calls++
	src.took(n)
	return src.block[:n], err
}

// secondAfter is how many bytes make an input long enough for a second processor of
// Go's runtime. The programs that `make` builds begin with one, because they start
// faster with it: see before_main. But while a system call waits, the runtime gives its
// processor to another thread. If the program has only one processor, the runtime has
// to wake a thread for that, each time.
const secondAfter = 4 << 20

// took counts n bytes more.
func (src *source) took(n int) {
	before := src.read
	src.read, src.latest = before+int64(n), n
	if before < secondAfter && src.read >= secondAfter && runtime.GOMAXPROCS(0) == 1 {
		runtime.GOMAXPROCS(2)
	}
}
