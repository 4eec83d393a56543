// Package acceptance tests the four programs as a person meets them:
// compiled, named on a command line, joined by a real shell. It holds no
// code of the suite's own.
package acceptance

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestMain builds the programs once, as `make` does, and puts them first in
// PATH. Under -race they are built with the race detector too, which needs
// cgo; see raceFlags.
func TestMain(m *testing.M) {
	if command := commands[filepath.Base(os.Args[0])]; command != nil {
		if err := command(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(buildAndRun(m))
}

// commands are for scripts beside the programs: this test's binary, under their
// names.
var commands = map[string]func(args []string) error{}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "fd42-bin-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	// A test may run a program as another user, and MkdirTemp bars them.
	if err := os.Chmod(dir, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	self, err := os.Executable()
	for name := range commands {
		err = errors.Join(err, os.Symlink(self, filepath.Join(dir, name)))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	syscall.Umask(0o022)
	var linkFlags []string
	if ownEntry {
		linkFlags = []string{"-ldflags=-E before_main"}
	}
	if err := build(dir, linkFlags...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	os.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	os.Setenv("FD42_BIN", dir)
	for _, name := range []string{"POSIXLY_CORRECT", "FD42_TRACE", "GODEBUG"} {
		os.Unsetenv(name)
	}
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "GIT_") {
			os.Unsetenv(name) // it would lead the tests' git to another repository
		}
	}
	if len(raceFlags) > 0 {
		os.Setenv("GORACE", "atexit_sleep_ms=0") // else each program sleeps a second as it exits
	}
	return m.Run()
}

// build builds the four programs in dir.
func build(dir string, flags ...string) error {
	args := slices.Concat([]string{"build"}, raceFlags, plainFlags, flags, []string{"-buildvcs=false", "-trimpath", "-o", dir + "/", "./cmd/..."})
	command := exec.Command("go", args...)
	command.Dir = root
	command.Env = os.Environ()
	if len(raceFlags) == 0 {
		command.Env = append(command.Env, "CGO_ENABLED=0")
	}
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building the programs: %v\n%s", err, out)
	}
	return nil
}

// ownEntry is whether the programs that `make` builds have an entry point of
// their own, before that of Go's runtime.
const ownEntry = runtime.GOOS == "linux" && (runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64")

// root is the top of the checkout, seen from this package's folder.
const root = "../.."

// program is the path of one compiled program.
func program(name string) string { return filepath.Join(os.Getenv("FD42_BIN"), name) }
