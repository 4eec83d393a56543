//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/judge/script"
)

// TestMain builds the suite's programs, and the broken ones.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case script.AskName, script.AsleepName:
		main()
		return
	}
	os.Exit(buildAndRun(m))
}

// root is the top of the checkout, seen from this package's folder.
const root = "../.."

// built is the folder that TestMain fills, in the environment.
const built = "FD42_JUDGE_TEST"

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "fd42-judge-test-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = os.Chmod(dir, 0o755) // a behaviour may run a program as another user
	}
	for _, what := range [][2]string{{"ours", "./cmd/..."}, {"broken", "./internal/judge/testdata/broken"}} {
		out := filepath.Join(dir, what[0]) + "/"
		if err == nil {
			err = os.Mkdir(out, 0o755)
		}
		if err == nil {
			cmd := exec.Command("go", "build", "-buildvcs=false", "-o", out, what[1])
			cmd.Dir, cmd.Stderr = root, os.Stderr
			cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
			err = cmd.Run()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	os.Setenv(built, dir)
	os.Setenv("TMPDIR", dir) // what is left there is the tests' own
	return m.Run()
}

// behaviours are all of testdata/script.
func behaviours(t *testing.T) []script.Behaviour {
	all, err := script.ReadDir(filepath.Join(root, scriptsDir))
	require.NoError(t, err)
	return all
}

// hasty are limits that end a hang soon. Each is still far more than any good
// program needs here.
func hasty() script.Limits {
	limits := script.Usual()
	limits.Idle, limits.Processor = 2*time.Second, 3*time.Second
	return limits
}

// newTestCourt judges those of the behaviours that are named, or all.
func newTestCourt(t *testing.T, all []script.Behaviour, only string) *court {
	c, err := newCourt(all, filepath.Join(os.Getenv(built), "ours"), hasty())
	require.NoError(t, err)
	t.Cleanup(c.close)
	require.NoError(t, c.choose("", only))
	return c
}

// verdicts judges a program, and gives the verdict on each behaviour by name.
func verdicts(t *testing.T, c *court, program, file string) map[string]script.Verdict {
	d, err := c.summon(t.Context(), program, file)
	require.NoError(t, err)
	all := map[string]script.Verdict{}
	require.NoError(t, c.ask(t.Context(), d, func(s stageResult) bool {
		for _, r := range s.results {
			all[r.Name] = r.Verdict
		}
		return true
	}))
	return all
}

// TestEachStageHasBehaviours: a stage without any would pass whatever there is.
func TestEachStageHasBehaviours(t *testing.T) {
	all := behaviours(t)
	for _, program := range script.Programs() {
		for _, stage := range script.Stages(program) {
			found := false
			for _, b := range all {
				found = found || b.Stages[program] == stage.Name
			}
			assert.True(t, found, "%s has no behaviour in its stage %s", program, stage.Name)
		}
	}
}

// TestChoosing: a stage is chosen by its number or its name, and what there is
// not is an error.
func TestChoosing(t *testing.T) {
	c := newTestCourt(t, behaviours(t), "")
	for _, stage := range []string{"9", "numbers"} {
		require.NoError(t, c.choose(stage, ""))
		stages, err := c.stages("cat")
		require.NoError(t, err)
		require.Len(t, stages, 1)
		assert.Equal(t, "numbers", stages[0].Name)
		assert.Equal(t, 9, stages[0].number)
	}
	require.NoError(t, c.choose("sand", ""))
	_, err := c.stages("cat")
	assert.ErrorContains(t, err, "1 bytes, 2 status")
	assert.Error(t, c.choose("", "cat-numbre"))
}

// TestChoiceAmongPrograms: a behaviour of one program is no question to others.
func TestChoiceAmongPrograms(t *testing.T) {
	c := newTestCourt(t, behaviours(t), "cat-one-file")
	var out strings.Builder
	ours := inFolder(c.ours)
	require.NoError(t, c.judgeAll(t.Context(), ours, &out))
	assert.Contains(t, out.String(), "1 of 1 behaviours pass")
	assert.NotContains(t, out.String(), "tee:")
	delete(ours, "cat")
	assert.ErrorContains(t, c.judgeAll(t.Context(), ours, &out), "no such stage or behaviour")
}

// TestPrivateProgram: nobody runs a program, though its folder is private.
func TestPrivateProgram(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "private")
	require.NoError(t, os.Mkdir(dir, 0o700))
	content, err := os.ReadFile(filepath.Join(os.Getenv(built), "ours", "cat"))
	require.NoError(t, err)
	file := filepath.Join(dir, "mycat")
	require.NoError(t, os.WriteFile(file, content, 0o700))
	v := verdicts(t, newTestCourt(t, behaviours(t), "cat-file-fails"), "cat", file)["cat-file-fails"]
	assert.Equal(t, script.Passed, v.Outcome, string(v.Log))
}

