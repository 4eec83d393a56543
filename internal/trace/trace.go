// Package trace reports what a program does with descriptors, one line per
// event. Whoever sets FD42_TRACE sees where each one leads and what moves through it.
package trace

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/quote"
)

// A Log writes events to one descriptor. A nil *Log is a trace that is off:
// its methods do nothing.
type Log struct {
	fd       int
	program  string
	distinct []int // one inherited descriptor for each open file description
}

// A Flow is how many bytes moved through a descriptor.
type Flow struct {
	FD    int
	Bytes int64
}

// Start begins a trace: on standard error if target is "1", else at the end
// of the file of that name. Its first lines say what each open descriptor is.
func Start(program, target string) (*Log, error) {
	inherited := openDescriptors()
	l := &Log{fd: 2, program: program}
	if target != "1" {
		fd, err := unix.Open(target, unix.O_WRONLY|unix.O_CREAT|unix.O_APPEND|unix.O_CLOEXEC, 0o666)
		if err != nil {
			return nil, err
		}
		l.fd = outOfTheWay(fd)
	}
	for i, fd := range inherited {
		what := describe(fd)
		shared := slices.IndexFunc(inherited[:i], func(lower int) bool { return sameDescription(fd, lower) })
		if shared >= 0 {
			what = fmt.Sprintf("same open file as fd %d", inherited[shared])
		} else {
			l.distinct = append(l.distinct, fd)
		}
		role := [...]string{"stdin", "stdout", "stderr", "inherited"}[min(fd, 3)]
		l.line("fd %-3d %-9s  %s", fd, role, what)
	}
	return l, nil
}

// openDescriptors lists the descriptors that are open, of the 1024 that a process may
// usually have.
func openDescriptors() (fds []int) {
	for fd := range 1024 {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			fds = append(fds, fd)
		}
	}
	return fds
}

// outOfTheWay moves a descriptor up, so that the files the program opens get
// the numbers they would have without a trace.
func outOfTheWay(fd int) int {
	high, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 100)
	if err != nil {
		return fd
	}
	unix.Close(fd)
	return high
}

// Open reports that a file was opened, and what it is.
func (l *Log) Open(name string, fd int) {
	if l != nil {
		l.line("open   %s -> fd %d  %s, %s", quote.File(name), fd, kind(fd), mode(fd))
	}
}

// Close reports that a descriptor is about to be closed, and at which offset.
func (l *Log) Close(fd int) {
	if l != nil {
		l.line("close  fd %d%s", fd, offset("  ", fd))
	}
}

// Copy reports how many bytes were copied, and how: in how many reads, writes, splices
// and tees, and which of them. An output has its own number of bytes if it accepted fewer
// than were read.
func (l *Log) Copy(in Flow, outs []Flow, calls int, way string) {
	var to []string
	for _, out := range outs {
		text := fmt.Sprintf("fd %d", out.FD)
		if out.Bytes != in.Bytes {
			text += " (" + plural(out.Bytes, "byte") + ")"
		}
		to = append(to, text)
	}
	if way != "" {
		way = " (" + way + ")"
	}
	l.line("copy   fd %d -> %s  %s, %s%s", in.FD, strings.Join(to, ", "), plural(in.Bytes, "byte"), plural(int64(calls), "call"), way)
}

// Transform reports how many bytes came in and what became of them.
func (l *Log) Transform(verb string, in, out Flow) {
	if l == nil {
		return
	}
	l.line("%-6s fd %d -> fd %d  %s in, %d out", verb, in.FD, out.FD, plural(in.Bytes, "byte"), out.Bytes)
}

// Write reports a write that belongs to no copy or transform, such as a diagnostic's.
func (l *Log) Write(fd, bytes int) { l.line("write  fd %d  %s", fd, plural(int64(bytes), "byte")) }

// Error reports the parts of a diagnostic that follow the program's name, and the
// descriptor that failed, or -1 if none did.
func (l *Log) Error(fd int, parts ...string) {
	if l == nil {
		return
	}
	text := strings.ReplaceAll(strings.Join(parts, ": "), "\n", "; ")
	if fd >= 0 {
		text = fmt.Sprintf("fd %d  %s", fd, text)
	}
	l.line("error  %s", text)
}

// Death reports that SIGPIPE is about to end the process.
func (l *Log) Death(fd int) {
	l.End()
	l.line("death  SIGPIPE: the reader of fd %d has gone away", fd)
}

// Exit reports the exit status.
func (l *Log) Exit(status int) { l.line("exit   %d", status) }

// End reports the offset at which each inherited file is left.
func (l *Log) End() {
	if l == nil {
		return
	}
	for _, fd := range l.distinct {
		if at := offset("  ", fd); at != "" {
			l.line("end    fd %d%s", fd, at)
		}
	}
}

// line writes one line in one call, so that the lines of several programs do
// not mix. A line that cannot be written is dropped: a trace must not change
// what the program does.
func (l *Log) line(format string, args ...any) {
	if l == nil {
		return
	}
	text := fmt.Sprintf("%s[%d]: ", l.program, os.Getpid()) + fmt.Sprintf(format, args...) + "\n"
	unix.Write(l.fd, []byte(text))
}

// describe says what fd leads to, how it may be used, and where its offset is.
func describe(fd int) string {
	if isClosed(fd) {
		return "closed"
	}
	return kind(fd) + path(fd) + "  " + mode(fd) + offset(", ", fd)
}

// kind is the plain word for what fd leads to. A pipe or a socket has a number,
// which is the same at both ends of a pipe.
func kind(fd int) string {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err.Error()
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return "file"
	case unix.S_IFDIR:
		return "directory"
	case unix.S_IFIFO:
		return fmt.Sprintf("pipe %d", st.Ino)
	case unix.S_IFSOCK:
		return fmt.Sprintf("socket %d", st.Ino)
	}
	if isTerminal(fd) {
		return "terminal"
	}
	return "device"
}

// offset says where the next read or write of a regular file begins. It is empty for
// anything else.
func offset(prefix string, fd int) string {
	at, err := unix.Seek(fd, 0, io.SeekCurrent)
	if err != nil || kind(fd) != "file" {
		return ""
	}
	return fmt.Sprintf("%soffset %d", prefix, at)
}

// mode is how fd was opened: for reading, writing or both, and with which flags.
func mode(fd int) string {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil {
		return err.Error()
	}
	text := [...]string{"read-only", "write-only", "read-write", "no access"}[flags&unix.O_ACCMODE]
	if flags&unix.O_APPEND != 0 {
		text += ", append"
	}
	if flags&unix.O_NONBLOCK != 0 {
		text += ", non-blocking"
	}
	return text
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
