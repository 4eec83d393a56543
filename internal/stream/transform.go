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
// next blocks while this one is worked on. Each call of next returns one of
// them, and gives back the one before. An error is the last thing it returns.
func readAhead(in int) (next func() ([]byte, error)) {
	type block struct {
		bytes []byte
		err   error
	}
	const blocks = 5 // one in work, one being filled, and some between for an even flow
	empty, full := make(chan []byte, blocks), make(chan block, blocks)
	for range blocks - 1 {
		empty <- make([]byte, BlockSize)
	}
	go func() {
		for buffer := range empty {
			n, err := Read(in, buffer)
			full <- block{buffer[:n], err}
			if err != nil {
				return
			}
		}
	}()
	last := make([]byte, BlockSize)
	return func() ([]byte, error) {
		empty <- last[:BlockSize]
		b := <-full
		last = b.bytes
		return b.bytes, b.err
	}
}
