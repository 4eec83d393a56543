package stream

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// feed writes text to a pipe or a socket, closes it, and reports how it went
// on the channel.
func feed(e *end, text string) <-chan error {
	done := make(chan error, 1)
	go func() {
		err := Write(e.fd, []byte(text))
		e.close()
		done <- err
	}()
	return done
}

// TestEveryWay copies from every kind of descriptor to every other.
func TestEveryWay(t *testing.T) {
	// Long enough for shortcuts to begin and for pipes to grow.
	long := strings.Repeat("Nothing is lost, and nothing comes twice.\n", 40_000)
	c := new(Streams).NewCopier(pipeEnds(t))
	_, shortcut := c.findShortcut()
	if shortcut == nil {
		t.Log("this build takes no shortcuts: what they are called is not checked")
	}
	type input struct {
		kind string
		open func(*testing.T) *end
	}
	inputs := []input{
		{"file", func(t *testing.T) *end { return open(t, tempFile(t, long), unix.O_RDONLY) }},
		{"pipe", func(t *testing.T) *end { r, w := pipe(t); feed(w, long); return r }},
		{"socket", func(t *testing.T) *end { r, w := socketpair(t); feed(w, long); return r }},
	}
	type output struct {
		kind string
		// open returns also what gives, once it is closed, all that it was given.
		open func(*testing.T) (_ *end, written func() string)
	}
	outputs := []output{
		{"file", func(t *testing.T) (*end, func() string) { return fileOutput(t, 0) }},
		{"appended file", func(t *testing.T) (*end, func() string) { return fileOutput(t, unix.O_APPEND) }},
		{"pipe", func(t *testing.T) (*end, func() string) { r, w := pipe(t); return w, collect(t, r, w) }},
		{"socket", func(t *testing.T) (*end, func() string) { r, w := socketpair(t); return w, collect(t, r, w) }},
		{"device", func(t *testing.T) (*end, func() string) {
			return open(t, "/dev/null", unix.O_WRONLY), func() string { return long }
		}},
	}
	ways := map[string]string{
		"file to file":          "copy_file_range",
		"file to appended file": "copy_file_range",
		"file to pipe":          "splice",
		"file to socket":        "splice",
		"file to device":        "splice",
		"pipe to file":          "splice",
		"pipe to appended file": "splice",
		"pipe to pipe":          "splice",
		"pipe to socket":        "splice",
		"pipe to device":        "splice",
	}
	for _, in := range inputs {
		for _, out := range outputs {
			name := in.kind + " to " + out.kind
			t.Run(name, func(t *testing.T) {
				from := in.open(t)
				to, written := out.open(t)
				s := new(Streams)
				c := s.NewCopier(from.fd, to.fd)
				defer c.Done()
				way, found := c.findShortcut()
				assert.Equal(t, found == nil, way == "")
				if shortcut != nil {
					assert.Equal(t, ways[name], way)
				}
				require.NoError(t, s.Copy(to.fd, from.fd))
				assert.True(t, long == written(), "what went in came out")
			})
		}
	}
}

