package main

import "github.com/segmentio/asm/base64"

// An encoder encodes three bytes as four characters and ends its lines.
type encoder struct {
	columns int64  // characters a line; 0: lines do not end
	column  int64  // characters of the line so far
	kept    []byte // the 0 to 2 bytes that wait for a third
	text    []byte // room for a piece that is encoded and not yet broken into lines
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
	if e.column > 0 {
		dst = append(dst, '\n')
	}
	return dst, nil
}

// encode appends src, which must be groups of three but at the end of the
// input. It goes a piece at a time, so that the lines are copied apart while the
// first-level cache holds them.
func (e *encoder) encode(dst, src []byte) []byte {
	const piece = 6 << 10
	if e.columns == 0 {
		end := len(dst) + base64.StdEncoding.EncodedLen(len(src))
		base64.StdEncoding.Encode(dst[len(dst):end], src)
		return dst[:end]
	}
	e.text = withRoom(e.text, piece/3*4)
	for len(src) > 0 {
		n := min(piece, len(src))
		text := e.text[:base64.StdEncoding.EncodedLen(n)]
		base64.StdEncoding.Encode(text, src[:n])
		dst = e.breakLines(dst, text)
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

// room returns dst with room for what becomes of n bytes, those kept, and newlines.
func (e *encoder) room(dst []byte, n int) []byte {
	n = base64.StdEncoding.EncodedLen(n + len(e.kept))
	if e.columns > 0 {
		n += int(int64(n)/e.columns) + 2
	}
	return withRoom(dst, n)
}

// withRoom returns b with room for n bytes more. By append they would be written to,
// which costs a page of memory for every 4 KiB.
func withRoom(b []byte, n int) []byte {
	if len(b)+n <= cap(b) {
		return b
	}
	return append(make([]byte, 0, max(len(b)+n, 2*cap(b))), b...)
}
