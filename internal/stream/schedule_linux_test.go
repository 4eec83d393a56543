package stream

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/trace"
)

// schedules is how many copies TestSchedules makes.
const schedules = 3000

// TestSchedules makes copies whose two sides misbehave by a script drawn at
// random. They come in pieces, pause at the worst moment, and make descriptors
// non-blocking and blocking under the copy. They also interrupt it, leave, fail and
// run full. Whatever they do,
//   - what reaches an output is the beginning of what should;
//   - it is all of it, unless an error names that output, or its reader left
//     with the rest on its way;
//   - an error names the side that failed, and why;
//   - what was read before the input failed has been written;
//   - what has been read is written before the next read blocks: the writer
//     pauses until everything it wrote has arrived.
//
// SEED chooses another series. A failure names its schedule and repeats, as far
// as two threads repeat anything.
func TestSchedules(t *testing.T) {
	seed, err := uint64(42), error(nil)
	if text := os.Getenv("SEED"); text != "" {
		seed, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err, "SEED")
	}
	// Scripts and copy mostly wait for one another in system calls. With a
	// processor each, none must first be found idle by the runtime.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	ways := map[string]int{}
	streams := apart() // one relay serves all copies
	streams.Trace, err = trace.Start("copy", os.DevNull)
	require.NoError(t, err)
	for n := range uint64(schedules) {
		s := newSchedule(t, streams, rand.New(rand.NewPCG(seed, n)))
		s.run()
		s.check()
		if t.Failed() {
			t.Fatalf("SEED=%d, schedule %d: %v", seed, n, s)
		}
		for _, way := range s.ways {
			ways[way]++
		}
	}
	t.Logf("ways taken: %v", ways)
}

// A schedule is one copy and the scripts on both its sides.
type schedule struct {
	t       *testing.T
	streams *Streams
	method  string
	data    []byte // all that should arrive
	stopAt  int    // where the function of a Transform gives up; -1: nowhere
	relay   int    // how many bytes must come at once for the relay; 0: the copy decides
	atOnce  bool   // the relay begins before anything has been read
	awaits  bool   // whether the copy watches its outputs' readers
	in      *input
	outs    []*sink

	thread int         // of the copy
	over   atomic.Bool // the copy is
	ways   []string

	err     error          // how the copy ended; nil: well
	dropped map[*sink]bool // the outputs that were reported
}

// packets are what each write to a pipe makes if its description has O_DIRECT: a
// read that is too short for one loses the rest (pipe(2)).
const packets = "pipe of packets"

// An input is what a copy reads, and the script that feeds it.
type input struct {
	kind   string
	fd     *end
	feeder *end // nil: a file
	script []step
	fails  unix.Errno // how it ends, if not well

	fed     atomic.Int64
	waiting atomic.Bool
}

// A sink is an output of a copy and the script that drains it.
type sink struct {
	kind   string
	fd     *end
	reader *end // nil: a file or a device, which takes all there is room for
	script []step
	leaves bool         // when the script ends, and does not read on
	room   int          // how many bytes it can take; -1: all
	fails  []unix.Errno // how it may fail

	taken   int64 // how many bytes the copy says it took
	got     []byte
	arrived atomic.Int64 // the length of got
	gone    atomic.Bool  // nobody counts on its bytes any more
}

// A step passes some bytes and then acts.
type step struct {
	bytes int
	act   act
}

type act string

const (
	goOn      act = "go on"
	nonblock  act = "nonblock"  // of the descriptor that the copy has
	block     act = "block"     // likewise
	interrupt act = "interrupt" // the copy, wherever it is
	pause     act = "pause"     // a writer: until all has arrived; a reader: until no more fits
)

func (s *schedule) String() string {
	text := fmt.Sprintf("%s of %d bytes, relay from %d, at once %t", s.method, len(s.data), s.relay, s.atOnce)
	text += fmt.Sprintf("\n\tin: %s, ends in %q, %v", s.in.kind, s.in.fails, s.in.script)
	for _, out := range s.outs {
		text += fmt.Sprintf("\n\tout: %s, room %d, leaves %t, %v", out.kind, out.room, out.leaves, out.script)
	}
	return text
}

