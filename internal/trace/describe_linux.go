package trace

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/quote"
)

// isClosed reports whether fd can neither be read nor written, because it only
// names a place in the file system (open(2), O_PATH). Among descriptors 0, 1 and
// 2 it takes the place of one that the caller has closed: see before_main in
// internal/stream.
func isClosed(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	return err == nil && flags&unix.O_PATH != 0 && fd <= 2
}

// path is what proc(5) says of fd in /proc/self/fd, after a space, if that is a path.
func path(fd int) string {
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlink("/proc/self/fd/"+strconv.Itoa(fd), buf)
	if err != nil || !strings.HasPrefix(string(buf[:n]), "/") {
		return ""
	}
	return " " + quote.File(string(buf[:n]))
}

func isTerminal(fd int) bool {
	_, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	return err == nil
}

// sameDescription reports whether two descriptors share one open file
// description, by fcntl's F_DUPFD_QUERY (Linux 6.10) or else by kcmp(2).
func sameDescription(a, b int) bool {
	const fDupfdQuery, kcmpFile = 0x403, 0
	if same, err := unix.FcntlInt(uintptr(a), fDupfdQuery, b); err == nil {
		return same == 1
	}
	pid := uintptr(unix.Getpid())
	order, _, errno := unix.Syscall6(unix.SYS_KCMP, pid, pid, kcmpFile, uintptr(a), uintptr(b), 0)
	return errno == 0 && order == 0
}
