//go:build !linux

package trace

import "golang.org/x/sys/unix"

// openDescriptors lists the lower descriptors that are open. There is no
// portable list of them all.
func openDescriptors() []int {
	var fds []int
	for fd := range 64 {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			fds = append(fds, fd)
		}
	}
	return fds
}

// kind is the plain word for what a descriptor leads to.
func kind(fd int) string {
	bits, err := fileMode(fd)
	if err != nil {
		return err.Error()
	}
	return kindName(bits)
}

// target is the kind: nothing portable gives the path of a descriptor.
func target(fd int) string { return kind(fd) }

// sameDescription: nothing portable tells.
func sameDescription(a, b int) bool { return false }
