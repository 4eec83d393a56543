//go:build linux

package acceptance

// These tests have several processes share an open file description, as the
// processes of a shell's list do: `{ cat & cat & wait; } <in >out`. Every byte of
// the input goes to exactly one of its readers. No writer replaces what another
// has written. A process that ends leaves the offset of a file where its reading
// or writing has ended.

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// fifo is a pipe that has a name. Each process opens it, so that they share the
// pipe, but no open file description.
const fifo kind = "FIFO"

const (
	// shortInput ends before the relay begins; the others do not.
	shortInput  = 96 << 10
	mediumInput = 600_000 // a few pipefuls
	longInput   = 2 << 20

	// Lines of wideLine bytes do not end where a page does. Each is written in one
	// write(2), which a pipe takes as a whole. Lines of narrowLine bytes divide a
	// page, and so any block that programs read.
	wideLine   = 1000
	narrowLine = 64
)

// A crew is several processes at work at the same time.
type crew struct {
	t       *testing.T
	members []*trial
	in, out *end // what all of them read, or write; nil where each has its own
	unit    int  // how many bytes are fed in one write

	awake       chan struct{} // closed when all processes have started, and sleep
	stuck       chan struct{} // closed when the first one can write no more
	othersEnded chan struct{} // closed when all but the first have ended
}

// newCrew prepares a process for each plan. All read what the first one reads if
// the input is shared. All write to one standard output if the output is.
func newCrew(t *testing.T, plans []plan, sharesIn, sharesOut bool) *crew {
	c := &crew{t: t, unit: 64 << 10}
	c.awake, c.stuck, c.othersEnded = make(chan struct{}), make(chan struct{}), make(chan struct{})
	for _, p := range plans {
		in, out := p.in, p.out
		if sharesIn {
			p.in = none
		}
		if sharesOut {
			p.out = none
		}
		tr := try(t, p)
		tr.in, tr.out = in, out
		tr.feed = func(tr *trial, w *os.File) {
			<-c.awake
			feedAll(tr, w)
		}
		c.members = append(c.members, tr)
	}
	first := c.members[0]
	if sharesIn {
		c.in = sharedInput(first)
		for _, tr := range c.members {
			tr.closeEnd(tr.stdin)
			tr.stdin = c.in.another(t)
		}
	}
	if sharesOut {
		c.out = first.output(first.out, "shared")
		for _, tr := range c.members {
			tr.stdout = c.out.another(t)
		}
	}
	return c
}

// sharedInput is what several processes read.
func sharedInput(tr *trial) *end {
	if tr.in == fifo {
		e := newFIFO(tr.t, tr.path("fifo"))
		e.kind, e.file, e.other = fifo, e.other, e.file
		return e
	}
	return tr.input(tr.in)
}

