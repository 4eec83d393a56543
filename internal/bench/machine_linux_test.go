package main

import (
	"bufio"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPeak has a shell fill memory, of which this process's own must not be
// a part.
func TestPeak(t *testing.T) {
	for size, check := range map[string]func(int64){
		"40000000": func(peak int64) { assert.Greater(t, peak, 30*mib) },
		"4":        func(peak int64) { assert.Less(t, peak, 30*mib); assert.Positive(t, peak) },
	} {
		own := make([]byte, 100*mib)
		for i := range own {
			own[i] = 1
		}
		program := exec.Command("/bin/sh", "-c", "x=$(head -c "+size+" /dev/zero | tr '\\0' x); echo full; read x; :")
		stdin, err := program.StdinPipe()
		require.NoError(t, err)
		stdout, err := program.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, program.Start())
		_, err = bufio.NewReader(stdout).ReadString('\n')
		require.NoError(t, err)
		check(peakOf(program.Process.Pid))
		require.NoError(t, stdin.Close())
		_, err = waitWatching(program)
		require.NoError(t, err)
		assert.Zero(t, peakOf(program.Process.Pid), "of a process that has ended")
		assert.NotEmpty(t, own)
	}
}

// TestSwitches watches a shell that waits between one answer and the next.
func TestSwitches(t *testing.T) {
	program := exec.Command("/bin/sh", "-c", "while read x; do echo $x; done")
	stdin, err := program.StdinPipe()
	require.NoError(t, err)
	stdout, err := program.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, program.Start())
	answers := bufio.NewReader(stdout)
	var counts []int64
	for range 3 {
		_, err := stdin.Write([]byte("yes\n"))
		require.NoError(t, err)
		_, err = answers.ReadString('\n')
		require.NoError(t, err)
		count, err := switchesOf(program.Process.Pid)
		require.NoError(t, err)
		counts = append(counts, count)
	}
	assert.Less(t, counts[0], counts[2])
	require.NoError(t, stdin.Close())
	require.NoError(t, program.Wait())
	_, err = switchesOf(program.Process.Pid)
	assert.ErrorContains(t, err, "ended")
}
