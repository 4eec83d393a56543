package main

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/segmentio/asm/base64"
)

var errInvalid = errors.New("invalid input")

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// A decoder decodes groups of four characters to three bytes each. Padding, or the end
// of the input, may stand for the last one or two characters; then the group has two
// bytes or one. The decoder is strict (RFC 4648, 3.5): bits that belong to no byte must
// be zero.
//
// tables[i][c] is a word for c as the character at place i of a group: its six bits
// where they belong in the three upper bytes, and marks in the lowest byte. The words
// of a group's characters, one OR the other, are the decoded group. For YWI= it is
//
//	Y     011000.. ........ ........ 00000000
//	W     ......01 0110.... ........ 00000000
//	I     ........ ....0010 00...... 00000000
//	=     ........ ........ ........ 00000001   padLast
//	all   'a'      'b'      0        00000001
type decoder struct {
	skipGarbage bool
	tables      [4][256]uint32

	group uint32        // the words of an incomplete group
	count int           // how many characters are in it, 0 to 3
	text  [longest]byte // a stretch without its newlines
	work  int           // how many bytes all passes together have looked at; for tests
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

// bytesOf returns how many bytes a group decodes to, and whether its padding is in
// order and the bits after those bytes are zero.
func bytesOf(group uint32) (n int, ok bool) {
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
	shortest = 512      // the shortest stretch without padding that the codec is worth calling for
	longest  = 12 << 10 // the longest, which stays in the first-level cache
)

// convert decodes the groups of src that are complete. On errInvalid, dst has every
// complete byte before the fault. No byte is searched for padding again and again: all
// that has been searched is decoded at once, or it is shorter than shortest.
func (d *decoder) convert(dst, src []byte) (_ []byte, err error) {
	for len(src) > 0 && err == nil {
		n := min(longest, len(src))
		if padding := bytes.IndexByte(src[:n], '='); padding >= 0 {
			n = padding
		}
		d.work += n
		if n >= shortest {
			dst, err = d.decodeLong(dst, src[:n])
		} else {
			n = min(shortest, len(src))
			dst, err = d.decode(dst, src[:n])
		}
		src = src[n:]
	}
	return dst, err
}

// decodeLong is decode for a stretch without padding. The codec decodes it after
// newlines have been taken out, and then garbage if that is asked for. decode gets the
// rest: less than a group, or everything if there is a fault in it.
func (d *decoder) decodeLong(dst, src []byte) (_ []byte, err error) {
	for ; d.count > 0 && len(src) > 0; src = src[1:] {
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

// useCodec decodes the complete groups of text and returns their length, or 0 if there
// is a fault. segmentio's codec uses vector instructions. On a machine without them it
// is encoding/base64, which skips carriage returns; the result is too short then.
func (d *decoder) useCodec(dst, text []byte) (_ []byte, n int) {
	n = len(text) / 4 * 4
	d.work += n
	end := len(dst) + n/4*3
	if m, err := base64.RawStdEncoding.Decode(dst[len(dst):end], text[:n]); err != nil || m != n/4*3 {
		return dst, 0
	}
	return dst[:end], n
}

// decode decodes anything: four characters at once if they are a group, else one by one.
func (d *decoder) decode(dst, src []byte) ([]byte, error) {
	d.work += len(src)
	out, at := dst[:cap(dst)], len(dst)
	for len(src) > 0 {
		if d.count == 0 && len(src) >= 4 {
			group := d.tables[0][src[0]] | d.tables[1][src[1]] | d.tables[2][src[2]] | d.tables[3][src[3]]
			if n, ok := bytesOf(group); ok {
				binary.BigEndian.PutUint32(out[at:], group)
				at += n
				src = src[4:]
				continue
			}
		}
		n, ok := d.add(out[at:], src[0])
		at += n
		if !ok {
			return out[:at], errInvalid
		}
		src = src[1:]
	}
	return out[:at], nil
}

// add adds one character to the group: at the edge of a block, around newlines, and
// before a fault. It returns how many bytes that has completed.
func (d *decoder) add(out []byte, c byte) (n int, ok bool) {
	word := d.tables[d.count][c]
	if word == invalid {
		if c == '\n' || d.skipGarbage && c != '=' {
			return 0, true
		}
		n, _ = d.endGroup(out)
		return n, false
	}
	d.group |= word
	if d.count++; d.count == 4 {
		return d.endGroup(out)
	}
	return 0, true
}

// endGroup decodes the group. Before a fault it may be incomplete. Then padding stands
// for the missing characters, so that the bytes that are complete come out.
func (d *decoder) endGroup(out []byte) (n int, ok bool) {
	if d.count > 1 {
		padding := [...]uint32{2: padThird | padLast, 3: padLast, 4: 0}[d.count]
		n, ok = bytesOf(d.group | padding)
		binary.BigEndian.PutUint32(out, d.group)
	}
	d.group, d.count = 0, 0
	return n, ok
}

// finish decodes a last group whose padding is missing. If a read has failed before
// the end, that group is dropped.
func (d *decoder) finish(dst []byte, atEnd bool) ([]byte, error) {
	if !atEnd || d.count == 0 {
		return dst, nil
	}
	missing := 4 - d.count
	if d.group&padThird != 0 {
		missing++ // half of the padding is there, as in YQ=: one too many makes decode report that
	}
	return d.decode(dst, []byte("===")[:missing])
}

// withoutNewlines returns a copy of src without newlines. It goes line by line. Where
// lines are short it goes byte by byte: what follows a newline overwrites it.
func (d *decoder) withoutNewlines(src []byte) []byte {
	d.work += len(src)
	at := 0
	for len(src) > 0 {
		n := bytes.IndexByte(src, '\n')
		if n < 0 {
			n = len(src)
		}
		if n >= 16 {
			at += copy(d.text[at:], src[:n])
			src = src[min(n+1, len(src)):]
			continue
		}
		few := src[:min(64, len(src))]
		for _, c := range few {
			d.text[at] = c
			if c != '\n' {
				at++
			}
		}
		src = src[len(few):]
	}
	return d.text[:at]
}

// withoutGarbage takes out of text, in the same way, what is not in the alphabet.
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
