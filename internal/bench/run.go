package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// run takes a row's command through one run, argv being a contender's command
// line for it. The time it returns ends with the last part of the pipeline.
//
// To be watched for its peak of memory, in bytes, slows a program down.
func (l lab) run(ctx context.Context, r row, argv []string, watch bool) (took time.Duration, peak int64, err error) {
	rig, err := l.rig(parse(r.line))
	defer rig.close()
	if err != nil {
		return 0, 0, err
	}
	ends := make(chan error, 2)
	go func() { ends <- src(rig.src, l.amount(r)) }()
	go func() { ends <- sink(rig.sink) }()

	begin := time.Now()
	for left := l.repeat(r); left > 0 && err == nil; left-- {
		program := exec.CommandContext(ctx, argv[0], argv[1:]...)
		program.Dir = l.dir
		program.Stdin, program.Stdout, program.Stderr = rig.stdin, rig.stdout, rig.stderr
		if err = program.Start(); err != nil {
			break
		}
		if watch {
			peak, err = waitWatching(program)
		} else {
			err = program.Wait()
		}
	}
	rig.close() // the pipes end where the program has
	srcErr, sinkErr := <-ends, <-ends
	took = time.Since(begin)
	if err != nil {
		return 0, 0, explained(err, l.read("stderr"))
	}
	return took, peak, errors.Join(srcErr, sinkErr)
}

// repeat is how often a run starts the row's program: one start is too short
// to be timed.
func (l lab) repeat(r row) int {
	if l.sample {
		return 1
	}
	return max(r.starts, 1)
}

// explained adds the first line of what a program had to say.
func explained(err error, said string) error {
	if line, _, _ := strings.Cut(said, "\n"); line != "" {
		return fmt.Errorf("%w: %s", err, line)
	}
	return err
}

// outputs are the files that commands write, new for each run.
func outputs() []string { return []string{"copy", "copy2", "stdout", "stderr"} }

// read is a file's content, empty if there is none.
func (l lab) read(name string) string {
	content, _ := os.ReadFile(filepath.Join(l.dir, name))
	return string(content)
}

// A rig is what the program measured is put between.
type rig struct {
	stdin, stdout, stderr *os.File // the program's
	src, sink             *os.File // the far ends of its pipes, or nil
}

func (l lab) rig(c command) (g rig, err error) {
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
	for _, name := range outputs() {
		if err := os.Remove(filepath.Join(l.dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return g, err
		}
	}
	const create = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
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
		g.sink, g.stdout = pipe()
	default:
		g.stdout = open(c.stdout, create)
	}
	return g, err
}

// close leaves the pipes to their far ends.
func (g rig) close() {
	for _, f := range []*os.File{g.stdin, g.stdout, g.stderr} {
		_ = f.Close()
	}
}
