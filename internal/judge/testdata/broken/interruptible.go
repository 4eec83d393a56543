package main

import (
	"os"
	"os/signal"
	"unsafe"

	"golang.org/x/sys/unix"
)

// interruptible has sig interrupt system calls for good, as a handler without
// SA_RESTART does.
func interruptible(sig unix.Signal) {
	signal.Notify(make(chan os.Signal, 1), sig)
	action := struct {
		handler, flags, restorer uintptr
		mask                     uint64
	}{}
	const size = unsafe.Sizeof(action.mask)
	at := uintptr(unsafe.Pointer(&action))
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), 0, at, size, 0, 0)
	const restart = 0x10000000
	action.flags &^= restart
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), at, 0, size, 0, 0)
}
