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
// up to three filters in a row, as in
//
//	cat -s | cat -vET | cat -n
//
// and leaves out those that nobody asked for. Each filter keeps its own state
// from block to block, and so from file to file.
type formatter struct {
	options
	squeezer squeezer
	shower   shower
	numberer numberer
	filters  []filter
	rooms    [][]byte // where all filters but the last write to
}

// A filter appends to dst what it makes of src. dst has room for all of it, and
// for slack bytes more: a filter may store more than it keeps.
type filter func(dst, src []byte) []byte

const (
	// piece is how many bytes go through the filters at a time, so that what
	// passes between them stays in the processor's first-level cache.
	piece = 4 << 10
	slack = 64
	// What one byte can become at most: shown, M-^X; numbered too, the number of
	// its line, a tab, a dollar sign and the newline itself.
	widestShown    = 4
	widestNumbered = 24
)

func newFormatter(opts options) *formatter {
	f := &formatter{options: opts}
	if opts.squeeze {
		f.squeezer.start()
		f.filters = []filter{f.squeezer.squeeze}
	}
	if opts.nonprinting || opts.ends || opts.tabs {
		f.shower.start(opts)
		f.filters = slices.Concat(f.filters, []filter{f.shower.show})
	}
	if opts.number || opts.numberNonblank {
		f.numberer.start(opts)
		f.filters = slices.Concat(f.filters, []filter{f.numberer.number})
	}
	f.rooms = make([][]byte, len(f.filters)-1)
	for i := range f.rooms {
		f.rooms[i] = make([]byte, 0, widestShown*piece+slack)
	}
	return f
}

// grows reports whether more may come out than goes in. A nil formatter leaves
// the bytes as they are.
func (f *formatter) grows() bool { return f != nil && f.options != options{squeeze: true} }

// append appends src to dst, which comes empty, in its new form, up to a carriage
// return that must wait for what follows it. The error is always nil.
//
// The room for all that could become of src costs next to nothing: the kernel
// provides memory page by page, when it is first written to.
func (f *formatter) append(dst, src []byte) ([]byte, error) {
	if room := widestNumbered*len(src) + slack; room > cap(dst) {
		dst = make([]byte, 0, max(room, 2*cap(dst)))
	}
	for text := range slices.Chunk(src, piece) {
		dst = f.format(dst, text)
	}
	return dst, nil
}

// format is append for one piece.
func (f *formatter) format(dst, text []byte) []byte {
	last := len(f.filters) - 1
	for i, filter := range f.filters[:last] {
		text = filter(f.rooms[i], text)
	}
	return f.filters[last](dst, text)
}

// finish returns what was held back.
func (f *formatter) finish() []byte {
	if !f.shower.held {
		return nil
	}
	last := []byte{'\r'}
	if f.numberer.lines != none {
		last = f.numberer.number(make([]byte, 0, widestNumbered+slack), last)
	}
	return last
}
