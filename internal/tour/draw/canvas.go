package draw

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// A canvas is a grid of cells. A character that is two cells wide fills its
// second cell with an empty string; a mark that combines with the character
// before it has no cell of its own.
type canvas struct{ rows [][]string }

// put writes text from a cell on.
func (c *canvas) put(x, y int, text string) {
	for len(c.rows) <= y {
		c.rows = append(c.rows, nil)
	}
	row := c.rows[y]
	for _, r := range text {
		switch w := runeCells(r); {
		case w == 0 && x > 0 && x <= len(row):
			row[x-1] += string(r)
		case w > 0:
			for len(row) < x+w {
				row = append(row, " ")
			}
			row[x] = string(r)
			if w == 2 {
				row[x+1] = ""
			}
			x += w
		}
	}
	c.rows[y] = row
}

// width is that of row y.
func (c *canvas) width(y int) int {
	if y >= len(c.rows) {
		return 0
	}
	return len(c.rows[y])
}

// lines returns the rows without the spaces at their ends.
func (c *canvas) lines() []string {
	var lines []string
	for _, row := range c.rows {
		lines = append(lines, strings.TrimRight(strings.Join(row, ""), " "))
	}
	return lines
}

// cells is how many columns of a terminal the text takes.
func cells(text string) int {
	n := 0
	for _, r := range text {
		n += runeCells(r)
	}
	return n
}

// runeCells is the width of one character. Which characters of East Asian
// scripts are wide is a table of Unicode's; golang.org/x/text/width has it.
func runeCells(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// shorten returns text in at most limit columns, its middle left out.
func shorten(text string, limit int) string {
	if cells(text) <= limit {
		return text
	}
	runes := []rune(text)
	end := (limit - 1) / 2 // columns kept of the end, where names differ most
	tail := 0
	from := len(runes)
	for from > 0 && tail+runeCells(runes[from-1]) <= end {
		from--
		tail += runeCells(runes[from])
	}
	head, to := 0, 0
	for head+runeCells(runes[to]) <= limit-1-tail {
		head += runeCells(runes[to])
		to++
	}
	return string(runes[:to]) + "…" + string(runes[from:])
}

// crop cuts a line that is wider than limit.
func crop(line string, limit int) string {
	if cells(line) <= limit {
		return line
	}
	var b strings.Builder
	used := 0
	for _, r := range line {
		if used += runeCells(r); used > limit-1 {
			break
		}
		b.WriteRune(r)
	}
	return b.String() + "…"
}

// ascii returns a line in ASCII: each character that pictures are made of
// becomes one that looks like it, so that nothing moves.
func ascii(line string) string {
	return strings.NewReplacer(
		"─", "-", "│", "|", "═", "=", "║", "|",
		"┌", "+", "┐", "+", "└", "+", "┘", "+", "├", "+", "┤", "+", "┬", "+", "┴", "+", "┼", "+",
		"╔", "+", "╗", "+", "╚", "+", "╝", "+", "╠", "+", "╣", "+", "╦", "+", "╩", "+", "╬", "+",
		"→", ">", "←", "<", "●", "o", "·", ".", "╳", "X", "✕", "x", "†", "!", "…", "~",
	).Replace(line)
}
