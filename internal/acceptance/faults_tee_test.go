//go:build linux

package acceptance

// These tests give tee three and five outputs, of which the second, the last or
// both fail, refuse pages, or are not read for a while. All others get every byte.
// Whatever happens, no output gets a block before those ahead of it have it.

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// An outlet is one of tee's outputs.
type outlet struct {
	name  string // in a diagnostic
	kind  kind
	end   *end
	take  func(tr *trial, r *os.File) []byte
	got   []byte
	fails bool // it is one of those that the test is about
}

// A fan is tee with several outputs: the first is standard output.
type fan struct {
	*trial
	outlets []*outlet
	over    chan struct{} // closed when tee has ended
}

// newFan prepares tee with an output of each kind, FILEs called o1, o2 and so on.
func newFan(t *testing.T, options string, in kind, size int, kinds ...kind) *fan {
	w := way{program: "tee", options: options, in: in, out: kinds[0], copy: none}
	if w.out == device {
		w.out = none
	}
	for i := range kinds[1:] {
		w.options += fmt.Sprintf(" o%d", i+1)
	}
	lines := numbered(size, wideLine)
	f := &fan{trial: try(t, plan{w, lines, lines}), over: make(chan struct{})}
	if kinds[0] == device {
		f.stdout = openEnd(t, device, os.DevNull, os.O_WRONLY)
	}
	f.outlets = append(f.outlets, &outlet{name: "'standard output'", kind: kinds[0], end: f.stdout})
	for i, k := range kinds[1:] {
		o := &outlet{name: fmt.Sprintf("o%d", i+1), kind: k}
		f.outlets = append(f.outlets, o)
		f.place(o)
	}
	return f
}

// place makes what tee opens as a FILE.
func (f *fan) place(o *outlet) {
	path := f.path(o.name)
	switch o.kind {
	case file:
		o.end = &end{kind: file, path: path}
	case appended:
		require.NoError(f.t, os.WriteFile(path, []byte(appendedTo), 0o600))
		o.end = &end{kind: appended, path: path}
	case pipe:
		o.end = newFIFO(f.t, path)
	case terminal:
		o.end = newPair(f.t, terminal, false)
		require.NoError(f.t, os.Symlink(o.end.path, path))
	default:
		o.end = &end{kind: device}
		require.NoError(f.t, os.Symlink(os.DevNull, path))
	}
}

// replace has the outlet lead to another file.
func (f *fan) replace(o *outlet, path string) {
	require.NoError(f.t, os.RemoveAll(f.path(o.name)))
	require.NoError(f.t, os.Symlink(path, f.path(o.name)))
}

// begin starts tee, and what reads its outputs.
func (f *fan) begin() {
	if take := f.outlets[0].take; take != nil {
		f.trial.take = take
	}
	f.start()
	for _, o := range f.outlets[1:] {
		if o.end.other == nil {
			continue
		}
		if o.take == nil {
			o.take = takeAll
		}
		f.pumps.Go(func() { o.got = o.take(f.trial, o.end.other) })
		f.t.Cleanup(func() { f.closeEnd(o.end) })
	}
}

// end waits until tee has ended, and for what it wrote.
func (f *fan) end() ending {
	got := f.waitThen(func() {
		close(f.over)
		for _, o := range f.outlets[1:] {
			f.closeTheirs(o.end)
		}
	})
	for i, o := range f.outlets {
		switch {
		case i == 0:
			o.got = got.out
		case o.kind == file, o.kind == appended:
			o.got = f.received(o.end, nil)
		}
	}
	return got
}

// seen reports whether the test sees what is written to the outlet.
func (o *outlet) seen() bool { return o.kind != device }

// checkWhole checks that each outlet but those that fail got every byte, and those
// a beginning.
func (f *fan) checkWhole() {
	f.t.Helper()
	for _, o := range f.outlets {
		if o.seen() {
			f.checkBytes(o.name, o.got, !o.fails, noSide)
		}
	}
}

// checkOrder checks that no outlet has more than those ahead of it. Of the ones
// that fail the test may not have seen all.
func (f *fan) checkOrder() {
	f.t.Helper()
	for _, o := range f.outlets {
		if o.seen() {
			f.checkBytes(o.name, o.got, false, noSide)
		}
	}
	var ahead *outlet
	for _, o := range f.outlets {
		if !o.seen() || o.fails {
			continue
		}
		if ahead != nil && len(o.got) > len(ahead.got) {
			f.t.Errorf("%s got %d bytes, and %s, which comes before it, %d", o.name, len(o.got), ahead.name, len(ahead.got))
		}
		ahead = o
	}
}

