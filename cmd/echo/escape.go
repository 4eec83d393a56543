package main

import "strings"

// unescape appends arg to out with its escapes replaced; stop is true if \c
// ended the output. What is no escape stays as it is: echo has no errors here.
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
			case '\\':
				c, size = '\\', 2
			case 'a':
				c, size = '\a', 2
			case 'b':
				c, size = '\b', 2
			case 'c':
				return out, true
			case 'e':
				c, size = 0x1b, 2
			case 'f':
				c, size = '\f', 2
			case 'n':
				c, size = '\n', 2
			case 'r':
				c, size = '\r', 2
			case 't':
				c, size = '\t', 2
			case 'v':
				c, size = '\v', 2
			case 'x':
				c, size = number(arg, 2, 16, 2)
			case '0':
				if c, size = number(arg, 2, 8, 3); size == 1 {
					c, size = 0, 2
				}
			default:
				c, size = number(arg, 1, 8, 3)
			}
		}
		out = append(out, c)
		arg = arg[size:]
	}
	return out, false
}

// number reads up to limit digits of an escape, which begin at start: the low 8
// bits of their value and the length of the escape. Without digits there is none,
// and a backslash is all that it returns.
func number(escape string, start int, base uint8, limit int) (value uint8, length int) {
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

// digitValue is 255 for what is no digit.
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
