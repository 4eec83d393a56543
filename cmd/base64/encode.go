package main

import "github.com/segmentio/asm/base64"

// An encoder encodes three bytes as four characters and ends its lines.
type encoder struct {
	columns int64  // characters a line; 0: lines do not end
	column  int64  // characters of the line so far
	kept    []byte // the 0 to 2 bytes that wait for a third
	text    []byte // a piece, encoded and not yet broken into lines
}

func (e *encoder) append(dst, src []byte) ([]byte, error) {
	dst = e.room(dst, len(src))
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
	dst = e.encode(e.room(dst, 0), e.kept)
	if e.columns > 0 && e.column > 0 {
		dst = append(dst, '\n')
	}
	return dst, nil
}

// encode appends src, which must be groups of three but at the end of the
// input. It goes a piece at a time, so that the lines are copied apart while the
// first-level cache holds them.
func (e *encoder) encode(dst, src []byte) []byte {
	const piece = 6 << 10
	for len(src) > 0 {
		n := min(piece, len(src))
		length := base64.StdEncoding.EncodedLen(n)
		if e.columns == 0 {
			end := len(dst) + length
			base64.StdEncoding.Encode(dst[len(dst):end], src[:n])
			dst = dst[:end]
		} else {
			e.text = grown(e.text, piece/3*4)
			base64.StdEncoding.Encode(e.text[:length], src[:n])
			dst = e.breakLines(dst, e.text[:length])
		}
		src = src[n:]
	}
	return dst
}

// breakLines appends text to dst with a newline after every full line.
func (e *encoder) breakLines(dst, text []byte) []byte {
	out, at, column := dst[:cap(dst)], len(dst), e.column
	for len(text) > 0 {
		n := copy(out[at:], text[:min(e.columns-column, int64(len(text)))])
		text = text[n:]
		at += n
		if column += int64(n); column == e.columns {
			out[at] = '\n'
			at++
			column = 0
		}
	}
	e.column = column
	return out[:at]
}

// room returns dst with room for what becomes of n bytes, and of those kept.
func (e *encoder) room(dst []byte, n int) []byte {
	chars := (n + len(e.kept) + 2) / 3 * 4
	if e.columns == 0 {
		return grown(dst, chars)
	}
	return grown(dst, chars+int(min(int64(chars), int64(chars)/e.columns+1))+1)
}

// grown returns b with room for n bytes, which costs no memory until it is
// written to: hence not by append, which would write zeros.
func grown(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	return append(make([]byte, 0, len(b)+n), b...)
}
