package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/stream/streamtest"
)

// TestRunOrder: where the first failure ends tee, outputs behind the one that
// failed have had nothing that it lacks. A pipe in second place is where a
// shortcut would rather begin.
func TestRunOrder(t *testing.T) {
	const room = 200 << 10
	memory, err := unix.MemfdCreate("fd42", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	require.NoError(t, err)
	defer unix.Close(memory)
	require.NoError(t, unix.Ftruncate(memory, room))
	_, err = unix.FcntlInt(uintptr(memory), unix.F_ADD_SEALS, unix.F_SEAL_GROW)
	require.NoError(t, err)

	r, w, err := os.Pipe()
	require.NoError(t, err)
	piped := make(chan int)
	go func() {
		all, _ := io.ReadAll(r)
		piped <- len(all)
	}()
	s := streamtest.New(t, "tee", strings.Repeat("text", 1<<20))
	s.WriteTo(fmt.Sprintf("/proc/self/fd/%d", memory))
	assert.Equal(t, 1, run(s.Streams, []string{"--output-error=exit", fmt.Sprintf("/proc/self/fd/%d", w.Fd())}))
	require.NoError(t, w.Close())
	_, stderr := s.Written()
	assert.Equal(t, "tee: 'standard output': Operation not permitted\n", stderr)
	assert.LessOrEqual(t, <-piped, room)
}
