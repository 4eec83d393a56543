// Broken is cat, tee, base64 and echo, each with one fault of a real program or
// of a student's first one. The judge is held to finding it. Its file's name
// says which program and which fault it is: cat-stops-at-nul. Without a fault,
// each is whole.
//
//go:debug containermaxprocs=0
package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/cli"
	"fd42.example/fd42/internal/stream"
)

func main() {
	// A signal for the process goes to its first thread, which is to be the one
	// that reads and writes: see interruptible.
	runtime.LockOSThread()
	self, err := os.Executable()
	if err != nil {
		os.Exit(2)
	}
	program, fault, _ := strings.Cut(filepath.Base(self), "-")
	p := &broken{fault: fault, known: map[string]bool{}}
	switch program {
	case "cat":
		os.Exit(cat(p, os.Args[1:]))
	case "tee":
		os.Exit(tee(p, os.Args[1:]))
	case "base64":
		os.Exit(base64(p, os.Args[1:]))
	case "echo":
		os.Exit(echo(p, os.Args[1:]))
	}
	os.Exit(2)
}

// A broken program knows its fault.
type broken struct {
	fault string
	known map[string]bool
	s     *stream.Streams
}

func (p *broken) has(fault string) bool { return p.fault == fault }

// parse reads a command line.
func (p *broken) parse(command *cli.Command, args []string, most int) (operands []string, ok bool) {
	debug.SetGCPercent(50) // these programs make garbage
	switch {
	case p.has("knows-no-posix"):
		os.Unsetenv("POSIXLY_CORRECT")
	case p.has("options-end-at-first-operand"):
		os.Setenv("POSIXLY_CORRECT", "1")
	case p.has("options-are-pflags"):
		if err := command.Flags.Parse(args); err != nil {
			p.s.Fail(err)
			return nil, false
		}
		args = append([]string{"--"}, command.Flags.Args()...)
	case p.has("options-are-goflags"):
		for i, arg := range args {
			if strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--") && len(arg) > 2 {
				p.s.Fail(errors.New("flag provided but not defined: " + arg))
				return nil, false
			}
			if i > 0 && (args[i-1] == "-w" || args[i-1] == "--wrap") {
				continue
			}
			if arg == "--" || !strings.HasPrefix(arg, "-") {
				args = append(append(args[:i:i], "--"), args[i:]...)
				break
			}
		}
	case p.has("takes-double-dash-for-a-file"):
		for i, arg := range args {
			if arg == "--" {
				args[i] = "./--"
			}
		}
	case p.has("refuses-values-with-a-dash"):
		for i, arg := range args {
			if i > 0 && (args[i-1] == "-w" || args[i-1] == "--wrap") && strings.HasPrefix(arg, "-") {
				p.s.Fail(errors.New("expected one argument"))
				return nil, false
			}
		}
	}
	return command.Parse(p.s, args, most)
}

// write writes all of data to fd.
func (p *broken) write(fd int, data []byte) error {
	if p.has("ignores-write-errors") {
		_, _ = unix.Write(fd, data)
		return nil
	}
	for len(data) > 0 {
		n, err := unix.Write(fd, data)
		if p.has("ignores-short-writes") && n > 0 {
			return nil
		}
		if err == unix.EINTR && !p.has("dies-on-eintr") {
			continue
		}
		if err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

func (p *broken) read(fd int, block []byte) (int, error) {
	for {
		n, err := unix.Read(fd, block)
		if err == unix.EINTR && !p.has("dies-on-eintr") {
			continue
		}
		return max(n, 0), err
	}
}

// writeFailed says that standard output has failed.
func (p *broken) writeFailed(err error) {
	p.s.Fail(errors.New("write error: " + stream.Reason(err)))
}

// finish ends the program.
func (p *broken) finish() int {
	if p.has("ignores-close-errors") {
		_ = unix.Dup3(2, 1, 0)
	}
	status := p.s.Finish()
	if p.has("status-0-after-failure") {
		return 0
	}
	if p.known["status"] {
		return 1
	}
	return status
}
