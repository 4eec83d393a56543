package main

import (
	"bytes"
	"encoding/base64"
	"iter"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/stream"
	"fd42.example/fd42/internal/stream/streamtest"
)

// roomFor is what stream.Transform gives a coder to append to.
func roomFor(block []byte) []byte { return make([]byte, 0, growth*len(block)+stream.Spare) }

// A coder is an encoder or a decoder.
type coder interface {
	convert(dst, src []byte) ([]byte, error)
	finish(dst []byte, atEnd bool) ([]byte, error)
}

// inBlocks codes blocks as stream.Transform does: each result is written
// before the next takes its place.
func inBlocks(c coder, blocks iter.Seq[[]byte], atEnd bool) (string, error) {
	var written []byte
	for block := range blocks {
		result, err := c.convert(roomFor(block), slices.Clone(block))
		written = append(written, result...)
		if err != nil {
			return string(written), err
		}
	}
	result, err := c.finish(roomFor(nil), atEnd)
	return string(append(written, result...)), err
}

// plainEncode is encoding/base64, and newlines.
func plainEncode(data []byte, columns int) string {
	text := base64.StdEncoding.EncodeToString(data)
	if columns == 0 {
		return text
	}
	var lines strings.Builder
	for line := range slices.Chunk([]byte(text), columns) {
		lines.Write(append(line[:len(line):len(line)], '\n'))
	}
	return lines.String()
}

// plainDecode decodes a group at a time, as behaviour is described: four
// characters, two or three with padding, or those at the end of the input. Each
// group but the last must be whole, and strict.
func plainDecode(text []byte, skipGarbage bool) (string, error) {
	var kept []byte
	for _, c := range text {
		if c != '\n' && (!skipGarbage || c == '=' || strings.IndexByte(alphabet, c) >= 0) {
			kept = append(kept, c)
		}
	}
	var decoded []byte
	for len(kept) > 0 {
		group := kept[:min(4, len(kept))]
		kept = kept[len(group):]
		n := len(group) - len(bytes.TrimLeft(group, alphabet))
		padding := string(group[n:])
		whole, err := base64.RawStdEncoding.Strict().DecodeString(string(group[:n]))
		switch {
		case err == nil && (padding == "" || n == 2 && padding == "==" || n == 3 && padding == "="):
			decoded = append(decoded, whole...)
			continue
		case n >= 2: // bits that belong to no byte are another matter
			loose, _ := base64.RawStdEncoding.DecodeString(string(group[:n]))
			decoded = append(decoded, loose...)
		}
		return string(decoded), errInvalid
	}
	return string(decoded), nil
}

func TestEncode(t *testing.T) {
	for length := range 9 {
		data := []byte("\x00\xff\x10abcde")[:length]
		for columns := range 14 {
			want := plainEncode(data, columns)
			for blocks := range streamtest.EverySplit(data) {
				got, err := inBlocks(&encoder{columns: int64(columns)}, slices.Values(blocks), true)
				require.NoError(t, err)
				require.Equal(t, want, got, "%q in %d columns", blocks, columns)
			}
		}
	}
}

// TestEncodeCut: where reading failed, what was read is padded and its line ended.
func TestEncodeCut(t *testing.T) {
	got, err := inBlocks(&encoder{columns: 76}, slices.Values([][]byte{[]byte("abcd")}), false)
	assert.NoError(t, err)
	assert.Equal(t, "YWJjZA==\n", got)
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		text, want string
		valid      bool
	}{
		{"", "", true},
		{"\n\n", "", true},
		{"YWJj", "abc", true},
		{"YQ=\n=", "a", true},
		{"YQ", "a", true},
		{"YWI", "ab", true},
		{"YQ==YQ", "aa", true},
		{"YQ==YQ==", "aa", true},
		{"YWJjZA==YWJj", "abcdabc", true},
		{"YQ=", "a", false},
		{"Y", "", false},
		{"=", "", false},
		{"YWJj*YWJj", "abc", false},
		{"YW*", "a", false},
		{"YWJ*", "ab", false},
		{"Y*Q==", "", false},
		{"YQ==*", "a", false},
		{"YWJj=", "abc", false},
		{"YQ===", "a", false},
		{"YWI==", "ab", false},
		{"YW\rJj", "a", false},
		{"YR==", "a", false},
		{"YR", "a", false},
		{"YWJ", "ab", false},
		{"YW-_", "a", false},
		{"YQ=YQ==", "a", false},
	} {
		got, err := inBlocks(newDecoder(false), slices.Values([][]byte{[]byte(c.text)}), true)
		assert.Equal(t, c.want, got, "%q", c.text)
		assert.Equal(t, c.valid, err == nil, "%q", c.text)
		plain, plainErr := plainDecode([]byte(c.text), false)
		assert.Equal(t, got, plain, "the reference, %q", c.text)
		assert.Equal(t, err, plainErr, "the reference, %q", c.text)
	}
}

