package record

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/quote"
)

// pipeline is the trace of `cat nope 'a b' 2>&1 | tee -a log >/dev/null`, its lines mixed.
const pipeline = `cat[7]: fd 0   stdin      terminal /dev/pts/0  read-write
cat[7]: fd 1   stdout     pipe 8437  write-only
tee[8]: fd 0   stdin      pipe 8437  read-only
tee[8]: fd 1   stdout     device /dev/null  write-only
cat[7]: fd 2   stderr     same open file as fd 1
cat[7]: fd 42  inherited  file '/tmp/a b'  read-write, append, non-blocking, offset 3
tee[8]: fd 2   stderr     terminal /dev/pts/0  read-write
tee[8]: open   log -> fd 3  file, write-only, append
cat[7]: error  nope: No such file or directory
cat[7]: write  fd 2  37 bytes
cat[7]: open   'a b' -> fd 3  file, read-only
cat[7]: copy   fd 3 -> fd 1  6 bytes, 2 calls (read and write)
cat[7]: close  fd 3  offset 6
cat[7]: open   /dev/tty -> fd 3  terminal, read-only
cat[7]: copy   fd 3 -> fd 1  0 bytes, 1 call
cat[7]: close  fd 3
cat[7]: end    fd 42  offset 3
cat[7]: exit   1
tee[8]: copy   fd 0 -> fd 1, fd 3 (20 bytes)  43 bytes, 5 calls (read and write, then splice)
tee[8]: error  fd 3  log: No space left on device
tee[8]: write  fd 2  32 bytes
tee[8]: close  fd 3  offset 25
tee[8]: exit   1
`

func TestProcesses(t *testing.T) {
	trace := Parse(pipeline)
	require.Len(t, trace.Processes, 2)
	assert.Empty(t, trace.Unknown)
	cat, tee := trace.Program("cat")[0], trace.Program("tee")[0]
	assert.Empty(t, append(cat.Unknown, tee.Unknown...))
	assert.Equal(t, []*Process{cat, tee}, trace.Processes)
	assert.Equal(t, 7, cat.PID)
	assert.True(t, cat.Exited)
	assert.Equal(t, 1, cat.Status)
	assert.True(t, cat.Shares(1, 2))
	assert.False(t, cat.Shares(0, 1))
	assert.False(t, cat.Shares(0, 9))
	assert.Equal(t, []*Process{cat}, trace.Writers(8437))
	assert.Equal(t, []*Process{tee}, trace.Readers(8437))
	assert.Equal(t, []string{"nope: No such file or directory"}, cat.Errors())
	assert.EqualValues(t, 37, cat.Written(2))
	assert.EqualValues(t, 6, cat.Written(1))
	assert.EqualValues(t, 6, cat.Read(3))
	assert.EqualValues(t, 43, tee.Read(0))
	assert.EqualValues(t, 20, tee.Written(3))
	assert.Len(t, cat.All(3), 2)
	copies := tee.Did(Copy)
	require.Len(t, copies, 1)
	assert.Equal(t, 5, copies[0].Calls)
	assert.Equal(t, "read and write, then splice", copies[0].Way)
	assert.Equal(t, 19, copies[0].Line)
	assert.Equal(t, tee.Inherited(0), copies[0].Descriptor)
	assert.Equal(t, Output{tee.Opened()[0], 20}, copies[0].Outputs[1])
}

