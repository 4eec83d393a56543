package stream

// A source is the bytes of one input, a block at a time. Whatever copies or
// transforms draws on one.
type source struct {
	fd     int
	block  []byte // what next reads into
	read   int64  // bytes so far
	calls  int    // system calls so far
	latest int    // bytes that the latest read returned
}

// source begins to read in, at most size bytes at once. Every input of a program
// is read into the same memory: a page costs most when it is touched for the first
// time.
func (s *Streams) source(in, size int) source {
	if s.block == nil {
		s.block = make([]byte, copyBlock)
	}
	return source{fd: in, block: s.block[:size]}
}

// next returns the next bytes, at most a block: those that are there, waiting
// only while there are none. They are good until the next call. Its errors are
// Read's.
func (src *source) next() ([]byte, error) {
	n, err := Read(src.fd, src.block)
	src.calls++
	src.read, src.latest = src.read+int64(n), n
	return src.block[:n], err
}
