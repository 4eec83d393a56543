package script

import "time"

// The outcomes of asking a program for a behaviour.
const (
	Passed  = "passed"
	Failed  = "failed"
	Skipped = "skipped"
)

// A Verdict is what came of asking a program for a behaviour.
type Verdict struct {
	Outcome string
	Command string // the last that was run
	What    string // where that differs from what was wanted
	Want    []byte
	Got     []byte
	Reason  string // a sentence, where there is nothing to compare
	Cost    string // set if it had to be stopped: what it took too much of
	Line    int    // of the script
	Log     []byte // testscript's
	Took    time.Duration
}

// Limits are how much a program may take before it is stopped. They are far
// more than any behaviour needs.
type Limits struct {
	Idle      time.Duration // in which nothing happens
	Processor time.Duration // of all processes together
	Whole     time.Duration // whatever happens
	Memory    int64         // bytes that all processes hold together
	Disk      int64         // bytes in the behaviour's folder
	Output    int64         // bytes that a command prints
	Processes int
}

// Usual are limits for a program that nobody knows.
func Usual() Limits {
	const mib = 1 << 20
	return Limits{
		Idle:      3 * time.Second,
		Processor: 10 * time.Second,
		Whole:     time.Minute,
		Memory:    768 * mib,
		Disk:      128 * mib,
		Output:    64 * mib,
		Processes: 200,
	}
}

// A Job is one behaviour to ask for, as the process that asks is given it.
type Job struct {
	Path   string // of the script
	Dir    string // an empty one
	Bin    string // the folder of the programs
	Files  map[string]string
	Limits Limits
}
