package stream

import "golang.org/x/sys/unix"

// ignoredAtEntry holds the signals that the process ignored when it was born,
// as a signal set of the kernel's: signal 1 is the lowest bit. The entry point
// before_main writes it, before Go's runtime begins, and nobody writes it after
// that. A program that was linked without `-E before_main` keeps 0 here.
//
// README.md in this folder tells the story. The code is in entry_linux_amd64.s
// and entry_linux_arm64.s; other machines have no such entry point.
var ignoredAtEntry uint64

// ignoredAtStart reports whether the caller made the process ignore a signal,
// as far as the entry point has noted it.
func ignoredAtStart(signal unix.Signal) bool {
	return ignoredAtEntry>>(signal-1)&1 == 1
}
