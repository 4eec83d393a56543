//go:build linux

package acceptance

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// A pause is a place where a program waits, so that a signal finds it there.
type pause struct {
	way
	fed   int  // bytes that it has been given to read, and waits for more
	stuck bool // it waits for the reader of its output instead,
	taken int  // who has taken these bytes
}

func (p pause) String() string {
	if p.stuck {
		return fmt.Sprintf("%v, writing after %d bytes", p.way, p.taken)
	}
	return fmt.Sprintf("%v, reading after %d bytes", p.way, p.fed)
}

// pauses are before and after the programs have begun to use shortcuts, or to
// read ahead.
func pauses() (all []pause) {
	for _, w := range []way{
		{program: "cat", in: pipe, out: pipe, copy: none},
		{program: "cat", options: "-n", in: pipe, out: pipe, copy: none},
		{program: "base64", in: pipe, out: pipe, copy: none},
		{program: "base64", options: "-d", in: socket, out: pipe, copy: none},
		{program: "tee", in: pipe, out: pipe, copy: file},
		{program: "tee", options: "-p", in: pipe, out: pipe, copy: file},
		{program: "tee", options: "-i", in: pipe, out: pipe, copy: file},
	} {
		const later = 200_000
		all = append(all, pause{way: w, fed: 1}, pause{way: w, fed: later})
		all = append(all, pause{way: w, stuck: true}, pause{way: w, stuck: true, taken: later})
	}
	return append(all,
		pause{way: way{program: "cat", in: file, out: pipe, copy: none}, stuck: true, taken: 200_000},
		pause{way: way{program: "cat", in: operand, out: pipe, copy: none}, stuck: true, taken: 200_000},
		pause{way: way{program: "echo", in: none, out: pipe, copy: none}, stuck: true},
	)
}

// reach starts the program and returns when it waits in p. What it then still
// lacks is given to it when resume is closed.
func (p pause) reach(t *testing.T, before ...string) (tr *trial, resume chan struct{}) {
	tr = try(t, planFor(p.way, largeSize))
	tr.before = before
	resume = make(chan struct{})
	tr.feed = func(tr *trial, w *os.File) {
		if p.stuck {
			feedAll(tr, w)
			return
		}
		if _, err := w.Write(tr.source[:p.fed]); err == nil {
			tr.ready.Store(true)
			<-resume
		}
		feedEnd(tr, w, tr.source[p.fed:])
	}
	if p.stuck {
		tr.take = func(tr *trial, r *os.File) []byte {
			got := make([]byte, p.taken)
			n, err := io.ReadFull(r, got)
			if err == nil {
				tr.ready.Store(true)
				<-resume
			}
			return takeRest(r, got[:n])
		}
	}
	tr.start()
	require.Eventually(t, tr.paused(p), trialLimit, pollEvery)
	return tr, resume
}

// paused returns a look at whether the program waits in p. It is past its start
// once it has taken something in, or let something out.
func (tr *trial) paused(p pause) func() bool {
	return func() bool {
		if !tr.ready.Load() {
			return false
		}
		if p.stuck {
			return waiting(tr.stdout.file) > 0 && asleep(tr.cmd.Process.Pid)
		}
		return waiting(tr.stdin.file) == 0 && asleep(tr.cmd.Process.Pid)
	}
}

// waiting is how many bytes there are to read from a pipe, by either end, or
// a socket.
func waiting(f *os.File) int {
	n, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCINQ)
	if err != nil {
		return -1
	}
	return n
}

// fatal are the signals that end a program that has asked for nothing. Those
// that mean a fault of its own (SEGV and its like) stay with the runtime.
func fatal() []unix.Signal {
	return []unix.Signal{
		unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTRAP, unix.SIGABRT, unix.SIGUSR1, unix.SIGUSR2,
		unix.SIGPIPE, unix.SIGALRM, unix.SIGTERM, unix.SIGSTKFLT, unix.SIGXCPU, unix.SIGVTALRM,
		unix.SIGPROF, unix.SIGIO, unix.SIGPWR, unix.SIGSYS, unix.SIGKILL,
	}
}

