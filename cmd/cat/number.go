package main

import "bytes"

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
		length := bytes.IndexByte(src, '\n') + 1
		if length == 0 {
			length = len(src)
		}
		if length <= 16 && len(src) >= 16 {
			copy(out[at:at+16], src[:16]) // a fixed length needs no call of memmove
		} else {
			copy(out[at:], src[:length])
		}
		n.midLine = src[length-1] != '\n'
		at += length
		src = src[length:]
	}
	return out[:at]
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

// A counter is a line number as text, counted up in place: right-aligned in at least 6
// columns and followed by a tab. It has room for 10^15-1 lines.
//
// The last digit lies apart: a processor waits before it loads a byte together with
// others if it has just stored that byte alone.
type counter struct {
	text  [2 * counterWidth]byte
	start int // where the text begins
	last  byte
}

const (
	counterWidth = 16 // next copies so many bytes: again a fixed length
	tabAt        = counterWidth - 1
)

func newCounter() counter {
	c := counter{start: tabAt - 6, last: '0'}
	copy(c.text[:], "              0\t")
	return c
}

// next counts up, copies the number and the tab to out, and returns their length.
func (c *counter) next(out []byte) int {
	c.last++
	if c.last > '9' {
		c.last = '0'
		i := tabAt - 2
		for ; c.text[i] == '9'; i-- {
			c.text[i] = '0'
		}
		c.text[i] = max(c.text[i], '0') + 1 // a blank is a zero
		c.start = min(c.start, i)
	}
	copy(out[:counterWidth], c.text[c.start:c.start+counterWidth])
	length := counterWidth - c.start
	out[length-2] = c.last
	return length
}
