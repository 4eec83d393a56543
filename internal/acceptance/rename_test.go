package acceptance

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestRename moves the module to another home, where it must build and pass
// tests, and then back, which must leave all as it was.
func TestRename(t *testing.T) {
	t.Parallel()
	dir := repository(t)
	old := modulePath(t, dir)
	const home = "git.example.org/" + "some-one/fd42" // in two pieces, which the way back leaves alone

	refused := do(t, dir, nil, "sh", "-c", "! make rename")
	assert.Contains(t, refused, "MODULE")
	do(t, dir, nil, "sh", "-c", "! make rename MODULE='not a path'")
	assert.Empty(t, do(t, dir, nil, "git", "status", "--porcelain"))

	do(t, dir, nil, "make", "rename", "MODULE="+home)
	assert.Equal(t, home, modulePath(t, dir))
	for name, content := range contents(t, dir) {
		if !strings.HasPrefix(name, ".git/") {
			assert.NotContains(t, content, old, name)
		}
	}
	assert.Empty(t, do(t, dir, nil, "gofmt", "-l", "cmd", "internal"))
	do(t, dir, nil, "make")
	smokeMade(t, filepath.Join(dir, "bin"))
	do(t, dir, nil, "go", "build", "-trimpath", "./...") // so that the next run finds it in the cache
	do(t, dir, nil, "go", "test", "-trimpath", "./cmd/...", "./internal/cli", "./internal/version")

	do(t, dir, nil, "make", "rename", "MODULE="+old)
	assert.Empty(t, do(t, dir, nil, "git", "status", "--porcelain"))
}
