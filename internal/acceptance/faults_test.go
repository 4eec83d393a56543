//go:build linux

package acceptance

// The tests of faults run the compiled programs over real descriptors, whole
// and broken ones. Whatever happens, three things must hold. What came out is
// the beginning of what should have. The exit status is 0 only if it is all of it.
// The diagnostic names the side that failed and the true reason. Since
// the whole of standard error is compared, a traceback of Go's runtime fails
// them all.
//
// A way is a program at work between two kinds of descriptor; a trial runs it
// once. The tables of the faults are in faults_*_test.go.

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// More passes than what the programs copy before the relay begins, 64 KiB; or
// also than what goes before pipes are widened, 1 MiB.
const (
	sourceSize = 300_007
	largeSize  = 1_400_007
)

// A kind is what a descriptor leads to.
type kind string

const (
	none     kind = "none"
	file     kind = "file"
	operand  kind = "operand"  // a file that the program opens itself
	appended kind = "appended" // a file opened with O_APPEND
	pipe     kind = "pipe"
	socket   kind = "socket"
	terminal kind = "terminal"
	device   kind = "device" // what is written to one is not seen again
)

// A way is a program between kinds of descriptor.
type way struct {
	program string
	options string
	in, out kind
	copy    kind   // of tee's FILE
	traced  string // what FD42_TRACE says of how the bytes move
}

const plainly = "(read and write)"

// ways are all that the programs have: plain, relayed, transformed.
func ways() []way {
	all := []way{
		{"cat", "", file, file, none, plainly},
		{"cat", "", file, pipe, none, plainly},
		{"cat", "", operand, file, none, plainly},
		{"cat", "", operand, pipe, none, "(splice)"},
		{"cat", "", operand, terminal, none, "(splice)"},
		{"cat", "", operand, socket, none, "(splice)"},
		{"cat", "", pipe, file, none, plainly},
		{"cat", "", pipe, pipe, none, "then splice)"},
		{"cat", "", pipe, socket, none, "then splice)"},
		{"cat", "", pipe, terminal, none, "then splice)"},
		{"cat", "", operand, appended, none, plainly},
		{"cat", "", pipe, appended, none, plainly},
		{"cat", "", socket, pipe, none, plainly},
		{"cat", "", terminal, file, none, plainly},
		{"cat", "-n", operand, pipe, none, "format"},
		{"cat", "-n", pipe, file, none, "format"},
		{"cat", "-A", socket, terminal, none, "format"},
		{"base64", "", pipe, pipe, none, "code"},
		{"base64", "", operand, file, none, "code"},
		{"base64", "-w0", socket, socket, none, "code"},
		{"base64", "-d", pipe, pipe, none, "code"},
		{"base64", "-di", file, appended, none, "code"},
		{"base64", "-d", terminal, terminal, none, "code"},
		{"tee", "", pipe, pipe, none, "then splice)"},
		{"tee", "", file, file, none, plainly},
		{"tee", "", file, pipe, file, plainly},
		{"tee", "", pipe, pipe, file, "then tee and splice)"},
		{"tee", "", pipe, file, pipe, plainly},
		{"tee", "", pipe, pipe, pipe, "then tee and splice)"},
		{"tee", "", pipe, socket, pipe, "then tee and splice)"},
		{"tee", "-p", pipe, pipe, file, "then tee and splice)"},
		{"tee", "--output-error=exit", pipe, pipe, file, "then tee and splice)"},
		{"tee", "-a", file, pipe, file, plainly},
		{"tee", "", socket, terminal, pipe, plainly},
		{"echo", "", none, file, none, "write"},
		{"echo", "", none, pipe, none, "write"},
		{"echo", "", none, socket, none, "write"},
		{"echo", "", none, terminal, none, "write"},
	}
	for i := range all {
		if plain && all[i].shortcuts() != nil {
			all[i].traced = plainly
		}
	}
	return all
}

func (w way) String() string {
	name := w.program
	for _, option := range strings.Fields(w.options) {
		name += " " + option
	}
	if w.in != none {
		name += " from " + string(w.in)
	}
	name += " to " + string(w.out)
	if w.copy != none {
		name += " and " + string(w.copy)
	}
	return name
}