// checkStopped checks that the outlets ahead of one have a block, and those after
// it do not.
func (f *fan) checkStopped(at *outlet) {
	f.t.Helper()
	f.checkOrder()
	i := slices.Index(f.outlets, at)
	for _, before := range f.outlets[:i] {
		for _, after := range f.outlets[i+1:] {
			if before.seen() && after.seen() && !before.fails && !after.fails {
				assert.Greater(f.t, len(before.got), len(after.got), "%s has the block that %s failed with, and %s does not",
					before.name, at.name, after.name)
			}
		}
	}
}

// A breakage is a way for outputs of tee to fail.
type breakage struct {
	name   string
	reason string
	apply  func(f *fan, o *outlet)
	kinds  []kind // of those that do not fail; nil for any
}

// readerGone is the breakage that MODEs and signals are about.
const readerGone = "Broken pipe"

func breakages() []breakage {
	// leaves has the reader of an output go away. What is still to come then is
	// more than even a widened pipe holds.
	leaves := func(k kind, after int) func(*fan, *outlet) {
		return func(f *fan, o *outlet) {
			o.kind = k
			require.NoError(f.t, os.RemoveAll(f.path(o.name)))
			f.place(o)
			o.take = func(_ *trial, r *os.File) []byte { return takeAndLeave(r, after) }
		}
	}
	return []breakage{
		{"a full device", "No space left on device", func(f *fan, o *outlet) {
			f.replace(o, "/dev/full")
			o.kind, o.end = device, &end{kind: device}
		}, nil},
		{"a file system that gets full", "No space left on device", func(f *fan, o *outlet) {
			path := smallFileSystem(f.t, 75*os.Getpagesize()) + "/o"
			f.replace(o, path)
			o.kind, o.end = file, &end{kind: file, path: path}
		}, nil},
		{"a file that gets too large", "File too large", func(f *fan, o *outlet) {
			f.replace(o, f.path("large"+o.name))
			o.kind, o.end = file, &end{kind: file, path: f.path("large" + o.name)}
			f.limited("ulimit -f 600")
		}, []kind{pipe, pipe, pipe, device, pipe}},
		{"a reader that goes away early", readerGone, leaves(pipe, 1), nil},
		{"a reader that goes away", readerGone, leaves(pipe, 250_000), nil},
		{"a terminal that hangs up", "Input/output error", leaves(terminal, 20_000), nil},
	}
}

// fans are how many outputs there are, and which of them fail.
func fans() (all [][]int) {
	for _, n := range []int{3, 5} {
		all = append(all, []int{n, 1}, []int{n, n - 1}, []int{n, 1, n - 1})
	}
	return all
}

// TestTeeFaults has outputs of tee fail.
func TestTeeFaults(t *testing.T) {
	t.Parallel()
	m := newMatrix(7)
	for _, b := range breakages() {
		for _, failing := range fans() {
			for _, mode := range []string{"", "warn", "warn-nopipe", "exit", "exit-nopipe"} {
				for _, in := range []kind{pipe, file} {
					if m.wants(false) {
						teeFaults(t, b, failing, mode, in, m.row/2%2 == 0)
					}
				}
			}
		}
	}
}

func teeFaults(t *testing.T, b breakage, failing []int, mode string, in kind, traced bool) {
	t.Run(fmt.Sprintf("%s, outputs %v of %d, mode %s from %s", b.name, failing[1:], failing[0], mode, in), func(t *testing.T) {
		t.Parallel()
		options := ""
		if mode != "" {
			options = "--output-error=" + mode
		}
		kinds := b.kinds
		if kinds == nil {
			kinds = []kind{pipe, file, pipe, device, file}
		}
		f := newFan(t, options, in, largeSize, kinds[:failing[0]]...)
		var names []string
		for _, i := range failing[1:] {
			f.outlets[i].fails = true
			names = append(names, f.outlets[i].name)
			b.apply(f, f.outlets[i])
		}
		if traced {
			f.trace()
		}
		f.begin()
		f.checkFaults(f.end(), mode, b.reason, names)
		if traced {
			f.checkCounts()
		}
	})
}

