//go:build !linux

package stream

import (
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// restoreSignals leaves signals to Go's runtime, which offers no portable way
// to take their handlers back.
func restoreSignals(bool) {}

// ignoredAtStart reports nothing: Go's runtime has changed the actions of most
// signals by the time a program could ask.
func ignoredAtStart(unix.Signal) bool { return false }

// Ignore makes the process ignore a signal.
func Ignore(s unix.Signal) { signal.Ignore(s) }

// dieOfSIGPIPE ends the process as a write to a broken pipe does. The runtime does
// that for descriptor 1, so 1 becomes a broken pipe.
func dieOfSIGPIPE() {
	var ends [2]int
	if unix.Pipe(ends[:]) == nil {
		unix.Close(ends[0])
		unix.Dup2(ends[1], 1)
		os.Stdout.Write([]byte{0})
	}
	os.Exit(128 + int(unix.SIGPIPE)) // no descriptor was left for a pipe
}
