package main

import (
	"slices"

	"github.com/segmentio/asm/base64"
)

// segmentio's codec is encoding/base64 over again in vector instructions,
// where the machine has them.

// An encoder encodes three bytes as four characters and ends its lines.
type encoder struct {
	columns int64  // characters a line; 0: lines do not end
	column  int64  // characters of the line so far
	kept    []byte // the 0 to 2 bytes that wait for a third
	text    []byte // encoded, and not yet broken into lines
}

func (e *encoder) append(dst, src []byte) ([]byte, error) {
	if len(e.kept) > 0 {
		n := min(3-len(e.kept), len(src))
		e.kept = append(e.kept, src[:n]...)
		src = src[n:]
		if len(e.kept) < 3 {
			return dst, nil
		}
		dst = e.encode(dst, e.kept)
	}
	whole := len(src) / 3 * 3
	e.kept = append(e.kept[:0], src[whole:]...)
	return e.encode(dst, src[:whole]), nil
}

func (e *encoder) finish(dst []byte, _ bool) ([]byte, error) {
	dst = e.encode(dst, e.kept)
	if e.columns > 0 && e.column > 0 {
		dst = append(dst, '\n')
	}
	return dst, nil
}

// encode appends src, which must be groups of three but at the end of the
// input. A piece at a time, so that the lines are copied apart while the
// first-level cache holds them.
func (e *encoder) encode(dst, src []byte) []byte {
	if e.columns == 0 {
		n := len(dst)
		dst = grow(dst, base64.StdEncoding.EncodedLen(len(src)))
		base64.StdEncoding.Encode(dst[n:], src)
		return dst
	}
	const piece = 6 << 10
	for len(src) > 0 {
		n := min(piece, len(src))
		e.text = grow(e.text[:0], base64.StdEncoding.EncodedLen(n))
		base64.StdEncoding.Encode(e.text, src[:n])
		dst = e.breakLines(dst, e.text)
		src = src[n:]
	}
	return dst
}

// breakLines appends text to dst with a newline after every full line.
func (e *encoder) breakLines(dst, text []byte) []byte {
	for len(text) > 0 {
		n := min(e.columns-e.column, int64(len(text)))
		dst = append(dst, text[:n]...)
		text = text[n:]
		if e.column += n; e.column == e.columns {
			dst = append(dst, '\n')
			e.column = 0
		}
	}
	return dst
}

// grow returns b, n bytes longer.
func grow(b []byte, n int) []byte { return slices.Grow(b, n)[:len(b)+n] }
