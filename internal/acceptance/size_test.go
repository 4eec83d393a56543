//go:build linux

package acceptance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// mostMemory is what no program may exceed, whatever passes through it, in KiB.
const mostMemory = 12 << 10

// bigSize is how many bytes pass through each mode: BIG GiB, or else as few as
// make 256 MiB in all.
func bigSize(t *testing.T) int64 {
	big := os.Getenv("BIG")
	if big == "" {
		return 10 << 20
	}
	gibibytes, err := strconv.ParseInt(big, 10, 32)
	require.NoError(t, err, "BIG is a number of GiB")
	return gibibytes << 30
}

// A repeated is a pattern over and over, length bytes in all.
type repeated struct {
	pattern []byte
	length  int64
	at      int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.length == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.pattern[r.at:])
	n = int(min(int64(n), r.length))
	r.length -= int64(n)
	r.at = (r.at + n) % len(r.pattern)
	return n, nil
}

// lines numbers count equal lines as cat -n does.
type lines struct {
	line    []byte
	count   int64
	number  int64
	pending []byte
}

func (l *lines) Read(p []byte) (int, error) {
	if len(l.pending) == 0 {
		for l.pending = l.pending[:0]; l.number < l.count && len(l.pending) < 64<<10; {
			l.number++
			for width := int64(100_000); width > l.number; width /= 10 {
				l.pending = append(l.pending, ' ')
			}
			l.pending = strconv.AppendInt(l.pending, l.number, 10)
			l.pending = append(append(l.pending, '\t'), l.line...)
		}
	}
	if len(l.pending) == 0 {
		return 0, io.EOF
	}
	n := copy(p, l.pending)
	l.pending = l.pending[n:]
	return n, nil
}

// A flow is much data through one program in one mode.
type flow struct {
	line string
	in   io.Reader
	want io.Reader
}

// flows are all modes of all programs, n bytes each or a little less.
func flows(n int64) []flow {
	// Lines of 57 bytes are lines of 76 characters in base64.
	line := []byte("\tThe quick brown fox, \x01\xff and the lazy dog 0123456789 abc\r\n")[:57]
	line[56] = '\n'
	block := bytes.Repeat(line, 1000)
	blocks := n / int64(len(block))
	count := blocks * 1000
	same := func(block []byte) io.Reader { return &repeated{pattern: block, length: blocks * int64(len(block))} }
	each := func(line string, from, to []byte) flow { return flow{line, same(from), same(to)} }
	become := func(old, new string) []byte { return bytes.ReplaceAll(block, []byte(old), []byte(new)) }
	all := []flow{
		each("cat", block, block),
		each("cat -u -", block, block),
		each("cat -A", block, transformed("cat", "-A", block)),
		each("cat -v", block, bytes.ReplaceAll(bytes.ReplaceAll(transformed("cat", "-A", block), []byte("^I"), []byte("\t")), []byte("$\n"), []byte("\n"))),
		each("cat -E", block, become("\n", "$\n")),
		each("cat -T", block, become("\t", "^I")),
		each("cat -s", append(bytes.Clone(block), "\n\n\n"...), append(bytes.Clone(block), '\n')),
		{"cat -n", same(block), &lines{line: line, count: count}},
		{"cat -b", same(block), &lines{line: line, count: count}},
		each("tee", block, block),
		each("tee /dev/null", block, block),
		each("tee -p /dev/null /dev/null", block, block),
	}
	text := transformed("base64", "", block)
	text0 := transformed("base64", "-w0", block)
	garbled := bytes.ReplaceAll(text, []byte("\n"), []byte(" \r\n!"))
	return append(all,
		each("base64", block, text),
		each("base64 -w0", block, text0),
		each("base64 -d", text, block),
		each("base64 -d -w0", text0, block),
		each("base64 -di", garbled, block),
	)
}

// longLines are flows of a single line without an end.
func longLines(n int64) []flow {
	line := func() io.Reader { return &repeated{pattern: bytes.Repeat([]byte("no end "), 9000), length: n} }
	return []flow{
		{"cat -n", line(), io.MultiReader(strings.NewReader("     1\t"), line())},
		{"cat -b", line(), io.MultiReader(strings.NewReader("     1\t"), line())},
		{"cat -A", line(), line()},
		{"cat -s", line(), line()},
		{"cat -E", line(), line()},
	}
}

