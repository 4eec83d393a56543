package draw

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/tour/record"
)

// build makes the boxes of a command line.
func build(c Command) []*box {
	r := read(c.Line, c.Shell, c.show)
	m := &matcher{show: c.show, pipes: map[uint64]*place{}}
	runs := m.match(r, c.Trace)
	r.statuses(runs, c.Statuses)
	r.infer()
	var boxes []*box
	for _, one := range runs {
		var b *box
		if one.process != nil {
			b = c.traced(one)
		} else {
			b = c.untraced(one, runs)
		}
		if b != nil {
			boxes = append(boxes, b)
		}
	}
	for _, b := range boxes {
		b.resolve()
	}
	if b := r.ownBox(boxes, c.show); b != nil {
		boxes = slices.Insert(boxes, 0, b)
	}
	settle(boxes)
	return boxes
}

// statuses gives the shell's statuses to the members of the last pipeline.
func (r *reading) statuses(runs []*run, statuses []int) {
	ran := func(c *command) *run {
		for _, one := range runs {
			if one.command == c && c != nil {
				return one
			}
		}
		return nil
	}
	var members []*command
	for i, tail := range r.tails {
		traced := slices.ContainsFunc(tail, func(c *command) bool {
			one := ran(c)
			return one != nil && one.process != nil
		})
		if i == 0 || traced {
			members = tail
		}
	}
	if len(statuses) == 1 && len(members) > 1 && !r.negated {
		members = members[len(members)-1:]
	}
	if len(statuses) != len(members) || r.negated && len(statuses) == 1 {
		return
	}
	for i, c := range members {
		if one := ran(c); one != nil {
			one.status = statuses[i]
		}
	}
}

// infer completes what is known of the shell's own three: if 0 and 2 are one
// terminal, the output that they came with goes there too.
func (r *reading) infer() {
	in, out, err := r.shell[0].root(), r.shell[1].root(), r.shell[2].root()
	if out.kind == "" && !out.opened && in.kind == record.Terminal && in == err {
		join(in, out)
	}
}

// ending is how a process ended, in the words of a box.
func (c Command) ending(one *run) string {
	p := one.process
	switch {
	case p != nil && p.Signal != "":
		return "† " + p.Signal
	case p != nil && p.Exited:
		return exit(p.Status)
	case p != nil && c.Running[p.PID]:
		return "running"
	case one.status > 128:
		if name := unix.SignalName(unix.Signal(one.status - 128)); name != "" {
			return "† " + name
		}
		return exit(one.status)
	case one.status >= 0:
		return exit(one.status)
	}
	return ""
}

func exit(status int) string { return "exit " + thousands(int64(status)) }

// traced makes the box of a process that left a trace.
func (c Command) traced(one *run) *box {
	p := one.process
	b := &box{name: p.Program, end: c.ending(one)}
	over := p.Exited || p.Signal != ""
	in, out := map[*record.Descriptor]bool{}, map[*record.Descriptor]bool{}
	changes := map[*record.Descriptor]bool{} // read from, and not all of it passed on as it was
	for _, e := range p.Events {
		switch e.Verb {
		case record.Copy, record.Format, record.Code:
			in[e.Descriptor] = true
			whole := e.Verb == record.Copy && slices.ContainsFunc(e.Outputs, func(o record.Output) bool { return o.Bytes == e.Read })
			if !whole && p.Signal == "" {
				changes[e.Descriptor] = true
			}
		case record.Death:
			if e.Descriptor != nil {
				one.places[e.Descriptor].root().broken = true
			}
		case record.Error:
			if e.Descriptor != nil && strings.HasSuffix(e.Message, "Broken pipe") {
				one.places[e.Descriptor].root().broken = true
			}
		}
		for _, o := range e.Outputs {
			out[o.Descriptor] = true
		}
	}
	complained := len(p.Errors()) > 0
	for _, d := range p.Descriptors {
		place := one.places[d].root()
		typed := one.command != nil && !d.Opened && slices.Contains(one.command.typed, d.FD)
		left, right := in[d], out[d]
		switch {
		case left || right:
		case typed, len(d.Errors) > 0, d.Opened && d.Access != record.ReadOnly && d.Kind != "":
			left = reads(d.FD, d.Access)
			right = !left
		case one.command == nil && d.Kind == record.Pipe && d.FD < 2:
			left = d.FD == 0 && len(c.Trace.Writers(d.Number)) > 0
			right = d.FD == 1 && len(c.Trace.Readers(d.Number)) > 0
		}
		if left && complained && d.Opened && d.Kind == record.File && !changes[d] && len(d.Errors) == 0 {
			left = false // where a program complains, the picture is of its outputs
		}
		if left || right {
			place.loose = false
		}
		if left {
			flow := state(d.Read, over)
			if flow == moved && !changes[d] && place.kind != record.Pipe {
				flow = given
			}
			if d.Opened && p.Signal != "" {
				place.loose = true // how far it had read was lost with it
			}
			b.left = append(b.left, &port{box: b, fd: d.FD, flow: flow, bytes: d.Read, place: place})
		}
		if right {
			b.right = append(b.right, &port{box: b, fd: d.FD, flow: state(d.Written, over), bytes: d.Written, place: place, note: reason(d)})
		}
	}
	return b
}

