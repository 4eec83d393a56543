package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLoopsEndWithTheirInput lets nobody kill the loops: the pipe that they
// read ends, as it does with this process.
func TestLoopsEndWithTheirInput(t *testing.T) {
	loops, alive, err := startLoops(2)
	require.NoError(t, err)
	require.NoError(t, alive.Close())
	for _, loop := range loops {
		assert.NoError(t, loop.Wait())
	}
}

func TestKeepBusy(t *testing.T) {
	stop, err := keepBusy()
	require.NoError(t, err)
	stop()
}