// another returns one more descriptor of e's open file description, or of one more
// description if e is a FIFO. It is a device's, since others look at the content.
func (e *end) another(t *testing.T) *end {
	if e.kind == fifo {
		return openEnd(t, device, e.path, os.O_RDONLY)
	}
	fd, err := unix.FcntlInt(e.file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	require.NoError(t, err)
	return &end{kind: device, file: os.NewFile(uintptr(fd), "shared"), path: e.path}
}

// run runs all processes to their ends and checks that none of them complains. It
// returns what each of them wrote, and what arrived at a shared output.
func (c *crew) run() (each []ending, shared []byte) {
	var pumps sync.WaitGroup
	for _, tr := range c.members {
		tr.start()
	}
	if c.in != nil {
		c.in.file.Close()
	}
	if c.out != nil {
		c.out.file.Close()
	}
	if readsFile(c.members[0].way) {
		close(c.awake)
	} else {
		pumps.Go(func() {
			for _, tr := range c.members {
				tr.asleep()
			}
			close(c.awake)
		})
	}
	if c.in != nil && c.in.other != nil {
		pumps.Go(c.feed)
	}
	if c.out != nil && c.out.other != nil {
		pumps.Go(func() { shared = takeRest(c.out.other, nil) })
	}
	each = make([]ending, len(c.members))
	var others, first sync.WaitGroup
	first.Go(func() { each[0] = c.members[0].wait() })
	for i, tr := range c.members[1:] {
		others.Go(func() { each[i+1] = tr.wait() })
	}
	others.Wait()
	close(c.othersEnded)
	first.Wait()
	for _, got := range each {
		assert.Empty(c.t, got.stderr, "standard error")
		assert.Equal(c.t, 0, got.status, "exit status")
	}
	if c.in != nil && c.in.other != nil {
		c.in.other.Close()
	}
	pumps.Wait()
	if c.out != nil {
		shared = c.members[0].received(c.out, shared)
		if c.out.other != nil {
			c.out.other.Close()
		}
	}
	return each, shared
}

// feed gives the processes all there is to read, and the end of it.
func (c *crew) feed() {
	<-c.awake
	first, w := c.members[0], c.in.other
	for rest := first.source; len(rest) > 0; {
		n, err := w.Write(rest[:min(c.unit, len(rest))])
		if err != nil {
			return
		}
		rest = rest[n:]
	}
	if first.in != terminal {
		w.Close()
		return
	}
	// Each process that reads a terminal needs an end of file of its own.
	w.Write(bytes.Repeat([]byte{'D' & 0x1f}, len(c.members)))
}

// A pace is how fast the outputs of the first process are taken. All others are
// taken at once.
type pace string

const (
	atOnce pace = "taken at once"
	slowly pace = "the first taken slowly"
	heldUp pace = "the first taken when the others have ended"
)

// set has the outputs of the first process taken at this pace.
func (c *crew) set(p pace) {
	first := c.members[0]
	switch p {
	case slowly:
		first.take, first.takeCopy = takeSlowly, takeSlowly
	case heldUp:
		if first.way.copy == pipe {
			first.takeCopy = c.takeHeld
		} else {
			first.take = c.takeHeld
		}
		for _, tr := range c.members[1:] {
			tr.take = func(tr *trial, r *os.File) []byte {
				<-c.stuck
				return takeAll(tr, r)
			}
			tr.takeCopy = tr.take
		}
	}
}

// takeHeld takes a tenth of what there is, and the rest when the other processes
// have ended.
func (c *crew) takeHeld(tr *trial, r *os.File) []byte {
	got := make([]byte, len(tr.source)/10)
	n, err := io.ReadFull(r, got)
	if err == nil {
		tr.asleep()
	}
	close(c.stuck)
	<-c.othersEnded
	return takeRest(r, got[:n])
}

// numbered is lines of some width, each of which begins with its number.
func numbered(size, width int) []byte {
	lines := bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuvwxyz"), size/36+1)[:size/width*width]
	for at := 0; at < len(lines); at += width {
		copy(lines[at:], fmt.Appendf(nil, "%010d", at/width))
		lines[at+width-1] = '\n'
	}
	return lines
}

// A tally counts how often each of the numbered lines has arrived.
type tally struct {
	source []byte
	width  int

	arrived        []int
	torn, outOfRow int
}

func newTally(source []byte, width int) *tally {
	return &tally{source: source, width: width, arrived: make([]int, len(source)/width)}
}

// add counts the lines of an output. If one process has written it, their numbers
// grow.
func (y *tally) add(output []byte, byOne bool) {
	last := -1
	for len(output) > 0 {
		line := output[:min(y.width, len(output))]
		n, err := strconv.Atoi(string(line[:min(10, len(line))]))
		if err != nil || n >= len(y.arrived) || !bytes.Equal(line, y.source[n*y.width:(n+1)*y.width]) {
			y.torn++
			_, output, _ = bytes.Cut(output, []byte("\n"))
			continue
		}
		if byOne && n <= last {
			y.outOfRow++
		}
		last = n
		y.arrived[n]++
		output = output[y.width:]
	}
}

// check checks that each line has arrived once, as a whole.
func (y *tally) check(t *testing.T, where string) {
	t.Helper()
	lost, doubled := 0, 0
	for _, times := range y.arrived {
		if times == 0 {
			lost++
		} else {
			doubled += times - 1
		}
	}
	assert.Equal(t, "0 lost, 0 doubled, 0 torn, 0 out of order",
		fmt.Sprintf("%d lost, %d doubled, %d torn, %d out of order", lost, doubled, y.torn, y.outOfRow),
		"%s: %d lines", where, len(y.arrived))
}

// files are the names of those FILEs of tee that the options hold.
func (w way) files() (names []string) {
	for _, option := range strings.Fields(w.options) {
		if w.program == "tee" && !strings.HasPrefix(option, "-") {
			names = append(names, option)
		}
	}
	return names
}

// contents are what tee's FILEs hold, by name.
func (tr *trial) contents(got ending) map[string][]byte {
	all := map[string][]byte{}
	if tr.way.copy != none {
		all["copy"] = got.copy
	}
	for _, name := range tr.files() {
		content, err := os.ReadFile(tr.path(name))
		require.NoError(tr.t, err)
		all[name] = content
	}
	return all
}

// checkFiles checks that each of tee's FILEs holds all that tee has read.
func (tr *trial) checkFiles(got ending, want []byte) {
	tr.t.Helper()
	for name, content := range tr.contents(got) {
		assert.True(tr.t, bytes.Equal(want, content), "%s has %d bytes, of which %d are right; it should have got %d",
			name, len(content), agreement(want, content), len(want))
	}
}

// restored is what a program has read, worked out from what it wrote.
func (w way) restored(t *testing.T, output []byte) []byte {
	t.Helper()
	switch {
	case w.program == "base64" && !w.decodes():
		return decoded(bytes.ReplaceAll(output, []byte("\n"), nil))
	case w.program == "cat" && w.options == "-n":
		return unnumbered(t, output, func(int) int { return 0 })
	}
	return output
}

// unnumbered is output without the numbers of cat -n. Of several processes that
// have written it, writer says which one a line came from, by the width of what
// the line holds.
func unnumbered(t *testing.T, output []byte, writer func(width int) int) []byte {
	lines := make([]byte, 0, len(output))
	numbers := map[int]int{}
	for line := range bytes.Lines(output) {
		number, rest, _ := bytes.Cut(line, []byte("\t"))
		by := writer(len(rest))
		numbers[by]++
		if n, err := strconv.Atoi(string(bytes.TrimLeft(number, " "))); err != nil || n != numbers[by] {
			t.Errorf("line %d of process %d is not numbered so: %.20q", numbers[by], by, line)
			return lines
		}
		lines = append(lines, rest...)
	}
	return lines
}

// A matrix counts its rows. `make big` tries all of them. Any other run tries those
// that are worth it at any rate, and of the rest one in every so many.
type matrix struct {
	every, row int
	all        bool
}

func newMatrix(every int) *matrix { return &matrix{every: every, all: os.Getenv("BIG") != ""} }

// wants reports whether to try the next row.
func (m *matrix) wants(atAnyRate bool) bool {
	m.row++
	return atAnyRate || m.all || m.row%m.every == 1
}

// sharers are the programs that read and write.
func sharers() []way {
	return []way{
		{program: "cat", copy: none},
		{program: "cat", options: "-n", copy: none},
		{program: "tee", copy: none},
		{program: "tee", copy: file},
		{program: "tee", copy: pipe},
		{program: "tee", options: "second", copy: file},
		{program: "tee", options: "second third fourth", copy: pipe},
		{program: "base64", copy: none},
		{program: "base64", options: "-d", copy: none},
	}
}

// widths are those of lines that go to one process as a whole.
func (w way) widths() []int {
	switch {
	case w.decodes() && (w.in == pipe || w.in == fifo):
		return []int{wideLine / 4 * 3} // as text, they are wideLine long
	case w.decodes():
		return nil // a group of four characters might go to two processes
	case w.in == pipe || w.in == fifo:
		return []int{narrowLine, wideLine}
	}
	return []int{narrowLine}
}

// numberedPlan is a plan for processes that read numbered lines.
func numberedPlan(w way, lines []byte) plan {
	if !w.decodes() {
		return plan{w, lines, lines}
	}
	var text []byte
	for line := range bytes.Lines(lines) {
		text = append(base64.StdEncoding.AppendEncode(text, line), '\n')
	}
	return plan{w, text, lines}
}

// TestSharedInput has two and three processes read one input, for outputs of
// their own.
func TestSharedInput(t *testing.T) {
	t.Parallel()
	m := newMatrix(29)
	for _, w := range sharers() {
		for _, w.in = range []kind{pipe, fifo, socket, file, terminal} {
			for _, width := range w.widths() {
				for n := 2; n <= 3; n++ {
					for _, size := range []int{shortInput, mediumInput, longInput} {
						if size == longInput && (width != narrowLine || w.in == terminal) {
							continue // a pipe may have grown, so lines may be torn; terminals are slow
						}
						for _, w.out = range []kind{pipe, file} {
							for _, pace := range []pace{atOnce, slowly, heldUp} {
								if pace != atOnce && w.out == file && w.copy != pipe {
									continue
								}
								likely := w.in == pipe && w.out == pipe && pace == heldUp || w.in == file && pace == atOnce
								if !m.wants(likely && n == 2 && size == longInput) {
									continue
								}
								sharedInputs(t, w, n, size, width, pace)
							}
						}
					}
				}
			}
		}
	}
}

func sharedInputs(t *testing.T, w way, n, size, width int, pace pace) {
	t.Run(fmt.Sprintf("%d %v, %d bytes in lines of %d, %s", n, w, size, width, pace), func(t *testing.T) {
		t.Parallel()
		lines := numbered(size, width)
		p := numberedPlan(w, lines)
		c := newCrew(t, slices.Repeat([]plan{p}, n), true, false)
		if width != narrowLine {
			c.unit = len(p.source) / (len(lines) / width)
		}
		c.set(pace)
		each, _ := c.run()
		y := newTally(lines, width)
		for i, got := range each {
			y.add(w.restored(t, got.out), true)
			c.members[i].checkFiles(got, got.out)
		}
		y.check(t, "all standard outputs")
	})
}

// letters are sixteen for each writer, so that what each has written can be told
// apart, however it is mixed. All are digits of base64.
func letters(writer int) string {
	return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[16*writer : 16*writer+16]
}

// markedPlan is a plan for a writer whose output is of its own letters.
func markedPlan(w way, writer, size int) plan {
	var seed [32]byte
	seed[0] = byte(writer)
	marked := make([]byte, size/4*4)
	rand.NewChaCha8(seed).Read(marked)
	for i, b := range marked {
		marked[i] = letters(writer)[b%16]
	}
	switch {
	case w.decodes():
		return plan{w, transformed("base64", "", marked), marked}
	case w.program == "base64":
		return plan{w, decoded(marked), marked}
	}
	return plan{w, marked, marked}
}

// checkMixed checks that output holds all that each writer was to write, in order,
// mixed in any way. What base64 and echo put between does not count.
func checkMixed(t *testing.T, output []byte, plans []plan) {
	t.Helper()
	writers := map[byte]int{'\n': -1, ' ': -1}
	by := make([][]byte, len(plans))
	for i, p := range plans {
		by[i] = make([]byte, 0, len(p.want))
		for _, letter := range []byte(letters(i)) {
			writers[letter] = i
		}
	}
	var writer [256]int
	for b := range writer {
		i, known := writers[byte(b)]
		if !known && bytes.IndexByte(output, byte(b)) >= 0 {
			t.Errorf("byte %#x, which nobody has written", b)
			return
		}
		writer[b] = i
	}
	for _, b := range output {
		if i := writer[b]; i >= 0 {
			by[i] = append(by[i], b)
		}
	}
	for i, p := range plans {
		assert.True(t, bytes.Equal(p.want, by[i]), "process %d: %d bytes arrived, of which %d are right; it should have been %d",
			i, len(by[i]), agreement(p.want, by[i]), len(p.want))
	}
}

// writers are all programs, from what they can be given each for itself.
func writers() []way {
	return []way{
		{program: "cat", in: pipe, copy: none},
		{program: "cat", in: file, copy: none},
		{program: "cat", in: operand, copy: none},
		{program: "cat", in: socket, copy: none},
		{program: "tee", in: pipe, copy: none},
		{program: "tee", in: file, copy: none},
		{program: "tee", in: pipe, copy: file},
		{program: "tee", in: pipe, copy: pipe},
		{program: "tee", options: "second", in: pipe, copy: file},
		{program: "tee", options: "second third fourth", in: file, copy: pipe},
		{program: "base64", in: pipe, copy: none},
		{program: "base64", options: "-w0", in: operand, copy: none},
		{program: "base64", options: "-d", in: pipe, copy: none},
		{program: "echo", in: none, copy: none},
	}
}

// TestSharedOutput has two and three processes write to one output, from inputs of
// their own.
func TestSharedOutput(t *testing.T) {
	t.Parallel()
	m := newMatrix(11)
	for _, w := range writers() {
		for _, w.out = range []kind{pipe, socket, terminal, appended, file} {
			for n := 2; n <= 3; n++ {
				for _, size := range []int{shortInput, longInput} {
					if size == longInput && (w.touches(terminal) || w.program == "echo") {
						size = mediumInput // terminals are slow, and lists of arguments short
					}
					if !m.wants(n == 2 && size == longInput && w.out == file) {
						continue
					}
					sharedOutputs(t, w, n, size)
				}
			}
		}
	}
}

func sharedOutputs(t *testing.T, w way, n, size int) {
	t.Run(fmt.Sprintf("%d %v, %d bytes", n, w, size), func(t *testing.T) {
		t.Parallel()
		var plans []plan
		for i := range n {
			plans = append(plans, markedPlan(w, i, size))
		}
		c := newCrew(t, plans, false, true)
		each, shared := c.run()
		checkMixed(t, shared, plans)
		for i, got := range each {
			c.members[i].checkFiles(got, plans[i].want)
		}
	})
}

// TestSharedOnBothSides has two and three processes read one input and write to
// one output.
func TestSharedOnBothSides(t *testing.T) {
	t.Parallel()
	m := newMatrix(7)
	for _, w := range sharers() {
		if w.transforms() {
			continue // their output cannot be told apart
		}
		for _, w.in = range []kind{pipe, file, socket} {
			for _, w.out = range []kind{pipe, file, appended} {
				for n := 2; n <= 3; n++ {
					for _, size := range []int{shortInput, longInput} {
						if m.wants(false) {
							sharedOnBothSides(t, w, n, size)
						}
					}
				}
			}
		}
	}
}

func sharedOnBothSides(t *testing.T, w way, n, size int) {
	t.Run(fmt.Sprintf("%d %v, %d bytes", n, w, size), func(t *testing.T) {
		t.Parallel()
		lines := numbered(size, narrowLine)
		c := newCrew(t, slices.Repeat([]plan{{w, lines, lines}}, n), true, true)
		each, shared := c.run()
		y := newTally(lines, narrowLine)
		y.add(shared, false)
		y.check(t, "the standard output of all")
		files := map[string]*tally{}
		for i, got := range each {
			for name, content := range c.members[i].contents(got) {
				if files[name] == nil {
					files[name] = newTally(lines, narrowLine)
				}
				files[name].add(content, true)
			}
		}
		for name, y := range files {
			y.check(t, "all files called "+name)
		}
	})
}

// TestInputPipeKeepsItsSize sends so much through a pipe that the relay enlarges its own.
// In a larger input pipe a read could end in the middle of a line.
func TestInputPipeKeepsItsSize(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"cat", "cat - -", "cat -A", "tee", "tee /dev/null", "tee -p /dev/null /dev/null", "base64"} {
		t.Run(line, func(t *testing.T) {
			in, feed, err := os.Pipe()
			require.NoError(t, err)
			defer in.Close()
			before, err := unix.FcntlInt(in.Fd(), unix.F_GETPIPE_SZ, 0)
			require.NoError(t, err)
			go func() {
				defer feed.Close()
				feed.Write(make([]byte, 8<<20))
			}()
			words := strings.Fields(line)
			cmd := exec.Command(program(words[0]), words[1:]...)
			cmd.Stdin = in // and standard output is /dev/null
			require.NoError(t, cmd.Run())
			after, err := unix.FcntlInt(in.Fd(), unix.F_GETPIPE_SZ, 0)
			require.NoError(t, err)
			assert.Equal(t, before, after, "the size of the input pipe")
		})
	}
}

