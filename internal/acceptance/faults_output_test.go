//go:build linux

package acceptance

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestFullDevice gives each way a device that takes nothing, as standard output
// and as tee's FILE, for a single byte and for many.
func TestFullDevice(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, sourceSize} {
		eachWay(t, size, everyWay, func(t *testing.T, p plan) {
			t.Run(fmt.Sprintf("stdout, %d bytes", size), func(t *testing.T) {
				tr := try(t, p)
				tr.stdout.file.Close()
				tr.stdout = openEnd(t, device, "/dev/full", os.O_WRONLY)
				tr.check(tr.run(), outSide, "No space left on device")
			})
			if p.way.copy != none {
				t.Run(fmt.Sprintf("FILE, %d bytes", size), func(t *testing.T) {
					tr := try(t, p)
					require.NoError(t, os.Remove(tr.copy.path))
					require.NoError(t, os.Symlink("/dev/full", tr.copy.path))
					tr.copy.kind = device
					tr.check(tr.run(), copying, "No space left on device")
				})
			}
		})
	}
}

// TestNothingForFullDevice writes nothing, so that there is nothing to fail.
func TestNothingForFullDevice(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"cat", "cat -n", "base64", "base64 -d", "tee", "tee copy", "env echo -n"} {
		t.Run(line, func(t *testing.T) {
			checkShell(t, t.TempDir(), line+" </dev/null >/dev/full", 0, "", "")
		})
	}
}

// writesToFile is the side of the way that is a regular file, if one is.
func (w way) writesToFile() side {
	switch {
	case w.out == file || w.out == appended:
		return outSide
	case w.copy == file:
		return copying
	}
	return noSide
}

// TestFullFileSystem lets the file system run full while a way writes to it,
// which for the shortcuts is in the middle of a call.
func TestFullFileSystem(t *testing.T) {
	t.Parallel()
	filesWritten := func(w way) bool { return w.writesToFile() != noSide }
	eachWay(t, largeSize, filesWritten, func(t *testing.T, p plan) {
		page := os.Getpagesize()
		pages := 1 + len(p.want)*2/3/page
		if p.in == file || p.in == operand {
			pages += 1 + len(p.source)/page // it lies beside the output: between file systems there are fewer shortcuts
		}
		tr := tryIn(t, p, smallFileSystem(t, pages*page))
		tr.trace()
		got := tr.run()
		tr.check(got, p.writesToFile(), "No space left on device")
		if p.shortcuts() != nil {
			tr.checkTrace(p.traced)
		}
		if p.writesToFile() == outSide {
			assert.Greater(t, len(got.out), len(p.want)/2, "bytes written before the file system was full")
		}
	})
}

// smallFileSystem mounts one in memory, until the test ends.
func smallFileSystem(t *testing.T, size int) string {
	dir := t.TempDir()
	if err := unix.Mount("fd42", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { assert.NoError(t, unix.Unmount(dir, unix.MNT_DETACH)) })
	return dir
}

// TestFileSizeLimit lets a way meet RLIMIT_FSIZE while it writes plainly, and
// in the middle of a shortcut. Every byte up to the limit is there.
func TestFileSizeLimit(t *testing.T) {
	t.Parallel()
	const block = 512 // of the shell's ulimit
	for _, blocks := range []int{1, 8, 300, 2500} {
		filesWritten := func(w way) bool { return w.writesToFile() != noSide }
		eachWay(t, largeSize, filesWritten, func(t *testing.T, p plan) {
			if blocks*block >= len(p.want) {
				return // the limit is not met
			}
			t.Run(fmt.Sprintf("%d bytes", blocks*block), func(t *testing.T) {
				tr := try(t, p)
				tr.trace()
				tr.limited(fmt.Sprintf("ulimit -f %d", blocks))
				got := tr.run()
				tr.check(got, p.writesToFile(), "File too large")
				if blocks*block > 128<<10 && p.shortcuts() != nil {
					tr.checkTrace(p.traced)
				}
				limit := blocks * block
				if p.out == appended {
					limit -= len(appendedTo)
				}
				written := got.out
				if p.writesToFile() == copying {
					written = got.copy
				}
				assert.Len(t, written, limit, "the bytes up to the limit")
			})
		})
	}
}

// TestReaderLeaves has the reader of an output go away: before there is
// anything to read, after a byte, midway, and when it has read all. Midway, more
// is to come than even a pipe that has been widened holds.
func TestReaderLeaves(t *testing.T) {
	t.Parallel()
	eachWay(t, largeSize, everyWay, func(t *testing.T, p plan) {
		for _, s := range []side{outSide, copying} {
			if k := p.kind(s); k != pipe && k != socket && k != terminal {
				continue
			}
			for name, after := range map[string]int{"at once": 0, "early": 1, "midway": len(p.want) / 7, "at the end": len(p.want)} {
				if s == copying && after == 0 {
					continue // a FIFO is not even opened before there is a reader
				}
				t.Run(string(s)+" "+name, func(t *testing.T) { readerLeaves(t, p, s, after) })
			}
		}
	})
}

