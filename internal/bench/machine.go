package main

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// describeMachine says what the numbers depend on.
func describeMachine(dir string) string {
	system := runtime.GOOS
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		system = unix.ByteSliceToString(name.Sysname[:]) + " " + unix.ByteSliceToString(name.Release[:])
	}
	return fmt.Sprintf("%s, cores: %d, %s, %s, %s, inputs in %s",
		processor(), runtime.NumCPU(), system, runtime.GOARCH, runtime.Version(), dir)
}

// inputsDir is in memory if that is known to have the room, and the folder
// for temporary files else.
func inputsDir(room int64) string {
	if dir, free := memoryDir(); free >= room {
		return dir
	}
	return os.TempDir()
}
