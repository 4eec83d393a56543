package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A job is a row's command for one contender.
type job struct {
	command command
	program []string // the beginning of the contender's command line
	source  int64    // bytes that src writes
	write   int      // bytes in each of its writes
}

// An outcome is what is known after one run.
type outcome struct {
	took   time.Duration // from the start to the end of the pipeline's last part
	peak   int64         // of memory in bytes; 0 if it was not watched
	faults int64         // pages touched for the first time
	worked time.Duration // on a core, rather than waiting
}

// job is nothing if the contender has no such program.
func (l lab) job(r row, line string, c contender) job {
	parsed := parse(line)
	parsed.appends = parsed.appends || c.appends
	j := job{command: parsed, program: c.programs[parsed.argv[0]], source: l.source(r), write: r.write}
	if line == r.small {
		j.source = min(r.source, 6)
	}
	return j
}

// run takes a job through one run. To be watched for its peak of memory slows
// a program down.
func (l lab) run(ctx context.Context, j job, watch bool) (out outcome, err error) {
	rig, err := l.rig(j.command)
	defer rig.close()
	if err != nil {
		return out, err
	}
	program := l.prepare(ctx, j, rig)
	ends := make(chan error, 1+len(rig.sinks))
	go func() { ends <- src(rig.src, j.source, j.write) }()
	for _, pipe := range rig.sinks {
		go func() { ends <- sink(pipe) }()
	}

	begin := time.Now()
	if err = program.Start(); err == nil && watch {
		out.peak, err = waitWatching(program)
	} else if err == nil {
		err = program.Wait()
	}
	rig.close() // the pipes end where the program has
	var endErr error
	for range cap(ends) {
		endErr = errors.Join(endErr, <-ends)
	}
	out.took = time.Since(begin)
	if program.ProcessState != nil {
		out.worked = program.ProcessState.UserTime() + program.ProcessState.SystemTime()
		if usage, ok := program.ProcessState.SysUsage().(*syscall.Rusage); ok {
			out.faults = int64(usage.Minflt)
		}
	}
	if err != nil {
		return out, explained(err, l.read("stderr"))
	}
	return out, endErr
}

// prepare makes a command that has not been started.
func (l lab) prepare(ctx context.Context, j job, g rig) *exec.Cmd {
	argv := slices.Concat(j.program, l.expand(g.argv[1:]))
	program := exec.CommandContext(ctx, argv[0], argv[1:]...)
	program.Dir = l.dir
	program.Stdin, program.Stdout, program.Stderr = g.stdin, g.stdout, g.stderr
	program.ExtraFiles = g.extra
	return program
}

// explained adds the first line of what a program had to say.
func explained(err error, said string) error {
	if line, _, _ := strings.Cut(said, "\n"); line != "" {
		return fmt.Errorf("%w: %s", err, line)
	}
	return err
}

// A rig is what the program measured is put between.
type rig struct {
	argv                  []string // with a name for each pipe that is an operand
	stdin, stdout, stderr *os.File // the program's
	extra                 []*os.File
	src                   *os.File   // the far end of its input, or nil
	sinks                 []*os.File // the far ends of its outputs
}

// rig opens what the command names. In a lab of samples all output goes to
// files.
func (l lab) rig(c command) (g rig, err error) {
	for _, name := range outputs() {
		if err := os.Remove(filepath.Join(l.dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return g, err
		}
	}
	open := func(name string, flags int) *os.File {
		if name != os.DevNull {
			name = filepath.Join(l.dir, name)
		}
		f, openErr := os.OpenFile(name, flags, 0o644)
		err = errors.Join(err, openErr)
		return f
	}
	pipe := func() (reader, writer *os.File) {
		reader, writer, pipeErr := os.Pipe()
		err = errors.Join(err, pipeErr)
		return reader, writer
	}
	toPipe := func() *os.File {
		reader, writer := pipe()
		g.sinks = append(g.sinks, reader)
		return writer
	}
	create := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if c.appends {
		create = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	g.stderr = open("stderr", create)
	if c.source {
		g.stdin, g.src = pipe()
	} else {
		g.stdin = open(c.stdin, os.O_RDONLY)
	}
	switch {
	case l.sample && (c.sink || c.stdout == os.DevNull):
		g.stdout = open("stdout", create)
	case c.sink:
		g.stdout = toPipe()
	default:
		g.stdout = open(c.stdout, create)
	}
	pipes := 0
	for _, word := range c.argv {
		if word == toSink {
			if pipes++; l.sample {
				word = fmt.Sprintf("pipe%d", pipes)
			} else {
				g.extra = append(g.extra, toPipe())
				word = fmt.Sprintf("/dev/fd/%d", 2+pipes)
			}
		}
		g.argv = append(g.argv, word)
	}
	return g, err
}

// close leaves the pipes to their far ends.
func (g rig) close() {
	for _, f := range append([]*os.File{g.stdin, g.stdout, g.stderr}, g.extra...) {
		_ = f.Close()
	}
}
