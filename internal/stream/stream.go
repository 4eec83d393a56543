// Package stream is all that the programs know about descriptors: opening,
// reading, writing and copying them, waiting for one that is not ready, saying
// on standard error what failed, and ending as a Unix process should.
//
// A descriptor is an int here and the calls are the system's own. That is what
// the suite teaches; it is also what os.File would hide behind a poller with
// descriptors of its own.
package stream

import (
	"errors"
	"os"
	"runtime/debug"
	"strings"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/quote"
	"fd42.example/fd42/internal/trace"
)

// Streams are the descriptors a program is born with and what it needs to
// speak about them. Tests make their own over pipes and files.
type Streams struct {
	Program string // begins every diagnostic
	In      int    // standard input
	Out     int    // standard output
	Err     int    // standard error

	// OutlivesReaders is for a program that treats a gone reader as an error like
	// any other, since it has chosen to or its caller ignores SIGPIPE. It is then
	// not killed by SIGPIPE.
	OutlivesReaders bool

	// TellsOne is for a program that reports its first failure and no other.
	TellsOne bool

	Trace *trace.Log // nil when nobody asked for a trace

	failed bool

	// Made once, for all that is copied one after the other.
	block  []byte   // see buffer
	result []byte   // of Transform
	ahead  [][]byte // of readAhead
}

// Standard returns descriptors 0, 1 and 2. It also gives signals back the
// effect they have on a C program, and starts the trace that FD42_TRACE asks for.
func Standard(program string) *Streams {
	s := &Streams{Program: program, In: 0, Out: 1, Err: 2, OutlivesReaders: ignoredAtStart(unix.SIGPIPE)}
	if target := os.Getenv("FD42_TRACE"); target != "" {
		log, err := trace.Start(program, target)
		if err != nil {
			s.say(quote.File(target) + ": " + Reason(err))
		}
		s.Trace = log
	}
	// Traced, a write to a pipe without a reader must fail first, so that the
	// death it leads to can be told before it comes.
	restoreSignals(s.Trace == nil)
	return s
}

// Finish closes standard output, since some file systems report a lost write
// only then, and returns the exit status: 0 if nothing failed, else 1.
func (s *Streams) Finish() int {
	if err := Close(s.Out); err != nil {
		s.Fail(&Error{Op: OpWrite, FD: s.Out, Err: err})
	}
	status := 0
	if s.failed {
		status = 1
	}
	s.Trace.Exit(status)
	return status
}

// Fail reports err on standard error as "PROGRAM: ERR" and makes the exit
// status 1. A write that failed because its reader is gone ends the process
// by SIGPIPE instead, as it ends any Unix program.
func (s *Streams) Fail(err error) {
	s.dieOfBrokenPipe(err)
	if s.TellsOne && s.failed {
		return
	}
	s.failed = true
	s.Trace.Error(err.Error())
	s.say(err.Error())
}

// FailFile is Fail for an error that belongs to a named file:
// "PROGRAM: FILE: REASON".
func (s *Streams) FailFile(name string, err error) {
	s.dieOfBrokenPipe(err)
	s.Fail(errors.New(quote.File(name) + ": " + Reason(err)))
}

// say writes one diagnostic, whole, in a single call. There is nobody left to
// tell of its failure, so the work goes on.
func (s *Streams) say(message string) {
	s.dieOfBrokenPipe(Write(s.Err, []byte(s.Program+": "+message+"\n")))
}

// dieOfBrokenPipe ends the process by SIGPIPE if err is a write without a reader
// (POSIX, write(), EPIPE) and the program has not chosen to live on. Of any other
// err it returns.
func (s *Streams) dieOfBrokenPipe(err error) {
	var e *Error
	if !s.OutlivesReaders && errors.As(err, &e) && e.Op == OpWrite && e.Err == unix.EPIPE {
		s.Trace.Death(e.FD)
		dieOfSIGPIPE()
	}
}

// Write writes all of p to standard output.
func (s *Streams) Write(p []byte) error {
	err := Write(s.Out, p)
	if err == nil && len(p) > 0 {
		s.Trace.Write(s.Out, len(p))
	}
	return err
}

// Open opens the named file for reading.
func (s *Streams) Open(name string) (fd int, err error) {
	return s.open(name, unix.O_RDONLY, 0)
}

// Create opens the named file for writing, made if need be with mode 0666 less
// the umask, and either emptied or written to at its end.
func (s *Streams) Create(name string, atEnd bool) (fd int, err error) {
	how := unix.O_TRUNC
	if atEnd {
		how = unix.O_APPEND
	}
	return s.open(name, unix.O_WRONLY|unix.O_CREAT|how, 0o666)
}

func (s *Streams) open(name string, flags int, mode uint32) (int, error) {
	fd, err := Open(name, flags, mode)
	switch err {
	case nil:
		s.Trace.Open(name, fd)
	case unix.EMFILE:
		// Collecting garbage may make Go's runtime start its poller, and end
		// the process when no descriptor is left for that. What is still to be
		// made here is diagnostics, and no step of a copy makes anything anew.
		debug.SetGCPercent(-1)
	}
	return fd, err
}

// Close closes a descriptor that Open or Create returned.
func (s *Streams) Close(fd int) error {
	s.Trace.Close(fd)
	return Close(fd)
}

// Reason is why err happened: for an error of the system, the C library's
// wording, which is Go's with a capital.
func Reason(err error) string {
	var errno unix.Errno
	if !errors.As(err, &errno) {
		return err.Error()
	}
	text := errno.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}
