package draw

import (
	"slices"
	"strconv"
	"strings"

	"fd42.example/fd42/internal/quote"
	"fd42.example/fd42/internal/tour/record"
)

// Settings are how a picture is laid out. Narrower ones are tried until one
// fits the width.
type settings struct {
	ascii   bool
	indent  int
	dash    int  // strokes before and after a label
	dots    int  // columns of a line that nothing moved on
	names   int  // the most columns of a name
	inner   int  // the least columns within a box
	fold    bool // chains may be broken
	offsets bool
	notes   bool
	// oneSided puts every descriptor on the right edge, each box below the one
	// before: 0←═p1 is what 0 reads.
	oneSided bool
	ragged   bool // lines of one box may end in different columns
}

// attempts are from the roomiest on.
func attempts(ascii bool) []settings {
	s := settings{ascii: ascii, indent: 3, dash: 2, dots: 10, inner: 8, offsets: true, notes: true}
	var all []settings
	add := func(names ...int) {
		for _, s.names = range names {
			all = append(all, s)
		}
	}
	add(40, 24, 16)
	s.fold = true
	add(40, 24, 16)
	s.indent, s.notes = 1, false
	add(40, 24, 16)
	s.dash, s.dots = 1, 4
	add(24, 16, 10)
	s.oneSided = true
	add(24, 16, 10)
	s.inner, s.ragged = 0, true
	add(16, 10, 6)
	s.offsets = false
	add(10, 6, 4)
	return all
}

