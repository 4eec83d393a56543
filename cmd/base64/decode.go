package main

import (
	"bytes"
	"errors"

	"github.com/segmentio/asm/base64"
)

var errInvalid = errors.New("invalid input")

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// A decoder decodes four characters to three bytes. A group of two or three
// characters is whole too, if padding follows it or the end of the input. It
// is strict (RFC 4648, 3.5): bits that belong to no byte must be zero.
type decoder struct {
	skipGarbage bool
	value       [256]byte // of each character; noValue outside the alphabet

	text    []byte // a block without its newlines
	clean   bool   // there is no garbage in it to be skipped, or it has been taken out
	group   []byte // the 0 to 3 characters of an unfinished group
	padding bool   // the group has had the first of two =
}

const noValue = 0xff

func newDecoder(skipGarbage bool) *decoder {
	d := &decoder{skipGarbage: skipGarbage}
	for c := range d.value {
		d.value[c] = noValue
	}
	for value, c := range []byte(alphabet) {
		d.value[c] = byte(value)
	}
	return d
}

// append decodes the whole groups of src. On errInvalid, dst has every whole
// byte before the fault.
func (d *decoder) append(dst, src []byte) (_ []byte, err error) {
	text := d.withoutNewlines(src)
	d.clean = !d.skipGarbage
	for len(text) > 0 {
		if len(d.group) == 0 {
			dst, text = d.wholeGroups(dst, text)
		}
		if len(text) > 0 {
			if dst, err = d.character(dst, text[0]); err != nil {
				return dst, err
			}
			text = text[1:]
		}
	}
	return dst, nil
}

// wholeGroups decodes the groups of four at the beginning of text, and
// returns what follows them. The codec does all of text at once if it can.
func (d *decoder) wholeGroups(dst, text []byte) (_, rest []byte) {
	n, whole := len(dst), len(text)/4*4
	dst = grow(dst, whole/4*3)
	// On a machine without vectors the codec would pass over a carriage
	// return; the count gives that away.
	if m, err := base64.RawStdEncoding.Decode(dst[n:], text[:whole]); err == nil && m == len(dst)-n {
		return dst, text[whole:]
	}
	if !d.clean {
		text, d.clean = d.withoutGarbage(text), true
	}
	whole = 0
	for whole < len(text) && d.value[text[whole]] != noValue {
		whole++
	}
	whole = whole / 4 * 4
	m, _ := base64.RawStdEncoding.Decode(dst[n:], text[:whole])
	return dst[:n+m], text[whole:]
}

// character takes one character where groups of four do not line up: at the
// edge of a block, around padding and before a fault.
func (d *decoder) character(dst []byte, c byte) ([]byte, error) {
	switch {
	case d.value[c] != noValue && !d.padding:
		if d.group = append(d.group, c); len(d.group) == 4 {
			return d.endGroup(dst)
		}
	case c == '=' && len(d.group) == 2 && !d.padding:
		d.padding = true
	case c == '=' && len(d.group) >= 2:
		return d.endGroup(dst)
	case d.value[c] == noValue && c != '=' && d.skipGarbage:
	default:
		return d.wholeBytes(dst), errInvalid
	}
	return dst, nil
}

// finish decodes what the end of the input makes whole. Where reading failed
// before the end, that is nothing.
func (d *decoder) finish(dst []byte, atEnd bool) ([]byte, error) {
	switch {
	case !atEnd || len(d.group) == 0:
		return dst, nil
	case len(d.group) == 1 || d.padding:
		return d.wholeBytes(dst), errInvalid
	}
	return d.endGroup(dst)
}

// endGroup decodes a whole group of two to four characters.
func (d *decoder) endGroup(dst []byte) ([]byte, error) {
	unused := [...]byte{2: 0x0f, 3: 0x03, 4: 0}[len(d.group)]
	last := d.value[d.group[len(d.group)-1]]
	dst = d.wholeBytes(dst)
	d.group, d.padding = d.group[:0], false
	if last&unused != 0 {
		return dst, errInvalid
	}
	return dst, nil
}

// wholeBytes appends the bytes that the characters of the group complete.
func (d *decoder) wholeBytes(dst []byte) []byte {
	bits := uint32(0)
	for i := range 4 {
		bits <<= 6
		if i < len(d.group) {
			bits |= uint32(d.value[d.group[i]])
		}
	}
	whole := []byte{byte(bits >> 16), byte(bits >> 8), byte(bits)}
	return append(dst, whole[:len(d.group)*6/8]...)
}

// withoutNewlines returns src less its newlines. Searching for each would take
// longer than decoding. But most lines are as long as the one before: they are
// copied on that assumption, and looked over all at once.
func (d *decoder) withoutNewlines(src []byte) []byte {
	n := bytes.IndexByte(src, '\n')
	if n < 0 {
		return src
	}
	for d.text = d.text[:0]; n >= 0; n = bytes.IndexByte(src, '\n') {
		sure := len(d.text) + n
		for n < len(src) && src[n] == '\n' {
			d.text = append(d.text, src[:n]...)
			src = src[n+1:]
		}
		if bytes.IndexByte(d.text[sure:], '\n') >= 0 { // there were shorter ones
			d.text = appendWithout(d.text[:sure], '\n', d.text[sure:])
		}
	}
	d.text = append(d.text, src...)
	return d.text
}

// appendWithout appends src to dst, which may lie before it in the same
// memory, less every c.
func appendWithout(dst []byte, c byte, src []byte) []byte {
	for {
		n := bytes.IndexByte(src, c)
		if n < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:n]...)
		src = src[n+1:]
	}
}

// withoutGarbage returns text, which may lie in d.text and is then overwritten
// from its front, less what is neither in the alphabet nor padding. Every byte
// is stored, and the next goes on top of it if it should not have been: that is
// faster than a branch nobody can predict.
func (d *decoder) withoutGarbage(text []byte) []byte {
	d.text = grow(d.text[:0], len(text))
	n := 0
	for _, c := range text {
		d.text[n] = c
		if d.value[c] != noValue || c == '=' {
			n++
		}
	}
	return d.text[:n]
}
