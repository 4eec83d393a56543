package main

import "github.com/segmentio/asm/base64"

// An encoder encodes three bytes as four characters and ends its lines.
type encoder struct {
	columns int64           // characters in a line; 0: no newlines
	column  int64           // characters of the line so far
	kept    []byte          // the 0 to 2 bytes that wait for a third
	text    [textPiece]byte // characters that are not yet broken into lines
}

// textPiece is how many characters are coded at once: few enough that the next step
// finds them in the first-level cache.
const textPiece = 4 << 10

// convert appends to dst the lines of the groups that src completes.
func (e *encoder) convert(dst, src []byte) ([]byte, error) {
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

// finish pads the last group and ends the line, also after a failed read.
func (e *encoder) finish(dst []byte, _ bool) ([]byte, error) {
	dst = e.encode(dst, e.kept)
	if e.column > 0 {
		dst = append(dst, '\n')
	}
	return dst, nil
}

// encode appends src, a multiple of three bytes except at the end of the input.
func (e *encoder) encode(dst, src []byte) []byte {
	if e.columns == 0 {
		end := len(dst) + base64.StdEncoding.EncodedLen(len(src))
		base64.StdEncoding.Encode(dst[len(dst):end], src)
		return dst[:end]
	}
	for len(src) > 0 {
		n := min(textPiece/4*3, len(src))
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
