package stream

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// feed writes text to a pipe or a socket, closes it, and reports how it went
// on the channel.
func feed(e *end, text string) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := Write(e.fd, []byte(text))
		e.close()
		done <- err
	}()
	return done
}

// apart are streams none of whose descriptors a test uses: to them, every
// descriptor of the test is one that the program has opened. A broken pipe does not
// end the test.
func apart() *Streams { return &Streams{In: -1, Out: -1, Err: -1, ignoresSIGPIPE: true} }

// copyTo is a copy to outputs of which none may fail.
func copyTo(s *Streams, in *end, outs ...*end) error {
	var to Outputs
	for _, out := range outs {
		to.List = append(to.List, Output{FD: out.fd})
	}
	return s.Copy(in.fd, to)
}

// An inputKind opens an input that holds text.
type inputKind struct {
	name string
	open func(t *testing.T, text string) *end
}

var inputKinds = []inputKind{
	{"file", func(t *testing.T, text string) *end { return open(t, tempFile(t, text), unix.O_RDONLY) }},
	{"pipe", func(t *testing.T, text string) *end { r, w := pipe(t); feed(w, text); return r }},
	{"socket", func(t *testing.T, text string) *end { r, w := socketpair(t); feed(w, text); return r }},
}

// An outputKind opens an output. What it returns beside it gives, once the
// output is closed, all that was written there.
type outputKind struct {
	name string
	open func(t *testing.T) (_ *end, written func() string)
}

var outputKinds = []outputKind{
	{"file", func(t *testing.T) (*end, func() string) { return fileOutput(t, 0) }},
	{"appended file", func(t *testing.T) (*end, func() string) { return fileOutput(t, unix.O_APPEND) }},
	{"pipe", func(t *testing.T) (*end, func() string) { r, w := pipe(t); return w, collect(t, r, w) }},
	{"socket", func(t *testing.T) (*end, func() string) { r, w := socketpair(t); return w, collect(t, r, w) }},
}

func fileOutput(t *testing.T, flags int) (*end, func() string) {
	name := tempFile(t, "")
	return open(t, name, unix.O_WRONLY|flags), func() string { return contentOf(t, name) }
}

// collect reads all of a pipe or a socket from now on. What it returns closes
// the writer's end first.
func collect(t *testing.T, r, w *end) func() string {
	all := make(chan string)
	go func() { all <- readAll(t, r) }()
	return func() string {
		w.close()
		return <-all
	}
}

// long is enough for the relay to begin and for its pipes to grow.
var long = strings.Repeat("Nothing is lost, and nothing comes twice.\n", 40_000)

// TestEveryWay copies from every kind of descriptor to every other, and to three
// outputs at once.
func TestEveryWay(t *testing.T) {
	for _, in := range inputKinds {
		for _, out := range outputKinds {
			for _, outputs := range []int{1, 3} {
				name := in.name + " to " + strings.Repeat(out.name+", ", outputs)
				t.Run(strings.TrimSuffix(name, ", "), func(t *testing.T) {
					var outs []*end
					var written []func() string
					for range outputs {
						e, w := out.open(t)
						outs, written = append(outs, e), append(written, w)
					}
					require.NoError(t, copyTo(apart(), in.open(t, long), outs...))
					for _, w := range written {
						assert.True(t, long == w(), "what went in came out")
					}
				})
			}
		}
	}
}

// TestMixedOutputs writes to every kind of output in one copy.
func TestMixedOutputs(t *testing.T) {
	for _, in := range inputKinds {
		t.Run(in.name, func(t *testing.T) {
			outs := []*end{open(t, "/dev/null", unix.O_WRONLY)}
			var written []func() string
			for range 3 {
				for _, out := range outputKinds {
					e, w := out.open(t)
					outs, written = append(outs, e), append(written, w)
				}
			}
			require.NoError(t, copyTo(apart(), in.open(t, long), outs...))
			for i, w := range written {
				assert.True(t, long == w(), "output %d", i)
			}
		})
	}
}

// TestCopyErrors: what was read has been written before the error is returned.
func TestCopyErrors(t *testing.T) {
	full := func(t *testing.T) *end { return open(t, "/dev/full", unix.O_WRONLY) }
	s := apart()

	in, feeder := pipe(t)
	feed(feeder, "text")
	out := full(t)
	assert.Equal(t, &Error{OpWrite, out.fd, unix.ENOSPC}, copyTo(s, in, out))

	empty, feeder := pipe(t)
	feeder.close()
	assert.NoError(t, copyTo(s, empty, full(t)), "nothing is written")

	directory := open(t, t.TempDir(), unix.O_RDONLY)
	assert.Equal(t, &Error{OpRead, directory.fd, unix.EISDIR}, copyTo(s, directory, out))

	a, b := socketpair(t)
	write(t, b, "before")
	write(t, a, "unread, so that closing resets")
	b.close()
	file, written := fileOutput(t, 0)
	assert.Equal(t, &Error{OpRead, a.fd, unix.ECONNRESET}, copyTo(s, a, file))
	assert.Equal(t, "before", written())
}