func newSchedule(t *testing.T, streams *Streams, r *rand.Rand) *schedule {
	s := &schedule{t: t, streams: streams, method: "Copy", stopAt: -1, dropped: map[*sink]bool{}}
	size, outputs := r.IntN(1<<(4+r.IntN(11))), 1
	switch n := r.IntN(100); {
	case n < 3: // long enough for the relay to begin by itself
		size = 64<<10 + r.IntN(64<<10)
	case n < 15:
		s.method = "Transform"
		if r.IntN(2) == 0 {
			s.stopAt = r.IntN(size + 1)
		}
	default: // for all, for much, never
		s.relay = []int{1, 1, 1, 1 + r.IntN(size+1), math.MaxInt}[r.IntN(5)]
		s.atOnce = s.relay < math.MaxInt && r.IntN(2) == 0
		s.awaits = r.IntN(3) == 0
	}
	if s.method == "Copy" {
		outputs = []int{1, 1, 1, 2, 2, 3, 4, 5}[r.IntN(8)]
	}
	s.data = make([]byte, size)
	for i := range s.data {
		s.data[i] = byte(r.Uint32())
	}
	s.in = newInput(t, r, s.data)
	if s.in.kind != "pipe" && s.in.kind != "file" {
		s.relay = 0 // the copy must see for itself that these are not to be relayed
	}
	for range outputs {
		s.outs = append(s.outs, newSink(t, r, size))
	}
	return s
}

func newInput(t *testing.T, r *rand.Rand, data []byte) *input {
	in := &input{script: newScript(r, len(data))}
	switch n := r.IntN(20); {
	case n < 8:
		in.kind = "pipe"
		in.fd, in.feeder = pipe(t)
		shrink(r, in.fd)
	case n < 10:
		in.kind = packets
		in.fd, in.feeder = pipe(t)
		require.NoError(t, setFlag(in.feeder, unix.O_DIRECT))
		shrink(r, in.fd)
	case n < 13:
		in.kind = "socket"
		in.fd, in.feeder = socketpair(t)
		unix.SetsockoptInt(in.feeder.fd, unix.SOL_SOCKET, unix.SO_SNDBUF, 1<<(10+r.IntN(8)))
		if r.IntN(2) == 0 { // what is not read when it closes becomes a reset
			in.fails = unix.ECONNRESET
			write(t, in.fd, "unread")
		}
	case n < 15:
		in.kind, in.fails = "terminal", unix.EIO
		in.fd, in.feeder = terminal(t)
	default:
		in.kind = "file"
		const before = "what was read before"
		in.fd = memory(t, append([]byte(before), data...))
		_, err := unix.Seek(in.fd.fd, int64(len(before)), io.SeekStart)
		require.NoError(t, err)
	}
	return in
}

func newSink(t *testing.T, r *rand.Rand, size int) *sink {
	out := &sink{room: -1}
	switch n := r.IntN(20); {
	case n < 8:
		out.kind, out.fails = "pipe", []unix.Errno{unix.EPIPE}
		out.reader, out.fd = pipe(t)
		shrink(r, out.fd)
	case n < 11:
		out.kind, out.fails = "socket", []unix.Errno{unix.EPIPE, unix.ECONNRESET} // the latter if it left bytes unread
		out.reader, out.fd = socketpair(t)
		unix.SetsockoptInt(out.fd.fd, unix.SOL_SOCKET, unix.SO_SNDBUF, 1<<(10+r.IntN(8)))
	case n < 15:
		out.kind = "file"
		out.fd = memory(t, nil)
		if r.IntN(2) == 0 {
			out.kind = "appended file"
			require.NoError(t, setFlag(out.fd, unix.O_APPEND))
		}
	case n < 17: // a file that must not grow: the device fills up midway
		pages := r.IntN(4)
		out.kind, out.fails, out.room = "full file", []unix.Errno{unix.EPERM}, pages*os.Getpagesize()
		out.fd = memory(t, make([]byte, out.room))
		_, err := unix.FcntlInt(uintptr(out.fd.fd), unix.F_ADD_SEALS, unix.F_SEAL_GROW)
		require.NoError(t, err)
	case n < 19:
		out.kind, out.fails, out.room = "full device", []unix.Errno{unix.ENOSPC}, 0
		out.fd = open(t, "/dev/full", unix.O_WRONLY)
	default:
		out.kind = "null device"
		out.fd = open(t, "/dev/null", unix.O_WRONLY)
	}
	if out.reader != nil {
		out.script = newScript(r, r.IntN(size+1))
		out.leaves = r.IntN(4) == 0
	}
	return out
}

