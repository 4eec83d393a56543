package main

import "encoding/binary"

// A squeezer is cat -s: of several empty lines in a row it keeps one. So it
// drops each newline that follows two others; the beginning counts as one.
type squeezer struct {
	before uint8 // one bit for each of the bytes before, the last lowest: was it a newline?
}

func newSqueezer() squeezer { return squeezer{before: 1} }

func (s *squeezer) squeeze(dst, src []byte) []byte {
	out, n, before := dst[:cap(dst)], len(dst), s.before
	for len(src) > 0 {
		// Where no newline follows another, there is none to drop.
		if len(src) >= 8 {
			x := binary.LittleEndian.Uint64(src)
			newlines := equal(x, '\n')
			if newlines&(newlines<<8|uint64(before)<<7) == 0 {
				binary.LittleEndian.PutUint64(out[n:], x)
				n += 8
				src = src[8:]
				before = uint8(newlines >> 63)
				continue
			}
		}
		few := src[:min(8, len(src))]
		src = src[len(few):]
		for _, b := range few {
			before <<= 1
			if b == '\n' {
				before |= 1
			}
			out[n] = b // the next byte goes on top of it if it is to be dropped
			if before&7 != 7 {
				n++
			}
		}
	}
	s.before = before
	return out[:n]
}
