package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

const emptyLabel = "empty Go program"

// buildEmpty compiles the least that a static Go program can be, if a row has
// it beside.
func buildEmpty(ctx context.Context, dir string, rows []row) (contender, error) {
	empty := contender{label: emptyLabel, programs: map[string][]string{}, noPeer: true}
	if !slices.ContainsFunc(rows, func(r row) bool { return r.beside == emptyProgram }) {
		return empty, nil
	}
	source, binary := filepath.Join(dir, "empty.go"), filepath.Join(dir, "empty")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		return empty, err
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return empty, fmt.Errorf("building the %s: %w\n%s", emptyLabel, err, out)
	}
	for _, name := range programNames() {
		empty.programs[name] = []string{binary}
	}
	return empty, nil
}
