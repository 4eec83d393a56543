package main

import (
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"fd42.example/fd42/internal/tour/lesson"
)

// A page lays text out in styled rows and writes them.
type page struct {
	out    *os.File
	raw    bool // the terminal needs a carriage return
	styled bool
	cursor bool // rows can be taken back
	ascii  bool // the locale has no other characters
	width  int  // of a row, in columns
	height int  // of the screen, in rows
	rows   int  // written since the reader last went on

	unended bool // a program has left the row begun
}

// newPage looks at where out leads: a terminal decides the size and allows
// styles, unless NO_COLOR forbids them; see https://no-color.org.
func newPage(out *os.File) *page {
	p := &page{out: out, width: 80, height: 24, ascii: !isUTF8()}
	p.cursor = term.IsTerminal(int(out.Fd())) && os.Getenv("TERM") != "dumb"
	p.styled = p.cursor && os.Getenv("NO_COLOR") == ""
	p.measure()
	return p
}

// isUTF8 asks the environment for the locale's characters, as setlocale does.
func isUTF8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(os.Getenv(name)); value != "" {
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return false
}

// measure asks the terminal, if it is one, for its size, which may change.
func (p *page) measure() {
	width, height, err := term.GetSize(int(p.out.Fd()))
	if err == nil && width > 0 && height > 0 {
		p.width, p.height = width, height
	}
}

// longestLine is what the eye follows back to the next one with ease.
const longestLine = 72

// text is a paragraph, its first row after bullet and the others under it.
func (p *page) text(bullet string, spans []lesson.Span) []string {
	indent := 0
	if bullet != "" {
		indent = len([]rune(bullet)) + 1
	}
	var rows []string
	for i, line := range wrap(p.cells(spans), min(p.width, longestLine)-indent) {
		before := strings.Repeat(" ", indent)
		if i == 0 && bullet != "" {
			before = bullet + " "
		}
		rows = append(rows, before+p.render(line))
	}
	return rows
}

// margin sets what is shown literally off from prose, and hang marks the rest
// of a line that is wider than the page: it is not a line of its own.
const (
	margin = "  "
	hang   = "  ↳ "
)

// literal is one line as it is, folded where it is too wide.
func (p *page) literal(text string, s style) []string {
	var rows []string
	for i, piece := range fold(expand(text), p.width-len(margin), columns(hang)) {
		piece = p.paint(piece, s)
		if i > 0 {
			piece = p.paint(hang, dim) + piece
		}
		rows = append(rows, strings.TrimRight(margin+piece, " "))
	}
	return rows
}

// columns is how wide text is on the screen, without its styles.
func columns(text string) int {
	n := 0
	for text != "" {
		if rest, styled := strings.CutPrefix(text, "\x1b["); styled {
			_, text, _ = strings.Cut(rest, "m")
			continue
		}
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		n++
	}
	return n
}

// beside puts a note at the right of a row, where it fits.
func (p *page) beside(row, note string) string {
	space := min(p.width-1, longestLine+len(margin)) - columns(row) - columns(note)
	if space < 2 || note == "" {
		return row
	}
	return row + strings.Repeat(" ", space) + p.paint(note, dim)
}

// glossary lays out words with their meanings beside them. A long word has a
// row of its own.
func (p *page) glossary(entries [][2]string) (rows []string) {
	widest, width := min(14, p.width/4), 0
	for _, entry := range entries {
		if n := columns(entry[0]); n <= widest {
			width = max(width, n)
		}
	}
	indent := len(margin) + width + 2
	for _, entry := range entries {
		meaning := p.text(strings.Repeat(" ", indent-1), lesson.Inline(entry[1]))
		if n := columns(entry[0]); n <= width {
			meaning[0] = margin + p.paint(entry[0], bold) + strings.Repeat(" ", width-n+2) + meaning[0][indent:]
		} else {
			rows = append(rows, p.literal(entry[0], bold)...)
		}
		rows = append(rows, meaning...)
	}
	return rows
}

// annotate puts a note beside the last of rows, or below them.
func (p *page) annotate(rows []string, note string) []string {
	last := len(rows) - 1
	noted := p.beside(rows[last], note)
	if noted == rows[last] && note != "" {
		return append(rows, p.beside("", note))
	}
	return append(rows[:last], noted)
}

// line writes one row.
func (p *page) line(text string) {
	end := "\n"
	if p.raw {
		end = "\r\n"
	}
	if p.ascii {
		text = plainer.Replace(text)
	}
	if p.unended {
		p.out.WriteString(end)
		p.unended = false
	}
	p.out.WriteString(text + end)
	p.rows++
}

