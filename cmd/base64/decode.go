package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"

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

	text [3 + textPiece]byte // an incomplete group, then some input without its newlines
	kept int                 // length of the incomplete group
	work int                 // how many bytes all passes together have looked at; for tests
}

const (
	padLast  = 0x01 // padding at the fourth place
	padThird = 0x02 // padding at the third
	invalid  = 0x80 // a character that cannot be at its place
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

// convert decodes the groups that src completes. On errInvalid, dst has every complete
// byte before the fault.
func (d *decoder) convert(dst, src []byte) (_ []byte, err error) {
	for src := range slices.Chunk(src, textPiece) {
		text := d.text[:d.kept+d.copyText(d.text[d.kept:], src)]
		if dst, err = d.decode(dst, text); err != nil {
			break
		}
	}
	return dst, err
}

// decode decodes the complete groups of text and keeps what is left. The codec decodes
// them all, or they are looked up. Garbage is taken out when it is first met.
func (d *decoder) decode(dst, text []byte) (_ []byte, err error) {
	for clean := !d.skipGarbage; ; clean = true {
		n, ok := len(text)/4*4, false
		if dst, ok = d.useCodec(dst, text[:n]); !ok {
			dst, n, ok = d.lookUp(dst, text[:n])
		}
		text = text[n:]
		switch {
		case ok:
			d.kept = copy(d.text[:], text)
			return dst, nil
		case clean:
			return d.beforeFault(dst, text), errInvalid
		}
		text = d.withoutGarbage(text)
	}
}

// useCodec decodes text, which is whole groups, by vector instructions, if there is no
// fault or padding in it. If there is, dst stays as it is. The codec would skip carriage
// returns.
func (d *decoder) useCodec(dst, text []byte) (_ []byte, ok bool) {
	d.work += len(text)
	if bytes.IndexByte(text, '\r') >= 0 {
		return dst, false
	}
	end := len(dst) + len(text)/4*3
	if _, err := base64.RawStdEncoding.Decode(dst[len(dst):end], text); err != nil {
		return dst, false
	}
	return dst[:end], true
}

// lookUp decodes text, which is whole groups, up to the first one that has a fault. It
// returns the length of the groups before that one.
func (d *decoder) lookUp(dst, text []byte) (_ []byte, n int, ok bool) {
	d.work += len(text)
	out, at := dst[:cap(dst)], len(dst)
	for n = 0; len(text)-n >= 4; n += 4 {
		c := text[n : n+4]
		group := d.tables[0][c[0]] | d.tables[1][c[1]] | d.tables[2][c[2]] | d.tables[3][c[3]]
		size := 3
		switch {
		case group&0xff == 0:
		case group&0xffff == padLast:
			size = 2
		case group&0xffffff == padThird|padLast:
			size = 1
		default:
			return out[:at], n, false
		}
		binary.BigEndian.PutUint32(out[at:], group)
		at += size
	}
	return out[:at], n, true
}

// beforeFault decodes the complete bytes of a group that has a fault: every character
// before the fault completes one, except the first.
func (d *decoder) beforeFault(dst, text []byte) []byte {
	var group uint32
	end := len(dst)
	for i, c := range text[:min(4, len(text))] {
		word := d.tables[i][c]
		if word&0xff != 0 {
			break
		}
		group |= word
		end = len(dst) + i
	}
	return binary.BigEndian.AppendUint32(dst, group)[:end]
}

// finish decodes a last group whose padding is missing. If a read has failed before
// the end, that group is dropped.
func (d *decoder) finish(dst []byte, atEnd bool) ([]byte, error) {
	text := d.text[:d.kept]
	if d.skipGarbage {
		text = d.withoutGarbage(text)
	}
	if !atEnd || len(text) == 0 {
		return dst, nil
	}
	missing := "==="
	if bytes.IndexByte(text, '=') >= 0 {
		missing = "AAA" // half of the padding is there, and YQ=A has the fault that YQ= has
	}
	return d.decode(dst, append(text, missing[len(text)-1:]...))
}

// copyText copies src to text without newlines and returns the length. It goes line by
// line. Where lines are short it goes byte by byte: what follows a newline overwrites it.
func (d *decoder) copyText(text, src []byte) (n int) {
	d.work += len(src)
	for len(src) > 0 {
		line := bytes.IndexByte(src, '\n')
		if line < 0 {
			line = len(src)
		}
		if line >= 16 {
			n += copy(text[n:], src[:line])
			src = src[min(line+1, len(src)):]
			continue
		}
		few := src[:min(64, len(src))]
		for _, c := range few {
			text[n] = c
			if c != '\n' {
				n++
			}
		}
		src = src[len(few):]
	}
	return n
}

// withoutGarbage takes out of text what is neither in the alphabet nor padding.
func (d *decoder) withoutGarbage(text []byte) []byte {
	d.work += len(text)
	n := 0
	for _, c := range text {
		text[n] = c
		if d.tables[3][c] != invalid {
			n++
		}
	}
	return text[:n]
}