func TestDescriptors(t *testing.T) {
	trace := Parse(pipeline)
	cat, tee := trace.Processes[0], trace.Processes[1]
	stdout := &Descriptor{
		FD: 1, Role: "stdout", Kind: Pipe, Number: 8437, Access: WriteOnly,
		Offset: NotKnown, End: NotKnown, Written: 6, Moves: 2,
	}
	for _, c := range []struct{ got, want *Descriptor }{
		{cat.Inherited(0), &Descriptor{
			Role: "stdin", Kind: Terminal, Path: "/dev/pts/0", Access: ReadWrite, Offset: NotKnown, End: NotKnown,
		}},
		{cat.Inherited(1), stdout},
		{cat.Inherited(2), &Descriptor{
			FD: 2, Role: "stderr", Kind: Pipe, Number: 8437, Access: WriteOnly,
			Offset: NotKnown, End: NotKnown, Written: 37, Moves: 1, SameAs: stdout,
		}},
		{cat.Inherited(42), &Descriptor{
			FD: 42, Role: "inherited", Kind: File, Path: "/tmp/a b", Access: ReadWrite,
			Append: true, NonBlocking: true, Offset: 3, End: 3,
		}},
		{cat.Opened()[0], &Descriptor{
			FD: 3, Opened: true, Name: "a b", Kind: File, Access: ReadOnly,
			End: 6, Read: 6, Moves: 1, Closes: true,
		}},
		{cat.Opened()[1], &Descriptor{
			FD: 3, Opened: true, Name: "/dev/tty", Kind: Terminal, Access: ReadOnly,
			Offset: NotKnown, End: NotKnown, Moves: 1, Closes: true,
		}},
		{tee.Opened()[0], &Descriptor{
			FD: 3, Opened: true, Name: "log", Kind: File, Access: WriteOnly, Append: true,
			End: 25, Written: 20, Moves: 1, Closes: true, Errors: []string{"log: No space left on device"},
		}},
	} {
		assert.Equal(t, c.want, c.got)
	}
}

// TestLines: what single lines say of descriptors, in every form.
func TestLines(t *testing.T) {
	for line, want := range map[string]Descriptor{
		"fd 0   stdin      closed":                            {Kind: Closed},
		"fd 0   stdin      pipe 9 /tmp/fifo  read-only":       {Kind: Pipe, Number: 9, Path: "/tmp/fifo", Access: ReadOnly},
		"fd 0   stdin      pipe 9 '/tmp/a  b'  read-only":     {Kind: Pipe, Number: 9, Path: "/tmp/a  b", Access: ReadOnly},
		"fd 0   stdin      socket 9  read-write":              {Kind: Socket, Number: 9, Access: ReadWrite},
		"fd 0   stdin      directory /  read-only":            {Kind: Directory, Path: "/", Access: ReadOnly},
		"fd 0   stdin      pipe  read-only":                   {Kind: Pipe, Access: ReadOnly},
		"fd 0   stdin      bad file descriptor":               {},
		"fd 0   stdin      file /f  write-only, sync, append": {Kind: File, Path: "/f", Access: WriteOnly, Append: true},
		"fd 0   stdin      file /a,b  read-only":              {Kind: File, Path: "/a,b", Access: ReadOnly},
	} {
		trace := Parse("cat[1]: " + line + "\n")
		require.Len(t, trace.Processes, 1, line)
		want.Role, want.Offset, want.End = "stdin", NotKnown, NotKnown
		assert.Equal(t, &want, trace.Processes[0].Inherited(0), line)
	}
	for line, want := range map[string]Descriptor{
		"open   f -> fd 3": {Name: "f", Offset: NotKnown},
		"open   /dev/fd/63 -> fd 3  pipe 9, write-only": {Name: "/dev/fd/63", Kind: Pipe, Number: 9, Access: WriteOnly, Offset: NotKnown},
		"open   '' -> fd 3  directory, read-only":       {Kind: Directory, Access: ReadOnly, Offset: NotKnown},
		"open   ' -> fd 4' -> fd 3  file, write-only":   {Name: " -> fd 4", Kind: File, Access: WriteOnly},
		"open   \"it's\" -> fd 3  device, read-only":    {Name: "it's", Kind: Device, Access: ReadOnly, Offset: NotKnown},
	} {
		trace := Parse("cat[1]: " + line + "\n")
		want.FD, want.Opened, want.End = 3, true, NotKnown
		require.Len(t, trace.Processes, 1, line)
		assert.Equal(t, []*Descriptor{&want}, trace.Processes[0].Descriptors, line)
	}
}

func TestDeath(t *testing.T) {
	for _, line := range []string{
		"death  SIGPIPE: the reader of fd 1 has gone away",
		"death  SIGPIPE: the reader of fd 1 is gone",
	} {
		p := Parse("cat[1]: " + line + "\n").Processes[0]
		assert.Equal(t, "SIGPIPE", p.Signal)
		assert.Equal(t, 1, p.Did(Death)[0].Descriptor.FD)
		assert.False(t, p.Exited)
	}
}

