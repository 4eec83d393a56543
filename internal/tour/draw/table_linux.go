package draw

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/tour/record"
)

// Table returns the descriptors of a running process that its children inherit,
// lowest first, from /proc/PID: proc(5). It returns nil if they cannot be read.
func Table(pid int) []*record.Descriptor {
	folder := fmt.Sprintf("/proc/%d/", pid)
	entries, err := os.ReadDir(folder + "fd")
	if err != nil {
		return nil
	}
	var fds []int
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil {
			fds = append(fds, fd)
		}
	}
	slices.Sort(fds)
	var table []*record.Descriptor
	for _, fd := range fds {
		link := folder + "fd/" + strconv.Itoa(fd)
		path, err := os.Readlink(link)
		if err != nil {
			continue // closed since
		}
		info, err := os.ReadFile(folder + "fdinfo/" + strconv.Itoa(fd))
		if err != nil {
			continue
		}
		d := &record.Descriptor{FD: fd, Role: "inherited", Offset: record.NotKnown, End: record.NotKnown}
		if !flags(d, string(info)) {
			continue
		}
		describe(d, path, link)
		for _, lower := range table {
			if sameDescription(pid, lower.FD, fd) {
				d.SameAs = lower
				break
			}
		}
		table = append(table, d)
	}
	return table
}

// flags takes the mode and the offset from fdinfo. It reports whether a child
// would inherit the descriptor.
func flags(d *record.Descriptor, info string) bool {
	inherited := true
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch name {
		case "pos":
			if n, err := strconv.ParseInt(value, 10, 64); err == nil {
				d.Offset = n
			}
		case "flags":
			n, err := strconv.ParseInt(value, 8, 64)
			if err != nil {
				continue
			}
			d.Access = [...]record.Access{record.ReadOnly, record.WriteOnly, record.ReadWrite, ""}[n&unix.O_ACCMODE]
			d.Append = n&unix.O_APPEND != 0
			d.NonBlocking = n&unix.O_NONBLOCK != 0
			inherited = n&unix.O_CLOEXEC == 0
		}
	}
	return inherited
}

// describe takes what the descriptor leads to from its link and its file's type.
func describe(d *record.Descriptor, path, link string) {
	var st unix.Stat_t
	if unix.Stat(link, &st) != nil {
		return
	}
	d.Path = path
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		d.Kind = record.File
		return
	case unix.S_IFDIR:
		d.Kind = record.Directory
	case unix.S_IFIFO:
		d.Kind, d.Number = record.Pipe, st.Ino
	case unix.S_IFSOCK:
		d.Kind, d.Number = record.Socket, st.Ino
	default:
		d.Kind = record.Device
		if path == "/dev/console" || strings.HasPrefix(path, "/dev/pts/") || strings.HasPrefix(path, "/dev/tty") {
			d.Kind = record.Terminal
		}
	}
	d.Offset = record.NotKnown
	if strings.HasPrefix(path, "pipe:[") || strings.HasPrefix(path, "socket:[") {
		d.Path = ""
	}
}

// sameDescription asks kcmp(2), which needs the permission to trace the process.
func sameDescription(pid, a, b int) bool {
	const kcmpFile = 0
	order, _, errno := unix.Syscall6(unix.SYS_KCMP, uintptr(pid), uintptr(pid), kcmpFile, uintptr(a), uintptr(b), 0)
	return errno == 0 && order == 0
}