// TestWholeLines has processes write whole lines to one file: a program writes
// what it has read at once, so no line of one stands within a line of another.
func TestWholeLines(t *testing.T) {
	t.Parallel()
	for _, w := range []way{
		{program: "cat", in: pipe, copy: none},
		{program: "cat", options: "-n", in: pipe, copy: none},
		{program: "tee", in: pipe, copy: file},
		{program: "tee", options: "second", in: pipe, copy: pipe},
	} {
		for _, w.out = range []kind{file, appended} {
			wholeLines(t, w)
		}
	}
}

func wholeLines(t *testing.T, w way) {
	t.Run(w.String(), func(t *testing.T) {
		t.Parallel()
		widths := []int{wideLine, wideLine + 1, wideLine + 2}
		var plans []plan
		for _, width := range widths {
			lines := numbered(mediumInput, width)
			plans = append(plans, plan{w, lines, lines})
		}
		c := newCrew(t, plans, false, true)
		for i, tr := range c.members {
			tr.feed = func(tr *trial, w *os.File) {
				defer w.Close()
				<-c.awake
				for line := range slices.Chunk(tr.source, widths[i]) {
					if _, err := w.Write(line); !assert.NoError(t, err) {
						return
					}
				}
			}
		}
		_, shared := c.run()
		if w.options == "-n" {
			shared = unnumbered(t, shared, func(width int) int { return width })
		}
		for i, width := range widths {
			y := newTally(plans[i].source, width)
			for line := range bytes.Lines(shared) {
				if len(line) == width {
					y.add(line, false)
				}
			}
			y.check(t, fmt.Sprintf("the lines of process %d", i))
		}
	})
}

