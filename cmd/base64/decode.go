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
// A group is a word: what tables has for its characters, each at its place, put
// together by or. The bytes come first and below them the marks. For YWI= it is
//
//	Y     011000.. ........ ........ 00000000
//	W     ......01 0110.... ........ 00000000
//	I     ........ ....0010 00...... 00000000
//	=     ........ ........ ........ 00000001
//	all   'a'      'b'      0        one byte less
type decoder struct {
	skipGarbage bool
	tables      [4][256]uint32

	group uint32 // the word of an unfinished group
	taken int    // how many characters that has, 0 to 3
	text  []byte // a long stretch, without its newlines
	work  int    // how many bytes all passes together have looked at; for tests
}

// The marks of a word: a group that is whole has none, padLast or padBoth.
const (
	padLast = 1    // padding at the fourth place
	padBoth = 3    // and at the third, where it is 2
	invalid = 0x80 // a character that cannot be in its place
	marks   = 0xff
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
	d.tables[2]['='] = padBoth - padLast
	d.tables[3]['='] = padLast
	return d
}

// whole returns how many bytes a group of four completes, and whether it is
// valid: its padding in order, and zero bits behind those bytes.
func whole(group uint32) (n int, ok bool) {
	switch group & marks {
	case 0:
		return 3, true
	case padLast:
		return 2, group&0xff00 == 0
	case padBoth:
		return 1, group&0xffff00 == 0
	}
	return 1, false // YQ=Y
}

const (
	// long is from where on the codec is worth its passes over a stretch
	// without padding.
	long = 512
	// piece is how much is looked over at once, so that the first-level cache holds it.
	piece = 12 << 10
	// slack is for how many bytes more than it keeps a store needs room.
	slack = 4
)

// append decodes the whole groups of src. On errInvalid, dst has every whole
// byte before the fault. However short the stretches are, each byte is looked at a
// fixed number of times: what was searched for padding is then decoded, all of it.
func (d *decoder) append(dst, src []byte) (_ []byte, err error) {
	dst = grown(dst, (len(src)+3)/4*3+slack)
	for len(src) > 0 && err == nil {
		next := src[:min(piece, len(src))]
		n := bytes.IndexByte(next, '=')
		if n < 0 {
			n = len(next)
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

// decodeLong is decode for a long stretch without padding: the codec decodes it,
// once newlines, and garbage if there is any, have been taken out.
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
	return d.decode(dst, text[n:]) // less than a group, or all that has a fault in it
}

// useCodec decodes all groups of text, or none if there is a fault, and returns how
// many characters it has decoded. segmentio's codec is encoding/base64 over again in
// vector instructions, where the machine has them. Without them it passes over a
// carriage return: the count gives that away.
func (d *decoder) useCodec(dst, text []byte) (_ []byte, n int) {
	n = len(text) / 4 * 4
	end := len(dst) + n/4*3
	d.work += n
	if m, err := base64.RawStdEncoding.Decode(dst[len(dst):end], text[:n]); err != nil || m != n/4*3 {
		return dst, 0
	}
	return dst[:end], n
}

// decode decodes what may have anything in it, a group at a time.
func (d *decoder) decode(dst, src []byte) ([]byte, error) {
	d.work += len(src)
	out, at := dst[:cap(dst)], len(dst)
	for len(src) > 0 {
		for d.taken == 0 && len(src) >= 4 {
			group := d.tables[0][src[0]] | d.tables[1][src[1]] | d.tables[2][src[2]] | d.tables[3][src[3]]
			n, ok := whole(group)
			if !ok {
				break
			}
			binary.BigEndian.PutUint32(out[at:], group)
			at += n
			src = src[4:]
		}
		if len(src) > 0 {
			n, ok := d.take(out[at:], src[0])
			at += n
			if !ok {
				return out[:at], errInvalid
			}
			src = src[1:]
		}
	}
	return out[:at], nil
}

// take is decode for one character, where groups do not line up: at the edge of
// a block, around newlines and before a fault. It returns how many bytes it has decoded.
func (d *decoder) take(out []byte, c byte) (n int, ok bool) {
	word := d.tables[d.taken][c]
	switch {
	case word&invalid == 0:
		d.group |= word
		if d.taken++; d.taken < 4 {
			return 0, true
		}
		return d.endGroup(out)
	case c == '\n', d.skipGarbage && c != '=':
		return 0, true
	}
	n, _ = d.endGroup(out)
	return n, false
}

// endGroup decodes a group, unfinished or not. What is missing counts as padding.
func (d *decoder) endGroup(out []byte) (n int, ok bool) {
	if d.taken > 1 {
		n, ok = whole(d.group | [...]uint32{2: padBoth, 3: padLast, 4: 0}[d.taken])
		binary.BigEndian.PutUint32(out, d.group)
	}
	d.group, d.taken = 0, 0
	return n, ok
}

// finish decodes what the end of the input makes whole. Where reading failed
// before the end, that is nothing.
func (d *decoder) finish(dst []byte, atEnd bool) ([]byte, error) {
	if !atEnd || d.taken == 0 {
		return dst, nil
	}
	padded := d.group&marks != 0
	dst = grown(dst, 3+slack)
	n, ok := d.endGroup(dst[len(dst):cap(dst)])
	if dst = dst[:len(dst)+n]; !ok || padded {
		return dst, errInvalid
	}
	return dst, nil
}

// withoutNewlines returns src less its newlines: line by line, or byte by byte
// where lines are short.
func (d *decoder) withoutNewlines(src []byte) []byte {
	d.work += len(src)
	d.text = grown(d.text[:0], piece)
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
			text[at] = c // the next goes on top of a newline
			if c != '\n' {
				at++
			}
		}
		src = src[len(few):]
	}
	return text[:at]
}

// withoutGarbage takes out of text, in place, what is not in the alphabet. Every byte is
// stored, and the next goes on top of it if it should not have been: that is
// faster than a branch nobody can predict.
func (d *decoder) withoutGarbage(text []byte) []byte {
	d.work += len(text)
	n := 0
	for _, c := range text {
		text[n] = c
		if d.tables[0][c] != invalid {
			n++
		}
	}
	return text[:n]
}
