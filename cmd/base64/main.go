// Base64 transforms: bytes in from one descriptor, other bytes out to
// descriptor 1. The coding is RFC 4648's, section 4.
//
//go:debug containermaxprocs=0
package main

import (
	"cmp"
	"errors"
	"math"
	"os"
	"strconv"
	"strings"

	"fd42.example/fd42/internal/cli"
	"fd42.example/fd42/internal/quote"
	"fd42.example/fd42/internal/stream"
)

// The go:debug line above has the runtime let go of the two descriptors by which
// it would go on watching the cgroup's CPU limit.

func main() { os.Exit(run(stream.Standard("base64"), os.Args[1:])) }

type options struct {
	decode  bool
	garbage bool // skip what is not in the alphabet
	wrap    columns
}

// A coder turns the bytes of a stream, in blocks of any size, into others.
type coder interface {
	// append appends to dst what src completes, and keeps the rest.
	append(dst, src []byte) ([]byte, error)
	// finish appends to dst what is left when the input ends, or when it
	// could not be read to its end.
	finish(dst []byte, atEnd bool) ([]byte, error)
}

func run(s *stream.Streams, args []string) int {
	opts, command := command()
	files, ok := command.Parse(s, args, 1)
	if !ok {
		return s.Finish()
	}
	s.TellsOne = true
	var c coder = &encoder{columns: int64(opts.wrap)}
	if opts.decode {
		c = newDecoder(opts.garbage)
	}
	if len(files) == 0 || files[0] == "-" {
		if err := code(s, s.In, c); err != nil {
			s.Fail(err)
		}
	} else if err := codeFile(s, files[0], c); err != nil {
		s.FailFile(files[0], err)
	}
	return s.Finish()
}

// codeFile codes a named file. Its error is one of opening or closing the
// file; others it has told.
func codeFile(s *stream.Streams, name string, c coder) error {
	in, err := s.Open(name)
	if err != nil {
		return err
	}
	if err := code(s, in, c); err != nil {
		s.Fail(err)
	}
	return s.Close(in)
}

// code codes all of in, and returns the first error. What was read before
// reading failed is coded all the same.
func code(s *stream.Streams, in int, c coder) error {
	err := s.Transform("code", s.Out, in, c.append)
	var e *stream.Error
	if err != nil && !(errors.As(err, &e) && e.Op == stream.OpRead) {
		return err
	}
	last, badEnd := c.finish(nil, err == nil)
	writeErr := s.Write(last)
	return cmp.Or(err, writeErr, badEnd)
}

func command() (*options, *cli.Command) {
	opts := &options{wrap: defaultWrap}
	c := cli.New("base64", "[OPTION]... [FILE]",
		"Write FILE in base64 to standard output, or standard input where FILE is - or there is none.",
		`  base64 picture.png > picture.txt      encode a file
  echo 'bGVhbmRybwo=' | base64 -d       decode a line
`)
	c.Flags.BoolVarP(&opts.decode, "decode", "d", false, "decode")
	c.Flags.VarP(&opts.wrap, "wrap", "w", "end encoded lines after COLS characters ("+opts.wrap.String()+"); 0: do not")
	c.Flags.BoolVarP(&opts.garbage, "ignore-garbage", "i", false, "when decoding, skip bytes outside the alphabet")
	return opts, c
}

// columns is the length of encoded lines; 0 means one line without an end.
type columns int64

const defaultWrap columns = 76 // RFC 2045, 6.8

func (c *columns) Type() string   { return "COLS" }
func (c *columns) String() string { return strconv.FormatInt(int64(*c), 10) }

// Set takes a decimal number as strtol(3) does, with blanks and a sign before
// it. A line longer than memory can count is never ended.
func (c *columns) Set(value string) error {
	const blanks = " \t\n\v\f\r"
	digits := strings.TrimLeft(value, blanks)
	negative := strings.HasPrefix(digits, "-")
	if negative || strings.HasPrefix(digits, "+") {
		digits = digits[1:]
	}
	if digits == "" || strings.Trim(digits, "0123456789") != "" || negative && strings.Trim(digits, "0") != "" {
		return errors.New("invalid wrap size: " + quote.Value(value))
	}
	*c = 0
	for _, digit := range digits {
		if *c > (maxColumns-columns(digit-'0'))/10 {
			*c = 0
			break
		}
		*c = *c*10 + columns(digit-'0')
	}
	return nil
}

const maxColumns = math.MaxInt64