// TestSharedOneAfterTheOther has a shell's list share its input or its output,
// one program after the other. Each begins where the one before it has ended. The
// lengths lie on both sides of that at which the relay begins.
func TestSharedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line string
		want func(first, rest []byte) []byte // what must come out of an input of a line and the rest
	}{
		// What a shell has read, nobody else reads.
		{"{ read -r x; cat; } <f", restOnly},
		{"{ read -r x; tee copy; } <f; cmp copy rest", restOnly},
		{"{ read -r x; base64 -w0 | base64 -d; } <f", restOnly},
		{"cat f | { read -r x; cat; }", restOnly},
		{"cat f | { read -r x; tee copy copy2; }; cmp copy rest; cmp copy2 rest", restOnly},
		{"{ read -r x; cat | cat; } <f", restOnly},
		{"tee <f | { read -r x; cat -s; }", restOnly},
		// A program leaves the offset where it has read to.
		{"{ cat >/dev/null; cat; } <f", nothing},
		{"{ cat | wc -c >size; cat; } <f", nothing},
		{"{ cat >copy; cat; } <f; cmp f copy", nothing},
		{"{ tee >/dev/null; tee; } <f", nothing},
		{"{ tee copy copy2 >/dev/null; cat; } <f; cmp f copy; cmp f copy2", nothing},
		{"{ base64 >/dev/null; cat; } <f", nothing},
		{"{ cat -n >/dev/null; cat; } <f", nothing},
		{"{ cat >/dev/null; cat rest >>f; cat; } <f", restOnly},
		{"{ tee | tee >/dev/null; cat rest >>f; tee; } <f", restOnly},
		{"{ cat -A >/dev/null; cat rest >>f; cat; } <f", restOnly},
		{"cat - f - <rest", func(first, rest []byte) []byte { return slices.Concat(rest, first, rest) }},
		// And the offset of its output where it has written to.
		{"{ cat f; cat rest; } >out; cat out", both},
		{"{ tee copy <f; cat <rest; } >out; cat out", both},
		{"{ cat f | cat; tee <rest; } >out; cat out", both},
		{"{ base64 -w0 f; base64 -w0 rest; } >out; base64 f | tr -d '\n' >text; base64 rest | tr -d '\n' >>text; cmp text out", nothing},
		{"{ cat f | tee copy; env echo -n x; tee <rest; } >out; { cat f; printf x; cat rest; } | cmp - out", nothing},
	} {
		t.Run(strings.ReplaceAll(c.line, "/", " "), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, size := range []int{0, 64<<10 - 1, 128<<10 + 1, mediumInput} {
				first := []byte("the first line of this file\n")
				rest := markedPlan(way{program: "cat"}, 0, max(size+3, 4)).source[:size]
				require.NoError(t, os.WriteFile(dir+"/f", slices.Concat(first, rest), 0o600))
				require.NoError(t, os.WriteFile(dir+"/rest", rest, 0o600))
				checkShell(t, dir, c.line, 0, string(c.want(first, rest)), "")
			}
		})
	}
}