// checkFaults checks an ending in which the outputs of some names failed.
func (f *fan) checkFaults(got ending, mode, reason string, names []string) {
	f.t.Helper()
	diagnostic := func(name string) string { return "tee: " + name + ": " + reason + "\n" }
	switch {
	case mode == "" && reason == readerGone:
		assert.Empty(f.t, got.stderr)
		assert.Equal(f.t, 128+int(unix.SIGPIPE), got.status, "exit status")
		f.checkOrder()
	case strings.HasSuffix(mode, "-nopipe") && reason == readerGone:
		assert.Empty(f.t, got.stderr)
		assert.Equal(f.t, 0, got.status, "exit status")
		f.checkWhole()
	case strings.HasPrefix(mode, "exit"):
		assert.Equal(f.t, 1, got.status, "exit status")
		for _, o := range f.outlets {
			if got.stderr == diagnostic(o.name) && slices.Contains(names, o.name) {
				f.checkStopped(o)
				return
			}
		}
		f.t.Errorf("standard error says of none of %v alone that it failed: %q", names, got.stderr)
	default:
		assert.Equal(f.t, 1, got.status, "exit status")
		var want []string
		for _, name := range names {
			want = append(want, diagnostic(name))
		}
		assert.ElementsMatch(f.t, want, slices.Collect(strings.Lines(got.stderr)), "standard error")
		f.checkWhole()
	}
}

// TestTeeKinds gives tee outputs that take no pages beside outputs that do: all of
// them get every byte.
func TestTeeKinds(t *testing.T) {
	t.Parallel()
	m := newMatrix(3)
	for _, in := range []kind{pipe, file, socket} {
		for _, kinds := range [][]kind{
			{pipe, file, pipe},
			{pipe, terminal, file},
			{socket, file, pipe},
			{terminal, pipe, pipe},
			{appended, pipe, file},
			{file, device, pipe},
			{pipe, pipe, terminal},
			{pipe, device, file, pipe, terminal},
			{socket, terminal, device, terminal, pipe},
			{device, pipe, file, pipe, file},
			{pipe, pipe, pipe, pipe, pipe},
			{pipe, appended, pipe},
			{pipe, appended, appended, pipe, appended},
			{file, pipe, appended, device, appended},
		} {
			if !m.wants(false) {
				continue
			}
			options := ""
			if slices.Contains(kinds[1:], appended) {
				options = "-a"
			}
			t.Run(fmt.Sprintf("from %s to %v", in, kinds), func(t *testing.T) {
				t.Parallel()
				size := largeSize
				if slices.Contains(kinds, terminal) {
					size = sourceSize // terminals are slow
				}
				f := newFan(t, options, in, size, kinds...)
				f.begin()
				f.checkFaults(f.end(), "-nopipe", readerGone, nil)
			})
		}
	}
}

// TestTeeWaits has outputs of tee that are not read for a while, and standard
// streams that do not block: all outputs get every byte.
func TestTeeWaits(t *testing.T) {
	t.Parallel()
	m := newMatrix(5)
	for _, in := range []kind{pipe, file} {
		for _, kinds := range [][]kind{{pipe, file, pipe}, {pipe, pipe, device, file, pipe}} {
			last := len(kinds) - 1
			for _, slow := range [][]int{{0}, {1}, {last}, {0, last}} {
				for _, nonblocking := range [][]side{nil, {outSide}, {inSide, outSide}} {
					if m.wants(false) {
						teeWaits(t, in, kinds, slow, nonblocking)
					}
				}
			}
		}
	}
}

func teeWaits(t *testing.T, in kind, kinds []kind, slow []int, nonblocking []side) {
	t.Run(fmt.Sprintf("from %s to %v, slow %v, nonblocking %v", in, kinds, slow, nonblocking), func(t *testing.T) {
		t.Parallel()
		f := newFan(t, "", in, largeSize, kinds...)
		for _, i := range slow {
			f.outlets[i].take = takeUnevenly
		}
		f.feed = feedUnevenly
		for _, s := range nonblocking {
			f.nonblock(s)
		}
		f.begin()
		f.checkFaults(f.end(), "-nopipe", readerGone, nil)
	})
}

// uneven are the numbers of bytes after which one waits until the program sleeps:
// before the relay begins, and when it has begun.
func uneven() []int { return []int{1, 999, 50_000, 200_000, 200_001, 999, 65_536, 300_000} }

// takeUnevenly lets the program wait for its reader now and then.
func takeUnevenly(tr *trial, r *os.File) (got []byte) {
	for _, n := range uneven() {
		tr.asleep()
		piece := make([]byte, n)
		n, err := io.ReadFull(r, piece)
		got = append(got, piece[:n]...)
		if err != nil {
			return got
		}
	}
	return takeRest(r, got)
}

