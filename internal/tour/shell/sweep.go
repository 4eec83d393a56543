package shell

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// sweep ends what a shell left running: each process of its session, and each
// that left the session but has the shell's FD42_TRACE in its environment.
// Session 0 stands for none: processes of a container may have it. Where there
// is no /proc, the hang-up of the terminal must do.
func sweep(session int, trace string) {
	const rounds = 20 // a process may start another meanwhile
	for range rounds {
		found := false
		folders, _ := filepath.Glob("/proc/[0-9]*")
		for _, folder := range folders {
			pid, err := strconv.Atoi(filepath.Base(folder))
			if err != nil || pid == os.Getpid() || !belongs(folder, session, trace) {
				continue
			}
			found = syscall.Kill(pid, syscall.SIGKILL) == nil || found
		}
		if !found {
			return
		}
	}
}

func belongs(folder string, session int, trace string) bool {
	stat, err := os.ReadFile(folder + "/stat")
	if err != nil {
		return false
	}
	// After the name, in parentheses: state, parent, group, session.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 4 || fields[0] == "Z" {
		return false
	}
	if session > 1 && fields[3] == strconv.Itoa(session) {
		return true
	}
	environ, _ := os.ReadFile(folder + "/environ")
	return bytes.Contains(append([]byte{0}, environ...), []byte("\x00FD42_TRACE="+trace+"\x00"))
}
