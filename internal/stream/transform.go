package stream

import (
	"cmp"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/trace"
)

// A transform reads a file in smaller blocks than a copy does: a block and its
// result stay in a core's cache, and a small input touches little memory. From
// anything else it reads as much as a pipe holds by default. So the lines that a
// program has written to a pipe in one call stay together.
const (
	fileBlock = 32 << 10
	pipeBlock = 64 << 10
)

// Spare is the room that convert and finish have beyond growth times their input.
const Spare = 256

// Transform reads in block by block and writes to out what convert makes of each,
// then what finish adds at the end. It writes all that a block becomes before it
// waits for the next one.
//
// convert appends to dst, which is empty and has room for growth times src and Spare
// bytes more. It keeps neither dst nor src. If it returns an error, the work ends after
// its result has been written. finish does the same for what convert has kept back:
// at end of file, or after a failed read if atEnd is false. If finish is nil, nothing
// is added.
//
// The error is the first one: convert's, finish's, or an *Error. verb names the work
// in the trace.
func (s *Streams) Transform(verb string, in, out, growth int,
	convert func(dst, src []byte) ([]byte, error),
	finish func(dst []byte, atEnd bool) ([]byte, error),
) error {
	size := pipeBlock
	if kind, _ := kindOf(in); kind == unix.S_IFREG {
		size = fileBlock
	}
	// Much room costs little: the kernel provides memory page by page, when it is
	// first written to.
	if room := growth*size + Spare; cap(s.result) < room {
		s.result = make([]byte, 0, room)
	}
	src := s.newSource(in, size)
	var written int64
	defer func() {
		s.Trace.Transform(verb, trace.Flow{FD: in, Bytes: src.read}, trace.Flow{FD: out, Bytes: written})
	}()
	write := func(result []byte, err error) error {
		n, writeErr := Write(out, result)
		written += int64(n)
		return cmp.Or(writeErr, err)
	}
	for {
		block, readErr := src.next()
		if len(block) == 0 {
			if finish == nil {
				return readErr
			}
			return cmp.Or(readErr, write(finish(s.result, readErr == nil)))
		}
		if err := write(convert(s.result, block)); err != nil {
			return err
		}
	}
}
