package main

import (
	"slices"

	"fd42.example/fd42/internal/stream"
)

// options are what makes cat more than a copier.
type options struct {
	number         bool // number every line
	numberNonblank bool // number lines that are not empty, and only those
	squeeze        bool // of several empty lines in a row, keep one
	nonprinting    bool // ^X and M-x for what is neither printable, tab nor newline
	ends           bool // $ before each newline, and ^M for a carriage return before it
	tabs           bool // ^I for a tab
}

// A formatter rewrites a stream of bytes that comes in blocks of any size. It is
// up to three filters in a row, those that the options ask for:
//
//	cat -s | cat -vET | cat -n
//
// Each keeps its state from block to block, and so from file to file.
type formatter struct {
	options
	revealer revealer
	filters  []filter
	rooms    [2][]byte // what the filters before the last one write to
}

// A filter appends to dst what it makes of src. dst has room for that and for
// slack bytes more: a filter may store more than it keeps.
type filter func(dst, src []byte) []byte

const (
	piece  = 4 << 10 // goes through all filters while the first-level cache holds it
	slack  = 128 + 4 // what many may store, as far as the compiler can tell
	growth = 20      // what one byte becomes at most: a number and a tab (16 bytes), then its text (4)
)

func newFormatter(opts options) *formatter {
	f := &formatter{options: opts}
	if opts.squeeze {
		squeezer := &squeezer{run: 1}
		f.filters = append(f.filters, squeezer.squeeze)
	}
	if opts.nonprinting || opts.ends || opts.tabs {
		f.revealer.start(opts)
		f.filters = append(f.filters, f.revealer.show)
	}
	if opts.number || opts.numberNonblank {
		numberer := &numberer{nonblank: opts.numberNonblank, ends: opts.ends, counter: newCounter()}
		f.filters = append(f.filters, numberer.number)
	}
	for i := range len(f.filters) - 1 {
		f.rooms[i] = make([]byte, 0, 4*piece+slack) // 4 bytes are the longest text of one
	}
	return f
}

// grows reports whether more may come out than goes in. A nil formatter leaves
// the bytes as they are.
func (f *formatter) grows() bool { return f != nil && f.options != options{squeeze: true} }

// convert is for stream.Transform. It never fails. It holds back a carriage return at
// the end of src if its text depends on the next byte.
func (f *formatter) convert(dst, src []byte) ([]byte, error) {
	last := len(f.filters) - 1
	for text := range slices.Chunk(src, piece) {
		for i, filter := range f.filters[:last] {
			text = filter(f.rooms[i], text)
		}
		dst = f.filters[last](dst, text)
	}
	return dst, nil
}

// heldBack returns what convert has held back. There is no more input.
func (f *formatter) heldBack() []byte {
	if !f.revealer.held {
		return nil
	}
	f.revealer.held, f.revealer.pairs = false, false // no newline follows
	last, _ := f.convert(make([]byte, 0, stream.Spare), []byte{'\r'})
	return last
}
