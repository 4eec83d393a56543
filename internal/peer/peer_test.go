package peer

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLabels(t *testing.T) {
	for answer, want := range map[string]string{
		"cat (GNU coreutils) 9.1\nCopyright":                                      "GNU 9.1",
		"cat: unrecognized option '--version'\nBusyBox v1.35.0 (Debian 1:1.35.0)": "busybox 1.35.0",
		"toybox 0.8.9":                            "toybox 0.8.9",
		"cat (uutils coreutils) 0.9.0":            "uutils 0.9.0",
		"/usr/lib/x/cat 0.0.17":                   "found 0.0.17",
		"flag provided but not defined: -version": "found",
	} {
		assert.Equal(t, want, Label(answer, "found"))
	}
	for dir, want := range map[string]string{"/opt/uroot": "uroot", "/opt/uutils/bin/": "uutils"} {
		assert.Equal(t, want, FolderName(dir))
	}
}
