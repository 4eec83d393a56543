package main

import "slices"

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
	widest  = 23
	slack   = 32
	stretch = 16
)

// append appends src to dst in its new form, up to a carriage return that
// must wait for what follows it. The error is always nil.
//
// Most bytes stay as they are: they are copied up to the first that needs
// work. From there on it goes byte by byte, by table, for a short stretch,
// since such bytes come together.
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
		var plain int
		if f.nonprinting || f.tabs {
			plain = copyPrintable(out[n:], src[i:])
		} else {
			plain = copyLine(out[n:], src[i:])
		}
		i, n = i+plain, n+plain
		for end := min(i+stretch, len(src)); i < end; {
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