// newScript passes total bytes in a few steps, and acts between them.
func newScript(r *rand.Rand, total int) []step {
	acts := []act{goOn, goOn, nonblock, nonblock, block, interrupt, pause, pause}
	var script []step
	for n := r.IntN(8); n > 0; n-- {
		bytes := r.IntN(total + 1)
		script = append(script, step{bytes, acts[r.IntN(len(acts))]})
		total -= bytes
	}
	return append(script, step{total, goOn})
}

// shrink often leaves a pipe room for a page or two.
func shrink(r *rand.Rand, e *end) {
	unix.FcntlInt(uintptr(e.fd), unix.F_SETPIPE_SZ, os.Getpagesize()<<r.IntN(5))
}

func setFlag(e *end, flag int) error {
	_, err := unix.FcntlInt(uintptr(e.fd), unix.F_SETFL, flag)
	return err
}

// memory is a file without a name, open at its beginning.
func memory(t *testing.T, content []byte) *end {
	fd, err := unix.MemfdCreate("fd42", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	require.NoError(t, err)
	_, err = unix.Pwrite(fd, content, 0)
	require.NoError(t, err)
	return newEnd(t, fd)
}

// terminal is a pseudo-terminal that passes bytes as they are: its master, of
// which reading fails when its slave is closed, and that.
func terminal(t *testing.T) (master, slave *end) {
	m, s, err := pty.Open()
	require.NoError(t, err)
	defer m.Close()
	defer s.Close()
	modes, err := unix.IoctlGetTermios(int(s.Fd()), unix.TCGETS)
	require.NoError(t, err)
	modes.Iflag, modes.Oflag, modes.Lflag = 0, 0, 0
	require.NoError(t, unix.IoctlSetTermios(int(s.Fd()), unix.TCSETS, modes))
	dup := func(f *os.File) *end {
		fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
		require.NoError(t, err)
		return newEnd(t, fd)
	}
	return dup(m), dup(s)
}

// run makes the copy between its two sides.
func (s *schedule) run() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s.thread = unix.Gettid()
	var scripts sync.WaitGroup
	if s.in.feeder != nil {
		scripts.Go(s.feed)
	}
	for _, out := range s.outs {
		if out.reader != nil {
			scripts.Go(func() { s.drain(out) })
		}
	}
	s.copy()
	s.over.Store(true)
	s.in.fd.close() // the feeder sees that nobody reads any more
	capacity := map[*sink]int{}
	for _, out := range s.outs {
		capacity[out], _ = unix.FcntlInt(uintptr(out.fd.fd), unix.F_GETPIPE_SZ, 0)
		if out.reader == nil && out.kind != "null device" {
			out.got = s.written(out)
		}
	}
	for _, out := range s.outs {
		out.fd.close()
	}
	scripts.Wait()
	for _, out := range s.outs {
		if out.kind == "pipe" && out.leaves && !s.dropped[out] && s.stopAt < 0 && len(s.outs) == 1 {
			assert.LessOrEqual(s.t, len(s.data)-len(out.got), capacity[out], "more is missing than was on its way")
		}
	}
}

// written is what a file has of what was written to it.
func (s *schedule) written(out *sink) []byte {
	n, err := unix.Seek(out.fd.fd, 0, io.SeekCurrent)
	if err != nil || out.kind == "full device" {
		return nil
	}
	content := make([]byte, n+1)
	m, err := unix.Pread(out.fd.fd, content, 0)
	require.NoError(s.t, err)
	return content[:min(m, int(n))]
}

