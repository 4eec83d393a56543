package main

import (
	"bytes"
	"encoding/binary"
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
	shown      [256]shown
	lines      bool // whether the options care where lines begin and end
	onlyNumber bool // whether all that they change in a line is to number it
	stopEmpty  bool // whether an empty line is not numbered like the others, or not kept

	counter    counter
	midLine    bool // a line has begun and not ended
	afterEmpty bool // the last line was empty
	heldCR     bool // a carriage return waits: is a newline next?
}

// shown is how one byte is written: the first n bytes of text, which is kept
// as a word because it is stored as one.
type shown struct {
	text uint32
	n    uint32
}

func newFormatter(opts options) *formatter {
	f := &formatter{options: opts, counter: newCounter()}
	f.lines = f.number || f.numberNonblank || f.squeeze || f.ends
	f.onlyNumber = (f.number || f.numberNonblank) && !f.nonprinting && !f.ends && !f.tabs
	f.stopEmpty = f.numberNonblank || f.squeeze
	for b := range f.shown {
		var text [4]byte
		f.shown[b].n = uint32(copy(text[:], f.show(byte(b))))
		f.shown[b].text = binary.LittleEndian.Uint32(text[:])
	}
	return f
}

// grows reports whether more may come out than goes in. A nil formatter leaves
// the bytes as they are.
func (f *formatter) grows() bool { return f != nil && f.options != options{squeeze: true} }

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

const (
	// widest is the most that one byte can become: a line number, a tab, a
	// dollar sign and the newline itself.
	widest = 24
	// slack is room for stores that write more than they keep.
	slack = 32
	// piece is for how many bytes room is made at once, as much as they could
	// come to need.
	piece = 16 << 10
	// stretch is how far to go by table before looking for bytes that can be
	// copied again.
	stretch = 64
)

// append appends src to dst in its new form, up to a carriage return that
// must wait for what follows it. The error is always nil.
func (f *formatter) append(dst, src []byte) ([]byte, error) {
	for part := range slices.Chunk(src, piece) {
		dst = f.format(dst, part)
	}
	return dst, nil
}

// format is append for one piece. Most bytes stay as they are: they are copied
// up to the first that needs work. From there on it goes byte by byte, by table,
// for a short stretch, since such bytes come together.
func (f *formatter) format(dst, src []byte) []byte {
	n := len(dst)
	dst = slices.Grow(dst, widest*len(src)+slack)
	out := dst[:cap(dst)]
	if f.heldCR {
		f.heldCR = false
		out[n] = '\r'
		n++
	}
	lines, printable := f.lines, f.nonprinting || f.tabs
	numberFull, numberEmpty := f.number || f.numberNonblank, f.number && !f.numberNonblank
	for i := 0; i < len(src); {
		if f.onlyNumber && !f.midLine {
			read, written, midLine := f.counter.numberLines(out[n:], src[i:], f.stopEmpty)
			i, n, f.midLine = i+read, n+written, midLine
			f.afterEmpty = f.afterEmpty && read == 0 // -s has it stop at empty lines
			if i == len(src) {
				break
			}
		}
		if lines && !f.midLine {
			empty := src[i] == '\n'
			if empty && f.squeeze && f.afterEmpty {
				i++
				continue
			}
			if empty && numberEmpty || !empty && numberFull {
				n += f.counter.next(out[n:])
			}
			f.midLine, f.afterEmpty = true, empty
		}
		var plain int
		if printable {
			plain = copyPrintable(out[n:], src[i:])
		} else {
			plain = copyLine(out[n:], src[i:])
		}
		i, n = i+plain, n+plain
		if i < len(src) && src[i] == '\n' {
			i++
			n += f.endLine(out, n)
			continue
		}
		run := src[i:min(i+stretch, len(src))]
		if lines {
			run, _, _ = bytes.Cut(run, []byte{'\n'})
		}
		i += len(run)
		n += f.translate(out[n:], run)
	}
	if f.ends && !f.nonprinting && f.midLine && n > len(dst) && out[n-1] == '\r' {
		f.heldCR = true
		n--
	}
	return out[:n]
}

// translate writes each byte of src in its visible form and returns the
// length of all. Four go at a time, so that the bounds of out are checked once.
func (f *formatter) translate(out, src []byte) (n int) {
	for ; len(src) >= 4; src = src[4:] {
		a, b, c, d := &f.shown[src[0]], &f.shown[src[1]], &f.shown[src[2]], &f.shown[src[3]]
		b0, c0, d0 := a.n, a.n+b.n, a.n+b.n+c.n // at most 12: the masks change nothing
		four := out[n : n+16 : n+16]
		binary.LittleEndian.PutUint32(four, a.text)
		binary.LittleEndian.PutUint32(four[b0&15:], b.text)
		binary.LittleEndian.PutUint32(four[c0&15:], c.text)
		binary.LittleEndian.PutUint32(four[d0&15:], d.text)
		n += int(d0 + d.n)
	}
	for _, b := range src {
		binary.LittleEndian.PutUint32(out[n:], f.shown[b].text)
		n += int(f.shown[b].n)
	}
	return n
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
	out[n], out[n+1] = '$', '\n'
	return 2
}

// finish returns what was held back.
func (f *formatter) finish() []byte {
	if f.heldCR {
		return []byte{'\r'}
	}
	return nil
}