// visible returns a name as it can be shown: with its control bytes quoted, in
// ASCII all that is not ASCII too.
func (s settings) visible(name string) string {
	shown := quote.File(name)
	if shown == "'"+name+"'" || shown == `"`+name+`"` {
		shown = name // quotes that only a shell would need
	}
	if !s.ascii {
		return shown
	}
	var b strings.Builder
	for _, c := range []byte(shown) {
		if c < 0x80 {
			b.WriteByte(c)
		} else {
			b.WriteString(`\` + strconv.FormatUint(uint64(c), 8))
		}
	}
	return b.String()
}

// inside is the width within the box.
func (s settings) inside(b *box) int {
	widest := max(cells(s.title(b)), cells(b.end))
	if widest+2 <= s.inner {
		return s.inner
	}
	if s.inner == 0 {
		return widest + 2
	}
	return widest + 4
}

func (s settings) title(b *box) string { return shorten(s.visible(b.name), min(max(s.names, 8), 16)) }

// edge is the upper or lower edge of a box around a text.
func edge(text, left, right string, inner int, dotted bool) string {
	stroke, space := "─", " "
	if dotted {
		stroke = "·"
	}
	fill := inner - cells(text) - 2
	if dotted && fill == 0 {
		space = stroke
	}
	if text == "" {
		return left + strings.Repeat(stroke, inner) + right
	}
	return left + strings.Repeat(stroke, fill/2) + space + text + space + strings.Repeat(stroke, fill-fill/2) + right
}

// height is that of the box with its edges.
func (b *box) height() int { return 2 + max(1, len(b.left), len(b.right)) }

// box draws a box and its ports.
func (s settings) box(c *canvas, b *box) {
	x, y := b.x, b.y
	inner := s.inside(b)
	c.put(x, y, edge(s.title(b), "┌", "┐", inner, b.dotted))
	side := "│"
	if b.dotted {
		side = "·"
	}
	for row := 1; row < b.height()-1; row++ {
		c.put(x, y+row, side+strings.Repeat(" ", inner)+side)
	}
	for i, p := range b.left {
		c.put(x, y+1+i, strconv.Itoa(p.fd))
	}
	for i, p := range b.right {
		digits := strconv.Itoa(p.fd)
		c.put(x+inner+2-len(digits), y+1+i, digits)
	}
	c.put(x, y+b.height()-1, edge(b.end, "└", "┘", inner, b.dotted))
}

// A band is a part of the picture with boxes side by side, each joined to the
// next by a pipe. Bands stand one below the other.
type band []*box

// continues reports whether another band was broken off this one.
func (b band) continues(other band) bool { return b[len(b)-1].next == other[0] }

// A gap is the space between two boxes of a band.
type gap struct {
	width   int
	pipe    *place
	writers []line // from the box before to the pipe, in its first rows
	reach   int    // columns of their lines
	right   *fan   // what else leads from the box before
	left    *fan   // what else leads to the box after
}

// layout returns the picture of some bands.
func (s settings) layout(bands []band) *canvas {
	c := &canvas{}
	var tops []int
	y := 0
	gaps := make([][]gap, len(bands))
	for i, b := range bands {
		s.order(b)
		tops = append(tops, y)
		height := 0
		for j, box := range b {
			height = max(height, box.height())
			if j > 0 {
				gaps[i] = append(gaps[i], s.gap(b[j-1], box, y))
			}
		}
		y += height
	}
	var first []strand
	for i, b := range bands {
		for row, p := range b[0].left {
			first = append(first, strand{p, 0, tops[i] + 1 + row})
		}
	}
	nothing := func(int) int { return 0 }
	sources := s.fan(first, true, nothing)
	start := s.indent + sources.width()
	var last []strand
	for i, b := range bands {
		x := start
		for j, box := range b {
			box.x, box.y = x, tops[i]
			s.box(c, box)
			x += s.inside(box) + 2
			if j < len(b)-1 {
				s.bridge(c, gaps[i][j], x, tops[i])
				x += gaps[i][j].width
				continue
			}
			for row, p := range box.right {
				last = append(last, strand{p, x, tops[i] + 1 + row})
			}
		}
	}
	sources.draw(c, start)
	s.fan(last, false, c.width).draw(c, 0)
	return c
}

// order puts the ports of the pipe between two boxes first, so that its line
// is straight.
func (s settings) order(b band) {
	for i, box := range b {
		for _, ports := range [...][]*port{box.left, box.right} {
			slices.SortStableFunc(ports, func(a, b *port) int { return a.fd - b.fd })
		}
		if i > 0 {
			pipe := between(b[i-1], box)
			toFront(b[i-1].right, pipe)
			toFront(box.left, pipe)
		}
	}
}

func toFront(ports []*port, pipe *place) {
	slices.SortStableFunc(ports, func(a, b *port) int {
		switch {
		case a.place == pipe && b.place != pipe:
			return -1
		case a.place != pipe && b.place == pipe:
			return 1
		}
		return 0
	})
}

// between is the pipe from one box to the next.
func between(from, to *box) *place {
	for _, p := range from.right {
		if p.place.isPipe() && slices.ContainsFunc(to.left, func(q *port) bool { return q.place == p.place }) {
			return p.place
		}
	}
	return nil
}

// gap measures the space between two boxes.
func (s settings) gap(from, to *box, top int) gap {
	g := gap{pipe: between(from, to)}
	var reader *port
	var right, left []strand
	for row, p := range to.left {
		if p.place == g.pipe && reader == nil {
			reader = p
		} else {
			left = append(left, strand{p, 0, top + 1 + row})
		}
	}
	for row, p := range from.right {
		if p.place == g.pipe {
			l := s.through(p, reader)
			g.writers = append(g.writers, l)
			g.reach = max(g.reach, l.least)
		} else {
			right = append(right, strand{p, 0, top + 1 + row})
		}
	}
	nothing := func(int) int { return 0 }
	g.right = s.fan(right, false, nothing)
	g.left = s.fan(left, true, nothing)
	g.width = max(g.reach+1, cells(g.pipe.name(s))+2*s.dash)
	if g.pipe.broken {
		g.width += 3
	}
	for y := top; y < top+max(from.height(), to.height()); y++ {
		w := g.right.extent[y] + g.left.extent[y]
		if w == 0 {
			continue
		}
		if n := y - top - 1; 0 < n && n < len(g.writers) {
			w += g.reach
		}
		g.width = max(g.width, w+2)
	}
	return g
}

// through is the line of a pipe, with what went in. Where another number of
// bytes came out that follows.
func (s settings) through(writer, reader *port) line {
	in, out := s.line(writer, false), s.line(reader, true)
	switch {
	case writer.flow == unknown:
		return out
	case reader.flow != moved && reader.flow != still, reader.bytes == writer.bytes:
		return in
	}
	in.flow = moved
	in.label = s.label(writer.bytes) + strings.Repeat("═", s.dash) + s.label(reader.bytes)
	in.least = 2*s.dash + cells(in.label)
	return in
}

// bridge draws what is between two boxes.
func (s settings) bridge(c *canvas, g gap, x, top int) {
	arrow := g.width - 1
	if g.pipe.broken {
		arrow = g.reach
	}
	row := top + 1
	if len(g.writers) == 1 {
		c.put(x, row, g.writers[0].stretch(arrow))
	} else {
		f := &fan{extent: map[int]int{}}
		var rows []int
		for i, l := range g.writers {
			c.put(x, row+i, l.stretch(arrow-1))
			rows = append(rows, row+i)
		}
		f.join(rows, row, arrow-1, true)
		f.draw(c, x)
	}
	width := arrow + 1
	if g.pipe.broken {
		c.put(x+arrow, row, "╳")
		width++ // the way to the next box
	} else {
		c.put(x+arrow, row, "→")
	}
	g.right.draw(c, x)
	g.left.draw(c, x+g.width)
	under := row + len(g.writers)
	if g.right.extent[under] > 0 || g.left.extent[under] > 0 {
		under = top
	}
	name := g.pipe.name(s)
	if cells(name)+2 > width {
		width = g.width
	}
	c.put(x+(width-cells(name))/2, under, name)
}

// chains sorts boxes into bands: along each pipe that leads from one box alone
// to another alone. Boxes that share an open file description with another box
// stand one below the other, so that the lines from them can be joined.
func chains(boxes []*box) []band {
	sharesRight, sharesLeft := sharing(boxes, rightOf), sharing(boxes, leftOf)
	writers, readers := ends(boxes, rightOf), ends(boxes, leftOf)
	before := map[*box]*box{}
	for _, b := range boxes {
		if sharesRight[b] {
			continue
		}
		for _, p := range preferred(b.right, 1) {
			to := readers[p.place]
			if !p.place.isPipe() || len(writers[p.place]) != 1 || len(to) != 1 {
				continue
			}
			if sharesLeft[to[0]] || before[to[0]] != nil || leads(to[0], b) || !agree(p.place, b, to[0]) {
				continue
			}
			b.next, before[to[0]] = to[0], b
			break
		}
	}
	var bands []band
	for _, b := range boxes {
		if before[b] != nil {
			continue
		}
		var row band
		for ; b != nil; b = b.next {
			row = append(row, b)
		}
		bands = append(bands, row)
	}
	return bands
}

// agree reports whether the ports at the ends of a pipe can be drawn as one
// line. Where several write to it, there is no room for another number that
// came out.
func agree(pipe *place, from, to *box) bool {
	writers, wrote := 0, false
	for _, p := range from.right {
		if p.place == pipe {
			writers++
			wrote = wrote || p.flow == moved
		}
	}
	readers := 0
	for _, p := range to.left {
		if p.place != pipe {
			continue
		}
		if readers++; writers > 1 && (p.flow == moved || p.flow == still && wrote) {
			return false
		}
	}
	return readers == 1
}

func leftOf(b *box) []*port  { return b.left }
func rightOf(b *box) []*port { return b.right }

// ends are the boxes that have a port at each place, on one side.
func ends(boxes []*box, side func(*box) []*port) map[*place][]*box {
	at := map[*place][]*box{}
	for _, b := range boxes {
		for _, p := range side(b) {
			if !slices.Contains(at[p.place], b) {
				at[p.place] = append(at[p.place], b)
			}
		}
	}
	return at
}

// sharing are the boxes with an open file description that another box has too.
func sharing(boxes []*box, side func(*box) []*port) map[*box]bool {
	shares := map[*box]bool{}
	for p, at := range ends(boxes, side) {
		if p.kind == record.File && len(at) > 1 {
			for _, b := range at {
				shares[b] = true
			}
		}
	}
	return shares
}

// preferred are the ports of a box, those of one number first.
func preferred(ports []*port, fd int) []*port {
	sorted := slices.Clone(ports)
	slices.SortStableFunc(sorted, func(a, b *port) int {
		switch {
		case a.fd == fd && b.fd != fd:
			return -1
		case a.fd != fd && b.fd == fd:
			return 1
		}
		return a.fd - b.fd
	})
	return sorted
}

// leads reports whether the chain from a box leads to another.
func leads(from, to *box) bool {
	for b := from; b != nil; b = b.next {
		if b == to {
			return true
		}
	}
	return false
}

// render lays the boxes out so that they fit the width, in the roomiest way
// that does.
func render(boxes []*box, width int, toASCII bool) []string {
	whole, single := chains(boxes), oneSided(boxes)
	var lines []string
	for _, s := range attempts(toASCII) {
		bands := whole
		if s.oneSided {
			bands = single
		}
		for bands != nil {
			name(bands)
			lines = s.layout(bands).lines()
			bands = s.fit(bands, lines, width)
		}
		if widest(lines) <= width {
			break
		}
	}
	for i := range lines {
		lines[i] = crop(lines[i], width)
		if toASCII {
			lines[i] = ascii(lines[i])
		}
	}
	return lines
}

// oneSided returns the boxes one below the other, with all their ports on the
// right.
func oneSided(boxes []*box) []band {
	var bands []band
	for _, b := range boxes {
		one := &box{name: b.name, end: b.end, dotted: b.dotted}
		for _, p := range slices.Concat(b.left, b.right) {
			moved := *p
			moved.box = one
			moved.in = slices.Contains(b.left, p)
			one.right = append(one.right, &moved)
		}
		bands = append(bands, band{one})
	}
	return bands
}

// name numbers the pipes that have no name of their own, from left to right
// and down.
func name(bands []band) {
	seen := map[*place]bool{}
	n := 0
	for _, b := range bands {
		for _, box := range b {
			for _, p := range slices.Concat(box.left, box.right) {
				if !p.place.isPipe() || p.place.path != "" || seen[p.place] {
					continue
				}
				seen[p.place] = true
				if p.place.captured {
					p.place.label = "$(…)"
					continue
				}
				n++
				p.place.label = "p" + strconv.Itoa(n)
			}
		}
	}
}

// fit breaks the first band that is too wide after the boxes that fit. The
// rest goes before what was broken off before. It returns nil where all bands
// fit or cannot be broken. The pipe between two parts is named at both ends.
func (s settings) fit(bands []band, lines []string, width int) []band {
	if !s.fold {
		return nil
	}
	y := 0
	for i, b := range bands {
		height := 0
		for _, box := range b {
			height = max(height, box.height())
		}
		if len(b) > 1 && widest(lines[y:y+height]) > width {
			n := 1
			for n < len(b)-1 && b[n].x+s.inside(b[n])+2 < width {
				n++
			}
			parts := slices.Clone(bands[:i])
			rest := slices.Clone(b[n:])
			after := bands[i+1:]
			if len(after) > 0 && b.continues(after[0]) {
				rest = append(rest, after[0]...)
				after = after[1:]
			}
			return append(append(parts, b[:n], rest), after...)
		}
		y += height
	}
	return nil
}

func widest(lines []string) int {
	w := 0
	for _, line := range lines {
		w = max(w, cells(line))
	}
	return w
}
