package main

// A counter is a line number in text, counted up in place. It is right-aligned
// in at least 6 columns and followed by a tab.
type counter struct {
	text  [48]byte // the number without its last digit ends before lastDigit
	start int      // where the text begins
	last  byte     // the last digit, which alone changes nine times in ten
}

const lastDigit = 20

func newCounter() counter {
	c := counter{start: lastDigit - 5, last: '0'}
	for i := range lastDigit {
		c.text[i] = ' '
	}
	return c
}

// next counts up, writes the number and a tab to out, which has room for 24
// bytes, and returns their length.
func (c *counter) next(out []byte) int {
	if c.last++; c.last > '9' {
		c.last = '0'
		c.carry()
	}
	copy16(out, c.text[c.start:])
	copy16(out[8:], c.text[c.start+8:])
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