// transforms reports whether other bytes come out than go in.
func (w way) transforms() bool { return w.program == "base64" || w.program == "cat" && w.options != "" }

func (w way) decodes() bool { return w.program == "base64" && strings.HasPrefix(w.options, "-d") }

func (w way) touches(k kind) bool { return w.in == k || w.out == k || w.copy == k }

// kind is the kind of a side.
func (w way) kind(s side) kind {
	return map[side]kind{inSide: w.in, outSide: w.out, copying: w.copy}[s]
}

// eachWay runs f for each way that is wanted, with what it is given to read
// and what must come of it.
func eachWay(t *testing.T, size int, wanted func(way) bool, f func(t *testing.T, p plan)) {
	for _, w := range ways() {
		if !wanted(w) {
			continue
		}
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			if w.touches(terminal) {
				f(t, planFor(w, min(size, 200_007))) // terminals are slow
				return
			}
			f(t, planFor(w, size))
		})
	}
}

// A plan is a way with its data.
type plan struct {
	way
	source []byte
	want   []byte
}

// planFor makes data for a way: lines of text, of any length and bytes where
// nothing on the way, as a terminal or an argument list, would be in their way.
func planFor(w way, size int) plan {
	raw := w.in == file || w.in == operand || w.in == pipe || w.in == socket
	width := 500
	if w.in == terminal {
		width = 3000 // each read of one returns a line at the most
	}
	source := make([]byte, size)
	rng := rand.New(rand.NewPCG(42, 5))
	for i, column := 0, 0; i < size; i++ {
		column++
		switch {
		case rng.IntN(width/8) == 0 || column == width || i == size-1:
			source[i], column = '\n', 0
		case raw:
			source[i] = byte(rng.Uint32())
		default:
			source[i] = byte(' ' + rng.IntN(95))
		}
	}
	if w.decodes() {
		return plan{w, wrapped(transformed("base64", "-w0", source), width), source}
	}
	if w.program == "echo" {
		source = source[:min(size, 500_000)] // the kernel takes no more than 2 MiB in all
	}
	return plan{w, source, transformed(w.program, w.options, source)}
}

// transformed is what the program makes of source, byte by byte and without
// any haste: none of the programs' own code.
func transformed(program, options string, source []byte) []byte {
	switch program + options {
	case "base64":
		return wrapped(transformed(program, "-w0", source), 76)
	case "base64-w0":
		return []byte(base64.StdEncoding.EncodeToString(source))
	case "cat-n":
		var out bytes.Buffer
		number := 0
		for line := range bytes.Lines(source) {
			number++
			fmt.Fprintf(&out, "%6d\t%s", number, line)
		}
		return out.Bytes()
	case "cat-A":
		var out bytes.Buffer
		for _, b := range source {
			out.WriteString(visible(b))
		}
		return out.Bytes()
	case "echo":
		return append(bytes.Join(arguments(source), []byte(" ")), '\n')
	}
	return source
}

// wrapped is text in lines of some width.
func wrapped(text []byte, width int) []byte {
	var out bytes.Buffer
	for ; len(text) > width; text = text[width:] {
		out.Write(append(text[:width:width], '\n'))
	}
	return append(append(out.Bytes(), text...), '\n')
}

// visible is how cat -A shows a byte.
func visible(b byte) string {
	switch {
	case b == '\n':
		return "$\n"
	case b >= 128:
		return "M-" + caret(b-128)
	}
	return caret(b)
}

func caret(b byte) string {
	if b < 32 || b == 127 {
		return "^" + string(rune(b^64))
	}
	return string(rune(b))
}

// arguments cuts source into what fits in an argument each.
func arguments(source []byte) (args [][]byte) {
	const most = 100_000
	for ; len(source) > most; source = source[most:] {
		args = append(args, source[:most])
	}
	return append(args, source)
}

// An end is where a descriptor of the program leads.
type end struct {
	kind  kind
	file  *os.File // the program's descriptor; ours too, until the program ends
	other *os.File // the other side of a pipe, socket or terminal
	path  string   // what strace and /proc call it

	nonblocking bool // it was made so
}

