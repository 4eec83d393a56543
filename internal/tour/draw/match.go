package draw

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"fd42.example/fd42/internal/tour/record"
)

// A run is one process of the line: a command with its trace, a command that
// left none, or a trace that no command explains.
type run struct {
	command *command        // may be nil
	process *record.Process // may be nil
	places  map[*record.Descriptor]*place
	status  int // as the shell knows it, or -1
}

// A matcher finds out which process is which command, and what their
// descriptors lead to.
type matcher struct {
	show  func(string) string
	pipes map[uint64]*place
	found []*place // files of processes without a command
}

// match pairs the commands of a line with the processes of a trace, in the
// order of the line. What the trace says of pipes pairs the next ones.
func (m *matcher) match(r *reading, trace record.Trace) []*run {
	var runs []*run
	taken := map[*record.Process]bool{}
	pair := func(c *command) *run {
		p := m.best(c, trace, taken)
		if p == nil {
			return nil
		}
		taken[p] = true
		return &run{command: c, process: p, places: m.bind(p, c.table), status: -1}
	}
	for _, c := range r.commands {
		if one := pair(c); one != nil {
			runs = append(runs, one)
		} else {
			runs = append(runs, &run{command: c, status: -1})
		}
	}
	for again := true; again; { // the further runs of a loop
		again = false
		for _, c := range r.commands {
			if !c.loop {
				continue
			}
			if one := pair(c); one != nil {
				runs = append(runs, one)
				again = true
			}
		}
	}
	for _, p := range trace.Processes {
		if !taken[p] {
			runs = append(runs, &run{process: p, places: m.bind(p, nil), status: -1})
		}
	}
	return runs
}

// best returns the process that the command most likely became, or nil.
func (m *matcher) best(c *command, trace record.Trace, taken map[*record.Process]bool) *record.Process {
	var best *record.Process
	least := 0
	for _, p := range trace.Processes {
		if taken[p] || c.program(p.Program) == nil {
			continue
		}
		if cost, ok := m.cost(c, p); ok && (best == nil || cost < least) {
			best, least = p, cost
		}
	}
	return best
}

// program returns the words of the command from the program's name on, which
// may come after a word such as env, or nil if it does not run that program.
func (c *command) program(name string) []string {
	if len(c.words) == 0 {
		return nil
	}
	if path.Base(c.words[0]) == name {
		return c.words
	}
	switch path.Base(c.words[0]) {
	case "env", "command", "exec", "nohup", "nice", "time", "timeout", "stdbuf", "setsid", "xargs", "strace":
		for i, word := range c.words {
			if word != "" && path.Base(word) == name {
				return c.words[i:]
			}
		}
	}
	return nil
}

// cost is how badly a process fits a command; not at all if a redirection of
// the command has not been made.
func (m *matcher) cost(c *command, p *record.Process) (int, bool) {
	cost := 0
	for _, d := range p.Descriptors {
		if d.Opened {
			continue
		}
		lead := c.table[d.FD]
		if lead == nil {
			continue
		}
		lead = lead.root()
		switch {
		case !m.fits(lead, d):
			if slices.Contains(c.typed, d.FD) {
				return 0, false
			}
			cost += 5
		case lead.typed != "" && d.Path != "" && m.show(lead.typed) != m.show(d.Path):
			cost += 2
		}
	}
	words := c.program(p.Program)
	for _, d := range p.Opened() {
		if !slices.Contains(words, d.Name) {
			cost += 3
		}
	}
	if said, ok := echoes(words); ok && p.Program == "echo" && len(p.Errors()) == 0 && p.Written(1) != said {
		cost += 3
	}
	return cost, true
}

// echoes is how many bytes an echo without options writes.
func echoes(words []string) (int64, bool) {
	n := int64(0)
	for _, word := range words[1:] {
		if word == "" || strings.HasPrefix(word, "-") {
			return 0, false
		}
		n += int64(len(word)) + 1
	}
	return max(n, 1), true
}

// fits reports whether a descriptor can lead to that place of the line.
func (m *matcher) fits(p *place, d *record.Descriptor) bool {
	anonymous := d.Kind == record.Pipe && d.Path == ""
	switch {
	case d.Kind == "":
		return true
	case p.kind == record.Closed:
		return d.Kind == record.Closed || d.Path == "/dev/null"
	case d.Kind == record.Closed:
		return false
	case p.here != "" && p.kind == "":
		return anonymous || d.Kind == record.File
	case p.kind == "" && p.opened:
		return !anonymous
	case p.kind == "":
		return true
	case p.kind == record.Pipe && p.number == 0 && p.here == "":
		return anonymous && m.pipes[d.Number] == nil
	}
	return p.kind == d.Kind && p.number == d.Number && p.path == m.show(d.Path)
}

