package main

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A revealer is cat -v, -E and -T: it replaces each byte by its text. Most texts are
// the byte itself. Under -E without -v, a carriage return before a newline is ^M. The
// newline decides that, so a carriage return at the end of src is held until the next
// byte comes.
type revealer struct {
	texts [256]text
	pairs bool // whether a carriage return before a newline is ^M
	held  bool // whether the last byte was a carriage return that is not written yet

	// With -v printable bytes stay as they are, and without -v all bytes do. The
	// exceptions are tab and newline: with -v those that stay, else those that change.
	unprintable uint64 // flags with -v, else 0
	low, high   uint64 // the exceptions are in this range: see within
}

// A text is up to four bytes, the first one lowest, and their number in the upper
// half. All four are stored anyway, and the next text overwrites the surplus.
type text uint64

const caretMEnd = text(4<<32 | '\n'<<24 | '$'<<16 | 'M'<<8 | '^') // `^M$` and a newline

func newText(s string) text {
	var four [4]byte
	n := copy(four[:], s)
	return text(n)<<32 | text(binary.LittleEndian.Uint32(four[:]))
}

// start makes the texts and finds the exceptions.
func (r *revealer) start(opts options) {
	for i := range r.texts {
		r.texts[i] = newText(textOf(byte(i), opts))
	}
	r.pairs = opts.ends && !opts.nonprinting
	if opts.nonprinting {
		r.unprintable = flags
	}
	r.low, r.high = from('\n'), from('\n') // none
	if opts.tabs != opts.nonprinting {
		r.low = from('\t')
	}
	if opts.ends != opts.nonprinting {
		r.high = from('\n' + 1)
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

// show copies sixteen bytes at a time. Then it overwrites one that changes with its text,
// copies the bytes after that again, and goes on to the next that changes. If more than
// three change, it looks up each byte, also of the sixteen after these: they are often of
// the same kind.
func (r *revealer) show(dst, src []byte) []byte {
	out, n := dst[:cap(dst)], len(dst)
	if r.held {
		out[n] = '\r'
		n++
	}
	for len(src) >= 32 {
		copy(out[n:n+16], src[:16])
		first := r.special(binary.LittleEndian.Uint64(src))
		second := r.special(binary.LittleEndian.Uint64(src[8:]))
		if first|second != 0 {
			special := gather(first) | gather(second)<<8
			if bits.OnesCount16(special) > 3 {
				n = r.many(out, n, src[:32])
				src = src[32:]
				continue
			}
			for ; special != 0; special &= special - 1 {
				at := bits.TrailingZeros16(special) & 15 // the mask spares a check of the index
				end := r.put(out, n+at, src[at])
				copy(out[end:end+16], src[at+1:at+17])
				n = end - at - 1 // the place of src[0], if it were written now
			}
		}
		n += 16
		src = src[16:]
	}
	for _, b := range src {
		n = r.put(out, n, b)
	}
	if r.held = r.pairs && n > 0 && out[n-1] == '\r'; r.held {
		n--
	}
	return out[:n]
}

// put writes the text of b to out[n:] and returns where it ends.
func (r *revealer) put(out []byte, n int, b byte) int {
	t := r.texts[b]
	if b == '\n' && r.pairs && n > 0 && out[n-1] == '\r' {
		n, t = n-1, caretMEnd
	}
	binary.LittleEndian.PutUint32(out[n:n+4], uint32(t))
	return n + int(t>>32)
}

// special flags the bytes of x that may not stay as they are. With -v these are the
// unprintable bytes without the exceptions, which are unprintable too. Without -v they
// are the exceptions alone.
func (r *revealer) special(x uint64) uint64 {
	unprintable := ^within(x, from(' '), from(127)) & r.unprintable
	return unprintable ^ within(x, r.low, r.high)
}

// many writes the texts of 32 bytes to out[n:] and returns where they end. The mask
// spares the check here too: the index is at most 124. If many were inlined, the compiler
// would keep at in memory instead of a register.
//
//go:noinline
func (r *revealer) many(out []byte, n int, src []byte) int {
	if r.pairs && (out[max(n-1, 0)] == '\r' || bytes.IndexByte(src, '\r') >= 0) {
		for _, b := range src {
			n = r.put(out, n, b)
		}
		return n
	}
	at, texts, room := text(0), &r.texts, (*[slack]byte)(out[n:])
	_, _ = texts[0], room[0] // neither is nil: checked here, and not for each byte
	for _, b := range src {
		t := texts[b]
		binary.LittleEndian.PutUint32(room[at&127:], uint32(t))
		at += t >> 32
	}
	return n + int(at)
}

// Eight bytes are looked at side by side, in a word. Bit 7 of each byte of the
// result is its flag: set if the byte is one of those looked for.
const (
	ones  = 0x0101010101010101 // times b: b in every byte
	flags = 0x80 * ones
)

// from is what to add to the lower seven bits of each byte, so that those which are b
// or more carry into their flag.
func from(b uint8) uint64 { return uint64(128-b) * ones }

// within flags the bytes from low to high-1, given as from(low) and from(high).
func within(x, low, high uint64) uint64 {
	seven := x &^ flags
	return (seven + low) &^ (seven + high) &^ x & flags
}

// gather makes a byte of the flags of a word, the first flag the lowest bit.
func gather(word uint64) uint16 { return uint16(word >> 7 * 0x0102040810204080 >> 56) }
