package main

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A revealer is cat -v, -E and -T: it replaces each byte by its text. Most texts are
// the byte itself. Only the text of a carriage return depends on the next byte: under
// -E without -v it is ^M before a newline. So at the end of a block a carriage return
// is held until the next block comes.
type revealer struct {
	texts [256]text
	pairs bool // whether a carriage return before a newline is ^M
	held  bool // whether the last byte was a carriage return that is not written yet

	// With -v printable bytes stay as they are, and without -v all bytes do. The
	// exceptions are control bytes: tab and newline, if -v leaves them; tab, newline
	// and carriage return, if -T or -E changes them.
	unprintable uint64 // flags with -v, else 0
	low, high   uint64 // the exceptions are in this range: see within
}

// A text is up to four bytes, the first one lowest, and their number in the upper
// half. All four are stored anyway, and the next text overwrites the surplus.
type text uint64

const caretM = text(2<<32 | 'M'<<8 | '^')

func newText(s string) text {
	var bytes [4]byte
	n := copy(bytes[:], s)
	return text(n)<<32 | text(binary.LittleEndian.Uint32(bytes[:]))
}

// start makes the texts, and finds the range of the exceptions. Without -v the range
// may have bytes in it that stay: their text is the byte itself.
func (r *revealer) start(opts options) {
	r.pairs = opts.ends && !opts.nonprinting
	if opts.nonprinting {
		r.unprintable = flags
	}
	for i := range r.texts {
		b := byte(i)
		shown := textOf(b, opts)
		r.texts[b] = newText(shown)
		stays := shown == string([]byte{b}) && !(r.pairs && b == '\r')
		if b < ' ' && stays == opts.nonprinting {
			if r.low == 0 {
				r.low = from(b)
			}
			r.high = from(b + 1)
		}
	}
}

// textOf is what cat shows for b.
func textOf(b byte, opts options) string {
	switch {
	case b == '\n' && opts.ends:
		return "$\n"
	case b == '\t' && opts.tabs:
		return "^I"
	case b == '\n', b == '\t', !opts.nonprinting, b >= 32 && b < 127:
		return string([]byte{b})
	case b < 128:
		return "^" + string([]byte{b ^ 64})
	case b < 128+32 || b == 255:
		return "M-^" + string([]byte{b - 128 ^ 64})
	}
	return "M-" + string([]byte{b - 128})
}

// show looks at sixteen bytes at a time. Usually none of them changes, or one. Then it
// copies all bytes before that one in one step, and looks up the one. If more change, it
// looks up each byte, also of the sixteen after these: they are often of the same kind.
//
// With -v most bytes are printable, which is found in half the time of special.
func (r *revealer) show(dst, src []byte) []byte {
	out, n := dst[:cap(dst)], len(dst)
	if r.held {
		r.held = false
		n += r.bytewise(out[n:], []byte{'\r', src[0]}, 1)
	}
	for len(src) >= 16 {
		x, y := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:])
		if r.unprintable != 0 && printable(x, y) {
			copy(out[n:n+16], src[:16])
			n += 16
			src = src[16:]
			continue
		}
		first, second := r.special(x), r.special(y)
		all := first | second>>1 // the flags of both, side by side
		if all&(all-1) != 0 {
			count := min(32, len(src))
			if count == 32 && !(r.pairs && bytes.IndexByte(src[:32], '\r') >= 0) {
				n += r.many((*[slack]byte)(out[n:]), (*[32]byte)(src))
			} else {
				n += r.bytewise(out[n:], src, count)
			}
			src = src[count:]
			continue
		}
		copy(out[n:n+16], src[:16])
		if all == 0 {
			n += 16
			src = src[16:]
			continue
		}
		at := bits.TrailingZeros64(first) / 8
		if at == 8 {
			at += bits.TrailingZeros64(second) / 8
		}
		n += at
		if b := src[at&15]; b == '\r' && r.pairs {
			n += r.bytewise(out[n:], src[at:], 1)
		} else {
			binary.LittleEndian.PutUint32(out[n:n+4], uint32(r.texts[b]))
			n += int(r.texts[b] >> 32)
		}
		src = src[at+1:]
	}
	n += r.bytewise(out[n:], src, len(src))
	return out[:n]
}

// special flags the bytes of x that may not stay as they are. With -v these are the
// unprintable bytes without the exceptions, which are unprintable too. Without -v they
// are the exceptions alone.
func (r *revealer) special(x uint64) uint64 {
	return ^within(x, from(' '), from(127))&r.unprintable ^ within(x, r.low, r.high)
}

// bytewise writes the texts of the first count bytes of src to out, and returns the
// length of all.
func (r *revealer) bytewise(out, src []byte, count int) (n int) {
	for i, b := range src[:count] {
		t := r.texts[b]
		if b == '\r' && r.pairs {
			if i+1 == len(src) {
				r.held = true
				return n
			}
			if src[i+1] == '\n' {
				t = caretM
			}
		}
		binary.LittleEndian.PutUint32(out[n:n+4], uint32(t))
		n += int(t >> 32)
	}
	return n
}

// many is bytewise for 32 bytes without a carriage return that depends on the next byte.
// The mask spares a check of the index, which is at most 124. Inside show, the compiler
// would keep n in memory instead of a register.
//
//go:noinline
func (r *revealer) many(out *[slack]byte, src *[32]byte) int {
	n, texts := text(0), &r.texts
	_, _, _ = texts[0], src[0], out[0] // none of them is nil: checked here, and not for each byte
	for i := range src {
		t := texts[src[i]]
		binary.LittleEndian.PutUint32(out[n&127:], uint32(t))
		n += t >> 32
	}
	return int(n)
}