// TestAgain: the kernel gives the number of a process again.
func TestAgain(t *testing.T) {
	first := "cat[7]: fd 0   stdin      closed\ncat[7]: exit   0\n"
	trace := Parse(first + first + "cat[7]: end    fd 1  offset 3\necho[7]: exit   0\n")
	assert.Len(t, trace.Processes, 3)
	assert.Len(t, trace.Program("cat"), 2)
}

// TestUnknown: what cannot be understood is kept, and changes nothing else.
func TestUnknown(t *testing.T) {
	for _, line := range []string{"", "hello", "cat: nope: No such file or directory", "cat[x]: exit   0", "a cat[7]: exit   0", "[7]: exit   0"} {
		trace := Parse(line + "\n")
		assert.Empty(t, trace.Processes, "%q", line)
		assert.Equal(t, []string{line}, trace.Unknown)
	}
	for _, line := range []string{
		"", "fd", "fd x   stdin  closed", "fd 1   stdout     same open file as fd 0", "exit", "exit   -1", "exit   0 ",
		"open   f", "open   f -> fd", "open   'f -> fd 3", "open   ''$'\\9' -> fd 3", "open   f -> fd 3 file",
		"close  fd", "close  fd 3  offset", "close  fd 3  offset 99999999999999999999", "death  SIGPIPE", "death",
		"copy   fd 0 -> fd 1  9 bytes", "copy   fd 0 -> fd 1 (x)  9 bytes, 1 call", "copy   fd 0 -> fd 1  9 bytes, 1 call (splice",
		"format fd 5 -> fd 1  2 bytes in", "code   fd 0", "write  fd 1", "write  fd 99999999999  1 byte", "sing   fd 1",
	} {
		trace := Parse("cat[7]: " + line + "\n")
		require.Len(t, trace.Processes, 1, line)
		assert.Equal(t, &Process{Program: "cat", PID: 7, Unknown: []string{line}}, trace.Processes[0], line)
	}
}

// TestTorn: every beginning of a trace is a trace.
func TestTorn(t *testing.T) {
	whole := Parse(pipeline)
	for end := range len(pipeline) {
		trace := Parse(pipeline[:end])
		assert.LessOrEqual(t, len(trace.Processes), len(whole.Processes))
		for i, p := range trace.Processes {
			assert.LessOrEqual(t, len(p.Unknown), 1, "the last line at most, of %q", pipeline[:end])
			assert.LessOrEqual(t, p.Written(1), whole.Processes[i].Written(1))
		}
	}
}

// FuzzParse: no text makes Parse fail, and every line is kept in one place.
func FuzzParse(f *testing.F) {
	f.Add(pipeline)
	for line := range strings.Lines(pipeline) {
		f.Add(line)
	}
	f.Add("cat[1]: copy   fd 0 -> fd 0  9223372036854775807 bytes, 1 call\ncat[1]: write  fd 0  9 bytes\n")
	f.Fuzz(func(t *testing.T, text string) {
		trace := Parse(text)
		lines := len(slices.Collect(strings.Lines(text)))
		kept := len(trace.Unknown)
		for _, p := range trace.Processes {
			kept += len(p.Unknown) + len(p.Events)
			for _, d := range p.Descriptors {
				assert.NotNil(t, d.Description())
				assert.GreaterOrEqual(t, d.Read, int64(0))
				assert.GreaterOrEqual(t, d.Written, int64(0))
				if d.Role != "" {
					kept++
				}
			}
		}
		assert.LessOrEqual(t, kept, lines)
	})
}

// FuzzName: a name that a program shows is read back as it was.
func FuzzName(f *testing.F) {
	for _, name := range []string{"", "f", "a b", "it's", `a'b"c`, "a\nb", "\xff", "é", "a,b", "-> fd 3", "''", "$'"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		s := scanner{rest: quote.File(name) + " -> fd 3"}
		got, ok := s.name()
		assert.True(t, ok)
		assert.Equal(t, name, got)
		assert.Equal(t, " -> fd 3", s.rest)
	})
}
