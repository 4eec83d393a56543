//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/judge/script"
)

// narrow are limits that a hostile program meets soon.
func narrow() script.Limits {
	const mib = 1 << 20
	return script.Limits{
		Idle: time.Second, Processor: 2 * time.Second, Whole: time.Minute,
		Memory: 96 * mib, Disk: 8 * mib, Output: 4 * mib, Processes: 40,
	}
}

// sleeper is a command that only this test's process gives, so that it can see
// whether one has been left behind. It sleeps for more than a day.
func sleeper() string { return fmt.Sprintf("sleep 98765.%d", os.Getpid()) }

// TestHostile: the judge comes to a verdict on whatever is put in cat's place,
// and nothing of that is left.
func TestHostile(t *testing.T) {
	for _, test := range []struct {
		name    string
		program string
		cost    string // why it had to be stopped
		got     string // what else came of it
	}{
		{"hangs", "exec " + sleeper(), "Nothing happened for 1s. Waiting: sleep.", ""},
		{"stops itself", "kill -STOP $$", "Nothing happened for 1s.", ""},
		{"waits for another signal", "trap '' TERM INT HUP; " + sleeper(), "Nothing happened for 1s.", ""},
		{"spins", "while :; do :; done", "It did not come to an end in 2s of processor time.", ""},
		{"kills its process group", "kill -KILL 0", "It ended the judge's own process with SIGKILL", ""},
		{"kills its parent", "kill -KILL $PPID", "It ended the judge's own process with SIGKILL", ""},
		{"kills its group and hides", "env -i setsid " + sleeper() + " </dev/null >/dev/null 2>&1 & kill -KILL 0", "It ended the judge's own process", ""},
		{"stops its parent", "kill -STOP $PPID; exec " + sleeper(), "It stopped the judge's own process", ""},
		{"starts many", "for i in $(seq 100); do " + sleeper() + " & done; wait", "It started more than 40 processes.", ""},
		{"leaves one that holds its output", sleeper() + " &", "Nothing happened for 1s. Waiting: sleep.", ""},
		{"leaves one that hides", "setsid " + sleeper() + " </dev/null >/dev/null 2>&1 & cat \"$@\"", "", ""},
		{"prints without end", "exec yes", "It printed more than 4 MiB.", ""},
		{"complains without end", "exec yes >&2", "It printed more than 4 MiB.", ""},
		{"fills a file", "exec yes >big", "The file big grew to 8 MiB", ""},
		{"makes files without end", "i=0; while :; do i=$((i+1)); head -c 1000000 /dev/urandom >$i; done", "Its files took more than 8 MiB.", ""},
		{"takes memory", "head -c 300000000 /dev/zero | tail -n 1 | wc -c", "It took more than 96 MiB of memory.", ""},
		{"reads its terminal", "read line </dev/tty", "", "No such device or address"},
		{"crashes", "kill -SEGV $$", "", "139, it died of SIGSEGV"},
		{"removes its folder", "rm -rf \"$PWD\"", "", ""},
		{"locks its folder", "mkdir d; touch d/f; chmod 0 d . ", "", ""},
		{"does nothing", "exit 0", "", ""},
		{"fails", "echo no >&2; exit 3", "", "3\n! no"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := openFolder(t)
			file := filepath.Join(dir, "mycat")
			require.NoError(t, os.WriteFile(file, []byte("#!/bin/sh\nPATH=/usr/bin:/bin\n"+test.program+"\n"), 0o755))
			c, err := newCourt(behaviours(t), filepath.Join(os.Getenv(built), "ours"), narrow())
			require.NoError(t, err)
			t.Cleanup(c.close)
			require.NoError(t, c.choose("", "cat-one-file"))
			v := verdicts(t, c, "cat", file)["cat-one-file"]
			if test.name != "leaves one that hides" {
				assert.Equal(t, script.Failed, v.Outcome)
			}
			assert.Contains(t, v.Cost, test.cost)
			if test.cost == "" {
				assert.Empty(t, v.Cost)
			}
			assert.Contains(t, string(v.Got), test.got)
		})
	}
}

// TestNothingIsLeft runs after TestHostile, whose subtests run together.
func TestNothingIsLeft(t *testing.T) {
	script.EndRest()
	assert.Empty(t, sleepers(t))
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "fd42-behaviour-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func sleepers(t *testing.T) (pids []string) {
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, path := range lines {
		if line, err := os.ReadFile(path); err == nil && string(bytes.ReplaceAll(line, []byte{0}, []byte(" "))) == sleeper()+" " {
			pids = append(pids, path)
		}
	}
	return pids
}

// openFolder is a folder that everyone may enter, unlike t.TempDir's.
func openFolder(t *testing.T) string {
	dir, err := os.MkdirTemp("", "fd42-judge-hostile-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o755))
	return dir
}

// TestNoProgram: what cannot be started is said to be so, and not asked for
// anything.
func TestNoProgram(t *testing.T) {
	dir := openFolder(t)
	file := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), mode))
		return path
	}
	fifo := filepath.Join(dir, "fifo")
	require.NoError(t, unix.Mkfifo(fifo, 0o777))
	loop := filepath.Join(dir, "loop")
	require.NoError(t, os.Symlink(loop, loop))
	empty, odd := filepath.Join(dir, "empty"), filepath.Join(dir, "odd")
	require.NoError(t, os.Mkdir(empty, 0o755))
	require.NoError(t, os.Mkdir(odd, 0o755))
	file("odd/go.mod", "module odd\n\ngo 1.21\n", 0o644)
	file("odd/main.go", "package main\n\nfunc main() { oddly() }\n", 0o644)
	for _, test := range []struct{ file, said string }{
		{filepath.Join(dir, "nope"), "no such file or directory"},
		{file("plain", "#!/bin/sh\n", 0o644), "is not executable: chmod +x"},
		{file("text", "some words\n", 0o755), "is no program that this system can run"},
		{file("nothing", "", 0o755), "is no program that this system can run"},
		{file("lost", "#!/nope/sh\n", 0o755), "cannot be started"},
		{fifo, "is no program, but a FIFO"},
		{loop, "too many levels of symbolic links"},
		{"/dev/null", "is no program, but a device"},
		{empty, "it does not build"},
		{odd, "undefined: oddly"},
	} {
		t.Run(filepath.Base(test.file), func(t *testing.T) {
			c := newTestCourt(t, behaviours(t), "cat-one-file")
			_, err := c.summon(t.Context(), "cat", test.file)
			assert.ErrorContains(t, err, test.said)
			var out strings.Builder
			require.ErrorIs(t, c.judgeAll(t.Context(), map[string]string{"cat": test.file}, &out), errFailed)
			assert.Contains(t, out.String(), test.said)
		})
	}
}

// TestInterpreted: a script is judged like any program.
func TestInterpreted(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("no python3 here")
	}
	file := filepath.Join(openFolder(t), "mycat.py")
	require.NoError(t, os.WriteFile(file, []byte("#!/usr/bin/env python3\nimport sys\nfor name in sys.argv[1:]:\n    sys.stdout.buffer.write(open(name, 'rb').read())\n"), 0o755))
	c := newTestCourt(t, behaviours(t), "cat-one-file,cat-several-files,all-exit-status")
	v := verdicts(t, c, "cat", file)
	assert.Equal(t, script.Passed, v["cat-one-file"].Outcome)
	assert.Equal(t, script.Passed, v["cat-several-files"].Outcome)
	assert.Equal(t, script.Failed, v["all-exit-status"].Outcome)
}
