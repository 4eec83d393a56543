package draw

import (
	"cmp"
	"slices"
	"strings"

	"fd42.example/fd42/internal/tour/record"
)

// A mark is text at a place on the canvas.
type mark struct {
	x, y int
	text string
}

// A line is what is drawn between a port and what it leads to, without the
// arrow: "── 8 B ──". It may be stretched.
type line struct {
	flow  flow
	label string
	pipe  bool
	dash  int
	least int // columns
}

// line returns the line of a port that leads away from its box to the right
// or to the left.
func (s settings) line(p *port, left bool) line {
	l := line{flow: p.flow, pipe: p.place.kind == record.Pipe, dash: s.dash, least: s.dash}
	switch {
	case p.place.kind == record.Closed:
		return line{}
	case p.flow == still:
		l.least = s.dots
	case p.flow == moved:
		l.label = s.label(p.bytes)
		l.least = 2*s.dash + cells(l.label)
	case left && p.place.isFile():
		l.least = 2 * s.dash
	}
	if p.in {
		l.least++ // the arrow at the port
	}
	return l
}

func (s settings) label(bytes int64) string {
	if s.dash == 1 {
		return strings.ReplaceAll(count(bytes), " ", "")
	}
	return " " + count(bytes) + " "
}

// stretch returns the line in so many columns.
func (l line) stretch(columns int) string {
	stroke := "─"
	switch {
	case l.flow == still:
		return string([]rune(strings.Repeat("· ", columns))[:columns])
	case l.pipe:
		stroke = "═"
	}
	if l.label == "" {
		return strings.Repeat(stroke, columns)
	}
	return strings.Repeat(stroke, l.dash) + l.label + strings.Repeat(stroke, columns-l.dash-cells(l.label))
}

// A strand is a row of a fan: a port, and the column where its line begins.
type strand struct {
	port *port
	x, y int
}

// A fan is all that leads from the edges of some boxes, which stand one below
// the other, to one side. Its columns count from the boxes away. Lines that
// lead to one place are joined; a joint stands beyond everything in the rows
// that it passes, so that lines do not cross unless they must.
type fan struct {
	settings
	left    bool
	strands []strand
	reach   map[*port]int // the least columns that each line takes
	extent  map[int]int   // the first free column of each row
	marks   []mark
	joints  []mark // drawn last: a line that they cross passes behind them
}

// fan lays out strands. The first free column of each row is as occupied says.
func (s settings) fan(strands []strand, left bool, occupied func(y int) int) *fan {
	f := &fan{settings: s, left: left, strands: strands, reach: map[*port]int{}, extent: map[int]int{}}
	widest := map[*box]int{}
	for _, r := range strands {
		f.reach[r.port] = s.line(r.port, left).least
		widest[r.port.box] = max(widest[r.port.box], f.reach[r.port])
	}
	if !s.ragged {
		for _, r := range strands {
			f.reach[r.port] = widest[r.port.box]
		}
	}
	if len(strands) == 0 {
		return f
	}
	for y := strands[0].y; y <= strands[len(strands)-1].y; y++ {
		f.extent[y] = occupied(y)
	}
	for _, r := range strands {
		f.extent[r.y] = r.x + f.reach[r.port] + 1
	}
	for _, unit := range f.units() {
		f.unit(unit)
	}
	return f
}

// units groups strands that have to be drawn together: those that lead to one
// file, and those of one box that lead to one place of another kind. Units that
// span fewer rows come first, so that the others go around them.
func (f *fan) units() [][]strand {
	type key struct {
		path  string
		place *place
		box   *box
		port  *port
	}
	var order []key
	members := map[key][]strand{}
	for _, r := range f.strands {
		k := key{place: r.port.place, box: r.port.box}
		switch p := r.port.place; {
		case p.isFile() && p.path != "" && !f.left:
			k = key{path: p.path}
		case p.kind == record.File:
			k = key{place: p}
		case p.kind == record.Closed:
			k = key{port: r.port}
		}
		if members[k] == nil {
			order = append(order, k)
		}
		members[k] = append(members[k], r)
	}
	var units [][]strand
	for _, k := range order {
		units = append(units, members[k])
	}
	span := func(u []strand) int { return u[len(u)-1].y - u[0].y }
	slices.SortStableFunc(units, func(a, b []strand) int { return cmp.Compare(span(a), span(b)) })
	return units
}

// unit lays out the strands of one unit: a line from each, joined for each
// place, and then the places joined at the name of their file.
func (f *fan) unit(unit []strand) {
	var places []*place
	rows := map[*place][]strand{}
	for _, r := range unit {
		if rows[r.port.place] == nil {
			places = append(places, r.port.place)
		}
		rows[r.port.place] = append(rows[r.port.place], r)
	}
	if f.left {
		for _, p := range places {
			f.source(p, rows[p])
		}
		return
	}
	var heads []int
	for _, p := range places {
		heads = append(heads, f.target(p, rows[p]))
	}
	p := places[0]
	if len(places) == 1 {
		text := p.name(f.settings) + p.notes(f.settings) + f.failure(unit)
		if p.kind == record.File {
			text = " " + text
		}
		f.put(heads[0], text)
		return
	}
	for i, p := range places {
		f.put(heads[i], p.notes(f.settings))
	}
	slices.Sort(heads)
	last := heads[len(heads)-1]
	x := f.clear(heads, 2)
	for _, y := range heads {
		x = max(x, f.extent[y]+1)
	}
	for _, y := range heads {
		f.put(y, " "+strings.Repeat("─", x-f.extent[y]-1))
	}
	f.join(heads, last, x, false)
	f.put(last, " "+p.name(f.settings)+f.failure(unit))
}