// A trial is a plan being carried out once.
type trial struct {
	plan
	t      *testing.T
	dir    string
	before []string // a command that runs the program, as strace
	env    []string

	stdin, stdout, copy *end
	feed                func(tr *trial, w *os.File)        // runs beside the program
	take                func(tr *trial, r *os.File) []byte // as well, for stdout
	takeCopy            func(tr *trial, r *os.File) []byte // and for tee's FILE

	traceFile       string
	cmd             *exec.Cmd
	stderr          bytes.Buffer
	ready           atomic.Bool // for feed or take to report progress
	pumps           sync.WaitGroup
	outGot, copyGot []byte
}

// trialLimit is how long a trial may take: only a program that hangs meets it.
const trialLimit = time.Minute

// pollEvery is how often one looks for what does not announce itself.
const pollEvery = time.Millisecond

// try prepares a trial in a directory of its own.
func try(t *testing.T, p plan) *trial { return tryIn(t, p, t.TempDir()) }

func tryIn(t *testing.T, p plan, dir string) *trial {
	tr := &trial{plan: p, t: t, dir: dir, feed: feedAll, take: takeAll, takeCopy: takeAll}
	tr.stdin = tr.input(p.in)
	tr.stdout = tr.output(p.out, "out")
	tr.copy = tr.output(p.copy, "copy")
	t.Cleanup(tr.closeEnds)
	return tr
}

func (tr *trial) path(name string) string { return filepath.Join(tr.dir, name) }

func (tr *trial) input(k kind) *end {
	switch k {
	case none:
		return openEnd(tr.t, k, os.DevNull, os.O_RDONLY)
	case file, operand:
		require.NoError(tr.t, os.WriteFile(tr.path("in"), tr.source, 0o600))
		return openEnd(tr.t, k, tr.path("in"), os.O_RDONLY)
	}
	return newPair(tr.t, k, true)
}

// appendedTo is what a file holds that is then appended to.
const appendedTo = "before\n"

func (tr *trial) output(k kind, name string) *end {
	switch {
	case k == none:
		return &end{kind: none}
	case k == file:
		return openEnd(tr.t, k, tr.path(name), os.O_WRONLY|os.O_CREATE)
	case k == appended:
		require.NoError(tr.t, os.WriteFile(tr.path(name), []byte(appendedTo), 0o600))
		return openEnd(tr.t, k, tr.path(name), os.O_WRONLY|os.O_APPEND)
	case k == pipe && name == "copy":
		return newFIFO(tr.t, tr.path(name))
	}
	return newPair(tr.t, k, false)
}

func openEnd(t *testing.T, k kind, path string, flags int) *end {
	f, err := os.OpenFile(path, flags, 0o600)
	require.NoError(t, err)
	return &end{kind: k, file: f, path: path}
}

// newPair makes a pipe, a socket or a terminal for the program to read from, or
// to write to. The program's side blocks; ours does not, so that closing it
// wakes us up.
func newPair(t *testing.T, k kind, reads bool) *end {
	var theirs, ours int
	switch k {
	case pipe:
		var ends [2]int
		require.NoError(t, unix.Pipe2(ends[:], unix.O_CLOEXEC))
		theirs, ours = ends[1], ends[0]
		if reads {
			theirs, ours = ours, theirs
		}
	case socket:
		ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		require.NoError(t, err)
		theirs, ours = ends[0], ends[1]
	case terminal:
		master, slave, err := pty.Open()
		require.NoError(t, err)
		require.NoError(t, makePlain(slave))
		// Those two would turn O_NONBLOCK off and on as they see fit.
		theirs, ours = duplicate(t, slave), duplicate(t, master)
	default:
		t.Fatalf("no pair of kind %q", k)
	}
	e := &end{kind: k, file: os.NewFile(uintptr(theirs), "the program's"), other: pollable(t, ours)}
	path, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", theirs))
	require.NoError(t, err)
	e.path = path
	return e
}

// duplicate returns another descriptor of f's file, and closes f.
func duplicate(t *testing.T, f *os.File) int {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return fd
}

