package record

import (
	"math"
	"slices"
	"strings"
)

// Parse reads a trace.
func Parse(text string) Trace {
	p := parser{current: map[key]*Process{}}
	line := 0
	for s := range strings.Lines(text) {
		line++
		p.line(strings.TrimSuffix(s, "\n"), line)
	}
	return p.trace
}

// A parser sorts lines into processes.
type parser struct {
	trace   Trace
	current map[key]*Process
}

// A key tells processes apart that write at the same time. The kernel gives a
// number again only after its process has ended.
type key struct {
	program string
	pid     int
}

func (p *parser) line(s string, number int) {
	process, rest, ok := p.process(s)
	if !ok {
		p.trace.Unknown = append(p.trace.Unknown, s)
		return
	}
	words := scanner{rest: rest}
	verb := words.word()
	words.spaces()
	if verb == "fd" && process.inherit(words) {
		return
	}
	event, ok := process.event(verb, words)
	if !ok {
		process.Unknown = append(process.Unknown, rest)
		return
	}
	event.Line = number
	process.Events = append(process.Events, event)
}

// process returns the process that a line is about, and the line without its prefix.
func (p *parser) process(s string) (process *Process, rest string, ok bool) {
	prefix, rest, found := strings.Cut(s, "]: ")
	program, digits, bracket := strings.Cut(prefix, "[")
	pid, valid := parseNumber(digits)
	if !found || !bracket || !valid || program == "" || strings.ContainsAny(program, " \t") {
		return nil, "", false
	}
	k := key{program, int(pid)}
	process = p.current[k]
	if process == nil || process.over() && strings.HasPrefix(rest, "fd ") {
		process = &Process{Program: program, PID: int(pid)}
		p.current[k] = process
		p.trace.Processes = append(p.trace.Processes, process)
	}
	return process, rest, true
}

// over reports whether nothing more can come from the process.
func (p *Process) over() bool { return p.Exited || p.Signal != "" }

// inherit takes one of a process's first lines:
//
//	fd 1   stdout     file /tmp/f  write-only, append, offset 5
//	fd 2   stderr     same open file as fd 1
func (p *Process) inherit(s scanner) bool {
	fd, ok := s.number()
	if !ok || p.Inherited(int(fd)) != nil {
		return false
	}
	s.spaces()
	role := s.word()
	s.spaces()
	d := &Descriptor{Offset: NotKnown, End: NotKnown}
	if s.take("same open file as ") {
		lower, ok := s.descriptor()
		other := p.Inherited(lower)
		if !ok || other == nil || s.rest != "" {
			return false
		}
		*d = *other
		d.SameAs = other
	} else {
		s.leads(d)
	}
	d.FD, d.Role = int(fd), role
	p.Descriptors = append(p.Descriptors, d)
	return true
}

// event takes any other line of a process. It changes the descriptors that the
// line is about only after it has understood the whole line.
func (p *Process) event(verb string, s scanner) (Event, bool) {
	e := Event{Verb: verb}
	switch verb {
	case Open:
		return e, p.open(&e, s)
	case Copy:
		return e, p.copy(&e, s)
	case Format, Code:
		return e, p.transform(&e, s)
	case Write:
		return e, p.write(&e, s)
	case Error:
		p.fail(&e, s)
		return e, true
	case Close, End:
		return e, p.close(&e, s)
	case Death:
		return e, p.die(&e, s)
	case Exit:
		status, ok := s.number()
		if !ok || s.rest != "" || p.Exited {
			return e, false
		}
		e.Status, p.Status, p.Exited = int(status), int(status), true
		return e, true
	}
	return e, false
}

// open takes `'a b' -> fd 5  file, read-only`.
func (p *Process) open(e *Event, s scanner) bool {
	name, ok := s.name()
	if !ok || !s.take(" -> ") {
		return false
	}
	fd, ok := s.descriptor()
	if !ok {
		return false
	}
	d := &Descriptor{FD: fd, Opened: true, Name: name, Offset: NotKnown, End: NotKnown}
	if s.take("  ") {
		s.leads(d)
	} else if s.rest != "" {
		return false
	}
	if d.Kind == File {
		d.Offset = 0 // where open(2) begins
	}
	p.Descriptors = append(p.Descriptors, d)
	e.Descriptor = d
	return true
}

