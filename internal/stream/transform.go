package stream

import "io"

// readAheadAfter is how many bytes are transformed one block after the other,
// before it is worth a second thread to read while the first one works.
const readAheadAfter = 8 * BlockSize

// Transform reads in block by block and writes to out what f makes of each.
// What has been read is written before anything waits for more. f appends to
// dst, and may keep neither dst nor src; an error of f's ends the work after
// what f returned beside it has been written. Other errors are *Error.
// verb names the work in the trace.
func (s *Streams) Transform(verb string, out, in int, f func(dst, src []byte) ([]byte, error)) error {
	var read, written int64
	defer func() { s.Trace.Transform(verb, in, out, read, written) }()
	var result []byte
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
		var bad error
		result, bad = f(result[:0], block)
		if err := Write(out, result); err != nil {
			return err
		}
		read, written = read+int64(len(block)), written+int64(len(result))
		if bad != nil {
			return bad
		}
		if !ahead && read >= readAheadAfter {
			ahead = true
			next = readAhead(in)
		}
	}
}

// readAhead reads in by a goroutine of its own, so that the kernel copies the
// next bytes while these are worked on. Each call of next returns a block of
// them, and gives back the one before. An error is the last thing it returns.
//
// Waking the other side takes long beside the work on a block, so as much is
// read at once as makes two.
func readAhead(in int) (next func() ([]byte, error)) {
	type result struct {
		bytes []byte
		err   error
	}
	const (
		size    = 2 * BlockSize
		buffers = 3 // one in work, one being filled, and one between for an even flow
	)
	empty, full := make(chan []byte, buffers), make(chan result, buffers)
	for range buffers - 1 {
		empty <- make([]byte, size)
	}
	go func() {
		for buffer := range empty {
			n, err := Read(in, buffer)
			full <- result{buffer[:n], err}
			if err != nil {
				return
			}
		}
	}()
	last := result{bytes: make([]byte, size)}
	var rest []byte
	return func() ([]byte, error) {
		if len(rest) == 0 {
			empty <- last.bytes[:size]
			last = <-full
			rest = last.bytes
		}
		block := rest[:min(len(rest), BlockSize)]
		rest = rest[len(block):]
		return block, last.err
	}
}
