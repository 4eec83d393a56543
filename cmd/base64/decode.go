package main

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/segmentio/asm/base64"
)

var errInvalid = errors.New("invalid input")

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// A decoder decodes groups of four characters to three bytes each, or to two or
// one where padding, or the end of the input, takes the place of characters. It
// is strict (RFC 4648, 3.5): bits that belong to no byte must be zero.
//
// A group is a word: what tables has for each of its characters at its place. First
// come the bytes, then the marks. For YWI= it is
//
//	Y     011000.. ........ ........ 00000000
//	W     ......01 0110.... ........ 00000000
//	I     ........ ....0010 00...... 00000000
//	=     ........ ........ ........ 00000001   padLast
//	all   'a'      'b'      0        00000001
type decoder struct {
	skipGarbage bool
	tables      [4][256]uint32

	group uint32 // the word of an unfinished group
	taken int    // how many characters are in it, 0 to 3
	text  []byte // room for a stretch without its newlines
	work  int    // how many bytes all passes together have looked at; for tests
}

const (
	padLast  = 0x01 // padding at the fourth place
	padThird = 0x02 // padding at the third
	invalid  = 0x80 // a character that cannot be at its place
	marks    = 0xff
)

func newDecoder(skipGarbage bool) *decoder {
	d := &decoder{skipGarbage: skipGarbage}
	for place := range d.tables {
		for c := range d.tables[place] {
			d.tables[place][c] = invalid
		}
		for value, c := range []byte(alphabet) {
			d.tables[place][c] = uint32(value) << (26 - 6*place)
		}
	}
	d.tables[2]['='], d.tables[3]['='] = padThird, padLast
	return d
}

// whole returns how many bytes a group has, and whether its padding is in order and
// the bits behind those bytes are zero.
func whole(group uint32) (n int, ok bool) {
	switch group & marks {
	case 0:
		return 3, true
	case padLast:
		return 2, group&0xff00 == 0
	case padThird | padLast:
		return 1, group&0xffff00 == 0
	}
	return 1, false // as in YQ=Y
}

const (
	long  = 512      // the shortest stretch without padding that is worth the codec's passes
	piece = 12 << 10 // the longest, so that the first-level cache holds it
	slack = 4        // a store needs more room than it keeps
)

// append decodes the whole groups of src. On errInvalid, dst has every whole
// byte before the fault. Each byte is looked at a fixed number of times: all that
// has been searched for padding is then decoded.
func (d *decoder) append(dst, src []byte) (_ []byte, err error) {
	dst = withRoom(dst, (len(src)+3)/4*3+slack)
	for len(src) > 0 && err == nil {
		n := min(piece, len(src))
		if padding := bytes.IndexByte(src[:n], '='); padding >= 0 {
			n = padding
		}
		d.work += n
		if n >= long {
			dst, err = d.decodeLong(dst, src[:n])
		} else {
			n = min(long, len(src))
			dst, err = d.decode(dst, src[:n])
		}
		src = src[n:]
	}
	return dst, err
}

// decodeLong is decode for a stretch without padding. The codec decodes it once
// newlines, and garbage if there is any, have been taken out. What is left for
// decode is less than a group, or all that has a fault in it.
func (d *decoder) decodeLong(dst, src []byte) (_ []byte, err error) {
	for ; d.taken > 0 && len(src) > 0; src = src[1:] {
		if dst, err = d.decode(dst, src[:1]); err != nil {
			return dst, err
		}
	}
	text := d.withoutNewlines(src)
	dst, n := d.useCodec(dst, text)
	if n == 0 && d.skipGarbage {
		text = d.withoutGarbage(text)
		dst, n = d.useCodec(dst, text)
	}
	return d.decode(dst, text[n:])
}

// useCodec decodes the n characters of text that make groups, or none if there is
// a fault. segmentio's codec is encoding/base64 in vector instructions, where the
// machine has them; else it passes over carriage returns, but counts one byte less.
func (d *decoder) useCodec(dst, text []byte) (_ []byte, n int) {
	n = len(text) / 4 * 4
	d.work += n
	end := len(dst) + n/4*3
	if m, err := base64.RawStdEncoding.Decode(dst[len(dst):end], text[:n]); err != nil || m != n/4*3 {
		return dst, 0
	}
	return dst[:end], n
}

// decode decodes anything, a group at a time where groups are in one piece.
func (d *decoder) decode(dst, src []byte) ([]byte, error) {
	d.work += len(src)
	out, at := dst[:cap(dst)], len(dst)
	for len(src) > 0 {
		if d.taken == 0 && len(src) >= 4 {
			group := d.tables[0][src[0]] | d.tables[1][src[1]] | d.tables[2][src[2]] | d.tables[3][src[3]]
			if n, ok := whole(group); ok {
				binary.BigEndian.PutUint32(out[at:], group)
				at += n
				src = src[4:]
				continue
			}
		}
		n, ok := d.take(out[at:], src[0])
		at += n
		if !ok {
			return out[:at], errInvalid
		}
		src = src[1:]
	}
	return out[:at], nil
}

// take is decode for one character: at the edge of a block, around newlines, and
// before a fault. It returns how many bytes that has completed.
func (d *decoder) take(out []byte, c byte) (n int, ok bool) {
	word := d.tables[d.taken][c]
	if word == invalid {
		if c == '\n' || d.skipGarbage && c != '=' {
			return 0, true
		}
		n, _ = d.endGroup(out)
		return n, false
	}
	d.group |= word
	if d.taken++; d.taken == 4 {
		return d.endGroup(out)
	}
	return 0, true
}

// endGroup decodes a group. Before a fault characters may be missing: for the bytes
// that are whole, padding is as good.
func (d *decoder) endGroup(out []byte) (n int, ok bool) {
	if d.taken > 1 {
		n, ok = whole(d.group | [...]uint32{2: padThird | padLast, 3: padLast, 4: 0}[d.taken])
		binary.BigEndian.PutUint32(out, d.group)
	}
	d.group, d.taken = 0, 0
	return n, ok
}

// finish decodes what the end of the input makes whole, as the padding would that
// is missing. Where reading failed before the end, that is nothing.
func (d *decoder) finish(dst []byte, atEnd bool) ([]byte, error) {
	if !atEnd || d.taken == 0 {
		return dst, nil
	}
	missing := 4 - d.taken
	if d.group&padThird != 0 {
		missing++ // half of the padding is a fault, and so is one = too many
	}
	return d.decode(withRoom(dst, slack), []byte("===")[:missing])
}

// withoutNewlines returns a copy of src less its newlines. It goes line by line, or
// byte by byte where lines are short: then each newline is overwritten by what follows.
func (d *decoder) withoutNewlines(src []byte) []byte {
	d.work += len(src)
	d.text = withRoom(d.text, piece)
	text, at := d.text[:piece], 0
	for len(src) > 0 {
		n := bytes.IndexByte(src, '\n')
		if n < 0 {
			n = len(src)
		}
		if n >= 16 {
			at += copy(text[at:], src[:n])
			src = src[min(n+1, len(src)):]
			continue
		}
		few := src[:min(64, len(src))]
		for _, c := range few {
			text[at] = c
			if c != '\n' {
				at++
			}
		}
		src = src[len(few):]
	}
	return text[:at]
}

// withoutGarbage takes out of text what is not in the alphabet, likewise.
func (d *decoder) withoutGarbage(text []byte) []byte {
	d.work += len(text)
	at := 0
	for _, c := range text {
		text[at] = c
		if d.tables[0][c] != invalid {
			at++
		}
	}
	return text[:at]
}
