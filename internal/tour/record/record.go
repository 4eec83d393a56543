// Package record reads a trace back. The programs write their traces line by
// line, and the lines of several processes may mix in one file; this package
// sorts them into processes and their descriptors:
//
//	cat[7]: fd 1   stdout     file /tmp/f  write-only, offset 0
//	cat[7]: open   note -> fd 3  file, read-only
//	cat[7]: copy   fd 3 -> fd 1  6 bytes, 2 calls (read and write)
//	cat[7]: close  fd 3  offset 6
//	cat[7]: end    fd 1  offset 6
//	cat[7]: exit   0
//
// becomes one Process with two Descriptors. One was inherited and took 6
// bytes. The other was opened by the program, and gave 6 bytes:
//
//	trace := record.Parse(text)
//	cat := trace.Program("cat")[0]
//	cat.Written(1)                  // 6
//	cat.Inherited(1).Path           // /tmp/f
//	cat.Opened()[0].Name            // note
//
// A trace may be torn, cut short, mixed with other text or of an older form.
// What this package does not understand it keeps as unknown lines, and what a
// trace does not say it does not guess.
package record

// A Trace is what one or more processes said about their descriptors.
type Trace struct {
	Processes []*Process // in order of appearance
	Unknown   []string   // lines that belong to no process
}

// Program returns the processes that ran the program of that name.
func (t Trace) Program(name string) []*Process {
	var found []*Process
	for _, p := range t.Processes {
		if p.Program == name {
			found = append(found, p)
		}
	}
	return found
}

// A Process is one run of one program.
type Process struct {
	Program     string
	PID         int
	Descriptors []*Descriptor // the inherited ones, then the opened ones in order
	Events      []Event       // what it did, in order
	Exited      bool          // it reached its end, with Status
	Status      int
	Signal      string   // the signal that it said would end it, such as "SIGPIPE"
	Unknown     []string // its lines that have no known form
}

// Inherited returns the descriptor of that number that the process was born
// with, or nil.
func (p *Process) Inherited(fd int) *Descriptor {
	for _, d := range p.Descriptors {
		if d.FD == fd && !d.Opened {
			return d
		}
	}
	return nil
}

// Opened returns the descriptors that the program opened itself, in order. One
// number can come more than once: closing a descriptor frees its number.
func (p *Process) Opened() []*Descriptor {
	var opened []*Descriptor
	for _, d := range p.Descriptors {
		if d.Opened {
			opened = append(opened, d)
		}
	}
	return opened
}

// All returns every descriptor that had that number, in order.
func (p *Process) All(fd int) []*Descriptor {
	var all []*Descriptor
	for _, d := range p.Descriptors {
		if d.FD == fd {
			all = append(all, d)
		}
	}
	return all
}

// Read returns how many bytes the process read from descriptors of that number.
func (p *Process) Read(fd int) int64 {
	var bytes int64
	for _, d := range p.All(fd) {
		bytes += d.Read
	}
	return bytes
}

// Written returns how many bytes the process wrote to descriptors of that number.
func (p *Process) Written(fd int) int64 {
	var bytes int64
	for _, d := range p.All(fd) {
		bytes += d.Written
	}
	return bytes
}

// Shares reports whether two inherited descriptors of the process share one
// open file description, as after 2>&1.
func (p *Process) Shares(a, b int) bool {
	one, two := p.Inherited(a), p.Inherited(b)
	return one != nil && two != nil && one.Description() == two.Description()
}

// Errors returns the diagnostics of the process, without its name.
func (p *Process) Errors() []string {
	var messages []string
	for _, e := range p.Events {
		if e.Verb == Error {
			messages = append(messages, e.Message)
		}
	}
	return messages
}

// Did returns the events of that verb, in order.
func (p *Process) Did(verb string) []Event {
	var events []Event
	for _, e := range p.Events {
		if e.Verb == verb {
			events = append(events, e)
		}
	}
	return events
}

// A Kind says what a descriptor leads to, in the trace's word.
type Kind string

// The kinds of a trace. The zero Kind means that the trace does not say.
const (
	File      Kind = "file"
	Directory Kind = "directory"
	Pipe      Kind = "pipe"
	Device    Kind = "device"
	Terminal  Kind = "terminal"
	Socket    Kind = "socket"
	Closed    Kind = "closed"
)

// Access is what the open file description allows.
type Access string

// The kinds of access. The zero Access means that the trace does not say.
const (
	ReadOnly  Access = "read-only"
	WriteOnly Access = "write-only"
	ReadWrite Access = "read-write"
)

// NotKnown stands for an offset that the trace does not give.
const NotKnown = -1

// A Descriptor is one row of a process's table, from the time that it had the
// row until it closed it or ended.
type Descriptor struct {
	FD     int
	Role   string // stdin, stdout, stderr or inherited; empty if opened
	Opened bool   // by the program itself
	Name   string // as the program opened it; empty if inherited

	Kind        Kind
	Path        string // from the root; empty where the trace gives none, as for an opened file
	Number      uint64 // of a pipe or a socket; the same at both ends of a pipe
	Access      Access
	Append      bool
	NonBlocking bool

	Offset  int64 // where it began, or NotKnown
	End     int64 // where it ended, or NotKnown
	Read    int64 // bytes that came from it
	Written int64 // bytes that went to it
	Moves   int   // events that read from it or wrote to it; 0: it was not used
	Closes  bool  // the program closed it
	Errors  []string

	SameAs *Descriptor // the lower descriptor of the same open file description, or nil
}

// Description returns the lowest descriptor with the same open file
// description: the one that its offsets are given for.
func (d *Descriptor) Description() *Descriptor {
	for d.SameAs != nil {
		d = d.SameAs
	}
	return d
}

// The verbs of events.
const (
	Open   = "open"
	Copy   = "copy"   // bytes as they were
	Format = "format" // cat with options that change bytes
	Code   = "code"   // base64
	Write  = "write"  // the program's own bytes
	Error  = "error"
	Close  = "close"
	End    = "end"
	Death  = "death"
	Exit   = "exit"
)

// An Event is one line of a trace other than those on inherited descriptors.
type Event struct {
	Verb       string
	Line       int         // in the trace, from 1: events of several processes are in this order
	Descriptor *Descriptor // opened, closed, read from, failed; nil where there is none
	Read       int64       // bytes read from it
	Outputs    []Output    // where bytes went, in order
	Calls      int         // system calls of a copy
	Way        string      // which calls they were, such as "read and write"
	Message    string      // of an error
	Status     int         // of an exit
}

// An Output is what one descriptor took in one event.
type Output struct {
	Descriptor *Descriptor
	Bytes      int64
}

// Readers returns the processes that were born with an end of that pipe to
// read from, or opened one.
func (t Trace) Readers(pipe uint64) []*Process { return t.ends(pipe, WriteOnly) }

// Writers returns the processes that were born with an end of that pipe to
// write to, or opened one.
func (t Trace) Writers(pipe uint64) []*Process { return t.ends(pipe, ReadOnly) }

// ends returns the processes with a descriptor on pipe that has another access than not.
func (t Trace) ends(pipe uint64, not Access) []*Process {
	var found []*Process
	for _, p := range t.Processes {
		for _, d := range p.Descriptors {
			if d.Kind == Pipe && d.Number == pipe && d.Access != not {
				found = append(found, p)
				break
			}
		}
	}
	return found
}
