// Tee fans out: what it reads from descriptor 0 goes to descriptor 1 and to
// every file it is given.
//
//go:debug containermaxprocs=0
package main

import (
	"errors"
	"io"
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/cli"
	"fd42.example/fd42/internal/stream"
)

// The go:debug line above has the runtime let go of the two descriptors by which
// it would go on watching the cgroup's CPU limit.

func main() { os.Exit(run(stream.Standard("tee"), os.Args[1:])) }

type options struct {
	append           bool
	ignoreInterrupts bool
	outputError      mode
}

func run(s *stream.Streams, args []string) int {
	// Collecting garbage, Go's runtime may want descriptors of its own, and end
	// the process where there are none left. tee may use up all there are. It
	// makes little garbage, and none with each step of the copy.
	debug.SetGCPercent(-1)
	opts, command := command()
	files, ok := command.Parse(s, args, -1)
	if !ok {
		return s.Finish()
	}
	if opts.ignoreInterrupts {
		stream.Ignore(unix.SIGINT)
	}
	if opts.outputError != "" {
		s.OutlivesReaders = true
		stream.Ignore(unix.SIGPIPE)
	}
	t := &tee{s: s, mode: opts.outputError, names: map[int]string{s.Out: "standard output"}}
	if !t.open(files, opts.append) {
		return s.Finish()
	}
	t.copy()
	t.close()
	return s.Finish()
}

func command() (*options, *cli.Command) {
	opts := new(options)
	c := cli.New("tee", "[OPTION]... [FILE]...",
		"Copy standard input to standard output and to each FILE.",
		`  make 2>&1 | tee build.log          see a build and keep its output
  date | tee -a log other.log        add a line to two files
  cat big | tee -p >(head -1) >copy  go on when a reader has had enough
`)
	c.Flags.BoolVarP(&opts.append, "append", "a", false, "write at the end of each FILE; do not empty it")
	c.Flags.BoolVarP(&opts.ignoreInterrupts, "ignore-interrupts", "i", false, "ignore SIGINT")
	c.Flags.BoolFuncP("p", "p", "the same as --output-error=warn-nopipe", func(string) error {
		opts.outputError = warnNoPipe
		return nil
	})
	flag := c.Flags.VarPF(&opts.outputError, "output-error", "", "what to do when an output fails; see below")
	flag.NoOptDefVal = string(warnNoPipe)
	c.Notes = `MODE is one of:
  warn         report it and go on with the other outputs
  warn-nopipe  the same, but silently where a reader is gone
  exit         report it and exit
  exit-nopipe  the same, but go on, silently, where a reader is gone
--output-error alone means warn-nopipe. Without the option a gone reader ends tee
by SIGPIPE, and any other failure is reported and the rest go on.
`
	return opts, c
}

// A tee is a copy under way.
type tee struct {
	s     *stream.Streams
	mode  mode
	names map[int]string // of the outputs still written to
	outs  []int          // the same, in order
}

// open opens the outputs. It reports whether to go on: under some modes the
// first failure is the last act.
func (t *tee) open(files []string, atEnd bool) bool {
	t.outs = []int{t.s.Out}
	for _, name := range files {
		fd, err := t.s.Create(name, atEnd)
		if err != nil {
			t.s.FailFile(name, err)
			if t.mode.exits() {
				return false
			}
			continue
		}
		t.names[fd] = name
		t.outs = append(t.outs, fd)
	}
	return true
}

// copy moves the input to the outputs until it ends, or no output is left, or
// a failure is one that the mode does not survive.
func (t *tee) copy() {
	c := t.s.NewCopier(t.s.In, t.outs...)
	c.KeepsOrder = t.mode.exits()
	defer c.Done()
	for c.Outputs() > 0 {
		err := t.step(c)
		var failed *stream.Error
		switch {
		case err == nil:
		case err == io.EOF:
			return
		case errors.As(err, &failed) && failed.Op == stream.OpWrite:
			if !t.survives(failed) {
				return
			}
			c.Drop(failed.FD)
		default:
			t.s.Fail(err)
			return
		}
	}
}

// step moves some input. Where gone readers are let go, they are noticed even
// while there is no input to show it.
func (t *tee) step(c *stream.Copier) error {
	if t.mode.dropsGone() {
		if err := c.Await(); err != nil {
			return err
		}
	}
	return c.Step()
}

// survives deals with an output that failed, and reports whether to go on
// without it.
func (t *tee) survives(failed *stream.Error) bool {
	name := t.names[failed.FD]
	delete(t.names, failed.FD)
	if failed.Err == unix.EPIPE && t.mode.dropsGone() {
		return true
	}
	t.s.FailFile(name, failed)
	return !t.mode.exits()
}

// close closes the files that were written to their end, and those that
// failed too, but says nothing more of these.
func (t *tee) close() {
	for _, fd := range t.outs[1:] {
		err := t.s.Close(fd)
		if name, whole := t.names[fd]; whole && err != nil {
			t.s.FailFile(name, err)
		}
	}
}
