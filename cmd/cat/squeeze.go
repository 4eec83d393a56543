package main

import "bytes"

// A squeezer is cat -s: of several empty lines in a row it keeps one. So it drops each
// newline that follows two others; the beginning counts as one.
type squeezer struct {
	run int // how many of the last bytes, without a gap, are newlines
}

// squeeze copies all bytes before three newlines in one step. From there it goes byte by
// byte to the end of the newlines, or a little farther: there may be more of them.
func (s *squeezer) squeeze(dst, src []byte) []byte {
	out, n, run := dst[:cap(dst)], len(dst), s.run
	for len(src) > 0 {
		i := 0
		for ; i < len(src) && (i < 8 || src[i] == '\n'); i++ {
			run++
			if src[i] != '\n' {
				run = 0
			}
			out[n] = src[i] // the next byte overwrites a newline that is dropped
			if run < 3 {
				n++
			}
		}
		src = src[i:]
		end := bytes.Index(src, []byte("\n\n\n"))
		if end < 0 {
			end = max(len(src)-2, 0) // the last two may be the first of three
		}
		if end > 0 {
			n += copy(out[n:], src[:end])
			run = 0 // no three newlines in a row begin in these bytes
			src = src[end:]
		}
	}
	s.run = run
	return out[:n]
}