func state(bytes int64, over bool) flow {
	switch {
	case bytes > 0:
		return moved
	case over:
		return still
	}
	return unknown
}

// reads reports which side of its box an unused descriptor belongs to.
func reads(fd int, access record.Access) bool {
	return access == record.ReadOnly || access != record.WriteOnly && fd == 0
}

// reason is why a descriptor failed, in the C library's words. A reader that
// has gone away is drawn.
func reason(d *record.Descriptor) string {
	if len(d.Errors) == 0 {
		return ""
	}
	last := d.Errors[len(d.Errors)-1]
	if i := strings.LastIndex(last, ": "); i >= 0 {
		last = last[i+2:]
	}
	if last == "Broken pipe" {
		return ""
	}
	return last
}

// untraced makes the box of a command that left no trace, if the line says
// something of its descriptors and it is known to have run.
func (c Command) untraced(one *run, runs []*run) *box {
	command := one.command
	if command.shell || command.maybe && !command.ran(runs) {
		return nil
	}
	b := &box{name: command.name(), dotted: true, end: c.ending(one)}
	add := func(fd int) {
		place := command.table[fd].root()
		place.settle(c.show)
		if place.kind == "" {
			return
		}
		p := &port{box: b, fd: fd, place: place}
		if place.kind == record.File {
			place.mixed, place.loose = true, true
		}
		left := reads(fd, place.access)
		if place.isPipe() || place.kind == record.Closed {
			left = fd == 0
		}
		if left {
			b.left = append(b.left, p)
		} else {
			b.right = append(b.right, p)
		}
	}
	for _, fd := range slices.Compact(slices.Sorted(slices.Values(command.typed))) {
		add(fd)
	}
	said := func(fd int) bool { // the line says where it leads
		place := command.table[fd].root()
		return !slices.Contains(command.typed, fd) && (place.opened || place.kind == record.Pipe)
	}
	if said(0) && !readsNothing(b.name) {
		add(0)
	}
	writes := !writesNothing(b.name)
	if writes && (said(1) || command.piped && !slices.Contains(command.typed, 1)) {
		add(1)
	}
	if len(b.left)+len(b.right) == 0 {
		return nil
	}
	return b
}

// readsNothing reports whether what a command inherits on 0 plays no part.
func readsNothing(name string) bool {
	switch name {
	case "echo", "printf", "true", "false", ":", "[", "test", "sleep", "wait", "kill", "cd", "exit", "exec",
		"mkdir", "rm", "touch", "mv", "cp", "ln", "ls", "seq", "yes", "date", "pwd":
		return true
	}
	return false
}

// writesNothing is the same for 1.
func writesNothing(name string) bool {
	switch name {
	case "read", "true", "false", ":", "[", "test", "sleep", "wait", "kill", "cd", "exit", "exec",
		"mkdir", "rm", "touch", "mv", "cp", "ln":
		return true
	}
	return false
}

