// Cat reads descriptors and files, one after the other, and writes them to
// descriptor 1: as they are, or with what cannot be seen made visible.
//
//go:debug containermaxprocs=0
package main

import (
	"cmp"
	"errors"
	"os"

	"fd42.example/fd42/internal/cli"
	"fd42.example/fd42/internal/stream"
)

func main() { os.Exit(run(stream.Standard("cat"), os.Args[1:])) }

// run copies each operand in turn. If it cannot open or read one, it reports that
// and goes on with the next. If it cannot write, it reports that and ends.
func run(s *stream.Streams, args []string) int {
	opts, command := command()
	files, ok := command.Parse(s, args, -1)
	if !ok {
		return s.Finish()
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	var format *formatter // nil: the bytes pass as they are
	if *opts != (options{}) {
		format = newFormatter(*opts)
	}
	to := stream.Outputs{List: []stream.Output{{FD: s.Out}}}
	for _, name := range files {
		err := copyFile(s, name, to, format)
		if stream.IsWrite(err) {
			s.Fail(err)
			return s.Finish()
		} else if err != nil {
			s.FailFile(name, err)
		}
	}
	if format != nil {
		if err := s.Write(format.heldBack()); err != nil {
			s.Fail(err)
		}
	}
	return s.Finish()
}

func command() (*options, *cli.Command) {
	opts := new(options)
	c := cli.New("cat", "[OPTION]... [FILE]...",
		"Copy each FILE to standard output, one after the other.\nIf there is no FILE, or if it is -, read standard input.",
		`  cat message.txt         show a file
  cat head - tail > all   write head, standard input and tail to all
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
	c.Flags.BoolFuncP("squeeze-blank", "s", "write only one of several empty lines in a row", set(&opts.squeeze))
	c.Flags.BoolFuncP("t", "t", "the same as -vT", set(&opts.nonprinting, &opts.tabs))
	c.Flags.BoolFuncP("u", "u", "do nothing: cat never holds output back", set())
	c.Flags.BoolFuncP("show-nonprinting", "v", "show control bytes as ^X and bytes over 127 as M-x", set(&opts.nonprinting))
	c.Flags.BoolFuncP("show-ends", "E", "write $ before each newline, and show \\r\\n as ^M$", set(&opts.ends))
	c.Flags.BoolFuncP("show-tabs", "T", "show tabs as ^I", set(&opts.tabs))
	c.Flags.BoolFuncP("show-all", "A", "the same as -vET", set(&opts.nonprinting, &opts.ends, &opts.tabs))
	return opts, c
}

// errLoop is for a file from which cat would read its own output, without end.
var errLoop = errors.New("input file is output file")

// copyFile copies one operand to standard output, which is all that to lists.
func copyFile(s *stream.Streams, name string, to stream.Outputs, format *formatter) (err error) {
	in := s.In
	if name != "-" {
		if in, err = s.Open(name); err != nil {
			return err
		}
		defer func() { err = cmp.Or(err, s.Close(in)) }()
	}
	switch {
	case s.FeedsItself(in, format.grows()):
		return errLoop
	case format == nil:
		return s.Copy(in, to)
	}
	return s.Transform("format", in, s.Out, growth, format.convert, nil)
}
