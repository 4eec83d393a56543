package draw

import (
	"fmt"
	"strconv"
	"strings"

	"fd42.example/fd42/internal/tour/record"
)

// A box is a process.
type box struct {
	name   string
	end    string // how it ended; empty if that is not known
	dotted bool   // it left no trace
	left   []*port
	right  []*port

	next *box // in the chain of pipes
	x, y int  // its corner on the canvas
}

// A port is a descriptor at the edge of a box.
type port struct {
	box   *box
	fd    int
	flow  flow
	bytes int64 // that moved
	place *place
	note  string // why it failed
	in    bool   // it reads, although it is on the right
}

// A flow is what is known of the bytes that moved through a port.
type flow int

const (
	unknown flow = iota // nothing is known of them
	still               // none moved
	moved               // some did: as many as the port says
	given               // some did, and the number is on another port
)

// A place is where ports lead: one open file description, or a pipe with its
// two ends. Two places that turn out to be one are joined by their same.
type place struct {
	same *place

	kind     record.Kind
	path     string // of a file or device, as it is shown
	number   uint64 // of a pipe or socket
	append   bool
	access   record.Access
	deleted  bool
	here     string // the operator of a here-document, as it was typed
	captured bool   // a pipe that the shell reads itself: $(…)

	opened bool   // by the line that is drawn: it began at 0
	typed  string // the name in the line
	spans  []span
	mixed  bool // a process without a trace may have moved its offset
	loose  bool // and that is the last that may have

	broken  bool // its reader has gone away
	label   string
	offsets string
}

// A span is how far one process moved an offset.
type span struct{ from, to, written int64 }

// root is the place that others were joined to.
func (p *place) root() *place {
	for p.same != nil {
		p = p.same
	}
	return p
}

// join makes two places one.
func join(a, b *place) {
	a, b = a.root(), b.root()
	if a == b {
		return
	}
	if a.kind == "" {
		a.kind, a.path, a.number, a.append, a.access, a.deleted = b.kind, b.path, b.number, b.append, b.access, b.deleted
	}
	if a.typed == "" {
		a.typed = b.typed
	}
	if a.here == "" {
		a.here = b.here
	}
	a.opened = a.opened || b.opened
	a.captured = a.captured || b.captured
	a.mixed = a.mixed || b.mixed
	a.loose = a.loose || b.loose
	a.broken = a.broken || b.broken
	a.spans = append(a.spans, b.spans...)
	b.same = a
}

func (p *place) isPipe() bool { return p.kind == record.Pipe && p.here == "" }

// isFile reports whether the place has a name that other places may have too.
func (p *place) isFile() bool { return p.kind == record.File && p.here == "" }

// head is what stands at the end of a line, before the name: ●0→8.
func (p *place) head(s settings) string {
	if p.kind != record.File {
		return ""
	}
	if s.offsets {
		return "●" + p.offsets
	}
	return "●"
}

// name is the name in the brackets of its kind.
func (p *place) name(s settings) string {
	if p.here != "" {
		return shorten(s.visible(p.here), s.names)
	}
	name := shorten(s.visible(p.path), s.names)
	switch p.kind {
	case record.Terminal:
		return "(tty)"
	case record.Device:
		return "<" + shorten(s.visible(strings.TrimPrefix(p.path, "/dev/")), s.names) + ">"
	case record.Socket:
		return "<socket>"
	case record.Closed:
		return "✕"
	case record.Pipe:
		if p.path != "" {
			return "[" + name + "]"
		}
		return p.label
	case record.Directory:
		return "[" + strings.TrimSuffix(name, "/") + "/]"
	}
	return "[" + name + "]"
}

// notes stand after the name.
func (p *place) notes(s settings) string {
	var notes string
	switch {
	case !p.append || p.kind != record.File:
	case s.ragged:
		notes += " >>"
	default:
		notes += "  append"
	}
	if p.deleted && s.notes {
		notes += "  deleted"
	}
	return notes
}

// measure sets the offsets of a place from those that its processes had.
func (p *place) measure() {
	p.offsets = ""
	if p.kind != record.File {
		return
	}
	var total, last int64
	first := int64(record.NotKnown)
	for _, s := range p.spans {
		if s.to == record.NotKnown || s.from == record.NotKnown {
			return
		}
		total += s.written
		last = max(last, s.to)
		if first == record.NotKnown || s.from < first {
			first = s.from
		}
	}
	switch {
	case p.append:
		// Appending goes to the end of the file, wherever the offset was: so
		// the bytes tell where it began.
		if p.mixed || len(p.spans) == 0 || total > last {
			return
		}
		if total > 0 {
			first = last - total
		}
		p.offsets = thousands(first)
		if total > 0 {
			p.offsets += "→" + thousands(last)
		}
		return
	case p.opened:
		first = 0
	}
	if first == record.NotKnown || p.loose {
		return
	}
	p.offsets = thousands(first) + p.steps(first, last)
}

// steps is how the offset went from first to last: by way of where one process
// left it to the next, if that is so.
func (p *place) steps(first, last int64) string {
	const most = 4
	var steps []int64
	at := first
	for _, s := range p.spans {
		if s.from < at || s.to < s.from {
			steps = nil // they took turns
			break
		}
		for _, next := range []int64{s.from, s.to} {
			if next > at {
				steps = append(steps, next)
				at = next
			}
		}
	}
	if at != last || len(steps) == 0 {
		steps = nil
		if last != first {
			steps = []int64{last}
		}
	}
	var b strings.Builder
	for i, step := range steps {
		if len(steps) > most && 0 < i && i < len(steps)-1 {
			if i == 1 {
				b.WriteString("→…")
			}
			continue
		}
		b.WriteString("→" + thousands(step))
	}
	return b.String()
}

// thousands writes a number with a comma at each third digit.
func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// count is a number of bytes as it stands on a line.
func count(bytes int64) string { return fmt.Sprintf("%s B", thousands(bytes)) }
