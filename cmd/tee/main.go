// Tee fans out: what it reads from descriptor 0 goes to descriptor 1 and to
// every file it is given.
//
//go:debug containermaxprocs=0
package main

import (
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/cli"
	"fd42.example/fd42/internal/stream"
)

func main() { os.Exit(run(stream.Standard("tee"), os.Args[1:])) }

type options struct {
	append           bool
	ignoreInterrupts bool
	outputError      mode
}

func run(s *stream.Streams, args []string) int {
	opts, command := command()
	files, ok := command.Parse(s, args, -1)
	if !ok {
		return s.Finish()
	}
	if opts.ignoreInterrupts {
		stream.Ignore(unix.SIGINT)
	}
	if opts.outputError != "" {
		s.IgnoreSIGPIPE()
	}
	t := &tee{s: s, mode: opts.outputError, outs: []stream.Output{{FD: s.Out, Name: "standard output"}}}
	if t.open(files, opts.append) {
		t.copy()
		t.close()
	}
	return s.Finish()
}

func command() (*options, *cli.Command) {
	opts := new(options)
	c := cli.New("tee", "[OPTION]... [FILE]...",
		"Copy standard input to standard output and to each FILE.",
		`  make 2>&1 | tee build.log          see what a build prints, and keep it
  date | tee -a log other.log        see the date, and add it to two files
  tee -p copy <big | head -n 1       copy all, although head reads only a part
`)
	c.Flags.BoolVarP(&opts.append, "append", "a", false, "write at the end of each FILE, and do not empty it")
	c.Flags.BoolVarP(&opts.ignoreInterrupts, "ignore-interrupts", "i", false, "ignore SIGINT, which Ctrl-C sends")
	c.Flags.BoolFuncP("p", "p", "the same as --output-error=warn-nopipe", func(string) error {
		opts.outputError = warnNoPipe
		return nil
	})
	flag := c.Flags.VarPF(&opts.outputError, "output-error", "", "what to do when an output fails; see below")
	flag.NoOptDefVal = string(warnNoPipe)
	c.Notes = `MODE is one of:
  warn         report the error and go on with the other outputs
  warn-nopipe  the same, but silently drop an output whose reader has gone away
  exit         report the error and exit
  exit-nopipe  the same, but silently drop an output whose reader has gone away
--output-error alone means warn-nopipe. Without the option, SIGPIPE kills tee
when the reader of an output has gone away. After any other error, tee reports
it and goes on with the other outputs.
`
	return opts, c
}

// A tee is what a run of the program works with.
type tee struct {
	s    *stream.Streams
	mode mode
	outs []stream.Output // standard output first, then every FILE that could be opened
}

// open opens the outputs. It reports whether to go on: some modes stop at the
// first failure.
func (t *tee) open(files []string, atEnd bool) bool {
	t.outs = slices.Grow(t.outs, len(files))
	for _, name := range files {
		fd, err := t.s.Create(name, atEnd)
		if err == nil {
			t.outs = append(t.outs, stream.Output{FD: fd, Name: name})
			continue
		}
		t.s.FailFile(name, err)
		if t.mode.exits() {
			return false
		}
	}
	return true
}

// copy moves the input to the outputs until the input ends, no output is left, or
// an output fails and the mode is one that exits. reportLoss has reported failed writes.
func (t *tee) copy() {
	to := stream.Outputs{List: t.outs, Failed: t.reportLoss, Watched: t.mode.dropsGone()}
	if err := t.s.Copy(t.s.In, to); err != nil && !stream.IsWrite(err) {
		t.s.Fail(err)
	}
}

// reportLoss says on standard error that an output has failed, and returns whether to go
// on without it.
func (t *tee) reportLoss(out *stream.Output, err *stream.Error) bool {
	if err.Err == unix.EPIPE && t.mode.dropsGone() {
		return true
	}
	t.s.FailFile(out.Name, err)
	return !t.mode.exits()
}

// close closes the files, while Finish closes standard output. It does not report a
// second failure of the same file.
func (t *tee) close() {
	for _, out := range t.outs[1:] {
		if err := t.s.Close(out.FD); err != nil && !out.Lost {
			t.s.FailFile(out.Name, err)
		}
	}
}
