//go:build linux

package acceptance

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/judge/script"
)

// TestScripts asks the programs for every behaviour of testdata/script, as
// `make judge` asks any program.
func TestScripts(t *testing.T) {
	behaviours, err := script.ReadDir(filepath.Join(root, "testdata/script"))
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	limits := script.Usual()
	// The race detector needs more of everything.
	limits.Idle, limits.Processor, limits.Memory = 15*time.Second, time.Minute, 8*limits.Memory
	runner := script.Runner{Self: self, Limits: limits}
	for _, b := range behaviours {
		t.Run(b.Name, func(t *testing.T) {
			t.Parallel()
			switch v := runner.Run(b, os.Getenv("FD42_BIN")); v.Outcome {
			case script.Skipped:
				t.Skip(v.Reason)
			case script.Failed:
				t.Errorf("%s\n%s%s\n%s", b.Is, v.Cost, v.Reason, v.Log)
			}
		})
	}
}

func init() {
	commands[script.AskName] = script.Ask
	commands[script.AsleepName] = script.RunAsleep
}

// exitStatus is what a shell's $? would say of a program whose run gave err.
func exitStatus(err error) (int, error) { return script.ExitStatus(err) }

// What the judge knows about processes and terminals, other tests use too.
func asleep(pid int) bool          { return script.Asleep(pid) }
func waitAsleep(pid int)           { script.WaitAsleep(pid) }
func makePlain(tty *os.File) error { return script.MakePlain(tty) }
