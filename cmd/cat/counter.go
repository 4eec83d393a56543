package main

// A counter is a line number in text, counted up in place: right-aligned in at
// least 6 columns and followed by a tab. It has room for 10^17 lines.
type counter struct {
	text  [32]byte // the digits before the last end at lastDigit
	start int      // where the text begins
	last  byte     // the last digit, which alone changes nine times in ten
}

const lastDigit = 16

func newCounter() counter {
	c := counter{start: lastDigit - 5, last: '0'}
	for i := range lastDigit {
		c.text[i] = ' '
	}
	return c
}

// next counts up, writes the number and the tab to out, which has room for 18
// bytes, and returns their length.
func (c *counter) next(out []byte) int {
	if c.last++; c.last > '9' {
		c.last = '0'
		c.carry()
	}
	copy16(out, c.text[c.start:])
	width := lastDigit - c.start
	out[width] = c.last
	out[width+1] = '\t'
	return width + 2
}

// numberLines copies src to out with a number before each line, as far as 16
// bytes can be copied at once, or to an empty line if it is to stop at those;
// out has room for what that makes. It returns how much it has read and
// written, and whether that ends within a line.
//
// This is what cat -n mostly is, and where lines are short a line costs more
// than its bytes: so all of it stands here in one loop, calling nothing.
func (c *counter) numberLines(out, src []byte, stopEmpty bool) (read, written int, midLine bool) {
	i, n, last := 0, 0, c.last
	before, width := c.text[c.start:], lastDigit-c.start
	for i+16 <= len(src) && !(stopEmpty && src[i] == '\n') {
		if last++; last > '9' {
			last = '0'
			c.carry()
			before, width = c.text[c.start:], lastDigit-c.start
		}
		copy16(out[n:n+16:n+16], before)
		out[n+width] = last
		out[n+width+1] = '\t'
		n += width + 2
		x, y := copy16(out[n:n+16:n+16], src[i:i+16:i+16])
		x, y = newline(x), newline(y)
		for x|y == 0 {
			i, n = i+16, n+16
			if i+16 > len(src) {
				c.last = last
				return i, n, true
			}
			x, y = copy16(out[n:n+16:n+16], src[i:i+16:i+16])
			x, y = newline(x), newline(y)
		}
		length := firstFlag(x, y) + 1
		i, n = i+length, n+length
	}
	c.last = last
	return i, n, false
}

// carry adds 1 to the digits before the last.
func (c *counter) carry() {
	i := lastDigit - 1
	for c.text[i] == '9' {
		c.text[i] = '0'
		i--
	}
	if c.text[i] == ' ' {
		c.text[i] = '0'
		c.start = min(c.start, i)
	}
	c.text[i]++
}