// TestDecodeEvery holds the decoder to the reference for every short text that
// can be made of a character with and without spare bits, padding, garbage and
// a newline, in every split.
func TestDecodeEvery(t *testing.T) {
	for text := range streamtest.EveryText("AZ=*\n", 5) {
		for _, skipGarbage := range []bool{false, true} {
			want, wantErr := plainDecode(text, skipGarbage)
			for blocks := range streamtest.EverySplit(text) {
				got, err := inBlocks(newDecoder(skipGarbage), slices.Values(blocks), true)
				if got != want || err != wantErr {
					require.Failf(t, "differs", "%q, skipping garbage: %t: %q, %v; should be %q, %v",
						blocks, skipGarbage, got, err, want, wantErr)
				}
			}
		}
	}
}

// TestDecodeCut: where reading failed, only whole groups are written.
func TestDecodeCut(t *testing.T) {
	for text, want := range map[string]string{"YWJjYQ": "abc", "YWJjYQ=": "abc", "YWJj": "abc", "YQ==YWI": "a", "Y": ""} {
		got, err := inBlocks(newDecoder(false), slices.Values([][]byte{[]byte(text)}), false)
		assert.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
}

// TestDecodeEveryByte puts each byte into long text, where whole vectors are
// decoded at once: none may pass for another.
func TestDecodeEveryByte(t *testing.T) {
	long := bytes.Repeat([]byte("QUJD"), 100)
	for c := range 256 {
		for _, at := range []int{0, 1, 2, 3, 32, 63, 64, 127, 200, 399} {
			text := slices.Clone(long)
			text[at] = byte(c)
			for _, skipGarbage := range []bool{false, true} {
				want, wantErr := plainDecode(text, skipGarbage)
				got, err := inBlocks(newDecoder(skipGarbage), slices.Values([][]byte{text}), true)
				require.Equal(t, want, got, "byte %d at %d", c, at)
				require.Equal(t, wantErr, err, "byte %d at %d", c, at)
			}
		}
	}
}

// FuzzEncode holds the encoder to encoding/base64, and the decoder to taking
// back what it wrote. The data comes often enough to fill vectors, in blocks
// of any size.
func FuzzEncode(f *testing.F) {
	f.Add([]byte(nil), uint16(1), uint16(76), uint16(1))
	f.Add([]byte("a"), uint16(1), uint16(0), uint16(1))
	f.Add([]byte("leandro\n"), uint16(1), uint16(76), uint16(3))
	f.Add([]byte("\x00\xff"), uint16(77), uint16(1), uint16(7))
	f.Add([]byte("abcd"), uint16(4000), uint16(76), uint16(65535)) // longer than a piece
	f.Add([]byte("abcdefg"), uint16(999), uint16(77), uint16(64))
	f.Fuzz(func(t *testing.T, data []byte, times, columns, size uint16) {
		data = bytes.Repeat(data, int(times%4096))
		if len(data) > 1<<18 {
			t.Skip("longer than it is worth")
		}
		want := plainEncode(data, int(columns))
		got, err := inBlocks(&encoder{columns: int64(columns)}, slices.Chunk(data, int(size)+1), true)
		require.NoError(t, err)
		require.True(t, want == got, "encoded")
		back, err := inBlocks(newDecoder(false), slices.Chunk([]byte(got), int(size)+1), true)
		require.NoError(t, err)
		require.True(t, string(data) == back, "decoded again")
	})
}

// FuzzDecode holds the decoder to the reference, and that to encoding/base64,
// for any text between valid text of two lengths.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		"", "YQ==", "YQ", "YWI=", "YQ=\n=", "YQ==YQ==", "YR==", "YWJj*", "Y*Q==", "YWJj=", "YQ===", "YW\rJj", "=", "Y",
		"YWJj\nZGVm\n", "\xff\x00", "-_-_", "====", "YQ=Q", "AAA\n=AAAA",
	} {
		f.Add([]byte(text), uint16(0), uint16(0), uint16(3), false)
		f.Add([]byte(text), uint16(41), uint16(130), uint16(1000), true)
		f.Add([]byte(text), uint16(131), uint16(40), uint16(65), false)
	}
	f.Fuzz(func(t *testing.T, text []byte, before, after, size uint16, skipGarbage bool) {
		valid := bytes.Repeat([]byte("QUJD"), 2560) // longer than a textPiece
		text = slices.Concat(valid[:before%10240], text, valid[:after%10240])
		want, wantErr := plainDecode(text, skipGarbage)
		for _, size := range []int{len(text) + 1, int(size) + 1, 1 + int(size)%7} {
			got, err := inBlocks(newDecoder(skipGarbage), slices.Chunk(text, size), true)
			require.True(t, want == got, "decoded in blocks of %d", size)
			require.Equal(t, wantErr, err, "in blocks of %d", size)
		}
		if bytes.IndexByte(text, '\r') >= 0 {
			return // encoding/base64 passes over these too
		}
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding} {
			if decoded, err := encoding.Strict().DecodeString(string(text)); err == nil {
				require.NoError(t, wantErr)
				require.Equal(t, string(decoded), want)
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	data := bytes.Repeat([]byte("\x00a\xffBC"), 128<<10/5)
	for _, columns := range []int64{0, 76} {
		b.Run("wrap="+strconv.FormatInt(columns, 10), func(b *testing.B) {
			benchmark(b, &encoder{columns: columns}, data)
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	data := bytes.Repeat([]byte("\x00a\xffBC"), 128<<10/5)
	lines := []byte(plainEncode(data, 76))
	b.Run("lines", func(b *testing.B) { benchmark(b, newDecoder(false), lines) })
	b.Run("one line", func(b *testing.B) { benchmark(b, newDecoder(false), []byte(plainEncode(data, 0))) })
	garbage := bytes.ReplaceAll(lines, []byte("\n"), []byte("\r\n"))
	b.Run("garbage", func(b *testing.B) { benchmark(b, newDecoder(true), garbage) })
	padded := bytes.Repeat([]byte("YQ=="), 32<<10) // many small texts in a row
	b.Run("padded", func(b *testing.B) { benchmark(b, newDecoder(false), padded) })
	b.Run("padded garbage", func(b *testing.B) { benchmark(b, newDecoder(true), padded) })
}

func benchmark(b *testing.B, c coder, block []byte) {
	b.SetBytes(int64(len(block)))
	room := roomFor(block)
	for b.Loop() {
		if _, err := c.convert(room, block); err != nil {
			b.Fatal(err)
		}
	}
}

// TestDecodeEveryEdge cuts text with short and with long stretches, and a fault
// at each of some places, into two blocks at every place.
func TestDecodeEveryEdge(t *testing.T) {
	padded := "YQ==\nYWI=\nYWJj\n\nYQ=\n=YWJjZA==\n"
	long := plainEncode(bytes.Repeat([]byte("long"), 500), 76)
	for _, text := range []string{padded, padded + long[:600] + padded, long[:530] + "*" + long[530:700], strings.ReplaceAll(long[:800], "\n", "\r\n")} {
		for _, skipGarbage := range []bool{false, true} {
			want, wantErr := plainDecode([]byte(text), skipGarbage)
			for at := range len(text) {
				blocks := [][]byte{[]byte(text[:at]), []byte(text[at:])}
				got, err := inBlocks(newDecoder(skipGarbage), slices.Values(blocks), true)
				require.Equal(t, want, got, "%q, cut at %d", text, at)
				require.Equal(t, wantErr, err, "%q, cut at %d", text, at)
			}
		}
	}
}

// TestDecodeWork counts the bytes that are looked at, in text that could make a
// decoder look at the same bytes again and again.
func TestDecodeWork(t *testing.T) {
	group, garbage := strings.Repeat("QUJD", 128), strings.Repeat("*", 511)
	for _, unit := range []string{
		"YQ==", "YQ==\n", "=", "A*", "YQ==" + group, "YQ==" + group[1:], "YWI=" + group + "*\n", "A" + garbage, "YQ" + garbage + "==",
		"YQ==" + group + garbage, "A\r\n", "\n", group + "\r", garbage,
	} {
		text := bytes.Repeat([]byte(unit), 1<<17/len(unit))
		for _, skipGarbage := range []bool{false, true} {
			for _, size := range []int{1, 100, 64 << 10, len(text)} {
				d := newDecoder(skipGarbage)
				inBlocks(d, slices.Chunk(text, size), true)
				require.LessOrEqual(t, d.work, 8*len(text), "%.20q, blocks of %d, skipping garbage: %t", unit, size, skipGarbage)
			}
		}
	}
}

// TestDecodeAllocates: no garbage is collected, so a block must not make any, whatever is
// in it. Where the codec has no vector instructions, it makes an error of eight bytes for
// each piece that has padding or garbage in it.
func TestDecodeAllocates(t *testing.T) {
	for _, unit := range []string{"QUJD\n", "YQ==", "YQ==" + strings.Repeat("QUJD", 300), strings.Repeat("QUJD", 100) + "\r\n", strings.Repeat("QUJD", 100) + "*"} {
		text := bytes.Repeat([]byte(unit), 64<<10/len(unit))
		d, room := newDecoder(true), roomFor(text)
		most := 0
		if strings.ContainsAny(unit, "=*") && runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
			most = len(text)/textPiece + 1
		}
		assert.LessOrEqual(t, testing.AllocsPerRun(10, func() {
			_, err := d.convert(room, text)
			require.NoError(t, err)
		}), float64(most), "%.20q", unit)
	}
}
