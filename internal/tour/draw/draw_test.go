package draw

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/tour/record"
)

// TestPictures draws the command lines of testdata. Each file there has the
// line, what else is known ("status 1 0", "shell …"), the trace, and
// pictures: their names say the width, and "ascii" where it is meant.
func TestPictures(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			require.NoError(t, err)
			c, pictures := known(t, archive)
			for i, f := range pictures {
				width, ascii := strings.CutSuffix(f.Name, " ascii")
				c.ASCII = ascii
				c.Width, err = strconv.Atoi(width)
				require.NoError(t, err, "the name of a picture")
				got := Picture(c)
				if os.Getenv("UPDATE") != "" {
					pictures[i].Data = []byte(got)
					continue
				}
				assert.Equal(t, string(f.Data), got, "%s at %s\n%s", c.Line, f.Name, got)
			}
			if os.Getenv("UPDATE") != "" {
				require.NoError(t, os.WriteFile(name, txtar.Format(archive), 0o666))
			}
		})
	}
}

// known reads what is known of a command line.
func known(t *testing.T, a *txtar.Archive) (Command, []txtar.File) {
	c := Command{Folder: "/w"}
	shell := ""
	for line := range strings.Lines(string(a.Comment)) {
		line = strings.TrimSuffix(line, "\n")
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "$":
			c.Line = rest
		case ">":
			c.Line += "\n" + rest
		case "status":
			for s := range strings.FieldsSeq(rest) {
				n, err := strconv.Atoi(s)
				require.NoError(t, err)
				c.Statuses = append(c.Statuses, n)
			}
		case "shell":
			shell += "sh[1]: " + rest + "\n"
		case "running":
			n, err := strconv.Atoi(rest)
			require.NoError(t, err)
			c.Running = map[int]bool{n: true}
		default:
			require.Fail(t, "unknown word", line)
		}
	}
	if shell != "" {
		c.Shell = record.Parse(shell).Processes[0].Descriptors
	}
	require.NotEmpty(t, a.Files)
	require.Equal(t, "trace", a.Files[0].Name)
	c.Trace = record.Parse(string(a.Files[0].Data))
	for _, p := range c.Trace.Processes {
		assert.Empty(t, p.Unknown)
	}
	assert.Empty(t, c.Trace.Unknown)
	return c, a.Files[1:]
}
