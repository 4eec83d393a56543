package draw

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/tour/record"
)

// TestTable looks at a shell that has opened files of its own.
func TestTable(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	sh := exec.Command("bash", "-c", "exec 42>>f 43>&42 5<>g 4>&-; echo hi >&5; echo; read -r x")
	sh.Dir = folder
	in, err := sh.StdinPipe()
	require.NoError(t, err)
	out, err := sh.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, sh.Start())
	_, err = out.Read(make([]byte, 1)) // it has come to read
	require.NoError(t, err)
	table := map[int]*record.Descriptor{}
	for _, d := range Table(sh.Process.Pid) {
		table[d.FD] = d
	}
	require.NoError(t, in.Close())
	assert.Error(t, sh.Wait(), "read fails at the end of its input")
	require.NotNil(t, table[42])
	assert.Equal(t, record.File, table[42].Kind)
	assert.Equal(t, folder+"/f", table[42].Path)
	assert.True(t, table[42].Append)
	assert.Equal(t, record.WriteOnly, table[42].Access)
	assert.Equal(t, int64(3), table[5].Offset)
	assert.Equal(t, record.ReadWrite, table[5].Access)
	assert.Same(t, table[42], table[43].SameAs)
	assert.Nil(t, table[5].SameAs)
	assert.Equal(t, record.Pipe, table[0].Kind)
	assert.NotZero(t, table[0].Number)
	assert.Nil(t, table[4])
	assert.Nil(t, Table(-1))
}