func pollable(t *testing.T, fd int) *os.File {
	require.NoError(t, unix.SetNonblock(fd, true))
	return os.NewFile(uintptr(fd), "ours")
}

// newFIFO makes a pipe with a name. Our writer keeps it from ending before the
// program has opened it.
func newFIFO(t *testing.T, path string) *end {
	require.NoError(t, unix.Mkfifo(path, 0o600))
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	require.NoError(t, err)
	e := openEnd(t, pipe, path, os.O_WRONLY)
	e.other = pollable(t, fd)
	return e
}

// narrowPipe is as small as a pipe can be and never have the programs take it
// for one of packets, of a page each, which they keep apart.
const narrowPipe = 16 << 10

// narrow makes the pipes of the trial small, so that what passes does so in many
// pieces.
func (tr *trial) narrow() {
	for _, e := range []*end{tr.stdin, tr.stdout, tr.copy} {
		if e.kind == pipe {
			size, err := unix.FcntlInt(e.file.Fd(), unix.F_SETPIPE_SZ, narrowPipe)
			if err == unix.EPERM { // the user's other pipes have left this one smaller
				size, err = unix.FcntlInt(e.file.Fd(), unix.F_GETPIPE_SZ, 0)
			}
			require.NoError(tr.t, err)
			require.LessOrEqual(tr.t, size, narrowPipe)
		}
	}
}

// trace has the program tell how it copied.
func (tr *trial) trace() {
	tr.traceFile = filepath.Join(tr.t.TempDir(), "trace")
	tr.env = append(tr.env, "FD42_TRACE="+tr.traceFile)
}

// nonblock sets O_NONBLOCK on a side, as any process can that shares it. The
// program must leave it set.
func (tr *trial) nonblock(s side) {
	e := tr.end(s)
	assert.NoError(tr.t, unix.SetNonblock(int(e.file.Fd()), true))
	e.nonblocking = true
}

// args are those of the program.
func (tr *trial) args() []string {
	args := strings.Fields(tr.options)
	if tr.in == operand {
		args = append(args, "in")
	}
	if tr.way.copy != none {
		args = append(args, "copy")
	}
	if tr.program == "echo" {
		for _, arg := range arguments(tr.source) {
			args = append(args, string(arg))
		}
	}
	return args
}

func (tr *trial) start() {
	ctx, cancel := context.WithTimeout(context.Background(), trialLimit)
	tr.t.Cleanup(cancel)
	line := append(append(append([]string{}, tr.before...), program(tr.program)), tr.args()...)
	tr.cmd = exec.CommandContext(ctx, line[0], line[1:]...)
	tr.cmd.Dir = tr.dir
	tr.cmd.Env = environment(append(tr.env, "PATH="+os.Getenv("PATH"))...)
	tr.cmd.Stdin, tr.cmd.Stdout, tr.cmd.Stderr = tr.stdin.file, tr.stdout.file, &tr.stderr
	if tr.in == operand {
		tr.cmd.Stdin = nil
	}
	tr.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	tr.cmd.Cancel = func() error { return syscall.Kill(-tr.cmd.Process.Pid, syscall.SIGKILL) }
	require.NoError(tr.t, tr.cmd.Start())
	if tr.stdin.other != nil {
		tr.pumps.Go(func() { tr.feed(tr, tr.stdin.other) })
	}
	if tr.stdout.other != nil {
		tr.pumps.Go(func() { tr.outGot = tr.take(tr, tr.stdout.other) })
	}
	if tr.copy.other != nil {
		tr.pumps.Go(func() { tr.copyGot = tr.takeCopy(tr, tr.copy.other) })
	}
}

// environment is what the programs see, and nothing else; but the race detector
// would have each wait for a second at its end.
func environment(variables ...string) []string {
	if len(raceFlags) > 0 {
		return append(variables, "GORACE=atexit_sleep_ms=0")
	}
	return append([]string{}, variables...)
}

// withoutRace skips a test that shows nothing more of programs which the race
// detector watches, or does not work with them.
func withoutRace(t *testing.T, reason string) {
	if len(raceFlags) > 0 {
		t.Skip("not with the race detector: " + reason)
	}
}