// target draws the lines to one place up to its head, and returns the row of
// that: the first that bytes moved on.
func (f *fan) target(p *place, rows []strand) int {
	exit := rows[0]
	arrow := 0
	var ys []int
	for _, r := range rows {
		if r.port.flow == moved && exit.port.flow != moved {
			exit = r
		}
		ys = append(ys, r.y)
		arrow = max(arrow, r.x+f.reach[r.port])
	}
	joint := arrow
	if len(rows) > 1 {
		joint = max(arrow-1, f.clear(ys, 2))
	}
	writes := false
	for _, r := range rows {
		f.extent[r.y] = r.x
		if p.kind == record.Closed {
			f.put(r.y, " ")
			return r.y
		}
		if r.port.in {
			f.put(r.y, "←")
		}
		f.put(r.y, f.line(r.port, false).stretch(joint-f.extent[r.y]))
		writes = writes || !r.port.in
	}
	if len(rows) > 1 {
		f.join(ys, exit.y, joint, p.isPipe())
	}
	switch {
	case writes && p.isPipe() && p.broken:
		f.put(exit.y, "╳")
	case writes:
		f.put(exit.y, "→")
	}
	f.put(exit.y, p.head(f.settings))
	return exit.y
}

// source draws the lines from one place, outward from the boxes.
func (f *fan) source(p *place, rows []strand) {
	exit := rows[0]
	reach := 0
	var ys []int
	for _, r := range rows {
		if r.port.flow == moved && exit.port.flow != moved {
			exit = r
		}
		ys = append(ys, r.y)
		reach = max(reach, r.x+1+f.reach[r.port])
		if p.kind == record.Closed {
			reach = 1
		}
	}
	if len(rows) > 1 {
		reach = max(reach, f.clear(ys, 1))
	}
	for _, r := range rows {
		f.extent[r.y] = r.x
		arrow := "→"
		if p.kind == record.Closed {
			arrow = " "
		}
		f.put(r.y, arrow)
		l := f.line(r.port, true).stretch(reach - r.x - 1)
		if r.port.flow == still {
			l = reverse(l)
		}
		f.put(r.y, l)
	}
	if len(rows) > 1 {
		f.join(ys, exit.y, reach, p.isPipe())
		if p.isPipe() {
			f.put(exit.y, "═")
		} else {
			f.put(exit.y, "─")
		}
	}
	f.put(exit.y, p.name(f.settings)+p.head(f.settings))
}

// reverse is for dots, which begin at the port.
func reverse(text string) string {
	runes := []rune(text)
	slices.Reverse(runes)
	return string(runes)
}

// failure is why the last of some ports failed.
func (f *fan) failure(rows []strand) string {
	if !f.notes {
		return ""
	}
	for _, r := range slices.Backward(rows) {
		if r.port.note != "" {
			return "  " + f.visible(r.port.note)
		}
	}
	return ""
}

// put writes text at the first free column of a row, and so takes the next ones.
func (f *fan) put(y int, text string) {
	f.marks = append(f.marks, mark{f.extent[y], y, text})
	f.extent[y] += cells(text)
}

// clear is the first column that is space columns beyond all in the rows
// between those.
func (f *fan) clear(ys []int, space int) int {
	x := 0
	for y := ys[0]; y <= ys[len(ys)-1]; y++ {
		if !slices.Contains(ys, y) {
			x = max(x, f.extent[y]+space)
		}
	}
	return x
}

// join draws a joint of lines in column x: the rows meet, and one of them is
// the way out.
func (f *fan) join(ys []int, exit, x int, double bool) {
	turns, down := "┐┤┘", "│"
	exits := "┬┼┴"
	switch {
	case double && f.left:
		turns, exits, down = "╔╠╚", "╦╬╩", "║"
	case double:
		turns, exits, down = "╗╣╝", "╦╬╩", "║"
	case f.left:
		turns = "┌├└"
	}
	for y := ys[0]; y <= ys[len(ys)-1]; y++ {
		glyph := down
		if slices.Contains(ys, y) {
			form := turns
			if y == exit {
				form = exits
			}
			position := 1
			switch y {
			case ys[0]:
				position = 0
			case ys[len(ys)-1]:
				position = 2
			}
			glyph = string([]rune(form)[position])
			f.extent[y] = x + 1
		} else {
			f.extent[y] = max(f.extent[y], x+1)
		}
		f.joints = append(f.joints, mark{x, y, glyph})
	}
}

// width is how many columns the fan takes, counted from column 0.
func (f *fan) width() int {
	w := 0
	for _, m := range slices.Concat(f.marks, f.joints) {
		w = max(w, m.x+cells(m.text))
	}
	return w
}

// draw puts the fan on the canvas. Column 0 of a fan to the right is column x
// of the canvas; that of a fan to the left is the one before x.
func (f *fan) draw(c *canvas, x int) {
	for _, m := range slices.Concat(f.marks, f.joints) {
		at := x + m.x
		if f.left {
			at = x - m.x - cells(m.text)
		}
		c.put(at, m.y, m.text)
	}
}