func pipeEnds(t *testing.T) (in, out int) {
	r, _ := pipe(t)
	_, w := pipe(t)
	return r.fd, w.fd
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

// TestTwoPipes holds the way for two outputs to what it needs: a pipe to
// duplicate, and a pipe to duplicate it into.
func TestTwoPipes(t *testing.T) {
	if _, shortcut := new(Streams).NewCopier(pipeEnds(t)).findShortcut(); shortcut == nil {
		t.Skip("this build takes no shortcuts")
	}
	in, out := pipeEnds(t)
	file := open(t, tempFile(t, "content"), unix.O_RDWR).fd
	for _, c := range []struct {
		name       string
		in         int
		outs       []int
		keepsOrder bool
		want       string
	}{
		{"pipe to pipe and file", in, []int{out, file}, false, "tee and splice"},
		{"pipe to pipe and file, in order", in, []int{out, file}, true, "tee and splice"},
		{"pipe to file and pipe", in, []int{file, out}, false, "tee and splice"},
		{"pipe to file and pipe, in order", in, []int{file, out}, true, ""},
		{"pipe to two files", in, []int{file, file}, false, ""},
		{"file to two pipes", file, []int{out, out}, false, ""},
		{"pipe to three", in, []int{out, out, file}, false, ""},
		{"pipe to none", in, nil, false, ""},
	} {
		copier := new(Streams).NewCopier(c.in, c.outs...)
		copier.KeepsOrder = c.keepsOrder
		way, _ := copier.findShortcut()
		assert.Equal(t, c.want, way, c.name)
	}
}

// TestCopyErrors: what was read has been written before the error is told.
func TestCopyErrors(t *testing.T) {
	full := func(t *testing.T) *end { return open(t, "/dev/full", unix.O_WRONLY) }
	s := new(Streams)

	in, feeder := pipe(t)
	feed(feeder, "text")
	out := full(t)
	assert.Equal(t, &Error{OpWrite, out.fd, unix.ENOSPC}, s.Copy(out.fd, in.fd))

	empty, feeder := pipe(t)
	feeder.close()
	assert.NoError(t, s.Copy(full(t).fd, empty.fd), "nothing is written")

	directory := open(t, t.TempDir(), unix.O_RDONLY)
	assert.Equal(t, &Error{OpRead, directory.fd, unix.EISDIR}, s.Copy(out.fd, directory.fd))

	a, b := socketpair(t)
	require.NoError(t, Write(b.fd, []byte("before")))
	require.NoError(t, Write(a.fd, []byte("unread, so that closing resets")))
	b.close()
	file, written := fileOutput(t, 0)
	assert.Equal(t, &Error{OpRead, a.fd, unix.ECONNRESET}, s.Copy(file.fd, a.fd))
	assert.Equal(t, "before", written())
}

// TestDrop loses outputs in the middle of a step: those before have had the
// bytes, those after get them with the next.
func TestDrop(t *testing.T) {
	in, feeder := pipe(t)
	first, firstWritten := fileOutput(t, 0)
	last, lastWritten := fileOutput(t, 0)
	full := open(t, "/dev/full", unix.O_WRONLY)
	c := new(Streams).NewCopier(in.fd, first.fd, full.fd, last.fd)

	require.NoError(t, Write(feeder.fd, []byte("one ")))
	require.Equal(t, &Error{OpWrite, full.fd, unix.ENOSPC}, c.Step())
	assert.Equal(t, "one ", firstWritten())
	assert.Empty(t, lastWritten())
	assert.NoError(t, c.Await(), "what is pending needs no input")
	c.Drop(full.fd)
	c.Drop(first.fd)
	assert.Equal(t, 1, c.Outputs())
	require.NoError(t, c.Step())
	assert.Equal(t, "one ", lastWritten())

	require.NoError(t, Write(feeder.fd, []byte("two")))
	feeder.close()
	require.NoError(t, c.Step())
	assert.Equal(t, io.EOF, c.Step())
	assert.Equal(t, "one ", firstWritten())
	assert.Equal(t, "one two", lastWritten())
	c.Drop(last.fd)
	assert.Zero(t, c.Outputs())
}

func TestAwait(t *testing.T) {
	in, feeder := pipe(t)
	reader, out := pipe(t)
	file, _ := fileOutput(t, 0)
	c := new(Streams).NewCopier(in.fd, file.fd, out.fd)

	require.NoError(t, Write(feeder.fd, []byte("x")))
	require.NoError(t, c.Await(), "input has come")
	require.NoError(t, c.Step())

	reader.close()
	assert.Equal(t, &Error{OpWrite, out.fd, unix.EPIPE}, c.Await())
	c.Drop(out.fd)
	feeder.close()
	assert.NoError(t, c.Await(), "the end of the input is worth a read")
	assert.Equal(t, io.EOF, c.Step())
}

// TestAwaitLeavesErrorsToWriting has input ready for an output that poll(2)
// makes look like a pipe without a reader. It is the end for reading of one
// without a writer, and that is another error.
func TestAwaitLeavesErrorsToWriting(t *testing.T) {
	in, feeder := pipe(t)
	out, writer := pipe(t)
	writer.close()
	c := new(Streams).NewCopier(in.fd, out.fd)
	require.NoError(t, Write(feeder.fd, []byte("x")))
	require.NoError(t, c.Await())
	assert.Equal(t, &Error{OpWrite, out.fd, unix.EBADF}, c.Step())
}

// TestBuffersAreMadeOnce copies and transforms long files with the same streams:
// what one needed serves the next. Made anew they would have to be collected,
// for which the runtime may want descriptors.
func TestBuffersAreMadeOnce(t *testing.T) {
	in := open(t, tempFile(t, strings.Repeat("x", 2*readAheadAfter)), unix.O_RDONLY)
	out, _ := fileOutput(t, unix.O_APPEND)
	s := new(Streams)
	both := func() {
		seek(t, in, 0)
		require.NoError(t, s.Copy(out.fd, in.fd))
		seek(t, in, 0)
		require.NoError(t, s.Transform("copy", out.fd, in.fd, func(dst, src []byte) ([]byte, error) {
			return append(dst, src...), nil
		}))
	}
	both()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	both()
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(BlockSize))
}

// TestStepMakesNoGarbage is for tee when it has run out of descriptors: from
// then on nothing is collected, and what each step left behind would add up.
func TestStepMakesNoGarbage(t *testing.T) {
	block := make([]byte, 8<<10) // more than a packet
	for outputs := 1; outputs <= 3; outputs++ {
		in, feeder := pipe(t)
		var outs []int
		var readers []*end
		for range outputs {
			r, w := pipe(t)
			outs, readers = append(outs, w.fd), append(readers, r)
		}
		c := new(Streams).NewCopier(in.fd, outs...)
		step := func() {
			Write(feeder.fd, block)
			c.Await()
			c.Step()
			for _, r := range readers {
				Read(r.fd, block)
			}
		}
		for c.moved < 2*shortcutAfter {
			step()
		}
		assert.Zero(t, testing.AllocsPerRun(100, step), "%d outputs", outputs)
		c.Done()
	}
}

func TestTransform(t *testing.T) {
	upper := func(dst, src []byte) ([]byte, error) { return append(dst, strings.ToUpper(string(src))...), nil }
	errStop := errors.New("enough")
	untilStop := func(dst, src []byte) ([]byte, error) {
		before, _, found := strings.Cut(string(src), ".")
		dst = append(dst, before...)
		if found {
			return dst, errStop
		}
		return dst, nil
	}
	s := new(Streams)

	in, feeder := pipe(t)
	feed(feeder, strings.Repeat("text ", 500_000)) // long enough to be read ahead
	out, written := fileOutput(t, 0)
	require.NoError(t, s.Transform("raise", out.fd, in.fd, upper))
	assert.True(t, strings.Repeat("TEXT ", 500_000) == written())

	in, feeder = pipe(t)
	feed(feeder, "before. after")
	out, written = fileOutput(t, 0)
	assert.Equal(t, errStop, s.Transform("cut", out.fd, in.fd, untilStop))
	assert.Equal(t, "before", written())

	in, feeder = pipe(t)
	feed(feeder, "before. after")
	full := open(t, "/dev/full", unix.O_WRONLY)
	assert.Equal(t, &Error{OpWrite, full.fd, unix.ENOSPC}, s.Transform("cut", full.fd, in.fd, untilStop),
		"the output failed before the rest was refused")
}
