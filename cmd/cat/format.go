package main

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// options are what makes cat more than a copier.
type options struct {
	number         bool // number every line
	numberNonblank bool // number lines that are not empty, and only those
	squeeze        bool // of several empty lines in a row, keep one
	nonprinting    bool // ^X and M-x for what is neither printable, tab nor newline
	ends           bool // $ before each newline, ^M for a carriage return before it
	tabs           bool // ^I for a tab
}

// A formatter rewrites a stream of bytes that comes in blocks of any size.
// Its state runs on from block to block, and so from file to file.
type formatter struct {
	options
	shown [256]shown
	lines bool // whether the options care where lines begin and end

	counter   counter
	midLine   bool // a line has begun and not ended
	afterVoid bool // the last line was empty
	heldCR    bool // a carriage return waits: is a newline next?
}

// shown is how one byte is written: the first n bytes of text.
type shown struct {
	text [4]byte
	n    uint8
}

func newFormatter(opts options) *formatter {
	f := &formatter{options: opts, counter: newCounter()}
	f.lines = f.number || f.numberNonblank || f.squeeze || f.ends
	for b := range f.shown {
		f.shown[b].n = uint8(copy(f.shown[b].text[:], f.show(byte(b))))
	}
	return f
}

// show is the rule for one byte, wherever it stands in a line.
func (f *formatter) show(b byte) string {
	switch {
	case b == '\n', b == '\t' && !f.tabs:
		return string([]byte{b})
	case b == '\t':
		return "^I"
	case !f.nonprinting:
		return string([]byte{b})
	case b >= 128 && b-128 >= 32 && b != 255:
		return "M-" + string([]byte{b - 128})
	case b >= 128:
		return "M-^" + string([]byte{(b - 128) ^ 64})
	case b < 32 || b == 127:
		return "^" + string([]byte{b ^ 64})
	}
	return string([]byte{b})
}

// widest is the most that one byte can become: a line number of 20 digits, a
// tab, a dollar sign and the newline itself. slack is room for the stores
// below, which write more than they keep.
const (
	widest = 23
	slack  = 32
)

// append appends src to dst in its new form, up to a carriage return that
// must wait for what follows it. The error is always nil.
//
// Most bytes stay as they are, so eight at a time are copied, and looked at
// for one that needs work while they are at hand. From there on it is byte by
// byte, by table, for as far as eight bytes go.
func (f *formatter) append(dst, src []byte) ([]byte, error) {
	n := len(dst)
	dst = slices.Grow(dst, widest*len(src)+slack)
	out := dst[:cap(dst)]
	if f.heldCR {
		f.heldCR = false
		out[n] = '\r'
		n++
	}
	for i := 0; i < len(src); {
		if f.lines && !f.midLine {
			empty := src[i] == '\n'
			if empty && f.squeeze && f.afterVoid {
				i++
				continue
			}
			if f.number && !f.numberNonblank || f.numberNonblank && !empty {
				n += f.counter.next(out[n:])
			}
			f.midLine, f.afterVoid = true, empty
		}
		for i+8 <= len(src) {
			eight := binary.LittleEndian.Uint64(src[i:])
			binary.LittleEndian.PutUint64(out[n:], eight)
			plain := bits.TrailingZeros64(f.special(eight)) / 8
			i, n = i+plain, n+plain
			if plain < 8 {
				break
			}
		}
		for end := min(i+8, len(src)); i < end; {
			b := src[i]
			i++
			if b == '\n' && f.lines {
				n += f.endLine(out, n)
				break
			}
			*(*[4]byte)(out[n:]) = f.shown[b].text
			n += int(f.shown[b].n)
		}
	}
	if f.ends && !f.nonprinting && f.midLine && n > len(dst) && out[n-1] == '\r' {
		f.heldCR = true
		n--
	}
	return out[:n], nil
}

// endLine ends the line that fills out up to n, and returns how much longer
// that made it.
func (f *formatter) endLine(out []byte, n int) int {
	f.midLine = false
	if !f.ends {
		out[n] = '\n'
		return 1
	}
	if !f.nonprinting && n > 0 && out[n-1] == '\r' {
		copy(out[n-1:], "^M$\n")
		return 3
	}
	copy(out[n:], "$\n")
	return 2
}

// finish returns what was held back.
func (f *formatter) finish() []byte {
	if f.heldCR {
		return []byte{'\r'}
	}
	return nil
}

// Eight bytes side by side in one word: bit 7 of each is its flag, and the
// arithmetic below sets it for the bytes looked for. A carry can set flags
// wrongly, but only above a right one, and the lowest alone counts.
const (
	each  = 0x0101010101010101 // times b: b in every byte
	flags = 0x80 * each
)

// special flags the first byte that is not to be copied as it is.
func (f *formatter) special(x uint64) uint64 {
	if f.nonprinting {
		// Over 127 is flagged by itself, 127 by adding 1, under 32 by
		// subtracting 32.
		return (x | (x + 1*each) | (x - 32*each)) & flags
	}
	found := equal(x, '\n')
	if f.tabs {
		found |= equal(x, '\t')
	}
	return found
}

// equal flags the first byte of x that equals b: where the two differ in no
// bit, subtracting 1 borrows.
func equal(x uint64, b uint64) uint64 {
	x ^= b * each
	return (x - each) &^ x & flags
}

// A counter is a line number in text, counted up in place. It is right-aligned
// in at least 6 columns and followed by a tab.
type counter struct {
	text  [48]byte // the number without its last digit ends before lastDigit
	start int      // where the text begins
	last  byte     // the last digit, which alone changes nine times in ten
}

const lastDigit = 20

func newCounter() counter {
	c := counter{start: lastDigit - 5, last: '0'}
	for i := range lastDigit {
		c.text[i] = ' '
	}
	return c
}

// next counts up, writes the number and a tab to out, which has room for 24
// bytes, and returns their length.
func (c *counter) next(out []byte) int {
	if c.last++; c.last > '9' {
		c.last = '0'
		c.carry()
	}
	*(*[24]byte)(out) = *(*[24]byte)(c.text[c.start:])
	width := lastDigit - c.start
	out[width] = c.last
	out[width+1] = '\t'
	return width + 2
}

// carry adds 1 to the digits before the last.
func (c *counter) carry() {
	i := lastDigit - 1
	for c.text[i] == '9' {
		c.text[i] = '0'
		i--
	}
	if c.text[i] == ' ' {
		c.text[i] = '0'
		c.start = min(c.start, i)
	}
	c.text[i]++
}
