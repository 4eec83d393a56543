package main

import "strings"

// unescape appends arg to out with its escapes replaced; stop is true if \c
// ended the output. What is no escape stays as it is: echo has no errors here.
func unescape(out []byte, arg string) (_ []byte, stop bool) {
	for {
		plain, rest, found := strings.Cut(arg, `\`)
		out = append(out, plain...)
		if !found {
			return out, false
		}
		c, size := escape(rest)
		switch {
		case size == 0:
			out = append(out, '\\')
		case rest[0] == 'c':
			return out, true
		default:
			out = append(out, c)
		}
		arg = rest[size:]
	}
}

// escape reads what follows a backslash: the byte it stands for and its
// length in the text, 0 if it stands for none.
func escape(text string) (c byte, size int) {
	if text == "" {
		return 0, 0
	}
	switch text[0] {
	case '\\', 'c':
		return text[0], 1
	case 'a':
		return '\a', 1
	case 'b':
		return '\b', 1
	case 'e':
		return 0x1b, 1
	case 'f':
		return '\f', 1
	case 'n':
		return '\n', 1
	case 'r':
		return '\r', 1
	case 't':
		return '\t', 1
	case 'v':
		return '\v', 1
	case 'x':
		if c, n := digits(text[1:], 16, 2); n > 0 {
			return c, 1 + n
		}
	case '0':
		c, n := digits(text[1:], 8, 3)
		return c, 1 + n
	default:
		return digits(text, 8, 3)
	}
	return 0, 0
}

// digits reads at most most digits: the low 8 bits of their value, and how
// many there were.
func digits(text string, base, most int) (value byte, n int) {
	for n < most && n < len(text) {
		digit := strings.IndexByte("0123456789abcdefABCDEF", text[n])
		if digit >= 16 {
			digit -= 6 // A to F mean what a to f do
		}
		if digit < 0 || digit >= base {
			break
		}
		value = value*byte(base) + byte(digit)
		n++
	}
	return value, n
}