// name is the base name of the program, the one after env and the like.
func (c *command) name() string {
	if len(c.words) == 0 || c.words[0] == "" {
		return "…"
	}
	return path.Base(c.words[0])
}

// ran reports whether the status of the command before says that this one ran.
func (c *command) ran(runs []*run) bool {
	if c.if0 == nil {
		return false
	}
	for _, one := range runs {
		if one.command != c.if0 {
			continue
		}
		if one.process != nil && one.process.Exited {
			return (one.process.Status == 0) != c.ifNot
		}
		return one.status >= 0 && (one.status == 0) != c.ifNot
	}
	return false
}

// settle decides what a place that no trace tells of is, from its name.
func (p *place) settle(show func(string) string) {
	if p.kind != "" || !p.opened {
		return
	}
	switch {
	case p.here != "":
		p.kind = record.Pipe
	case strings.HasPrefix(p.typed, "/dev/"):
		p.kind = record.Device
		p.path = p.typed
	case p.typed != "":
		p.kind = record.File
		p.path = show(p.typed)
	}
}

// ownBox makes the box of the shell, if the line changes its table, or if a
// process uses one of its descriptors above 2.
func (r *reading) ownBox(boxes []*box, show func(string) string) *box {
	used := map[*place]bool{}
	for _, b := range boxes {
		for _, p := range slices.Concat(b.left, b.right) {
			used[p.place] = true
		}
	}
	had := map[int][]*place{} // what each descriptor led to, in order
	set := map[int]bool{}     // by the line
	add := func(fd int, p *place) {
		p = p.root()
		p.settle(show)
		if p.kind != "" && !slices.Contains(had[fd], p) {
			had[fd] = append(had[fd], p)
		}
	}
	for fd, p := range r.shell {
		if fd > 2 {
			add(fd, p)
		}
	}
	for _, c := range r.commands {
		if c.shell && !c.maybe {
			for _, fd := range c.typed {
				add(fd, c.table[fd])
				set[fd] = true
			}
		}
	}
	own := &box{name: "shell"}
	for _, fd := range slices.Sorted(maps.Keys(had)) {
		places := slices.DeleteFunc(slices.Clone(had[fd]), func(p *place) bool { return !used[p] })
		if len(places) == 0 && set[fd] {
			places = had[fd][len(had[fd])-1:]
		}
		for _, p := range places {
			end := &port{box: own, fd: fd, flow: still, place: p}
			left := reads(fd, p.access)
			if p.kind == record.Closed {
				left = fd == 0
			}
			if left {
				own.left = append(own.left, end)
			} else {
				own.right = append(own.right, end)
			}
		}
	}
	if len(own.left)+len(own.right) == 0 {
		return nil
	}
	return own
}

// resolve replaces places that were joined.
func (b *box) resolve() {
	for _, p := range slices.Concat(b.left, b.right) {
		p.place = p.place.root()
	}
}

// settle completes the ports and places when all boxes are known. The bytes of
// a pipe stand once if as many came out as went in. A description that is read
// from and written to has two lines; the second says so.
func settle(boxes []*box) {
	writers, readers := map[*place][]*port{}, map[*place][]*port{}
	for _, b := range boxes {
		for _, p := range b.left {
			readers[p.place] = append(readers[p.place], p)
			p.place.measure()
		}
		for _, p := range b.right {
			writers[p.place] = append(writers[p.place], p)
			p.place.measure()
		}
	}
	for p, out := range readers {
		in := writers[p]
		if p.kind == record.File && len(in) > 0 {
			whose := ""
			if in[0].box != out[0].box {
				whose = out[0].box.name + "'s "
			}
			in[0].note = strings.TrimPrefix(in[0].note+", also "+whose+strconv.Itoa(out[0].fd), ", ")
		}
		if !p.isPipe() || len(out) != 1 || out[0].flow != moved {
			continue
		}
		total := int64(0)
		for _, w := range in {
			if w.flow == unknown {
				total = -1
				break
			}
			total += w.bytes
		}
		if total == out[0].bytes {
			out[0].flow = given
		}
	}
}
