//go:build linux

package main

import (
	"os"
	"path/filepath"

	"fd42.example/fd42/internal/judge/script"
)

// missing is the file of a program that a folder lacks.
const missing = ""

// inFolder is the four programs of a folder, however it keeps them: under their
// own names, under those that uutils gives them, or all in one file. Such a file
// decides by the name it is called by, and dir may also be the file itself.
func inFolder(dir string) map[string]string {
	found := map[string]string{}
	for _, program := range script.Programs() {
		found[program] = missing
		if executable(dir) {
			found[program] = dir
			continue
		}
		for _, name := range []string{program, "uu_" + program, "coreutils", "busybox", "toybox", "bb"} {
			if file := filepath.Join(dir, name); executable(file) {
				found[program] = file
				break
			}
		}
	}
	return found
}

func executable(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