// TestSize sends much through every mode, from pipe to pipe, and checks every
// byte of it and the memory that it took.
func TestSize(t *testing.T) {
	if testing.Short() {
		t.Skip("this takes long")
	}
	for _, f := range flows(bigSize(t)) {
		t.Run(f.line, func(t *testing.T) { f.run(t) })
	}
	for _, f := range longLines(bigSize(t) / 4) {
		t.Run("a line through "+f.line, func(t *testing.T) { f.run(t) })
	}
}

// TestWideLines encodes to lines of a thousand million columns.
func TestWideLines(t *testing.T) {
	const columns = 1_000_000_000
	n := bigSize(t) / 30 * 3 // given 8 GiB, they make more than one line
	more := n/3*4 - columns  // how many characters a line would be too long
	letters := func(n int64) io.Reader { return &repeated{pattern: bytes.Repeat([]byte("A"), 64<<10), length: n} }
	want := []io.Reader{letters(columns + min(more, 0)), strings.NewReader("\n")}
	if more > 0 {
		want = append(want, letters(more), strings.NewReader("\n"))
	}
	zeros := &repeated{pattern: make([]byte, 64<<10), length: n}
	flow{"base64 -w " + strconv.Itoa(columns), zeros, io.MultiReader(want...)}.run(t)
}

func (f flow) run(t *testing.T) {
	in, out := newPair(t, pipe, true), newPair(t, pipe, false)
	words := strings.Fields(f.line)
	m := measure(t, in.file, out.file, words...)
	require.NoError(t, in.file.Close())
	require.NoError(t, out.file.Close())
	fed := make(chan error, 1)
	go func() {
		_, err := io.CopyBuffer(onlyWriter{in.other}, f.in, make([]byte, 128<<10))
		fed <- errors.Join(err, in.other.Close())
	}()
	differs := compareStreams(out.other, f.want)
	out.other.Close() // if they differ, the rest is of no interest
	assert.NoError(t, differs)
	err := <-fed
	if differs == nil {
		assert.NoError(t, err)
	}
	m.check(t)
}

// onlyWriter hides what else a file can do: io.Copy is to use our buffer.
type onlyWriter struct{ io.Writer }

// compareStreams reads both to their ends, and says where they differ.
func compareStreams(got, want io.Reader) error {
	a, b := make([]byte, 64<<10), make([]byte, 64<<10)
	for at := int64(0); ; {
		n, err := got.Read(a)
		if n > 0 {
			m, _ := io.ReadFull(want, b[:n])
			if !bytes.Equal(a[:n], b[:m]) {
				return fmt.Errorf("byte %d is wrong, or one too many", at+int64(agreement(a[:n], b[:m])))
			}
			at += int64(n)
		}
		if err == io.EOF {
			if m, _ := want.Read(b[:1]); m > 0 {
				return fmt.Errorf("it ends after %d bytes, too early", at)
			}
			return nil
		} else if err != nil {
			return err
		}
	}
}

// A measured program is a run whose peak memory is looked at. What wait4(2)
// says of it counts in the memory of the process it was forked from, these
// tests; so it is stopped on its way out, by ptrace(2), and asked.
type measured struct {
	done   chan struct{}
	status syscall.WaitStatus
	peak   int // KiB
	err    error
	stderr *os.File
}

func measure(t *testing.T, stdin, stdout *os.File, args ...string) *measured {
	return measureIn(t, "", stdin, stdout, args...)
}

func measureIn(t *testing.T, dir string, stdin, stdout *os.File, args ...string) *measured {
	stderr, err := os.CreateTemp(t.TempDir(), "stderr")
	require.NoError(t, err)
	m := &measured{done: make(chan struct{}), stderr: stderr}
	started := make(chan struct{})
	go func() {
		defer close(m.done)
		runtime.LockOSThread() // the thread that traces must be one
		defer runtime.UnlockOSThread()
		process, err := os.StartProcess(program(args[0]), args, &os.ProcAttr{
			Dir:   dir,
			Files: []*os.File{stdin, stdout, stderr},
			Env:   environment(),
			Sys:   &syscall.SysProcAttr{Ptrace: true},
		})
		close(started)
		if err != nil {
			m.err = err
			return
		}
		m.err = m.follow(process.Pid)
	}()
	<-started
	return m
}

