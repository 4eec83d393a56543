package main

import "encoding/binary"

// A shower is cat -v, -E and -T: each byte has a text in which it can be seen,
// newline and tab like the others. Only a carriage return depends on what follows
// it, under -E without -v: before a newline it shows as ^M, else it stays. So it
// is held, and the text of the next byte begins with it.
type shower struct {
	texts       [256]text // of each byte
	afterReturn [256]text // of each byte where a carriage return is held
	nonprinting bool
	holds       bool // whether carriage returns are held
	held        bool // whether one is
}

// A text is up to four bytes, the first lowest, and above them their number. It
// is stored as four bytes at any rate; the next text goes on top of the surplus.
type text uint64

func newText(s string) text {
	var bytes [4]byte
	n := copy(bytes[:], s)
	return text(n)<<32 | text(binary.LittleEndian.Uint32(bytes[:]))
}

func (s *shower) start(opts options) {
	s.nonprinting = opts.nonprinting
	s.holds = opts.ends && !opts.nonprinting
	for i := range s.texts {
		s.texts[i] = show("", byte(i), opts)
	}
	if s.holds {
		for i := range s.afterReturn {
			s.afterReturn[i] = show("\r", byte(i), opts)
		}
		s.texts['\r'] = newText("")
		s.afterReturn['\r'] = newText("\r") // one is written, the other held
		s.afterReturn['\n'] = newText("^M$\n")
	}
}

// show is the text of b, wherever it is, with another before it.
func show(before string, b byte, opts options) text {
	switch {
	case b == '\n' && opts.ends:
		return newText(before + "$\n")
	case b == '\t' && opts.tabs:
		return newText(before + "^I")
	case b == '\n', b == '\t', !opts.nonprinting, b >= 32 && b < 127:
		return newText(before + string([]byte{b}))
	case b < 128:
		return newText(before + "^" + string([]byte{b ^ 64}))
	case b < 128+32 || b == 255:
		return newText(before + "M-^" + string([]byte{b - 128 ^ 64}))
	}
	return newText(before + "M-" + string([]byte{b - 128}))
}

// show copies sixteen bytes at a time while all stay as they are. Where one does not,
// it looks up eight at a time until it finds eight that do.
func (s *shower) show(dst, src []byte) []byte {
	out, n, nonprinting := dst[:cap(dst)], len(dst), s.nonprinting
	for len(src) >= 16 {
		x, y := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:])
		if special(x, nonprinting) == 0 && !s.held {
			copy(out[n:n+16], src[:16])
			if special(y, nonprinting) == 0 {
				n += 16
				src = src[16:]
				continue
			}
			n += 8
			src = src[8:]
			x = y
		}
		for plain := false; !plain; {
			if s.holds && (s.held || equal(x, '\r') != 0) {
				n += s.each(out[n:], src[:8])
			} else {
				n += s.eight((*[slack]byte)(out[n:]), (*[8]byte)(src))
			}
			if src = src[8:]; len(src) < 8 {
				break
			}
			x = binary.LittleEndian.Uint64(src)
			plain = special(x, nonprinting) == 0 && !s.held
		}
	}
	n += s.each(out[n:], src)
	return out[:n]
}

// each writes the text of each byte to out and returns the length of all.
func (s *shower) each(out, src []byte) (n int) {
	for _, b := range src {
		text := s.texts[b]
		if s.held {
			text = s.afterReturn[b]
		}
		binary.LittleEndian.PutUint32(out[n:], uint32(text))
		n += int(text >> 32)
		s.held = s.holds && b == '\r'
	}
	return n
}

// eight is each for eight bytes where no carriage return is held.
func (s *shower) eight(out *[slack]byte, src *[8]byte) int {
	put := func(at, t text) text {
		binary.LittleEndian.PutUint32(out[at&31:], uint32(t))
		return at + t>>32
	}
	n := text(0)
	for i := 0; i < 8; i += 4 {
		n = put(n, s.texts[src[i]])
		n = put(n, s.texts[src[i+1]])
		n = put(n, s.texts[src[i+2]])
		n = put(n, s.texts[src[i+3]])
	}
	return int(n)
}

// special is zero if all bytes of x stay as they are: of 32 to 126 with nonprinting,
// else not of 8 to 15, where tab, newline and carriage return are.
func special(x uint64, nonprinting bool) uint64 {
	if !nonprinting {
		return equal(x&(0xf8*each), '\b')
	}
	// A byte over 127 is its own flag, adding 1 sets that of 127, and subtracting
	// 32 borrows for those under 32.
	return (x | (x + each) | (x - 32*each)) & flags
}