// TestLostOutputs loses outputs in the middle of a block: those before have had
// the bytes, and those after still get them, if the caller goes on.
func TestLostOutputs(t *testing.T) {
	for _, text := range []string{"one two", long} {
		for _, goesOn := range []bool{true, false} {
			first, firstWritten := fileOutput(t, 0)
			last, lastWritten := fileOutput(t, 0)
			full := open(t, "/dev/full", unix.O_WRONLY)
			var failures []*Error
			err := apart().Copy(inputKinds[1].open(t, text).fd, Outputs{
				List:   []Output{{FD: first.fd}, {FD: full.fd}, {FD: last.fd}},
				Failed: func(_ *Output, err *Error) bool { failures = append(failures, err); return goesOn },
			})
			assert.Equal(t, []*Error{{OpWrite, full.fd, unix.ENOSPC}}, failures)
			if goesOn {
				assert.NoError(t, err)
				assert.True(t, text == firstWritten() && text == lastWritten())
			} else {
				assert.Equal(t, failures[0], err)
				assert.NotEmpty(t, firstWritten())
				assert.Empty(t, lastWritten(), "what comes after a failure that ends the copy gets nothing")
			}
		}
	}
}

// TestWatched takes the reader of an output away while no input comes.
func TestWatched(t *testing.T) {
	in, feeder := pipe(t)
	reader, out := pipe(t)
	file, written := fileOutput(t, 0)
	lost := make(chan *Error)
	done := make(chan error)
	go func() {
		done <- apart().Copy(in.fd, Outputs{
			List:    []Output{{FD: file.fd}, {FD: out.fd}},
			Failed:  func(_ *Output, err *Error) bool { lost <- err; return true },
			Watched: true,
		})
	}()
	write(t, feeder, "one ")
	block := make([]byte, 4)
	_, err := Read(reader.fd, block)
	require.NoError(t, err)
	reader.close()
	assert.Equal(t, &Error{OpWrite, out.fd, unix.EPIPE}, <-lost)
	write(t, feeder, "two")
	feeder.close()
	require.NoError(t, <-done)
	assert.Equal(t, "one two", written())
}

// TestWatchedLeavesErrorsToWriting has input ready for an output that poll(2)
// makes look like a pipe whose reader has gone away. It is the reading end of a
// pipe without a writer, and that is another error.
func TestWatchedLeavesErrorsToWriting(t *testing.T) {
	in, feeder := pipe(t)
	out, writer := pipe(t)
	writer.close()
	write(t, feeder, "x")
	assert.Equal(t, &Error{OpWrite, out.fd, unix.EBADF}, apart().Copy(in.fd, Outputs{List: []Output{{FD: out.fd}}, Watched: true}))
	assert.Equal(t, &Error{OpRead, feeder.fd, unix.EBADF}, apart().Copy(feeder.fd, Outputs{List: []Output{{FD: out.fd}}, Watched: true}),
		"an input that was opened for writing alone")
}

// TestWatchedPipesAreWrittenTo waits for input with that same output. If the copy took it
// for a pipe whose reader has gone away, it would end before the input comes.
func TestWatchedPipesAreWrittenTo(t *testing.T) {
	in, feeder := pipe(t)
	out, writer := pipe(t)
	writer.close()
	done := make(chan error)
	go func() { done <- apart().Copy(in.fd, Outputs{List: []Output{{FD: out.fd}}, Watched: true}) }()
	select {
	case err := <-done:
		require.Fail(t, "the copy has ended without input", "%v", err)
	case <-time.After(50 * time.Millisecond):
	}
	write(t, feeder, "x")
	assert.Equal(t, &Error{OpWrite, out.fd, unix.EBADF}, <-done)
}