// follow lets the program run, and stops where it exits.
func (m *measured) follow(pid int) error {
	if _, err := syscall.Wait4(pid, &m.status, 0, nil); err != nil {
		return err
	}
	if err := syscall.PtraceSetOptions(pid, unix.PTRACE_O_TRACEEXIT|unix.PTRACE_O_EXITKILL); err != nil {
		return err
	}
	for signal := 0; ; {
		if err := syscall.PtraceCont(pid, signal); err != nil && err != syscall.ESRCH {
			return err // ESRCH: another thread has ended the process meanwhile
		}
		if _, err := syscall.Wait4(pid, &m.status, 0, nil); err != nil {
			return err
		}
		switch {
		case m.status.Exited() || m.status.Signaled():
			return nil
		case m.status.TrapCause() == unix.PTRACE_EVENT_EXIT:
			m.peak, signal = peakOf(pid), 0
		default:
			signal = int(m.status.StopSignal())
		}
	}
}

// peakOf is the most memory a process has had, in KiB: proc(5), VmHWM.
func peakOf(pid int) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return -1
	}
	found := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)
	if found == nil {
		return -1
	}
	peak, _ := strconv.Atoi(string(found[1]))
	return peak
}

// check waits for the program and checks that it succeeded, in little memory.
func (m *measured) check(t *testing.T) {
	<-m.done
	require.NoError(t, m.err)
	said, err := os.ReadFile(m.stderr.Name())
	require.NoError(t, err)
	require.NoError(t, m.stderr.Close())
	assert.Empty(t, string(said), "standard error")
	assert.Equal(t, 0, m.status.ExitStatus(), "exit status")
	if len(raceFlags) > 0 {
		t.Log("the race detector takes memory of its own: not looked at")
		return
	}
	assert.Positive(t, m.peak)
	assert.LessOrEqual(t, m.peak, mostMemory, "peak memory in KiB")
}

// TestSizeOfFiles copies a large file by each way from a file.
func TestSizeOfFiles(t *testing.T) {
	n := bigSize(t)
	dir := t.TempDir()
	big := filepath.Join(dir, "big")
	require.NoError(t, os.WriteFile(big, nil, 0o600))
	require.NoError(t, os.Truncate(big, n)) // a hole takes no room
	for _, line := range []string{"cat big", "cat", "tee", "tee copy"} {
		for _, target := range []string{"/dev/null", filepath.Join(dir, "out")} {
			if strings.HasSuffix(line, "copy") && target != "/dev/null" {
				continue // one copy on the disk at a time
			}
			t.Run(line+" to "+filepath.Base(target), func(t *testing.T) {
				requireSpace(t, dir, n)
				in, err := os.Open(big)
				require.NoError(t, err)
				defer in.Close()
				out, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
				require.NoError(t, err)
				defer out.Close()
				copied := filepath.Join(dir, "out")
				words := strings.Fields(strings.ReplaceAll(line, "copy", copied))
				words = strings.Fields(strings.ReplaceAll(strings.Join(words, " "), " big", " "+big))
				measure(t, in, out, words...).check(t)
				if f, err := os.Open(copied); err == nil {
					zeros := &repeated{pattern: make([]byte, 64<<10), length: n}
					assert.NoError(t, compareStreams(f, zeros))
					f.Close()
					require.NoError(t, os.Remove(copied))
				}
			})
		}
	}
}

// requireSpace skips a test that would fill the disk.
func requireSpace(t *testing.T, dir string, n int64) {
	var st unix.Statfs_t
	require.NoError(t, unix.Statfs(dir, &st))
	if free := int64(st.Bavail) * int64(st.Bsize); free < n+n/2 {
		t.Skipf("%s has %d bytes free, too few for a file of %d", dir, free, n)
	}
}

// execute runs a program in dir with arguments that no shell has seen.
func execute(t *testing.T, dir, stdin, name string, args ...string) ending {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), trialLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program(name), args...)
	cmd.Dir, cmd.Env = dir, environment()
	cmd.Stdin = strings.NewReader(stdin)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	status, err := exitStatus(cmd.Run())
	require.NoError(t, err)
	return ending{status: status, out: append([]byte(nil), out.Bytes()...), stderr: stderr.String()}
}

