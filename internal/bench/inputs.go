package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// An input is a file of equal blocks, each whole in itself: whole lines,
// whole base64 groups. Or it is a folder of equal files, or arguments.
type input struct {
	name   string
	block  func(*rand.Rand) ([]byte, error)
	length int64 // of the block, cut at that; 0 keeps all of it
	count  int   // blocks in the file
	files  int   // a folder of so many files of one block each
	args   int   // so many arguments of one block each, and no file
}

func inputs() []input {
	random, text := records(randomBytes), records(textLine)
	all := []input{
		{name: "file", block: random, count: 1024},
		{name: "bytes", block: random, count: 256},
		{name: "quarter", block: random, count: 64},
		{name: "short", block: records(linesOf(8, "\n")), count: 64},
		{name: "lines", block: records(linesOf(69, "\n")), count: 256},
		{name: "coded", block: records(coded(57, "\n")), count: 192},
		{name: "line", block: records(always("A")), count: 256}, // text and base64 alike
		{name: "tiny", block: records(always("hello\n")), length: 6, count: 1},
		{name: "tiny-coded", block: records(always("aGVsbG8K\n")), length: 9, count: 1},
		{name: "small", block: text, length: 3000, files: 10_000},
		{name: "middling", block: text, length: 100_000, files: 500},
		{name: "minute", block: records(always("hello\n")), length: 6, files: 20_000},
		{name: "long", block: records(always(`some words\tand a tab,\nand \0101. `)), length: 15_000, args: 120},
		{name: "words", block: records(always(`word\tand `)), length: 9, args: 100_000},
	}
	for _, size := range everydaySizes() {
		name, length, count := sizeName(size), min(size, mib), int(max(1, size/mib))
		all = append(all, input{name: name, block: text, length: length, count: count},
			input{name: name + "-coded", block: records(coded(57, "\n")), length: length / 77 * 77, count: count})
	}
	for _, k := range slices.Concat(catKinds(), codedKinds()) {
		all = append(all, input{name: k.input, block: k.make}) // as many as make kindLength
	}
	return all
}

// content is the input's block, the same in every run: the seed is the name.
func (in input) content() ([]byte, error) {
	var seed [32]byte
	copy(seed[:], in.name)
	block, err := in.block(rand.New(rand.NewChaCha8(seed)))
	if in.length > 0 && err == nil {
		block = block[:in.length]
	}
	return block, err
}

// needed is the inputs that the rows name.
func needed(rows []row) []input {
	names := map[string]bool{}
	for _, r := range rows {
		for _, line := range []string{r.line, r.small} {
			c := parse(line)
			for _, word := range append(c.argv, c.stdin) {
				names[inputName(word)] = true
			}
		}
	}
	return slices.DeleteFunc(inputs(), func(in input) bool { return !names[in.name] })
}

// A lab is a folder in which commands run: their inputs lie there, and what
// they write.
type lab struct {
	dir    string
	sample bool // small amounts, and all output kept to be compared
	stock  map[string]stocked
}

// stocked is an input that is there.
type stocked struct {
	bytes int64
	words []string // what stands for it on a command line, if that is not its name
}

// makeLabs makes one lab for inputs in full, and one for samples.
func makeLabs(dir string) (full, sample lab, err error) {
	full = lab{dir: filepath.Join(dir, "full"), stock: map[string]stocked{}}
	sample = lab{dir: filepath.Join(dir, "sample"), stock: map[string]stocked{}, sample: true}
	for _, l := range []lab{full, sample} {
		if err := os.Mkdir(l.dir, 0o755); err != nil {
			return full, sample, err
		}
	}
	return full, sample, nil
}

// supply puts the inputs of these rows into the lab, and takes away those of
// rows before.
func (l lab) supply(ctx context.Context, rows []row) error {
	inputs := needed(rows)
	for name := range l.stock {
		if !slices.ContainsFunc(inputs, func(in input) bool { return in.name == name }) {
			delete(l.stock, name)
			if err := os.RemoveAll(filepath.Join(l.dir, name)); err != nil {
				return err
			}
		}
	}
	for _, in := range inputs {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, ok := l.stock[in.name]; ok {
			continue
		}
		if err := l.fill(ctx, in); err != nil {
			return fmt.Errorf("making %s: %w", in.name, err)
		}
	}
	return nil
}

// fill makes one input.
func (l lab) fill(ctx context.Context, in input) error {
	block, err := in.content()
	if err != nil {
		return err
	}
	path := filepath.Join(l.dir, in.name)
	switch {
	case in.args > 0:
		return l.fillArguments(in, string(block))
	case in.files > 0:
		return l.fillFolder(ctx, in, path, block)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	count := in.count
	if count == 0 {
		count = int((kindLength + int64(len(block)) - 1) / int64(len(block)))
	}
	if l.sample {
		count = 1
	}
	var total int64
	for ; count > 0 && ctx.Err() == nil; count-- {
		n, err := f.Write(block)
		if err != nil {
			return err
		}
		total += int64(n)
	}
	l.stock[in.name] = stocked{bytes: total}
	return context.Cause(ctx)
}

func (l lab) fillArguments(in input, word string) error {
	words := slices.Repeat([]string{word}, l.few(in.args))
	l.stock[in.name] = stocked{int64(len(word) * len(words)), words}
	return nil
}

func (l lab) fillFolder(ctx context.Context, in input, path string, block []byte) error {
	if err := os.Mkdir(path, 0o755); err != nil {
		return err
	}
	var files stocked
	for i := range l.few(in.files) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		name := fmt.Sprintf("%s/%05d", in.name, i)
		if err := os.WriteFile(filepath.Join(l.dir, name), block, 0o644); err != nil {
			return err
		}
		files.words = append(files.words, name)
		files.bytes += int64(len(block))
	}
	l.stock[in.name] = files
	return nil
}

// few is n, or less in a lab of samples.
func (l lab) few(n int) int {
	if l.sample {
		return min(n, 20)
	}
	return n
}

// expand does a shell's work on a command's words.
func (l lab) expand(argv []string) (words []string) {
	for _, word := range argv {
		if name := inputName(word); name != word {
			words = append(words, l.stock[name].words...)
			continue
		}
		words = append(words, word)
	}
	return words
}

// amount is the bytes that a row's command reads in this lab.
func (l lab) amount(r row) int64 {
	total := l.source(r)
	c := parse(r.line)
	for _, word := range append(c.argv, c.stdin) {
		total += l.stock[inputName(word)].bytes
	}
	return total
}

// source is the bytes that src writes in this lab.
func (l lab) source(r row) int64 {
	if l.sample {
		return min(r.source, mib)
	}
	return r.source
}

// read is a file's content, empty if there is none.
func (l lab) read(name string) string {
	content, _ := os.ReadFile(filepath.Join(l.dir, name))
	return string(content)
}

// diskNeeded is the bytes that inputs and outputs take at most, and some to
// spare. Only one group's inputs are there at a time.
func diskNeeded(rows []row) (room int64) {
	for _, group := range runsOf(rows, func(r row) string { return r.group }) {
		var total int64
		for _, in := range needed(group) {
			total += max(kindLength, mib*int64(max(in.count, in.files/100)))
		}
		room = max(room, total)
	}
	return room + 2*gib
}

// outputs are the files that commands write, new for each run.
func outputs() []string {
	return []string{"copy", "copy2", "copy3", "copy4", "stdout", "stderr", "pipe1", "pipe2", "pipe3", "pipe4"}
}
