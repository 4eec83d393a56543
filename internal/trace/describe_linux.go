package trace

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/quote"
)

// openDescriptors lists the process's descriptors, lowest first: proc(5),
// /proc/self/fd.
func openDescriptors() []int {
	dir, err := unix.Open("/proc/self/fd", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return []int{0, 1, 2}
	}
	defer unix.Close(dir)
	var names []string
	buf := make([]byte, 8<<10)
	for {
		n, err := unix.ReadDirent(dir, buf)
		if n <= 0 || err != nil {
			break
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
	var fds []int
	for _, name := range names {
		if fd, err := strconv.Atoi(name); err == nil && fd != dir {
			fds = append(fds, fd)
		}
	}
	slices.Sort(fds)
	return fds
}

// kind is the plain word for what a descriptor leads to. A pipe or a socket has
// a number, which a pipe has in common at both its ends.
func kind(fd int) string {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err.Error()
	}
	if _, err := unix.IoctlGetTermios(fd, unix.TCGETS); err == nil {
		return "terminal"
	}
	name := kindName(st.Mode)
	if name == "pipe" || name == "socket" {
		name += fmt.Sprintf(" %d", st.Ino)
	}
	return name
}

// target is the kind of what a descriptor leads to, and its path if it has one:
// proc(5), /proc/self/fd.
func target(fd int) string {
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlink("/proc/self/fd/"+strconv.Itoa(fd), buf)
	if path := string(buf[:max(n, 0)]); err == nil && strings.HasPrefix(path, "/") {
		return kind(fd) + " " + quote.File(path)
	}
	return kind(fd)
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