// TestManyOperands gives each program a hundred thousand.
func TestManyOperands(t *testing.T) {
	t.Parallel()
	const many = 100_000
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/a", []byte("A\n"), 0o600))
	require.NoError(t, os.WriteFile(dir+"/b", []byte("b"), 0o600))
	operands := slices.Repeat([]string{"a", "b"}, many/2)

	t.Run("echo", func(t *testing.T) {
		got := execute(t, dir, "", "echo", operands...)
		assert.Equal(t, ending{out: []byte(strings.Join(operands, " ") + "\n")}, got)
	})
	t.Run("cat", func(t *testing.T) {
		got := execute(t, dir, "", "cat", operands...)
		assert.Equal(t, ending{out: bytes.Repeat([]byte("A\nb"), many/2)}, got)
	})
	t.Run("base64", func(t *testing.T) {
		got := execute(t, dir, "", "base64", operands...)
		want := "base64: extra operand 'b'\nTry 'base64 --help' for more information.\n"
		assert.Equal(t, ending{status: 1, stderr: want}, got)
	})
	t.Run("tee", func(t *testing.T) {
		files := t.TempDir()
		said := withDescriptors(t, files, 500, 1, "tee", operands...)
		assert.Len(t, said, 2)
		for _, name := range []string{"a", "b"} {
			assert.InDelta(t, many/2, said["tee: "+name+": Too many open files"], 500)
		}
		for _, name := range []string{"a", "b"} {
			got, err := os.ReadFile(filepath.Join(files, name))
			require.NoError(t, err)
			assert.Equal(t, "text", string(got))
		}
	})
	// What Go's runtime opens for itself when it collects garbage must neither
	// fail nor be missed. Five descriptors leave it none: there cat may make but
	// little garbage.
	t.Run("cat, few descriptors", func(t *testing.T) {
		assert.Empty(t, withDescriptors(t, dir, 6, 0, "cat", operands...))
		assert.Empty(t, withDescriptors(t, dir, 5, 0, "cat", operands[:5000]...))
	})
	t.Run("cat, few descriptors and long files", func(t *testing.T) {
		require.NoError(t, os.WriteFile(dir+"/long", make([]byte, largeSize), 0o600))
		long := slices.Repeat([]string{"long"}, 50)
		assert.Empty(t, withDescriptors(t, dir, 5, 0, "cat", long...))
		assert.Empty(t, withDescriptors(t, dir, 5, 0, "cat", append(long, "-n")...))
	})
}

// withDescriptors runs a program that may have most descriptors, checks its exit
// status, and returns how often it says each line. The shell redirects nothing
// under the limit: it would need descriptors itself.
func withDescriptors(t *testing.T, dir string, most, status int, name string, operands ...string) map[string]int {
	limited := []string{"-c", fmt.Sprintf(`ulimit -n %d && exec "$0" "$@"`, most), program(name)}
	cmd := exec.Command("sh", append(limited, operands...)...)
	cmd.Dir, cmd.Env = dir, environment()
	cmd.Stdin = strings.NewReader("text")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	got, err := exitStatus(cmd.Run())
	require.NoError(t, err)
	assert.Equal(t, status, got, "exit status")
	said := map[string]int{}
	for line := range strings.Lines(stderr.String()) {
		said[strings.TrimSuffix(line, "\n")]++
	}
	return said
}

// TestManyOutputs has tee write a thousand files.
func TestManyOutputs(t *testing.T) {
	t.Parallel()
	const many = 1000
	dir := t.TempDir()
	var names []string
	for i := range many {
		names = append(names, "f"+strconv.Itoa(i))
	}
	cmd := exec.Command("sh", append([]string{"-c", fmt.Sprintf(`ulimit -n %d && exec tee "$@"`, many+10), "sh"}, names...)...)
	cmd.Dir = dir
	want := planFor(way{program: "tee", in: pipe}, sourceSize/2).source
	cmd.Stdin = bytes.NewReader(want)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	status, err := exitStatus(cmd.Run())
	require.NoError(t, err)
	if strings.HasPrefix(stderr.String(), "sh: ") {
		t.Skipf("so many files may not be open here: %s", stderr.String())
	}
	assert.Empty(t, stderr.String())
	assert.Equal(t, 0, status)
	assert.True(t, bytes.Equal(want, out.Bytes()), "standard output")
	for _, name := range names {
		got, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got), name)
	}
}