// allocated is how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestMemoryIsMadeOnce copies and transforms with the same streams, again and
// again: no garbage is collected, so that what each copy left behind would add up.
func TestMemoryIsMadeOnce(t *testing.T) {
	in := open(t, tempFile(t, strings.Repeat("x", 4*copyBlock)), unix.O_RDONLY)
	out, _ := fileOutput(t, unix.O_APPEND)
	null := open(t, "/dev/null", unix.O_WRONLY)
	s := apart()
	toFile, toNull := Outputs{List: []Output{{FD: out.fd}, {FD: null.fd}}}, Outputs{List: []Output{{FD: null.fd}}}
	same := func(dst, src []byte) ([]byte, error) { return append(dst, src...), nil }
	all := func() {
		seek(t, in, 0)
		s.Copy(in.fd, toFile)
		seek(t, in, 0)
		s.Copy(in.fd, toNull)
		seek(t, in, 0)
		s.Transform("copy", in.fd, null.fd, 1, same, nil)
	}
	all()
	const times = 100
	assert.Less(t, allocated(func() {
		for range times {
			all()
		}
	}), uint64(times*200))
}

// TestStepsMakeNoGarbage copies a hundred times as much, in small
// steps, and allocates no more for it.
func TestStepsMakeNoGarbage(t *testing.T) {
	allocates := func(steps, outputs int, watched bool) uint64 {
		in, feeder := pipe(t)
		to := Outputs{Watched: watched}
		var readers []*end
		for range outputs {
			r, w := pipe(t)
			to.List, readers = append(to.List, Output{FD: w.fd}), append(readers, r)
		}
		s, done := apart(), make(chan uint64)
		go func() { done <- allocated(func() { s.Copy(in.fd, to) }) }()
		block := make([]byte, 16<<10)
		for range steps {
			Write(feeder.fd, block)
			for _, r := range readers {
				for n := 0; n < len(block); {
					m, _ := Read(r.fd, block)
					n += m
				}
			}
		}
		feeder.close()
		return <-done
	}
	for outputs := 1; outputs <= 3; outputs++ {
		for _, watched := range []bool{false, true} {
			few, many := allocates(30, outputs, watched), allocates(3000, outputs, watched)
			assert.Less(t, many, few+30_000, "%d outputs, watched: %t", outputs, watched)
		}
	}
}

func TestTransform(t *testing.T) {
	upper := func(dst, src []byte) ([]byte, error) { return append(dst, strings.ToUpper(string(src))...), nil }
	errStop, errEnd := errors.New("enough"), errors.New("a bad end")
	untilStop := func(dst, src []byte) ([]byte, error) {
		before, _, found := strings.Cut(string(src), ".")
		dst = append(dst, before...)
		if found {
			return dst, errStop
		}
		return dst, nil
	}
	finish := func(err error) func([]byte, bool) ([]byte, error) {
		return func(dst []byte, atEnd bool) ([]byte, error) {
			if !atEnd {
				return append(dst, " broken off"...), err
			}
			return append(dst, " the end"...), err
		}
	}
	s := apart()

	in, feeder := pipe(t)
	feed(feeder, strings.Repeat("text ", 50_000))
	out, written := fileOutput(t, 0)
	require.NoError(t, s.Transform("raise", in.fd, out.fd, 1, upper, nil))
	assert.True(t, strings.Repeat("TEXT ", 50_000) == written())

	for _, c := range []struct {
		name    string
		convert func(dst, src []byte) ([]byte, error)
		finish  func([]byte, bool) ([]byte, error)
		reset   bool // the input fails
		want    string
		err     error
	}{
		{"the function ends", upper, finish(nil), false, "BEFORE. AFTER the end", nil},
		{"the function ends badly", upper, finish(errEnd), false, "BEFORE. AFTER the end", errEnd},
		{"the function gives up", untilStop, finish(nil), false, "before", errStop},
		{"reading fails", upper, finish(nil), true, "BEFORE. AFTER broken off", &Error{Op: OpRead, Err: unix.ECONNRESET}},
		{"reading fails, and so does the end", upper, finish(errEnd), true, "BEFORE. AFTER broken off", &Error{Op: OpRead, Err: unix.ECONNRESET}},
	} {
		in, feeder := socketpair(t)
		if c.reset {
			write(t, in, "unread, so that closing resets")
		}
		feed(feeder, "before. after")
		out, written := fileOutput(t, 0)
		if e, ok := c.err.(*Error); ok {
			e.FD = in.fd
		}
		assert.Equal(t, c.err, s.Transform("try", in.fd, out.fd, 1, c.convert, c.finish), c.name)
		assert.Equal(t, c.want, written(), c.name)
	}

	in, feeder = pipe(t)
	feed(feeder, "before. after")
	full := open(t, "/dev/full", unix.O_WRONLY)
	assert.Equal(t, &Error{OpWrite, full.fd, unix.ENOSPC}, s.Transform("cut", in.fd, full.fd, 1, untilStop, nil),
		"the output failed before the rest was refused")
}
