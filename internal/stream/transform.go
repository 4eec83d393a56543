package stream

import (
	"cmp"
	"io"

	"fd42.example/fd42/internal/trace"
)

// transformBlock is how many bytes are transformed at once: as much as a pipe
// holds. A block and its result stay in a core's cache, and a small input
// touches little memory.
const transformBlock = 64 << 10

// Transform reads in block by block and writes to out what append makes of
// each, then what finish adds at the end. What has been read is written before
// anything waits for more.
//
// append appends to dst, and keeps neither dst nor src; an error of its own ends
// the work after what it returned has been written. finish does the same for
// what append has kept back; atEnd tells the end of the input from a failed
// read. Where finish is nil nothing is added.
//
// The error is the first there was: append's, finish's, or an *Error. verb names
// the work in the trace.
func (s *Streams) Transform(verb string, in, out int,
	append func(dst, src []byte) ([]byte, error),
	finish func(dst []byte, atEnd bool) ([]byte, error),
) error {
	src := s.source(in, transformBlock)
	var written int64
	defer func() {
		s.Trace.Transform(verb, trace.Flow{FD: in, Bytes: src.read}, trace.Flow{FD: out, Bytes: written})
	}()
	write := func(result []byte, bad error) error {
		s.result = result
		n, err := Write(out, result)
		written += int64(n)
		return cmp.Or(err, bad)
	}
	for {
		block, err := src.next()
		if err == nil {
			if err := write(append(s.result[:0], block)); err != nil {
				return err
			}
			continue
		}
		atEnd := err == io.EOF
		if atEnd {
			err = nil
		}
		if finish == nil {
			return err
		}
		return cmp.Or(err, write(finish(s.result[:0], atEnd)))
	}
}