// lines writes rows.
func (p *page) lines(rows []string) {
	for _, row := range rows {
		p.line(row)
	}
}

// takeBack removes rows, and the begun one below them, which the reader has
// read and done with. A terminal that cannot goes to the next row.
func (p *page) takeBack(rows int) {
	if !p.cursor {
		p.out.WriteString("\r\n")
		return
	}
	p.out.WriteString("\r\x1b[K" + strings.Repeat("\x1b[A\x1b[K", rows))
}

// plainer writes in ASCII what lessons and the tour write with more.
var plainer = strings.NewReplacer(
	"─", "-", "│", "|", "┌", "+", "┐", "+", "└", "+", "┘", "+", "├", "+", "┤", "+", "┬", "+", "┴", "+", "┼", "+",
	"═", "=", "→", ">", "←", "<", "•", "*", "—", "-", "–", "-", "‹", "<", "›", ">", "…", "...", "✔", "*", "✘", "x", "↳", "\\", "’", "'",
)

// A style is how a terminal shows a text.
type style string

const (
	normal style = ""
	bold   style = "\x1b[1m"
	dim    style = "\x1b[2m"
)

func (p *page) paint(text string, s style) string {
	if !p.styled || s == normal || text == "" {
		return text
	}
	return string(s) + text + "\x1b[0m"
}

// A cell is one character and its style: a word may change style midway, as
// before a comma.
type cell struct {
	char  rune
	style style
}

// cells spreads out spans. Without styles, code stands in backquotes. Code is
// kept on one line: its spaces are hard until they are written.
func (p *page) cells(spans []lesson.Span) []cell {
	var cells []cell
	for _, span := range spans {
		text, s := span.Text, normal
		switch {
		case span.Style != lesson.Plain && p.styled:
			s = bold
		case span.Style == lesson.Code:
			text = "`" + text + "`"
		}
		if span.Style == lesson.Code {
			text = strings.ReplaceAll(text, " ", hardSpace)
		}
		for _, char := range text {
			cells = append(cells, cell{char, s})
		}
	}
	return cells
}

const hardSpace = "\u00a0"

// render is a line of cells as the terminal takes it.
func (p *page) render(cells []cell) string {
	var b strings.Builder
	for from := 0; from < len(cells); {
		to := from
		var run strings.Builder
		for to < len(cells) && cells[to].style == cells[from].style {
			run.WriteRune(cells[to].char)
			to++
		}
		b.WriteString(p.paint(strings.ReplaceAll(run.String(), hardSpace, " "), cells[from].style))
		from = to
	}
	return b.String()
}

// wrap cuts text into lines of at most width columns, between words where it
// can.
func wrap(text []cell, width int) [][]cell {
	var lines [][]cell
	for len(text) > 0 {
		end := lineEnd(text, width, func(c cell) bool { return c.char == ' ' })
		line := text[:end]
		for len(line) > 0 && line[len(line)-1].char == ' ' {
			line = line[:len(line)-1]
		}
		lines = append(lines, line)
		text = text[end:]
	}
	return lines
}

// fold cuts a line as wrap does; every piece but the first is narrower by
// hang. An empty line is one piece.
func fold(line string, width, hang int) []string {
	var pieces []string
	text := []rune(line)
	for {
		end := lineEnd(text, width, func(r rune) bool { return r == ' ' })
		pieces = append(pieces, strings.TrimRight(string(text[:end]), " "))
		text = text[end:]
		if len(pieces) == 1 {
			width -= hang
		}
		if len(text) == 0 {
			return pieces
		}
	}
}

// lineEnd is where the first line of text ends: after the last space that
// leaves it at most width columns, the space itself not counted, or at width
// where there is none.
func lineEnd[T any](text []T, width int, isSpace func(T) bool) int {
	width = max(width, 1)
	if len(text) <= width {
		return len(text)
	}
	for i := width; i > 0; i-- {
		if isSpace(text[i]) {
			return i + 1
		}
	}
	return width
}

// expand replaces tabs by the spaces that a terminal shows for them.
func expand(line string) string {
	var b strings.Builder
	column := 0
	for _, char := range line {
		if char != '\t' {
			b.WriteRune(char)
			column++
			continue
		}
		spaces := 8 - column%8
		b.WriteString(strings.Repeat(" ", spaces))
		column += spaces
	}
	return b.String()
}