func (s *schedule) copy() {
	if s.method == "Transform" {
		s.err = s.streams.Transform("try", s.in.fd.fd, s.outs[0].fd.fd, 1, s.function(), nil)
		var e *Error
		if errors.As(s.err, &e) && e.Op == OpWrite {
			s.lost(nil, e)
			s.err = nil
		}
		return
	}
	to := Outputs{Failed: s.lost, Watched: s.awaits}
	for _, out := range s.outs {
		to.List = append(to.List, Output{FD: out.fd.fd})
	}
	c := s.streams.newTransfer(s.in.fd.fd, to)
	if s.relay > 0 {
		c.relayMin, c.expected = s.relay, 0
		if s.atOnce {
			c.expected = s.relay
		}
	}
	s.err = c.run()
	if c.last() < 0 && IsWrite(s.err) {
		s.err = nil // no output was left
	}
	s.ways = c.ways
	for i, out := range c.List {
		s.outs[i].taken = out.taken
	}
}

// lost takes note of an output that failed. The copy goes on without it.
func (s *schedule) lost(_ *Output, e *Error) bool {
	for _, out := range s.outs {
		if out.fd.fd == e.FD {
			out.gone.Store(true)
			s.dropped[out] = true
			assert.Contains(s.t, out.fails, e.Err, "why an output failed")
			return true
		}
	}
	assert.Fail(s.t, "no output failed", "%+v", e)
	return false
}

var errStop = errors.New("the function gives up")

// function passes bytes as they are, as far as the schedule lets it.
func (s *schedule) function() func(dst, src []byte) ([]byte, error) {
	rest := s.stopAt
	return func(dst, src []byte) ([]byte, error) {
		if s.stopAt >= 0 && len(src) >= rest {
			return append(dst, src[:rest]...), errStop
		}
		rest -= len(src)
		return append(dst, src...), nil
	}
}

// feed is the script of the input's writer.
func (s *schedule) feed() {
	defer s.in.feeder.close()
	rest := s.data
	for _, step := range s.in.script {
		if !s.in.write(rest[:step.bytes]) {
			return
		}
		rest = rest[step.bytes:]
		s.perform(step.act, s.in.fd, s.awaitArrival)
	}
	if s.in.kind == "terminal" {
		// What a terminal was given last is not yet on its other side, and a read
		// that comes between it and the close may report the close first.
		s.awaitArrival()
	}
}

func (s *schedule) awaitArrival() {
	s.in.waiting.Store(true)
	s.until("all that was written has arrived", s.hasArrived)
	s.in.waiting.Store(false)
}

// write reports whether all of p was taken.
func (in *input) write(p []byte) bool {
	for len(p) > 0 {
		n, err := unix.Write(in.feeder.fd, p)
		if err == unix.EINTR {
			continue
		} else if err != nil {
			return false
		}
		in.fed.Add(int64(n))
		p = p[n:]
	}
	return true
}

func (s *schedule) hasArrived() bool {
	for _, out := range s.outs {
		if out.gone.Load() || out.kind == "null device" {
			continue
		}
		arrived := out.arrived.Load()
		if out.reader == nil {
			arrived, _ = unix.Seek(out.fd.fd, 0, io.SeekCurrent)
		}
		if arrived < s.in.fed.Load() {
			return false
		}
	}
	return true
}

// drain is the script of an output's reader.
func (s *schedule) drain(out *sink) {
	defer out.reader.close()
	defer out.gone.Store(true)
	for _, step := range out.script {
		for left := step.bytes; left > 0; {
			n := out.take(left)
			if n == 0 {
				return
			}
			left -= n
		}
		s.perform(step.act, out.fd, func() {
			s.until("the output is full", func() bool {
				return s.in.waiting.Load() || out.gone.Load() || !isWritable(out.fd)
			})
		})
	}
	for !out.leaves && out.take(copyBlock) > 0 {
	}
}

// take reads some bytes, most at the most. It returns 0 when no more will come.
func (out *sink) take(most int) int {
	space := make([]byte, min(most, 4096))
	for {
		n, err := unix.Read(out.reader.fd, space)
		if err == unix.EINTR {
			continue
		}
		out.got = append(out.got, space[:max(n, 0)]...)
		out.arrived.Add(int64(max(n, 0)))
		return max(n, 0)
	}
}

// perform acts on the copy and on its descriptor.
func (s *schedule) perform(a act, e *end, pausing func()) {
	switch a {
	case nonblock:
		unix.SetNonblock(e.fd, true)
	case block:
		unix.SetNonblock(e.fd, false)
	case interrupt:
		interruptThread(s.thread)
	case pause:
		pausing()
	}
}