// asleep returns once the program sleeps.
func (tr *trial) asleep() { waitAsleep(tr.cmd.Process.Pid) }

// An ending is what a trial came to.
type ending struct {
	status    int
	out, copy []byte
	stderr    string
}

// wait waits for the program to end, and for what it wrote.
func (tr *trial) wait() ending { return tr.waitThen(func() {}) }

// waitThen calls then between the two.
func (tr *trial) waitThen(then func()) ending {
	status, err := exitStatus(tr.cmd.Wait())
	require.NoError(tr.t, err)
	then()
	for _, e := range []*end{tr.stdin, tr.stdout, tr.copy} {
		tr.closeTheirs(e)
	}
	if tr.stdin.other != nil && tr.stdin != tr.stdout {
		tr.stdin.other.Close() // a feeder may still be at it
	}
	tr.pumps.Wait()
	return ending{
		status: status,
		out:    tr.received(tr.stdout, tr.outGot),
		copy:   tr.received(tr.copy, tr.copyGot),
		stderr: tr.stderr.String(),
	}
}

// closeTheirs closes the program's side of e, after a look at it.
func (tr *trial) closeTheirs(e *end) {
	if e.file == nil {
		return
	}
	if e.nonblocking {
		flags, err := unix.FcntlInt(e.file.Fd(), unix.F_GETFL, 0)
		assert.NoError(tr.t, err)
		assert.NotZero(tr.t, flags&unix.O_NONBLOCK, "the program took O_NONBLOCK away from others")
	}
	e.file.Close()
	e.file = nil
}

// run is start and wait.
func (tr *trial) run() ending {
	tr.start()
	return tr.wait()
}

// received is what arrived at e, of which got has been taken already.
func (tr *trial) received(e *end, got []byte) []byte {
	if e.kind != file && e.kind != appended {
		return got
	}
	content, err := os.ReadFile(e.path)
	require.NoError(tr.t, err)
	if e.kind == appended {
		var kept bool
		content, kept = bytes.CutPrefix(content, []byte(appendedTo))
		assert.True(tr.t, kept, "what a file held was not kept by appending to it")
	}
	return content
}

func (tr *trial) closeEnds() {
	for _, e := range []*end{tr.stdin, tr.stdout, tr.copy} {
		tr.closeEnd(e)
	}
}

func (tr *trial) closeEnd(e *end) {
	for _, f := range []*os.File{e.file, e.other} {
		if f != nil {
			f.Close() // closed already, as a rule
		}
	}
}

// feedAll gives the program all it has to read, and then the end of it.
func feedAll(tr *trial, w *os.File) { feedEnd(tr, w, tr.source) }

func feedEnd(tr *trial, w *os.File, rest []byte) {
	defer w.Close()
	if _, err := w.Write(rest); err != nil || tr.in != terminal {
		return
	}
	w.Write([]byte{'D' & 0x1f})
	// Closed now, the terminal would hang up on its reader.
	tr.cmdEnded()
}

// cmdEnded returns when the program has closed its side, as it does by ending.
func (tr *trial) cmdEnded() {
	for unix.Kill(tr.cmd.Process.Pid, 0) == nil {
		time.Sleep(pollEvery)
	}
}

// takeAll takes everything.
func takeAll(_ *trial, r *os.File) []byte { return takeRest(r, nil) }

func takeRest(r *os.File, got []byte) []byte {
	for piece := make([]byte, 64<<10); ; {
		n, err := r.Read(piece)
		got = append(got, piece[:n]...)
		if err != nil {
			return got // the end; a terminal has an error for it
		}
	}
}

// takeSlowly takes a little whenever the program has gone to sleep over it,
// and in the end the rest.
func takeSlowly(tr *trial, r *os.File) (got []byte) {
	for piece := make([]byte, 999); len(got) < 30_000; {
		tr.asleep()
		n, err := r.Read(piece)
		got = append(got, piece[:n]...)
		if err != nil {
			return got
		}
	}
	return takeRest(r, got)
}

