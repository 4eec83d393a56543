// Base64 transforms: bytes in from one descriptor, other bytes out to
// descriptor 1. The coding is RFC 4648's, section 4.
//
//go:debug containermaxprocs=0
package main

import (
	"errors"
	"math"
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

// A coder turns the bytes of a stream, in blocks of any size, into others.
type coder interface {
	// append appends to dst what src completes, and keeps the rest.
	append(dst, src []byte) ([]byte, error)
	// finish appends to dst what is left at end of file, or after a failed
	// read, when atEnd is false.
	finish(dst []byte, atEnd bool) ([]byte, error)
}

func run(s *stream.Streams, args []string) int {
	opts, command := command()
	files, ok := command.Parse(s, args, 1)
	if !ok {
		return s.Finish()
	}
	s.ReportsOne = true
	var c coder = &encoder{columns: int64(opts.wrap)}
	if opts.decode {
		c = newDecoder(opts.garbage)
	}
	code := func(in int) {
		if err := s.Transform("code", in, s.Out, c.append, c.finish); err != nil {
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
	opts := &options{wrap: defaultWrap}
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

// columns is the length of encoded lines; 0 means one line without an end.
type columns int64

const defaultWrap columns = 76 // RFC 2045, 6.8

func (c *columns) Type() string   { return "COLS" }
func (c *columns) String() string { return strconv.FormatInt(int64(*c), 10) }

// Set takes a decimal number as strtol(3) does, with blanks and a sign before
// it. A number that is too large means 0.
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
