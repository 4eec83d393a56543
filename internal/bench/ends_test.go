package main

import (
	"errors"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPipelineMovesEverything counts what comes out of src, in pages and in
// writes, and what goes into sink.
func TestPipelineMovesEverything(t *testing.T) {
	const n = 3*mib + 12345
	failed := make(chan error, 1)
	for _, write := range []int{0, 64, 65536} {
		reader, writer, err := os.Pipe()
		require.NoError(t, err)
		go func() { failed <- src(writer, n, write) }()
		got, err := io.Copy(io.Discard, reader)
		require.NoError(t, errors.Join(err, <-failed))
		assert.EqualValues(t, n, got)
	}
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	go func() { failed <- sink(reader) }()
	_, err = writer.Write(make([]byte, n))
	require.NoError(t, errors.Join(err, writer.Close(), <-failed))
}