// interruptThread makes the system call that a thread is in return early, with
// what it has done so far. The signal is one that Go's runtime expects.
func interruptThread(id int) { unix.Tgkill(unix.Getpid(), id, unix.SIGURG) }

// until waits for something that the copy brings about. The limit is far away:
// only a copy that keeps bytes back, or hangs, meets it.
func (s *schedule) until(what string, done func() bool) {
	limit := time.Now().Add(20 * time.Second)
	for !s.over.Load() && !done() {
		if time.Now().After(limit) {
			assert.Fail(s.t, "still not true: "+what)
			return
		}
		time.Sleep(20 * time.Microsecond)
	}
}

// check holds what happened to what may happen.
func (s *schedule) check() {
	should := s.data
	want := error(nil)
	if s.in.fails != 0 {
		want = &Error{OpRead, s.in.fd.fd, s.in.fails}
	}
	if s.stopAt >= 0 && len(s.data) > 0 {
		should, want = s.data[:s.stopAt], errStop
	}
	if len(s.dropped) == len(s.outs) {
		want = nil // nobody was left to read for
	}
	assert.Equal(s.t, want, s.err)
	for i, out := range s.outs {
		full := out.room >= 0 && out.room < len(should)
		assert.True(s.t, bytes.HasPrefix(should, out.got), "output %d has bytes that it should not", i)
		if s.method == "Copy" && out.kind != "null device" && !out.leaves {
			assert.EqualValues(s.t, len(out.got), out.taken, "what output %d took is counted", i)
		}
		switch {
		case out.kind == "null device":
			assert.False(s.t, s.dropped[out], "output %d was dropped", i)
		case s.dropped[out]:
			assert.True(s.t, full || out.leaves, "output %d was dropped", i)
		case len(s.dropped) < len(s.outs):
			assert.False(s.t, full, "output %d should have failed", i)
			if !out.leaves {
				assert.Len(s.t, out.got, len(should), "output %d", i)
			}
		}
	}
}

// TestPackets passes more packets than a shortcut needs to begin, and none of
// which a page is full, to readers that read less than a packet at a time.
func TestPackets(t *testing.T) {
	want := strings.Repeat("a packet is what one write has written. ", 20_000)
	for outputs := 1; outputs <= 2; outputs++ {
		in, feeder := pipe(t)
		require.NoError(t, setFlag(feeder, unix.O_DIRECT))
		unix.FcntlInt(uintptr(in.fd), unix.F_SETPIPE_SZ, 1<<20)
		go func() {
			for packet := range slices.Chunk([]byte(want), 3000) {
				Write(feeder.fd, packet)
			}
			feeder.close()
		}()
		reader, out := pipe(t)
		piped := make(chan string)
		go func() {
			var all []byte
			short := make([]byte, 100)
			for n := 1; n > 0; {
				n, _ = unix.Read(reader.fd, short)
				all = append(all, short[:max(n, 0)]...)
			}
			piped <- string(all)
		}()
		file, written := fileOutput(t, unix.O_APPEND)
		assert.NoError(t, copyTo(apart(), in, []*end{out, file}[:outputs]...))
		out.close()
		assert.True(t, want == <-piped, "of %d outputs, the pipe", outputs)
		assert.True(t, outputs == 1 || want == written(), "the file")
	}
}

// TestWatchInterrupted sends signals to the thread that waits: poll(2) is not
// among the calls that the kernel starts again by itself.
func TestWatchInterrupted(t *testing.T) {
	in, feeder := pipe(t)
	_, out := pipe(t)
	c := apart().newTransfer(in.fd, Outputs{List: []Output{{FD: out.fd}}, Watched: true})
	thread, result := make(chan int), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		thread <- unix.Gettid()
		result <- c.watch()
	}()
	id := <-thread
	for range 100 {
		interruptThread(id)
		time.Sleep(100 * time.Microsecond) // lets it come back to waiting; no result hangs on it
	}
	assert.Empty(t, result, "nothing has come yet")
	feeder.close()
	assert.NoError(t, <-result)
}
