package main

import "strings"

// byLetter has the byte that a backslash and a letter stand for, or 0.
var byLetter = [256]byte{
	'\\': '\\', 'a': '\a', 'b': '\b', 'e': 0x1b, 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v',
}

// unescape appends arg to out with its escapes replaced; stop is true if \c
// ended the output. A backslash that begins no escape is copied.
func unescape(out []byte, arg string) (_ []byte, stop bool) {
	for len(arg) > 0 {
		if arg[0] != '\\' {
			plain := strings.IndexByte(arg, '\\')
			if plain < 0 {
				plain = len(arg)
			}
			out = append(out, arg[:plain]...)
			arg = arg[plain:]
			continue
		}
		c, size := byte('\\'), 1
		if len(arg) > 1 {
			switch arg[1] {
			case 'c':
				return out, true
			case 'x':
				c, size = numeric(arg, 2, 16, 2)
			case '0':
				c, size = numeric(arg, 1, 8, 4) // the 0 is a digit too
			case '1', '2', '3', '4', '5', '6', '7':
				c, size = numeric(arg, 1, 8, 3)
			default:
				if b := byLetter[arg[1]]; b != 0 {
					c, size = b, 2
				}
			}
		}
		out = append(out, c)
		arg = arg[size:]
	}
	return out, false
}

// numeric reads an escape whose digits begin at escape[start], at most limit of them. It
// returns the low 8 bits of their value and the length of the escape. If there is no
// digit, that is the backslash and 1.
func numeric(escape string, start int, base uint8, limit int) (value uint8, length int) {
	end := start
	for ; end < start+limit && end < len(escape); end++ {
		digit := digitValue(escape[end])
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

// digitValue is the value of a hexadecimal digit, and 255 for anything else.
func digitValue(c uint8) uint8 {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
