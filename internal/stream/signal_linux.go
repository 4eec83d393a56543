package stream

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// restoreSignals undoes what Go's runtime does with signals: it ignores some, and
// prints a traceback for others. A C program dies of them silently, and its parent
// sees which signal it was (POSIX.1-2024, <signal.h>). What the caller ignored
// stays ignored.
func restoreSignals(sigpipe bool) {
	for _, signal := range []unix.Signal{
		unix.SIGQUIT, unix.SIGABRT, unix.SIGUSR1, unix.SIGUSR2, unix.SIGALRM, unix.SIGVTALRM,
		unix.SIGPROF, unix.SIGXCPU, unix.SIGIO, unix.SIGPWR, unix.SIGSTKFLT, unix.SIGSYS, unix.SIGTRAP,
	} {
		setAction(signal, defaultAction)
	}
	if sigpipe {
		setAction(unix.SIGPIPE, defaultAction)
	}
	for signal := unix.Signal(1); signal <= lastSignal; signal++ {
		if ignoredAtStart(signal) {
			Ignore(signal)
		}
	}
}

// Ignore makes the process ignore a signal.
func Ignore(signal unix.Signal) { setAction(signal, ignoreAction) }

// dieOfSIGPIPE ends the process as a write to a broken pipe does.
func dieOfSIGPIPE() {
	setAction(unix.SIGPIPE, defaultAction)
	unix.Kill(unix.Getpid(), unix.SIGPIPE)
	os.Exit(128 + int(unix.SIGPIPE)) // the signal was blocked
}

const (
	defaultAction = 0 // SIG_DFL
	ignoreAction  = 1 // SIG_IGN
)

// setAction is rt_sigaction(2), without the runtime: os/signal can only give a
// signal back to the runtime. The action is the structure's first word
// on every machine Go knows but MIPS; 8 is the size of the kernel's signal set.
func setAction(signal unix.Signal, action uintptr) {
	sigaction := [8]uintptr{action}
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(signal), uintptr(unsafe.Pointer(&sigaction)), 0, 8, 0, 0)
}
