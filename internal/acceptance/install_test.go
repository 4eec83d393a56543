package acceptance

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

// The tests of this file come by the programs in every way that README names.

const tag = "v1.2.3" // that repository gives its commit

func TestGoInstallFromCheckout(t *testing.T) {
	t.Parallel()
	dir := repository(t)
	do(t, dir, nil, "git", "tag", "-d", tag)
	revision := strings.TrimSpace(do(t, dir, nil, "git", "rev-parse", "HEAD"))
	for _, cgo := range []string{"CGO_ENABLED=0", "CGO_ENABLED=1"} {
		t.Run(cgo, func(t *testing.T) {
			env := goEnvironment(t, cgo, "GOMODCACHE="+goEnv(t, "GOMODCACHE"), "GOPROXY=off")
			bin := goInstall(t, dir, env, "./cmd/...")
			for _, name := range programs {
				said := do(t, dir, env, filepath.Join(bin, name), "--version")
				assert.Regexp(t, `^`+name+` \(fd42\) v0\.0\.0-\d{14}-`+revision[:12]+`\nrevision `+revision+`\nbuilt with go`, said)
			}
		})
	}
}

func TestGoInstallFromProxy(t *testing.T) {
	t.Parallel()
	dir := repository(t)
	path := modulePath(t, dir)
	// The other modules come from where the go command kept them as they were downloaded.
	proxy := "GOPROXY=file://" + proxyOf(t, dir, path) + ",file://" + filepath.Join(goEnv(t, "GOMODCACHE"), "cache", "download")
	for cgo, version := range map[string]string{"CGO_ENABLED=0": tag, "CGO_ENABLED=1": "latest"} {
		t.Run(cgo, func(t *testing.T) {
			// The data base of checksums is on the network.
			env := goEnvironment(t, cgo, proxy, "GOSUMDB=off", "GOFLAGS=-modcacherw")
			bin := goInstall(t, t.TempDir(), env, path+"/cmd/...@"+version)
			for _, name := range programs {
				said := do(t, dir, env, filepath.Join(bin, name), "--version")
				assert.Regexp(t, `^`+name+` \(fd42\) `+tag+`\nbuilt with go`, said)
			}
		})
	}
}

// TestMakeInstall installs as a packager does, beside files of others, and
// then into a prefix that nobody else uses.
func TestMakeInstall(t *testing.T) {
	t.Parallel()
	dir := repository(t)
	revision := strings.TrimSpace(do(t, dir, nil, "git", "rev-parse", "HEAD"))
	stage := t.TempDir()
	for _, others := range []string{"usr/share/man/man1/other.1", "usr/bin/other", "usr/share/doc/other/README"} {
		require.NoError(t, os.MkdirAll(filepath.Join(stage, path.Dir(others)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(stage, others), nil, 0o644))
	}
	own := filepath.Join(t.TempDir(), "fd 42")
	for _, at := range []struct{ prefix, destdir string }{{"/usr", stage}, {"/usr/local", stage}, {own, ""}} {
		t.Run(at.prefix, func(t *testing.T) {
			top := at.destdir + at.prefix
			before := listing(t, filepath.Dir(own), stage)

			private := []string{"-c", `umask 077 && exec make "$@"`, "sh", "PREFIX=" + at.prefix, "DESTDIR=" + at.destdir}
			do(t, dir, nil, "sh", append(private, "install")...)
			after := listing(t, filepath.Dir(own), stage)
			for name := range before {
				delete(after, name)
			}
			maps.DeleteFunc(after, func(_ string, mode fs.FileMode) bool { return mode == fs.ModeDir|0o755 })
			assert.Equal(t, installed(t, dir, top), after)
			said := do(t, dir, nil, filepath.Join(top, "bin", "tee"), "--version")
			assert.Contains(t, said, "tee (fd42) "+tag+"\nrevision "+revision+"\n")
			smokeMade(t, filepath.Join(top, "bin"))
			assertSmall(t, filepath.Join(top, "bin"))

			do(t, dir, nil, "sh", append(private, "uninstall")...)
			assert.Equal(t, before, listing(t, filepath.Dir(own), stage))
			do(t, dir, nil, "sh", append(private, "uninstall")...) // there is nothing left to do
		})
	}
}

// TestMakeWithoutRevision builds where git says nothing of the checkout, as it
// does where somebody else owns it.
func TestMakeWithoutRevision(t *testing.T) {
	t.Parallel()
	dir := repository(t)
	do(t, dir, nil, "sh", "-c", "GIT_DIR=/nowhere make")
	said := do(t, dir, nil, filepath.Join(dir, "bin", "cat"), "--version")
	assert.NotContains(t, said, "revision")
	smokeMade(t, filepath.Join(dir, "bin"))
}

// installed has what `make install` puts below top, and with which modes.
func installed(t *testing.T, dir, top string) map[string]fs.FileMode {
	t.Helper()
	files := map[string]fs.FileMode{}
	for _, name := range programs {
		files[filepath.Join(top, "bin", name)] = 0o755
	}
	pages, err := filepath.Glob(filepath.Join(dir, "man", "*.[17]"))
	require.NoError(t, err)
	assert.Len(t, pages, len(programs)+1)
	for _, page := range pages {
		files[filepath.Join(top, "share", "man", "man"+path.Ext(page)[1:], filepath.Base(page))] = 0o644
	}
	return files
}

// listing has every file and folder below dirs, and its mode.
func listing(t *testing.T, dirs ...string) map[string]fs.FileMode {
	t.Helper()
	found := map[string]fs.FileMode{}
	for _, dir := range dirs {
		require.NoError(t, filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			if err == nil {
				found[name] = info.Mode()
			}
			return err
		}))
	}
	return found
}

