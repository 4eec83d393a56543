package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// script makes an executable in a folder.
func script(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755))
	return path
}

func TestFolders(t *testing.T) {
	single, prefixed, all, none := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	cat := script(t, single, "cat", "")
	tee := script(t, prefixed, "uu_tee", "")
	box := script(t, all, "busybox", "")
	require.NoError(t, os.WriteFile(filepath.Join(none, "cat"), nil, 0o644))
	require.NoError(t, os.Mkdir(filepath.Join(none, "tee"), 0o755))
	assert.Equal(t, map[string][]string{"cat": {cat}}, inFolder(single))
	assert.Equal(t, map[string][]string{"tee": {tee}}, inFolder(prefixed))
	assert.Equal(t, []string{box, "base64"}, inFolder(all)["base64"])
	assert.Empty(t, inFolder(none))
}

func TestFindContenders(t *testing.T) {
	bin := t.TempDir()
	_, err := findContenders(t.Context(), bin, "", nil)
	require.ErrorContains(t, err, bin)
	script(t, bin, "cat", "")
	_, err = findContenders(t.Context(), bin, "", []string{"/nonexistent"})
	require.ErrorContains(t, err, "/nonexistent")
	_, err = findContenders(t.Context(), bin, "/nonexistent", nil)
	require.ErrorContains(t, err, "BEFORE")
	peer := t.TempDir()
	script(t, peer, "cat", "echo 'cat (uutils coreutils) 99.1'")
	found, err := findContenders(t.Context(), bin, bin, []string{peer})
	require.NoError(t, err)
	assert.Equal(t, "fd42", found[ours].label)
	assert.Equal(t, "/usr/bin", filepath.Dir(found[model].programs["cat"][0]))
	assert.Equal(t, "uutils 99.1", found[len(found)-2].label)
	assert.Equal(t, earlierLabel, found[len(found)-1].label)
	for i, c := range found {
		assert.Equal(t, i == len(found)-1, c.noPeer, c.label)
	}
}