// TestFolders: however a folder keeps the programs, they are found.
func TestFolders(t *testing.T) {
	dir := t.TempDir()
	assert.Equal(t, map[string]string{"echo": "", "cat": "", "tee": "", "base64": ""}, inFolder(dir))
	for _, name := range []string{"cat", "uu_tee"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o755))
	}
	assert.Equal(t, map[string]string{"echo": "", "cat": dir + "/cat", "tee": dir + "/uu_tee", "base64": ""}, inFolder(dir))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "busybox"), nil, 0o755))
	assert.Equal(t, dir+"/busybox", inFolder(dir)["base64"])
	assert.Equal(t, dir+"/busybox", inFolder(dir + "/busybox")["cat"])
}

// TestTable: who passes what, in text and as Markdown.
func TestTable(t *testing.T) {
	for format, rows := range map[string][]string{
		"text":     {"1 bytes  1 of 1  0 of 1\n", "cat-one-file (POSIX)", "yes   no"},
		"markdown": {"| 1 bytes | 1 of 1 | 0 of 1 |\n", "| cat-one-file (POSIX) | yes | no |\n", "| --- | --- | --- |\n"},
	} {
		t.Run(format, func(t *testing.T) {
			dir := openFolder(t)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "cat"), []byte("#!/bin/sh\nexit 0\n"), 0o755))
			var out strings.Builder
			c := newTestCourt(t, behaviours(t), "cat-one-file")
			require.NoError(t, c.table(t.Context(), []string{dir}, format, &out))
			for _, row := range rows {
				assert.Contains(t, out.String(), row)
			}
		})
	}
	c := newTestCourt(t, behaviours(t), "cat-one-file")
	assert.ErrorContains(t, c.table(t.Context(), nil, "html", nil), "text or markdown")
	assert.ErrorContains(t, c.table(t.Context(), []string{t.TempDir()}, "", nil), "none of the programs")
}

// TestEasyFirst: in a stage, the failure that is shown first is easy to
// understand, and its command says where the outputs lead.
func TestEasyFirst(t *testing.T) {
	c := newTestCourt(t, behaviours(t), "")
	stages, err := c.stages("cat")
	require.NoError(t, err)
	first := map[string]string{}
	for _, s := range stages {
		first[s.Name] = s.results[0].Name
	}
	assert.Equal(t, "cat-several-files", first["status"])
	assert.Equal(t, "cat-standard-input", first["input"])
	assert.Equal(t, "all-write-error", first["failures"])
	assert.Equal(t, "cat-number", first["numbers"])

	file := filepath.Join(openFolder(t), "mycat")
	require.NoError(t, os.WriteFile(file, []byte("#!/bin/sh\nexit 1\n"), 0o755))
	require.NoError(t, c.choose("reader", ""))
	assert.Equal(t, "cat f  # stdout is a pipe whose reader has gone away", verdicts(t, c, "cat", file)["all-reader-gone"].Command)
}
