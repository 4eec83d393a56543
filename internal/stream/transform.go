package stream

import (
	"cmp"
	"io"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/trace"
)

// A transform reads a file in smaller blocks than a copy does: a block and its
// result stay in a core's cache, and a small input touches little memory. From
// anything else it reads as much as a pipe holds, so that a read ends where a
// write ended and lines stay whole.
const (
	fileBlock = 32 << 10
	pipeBlock = 64 << 10
)

// Transform reads in block by block and writes to out what append makes of
// each, then what finish adds at the end. What has been read is written before
// anything waits for more.
//
// append appends to dst, and keeps neither dst nor src. If it returns an error,
// the work ends after its result has been written. finish does the same for what
// append has kept back: at end of file, or after a failed read if atEnd is false.
// If finish is nil, nothing is added.
//
// The error is the first one: append's, finish's, or an *Error. verb names the work
// in the trace.
func (s *Streams) Transform(verb string, in, out int,
	append func(dst, src []byte) ([]byte, error),
	finish func(dst []byte, atEnd bool) ([]byte, error),
) error {
	size := pipeBlock
	if kind, _ := kindOf(in); kind == unix.S_IFREG {
		size = fileBlock
	}
	src := s.source(in, size)
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