// copy takes `fd 0 -> fd 1 (65536 bytes), fd 5  131072 bytes, 9 calls (splice)`.
// An output that took another number of bytes than were read says so.
func (p *Process) copy(e *Event, s scanner) bool {
	in, ok := s.descriptor()
	if !ok || !s.take(" -> ") {
		return false
	}
	type output struct {
		fd    int
		bytes int64
		told  bool
	}
	var outputs []output
	for strings.HasPrefix(s.rest, "fd ") {
		var o output
		if o.fd, ok = s.descriptor(); !ok {
			return false
		}
		if s.take(" (") {
			if o.bytes, ok = s.bytes(); !ok || !s.take(")") {
				return false
			}
			o.told = true
		}
		outputs = append(outputs, o)
		s.take(", ")
	}
	s.spaces()
	read, ok := s.bytes()
	if !ok || !s.take(", ") {
		return false
	}
	calls, ok := s.number()
	if !ok || !s.take(" call") {
		return false
	}
	s.take("s")
	if s.take(" (") {
		if e.Way, ok = strings.CutSuffix(s.rest, ")"); !ok {
			return false
		}
	} else if s.rest != "" {
		return false
	}
	e.Calls = int(calls)
	p.read(e, in, read)
	for _, o := range outputs {
		if !o.told {
			o.bytes = read
		}
		p.wrote(e, o.fd, o.bytes)
	}
	return true
}

// transform takes `fd 5 -> fd 1  2 bytes in, 9 out`.
func (p *Process) transform(e *Event, s scanner) bool {
	in, ok := s.descriptor()
	if !ok || !s.take(" -> ") {
		return false
	}
	out, ok := s.descriptor()
	if !ok || !s.take("  ") {
		return false
	}
	read, ok := s.bytes()
	if !ok || !s.take(" in, ") {
		return false
	}
	written, ok := s.number()
	if !ok || !s.take(" out") || s.rest != "" {
		return false
	}
	p.read(e, in, read)
	p.wrote(e, out, written)
	return true
}

// write takes `fd 1  6 bytes`.
func (p *Process) write(e *Event, s scanner) bool {
	out, ok := s.descriptor()
	if !ok || !s.take("  ") {
		return false
	}
	bytes, ok := s.bytes()
	if !ok || s.rest != "" {
		return false
	}
	p.wrote(e, out, bytes)
	return true
}

// fail takes `fd 1  write error: REASON`, or a message alone.
func (p *Process) fail(e *Event, s scanner) {
	message := s.rest
	if fd, ok := s.descriptor(); ok && s.take("  ") {
		message = s.rest
		e.Descriptor = p.at(fd)
		e.Descriptor.Errors = append(e.Descriptor.Errors, message)
	}
	e.Message = message
}

// close takes `fd 5  offset 13`, where the descriptor is closed or the process ends.
func (p *Process) close(e *Event, s scanner) bool {
	fd, ok := s.descriptor()
	if !ok {
		return false
	}
	offset := int64(NotKnown)
	s.spaces()
	if s.take("offset ") {
		if offset, ok = s.number(); !ok {
			return false
		}
	}
	if s.rest != "" {
		return false
	}
	e.Descriptor = p.at(fd)
	if offset != NotKnown {
		e.Descriptor.Description().End = offset
	}
	e.Descriptor.Closes = e.Verb == Close
	return true
}

// die takes `SIGPIPE: the reader of fd 1 has gone away`.
func (p *Process) die(e *Event, s scanner) bool {
	signal, reason, found := strings.Cut(s.rest, ": ")
	if !found || signal == "" || strings.Contains(signal, " ") {
		return false
	}
	s.rest = reason
	if s.take("the reader of ") {
		if fd, ok := s.descriptor(); ok {
			e.Descriptor = p.at(fd)
		}
	}
	e.Message = reason
	p.Signal = signal
	return true
}

func (p *Process) read(e *Event, fd int, bytes int64) {
	e.Descriptor = p.at(fd)
	e.Read = bytes
	e.Descriptor.Read = sum(e.Descriptor.Read, bytes)
	e.Descriptor.Moves++
}

func (p *Process) wrote(e *Event, fd int, bytes int64) {
	d := p.at(fd)
	e.Outputs = append(e.Outputs, Output{d, bytes})
	d.Written = sum(d.Written, bytes)
	d.Moves++
}

// sum adds two counts. Only a trace that is not true comes near the limit.
func sum(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// at returns the descriptor that has the number now. A trace that was cut may
// not have introduced it: then all that is known is its number.
func (p *Process) at(fd int) *Descriptor {
	for _, d := range slices.Backward(p.Descriptors) {
		if d.FD == fd {
			return d
		}
	}
	d := &Descriptor{FD: fd, Offset: NotKnown, End: NotKnown}
	p.Descriptors = append(p.Descriptors, d)
	return d
}
