package main

import "encoding/binary"

// A squeezer is cat -s: of several empty lines in a row it keeps one. So it
// drops each newline that follows two others; the beginning counts as one.
type squeezer struct {
	before uint64 // one bit for each byte before, the last lowest: was it a newline?
}

func newSqueezer() squeezer { return squeezer{before: 1} }

// squeeze copies eight bytes at a time where no newline follows another.
func (s *squeezer) squeeze(dst, src []byte) []byte {
	out, n := dst[:cap(dst)], len(dst)
	for ; len(src) >= 8; src = src[8:] {
		x := binary.LittleEndian.Uint64(src)
		newlines := equal(x, '\n')
		if newlines&(newlines<<8|s.before<<7&0x80) != 0 {
			n += s.each(out[n:], src[:8])
			continue
		}
		binary.LittleEndian.PutUint64(out[n:], x)
		n += 8
		s.before = newlines >> 63
	}
	n += s.each(out[n:], src)
	return out[:n]
}

// each squeezes byte by byte: it stores each, and the next one on top of a
// newline that is to be dropped.
func (s *squeezer) each(out, src []byte) (n int) {
	before := s.before
	for _, b := range src {
		before <<= 1
		if b == '\n' {
			before |= 1
		}
		out[n] = b
		if before&7 != 7 {
			n++
		}
	}
	s.before = before
	return n
}
