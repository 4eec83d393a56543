package main

import "encoding/binary"

// A squeezer is cat -s: of several empty lines in a row it keeps one. So it drops each
// newline that follows two others; the beginning counts as one.
type squeezer struct {
	run uint64 // how many of the last bytes, without a gap, are newlines
}

// squeeze copies sixteen bytes at a time where no newline follows another.
func (s *squeezer) squeeze(dst, src []byte) []byte {
	out, n := dst[:cap(dst)], len(dst)
	for len(src) >= 16 {
		first := equal(binary.LittleEndian.Uint64(src), '\n')
		second := equal(binary.LittleEndian.Uint64(src[8:]), '\n')
		// A shift by 8 compares each newline with the byte before it. The byte before the
		// first word is known from run, and that before the second is the last of the first.
		if first&(first<<8|min(s.run, 1)<<7)|second&(second<<8|first>>56) != 0 {
			n += s.bytewise(out[n:], src[:8])
			src = src[8:]
			continue
		}
		copy(out[n:n+16], src[:16])
		n += 16
		src = src[16:]
		s.run = second >> 63
	}
	n += s.bytewise(out[n:], src)
	return out[:n]
}

// bytewise stores each byte. The next one overwrites a newline that is dropped.
func (s *squeezer) bytewise(out, src []byte) (n int) {
	run := s.run
	for _, b := range src {
		run++
		if b != '\n' {
			run = 0
		}
		out[n] = b
		if run < 3 {
			n++
		}
	}
	s.run = run
	return n
}
