package acceptance

import (
	"archive/tar"
	"compress/gzip"
	"debug/buildinfo"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDist makes a release twice, from checkouts in different folders that were
// made at different times by people with different habits. The tarballs must
// be the same to the byte, and whole. RELEASES=… names the systems they are
// for; all of them take a minute from an empty build cache.
func TestDist(t *testing.T) {
	t.Parallel()
	first := repository(t)
	if out, err := exec.Command("tar", "--version").Output(); err != nil || !strings.Contains(string(out), "GNU tar") {
		t.Skip("no GNU tar here")
	}
	releases := os.Getenv("RELEASES")
	if releases == "" {
		releases = runtime.GOOS + "/" + runtime.GOARCH
	}
	second := filepath.Join(t.TempDir(), "elsewhere")
	private := "umask 077 && export TZ=Asia/Tokyo LC_ALL=C GOFLAGS=-buildvcs=false && "
	do(t, first, nil, "sh", "-c", private+"git clone -q . "+second)
	do(t, second, nil, "find", ".", "-exec", "touch", "-d", "2002-03-04", "{}", "+")

	do(t, first, nil, "make", "dist", "RELEASES="+releases)
	do(t, second, nil, "sh", "-c", private+"make dist RELEASES='"+releases+"'")

	made := contents(t, filepath.Join(first, "dist"))
	for name, content := range contents(t, filepath.Join(second, "dist")) {
		assert.True(t, made[name] == content, "dist/%s differs", name)
	}
	do(t, filepath.Join(first, "dist"), nil, "sha256sum", "-c", "--strict", "SHA256SUMS")
	source := "fd42-" + tag
	names := []string{"SHA256SUMS", source + ".tar.gz"}
	for _, release := range strings.Fields(releases) {
		name := source + "-" + strings.ReplaceAll(release, "/", "-")
		names = append(names, name+".tar.gz")
		t.Run(release, func(t *testing.T) { checkRelease(t, first, name, release) })
	}
	assert.ElementsMatch(t, names, slices.Collect(maps.Keys(made)))

	t.Run("source", func(t *testing.T) {
		dir := filepath.Join(unpack(t, filepath.Join(first, "dist", source+".tar.gz")), source)
		assert.Equal(t, strings.Fields(do(t, first, nil, "git", "ls-files")), slices.Sorted(maps.Keys(contents(t, dir))))
		do(t, dir, nil, "make")
		smokeMade(t, filepath.Join(dir, "bin"))
	})

	require.NoError(t, os.WriteFile(filepath.Join(first, "README.md"), nil, 0o644))
	out := do(t, first, nil, "sh", "-c", "! make dist")
	assert.Contains(t, out, "commit the changes first")
}

// checkRelease unpacks a tarball of programs and looks at all that is in it.
func checkRelease(t *testing.T, dir, name, release string) {
	top := filepath.Join(unpack(t, filepath.Join(dir, "dist", name+".tar.gz")), name)
	want := installed(t, dir, top)
	want[filepath.Join(top, "LICENSE")] = 0o644
	want[filepath.Join(top, "README.md")] = 0o644
	got := listing(t, top)
	for file, mode := range got {
		if mode.IsDir() {
			delete(got, file)
		}
	}
	assert.Equal(t, want, got)
	bin := filepath.Join(top, "bin")
	assertSmall(t, bin)
	for _, program := range programs {
		info, err := buildinfo.ReadFile(filepath.Join(bin, program))
		require.NoError(t, err)
		settings := map[string]string{}
		for _, setting := range info.Settings {
			settings[setting.Key] = setting.Value
		}
		assert.Equal(t, release, settings["GOOS"]+"/"+settings["GOARCH"])
		assert.Equal(t, tag, info.Main.Version)
		assert.Equal(t, "false", settings["vcs.modified"])
	}
	if release == runtime.GOOS+"/"+runtime.GOARCH {
		smokeMade(t, bin)
	}
}

// unpack unpacks a tarball into an empty folder. The tarball must not show who made
// it, and when.
func unpack(t *testing.T, tarball string) string {
	t.Helper()
	file, err := os.Open(tarball)
	require.NoError(t, err)
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	require.NoError(t, err)
	assert.True(t, unzipped.ModTime.IsZero())
	archive := tar.NewReader(unzipped)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue // where git notes the commit
		}
		assert.Zero(t, header.Uid+header.Gid, header.Name)
		assert.Equal(t, int64(981173106), header.ModTime.Unix(), "%s: not the commit's time", header.Name)
		assert.Zero(t, header.Mode&0o022, "%s: others may write", header.Name)
	}
	dir := t.TempDir()
	do(t, dir, nil, "tar", "-xzf", tarball)
	return dir
}

// contents has every file below dir by its path from there.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name, mode := range listing(t, dir) {
		if mode.IsRegular() {
			content, err := os.ReadFile(name)
			require.NoError(t, err)
			found[strings.TrimPrefix(name, dir+"/")] = string(content)
		}
	}
	return found
}
