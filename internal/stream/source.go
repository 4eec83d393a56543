package stream

// A source yields the bytes of one input, a block at a time. Copy and Transform
// both read from one.
type source struct {
	fd     int
	block  []byte // what next reads into
	read   int64  // bytes so far
	calls  int    // system calls so far
	latest int    // bytes that the latest read returned
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
	src.read, src.latest = src.read+int64(n), n
	return src.block[:n], err
}
