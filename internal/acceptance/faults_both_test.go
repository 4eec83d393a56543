//go:build linux

package acceptance

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestSameFile has a program read and write one file. Where that would never
// end, a limit on the file's size ends it.
func TestSameFile(t *testing.T) {
	t.Parallel()
	raw := planFor(way{program: "cat", in: file}, sourceSize).source
	text := transformed("base64", "", raw)
	small := []byte("one\ntwo\n")
	decodedOver := append(bytes.Clone(raw), text[len(raw):]...)
	const limit = 600 * 512
	tooLarge := func(unit []byte) []byte { return bytes.Repeat(unit, 1+limit/len(unit))[:limit] }
	for _, c := range []struct {
		line         string
		before, want []byte // what f holds
		status       int
		stderr       string
	}{
		{"cat f >>f", raw, raw, 1, "cat: f: input file is output file\n"},
		{"cat <f >>f", raw, raw, 1, "cat: -: input file is output file\n"},
		{"cat -n f >>f", raw, raw, 1, "cat: f: input file is output file\n"},
		{"cat f 1<>f", raw, raw, 0, ""},
		{"cat <f 1<>f", raw, raw, 0, ""},
		{"cat 0<>f 1>&0", small, append(bytes.Clone(small), small...), 0, ""},
		{"tee f <f", raw, nil, 0, ""},
		{"tee <f 1<>f", raw, raw, 0, ""},
		{"tee 0<>f 1>&0", small, append(bytes.Clone(small), small...), 0, ""},
		{"ulimit -f 600; tee -a f <f >/dev/null", small, tooLarge(small), 1, "tee: f: File too large\n"},
		{"ulimit -f 600; tee <f >>f", small, tooLarge(small), 1, "tee: 'standard output': File too large\n"},
		{"base64 -d <f 1<>f", text, decodedOver, 0, ""},
		{"base64 -d f 1<>f", text, decodedOver, 0, ""},
	} {
		t.Run(c.line, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(dir+"/f", c.before, 0o600))
			line := c.line
			if c.want == nil {
				line += " >/dev/null"
			}
			checkShell(t, dir, line, c.status, "", c.stderr)
			got, err := os.ReadFile(dir + "/f")
			require.NoError(t, err)
			assert.True(t, bytes.Equal(c.want, got), "f holds %d bytes, of which %d are right; %d were to be",
				len(got), agreement(c.want, got), len(c.want))
		})
	}
}

// TestSamePipe has a program read from the pipe that it writes to: what is in
// it goes round for ever, which is what was asked for. It is then killed.
func TestSamePipe(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, unix.PathMax, 65536} { // the last fills it
		for _, name := range []string{"cat", "tee"} {
			t.Run(fmt.Sprintf("%s %d bytes", name, size), func(t *testing.T) {
				tr := try(t, planFor(way{program: name, in: pipe, out: pipe, copy: none}, size))
				tr.closeEnd(tr.stdout)
				tr.stdout = &end{kind: pipe, file: tr.stdin.other}
				require.NoError(t, unix.SetNonblock(int(tr.stdout.file.Fd()), false))
				tr.stdin.other = nil
				capacity, err := unix.FcntlInt(tr.stdout.file.Fd(), unix.F_GETPIPE_SZ, 0)
				require.NoError(t, err)
				_, err = tr.stdout.file.Write(tr.source[:min(size, capacity)])
				require.NoError(t, err)
				tr.start()
				// The relay may begin after the first 64 KiB. Then the system counts no more as written.
				tr.awaitWritten(min(40*size+300_000, 64<<10))
				require.NoError(t, tr.cmd.Process.Signal(unix.SIGTERM))
				status, err := exitStatus(tr.cmd.Wait())
				require.NoError(t, err)
				assert.Equal(t, 128+int(unix.SIGTERM), status)
				assert.Empty(t, tr.stderr.String())
				// It died between reading and writing, or not.
				left, err := unix.IoctlGetInt(int(tr.stdin.file.Fd()), unix.TIOCINQ)
				require.NoError(t, err)
				if size <= unix.PathMax {
					assert.Contains(t, []int{0, size}, left, "bytes in the pipe")
				}
			})
		}
	}
}

// awaitWritten returns when the program has written n bytes.
func (tr *trial) awaitWritten(n int) {
	tr.t.Helper()
	require.Eventually(tr.t, func() bool { return tr.written() >= n }, trialLimit, pollEvery)
}

// written is how many bytes the program has written so far, by no other call than
// write(2): proc(5), io.
func (tr *trial) written() int {
	io, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", tr.cmd.Process.Pid))
	assert.NoError(tr.t, err)
	var read, written int
	_, err = fmt.Sscanf(string(io), "rchar: %d\nwchar: %d", &read, &written)
	assert.NoError(tr.t, err)
	return written
}

// TestSameSocket has programs answer on the socket that they are asked on, as
// inetd starts them.
func TestSameSocket(t *testing.T) { sameForBoth(t, socket) }

// TestSameTerminal has programs read from the terminal that they write to.
func TestSameTerminal(t *testing.T) { sameForBoth(t, terminal) }

func sameForBoth(t *testing.T, k kind) {
	t.Parallel()
	for _, w := range []way{
		{program: "cat", in: k, out: k, copy: none},
		{program: "cat", options: "-n", in: k, out: k, copy: none},
		{program: "cat", options: "-A", in: k, out: k, copy: none},
		{program: "base64", in: k, out: k, copy: none},
		{program: "base64", options: "-d", in: k, out: k, copy: none},
		{program: "tee", in: k, out: k, copy: none},
		{program: "tee", in: k, out: k, copy: file},
		{program: "tee", options: "-p", in: k, out: k, copy: pipe},
	} {
		for _, nonblocking := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v nonblocking %v", w, nonblocking), func(t *testing.T) {
				tr := try(t, planFor(w, sourceSize))
				tr.closeEnd(tr.stdin)
				tr.stdin = tr.stdout
				if nonblocking {
					tr.nonblock(inSide)
				}
				if k == socket {
					tr.feed = func(tr *trial, w *os.File) {
						_, err := w.Write(tr.source)
						assert.NoError(t, err)
						shutDown(t, w)
					}
				} else {
					tr.feed = func(tr *trial, w *os.File) {
						_, err := w.Write(append(bytes.Clone(tr.source), 'D'&0x1f))
						assert.NoError(t, err)
					}
				}
				tr.check(tr.run(), noSide, "")
			})
		}
	}
}

// shutDown ends what a socket sends, but not what it receives.
func shutDown(t *testing.T, f *os.File) {
	conn, err := f.SyscallConn()
	if assert.NoError(t, err) {
		assert.NoError(t, conn.Control(func(fd uintptr) {
			assert.NoError(t, unix.Shutdown(int(fd), unix.SHUT_WR))
		}))
	}
}