func nothing(_, _ []byte) []byte     { return nil }
func restOnly(_, rest []byte) []byte { return rest }
func both(first, rest []byte) []byte { return slices.Concat(first, rest, rest) }

// TestSizeSharedOutput has two programs write one file of 128 MiB. With BIG it has
// each kind of program write one of so many GiB.
func TestSizeSharedOutput(t *testing.T) {
	t.Parallel()
	lines, size := []string{"cat a & cat b"}, int64(128<<20)
	if big := os.Getenv("BIG"); big != "" {
		size = bigSize(t)
		lines = append(lines, "cat <a & cat <b", "cat a | cat & cat b | cat", "tee <a & tee <b", "cat a | tee & cat b | tee",
			"cat a | tee /dev/null & cat b | tee /dev/null /dev/null /dev/null", "cat <a & tee <b",
			"base64 -w0 a | base64 -d & base64 b | base64 -d")
	}
	dir := t.TempDir()
	requireSpace(t, dir, 2*size)
	// Its length divides by no block that programs read, so no loss is hidden.
	patterns := make([][]byte, 2)
	for i, name := range []string{"a", "b"} {
		patterns[i] = markedPlan(way{program: "cat"}, i, 1_000_004).want[:1_000_003]
		f, err := os.Create(filepath.Join(dir, name))
		require.NoError(t, err)
		_, err = io.CopyBuffer(onlyWriter{f}, &repeated{pattern: patterns[i], length: size / 2}, make([]byte, 1<<20))
		require.NoError(t, errors.Join(err, f.Close()))
	}
	for _, line := range lines {
		for _, into := range []string{">f", ">>f"} {
			if into == ">>f" && len(lines) == 1 {
				continue
			}
			t.Run(strings.ReplaceAll(line+" "+into, "/", " "), func(t *testing.T) {
				runShellFor(t, dir, "rm -f f; { "+line+" & wait; } "+into)
				f, err := os.Open(filepath.Join(dir, "f"))
				require.NoError(t, err)
				defer f.Close()
				counts, err := countMixed(f, patterns)
				assert.NoError(t, err)
				assert.Equal(t, []int64{size / 2, size / 2}, counts, "bytes of each")
			})
		}
	}
}

