package main

import (
	"os"
	"os/signal"
	"sync"
	"syscall"

	"golang.org/x/term"
)

// A terminal is the learner's, in raw mode: every key goes to the lesson's
// shell, which has a terminal of its own to make lines and signals of them.
type terminal struct {
	fd     int
	mu     sync.Mutex
	before *term.State
	raw    *term.State
	keys   chan []byte    // closed when nobody can press one any more
	wakes  chan os.Signal // the size has changed, a stop is wanted, or has ended
}

// openTerminal takes the terminal over until restore.
func openTerminal(tty *os.File) (*terminal, error) {
	t := &terminal{fd: int(tty.Fd()), keys: make(chan []byte), wakes: make(chan os.Signal, 4)}
	var err error
	if t.before, err = term.MakeRaw(t.fd); err != nil {
		return nil, err
	}
	if t.raw, err = term.GetState(t.fd); err != nil {
		return nil, err
	}
	signal.Notify(t.wakes, syscall.SIGWINCH, syscall.SIGTSTP, syscall.SIGCONT)
	go t.read(tty)
	return t, nil
}

func (t *terminal) read(tty *os.File) {
	defer close(t.keys)
	for {
		keys := make([]byte, 4096)
		n, err := tty.Read(keys)
		if err != nil || n == 0 {
			return
		}
		t.keys <- keys[:n]
	}
}

// suspend stops the whole job, make included, with the terminal as it was.
// SIGCONT is among wakes; resume then takes the terminal again, if it has to.
func (t *terminal) suspend() {
	t.restore()
	syscall.Kill(0, syscall.SIGSTOP)
}

func (t *terminal) resume() (taken bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, err := term.GetState(t.fd)
	if err != nil || *now == *t.raw {
		return false // one stop can bring more than one SIGCONT
	}
	return term.Restore(t.fd, t.raw) == nil
}

// restore gives the terminal back as it was found.
func (t *terminal) restore() {
	t.mu.Lock()
	defer t.mu.Unlock()
	term.Restore(t.fd, t.before)
}
