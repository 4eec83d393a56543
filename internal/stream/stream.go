// Package stream is all that the programs know about descriptors. It opens, reads,
// writes and copies them, and waits for one that is not ready. It reports errors
// on standard error, and ends the process as a Unix program should.
//
// A descriptor is an int here, and the calls are the system's own, because that is
// what the suite teaches. os.File would hide both behind a poller, which opens
// descriptors of its own.
package stream

import (
	"io"
	"os"
	"runtime/debug"
	"strings"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/quote"
	"fd42.example/fd42/internal/trace"
)

// Streams are the descriptors that a program starts with, and what it needs to
// report on them. Tests make their own over pipes and files.
type Streams struct {
	Program string // begins every diagnostic
	In      int    // standard input
	Out     int    // standard output
	Err     int    // standard error

	// ReportsOne makes Fail report the first failure and no other.
	ReportsOne bool

	Trace *trace.Log // nil when nobody asked for a trace

	ignoresSIGPIPE bool
	status         int          // 1 as soon as anything has failed
	outStat        *unix.Stat_t // what standard output is: see outIsFile

	// Made once and used for all inputs, because no garbage is collected (see
	// Standard).
	block   []byte  // a source reads into it
	result  []byte  // Transform writes from it
	conduit conduit // the pipes of the relay
	message []byte  // say makes its line in it
}

// Standard returns descriptors 0, 1 and 2. It also gives signals the effect that
// they have on a C program, and starts the trace that FD42_TRACE asks for.
//
// After that no garbage is collected. A collection may make Go's runtime open
// descriptors for its poller. If none are left, the runtime ends the process with a
// traceback. So code that runs for each block must not allocate, and code that runs
// for each FILE may allocate a few dozen bytes.
//
// The programs' line "go:debug containermaxprocs=0" is there for a similar reason.
// Without it, the runtime keeps two descriptors to watch the cgroup's CPU limit.
func Standard(program string) *Streams {
	debug.SetGCPercent(-1)
	s := &Streams{Program: program, In: 0, Out: 1, Err: 2, ignoresSIGPIPE: ignoredAtStart(unix.SIGPIPE)}
	if target := os.Getenv("FD42_TRACE"); target != "" {
		log, err := trace.Start(program, target)
		if err != nil {
			s.say(quote.File(target), Reason(err))
		}
		s.Trace = log
	}
	// When tracing, SIGPIPE keeps the runtime's handler. So the write returns EPIPE,
	// and the trace can log the death before it happens.
	restoreSignals(s.Trace == nil)
	return s
}

// IgnoreSIGPIPE makes a write to a pipe whose reader has gone away an error like
// any other. Without it SIGPIPE ends the program, unless the caller has made the
// program ignore that signal.
func (s *Streams) IgnoreSIGPIPE() {
	s.ignoresSIGPIPE = true
	Ignore(unix.SIGPIPE)
}

// Finish closes standard output, since some file systems report a lost write
// only then, and returns the exit status: 0 if nothing failed, else 1.
func (s *Streams) Finish() int {
	s.Trace.End()
	if err := Close(s.Out); err != nil {
		s.Fail(&Error{Op: OpWrite, FD: s.Out, Err: err})
	}
	s.Trace.Exit(s.status)
	return s.status
}

// Fail reports err on standard error as "PROGRAM: ERR" and makes the exit
// status 1. A write that failed because its reader has gone away ends the process
// by SIGPIPE instead, as it ends any Unix program.
func (s *Streams) Fail(err error) { s.fail(err, err.Error()) }

// FailFile is Fail for an error that belongs to a named file:
// "PROGRAM: FILE: REASON".
func (s *Streams) FailFile(name string, err error) { s.fail(err, quote.File(name), Reason(err)) }

func (s *Streams) fail(err error, parts ...string) {
	s.dieIfFatal(err)
	if s.ReportsOne && s.status != 0 {
		return
	}
	s.status = 1
	fd := -1
	if e, ok := err.(*Error); ok {
		fd = e.FD
	}
	s.Trace.Error(fd, parts...)
	s.say(parts...)
}

