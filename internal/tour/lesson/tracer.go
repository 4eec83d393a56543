package lesson

import (
	"io"
	"os"
	"syscall"
	"time"

	"fd42.example/fd42/internal/tour/record"
)

// A Tracer reads from the file that the programs' traces go to what belongs to
// one command line. The file may be removed or cut meanwhile.
type Tracer struct {
	path string
	from int64
	// Processes of earlier command lines that still run. What they do later is
	// no part of the next line.
	running map[int]bool
}

// NewTracer returns a Tracer for the file of that name.
func NewTracer(path string) *Tracer { return &Tracer{path: path, running: map[int]bool{}} }

// Skip leaves out what is there now.
func (t *Tracer) Skip() {
	t.from = 0
	if info, err := os.Stat(t.path); err == nil {
		t.from = info.Size()
	}
}

// Take returns the traces since the last Skip or Take. A process that was not
// waited for, as in >(command), is given a moment to end.
func (t *Tracer) Take() record.Trace {
	const tries, pause = 10, 10 * time.Millisecond
	var trace record.Trace
	for range tries {
		trace = t.parse()
		if !lives(trace) {
			break
		}
		time.Sleep(pause)
	}
	t.Skip()
	for _, p := range trace.Processes {
		if !ended(p) {
			t.running[p.PID] = true
		}
	}
	return trace
}

func (t *Tracer) parse() record.Trace {
	const most = 4 << 20
	file, err := os.Open(t.path)
	if err != nil {
		return record.Trace{}
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() < t.from {
		t.from = 0
	}
	text, err := io.ReadAll(io.NewSectionReader(file, t.from, most))
	if err != nil {
		return record.Trace{}
	}
	trace := record.Parse(string(text))
	var own []*record.Process
	for _, p := range trace.Processes {
		if !t.running[p.PID] || p.Inherited(0) != nil || p.Inherited(1) != nil {
			own = append(own, p)
		}
	}
	trace.Processes = own
	return trace
}

// lives reports whether a process of the trace still runs.
func lives(trace record.Trace) bool {
	for _, p := range trace.Processes {
		if !ended(p) && syscall.Kill(p.PID, 0) == nil {
			return true
		}
	}
	return false
}

func ended(p *record.Process) bool { return p.Exited || p.Signal != "" }