// assertSmall holds the programs in bin to the size that the suite promises.
func assertSmall(t *testing.T, bin string) {
	t.Helper()
	for _, name := range programs {
		info, err := os.Stat(filepath.Join(bin, name))
		require.NoError(t, err)
		assert.Less(t, info.Size(), int64(2_500_000), name)
	}
}

// goInstall has `go install` put what into an empty folder, which it returns.
func goInstall(t *testing.T, dir string, env []string, what string) (bin string) {
	t.Helper()
	if _, err := exec.LookPath("cc"); err != nil && slices.Contains(env, "CGO_ENABLED=1") {
		t.Skip("no C compiler here")
	}
	bin = t.TempDir()
	do(t, dir, append(env, "GOBIN="+bin), "go", "install", what)
	entries, err := os.ReadDir(bin)
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	assert.ElementsMatch(t, programs, names)
	smoke(t, bin)
	return bin
}

// goEnvironment is the whole of the environment that go needs, and extra. The
// machine's build cache is in it to save time.
func goEnvironment(t *testing.T, extra ...string) []string {
	t.Helper()
	home := t.TempDir()
	// Else go would leave a process that writes here while the test cleans up.
	telemetry := filepath.Join(home, ".config", "go", "telemetry")
	require.NoError(t, os.MkdirAll(telemetry, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(telemetry, "mode"), []byte("off"), 0o644))
	return append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GOCACHE=" + goEnv(t, "GOCACHE")}, extra...)
}

// proxyOf makes of the repository's commit what a module proxy would serve,
// by the rules that go has for what a module may hold.
func proxyOf(t *testing.T, dir, path string) string {
	t.Helper()
	proxy := t.TempDir()
	versions := filepath.Join(proxy, path, "@v")
	require.NoError(t, os.MkdirAll(versions, 0o755))
	archive, err := os.Create(filepath.Join(versions, tag+".zip"))
	require.NoError(t, err)
	require.NoError(t, modzip.CreateFromVCS(archive, module.Version{Path: path, Version: tag}, dir, tag, ""))
	require.NoError(t, archive.Close())
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	require.NoError(t, err)
	for name, content := range map[string]string{
		"list": tag + "\n", tag + ".mod": string(mod), tag + ".info": `{"Version": "` + tag + `"}`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(versions, name), []byte(content), 0o644))
	}
	return proxy
}

// repository is a checkout of a repository in which all that is here now has
// been committed, and tagged. A test that needs one builds the programs in its
// own way, so it runs once only: not for another machine, nor under -race.
func repository(t *testing.T) string {
	t.Helper()
	if len(raceFlags) > 0 || runtime.GOARCH != goEnv(t, "GOHOSTARCH") {
		t.Skip("tested without -race and for this machine only")
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git here")
	}
	dir := copyOfSource(t)
	do(t, dir, nil, "git", "init", "-q")
	do(t, dir, nil, "git", "add", "-A")
	do(t, dir, nil, "git", "commit", "-qm", "all")
	do(t, dir, nil, "git", "tag", tag)
	return dir
}

// copyOfSource copies the checkout without its history and what was built.
func copyOfSource(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	for _, entry := range entries {
		if !slices.Contains([]string{".git", "bin", "dist"}, entry.Name()) {
			do(t, root, nil, "cp", "-R", entry.Name(), dir)
		}
	}
	return dir
}

func modulePath(t *testing.T, dir string) string {
	return strings.TrimSpace(do(t, dir, nil, "go", "list", "-m"))
}

func goEnv(t *testing.T, name string) string {
	return strings.TrimSpace(do(t, root, nil, "go", "env", name))
}

// smoke takes a quick look at the programs in bin, which `go install` built.
func smoke(t *testing.T, bin string) {
	t.Helper()
	do(t, root, nil, "sh", "testdata/smoke.sh", bin)
}

// smokeMade is smoke for what `make` built.
func smokeMade(t *testing.T, bin string) {
	t.Helper()
	if !ownEntry {
		smoke(t, bin)
		return
	}
	do(t, root, nil, "sh", "testdata/smoke.sh", "-e", bin)
}

// do runs a command in dir and returns its output; the test ends if it fails.
// Where env is nil it has this process's environment, less what would have
// make and git depend on who calls, and on when.
func do(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	if env == nil {
		env = append(os.Environ(), "MAKEFLAGS=", "MAKELEVEL=", "GIT_CONFIG_GLOBAL=/dev/null",
			"GIT_AUTHOR_NAME=fd42", "GIT_AUTHOR_EMAIL=fd42", "GIT_AUTHOR_DATE=2001-02-03T04:05:06Z",
			"GIT_COMMITTER_NAME=fd42", "GIT_COMMITTER_EMAIL=fd42", "GIT_COMMITTER_DATE=2001-02-03T04:05:06Z")
	}
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	require.NoErrorf(t, err, "%s %s\n%s", name, strings.Join(args, " "), out)
	return string(out)
}