// longestArgument is the kernel's limit, less the NUL after it: execve(2).
const longestArgument = 128<<10 - 1

// TestLongArguments passes what execve(2) just allows, one argument and all.
func TestLongArguments(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", longestArgument)
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		want ending
	}{
		{[]string{"echo", long}, ending{out: []byte(long + "\n")}},
		{[]string{"echo", "-e", `\x` + long[2:]}, ending{out: []byte(`\x` + long[2:] + "\n")}},
		{append([]string{"echo"}, slices.Repeat([]string{long}, 15)...), ending{out: []byte(strings.Repeat(long+" ", 14) + long + "\n")}},
		{[]string{"cat", long}, ending{status: 1, stderr: "cat: " + long + ": File name too long\n"}},
		{[]string{"cat", "--" + long[2:]}, ending{status: 1, stderr: "cat: unrecognized option '--" + long[2:] + "'\nTry 'cat --help' for more information.\n"}},
		{[]string{"cat", "-" + strings.Repeat("n", longestArgument-1)}, ending{out: []byte("     1\tin")}},
		{[]string{"base64", "-w", strings.Repeat("9", longestArgument)}, ending{out: []byte("aW4=")}},
		{[]string{"base64", "-w", strings.Repeat("0", longestArgument-1) + "3"}, ending{out: []byte("aW4\n=\n")}},
		{[]string{"base64", "-w", long}, ending{status: 1, stderr: "base64: invalid wrap size: '" + long + "'\n"}},
		{[]string{"base64", long}, ending{status: 1, stderr: "base64: " + long + ": File name too long\n"}},
		{[]string{"base64", "-d", "-" + strings.Repeat("i", longestArgument-1)}, ending{status: 1, out: []byte("\x8a"), stderr: "base64: invalid input\n"}},
		{[]string{"tee", long}, ending{status: 1, out: []byte("in"), stderr: "tee: " + long + ": File name too long\n"}},
		{[]string{"tee", "--output-error=" + long[15:]}, ending{status: 1, stderr: "tee: invalid argument '" + long[15:] +
			"' for '--output-error'\nValid arguments are:\n  - 'warn'\n  - 'warn-nopipe'\n  - 'exit'\n  - 'exit-nopipe'\n" +
			"Try 'tee --help' for more information.\n"}},
	} {
		name := strings.Join(c.args, " ")
		t.Run(fmt.Sprintf("%.30s, %d bytes", name, len(name)), func(t *testing.T) {
			got := execute(t, dir, "in", c.args[0], c.args[1:]...)
			assert.Equal(t, c.want.status, got.status)
			assert.True(t, c.want.stderr == got.stderr, "standard error: %.200q", got.stderr)
			assert.True(t, bytes.Equal(c.want.out, got.out), "standard output: %.200q", got.out)
		})
	}
}

// TestLongNames opens names as long as names can be, and a byte longer.
func TestLongNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	longest := strings.Repeat("n", unix.NAME_MAX)
	deepest := strings.Repeat("./", (unix.PathMax-len("f")-1)/2) + "f" // its NUL counts
	require.Len(t, deepest, unix.PathMax-1)
	for _, name := range []string{longest, deepest} {
		t.Run(fmt.Sprint(len(name)), func(t *testing.T) {
			assert.Equal(t, ending{out: []byte("in")}, execute(t, dir, "in", "tee", name))
			assert.Equal(t, ending{out: []byte("in")}, execute(t, dir, "", "cat", name))
			assert.Equal(t, ending{out: []byte("aW4=\n")}, execute(t, dir, "", "base64", name))
			tooLong := "./" + name
			if name == longest {
				tooLong = "n" + name
			}
			want := ending{status: 1, stderr: "cat: " + tooLong + ": File name too long\n"}
			assert.Equal(t, want, execute(t, dir, "", "cat", tooLong))
		})
	}
}
