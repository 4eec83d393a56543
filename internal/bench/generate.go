package main

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A record appends a line, or another whole part of an input, to a block.
type record func(block []byte, r *rand.Rand) []byte

// records gives at least a megabyte of whole records, each drawn anew.
func records(one record) func(*rand.Rand) ([]byte, error) {
	return func(r *rand.Rand) (block []byte, err error) {
		for int64(len(block)) < mib {
			block = one(block, r)
		}
		return block, nil
	}
}

// goSource is the standard library, as far as it fits into some megabytes.
func goSource(*rand.Rand) (block []byte, err error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	src := filepath.Join(strings.TrimSpace(string(root)), "src")
	err = filepath.WalkDir(src, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		if block = append(block, text...); int64(len(block)) > 4*mib {
			return filepath.SkipAll
		}
		return err
	})
	if err == nil && len(block) == 0 {
		err = fmt.Errorf("no Go source in %s", src)
	}
	return block, err
}

// words gives n words of the sort, with a space between.
func words(block []byte, r *rand.Rand, n int, letters string) []byte {
	runes := []rune(letters)
	for i := range n {
		if i > 0 {
			block = append(block, ' ')
		}
		for range 1 + r.IntN(9) {
			block = append(block, string(runes[r.IntN(len(runes))])...)
		}
	}
	return block
}

const (
	latin   = "etaoinshrdlucmfwypvbgkjqxz"
	foreign = "etaoinéèüñßàçışžабвгдежзи語日本漢字"
)

func textLine(block []byte, r *rand.Rand) []byte {
	return append(words(block, r, 3+r.IntN(18), latin), ".\n"...)
}

func utf8Line(block []byte, r *rand.Rand) []byte {
	return append(words(block, r, 3+r.IntN(18), foreign), ".\n"...)
}

func latin1Line(block []byte, r *rand.Rand) []byte {
	start := len(block)
	block = textLine(block, r)
	for i := start; i < len(block); i++ {
		if block[i] >= 'a' && r.IntN(12) == 0 {
			block[i] |= 0x80
		}
	}
	return block
}

func logLine(block []byte, r *rand.Rand) []byte {
	block = fmt.Appendf(block, "2026-%02d-%02dT%02d:%02d:%02d.%06dZ %s server[%d]: request %08x from 10.%d.%d.%d took %d ms: ",
		1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1e6),
		[]string{"INFO", "WARN", "ERROR", "DEBUG"}[r.IntN(4)], r.IntN(32768), r.Uint32(),
		r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(1000))
	return append(words(block, r, 1+r.IntN(8), latin), '\n')
}

func colouredLine(block []byte, r *rand.Rand) []byte {
	block = fmt.Appendf(block, "\x1b[%dm%04d\x1b[0m ", 31+r.IntN(7), r.IntN(1e4))
	return textLine(block, r)
}

func jsonLine(block []byte, r *rand.Rand) []byte {
	block = fmt.Appendf(block, "  {\"id\": %d, \"name\": \"%s\", \"score\": %.3f,\n    \"tags\": [\"",
		r.IntN(1e6), words(nil, r, 2, latin), r.Float64())
	return append(words(block, r, 1+r.IntN(4), latin), "\"]},\n"...)
}

func separated(by string) record {
	return func(block []byte, r *rand.Rand) []byte {
		for range 8 {
			block = append(words(block, r, 1+r.IntN(2), latin), by...)
		}
		return fmt.Appendf(block, "%d\n", r.IntN(1e6))
	}
}

func indentedLine(block []byte, r *rand.Rand) []byte {
	for range r.IntN(5) {
		block = append(block, '\t')
	}
	return append(words(block, r, 1+r.IntN(8), latin), '\n')
}

// ended is the record with another ending.
func ended(one record, ending string) record {
	return func(block []byte, r *rand.Rand) []byte {
		block = one(block, r)
		return append(block[:len(block)-1], ending...)
	}
}

// linesOf are small letters, n a line, and the ending.
func linesOf(n int, ending string) record {
	return func(block []byte, r *rand.Rand) []byte {
		for range n {
			block = append(block, 'a'+byte(r.IntN(26)))
		}
		return append(block, ending...)
	}
}

func always(text string) record {
	return func(block []byte, _ *rand.Rand) []byte { return append(block, text...) }
}

func randomBytes(block []byte, r *rand.Rand) []byte {
	return append(block, byte(r.Uint32()))
}

// blanksAfter is a line and from least to most empty ones.
func blanksAfter(least, most int) record {
	return func(block []byte, r *rand.Rand) []byte {
		block = textLine(block, r)
		for range least + r.IntN(most-least+1) {
			block = append(block, '\n')
		}
		return block
	}
}

// mixedKinds cuts pages of some hundred bytes from the other kinds in turn.
func mixedKinds(r *rand.Rand) (block []byte, err error) {
	var others [][]byte
	for _, k := range catKinds() {
		if k.input == "mixed" || k.input == "go-source" || k.input == "lines-1m" {
			continue
		}
		other, err := k.make(r)
		if err != nil {
			return nil, err
		}
		others = append(others, other)
	}
	for int64(len(block)) < mib {
		for _, other := range others {
			begin, length := r.IntN(len(other)-1000), 1+r.IntN(999)
			block = append(block, other[begin:begin+length]...)
		}
	}
	return append(block, '\n'), nil
}

// coded is n random bytes as base64, and the ending.
func coded(n int, ending string) record {
	return func(block []byte, r *rand.Rand) []byte {
		raw := make([]byte, n)
		for i := range raw {
			raw[i] = byte(r.Uint32())
		}
		return append(base64.StdEncoding.AppendEncode(block, raw), ending...)
	}
}

func codedOfAnyLength(block []byte, r *rand.Rand) []byte {
	return coded(1+r.IntN(99), "\n")(block, r)
}

// codedAcross is 4 lines of n letters each: whole groups, which begin in one
// line and end in another.
func codedAcross(n int) record {
	return func(block []byte, r *rand.Rand) []byte {
		for line := range slices.Chunk(coded(3*n, "")(nil, r), n) {
			block = append(append(block, line...), '\n')
		}
		return block
	}
}

// codedWithGarbage has a byte of another alphabet after every n letters.
func codedWithGarbage(n int) record {
	return func(block []byte, r *rand.Rand) []byte {
		for part := range slices.Chunk(coded(3*n, "\n")(nil, r), n) {
			block = append(append(block, part...), "-_.:~ \t\r"[r.IntN(8)])
		}
		return block
	}
}