// TestFatalSignals kills programs wherever they wait. They die as a C program
// does: silently, and their parent sees of what.
func TestFatalSignals(t *testing.T) {
	t.Parallel()
	for _, p := range pauses() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			for _, signal := range fatal() {
				if p.ignores(signal) {
					continue
				}
				t.Run(signal.String(), func(t *testing.T) {
					tr, resume := p.reach(t)
					require.NoError(t, tr.cmd.Process.Signal(signal))
					got := tr.waitThen(func() { close(resume) })
					assert.Equal(t, 128+int(signal), got.status, "exit status")
					assert.Empty(t, got.stderr)
					tr.checkBytes("standard output", got.out, false, noSide)
					tr.checkBytes("tee's FILE", got.copy, false, noSide)
				})
			}
		})
	}
}

// ignores reports whether the options ask to ignore a signal.
func (w way) ignores(signal unix.Signal) bool {
	return w.options == "-i" && signal == unix.SIGINT || w.options == "-p" && signal == unix.SIGPIPE
}

// TestHarmlessSignals sends what a C program would not notice, to programs that
// wait, and then lets them finish.
func TestHarmlessSignals(t *testing.T) {
	t.Parallel()
	for _, p := range pauses() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			tr, resume := p.reach(t)
			for _, signal := range []unix.Signal{
				unix.SIGWINCH, unix.SIGCHLD, unix.SIGURG, unix.SIGCONT, unix.SIGSTOP, unix.SIGWINCH, unix.SIGCONT,
			} {
				require.NoError(t, tr.cmd.Process.Signal(signal))
			}
			for _, signal := range fatal() {
				if p.ignores(signal) {
					require.NoError(t, tr.cmd.Process.Signal(signal))
				}
			}
			close(resume)
			tr.check(tr.wait(), noSide, "")
		})
	}
}

// TestInheritedSignals starts programs by what ignores signals for them, as
// nohup does, and sends those.
func TestInheritedSignals(t *testing.T) {
	t.Parallel()
	for name, before := range map[string][]string{
		"HUP":     {"nohup"},
		"INT HUP": {"sh", "-c", `trap '' INT HUP && exec "$@"`, "sh"},
	} {
		for _, p := range pauses() {
			t.Run(name+" "+p.String(), func(t *testing.T) {
				t.Parallel()
				tr, resume := p.reach(t, before...)
				for name := range strings.FieldsSeq(name) {
					require.NoError(t, tr.cmd.Process.Signal(unix.SignalNum("SIG"+name)))
				}
				close(resume)
				tr.check(tr.wait(), noSide, "")
			})
		}
	}
}

// TestPestered stops and continues each way, and changes the size of its
// window, over and over while it works: that interrupts system calls of every
// kind. Nothing is lost or doubled.
func TestPestered(t *testing.T) {
	t.Parallel()
	eachWay(t, largeSize, everyWay, func(t *testing.T, p plan) {
		tr := try(t, p)
		tr.narrow()
		tr.feed, tr.take = feedSlowlyTo, takeSlowly
		tr.start()
		ended := make(chan struct{})
		tr.pumps.Go(func() { pester(tr, ended) })
		got := tr.waitThen(func() { close(ended) })
		tr.check(got, noSide, "")
	})
}

// pester sends signals until the program has ended.
func pester(tr *trial, ended chan struct{}) {
	again := time.NewTicker(pollEvery / 4)
	defer again.Stop()
	for {
		for _, signal := range []unix.Signal{unix.SIGSTOP, unix.SIGCONT, unix.SIGWINCH, unix.SIGURG} {
			select {
			case <-ended:
				return
			case <-again.C:
				_ = tr.cmd.Process.Signal(signal) // it may have ended just now
			}
		}
	}
}
