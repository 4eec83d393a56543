package main

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/stream"
	"fd42.example/fd42/internal/stream/streamtest"
)

// roomFor is what stream.Transform gives the formatter to append to.
func roomFor(block []byte) []byte { return make([]byte, 0, growth*len(block)+stream.Spare) }

// inBlocks formats blocks as stream.Transform does: each result is written
// before the next takes its place.
func inBlocks(f *formatter, blocks iter.Seq[[]byte]) string {
	var written []byte
	for block := range blocks {
		result, _ := f.convert(roomFor(block), block)
		written = append(written, result...)
	}
	return string(append(written, f.heldBack()...))
}

// plainFormat is the description, word for word, on all of the text at once.
func plainFormat(opts options, text []byte) string {
	var out strings.Builder
	number, afterEmpty := 0, false
	for line := range bytes.Lines(text) {
		empty := line[0] == '\n'
		if opts.squeeze && empty && afterEmpty {
			continue
		}
		afterEmpty = empty
		if opts.numberNonblank && !empty || opts.number && !opts.numberNonblank {
			number++
			fmt.Fprintf(&out, "%6d\t", number)
		}
		line, ended := bytes.CutSuffix(line, []byte("\n"))
		end := ""
		if opts.ends && ended {
			end = "$"
			if rest, found := bytes.CutSuffix(line, []byte("\r")); found {
				line, end = rest, "^M$"
			}
		}
		for _, b := range line {
			out.WriteString(plainShow(opts, b))
		}
		out.WriteString(end)
		if ended {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

func plainShow(opts options, b byte) string {
	switch {
	case b == '\t' && opts.tabs:
		return "^I"
	case b == '\t' || !opts.nonprinting:
		return string([]byte{b})
	case b >= 128:
		return "M-" + caret(b-128)
	}
	return caret(b)
}

func caret(b byte) string {
	switch {
	case b < 32:
		return "^" + string([]byte{b + 64})
	case b == 127:
		return "^?"
	}
	return string([]byte{b})
}

// everyOptions are all combinations that need a formatter.
func everyOptions(yield func(options) bool) {
	for bits := 1; bits < 64; bits++ {
		on := func(i int) bool { return bits>>i&1 == 1 }
		if !yield(options{on(0), on(1), on(2), on(3), on(4), on(5)}) {
			return
		}
	}
}

func TestFormat(t *testing.T) {
	all := options{nonprinting: true, ends: true, tabs: true}
	for _, c := range []struct {
		opts       options
		text, want string
	}{
		{options{number: true}, "a\n\nb", "     1\ta\n     2\t\n     3\tb"},
		{options{numberNonblank: true}, "a\n\n\r\nb", "     1\ta\n\n     2\t\r\n     3\tb"},
		{options{number: true, squeeze: true}, "\n\n\na\n\n\nb\n", "     1\t\n     2\ta\n     3\t\n     4\tb\n"},
		{options{squeeze: true}, "\r\n\r\n\n\n", "\r\n\r\n\n"},
		{options{ends: true}, "a\r\n\r\r\nb\rc\r", "a^M$\n\r^M$\nb\rc\r"},
		{options{ends: true}, "a\n\n\t", "a$\n$\n\t"},
		{options{tabs: true}, "\ta\t\n", "^Ia^I\n"},
		{options{nonprinting: true}, "\x00\x1f \x7e\x7f\t\r", "^@^_ ~^?\t^M"},
		{options{nonprinting: true}, "\x80\x89\x8a\x9f\xa0\xfe\xff", "M-^@M-^IM-^JM-^_M- M-~M-^?"},
		{all, "é\t\r\n", "M-CM-)^I^M$\n"},
		{all, "", ""},
	} {
		assert.Equal(t, c.want, inBlocks(newFormatter(c.opts), slices.Values([][]byte{[]byte(c.text)})), "%+v %q", c.opts, c.text)
		assert.Equal(t, c.want, plainFormat(c.opts, []byte(c.text)), "the reference, %+v %q", c.opts, c.text)
	}
}

// TestFormatEvery holds the formatter to the reference for every short text of
// bytes that matter to it, in every split, under all options.
func TestFormatEvery(t *testing.T) {
	for text := range streamtest.EveryText("\n\ra", 4) {
		for opts := range everyOptions {
			want := plainFormat(opts, text)
			for blocks := range streamtest.EverySplit(text) {
				if got := inBlocks(newFormatter(opts), slices.Values(blocks)); got != want {
					require.Failf(t, "differs", "%+v, %q: %q; should be %q", opts, blocks, got, want)
				}
			}
		}
	}
}

// TestFormatEveryPlace puts two bytes from the edges of what needs work at every
// place of some words, where several are looked at side by side.
func TestFormatEveryPlace(t *testing.T) {
	const edges = "\x00\x08\t\n\v\f\r\x0e\x1f !~\x7f\x80\x89\x8a\x8d\x9f\xa0\xfe\xff"
	line := []byte("a line that fills some words of a machine\n")
	for _, opts := range []options{{number: true}, {nonprinting: true}, {tabs: true, ends: true}} {
		for pair := range len(edges) * len(edges) {
			for at := range len(line) - 2 {
				text := slices.Clone(line)
				text[at], text[at+1] = edges[pair/len(edges)], edges[pair%len(edges)]
				want := plainFormat(opts, text)
				if got := inBlocks(newFormatter(opts), slices.Values([][]byte{text})); got != want {
					require.Failf(t, "differs", "%+v, %q: %q; should be %q", opts, text, got, want)
				}
			}
		}
	}
}

func TestCounter(t *testing.T) {
	out := make([]byte, 64)
	count := func(c *counter, from uint64, times int) {
		for i := range times {
			n := c.next(out)
			require.Equal(t, fmt.Sprintf("%6d\t", from+uint64(i)), string(out[:n]))
		}
	}
	c := newCounter()
	count(&c, 1, 20_000)
	power := uint64(10_000)
	for range tabAt - 5 { // up to the widest there is room for
		power *= 10
		c := newCounter()
		copyNumber(&c, power-5)
		count(&c, power-4, 20)
	}
}

// copyNumber makes c a counter that has come to number.
func copyNumber(c *counter, number uint64) {
	digits := strconv.FormatUint(number, 10)
	c.start = min(c.start, tabAt-len(digits))
	copy(c.text[tabAt-len(digits):], digits)
	c.last = digits[len(digits)-1]
}

// FuzzFormat holds the formatter to the reference under all options, for text
// that comes often enough to fill words, in blocks of any size.
func FuzzFormat(f *testing.F) {
	for _, text := range []string{
		"", "\n", "a\r\n", "\r", "\t\x00\x7f\x80\xff", "\n\n\n", "one\n\n\n\ntwo", "12345678\r\n12345678", "é\u202e\n",
		"sixteen bytes...\nsixteen bytes..\r\n", "\r\r\r\r\n",
	} {
		f.Add([]byte(text), uint8(1), uint16(3))
		f.Add([]byte(text), uint8(40), uint16(1000))
	}
	f.Fuzz(func(t *testing.T, text []byte, times uint8, size uint16) {
		text = bytes.Repeat(text, int(times%64))
		if len(text) > 3*piece {
			t.Skip("longer than it is worth")
		}
		for opts := range everyOptions {
			got := inBlocks(newFormatter(opts), slices.Chunk(text, int(size)+1))
			if want := plainFormat(opts, text); got != want {
				require.Failf(t, "differs", "%+v, blocks of %d: %q; should be %q", opts, int(size)+1, got, want)
			}
		}
	})
}

func BenchmarkFormat(b *testing.B) {
	text := func(line string) []byte { return bytes.Repeat([]byte(line), 128<<10/len(line)) }
	short, long := text("12345678\n"), text(strings.Repeat("seventy ", 8)+"bytes\n")
	random := make([]byte, 128<<10)
	for i, x := range random {
		random[i] = byte(i*i>>3) ^ x
	}
	for _, c := range []struct {
		name string
		opts options
		text []byte
	}{
		{"-n/lines of 9", options{number: true}, short},
		{"-n/lines of 70", options{number: true}, long},
		{"-bs/lines of 70", options{numberNonblank: true, squeeze: true}, long},
		{"-E/lines of 70", options{ends: true}, long},
		{"-T/lines of 70", options{tabs: true}, long},
		{"-A/lines of 70", options{nonprinting: true, ends: true, tabs: true}, long},
		{"-v/any bytes", options{nonprinting: true}, random},
	} {
		b.Run(c.name, func(b *testing.B) {
			f := newFormatter(c.opts)
			b.SetBytes(int64(len(c.text)))
			room := roomFor(c.text)
			for b.Loop() {
				f.convert(room, c.text)
			}
		})
	}
}

// TestFormatEveryEdge cuts text that fills words and pieces into two blocks at
// every place, under all options.
func TestFormatEveryEdge(t *testing.T) {
	for _, text := range []string{
		"sixteen bytes...sixteen bytes..\r\n\n\n\n\nsixteen bytes...\r\r\n\t\tone\n",
		"sixteen bytes..\r\n\n\n\n\nand thirty-two bytes without another\n",
		"$\n\n$$\n\r\n\n\n$\r\n12345678$\n1234567$\n$",
		"\x00\t\xff\r\x80\n\n\n\n\x7f\x7f\r\n\x1f\x7e\xa0\xe9\xfe\xff\r\r\r\r\r\r\r\n\n",
	} {
		for opts := range everyOptions {
			want := plainFormat(opts, []byte(text))
			for at := range len(text) {
				blocks := [][]byte{[]byte(text[:at]), []byte(text[at:])}
				if got := inBlocks(newFormatter(opts), slices.Values(blocks)); got != want {
					require.Failf(t, "differs", "%+v, %q: %q; should be %q", opts, blocks, got, want)
				}
			}
		}
	}
}

// TestFormatLong takes blocks of some pieces each, and a piece ends at every
// place of the text.
func TestFormatLong(t *testing.T) {
	text := bytes.Repeat([]byte("a\n\n\n\tlonger line\xff\r\n$\n\r\n\n\r\r\n"), 600) // a length that is prime to piece
	for opts := range everyOptions {
		f := newFormatter(opts)
		got := inBlocks(f, slices.Values([][]byte{text, text[:piece+1], text}))
		want := plainFormat(opts, slices.Concat(text, text[:piece+1], text))
		require.True(t, got == want, "%+v", opts)
	}
}