// feedUnevenly is takeUnevenly's other side.
func feedUnevenly(tr *trial, w *os.File) {
	rest := tr.source
	for _, n := range uneven() {
		tr.asleep()
		n, err := w.Write(rest[:min(n, len(rest))])
		if err != nil {
			break
		}
		rest = rest[n:]
	}
	feedEnd(tr, w, rest)
}

// stuckSize is more than all pipes on the way hold, wide ones too.
const stuckSize = 5_000_000

// TestTeeStuck has an output of tee's that nobody reads, before the relay begins
// and after. Those ahead of it have the block that tee waits with; those after it
// do not.
func TestTeeStuck(t *testing.T) {
	t.Parallel()
	m := newMatrix(3)
	for _, in := range []kind{pipe, file} {
		for _, kinds := range [][]kind{{pipe, pipe, file}, {file, pipe, pipe}, {pipe, file, pipe, device, pipe}, {socket, pipe, device, pipe, file}} {
			for stuck, k := range kinds {
				for _, after := range []int{0, 250_000} {
					if k == pipe && m.wants(false) {
						teeStuck(t, in, kinds, stuck, after)
					}
				}
			}
		}
	}
}

func teeStuck(t *testing.T, in kind, kinds []kind, stuck, after int) {
	t.Run(fmt.Sprintf("from %s to %v, %d stuck after %d bytes", in, kinds, stuck, after), func(t *testing.T) {
		t.Parallel()
		f := newFan(t, "", in, stuckSize, kinds...)
		f.outlets[stuck].fails = true
		f.outlets[stuck].take = func(tr *trial, r *os.File) []byte {
			got := make([]byte, after)
			n, err := io.ReadFull(r, got)
			if assert.NoError(t, err) {
				f.ready.Store(true)
			}
			<-f.over
			return takeRest(r, got[:n])
		}
		f.begin()
		if assert.Eventually(t, func() bool { return f.ready.Load() && f.stuckAt(stuck) }, trialLimit, pollEvery) {
			assert.NoError(t, f.cmd.Process.Signal(unix.SIGTERM))
		}
		assert.Equal(t, 128+int(unix.SIGTERM), f.end().status)
		f.checkStopped(f.outlets[stuck])
	})
}

// stuckAt reports whether tee sleeps because of an output that nobody reads: it has
// something to read, and all that it wrote to the others has been taken.
func (f *fan) stuckAt(stuck int) bool {
	if f.in == pipe && waiting(f.stdin.file) == 0 {
		return false
	}
	for i, o := range f.outlets {
		switch o.kind {
		case pipe:
			if (i == stuck) != (waiting(o.end.file) > 0) {
				return false
			}
		case socket:
			if n, err := unix.IoctlGetInt(int(o.end.file.Fd()), unix.TIOCOUTQ); err != nil || n > 0 {
				return false
			}
		}
	}
	return asleep(f.cmd.Process.Pid)
}

// TestTeeDeclined makes the calls of the relay fail while it serves one of several
// outputs. That output has the rest written, and so have those after it.
func TestTeeDeclined(t *testing.T) {
	withoutRace(t, oneThread)
	requireStrace(t)
	if plain {
		t.Skip("there is no relay")
	}
	t.Parallel()
	for _, kinds := range [][]kind{{pipe, pipe, file}, {pipe, file, pipe, file, pipe}} {
		last := fmt.Sprintf("o%d", len(kinds)-1)
		for _, c := range []struct{ calls, at, when string }{
			{"tee", "", "1"}, {"tee", "", "2"}, {"tee", "", "3"}, {"tee", "", fmt.Sprint(2*len(kinds) - 2)}, {"tee", "", "2+"},
			{"splice", "o1", "1"}, {"splice", "o1", "2"}, {"splice", "o1", "2+"}, {"splice", last, "1"}, {"splice", last, "3"},
		} {
			t.Run(fmt.Sprintf("%s %s to %v at %s", c.calls, c.at, kinds, c.when), func(t *testing.T) {
				t.Parallel()
				for range 100 {
					f := newFan(t, "", pipe, largeSize, kinds...)
					f.strace(injection{calls: c.calls, at: nowhere, fault: "error=EINVAL", when: c.when})
					if c.at != "" {
						f.before = append(f.before, "-P", c.at, "-P", f.path(c.at))
					}
					f.begin()
					f.checkFaults(f.end(), "-nopipe", readerGone, nil)
					log, err := os.ReadFile(f.path("calls"))
					require.NoError(t, err)
					if strings.Contains(string(log), "(INJECTED)") {
						return // threads count their calls apart, so it may take more than one attempt
					}
				}
				t.Error("the call that was to fail was never made")
			})
		}
	}
}