func readerLeaves(t *testing.T, p plan, s side, after int) {
	tr := try(t, p)
	left := make(chan struct{})
	leave := func(_ *trial, r *os.File) []byte {
		defer close(left)
		return takeAndLeave(r, after)
	}
	if s == outSide {
		tr.take = leave
	} else {
		tr.takeCopy = leave
	}
	if after == 0 {
		require.NoError(t, tr.end(s).other.Close())
	}
	if after == len(p.want) && p.program != "base64" {
		// The input ends only after the reader has left: there is nothing more
		// to write then, and nobody to miss it.
		tr.feed = func(tr *trial, w *os.File) {
			if _, err := w.Write(tr.source); err == nil {
				<-left
			}
			feedEnd(tr, w, nil)
		}
	}
	tr.checkLeft(tr.run(), s, after == len(p.want))
}

// takeAndLeave takes n bytes, and closes r.
func takeAndLeave(r *os.File, n int) []byte {
	got := make([]byte, n)
	for taken := 0; taken < n; {
		m, err := r.Read(got[taken:])
		if err != nil {
			return got[:taken]
		}
		taken += m
	}
	r.Close()
	return got
}

// checkLeft checks an ending in which the reader of an output left.
func (tr *trial) checkLeft(got ending, s side, atEnd bool) {
	tr.t.Helper()
	switch {
	case atEnd, tr.options == "-p" && tr.kind(s) == pipe:
		// What tee -p drops it does not mention; checkBytes looks at the rest.
		assert.Empty(tr.t, got.stderr)
		assert.Equal(tr.t, 0, got.status, "exit status")
		tr.checkBytes("standard output", got.out, atEnd || s != outSide, s)
		if tr.way.copy != none {
			tr.checkBytes("tee's FILE", got.copy, atEnd || s != copying, s)
		}
	case tr.kind(s) == terminal:
		tr.check(got, s, "Input/output error") // as a terminal without a line has it
	case tr.options == "--output-error=exit":
		tr.check(got, s, "Broken pipe")
	case tr.kind(s) == socket && got.status == 1:
		tr.check(got, s, "Connection reset by peer") // what was sent has not been read
	default:
		assert.Empty(tr.t, got.stderr)
		assert.Equal(tr.t, 128+int(unix.SIGPIPE), got.status, "exit status")
		tr.checkBytes("standard output", got.out, false, s)
		tr.checkBytes("tee's FILE", got.copy, false, s)
	}
}

// A patience is how a trial makes its program wait for others.
type patience struct {
	name  string
	apply func(tr *trial)
}

// TestWaiting makes programs wait, with descriptors that block and with ones
// that do not, or no longer: nothing is lost or doubled, and nothing is taken
// from those who share a descriptor.
func TestWaiting(t *testing.T) {
	t.Parallel()
	eachWay(t, largeSize, everyWay, func(t *testing.T, p plan) {
		for _, wait := range p.waits() {
			t.Run(wait.name, func(t *testing.T) {
				tr := try(t, p)
				tr.narrow()
				wait.apply(tr)
				tr.check(tr.run(), noSide, "")
			})
		}
	})
}

// waits are those that the way's descriptors allow.
func (w way) waits() (all []patience) {
	comes := w.in == pipe || w.in == socket || w.in == terminal
	goes := w.out == pipe || w.out == socket || w.out == terminal
	if comes {
		all = append(all, patience{"for input", func(tr *trial) { tr.feed = feedSlowlyTo }},
			patience{"for input that does not block", func(tr *trial) {
				tr.nonblock(inSide)
				tr.feed = feedSlowlyTo
			}},
			patience{"for input that blocks no longer", func(tr *trial) {
				tr.feed = func(tr *trial, w *os.File) {
					tr.asleep()
					tr.nonblock(inSide)
					feedSlowlyTo(tr, w)
				}
			}})
	}
	if goes {
		all = append(all, patience{"for output", func(tr *trial) { tr.take = takeSlowly }},
			patience{"for output that does not block", func(tr *trial) {
				tr.nonblock(outSide)
				tr.take = takeSlowly
			}},
			patience{"for output that blocks no longer", func(tr *trial) {
				tr.take = func(tr *trial, r *os.File) []byte {
					tr.asleep()
					tr.nonblock(outSide)
					return takeSlowly(tr, r)
				}
			}})
	}
	if comes && goes {
		all = append(all, patience{"for both, neither of which blocks", func(tr *trial) {
			tr.nonblock(inSide)
			tr.nonblock(outSide)
			tr.feed, tr.take = feedSlowlyTo, takeSlowly
		}})
	}
	if w.copy == pipe {
		all = append(all, patience{"for FILE", func(tr *trial) { tr.takeCopy = takeSlowly }})
	}
	return all
}

// TestOutputNotWritable gives each way a standard output that is open, but for
// reading.
func TestOutputNotWritable(t *testing.T) {
	t.Parallel()
	eachWay(t, sourceSize, everyWay, func(t *testing.T, p plan) {
		readable := map[string]func(t *testing.T) *end{
			"file":      func(t *testing.T) *end { return openEnd(t, device, "faults_test.go", os.O_RDONLY) },
			"directory": func(t *testing.T) *end { return openEnd(t, device, ".", os.O_RDONLY) },
			"null":      func(t *testing.T) *end { return openEnd(t, device, os.DevNull, os.O_RDONLY) },
			"pipe": func(t *testing.T) *end {
				e := newPair(t, pipe, true)
				e.kind, e.other = device, nil // nobody writes, or reads
				return e
			},
		}
		for name, open := range readable {
			t.Run(name, func(t *testing.T) {
				tr := try(t, p)
				tr.stdout.file.Close()
				tr.stdout = open(t)
				tr.check(tr.run(), outSide, "Bad file descriptor")
			})
		}
	})
}
