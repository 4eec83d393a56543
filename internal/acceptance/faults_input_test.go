//go:build linux

package acceptance

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// replaceInput has the trial read another file than planned, opened with flags
// if it is the test that opens it.
func (tr *trial) replaceInput(path string, flags int) {
	tr.stdin.file.Close()
	tr.stdin = openEnd(tr.t, device, path, flags)
	if tr.in == operand {
		require.NoError(tr.t, os.Remove(tr.path("in")))
		require.NoError(tr.t, os.Symlink(path, tr.path("in")))
	}
}

func readsFile(w way) bool { return w.in == file || w.in == operand }

// TestInputFails gives each way something that the kernel does not read from.
func TestInputFails(t *testing.T) {
	t.Parallel()
	reads := func(w way) bool { return w.in != none }
	eachWay(t, sourceSize, reads, func(t *testing.T, p plan) {
		t.Run("a directory", func(t *testing.T) {
			tr := try(t, p)
			tr.replaceInput(t.TempDir(), os.O_RDONLY)
			tr.check(tr.run(), inSide, "Is a directory")
		})
		t.Run("memory that is not there", func(t *testing.T) {
			tr := try(t, p)
			tr.replaceInput("/proc/self/mem", os.O_RDONLY) // of the page at 0
			tr.check(tr.run(), inSide, "Input/output error")
		})
		if p.in == operand {
			return // what follows is only about descriptors
		}
		t.Run("a file open for writing", func(t *testing.T) {
			tr := try(t, p)
			tr.replaceInput(tr.path("other"), os.O_WRONLY|os.O_CREATE)
			tr.check(tr.run(), inSide, "Bad file descriptor")
		})
		t.Run("a pipe's end for writing", func(t *testing.T) {
			tr := try(t, p)
			tr.closeEnd(tr.stdin)
			tr.stdin = newPair(t, pipe, false)
			tr.feed = func(*trial, *os.File) {}
			tr.check(tr.run(), inSide, "Bad file descriptor")
		})
	})
}

// TestInputChanges shortens or lengthens a file while it is read, after a
// program that waits for its reader has read a part.
func TestInputChanges(t *testing.T) {
	t.Parallel()
	waits := func(w way) bool {
		return readsFile(w) && (w.out == pipe || w.out == socket || w.out == terminal)
	}
	eachWay(t, largeSize, waits, func(t *testing.T, p plan) {
		t.Run("it shrinks", func(t *testing.T) {
			tr := try(t, p)
			tr.narrow()
			tr.take = func(tr *trial, r *os.File) []byte {
				first := make([]byte, 1)
				n, err := r.Read(first)
				assert.NoError(t, err)
				tr.asleep()
				assert.NoError(t, os.Truncate(tr.path("in"), 0))
				return takeRest(r, first[:n])
			}
			got := tr.run()
			assert.Empty(t, got.stderr)
			assert.Equal(t, 0, got.status, "exit status")
			tr.checkBytes("standard output", got.out, false, noSide)
			assert.NotEmpty(t, got.out)
		})
		t.Run("it grows", func(t *testing.T) {
			tr := try(t, p)
			tr.narrow()
			half := int64(len(p.source) / 2)
			require.NoError(t, os.Truncate(tr.path("in"), half))
			tr.take = func(tr *trial, r *os.File) []byte {
				tr.asleep()
				f, err := os.OpenFile(tr.path("in"), os.O_WRONLY, 0)
				if assert.NoError(t, err) {
					_, err = f.WriteAt(p.source[half:], half)
					assert.NoError(t, err)
					f.Close()
				}
				return takeAll(tr, r)
			}
			tr.check(tr.run(), noSide, "")
		})
	})
}

// TestKernelFiles copies what is no file on any disk. Its size is said to be 0,
// and most shortcuts are refused.
func TestKernelFiles(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/proc/version", "/proc/kallsyms", "/sys/kernel/mm/transparent_hugepage/enabled"} {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Logf("not tried: %v", err)
			continue
		}
		t.Run(strings.ReplaceAll(path, "/", " "), func(t *testing.T) {
			for _, w := range ways() {
				if !readsFile(w) || w.decodes() {
					continue
				}
				t.Run(w.String(), func(t *testing.T) {
					tr := try(t, plan{w, content, transformed(w.program, w.options, content)})
					tr.replaceInput(path, os.O_RDONLY)
					tr.check(tr.run(), noSide, "")
				})
			}
		})
	}
}

// TestSparseFiles copies files that are holes for the most part, from the
// middle of one hole into the next.
func TestSparseFiles(t *testing.T) {
	t.Parallel()
	const size = 3<<20 + 12345
	plainFile := func(w way) bool { return readsFile(w) && !w.decodes() }
	eachWay(t, 1, plainFile, func(t *testing.T, p plan) {
		p.source = make([]byte, size)
		for _, at := range []int{0, 200_000, 1 << 20, size - 100_000} {
			copy(p.source[at:], "an island\n")
		}
		p.want = transformed(p.program, p.options, p.source)
		tr := try(t, p)
		f, err := os.OpenFile(tr.path("in"), os.O_WRONLY|os.O_TRUNC, 0)
		require.NoError(t, err)
		defer f.Close()
		require.NoError(t, f.Truncate(size))
		for at := range p.source {
			if p.source[at] == 'a' && p.source[at+1] == 'n' && p.source[at+2] == ' ' {
				_, err := f.WriteAt([]byte("an island\n"), int64(at))
				require.NoError(t, err)
			}
		}
		var st unix.Stat_t
		require.NoError(t, unix.Fstat(int(f.Fd()), &st))
		if st.Blocks*512 >= size {
			t.Log("this file system keeps no holes")
		}
		tr.check(tr.run(), noSide, "")
	})
}

// TestPackets reads from a socket that keeps packets apart: each is read whole.
func TestPackets(t *testing.T) {
	t.Parallel()
	for _, w := range []way{
		{program: "cat", in: socket, out: pipe, copy: none},
		{program: "cat", options: "-n", in: socket, out: file, copy: none},
		{program: "base64", in: socket, out: socket, copy: none},
		{program: "tee", in: socket, out: pipe, copy: file},
	} {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			tr := try(t, planFor(w, sourceSize))
			tr.closeEnd(tr.stdin)
			ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
			require.NoError(t, err)
			tr.stdin = &end{kind: socket, file: os.NewFile(uintptr(ends[0]), "theirs"), other: pollable(t, ends[1])}
			tr.feed = func(tr *trial, w *os.File) {
				defer w.Close()
				for rest := tr.source; len(rest) > 0; {
					n, err := w.Write(rest[:min(60_001, len(rest))])
					if !assert.NoError(t, err) {
						return
					}
					rest = rest[n:]
				}
			}
			tr.check(tr.run(), noSide, "")
		})
	}
}
