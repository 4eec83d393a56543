//go:build linux

package acceptance

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// attempts are how often a test looks for what a busy machine may hide.
const attempts = 20

// TestNoThreads shows that no program starts a thread of its own: nothing that is
// linked into one has a go statement. So where a limit on processes (`ulimit -u`)
// lets the Go runtime start, it lets the program end.
func TestNoThreads(t *testing.T) {
	t.Parallel()
	module := modulePath(t, root)
	read := 0
	for _, program := range programs {
		for _, p := range dependencies(t, "linux", module+"/cmd/"+program) {
			folder, ours := strings.CutPrefix(p.ImportPath, module+"/")
			if !ours {
				continue
			}
			sources, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
			require.NoError(t, err)
			for _, source := range sources {
				if strings.HasSuffix(source, "_test.go") {
					continue
				}
				files := token.NewFileSet()
				tree, err := parser.ParseFile(files, source, nil, parser.SkipObjectResolution)
				require.NoError(t, err)
				read++
				ast.Inspect(tree, func(n ast.Node) bool {
					if statement, ok := n.(*ast.GoStmt); ok {
						t.Errorf("%v: a go statement", files.Position(statement.Pos()))
					}
					return true
				})
			}
		}
	}
	assert.Greater(t, read, 20, "source files")
}

// workers are ways that have something to do for as long as there is input.
func workers() []way {
	return []way{
		{program: "cat", in: pipe, out: pipe, copy: none},
		{program: "cat", options: "-n", in: pipe, out: pipe, copy: none},
		{program: "base64", in: pipe, out: pipe, copy: none},
		{program: "base64", options: "-d", in: pipe, out: pipe, copy: none},
		{program: "tee", in: pipe, out: pipe, copy: file},
		{program: "tee", in: pipe, out: file, copy: none},
		{program: "tee", options: "-p second third", in: pipe, out: pipe, copy: pipe},
	}
}

// workPlan is a plan for such a way.
func workPlan(w way, size int) plan {
	p := numberedPlan(w, numbered(size, wideLine/4*3))
	if !w.decodes() {
		p.want = transformed(w.program, w.options, p.source)
	}
	return p
}

// An idler is a program that has read a part of its input, and waits for more.
type idler struct {
	*trial
	fed, end chan struct{}
}

// startIdler starts a program and gives it the first part of what there is to read.
func startIdler(t *testing.T, p plan, part int) *idler {
	i := &idler{try(t, p), make(chan struct{}), make(chan struct{})}
	i.feed = func(tr *trial, w *os.File) {
		if _, err := w.Write(tr.source[:part]); assert.NoError(t, err) {
			i.fed <- struct{}{}
			<-i.end
			feedEnd(tr, w, tr.source[part:])
		}
	}
	i.start()
	<-i.fed
	require.Eventually(t, func() bool { return waiting(i.stdin.file) == 0 && asleep(i.cmd.Process.Pid) }, trialLimit, pollEvery)
	return i
}

// finish gives the program the rest of its input and checks what it wrote.
func (i *idler) finish() {
	close(i.end)
	i.check(i.wait(), noSide, "")
}

// status are the lines of proc(5)'s status of each thread.
func (i *idler) status() (threads []string) {
	paths, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", i.cmd.Process.Pid))
	for _, path := range paths {
		if text, err := os.ReadFile(path); err == nil {
			threads = append(threads, string(text))
		}
	}
	return threads
}

// switches is how often the program's threads have been switched to another, of
// their own will or not.
func (i *idler) switches() (n int) {
	for _, thread := range i.status() {
		for line := range strings.Lines(thread) {
			var times int
			if name, number, _ := strings.Cut(line, ":"); strings.HasSuffix(name, "voluntary_ctxt_switches") {
				fmt.Sscan(number, &times)
				n += times
			}
		}
	}
	return n
}

// TestThreadsStay counts the threads of a program that waits for its first byte,
// and of one that has read many. At a start the Go runtime makes one more at
// times, so it is enough if the two numbers are equal in one attempt.
func TestThreadsStay(t *testing.T) {
	withoutRace(t, "it has threads of its own")
	t.Parallel()
	for _, w := range workers() {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			p := workPlan(w, longInput)
			seen := ""
			for range attempts {
				at := []int{0, 0}
				for i, part := range []int{1, len(p.source)} {
					idle := startIdler(t, p, part)
					at[i] = len(idle.status())
					idle.finish()
				}
				if at[1] <= at[0] {
					return
				}
				seen += fmt.Sprintf("%d threads after a byte, %d after many\n", at[0], at[1])
			}
			t.Error(seen)
		})
	}
}

// TestIdle shows that a program does not run while nothing comes, as in `tail -f
// log | cat`: it is woken a few times at most in the time in which one that looks
// again and again would be woken twenty times.
func TestIdle(t *testing.T) {
	t.Parallel()
	const (
		look = 100 * time.Millisecond
		few  = 3
	)
	for _, w := range workers() {
		for _, part := range []int{1, shortInput, longInput} {
			t.Run(fmt.Sprintf("%v after %d bytes", w, part), func(t *testing.T) {
				t.Parallel()
				p := workPlan(w, longInput+10_000)
				idle := startIdler(t, p, part)
				defer idle.finish()
				var seen []int
				for range attempts {
					before := idle.switches()
					time.Sleep(look)
					seen = append(seen, idle.switches()-before)
					if slices.Min(seen) <= few {
						return
					}
				}
				t.Errorf("it was woken so many times in each %v: %v", look, seen)
			})
		}
	}
}

