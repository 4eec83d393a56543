//go:build !plain

package stream

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestSmallTwin has a twin pipe that is smaller than the own pipe, so that tee(2)
// duplicates only a part of the bytes. Every output gets all of them, and nothing is
// left in the twin for the next copy of the same program.
func TestSmallTwin(t *testing.T) {
	s := apart()
	require.True(t, makePipe(&s.conduit.twin))
	defer s.conduit.close()
	_, err := unix.FcntlInt(uintptr(s.conduit.twin[1]), unix.F_SETPIPE_SZ, 4096)
	require.NoError(t, err)

	for range 2 {
		var outs []*end
		var written []func() string
		for range 3 {
			out, w := outputKinds[2].open(t)
			outs, written = append(outs, out), append(written, w)
		}
		require.NoError(t, copyTo(s, inputKinds[0].open(t, long), outs...))
		for _, w := range written {
			assert.True(t, long == w())
		}
		_, err = unix.FcntlInt(uintptr(s.conduit.twin[1]), unix.F_SETPIPE_SZ, 1<<20) // the next copy goes on in the relay
		require.NoError(t, err)
	}
}
