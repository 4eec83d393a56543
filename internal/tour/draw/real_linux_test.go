package draw

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/tour/record"
)

// real are the pictures of testdata that the programs themselves must give: the
// lines run in bash, on a terminal.
var real = []string{
	"workshop-redirect", "workshop-pipeline", "workshop-tee", "workshop-shared", "workshop-twice",
	"workshop-exec", "workshop-append", "input-file", "operand", "operands", "other-order",
	"both-in-pipe", "both-pipe-all", "complaint", "error-file", "error-appended", "both-to-file",
	"full", "here-doc", "here-string", "read-write", "five", "group", "group-read", "group-pipe",
	"sequence", "subshell", "and", "exec-alone", "exec-read", "three-echoes", "substitution-out",
	"command-substitution", "loop", "function", "sh-c", "exec-out", "read-write-42", "swap", "around",
	"append-both", "fifo", "not-run", "or-run", "move", "input-is-output", "directory",
}

// files are what the lines find.
var files = map[string]string{
	"note": "hello\n", "a": "hello\n", "b": strings.Repeat("hello world\n", 100),
	"lines": "one\ntwo\nthree\n", "copy": "one stream\n",
}

// more are what single lines find besides.
var more = map[string]map[string]string{
	"workshop-append": {"list": "first\n"},
	"error-appended":  {"err": strings.Repeat("x", 36) + "\n"},
	"append-both":     {"log": "012345678\n"},
	"exec-read":       {"f": "hi\n"},
	"input-is-output": {"f": "hi\n"},
	"or-run":          {"f": "hi\n"},

	"workshop-reader-left": {"big": strings.Repeat("hello\n", 1<<20)},
}

func TestReal(t *testing.T) {
	t.Parallel()
	programs := t.TempDir()
	build := exec.Command("go", "build", "-o", programs+"/", "fd42.example/fd42/cmd/...")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, name := range real {
		t.Run(name, func(t *testing.T) {
			archive, err := txtar.ParseFile("testdata/" + name + ".txtar")
			require.NoError(t, err)
			known, pictures := known(t, archive)
			c := typed(t, programs, name, known)
			for _, f := range pictures {
				width, ascii := strings.CutSuffix(f.Name, " ascii")
				c.ASCII = ascii
				c.Width, err = strconv.Atoi(width)
				require.NoError(t, err)
				assert.Equal(t, string(f.Data), Picture(c), "%s at %s\n%s", c.Line, f.Name, Picture(c))
			}
		})
	}
	t.Run("workshop-reader-left", func(t *testing.T) {
		// How much head takes before it leaves is not always the same.
		c := typed(t, programs, "workshop-reader-left", Command{Line: "cat big | head -1"})
		c.Width = 80
		picture := Picture(c)
		assert.Regexp(t, `(?m)^ +\[big\]●────→3 +1══ [0-9,]+ B ══╳   0        1──→\(tty\)$`, picture)
		assert.Regexp(t, `(?m)^ +└─ † SIGPIPE ─┘ +p[0-9] +└·exit 0·┘$`, picture)
	})
}

// typed runs a line and returns all that is known of it. It waits for as many
// processes as a trace that is known has, some of which the shell does not wait for.
func typed(t *testing.T, programs, name string, known Command) Command {
	folder, aside := t.TempDir(), t.TempDir()
	for _, set := range []map[string]string{files, more[name]} {
		for file, content := range set {
			require.NoError(t, os.WriteFile(filepath.Join(folder, file), []byte(content), 0o666))
		}
	}
	if name == "fifo" {
		require.NoError(t, exec.Command("mkfifo", folder+"/fifo").Run())
	}
	script := fmt.Sprintf("enable -n echo\nexport FD42_TRACE='%s/trace'\n%s\nprintf '%%s ' \"${PIPESTATUS[@]}\" >'%[1]s/status'\n[ -z \"$!\" ] || wait $!\n", aside, known.Line)
	// From a file: within one -c, bash keeps its ends of process substitutions open.
	require.NoError(t, os.WriteFile(aside+"/script", []byte(script), 0o666))
	bash := exec.Command("bash", aside+"/script")
	bash.Dir = folder
	bash.Env = []string{"PATH=" + programs + ":" + os.Getenv("PATH"), "LC_ALL=C"}
	terminal, err := pty.Start(bash)
	require.NoError(t, err)
	defer terminal.Close()
	go io.Copy(io.Discard, terminal)
	_ = bash.Wait() // exec >log leaves another status
	c := Command{Line: known.Line, Folder: folder}
	statuses, err := os.ReadFile(aside + "/status")
	require.NoError(t, err)
	for s := range strings.FieldsSeq(string(statuses)) {
		n, err := strconv.Atoi(s)
		require.NoError(t, err)
		c.Statuses = append(c.Statuses, n)
	}
	require.Eventually(t, func() bool {
		text, _ := os.ReadFile(aside + "/trace")
		c.Trace = record.Parse(string(text))
		over := 0
		for _, p := range c.Trace.Processes {
			if p.Exited || p.Signal != "" {
				over++
			}
		}
		return over >= len(known.Trace.Processes)
	}, time.Minute, 10*time.Millisecond)
	assert.Empty(t, c.Trace.Unknown)
	for _, p := range c.Trace.Processes {
		assert.Empty(t, p.Unknown)
	}
	return c
}
