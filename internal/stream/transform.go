package stream

import (
	"io"
	"slices"
)

// readAheadAfter is how many bytes are transformed one block after the other,
// or copied where there is no shortcut, before it is worth a second thread to
// read while the first one works.
const readAheadAfter = 8 * BlockSize

// Transform reads in block by block and writes to out what f makes of each.
// What has been read is written before anything waits for more. f appends to
// dst, and may keep neither dst nor src; an error of f's ends the work after
// what f returned beside it has been written. Other errors are *Error. After an
// error of f's or of writing, in may still be read from, until the process ends,
// and s must read no more: nothing can call back a thread that waits for a pipe.
//
// verb names the work in the trace.
func (s *Streams) Transform(verb string, out, in int, f func(dst, src []byte) ([]byte, error)) error {
	var read, written int64
	defer func() { s.Trace.Transform(verb, in, out, read, written) }()
	next := func() ([]byte, error) {
		n, err := Read(in, s.buffer())
		return s.block[:n], err
	}
	for ahead := false; ; {
		block, err := next()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		for piece := range slices.Chunk(block, BlockSize) {
			var bad error
			s.result, bad = f(s.result[:0], piece)
			if err := Write(out, s.result); err != nil {
				return err
			}
			read, written = read+int64(len(piece)), written+int64(len(s.result))
			if bad != nil {
				return bad
			}
		}
		if !ahead && read >= readAheadAfter {
			ahead = true
			next, _ = s.readAhead(in)
		}
	}
}

// readAhead reads in by a goroutine of its own, so that the kernel copies the
// next bytes while these are worked on. Each call of next returns some, and
// gives back those before. An error is the last thing it returns. stop ends
// the reading, and returns when it has ended.
//
// Waking the other side takes long beside the work on a block, so as much is
// read at once as makes several.
func (s *Streams) readAhead(in int) (next func() ([]byte, error), stop func()) {
	type result struct {
		bytes []byte
		err   error
	}
	const (
		size    = 4 * BlockSize
		buffers = 3 // one in work, one being filled, and one between for an even flow
	)
	empty, full := make(chan []byte, buffers), make(chan result, buffers)
	for len(s.ahead) < buffers {
		s.ahead = append(s.ahead, make([]byte, size))
	}
	for _, buffer := range s.ahead[1:] {
		empty <- buffer
	}
	go func() {
		defer close(full)
		for buffer := range empty {
			n, err := Read(in, buffer)
			full <- result{buffer[:n], err}
			if err != nil {
				return
			}
		}
	}()
	last := result{bytes: s.ahead[0]}
	next = func() ([]byte, error) {
		empty <- last.bytes[:size]
		last = <-full
		return last.bytes, last.err
	}
	stop = func() {
		close(empty)
		for range full {
		}
	}
	return next, stop
}
