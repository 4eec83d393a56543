package script

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A process as /proc shows it.
type process struct {
	pid       int
	parent    int
	session   int
	name      string
	state     byte
	processor time.Duration // its own, and that of its children that have ended
	memory    int64
}

// clockTick is the unit of the times in /proc/PID/stat, on every machine that
// Linux runs on.
const clockTick = 10 * time.Millisecond

// lookUp reads /proc/PID/stat.
func lookUp(pid int) (p process, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return process{}, false
	}
	// A name may hold anything, a parenthesis too.
	open, end := strings.IndexByte(string(text), '('), strings.LastIndexByte(string(text), ')')
	if open < 0 || end < open {
		return process{}, false
	}
	fields := strings.Fields(string(text[end+1:])) // the first is the third of proc(5)
	if len(fields) < 22 {
		return process{}, false
	}
	number := func(i int) int64 {
		n, _ := strconv.ParseInt(fields[i-3], 10, 64)
		return n
	}
	p = process{
		pid:     pid,
		parent:  int(number(4)),
		session: int(number(6)),
		name:    string(text[open+1 : end]),
		state:   fields[0][0],
		memory:  number(24) * int64(os.Getpagesize()),
	}
	for _, field := range []int{14, 15, 16, 17} {
		p.processor += time.Duration(number(field)) * clockTick
	}
	return p, true
}

// descendants are all processes below pid that are still in the table, zombies
// among them.
func descendants(pid int) (all []process) {
	for _, child := range children(pid) {
		if p, ok := lookUp(child); ok {
			all = append(append(all, p), descendants(child)...)
		}
	}
	return all
}

// children are the processes whose parent is pid.
func children(pid int) (pids []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if lists == nil {
		return childrenByTable(pid)
	}
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		for _, word := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				pids = append(pids, child)
			}
		}
	}
	return pids
}

// childrenByTable is for kernels built without such lists.
func childrenByTable(pid int) (pids []int) {
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		other, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if p, ok := lookUp(other); ok && p.parent == pid {
			pids = append(pids, other)
		}
	}
	return pids
}

// processorTime is what a process and its children that have ended have used.
func processorTime(pid int) time.Duration {
	p, _ := lookUp(pid)
	return p.processor
}

// endAll kills all processes below this one, and theirs. What is killed while
// it starts another leaves that to this process, which has adopted it by the
// next look.
func endAll() {
	for deadline := time.Now().Add(time.Second); time.Now().Before(deadline); {
		if endBelow(os.Getpid()) == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// endBelow kills what is below pid, and counts what was still alive.
func endBelow(pid int) (alive int) {
	for _, p := range descendants(pid) {
		if p.state != 'Z' {
			_ = unix.Kill(p.pid, unix.SIGKILL)
			alive++
		}
	}
	return alive
}

// allocated is the room that a file takes, which is less than its size where it
// has holes.
func allocated(info fs.FileInfo) int64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return stat.Blocks * 512
	}
	return info.Size()
}
