package main

import "slices"

// options are what makes cat more than a copier.
type options struct {
	number         bool // number every line
	numberNonblank bool // number lines that are not empty, and only those
	squeeze        bool // of several empty lines in a row, keep one
	nonprinting    bool // ^X and M-x for what is neither printable, tab nor newline
	ends           bool // $ before each newline, ^M for a carriage return before it
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
	squeezer squeezer
	shower   shower
	numberer numberer
	filters  []filter
	rooms    [2][]byte // where the filters before the last write to
}

// A filter appends to dst what it makes of src. dst has room for that and for
// slack bytes more: a filter may store more than it keeps.
type filter func(dst, src []byte) []byte

const (
	piece  = 4 << 10 // goes through all filters while the first-level cache holds it
	slack  = 64
	widest = 24 // what one byte becomes at most: a number, a tab, a dollar sign, a newline
)

func newFormatter(opts options) *formatter {
	f := &formatter{options: opts, squeezer: newSqueezer(), numberer: numberer{ends: opts.ends, counter: newCounter()}}
	if opts.squeeze {
		f.filters = []filter{f.squeezer.squeeze}
	}
	if opts.nonprinting || opts.ends || opts.tabs {
		f.shower.start(opts)
		f.filters = slices.Concat(f.filters, []filter{f.shower.show})
	}
	if opts.number || opts.numberNonblank {
		f.numberer.lines = all
		if opts.numberNonblank {
			f.numberer.lines = nonblank
		}
		f.filters = slices.Concat(f.filters, []filter{f.numberer.number})
	}
	for i := range len(f.filters) - 1 {
		f.rooms[i] = make([]byte, 0, 4*piece+slack) // 4 bytes are the longest text of one
	}
	return f
}

// grows reports whether more may come out than goes in. A nil formatter leaves
// the bytes as they are.
func (f *formatter) grows() bool { return f != nil && f.options != options{squeeze: true} }

// append appends src to dst, which comes empty, in its new form, up to a carriage
// return that must wait for what follows it. The error is always nil.
//
// Room for the most that src can become costs little: the kernel provides memory
// page by page, when it is first written to.
func (f *formatter) append(dst, src []byte) ([]byte, error) {
	if room := widest*len(src) + slack; room > cap(dst) {
		dst = make([]byte, 0, max(room, 2*cap(dst)))
	}
	last := len(f.filters) - 1
	for text := range slices.Chunk(src, piece) {
		for i, filter := range f.filters[:last] {
			text = filter(f.rooms[i], text)
		}
		dst = f.filters[last](dst, text)
	}
	return dst, nil
}

// finish returns what was held back.
func (f *formatter) finish() []byte {
	if !f.shower.held {
		return nil
	}
	last := []byte{'\r'}
	if f.numberer.lines != none {
		last = f.numberer.number(make([]byte, 0, widest+slack), last)
	}
	return last
}