// say writes one diagnostic, whole, in a single call. If that fails there is nowhere
// to report it, so the work goes on, except after a broken pipe that ends the program.
func (s *Streams) say(parts ...string) {
	s.message = append(s.message[:0], s.Program...)
	for _, part := range parts {
		s.message = append(append(s.message, ": "...), part...)
	}
	s.message = append(s.message, '\n')
	s.dieIfFatal(s.write(s.Err, s.message))
}

// dieIfFatal ends the process by SIGPIPE if isFatal(err). On Linux the kernel has done so
// before write(2) returned, unless there is a trace or the signal is blocked.
func (s *Streams) dieIfFatal(err error) {
	if s.isFatal(err) {
		s.Trace.Death(err.(*Error).FD)
		dieOfSIGPIPE()
	}
}

// isFatal reports whether err is a broken pipe (POSIX, write(), EPIPE), and SIGPIPE is
// not ignored.
func (s *Streams) isFatal(err error) bool {
	return !s.ignoresSIGPIPE && IsWrite(err) && err.(*Error).Err == unix.EPIPE
}

// Write writes all of p to standard output.
func (s *Streams) Write(p []byte) error { return s.write(s.Out, p) }

func (s *Streams) write(fd int, p []byte) error {
	n, err := Write(fd, p)
	if n > 0 {
		s.Trace.Write(fd, n)
	}
	return err
}

// Open opens the named file for reading. The error is a unix.Errno.
func (s *Streams) Open(name string) (fd int, err error) { return s.open(name, unix.O_RDONLY) }

// Create opens the named file for writing. A new file gets mode 0666 less the
// umask. A file that exists is emptied, or written to at its end.
func (s *Streams) Create(name string, atEnd bool) (fd int, err error) {
	how := unix.O_TRUNC
	if atEnd {
		how = unix.O_APPEND
	}
	return s.open(name, unix.O_WRONLY|unix.O_CREAT|how)
}

// open starts again if a signal interrupts it, for example while it waits for the other
// end of a FIFO.
func (s *Streams) open(name string, flags int) (fd int, err error) {
	for {
		fd, err = unix.Open(name, flags|unix.O_CLOEXEC, 0o666)
		if err == nil {
			s.Trace.Open(name, fd)
		}
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// Close closes a descriptor that Open or Create returned.
func (s *Streams) Close(fd int) error {
	s.Trace.Close(fd)
	return Close(fd)
}

// FeedsItself reports whether a program that copies in to standard output would read
// back what it has written: both are the same regular file, and the next read is before
// the next write. If the output can be longer than the input, writing overtakes reading,
// so it is enough that anything is left to read.
func (s *Streams) FeedsItself(in int, grows bool) bool {
	var stat unix.Stat_t
	if !s.outIsFile() || unix.Fstat(in, &stat) != nil || stat.Dev != s.outStat.Dev || stat.Ino != s.outStat.Ino {
		return false
	}
	readAt, _ := unix.Seek(in, 0, io.SeekCurrent) // on a regular file none of these calls fails
	writeAt, _ := unix.Seek(s.Out, 0, io.SeekCurrent)
	flags, _ := unix.FcntlInt(uintptr(s.Out), unix.F_GETFL, 0)
	if grows || flags&unix.O_APPEND != 0 {
		writeAt = stat.Size
	}
	return readAt < writeAt
}

// outIsFile reports whether standard output is a regular file. It asks the system
// only once: a descriptor leads to the same file as long as it is open.
func (s *Streams) outIsFile() bool {
	if s.outStat == nil {
		s.outStat = new(unix.Stat_t) // the mode stays 0 if fstat(2) fails
		unix.Fstat(s.Out, s.outStat)
	}
	return s.outStat.Mode&unix.S_IFMT == unix.S_IFREG
}

// Reason is the text of err without the operation. For a unix.Errno it is Go's text
// with a capital letter, which is the C library's.
func Reason(err error) string {
	if e, ok := err.(*Error); ok {
		err = e.Err
	}
	text := err.Error()
	if _, ok := err.(unix.Errno); ok {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	return text
}
