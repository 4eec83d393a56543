// Cat reads descriptors and files, one after the other, and writes them to
// descriptor 1: as they are, or with what cannot be seen made visible.
//
//go:debug containermaxprocs=0
package main

import (
	"errors"
	"os"

	"fd42.example/fd42/internal/cli"
	"fd42.example/fd42/internal/stream"
)

func main() { os.Exit(run(stream.Standard("cat"), os.Args[1:])) }

// run copies each operand in turn. One that cannot be opened or read is
// reported and the next has its turn; an output that cannot be written to
// ends the work.
func run(s *stream.Streams, args []string) int {
	opts, command := command()
	files, ok := command.Parse(s, args, -1)
	if !ok {
		return s.Finish()
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	c := &cat{s: s}
	if *opts != (options{}) {
		c.format = newFormatter(*opts)
	}
	for _, name := range files {
		err := c.file(name)
		if stream.IsWrite(err) {
			s.Fail(err)
			return s.Finish()
		} else if err != nil {
			s.FailFile(name, err)
		}
	}
	if c.format != nil {
		if err := s.Write(c.format.finish()); err != nil {
			s.Fail(err)
		}
	}
	return s.Finish()
}

func command() (*options, *cli.Command) {
	opts := new(options)
	c := cli.New("cat", "[OPTION]... [FILE]...",
		"Copy each FILE to standard output, or standard input where FILE is - or there is none.",
		`  cat message.txt         show a file
  cat head - tail > all   put standard input between two files
  cat -A odd.txt          see tabs, line ends and control bytes
`)
	set := func(targets ...*bool) func(string) error {
		return func(string) error {
			for _, target := range targets {
				*target = true
			}
			return nil
		}
	}
	c.Flags.BoolFuncP("number-nonblank", "b", "number lines that are not empty; overrides -n", set(&opts.numberNonblank))
	c.Flags.BoolFuncP("e", "e", "the same as -vE", set(&opts.nonprinting, &opts.ends))
	c.Flags.BoolFuncP("number", "n", "number all lines", set(&opts.number))
	c.Flags.BoolFuncP("squeeze-blank", "s", "of several empty lines in a row, write one", set(&opts.squeeze))
	c.Flags.BoolFuncP("t", "t", "the same as -vT", set(&opts.nonprinting, &opts.tabs))
	c.Flags.BoolFuncP("u", "u", "ignored: output is never held back", set())
	c.Flags.BoolFuncP("show-nonprinting", "v", "show control bytes as ^X and bytes over 127 as M-x", set(&opts.nonprinting))
	c.Flags.BoolFuncP("show-ends", "E", "show each line's end as $", set(&opts.ends))
	c.Flags.BoolFuncP("show-tabs", "T", "show tabs as ^I", set(&opts.tabs))
	c.Flags.BoolFuncP("show-all", "A", "the same as -vET", set(&opts.nonprinting, &opts.ends, &opts.tabs))
	return opts, c
}

type cat struct {
	s      *stream.Streams
	format *formatter // nil: the bytes pass as they are
}

// errLoop is for a file that would grow by what is read from it.
var errLoop = errors.New("input file is output file")

// file copies one operand to standard output.
func (c *cat) file(name string) (err error) {
	in := c.s.In
	if name != "-" {
		if in, err = c.s.Open(name); err != nil {
			return err
		}
		defer func() {
			if e := c.s.Close(in); err == nil {
				err = e
			}
		}()
	}
	switch {
	case c.s.FeedsItself(in, c.format.grows()):
		return errLoop
	case c.format == nil:
		return c.s.Copy(in, stream.Outputs{FDs: []int{c.s.Out}})
	}
	return c.s.Transform("format", in, c.s.Out, c.format.append, nil)
}