// feedSlowlyTo is takeSlowly's other side.
func feedSlowlyTo(tr *trial, w *os.File) {
	rest := tr.source
	for range 30 {
		tr.asleep()
		n, err := w.Write(rest[:min(999, len(rest))])
		if err != nil {
			break
		}
		rest = rest[n:]
	}
	feedEnd(tr, w, rest)
}

// A side of a program is what can fail.
type side string

const (
	noSide  side = ""
	inSide  side = "in"
	outSide side = "out"
	copying side = "copy"
)

// end is where the side leads.
func (tr *trial) end(s side) *end {
	return map[side]*end{inSide: tr.stdin, outSide: tr.stdout, copying: tr.copy}[s]
}

// diagnostic is what the program says when a side fails.
func (w way) diagnostic(failed side, reason string) string {
	blamed := ""
	switch {
	case failed == noSide:
		return ""
	case failed == copying:
		blamed = "copy"
	case failed == outSide && w.program == "tee":
		blamed = "'standard output'"
	case failed == outSide:
		blamed = "write error"
	case w.program != "cat":
		blamed = "read error"
	case w.in == operand:
		blamed = "in"
	default:
		blamed = "-"
	}
	return w.program + ": " + blamed + ": " + reason + "\n"
}

// check checks an ending in which one side failed, or none.
func (tr *trial) check(got ending, failed side, reason string) {
	tr.t.Helper()
	assert.Equal(tr.t, tr.diagnostic(failed, reason), got.stderr, "standard error")
	if failed == noSide {
		assert.Equal(tr.t, 0, got.status, "exit status")
	} else {
		assert.Equal(tr.t, 1, got.status, "exit status")
	}
	ended := tr.options == "--output-error=exit" && failed != noSide
	tr.checkBytes("standard output", got.out, failed != inSide && failed != outSide && !ended, failed)
	if tr.way.copy != none {
		tr.checkBytes("tee's FILE", got.copy, failed != inSide && failed != copying && !ended, failed)
	}
}

// checkBytes checks what an output got: all of it, or else a beginning.
func (tr *trial) checkBytes(name string, got []byte, whole bool, failed side) {
	tr.t.Helper()
	switch {
	case whole && !bytes.Equal(got, tr.want):
		tr.t.Errorf("%s got %d bytes, of which %d are right; it should have got %d",
			name, len(got), agreement(got, tr.want), len(tr.want))
	case whole || bytes.HasPrefix(tr.want, got):
	case failed == inSide && bytes.HasPrefix(tr.source, decoded(got)) && tr.program == "base64":
		// Encoded, what was read before the failure is padded and its line ended.
	default:
		tr.t.Errorf("%s got %d bytes that are not the beginning of what it should have got: only %d of them",
			name, len(got), agreement(got, tr.want))
	}
}

// decoded is what text encodes, or an absurdity if it is not whole.
func decoded(text []byte) []byte {
	data, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return []byte("not base64: " + err.Error())
	}
	return data
}

// agreement is how many bytes two slices begin with alike.
func agreement(a, b []byte) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// checkTrace checks that the program copied in the way that was meant.
func (tr *trial) checkTrace(want string) {
	tr.t.Helper()
	trace, err := os.ReadFile(tr.traceFile)
	require.NoError(tr.t, err)
	assert.Contains(tr.t, string(trace), want, "the trace")
}

// everyWay is the choice of eachWay that leaves out none.
func everyWay(way) bool { return true }

// TestWays shows that every way works where nothing fails, and that it is the
// way that its row says.
func TestWays(t *testing.T) {
	t.Parallel()
	eachWay(t, largeSize, everyWay, func(t *testing.T, p plan) {
		tr := try(t, p)
		tr.trace()
		tr.check(tr.run(), noSide, "")
		tr.checkTrace(p.traced)
	})
}

// checkShell runs a line in sh and checks all that it says.
func checkShell(t *testing.T, dir, line string, status int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), trialLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Dir = dir
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	got, err := exitStatus(cmd.Run())
	require.NoError(t, err)
	assert.Equal(t, stdout, out.String(), "standard output")
	assert.Equal(t, stderr, errors.String(), "standard error")
	assert.Equal(t, status, got, "exit status")
}
