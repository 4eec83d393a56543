package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// An input is a file of equal blocks, each whole in itself: whole lines,
// whole base64 groups.
type input struct {
	name  string
	block []byte
	count int
}

func inputs() []input {
	// The seed is fixed: every run of the benchmark has the same inputs.
	random := make([]byte, mib)
	_, _ = rand.NewChaCha8([32]byte{42}).Read(random)
	return []input{
		{"file", random, 1024},
		{"bytes", random, 256},
		{"short", linesOf(random, 9), 64},
		{"lines", linesOf(random, 70), 256},
		{"coded", codedLines(random), 192},
		{"line", bytes.Repeat([]byte("A"), len(random)), 256}, // text and base64 alike
		{"tiny", []byte("hello\n"), 1},
	}
}

// linesOf gives lines of small letters, n bytes each with their newline.
func linesOf(random []byte, n int) []byte {
	block := slices.Clone(random[:len(random)/n*n])
	for i := range block {
		block[i] = 'a' + block[i]%26
		if i%n == n-1 {
			block[i] = '\n'
		}
	}
	return block
}

// codedLines gives bytes as base64 prints them, 57 to a line of 76.
func codedLines(random []byte) (block []byte) {
	for raw := range slices.Chunk(random[:len(random)/57*57], 57) {
		block = append(base64.StdEncoding.AppendEncode(block, raw), '\n')
	}
	return block
}

// needed is the inputs that the rows name.
func needed(rows []row) []input {
	return slices.DeleteFunc(inputs(), func(in input) bool {
		return !slices.ContainsFunc(rows, func(r row) bool {
			c := parse(r.line)
			return slices.Contains(append(c.argv, c.stdin), in.name)
		})
	})
}

// diskNeeded is the bytes that inputs and outputs take at most, and some to
// spare.
func diskNeeded(rows []row) int64 {
	room := gib
	for _, in := range needed(rows) {
		room += int64(in.count) * int64(len(in.block))
	}
	return room
}

// A lab is a folder in which commands run: their inputs lie there, and what
// they write.
type lab struct {
	dir    string
	sizes  map[string]int64 // of the inputs, in bytes
	sample bool             // small amounts, and all output kept to be compared
}

// makeLabs fills one lab with the inputs in full, and one with samples.
func makeLabs(ctx context.Context, dir string, rows []row) (full, sample lab, err error) {
	full = lab{dir: filepath.Join(dir, "full"), sizes: map[string]int64{}}
	sample = lab{dir: filepath.Join(dir, "sample"), sizes: map[string]int64{}, sample: true}
	for _, l := range []lab{full, sample} {
		if err := os.Mkdir(l.dir, 0o755); err != nil {
			return full, sample, err
		}
		for _, in := range needed(rows) {
			if err := l.fill(ctx, in); err != nil {
				return full, sample, err
			}
		}
	}
	return full, sample, nil
}

func (l lab) fill(ctx context.Context, in input) error {
	f, err := os.Create(filepath.Join(l.dir, in.name))
	if err != nil {
		return err
	}
	defer f.Close()
	count := in.count
	if l.sample {
		count = 1
	}
	for ; count > 0 && ctx.Err() == nil; count-- {
		n, err := f.Write(in.block)
		if err != nil {
			return err
		}
		l.sizes[in.name] += int64(n)
	}
	return context.Cause(ctx)
}

// amount is the bytes that a row's command reads in this lab.
func (l lab) amount(r row) int64 {
	if r.source > 0 && l.sample {
		return mib
	}
	c, total := parse(r.line), r.source
	for _, word := range append(c.argv, c.stdin) {
		total += l.sizes[word]
	}
	return total
}

const emptyLabel = "empty Go program"

// buildEmpty compiles the program that start-up is measured by, the least
// that a static Go program can be, if a row needs it.
func buildEmpty(ctx context.Context, dir string, rows []row) (contender, error) {
	empty := contender{emptyLabel, map[string][]string{}}
	if !slices.ContainsFunc(rows, func(r row) bool { return r.kind == start }) {
		return empty, nil
	}
	source, binary := filepath.Join(dir, "empty.go"), filepath.Join(dir, "empty")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		return empty, err
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return empty, fmt.Errorf("building the %s: %w\n%s", emptyLabel, err, out)
	}
	for _, name := range programNames() {
		empty.programs[name] = []string{binary}
	}
	return empty, nil
}