// countMixed counts the bytes of each writer in r, and checks that those of each
// are its pattern, over and over.
func countMixed(r io.Reader, patterns [][]byte) (counts []int64, err error) {
	counts = make([]int64, len(patterns))
	at := make([]int, len(patterns)) // within the pattern
	block := make([]byte, 256<<10)
	for {
		n, err := r.Read(block)
		for _, b := range block[:n] {
			i := 0
			if b >= letters(1)[0] {
				i = 1
			}
			if b != patterns[i][at[i]] {
				return counts, fmt.Errorf("after %d bytes of process %d one is lost, or doubled", counts[i], i)
			}
			counts[i]++
			if at[i]++; at[i] == len(patterns[i]) {
				at[i] = 0
			}
		}
		if err == io.EOF {
			return counts, nil
		} else if err != nil {
			return counts, err
		}
	}
}

// runShellFor runs a line in sh for as long as it takes, and checks that all of
// it succeeds and says nothing.
func runShellFor(t *testing.T, dir, line string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	said, err := cmd.CombinedOutput()
	assert.NoError(t, err)
	assert.Empty(t, string(said))
}

// TestSizeSharedInput has two programs read 400,000 lines. With BIG it has each
// kind of program read them, a hundred times.
func TestSizeSharedInput(t *testing.T) {
	t.Parallel()
	// A shell has what it runs in the background read /dev/null, unless told better.
	all, times := []string{
		"cat f | { { tee f1 <&3 | cat >s1; } & { tee f2 <&3 | cat >s2; } & wait; } 3<&0",
		"{ cat <&3 | cat >s1 & cat <&3 | cat >s2 & wait; } 3<f",
	}, 1
	if os.Getenv("BIG") != "" {
		times = 100
		all = append(all,
			"cat f | { cat <&3 >s1 & cat <&3 >s2 & wait; } 3<&0",
			"cat f | { cat <&3 | tee f1 >s1 & cat <&3 | tee f2 >s2 & wait; } 3<&0",
			"{ tee f1 <&3 >s1 & tee f2 <&3 >s2 & wait; } 3<f",
			"cat f | { tee f1 g1 h1 <&3 >s1 & tee f2 g2 h2 <&3 >s2 & wait; } 3<&0",
			"{ tee f1 g1 <&3 | cat >s1 & tee f2 g2 <&3 | cat >s2 & wait; } 3<f")
	}
	dir := t.TempDir()
	lines := numbered(400_000*narrowLine, narrowLine)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f"), lines, 0o600))
	for _, line := range all {
		t.Run(strings.ReplaceAll(line, "/", " "), func(t *testing.T) {
			for range times {
				runShellFor(t, dir, line)
				for _, name := range []string{"s", "f", "g", "h"} {
					if !strings.Contains(line, name+"1") {
						continue
					}
					y := newTally(lines, narrowLine)
					for _, number := range []string{"1", "2"} {
						content, err := os.ReadFile(filepath.Join(dir, name+number))
						require.NoError(t, err)
						y.add(content, true)
					}
					y.check(t, name+"1 and "+name+"2")
				}
				if t.Failed() {
					break
				}
			}
		})
	}
}
