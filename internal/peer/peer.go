// Package peer names the programs that fd42 is compared with.
package peer

import (
	"path/filepath"
	"regexp"
	"strings"
)

var version = regexp.MustCompile(`\d+(\.\d+)+`)

// Label is the suite and the version that a program's answer to --version names, as
// "GNU 9.1". It is name, and the version if there is one, if the suite is not known.
func Label(answer, name string) string {
	for _, suite := range []struct{ word, name string }{
		{"GNU coreutils", "GNU"}, {"BusyBox", "busybox"}, {"toybox", "toybox"}, {"uutils", "uutils"},
	} {
		if strings.Contains(answer, suite.word) {
			name = suite.name
		}
	}
	if found := version.FindString(answer); found != "" {
		return name + " " + found
	}
	return name
}

// FolderName is the part of a folder's path that tells what is in it.
func FolderName(dir string) string {
	return filepath.Base(strings.TrimSuffix(filepath.Clean(dir), "/bin"))
}
