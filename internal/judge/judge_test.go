//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
