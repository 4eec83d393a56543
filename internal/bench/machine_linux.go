package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// memoryDir is a folder that lies in memory and the bytes free in it.
func memoryDir() (dir string, free int64) {
	var fs unix.Statfs_t
	if err := unix.Statfs("/dev/shm", &fs); err != nil || fs.Type != unix.TMPFS_MAGIC {
		return "", -1
	}
	return "/dev/shm", int64(fs.Bavail) * int64(fs.Bsize)
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	if m := regexp.MustCompile(`(?m)^model name\s*: (.+)$`).FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return runtime.GOARCH + " processor"
}

// waitWatching waits for a program and returns the peak of its resident
// memory, in bytes. The kernel's accounts at the end of a process would not
// do: their peak includes the moment between fork and exec, when the child
// shared this process's memory. So this reads the peak while the program runs.
func waitWatching(program *exec.Cmd) (peak int64, err error) {
	done, last := make(chan struct{}), make(chan int64)
	go func() {
		var peak int64
		tick := time.NewTicker(200 * time.Microsecond)
		defer tick.Stop()
		for {
			peak = max(peak, peakOf(program.Process.Pid))
			select {
			case <-done:
				last <- peak
				return
			case <-tick.C:
			}
		}
	}()
	err = program.Wait()
	close(done)
	return <-last, err
}

// peakOf is 0 for a process that has ended.
func peakOf(pid int) int64 {
	kilobytes, _ := statusField(fmt.Sprintf("/proc/%d/status", pid), "VmHWM")
	return kilobytes << 10
}

// switchesOf is how often the threads of a process have been on a core and left
// it, of their own will or not.
func switchesOf(pid int) (total int64, err error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err == nil && threads == nil {
		err = errors.New("ended before its input did")
	}
	for _, thread := range threads {
		for _, name := range []string{"voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"} {
			n, fieldErr := statusField(thread, name)
			total, err = total+n, errors.Join(err, fieldErr)
		}
	}
	return total, err
}

// statusField is a number from a status file of /proc.
func statusField(path, name string) (int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(`(?m)^` + name + `:\s*(\d+)`).FindSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("%s: no %s", path, name)
	}
	return strconv.ParseInt(string(m[1]), 10, 64)
}
