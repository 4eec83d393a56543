// Package trace tells, a line an event, what a program does with descriptors.
// Whoever sets FD42_TRACE sees where each one leads and what moves through it.
package trace

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/quote"
)

// A Log writes events to one descriptor. A nil *Log is a trace that is off:
// its methods do nothing.
type Log struct {
	fd      int
	program string
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
		l.line("fd %-3d %-9s  %s", fd, role(fd), describe(fd, inherited[:i]))
	}
	return l, nil
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

// Open tells that a file was opened.
func (l *Log) Open(name string, fd int) {
	l.line("open   %s -> fd %d", quote.File(name), fd)
}

// Close tells that a descriptor is about to be closed.
func (l *Log) Close(fd int) { l.line("close  fd %d", fd) }

// Copy tells how many bytes moved as they were from in to outs, in how many
// system calls, and by which.
func (l *Log) Copy(in int, outs []int, bytes int64, calls int, way string) {
	if l == nil {
		return
	}
	var to []string
	for _, fd := range outs {
		to = append(to, fmt.Sprintf("fd %d", fd))
	}
	if way != "" {
		way = " (" + way + ")"
	}
	l.line("copy   fd %d -> %s  %s, %s%s", in, strings.Join(to, ", "), plural(bytes, "byte"), plural(int64(calls), "call"), way)
}

// Transform tells how many bytes came in and what became of them.
func (l *Log) Transform(verb string, in, out int, read, written int64) {
	l.line("%-6s fd %d -> fd %d  %s in, %d out", verb, in, out, plural(read, "byte"), written)
}

// Write tells that bytes of the program's own were written.
func (l *Log) Write(fd, bytes int) { l.line("write  fd %d  %s", fd, plural(int64(bytes), "byte")) }

// Error tells of a diagnostic.
func (l *Log) Error(message string) {
	l.line("error  %s", strings.ReplaceAll(message, "\n", "; "))
}

// Death tells that SIGPIPE is about to end the process.
func (l *Log) Death(fd int) { l.line("death  SIGPIPE: the reader of fd %d is gone", fd) }

// Exit tells the exit status.
func (l *Log) Exit(status int) { l.line("exit   %d", status) }

// line writes one line in one call, so that the lines of several programs do
// not mix. A trace that cannot be written is dropped: it must not change
// what the program does.
func (l *Log) line(format string, args ...any) {
	if l == nil {
		return
	}
	text := fmt.Sprintf("%s[%d]: ", l.program, os.Getpid()) + fmt.Sprintf(format, args...) + "\n"
	unix.Write(l.fd, []byte(text))
}

// role is what a process is told to use fd for by whoever starts it.
func role(fd int) string {
	switch fd {
	case 0:
		return "stdin"
	case 1:
		return "stdout"
	case 2:
		return "stderr"
	}
	return "inherited"
}

// describe says what fd is, or which of the lower descriptors it shares an
// open file description with, and with it the mode and the offset.
func describe(fd int, lower []int) string {
	if isClosed(fd) {
		return "closed"
	}
	for _, other := range lower {
		if sameDescription(fd, other) {
			return fmt.Sprintf("same open file as fd %d", other)
		}
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err.Error()
	}
	text := kind(fd, uint32(st.Mode)) + "  " + mode(fd)
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG, unix.S_IFBLK:
		if offset, err := unix.Seek(fd, 0, io.SeekCurrent); err == nil {
			text += fmt.Sprintf(", offset %d", offset)
		}
	}
	return text
}

// kindName is the plain word for a file type of stat(2).
func kindName(mode uint32) string {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return "file"
	case unix.S_IFDIR:
		return "directory"
	case unix.S_IFIFO:
		return "pipe"
	case unix.S_IFSOCK:
		return "socket"
	}
	return "device"
}

// mode is what the open file description allows, as open(2) was told.
func mode(fd int) string {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil {
		return err.Error()
	}
	text := "read-write"
	switch flags & unix.O_ACCMODE {
	case unix.O_RDONLY:
		text = "read-only"
	case unix.O_WRONLY:
		text = "write-only"
	}
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
