package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain lets a test run this package's main in a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("FD42_BENCH_MAIN") != "" || os.Getenv(spinVariable) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestSmoke runs a few short rows of every kind of line from beginning to end.
func TestSmoke(t *testing.T) {
	t.Parallel()
	cat, err := exec.LookPath("cat")
	require.NoError(t, err)
	for format, want := range map[string][]string{
		"text":     {"another program kept each core busy", "== sizes\n", "cat of 4KiB, less the start", "== writes\n", "echo -e $long >/dev/null, 120 arguments", "all groups: "},
		"markdown": {"### sizes\n\n| work | fd42 | best peer | goal | GNU ", "| cat of 4KiB | ", "| `tee <tiny >/dev/null` | ", "all groups: "},
	} {
		busy := "" // once is enough: it slows the other tests
		if format == "text" {
			busy = "1"
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "FD42_BENCH_MAIN=1", "BIN="+filepath.Dir(cat), "DIR="+t.TempDir(),
			"RUNS=1", "ONLY=^cat of 4KiB$,^tee <tiny,^echo -e .long", "PEERS=", "BEFORE="+filepath.Dir(cat), "FORMAT="+format, "BUSY="+busy, "EACH=")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		for _, text := range append(want, earlierLabel) {
			assert.Contains(t, string(out), text)
		}
	}
}

// TestInputsGoWhateverHappens runs the benchmark in another process and ends
// it once it has begun.
func TestInputsGoWhateverHappens(t *testing.T) {
	cat, err := exec.LookPath("cat")
	require.NoError(t, err)
	for name, end := range map[string]func(*os.Process, io.Closer) error{
		"interrupt":   func(p *os.Process, _ io.Closer) error { return p.Signal(os.Interrupt) },
		"terminate":   func(p *os.Process, _ io.Closer) error { return p.Signal(syscall.SIGTERM) },
		"gone reader": func(_ *os.Process, stdout io.Closer) error { return stdout.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "FD42_BENCH_MAIN=1", "BIN="+filepath.Dir(cat), "DIR="+dir,
				"RUNS=1", "ONLY=copy", "PEERS=", "BEFORE=", "FORMAT=", "BUSY=1", "EACH=",
				"PATH=") // where busybox and toybox are
			stdout, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			heading, err := bufio.NewReader(stdout).ReadString('\n')
			require.NoError(t, err)
			assert.Contains(t, heading, "at least 1 runs")
			inputs, err := os.ReadDir(dir)
			require.NoError(t, err)
			assert.Len(t, inputs, 1)

			require.NoError(t, end(cmd.Process, stdout))
			assert.ErrorContains(t, cmd.Wait(), "exit status 1")
			left, err := os.ReadDir(dir)
			require.NoError(t, err)
			assert.Empty(t, left)
		})
	}
}
