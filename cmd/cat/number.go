package main

import "bytes"

// numbering is which lines have a number.
type numbering int

const (
	none numbering = iota
	nonblank
	all
)

// A numberer is cat -n and -b: a number before each line, or before each that is
// not empty.
type numberer struct {
	lines   numbering
	ends    bool // a newline comes with the dollar sign of -E before it
	midLine bool // a line has begun and not ended
	counter counter
}

func (n *numberer) start(opts options) {
	n.lines = all
	if opts.numberNonblank {
		n.lines = nonblank
	}
	n.ends = opts.ends
	n.counter = newCounter()
}

func (n *numberer) number(dst, src []byte) []byte {
	out, at, midLine := dst[:cap(dst)], len(dst), n.midLine
	for len(src) > 0 {
		if !midLine {
			if n.lines == nonblank {
				if empty := n.emptyLines(src); empty > 0 {
					at += copy(out[at:], src[:empty])
					src = src[empty:]
					continue
				}
			}
			at += n.counter.next(out[at:])
		}
		length := 0
		if len(src) >= 16 {
			x, y := copy16(out[at:], src)
			if x, y = equal(x, '\n'), equal(y, '\n'); x|y != 0 {
				length = firstFlag(x, y) + 1
			}
		}
		if length == 0 {
			length = bytes.IndexByte(src, '\n') + 1
			if length == 0 {
				length = len(src)
			}
			copy(out[at:], src[:length])
		}
		midLine = src[length-1] != '\n'
		at += length
		src = src[length:]
	}
	n.midLine = midLine
	return out[:at]
}

// emptyLines is the length of all empty lines at the beginning of src. A line of
// one dollar sign ends in two under -E, so it is not mistaken for an empty one.
func (n *numberer) emptyLines(src []byte) (length int) {
	for {
		switch rest := src[length:]; {
		case len(rest) > 0 && rest[0] == '\n':
			length++
		case n.ends && len(rest) > 1 && rest[0] == '$' && rest[1] == '\n':
			length += 2
		default:
			return length
		}
	}
}
