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