// bind joins the descriptors of a process to the places of its table.
func (m *matcher) bind(p *record.Process, t table) map[*record.Descriptor]*place {
	places := map[*record.Descriptor]*place{}
	for _, d := range p.Descriptors {
		switch {
		case d.Opened:
			places[d] = m.opened(p, d)
		case d.SameAs != nil:
			places[d] = places[d.SameAs]
			if lead := t[d.FD]; lead != nil && lead.root().kind != record.Closed && m.fits(lead.root(), d) {
				join(places[d], lead)
			}
		default:
			places[d] = m.inherited(d, t[d.FD])
		}
	}
	for _, d := range p.Descriptors {
		if d.SameAs == nil {
			places[d].root().passed(p, d)
		}
	}
	return places
}

// inherited is the place of a descriptor that the line may know.
func (m *matcher) inherited(d *record.Descriptor, lead *place) *place {
	known := lead != nil && m.fits(lead.root(), d)
	if known {
		lead = lead.root()
		switch {
		case lead.kind != record.Closed:
		case d.Kind == record.Device: // the program's runtime opened /dev/null there
			return m.alone(d)
		default:
			return lead
		}
		lead.know(d, m.show)
	}
	if d.Kind == record.Pipe && d.Number != 0 {
		p := m.pipes[d.Number]
		switch {
		case p == nil && known:
			m.pipes[d.Number] = lead
			return lead
		case p == nil:
			m.pipes[d.Number] = &place{}
			m.pipes[d.Number].know(d, m.show)
		case known:
			join(p, lead)
		}
		return m.pipes[d.Number].root()
	}
	if known {
		return lead
	}
	return m.alone(d)
}

// alone is the place of a descriptor that no line explains. A file whose offset
// is where another process left it is the same open file description.
func (m *matcher) alone(d *record.Descriptor) *place {
	p := &place{}
	p.know(d, m.show)
	if d.Kind != record.File || d.Append {
		return p
	}
	for _, other := range slices.Backward(m.found) {
		spans := other.root().spans
		if other.path == p.path && other.access == p.access && d.Offset > 0 && len(spans) > 0 && spans[len(spans)-1].to == d.Offset {
			return other.root()
		}
	}
	m.found = append(m.found, p)
	return p
}

// opened is the place of a descriptor that the program opened itself.
func (m *matcher) opened(p *record.Process, d *record.Descriptor) *place {
	if d.Kind == record.Pipe && d.Number != 0 {
		if m.pipes[d.Number] == nil {
			m.pipes[d.Number] = &place{}
			m.pipes[d.Number].know(d, m.show)
			if alias(d.Name) < 0 {
				m.pipes[d.Number].path = m.show(d.Name)
			}
		}
		return m.pipes[d.Number].root()
	}
	opened := &place{}
	opened.know(d, m.show)
	opened.path = m.show(d.Name)
	if in := p.Inherited(alias(d.Name)); in != nil && in.Path != "" {
		opened.path = m.show(in.Path)
	}
	return opened
}

// alias is the descriptor that a name such as /dev/stdin or /dev/fd/3 stands
// for, or -1.
func alias(name string) int {
	switch name {
	case "/dev/stdin":
		return 0
	case "/dev/stdout":
		return 1
	case "/dev/stderr":
		return 2
	}
	for _, folder := range [...]string{"/dev/fd/", "/proc/self/fd/"} {
		if digits, ok := strings.CutPrefix(name, folder); ok {
			if fd, err := strconv.Atoi(digits); err == nil {
				return fd
			}
		}
	}
	return -1
}

// know takes what a trace says of a place.
func (p *place) know(d *record.Descriptor, show func(string) string) {
	if p.kind != "" && p.kind != record.Pipe || d.Kind == "" {
		return
	}
	p.kind, p.number, p.access, p.append = d.Kind, d.Number, d.Access, d.Append
	name, deleted := strings.CutSuffix(d.Path, " (deleted)")
	p.path, p.deleted = show(name), deleted
	if d.Path == "" {
		p.path = ""
	}
}

// passed notes how far a process moved the offset of a place.
func (p *place) passed(process *record.Process, root *record.Descriptor) {
	if p.kind != record.File {
		return
	}
	s := span{from: root.Offset, to: root.End}
	used := false
	for _, d := range process.Descriptors {
		if d.Description() == root {
			s.written += d.Written
			used = used || d.Moves > 0
		}
	}
	if used || !process.Exited && process.Signal == "" || s.to != record.NotKnown && s.from != record.NotKnown {
		p.spans = append(p.spans, s)
	}
}
