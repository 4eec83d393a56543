package main

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A numberer is cat -n and -b: it writes a number before each line, or before each
// that is not empty.
type numberer struct {
	nonblank bool // number only lines that are not empty
	ends     bool // -E has put a dollar sign before each newline
	midLine  bool // a line has begun and not ended
	counter  counter
}

func (n *numberer) number(dst, src []byte) []byte {
	out, at := dst[:cap(dst)], len(dst)
	for len(src) > 0 {
		if !n.midLine {
			if empty := n.emptyLines(src); empty > 0 {
				at += copy(out[at:], src[:empty])
				src = src[empty:]
				continue
			}
			at += n.counter.next(out[at:])
		}
		length := lineLength(src)
		if length <= 8 && len(src) >= 8 {
			copy(out[at:at+8], src[:8]) // a fixed length needs no call of memmove
		} else {
			copy(out[at:], src[:length])
		}
		n.midLine = src[length-1] != '\n'
		at += length
		src = src[length:]
	}
	return out[:at]
}

// lineLength is the length of the first line of src with its newline.
func lineLength(src []byte) int {
	if len(src) >= 8 {
		if newlines := equal(binary.LittleEndian.Uint64(src), '\n'); newlines != 0 {
			return bits.TrailingZeros64(newlines)/8 + 1
		}
	}
	if end := bytes.IndexByte(src, '\n'); end >= 0 {
		return end + 1
	}
	return len(src)
}

// emptyLines is the length of all lines at the beginning of src that -b leaves out.
// Under -E an empty line is `$\n` here, and a line that holds one dollar sign `$$\n`.
func (n *numberer) emptyLines(src []byte) (length int) {
	for n.nonblank {
		switch rest := src[length:]; {
		case len(rest) > 0 && rest[0] == '\n':
			length++
		case n.ends && len(rest) > 1 && rest[0] == '$' && rest[1] == '\n':
			length += 2
		default:
			return length
		}
	}
	return 0
}

// A counter is a line number as text, counted up in place: right-aligned in at
// least 6 columns and followed by a tab. It has room for 10^18-1 lines.
type counter struct {
	text  [tabAt + 1]byte
	start int // where the text begins
}

const tabAt = 18

func newCounter() counter {
	c := counter{start: tabAt - 6}
	copy(c.text[:], "                 0\t")
	return c
}

// next counts up, copies the number and the tab to out, and returns their length.
func (c *counter) next(out []byte) int {
	i := tabAt - 1
	for ; c.text[i] == '9'; i-- {
		c.text[i] = '0'
	}
	c.text[i] = max(c.text[i], '0') + 1 // a blank is a zero
	c.start = min(c.start, i)
	return copy(out, c.text[c.start:])
}
