package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"golang.org/x/term"
)

// A keyboard is a terminal in raw mode, in which a key arrives as it is
// pressed.
type keyboard struct {
	fd      int
	mu      sync.Mutex // over the terminal's mode
	cooked  *term.State
	pressed chan struct{} // keeps one key to go on
}

// openKeyboard takes over the terminal until restore. The keys that stop the
// tour stop it at any moment, also while a command runs.
func openKeyboard(tty *os.File, stop context.CancelCauseFunc) (*keyboard, error) {
	fd := int(tty.Fd())
	cooked, err := term.MakeRaw(fd)
	if err != nil {
		return nil, err
	}
	k := &keyboard{fd: fd, cooked: cooked, pressed: make(chan struct{}, 1)}
	stops := make(chan os.Signal, 1)
	signal.Notify(stops, syscall.SIGTSTP)
	go k.read(tty, stop)
	go k.suspendOn(stops)
	return k, nil
}

const (
	ctrlC = 'c' & 0x1f
	ctrlD = 'd' & 0x1f
	ctrlZ = 'z' & 0x1f
	ctrlQ = '\\' & 0x1f
)

// read takes the keys one read at a time: an arrow sends several bytes at once
// and is one key.
func (k *keyboard) read(tty *os.File, stop context.CancelCauseFunc) {
	key := make([]byte, 64)
	for {
		n, err := tty.Read(key)
		if err != nil || n == 0 {
			stop(errQuit)
			return
		}
		switch key[0] {
		case 'q', 'Q', ctrlC, ctrlD, ctrlQ:
			stop(errQuit)
		case ctrlZ:
			k.suspend()
		default:
			select {
			case k.pressed <- struct{}{}:
			default:
			}
		}
	}
}

// forget drops a key that came before anything asked for it.
func (k *keyboard) forget() {
	select {
	case <-k.pressed:
	default:
	}
}

// wait returns when a key to go on is pressed, or with the reason to stop.
func (k *keyboard) wait(ctx context.Context) error {
	select {
	case <-k.pressed:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// suspend stops the whole job, make included, with the terminal as it was, and
// takes the terminal again when the job goes on. The signal stops one thread
// after the other, so this one may well run on for a moment: it waits.
func (k *keyboard) suspend() {
	resumed := make(chan os.Signal, 1)
	signal.Notify(resumed, syscall.SIGCONT)
	defer signal.Stop(resumed)
	k.restore()
	syscall.Kill(0, syscall.SIGSTOP)
	<-resumed
	k.mu.Lock()
	defer k.mu.Unlock()
	if cooked, err := term.MakeRaw(k.fd); err == nil {
		k.cooked = cooked
	}
}

func (k *keyboard) suspendOn(stops <-chan os.Signal) {
	for range stops {
		k.suspend()
	}
}

// restore gives the terminal back as it was found.
func (k *keyboard) restore() {
	k.mu.Lock()
	defer k.mu.Unlock()
	term.Restore(k.fd, k.cooked)
}
