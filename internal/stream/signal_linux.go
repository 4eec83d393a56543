package stream

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// restoreSignals undoes what Go's runtime does with signals. The runtime ignores some,
// and prints a traceback for others; a C program dies of them silently, and its parent
// sees which signal it was (POSIX.1-2024, <signal.h>). So they get their default action,
// SIGPIPE only if alsoSIGPIPE, and what the caller ignored is ignored again.
func restoreSignals(alsoSIGPIPE bool) {
	for _, signal := range []unix.Signal{
		unix.SIGQUIT, unix.SIGABRT, unix.SIGUSR1, unix.SIGUSR2, unix.SIGALRM, unix.SIGVTALRM,
		unix.SIGPROF, unix.SIGXCPU, unix.SIGIO, unix.SIGPWR, unix.SIGSTKFLT, unix.SIGSYS, unix.SIGTRAP,
	} {
		setAction(signal, defaultAction)
	}
	if alsoSIGPIPE {
		setAction(unix.SIGPIPE, defaultAction)
	}
	for signal := unix.Signal(1); signal < 32; signal++ { // the runtime drops real-time signals, as if they were ignored
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

// setAction is rt_sigaction(2). os/signal cannot set the default action. The action is
// the first word of struct sigaction, on every machine that Go knows except MIPS. Eight
// words are enough for the structure, and 8 bytes are the size of a signal set.
func setAction(signal unix.Signal, action uintptr) {
	sigaction := [8]uintptr{action}
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(signal), uintptr(unsafe.Pointer(&sigaction)), 0, 8, 0, 0)
}
