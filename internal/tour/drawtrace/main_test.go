package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const trace = `echo[11]: fd 0   stdin      terminal /dev/pts/0  read-write
echo[11]: fd 1   stdout     pipe 1  write-only
echo[11]: write  fd 1  3 bytes
echo[11]: exit   0
cat[12]: fd 0   stdin      pipe 1  read-only
cat[12]: fd 1   stdout     file /tmp/f  write-only, offset 0
cat[12]: copy   fd 0 -> fd 1  3 bytes, 2 calls (read and write)
cat[12]: end    fd 1  offset 3
cat[12]: exit   0
`

// drawn runs with these settings and returns what it wrote.
func drawn(t *testing.T, settings map[string]string) (string, error) {
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer out.Close()
	failed := run(func(name string) string { return settings[name] }, out)
	text, err := os.ReadFile(out.Name())
	require.NoError(t, err)
	return string(text), failed
}

func TestDraw(t *testing.T) {
	name := filepath.Join(t.TempDir(), "t")
	require.NoError(t, os.WriteFile(name, []byte(trace), 0o666))
	text, err := drawn(t, map[string]string{"TRACE": name, "LANG": "C.UTF-8"})
	require.NoError(t, err)
	assert.Equal(t, `   ┌─ echo ─┐          ┌─ cat ──┐
   │        1══ 3 B ══→0        1── 3 B ──→●0→3 [/tmp/f]
   └ exit 0 ┘    p1    └ exit 0 ┘
`, text)
	text, err = drawn(t, map[string]string{"TRACE": name, "LANG": "C.UTF-8", "LC_ALL": "C"})
	require.NoError(t, err)
	assert.Equal(t, strings.Count(text, "+"), 8)
	text, err = drawn(t, map[string]string{"TRACE": name, "LANG": "C.utf8", "WIDTH": "40"})
	require.NoError(t, err)
	assert.Equal(t, 6, strings.Count(text, "\n"))
}

func TestFailures(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "t")
	require.NoError(t, os.WriteFile(empty, []byte("hello\n"), 0o666))
	for _, c := range []struct {
		trace, width, want string
	}{
		{"", "", "TRACE=FILE is missing: the file that FD42_TRACE named"},
		{empty + "/x", "", "open " + empty + "/x: not a directory"},
		{empty, "", empty + ": no process left a trace in it"},
	} {
		text, err := drawn(t, map[string]string{"TRACE": c.trace, "WIDTH": c.width})
		assert.EqualError(t, err, c.want)
		assert.Empty(t, text)
	}
	require.NoError(t, os.WriteFile(empty, []byte(trace), 0o666))
	for _, width := range []string{"0", "-3", "wide"} {
		_, err := drawn(t, map[string]string{"TRACE": empty, "WIDTH": width})
		assert.EqualError(t, err, "WIDTH="+width+": not a number of columns")
	}
}
