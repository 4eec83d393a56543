// Base64 transforms: bytes in from one descriptor, other bytes out to
// descriptor 1. The coding is RFC 4648's, section 4.
//
//go:debug containermaxprocs=0
package main

import (
	"errors"
	"os"
	"strconv"
	"strings"

	"fd42.example/fd42/internal/cli"
	"fd42.example/fd42/internal/quote"
	"fd42.example/fd42/internal/stream"
)

func main() { os.Exit(run(stream.Standard("base64"), os.Args[1:])) }

type options struct {
	decode  bool
	garbage bool // skip what is not in the alphabet
	wrap    columns
}

// growth is how many bytes one byte becomes at most: with -w 1, two groups of three
// become eight characters and eight newlines.
const growth = 3

func run(s *stream.Streams, args []string) int {
	opts, command := command()
	files, ok := command.Parse(s, args, 1)
	if !ok {
		return s.Finish()
	}
	s.ReportsOne = true
	e := &encoder{columns: int64(opts.wrap)}
	convert, finish := e.convert, e.finish
	if opts.decode {
		d := newDecoder(opts.garbage)
		convert, finish = d.convert, d.finish
	}
	code := func(in int) {
		if err := s.Transform("code", in, s.Out, growth, convert, finish); err != nil {
			s.Fail(err)
		}
	}
	if len(files) == 0 || files[0] == "-" {
		code(s.In)
		return s.Finish()
	}
	in, err := s.Open(files[0])
	if err == nil {
		code(in)
		err = s.Close(in)
	}
	if err != nil {
		s.FailFile(files[0], err)
	}
	return s.Finish()
}

func command() (*options, *cli.Command) {
	opts := &options{wrap: 76} // RFC 2045, 6.8
	c := cli.New("base64", "[OPTION]... [FILE]",
		"Encode FILE in base64, or decode it, and write the result to standard output.\nBase64 writes any bytes as letters, digits, +, / and =.\nIf there is no FILE, or if it is -, read standard input.",
		`  base64 picture.png > picture.txt      encode a file
  echo 'bGVhbmRybwo=' | base64 -d       decode a line
`)
	c.Flags.BoolVarP(&opts.decode, "decode", "d", false, "decode")
	c.Flags.VarP(&opts.wrap, "wrap", "w", "end lines after COLS characters (default "+opts.wrap.String()+"; 0: never)")
	c.Flags.BoolVarP(&opts.garbage, "ignore-garbage", "i", false, "when decoding, skip bytes outside the alphabet")
	return opts, c
}

// columns is the length of encoded lines; 0 means that no newline is written.
type columns int64

func (c *columns) Type() string   { return "COLS" }
func (c *columns) String() string { return strconv.FormatInt(int64(*c), 10) }

// Set takes a decimal number as strtol(3) does, with blanks and a sign before
// it. A number that is too large means 0.
func (c *columns) Set(value string) error {
	number := strings.TrimLeft(value, " \t\n\v\f\r")
	n, err := strconv.ParseInt(number, 10, 64)
	if errors.Is(err, strconv.ErrRange) && n > 0 && strings.Trim(number[1:], "0123456789") == "" {
		n, err = 0, nil
	}
	if err != nil || n < 0 {
		return errors.New("invalid wrap size: " + quote.Value(value))
	}
	*c = columns(n)
	return nil
}