// TestFewDescriptorsManyFiles gives cat 20,000 files and the descriptors for a
// single one. However much garbage there is to collect, the Go runtime must not
// want a descriptor for that.
func TestFewDescriptorsManyFiles(t *testing.T) {
	withoutRace(t, "the linker that it needs opens files")
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/short", []byte("short\n"), 0o600))
	require.NoError(t, os.WriteFile(dir+"/long", make([]byte, shortInput), 0o600))
	for _, c := range []struct {
		options, name string
		many          int
	}{
		{"", "short", 20_000}, {"", "missing", 20_000}, {"", "long", 300},
		{"-n", "short", 20_000}, {"-n", "long", 300}, {"-A", "short", 20_000},
	} {
		t.Run(fmt.Sprintf("cat %s of %d that are %s", c.options, c.many, c.name), func(t *testing.T) {
			t.Parallel()
			operands := append(strings.Fields(c.options), slices.Repeat([]string{c.name}, c.many)...)
			status, said := 0, map[string]int{}
			if c.name == "missing" {
				status, said = 1, map[string]int{"cat: missing: No such file or directory": c.many}
			}
			assert.Equal(t, said, withDescriptors(t, dir, 5, status, "cat", operands...))
		})
	}
}

// mostForOperands is what no program may exceed with a hundred thousand operands,
// in KiB. The list itself takes 1 MiB of it.
const mostForOperands = 16 << 10

// TestMemoryOfOperands looks at how much memory a hundred thousand operands take.
func TestMemoryOfOperands(t *testing.T) {
	withoutRace(t, "it takes memory of its own")
	t.Parallel()
	const many = 100_000
	for _, line := range []string{"cat", "cat -n", "tee", "echo", "echo -e"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(dir+"/a", []byte("A\n"), 0o600))
			require.NoError(t, os.WriteFile(dir+"/b", []byte("b"), 0o600))
			null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
			require.NoError(t, err)
			defer null.Close()
			m := measureIn(t, dir, null, null, append(strings.Fields(line), slices.Repeat([]string{"a", "b"}, many/2)...)...)
			<-m.done
			require.NoError(t, m.err)
			assert.False(t, m.status.Signaled())
			assert.Positive(t, m.peak)
			assert.LessOrEqual(t, m.peak, mostForOperands, "peak memory in KiB")
		})
	}
}

// TestNonblockingStaysInRelay has descriptors that do not block, and the program
// wait for each of them while the relay moves its bytes. The relay goes on after
// that: proc(5) counts in wchar what the program writes itself, and no splice(2).
func TestNonblockingStaysInRelay(t *testing.T) {
	if plain {
		t.Skip("there is no relay")
	}
	t.Parallel()
	for _, w := range []way{
		{program: "cat", in: pipe, out: pipe, copy: none},
		{program: "tee", in: pipe, out: pipe, copy: none},
		{program: "tee", in: pipe, out: pipe, copy: file},
		{program: "tee", options: "-p second third", in: pipe, out: pipe, copy: pipe},
	} {
		for _, nonblocking := range [][]side{{inSide}, {outSide}, {inSide, outSide}} {
			t.Run(fmt.Sprintf("%v, nonblocking %v", w, nonblocking), func(t *testing.T) {
				t.Parallel()
				const size = 4 << 20
				outputs := 1 + len(w.files())
				if w.copy != none {
					outputs++
				}
				var seen []int
				for range attempts {
					written := writtenAfterWaiting(t, w, nonblocking, size)
					seen = append(seen, written)
					if written < size*outputs*3/4 {
						return
					}
				}
				t.Errorf("of %d bytes for each of %d outputs it wrote so many itself: %v", size, outputs, seen)
			})
		}
	}
}

// writtenAfterWaiting is how many bytes a program writes itself, of size and for
// all its outputs, after it has waited for its reader and for its writer.
func writtenAfterWaiting(t *testing.T, w way, nonblocking []side, size int) (written int) {
	const first = 300_000
	lines := numbered(first+size, wideLine)
	tr := try(t, plan{w, lines, lines})
	for _, s := range nonblocking {
		tr.nonblock(s)
	}
	tr.take = func(tr *trial, r *os.File) []byte {
		got := make([]byte, first-100_000)
		n, _ := io.ReadFull(r, got)
		tr.asleep()
		tr.ready.Store(true)
		return takeRest(r, got[:n])
	}
	tr.feed = func(tr *trial, w *os.File) {
		idle := func() {
			for !tr.ready.Load() || waiting(tr.stdin.file) > 0 || !asleep(tr.cmd.Process.Pid) {
				time.Sleep(pollEvery)
			}
		}
		_, err := w.Write(lines[:first])
		assert.NoError(t, err)
		idle()
		written = -tr.written()
		_, err = w.Write(lines[first:])
		assert.NoError(t, err)
		idle()
		written += tr.written()
		w.Close()
	}
	tr.start()
	tr.check(tr.wait(), noSide, "")
	return written
}
