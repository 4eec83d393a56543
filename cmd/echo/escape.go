package main

import "bytes"

// byLetter has the byte that a backslash and a letter stand for, or 0.
var byLetter = [256]byte{
	'\\': '\\', 'a': '\a', 'b': '\b', 'e': 0x1b, 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v',
}

// digitPlusOne has the value of each hexadecimal digit, plus one, or 0.
var digitPlusOne = [256]byte{
	'0': 1, '1': 2, '2': 3, '3': 4, '4': 5, '5': 6, '6': 7, '7': 8, '8': 9, '9': 10,
	'a': 11, 'b': 12, 'c': 13, 'd': 14, 'e': 15, 'f': 16, 'A': 11, 'B': 12, 'C': 13, 'D': 14, 'E': 15, 'F': 16,
}

// unescape replaces the escapes of text in place: none becomes longer. At \c the text
// ends. A backslash that begins no escape stays.
func unescape(text []byte) []byte {
	out := text[:0]
	for len(text) > 0 {
		if text[0] != '\\' {
			plain := bytes.IndexByte(text, '\\')
			if plain < 0 {
				plain = len(text)
			}
			out = append(out, text[:plain]...)
			text = text[plain:]
			continue
		}
		if len(text) == 1 {
			return append(out, '\\')
		}
		c, size := byte('\\'), 1
		switch letter := text[1]; letter {
		case 'c':
			return out
		case 'x':
			c, size = numeric(text, 2, 16, 2)
		case '0':
			c, size = numeric(text, 1, 8, 4) // the 0 is a digit too
		case '1', '2', '3', '4', '5', '6', '7':
			c, size = numeric(text, 1, 8, 3)
		default:
			if byLetter[letter] != 0 {
				c, size = byLetter[letter], 2
			}
		}
		out = append(out, c)
		text = text[size:]
	}
	return out
}

// numeric reads an escape whose digits begin at escape[start], at most limit of them. It
// returns the low 8 bits of their value and the length of the escape. If there is no
// digit, that is the backslash and 1.
func numeric(escape []byte, start int, base byte, limit int) (value byte, length int) {
	end := start
	for ; end < min(start+limit, len(escape)); end++ {
		digit := digitPlusOne[escape[end]] - 1 // 255 if it is no digit
		if digit >= base {
			break
		}
		value = value*base + digit
	}
	if end == start {
		return '\\', 1
	}
	return value, end
}
