//go:build !linux

package main

import (
	"errors"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// memoryDir knows of no folder that surely lies in memory.
func memoryDir() (dir string, free int64) { return "", -1 }

func processor() string {
	for _, name := range []string{"machdep.cpu.brand_string", "hw.model"} {
		if model, err := unix.Sysctl(name); err == nil {
			return model
		}
	}
	return runtime.GOARCH + " processor"
}

// waitWatching waits for a program and returns the peak of its resident
// memory, in bytes.
func waitWatching(program *exec.Cmd) (peak int64, err error) {
	err = program.Wait()
	usage, ok := program.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, err
	}
	if runtime.GOOS == "darwin" { // the BSDs count in KiB
		return int64(usage.Maxrss), err
	}
	return int64(usage.Maxrss) << 10, err
}

// switchesOf would be how often a process's threads have left a core.
func switchesOf(int) (int64, error) {
	return 0, errors.New("context switches are counted on Linux alone")
}
