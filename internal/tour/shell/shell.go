// Package shell runs an interactive shell on a terminal of its own and tells
// from its output when a command line begins and ends, and with what status.
//
// The shell marks these places itself, by a control sequence that no program
// prints: it holds a word drawn by chance. What belongs to the tour, ?hint and
// its like, arrives the same way. The shell, not this package, decides what a
// command line is; so editing, history and job control work as ever.
package shell

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// A Kind is a shell that lessons can be typed at.
type Kind struct {
	Name string
	Bash bool // it reports its history and the status of each member of a pipeline
}

// Bash is bash 4.4 or later; earlier ones cannot mark where a command begins.
func Bash() Kind { return Kind{Name: "bash", Bash: true} }

// POSIX is sh. It edits no lines and knows no history.
func POSIX() Kind { return Kind{Name: "sh"} }

// Find prefers bash, in which every lesson can be typed.
func Find() Kind {
	err := exec.Command("bash", "--norc", "-c", "((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404))").Run()
	if err == nil {
		return Bash()
	}
	return POSIX()
}

// A Config is what a shell starts with.
type Config struct {
	Kind  Kind
	Place Place
	// Live is for a person: what is typed is shown, and the line can be edited.
	// Otherwise the terminal shows output alone, as it was written.
	Live          bool
	Rows, Columns int
	// Before are commands that run before the first prompt, unseen.
	Before []string
}

// A Shell runs until it ends by itself or is closed.
type Shell struct {
	Events <-chan Event // closed when the shell has gone and all was read

	kind     Kind
	place    Place
	process  *os.Process
	terminal *os.File // the master side
	ended    chan struct{}
	gone     chan struct{}
	once     sync.Once
	status   unix.WaitStatus

	mu    sync.Mutex
	typed bytes.Buffer // what the terminal has not taken yet
	more  chan struct{}
}

// An Event is one piece of what the terminal shows, or one mark.
type Event struct {
	Text []byte
	Mark *Mark
}

// A MarkKind is what a mark stands for.
type MarkKind string

const (
	Begins  MarkKind = "run"  // a command line begins to run (bash only)
	Over    MarkKind = "over" // it is over; a prompt follows
	Word    MarkKind = "tour" // a word of the tour's own was typed
	Stopped MarkKind = "stop" // the shell itself was stopped
)

// A Mark is a place in the shell's output.
type Mark struct {
	Kind     MarkKind
	Line     string   // Begins, Over: the command line, where the shell is bash
	Number   int      // Over: counts the command lines, where the shell is bash
	Status   int      // Over
	Statuses []int    // Over: of each member of the last pipeline; empty if not known
	Dir      string   // Over: the shell's working directory
	Away     string   // Over: which of 0, 1, 2 do not lead to the terminal, as "12"
	Words    []string // Word: what was typed, without the question mark
}

//go:embed bash.sh
var bashSetup string

//go:embed posix.sh
var posixSetup string

// Start runs a shell in the place's folder with nothing of this process's
// descriptors and as little of its environment as it needs.
func Start(c Config) (*Shell, error) {
	closeOnExec()
	nonce := rand.Text()
	setup := posixSetup
	if c.Kind.Bash {
		setup = bashSetup
	}
	setup = strings.NewReplacer("@NONCE", nonce, "@STTY", quote(stty()), "@MODE", mode(c.Live), "@PROMPT", prompt(c.Live), "@MORE", more(c.Live)).Replace(setup)
	if len(c.Before) > 0 {
		before := filepath.Join(c.Place.tour(), "before")
		if err := os.WriteFile(before, []byte(strings.Join(c.Before, "\n")+"\n"), 0o600); err != nil {
			return nil, err
		}
		setup += "{ . " + quote(before) + "; } </dev/null >/dev/null 2>&1\n"
	}
	rc := filepath.Join(c.Place.tour(), "setup")
	if err := os.WriteFile(rc, []byte(setup), 0o600); err != nil {
		return nil, err
	}
	args := []string{"-i"}
	if c.Kind.Bash {
		args = []string{"--noprofile", "--rcfile", rc, "-i"}
		if !c.Live {
			args = append([]string{"--noediting"}, args...)
		}
	}
	cmd := exec.Command(c.Kind.Name, args...)
	cmd.Dir = c.Place.Folder()
	cmd.Env = environment(c, rc)
	size := &pty.Winsize{Rows: uint16(c.Rows), Cols: uint16(c.Columns)}
	if c.Rows == 0 {
		size = nil
	}
	terminal, err := pty.StartWithSize(cmd, size)
	if err != nil {
		return nil, fmt.Errorf("a terminal for %s: %w", c.Kind.Name, err)
	}
	events := make(chan Event)
	s := &Shell{
		Events: events, kind: c.Kind, place: c.Place, process: cmd.Process, terminal: terminal,
		ended: make(chan struct{}), gone: make(chan struct{}), more: make(chan struct{}, 1),
	}
	stops := make(chan struct{}, 1)
	go s.wait(stops)
	go s.read(events, stops, nonce)
	go s.write()
	return s, nil
}

// environment is little: what a lesson shows must not depend on who reads it.
func environment(c Config, rc string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + c.Place.Folder(), "FD42_TRACE=" + c.Place.Trace(), "ENV=" + rc,
		"GORACE=" + os.Getenv("GORACE"), // for programs built with the race detector
	}
	if !c.Live {
		return append(env, "LC_ALL=C", "TERM=dumb")
	}
	ctype := "C"
	for _, name := range []string{"LANG", "LC_CTYPE", "LC_ALL"} {
		if value := os.Getenv(name); value != "" {
			ctype = value
		}
	}
	env = append(env, "LANG=C", "LC_CTYPE="+ctype, "INPUTRC=/dev/null")
	for _, name := range []string{"TERM", "COLORTERM", "NO_COLOR", "PAGER", "EDITOR", "VISUAL"} {
		if value, set := os.LookupEnv(name); set {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// quote makes text one word of a shell's.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// stty is found now: the learner may change PATH.
func stty() string {
	path, err := exec.LookPath("stty")
	if err != nil {
		return "true"
	}
	return path
}

// mode is how the terminal is to be at each prompt, whatever a command did to it.
func mode(live bool) string {
	if live {
		return "sane"
	}
	return "sane -echo -onlcr"
}

func prompt(live bool) string {
	if live {
		return "fd42$ "
	}
	return ""
}

// more is the prompt for the rest of a line that has begun.
func more(live bool) string {
	if live {
		return "> "
	}
	return ""
}

// closeOnExec keeps descriptors that this process was born with, from make or
// a terminal's own shell, out of the table that the lessons show.
func closeOnExec() {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil { // there is no /proc behind it
		const likely = 256
		for fd := 3; fd < likely; fd++ {
			syscall.CloseOnExec(fd)
		}
		return
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}

// wait sees the shell stop, which it must not, and end. What it leaves running
// ends with it.
func (s *Shell) wait(stops chan<- struct{}) {
	defer close(s.ended)
	for {
		_, err := unix.Wait4(s.process.Pid, &s.status, unix.WUNTRACED, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil || !s.status.Stopped():
			sweep(s.process.Pid, s.place.Trace())
			return
		default:
			select {
			case stops <- struct{}{}: // read makes it go on
			default:
			}
		}
	}
}

// read cuts what the terminal shows into events, to its end: that is when
// nobody has the terminal open any more. Somebody who outlives the shell and
// its sweep is not waited for.
func (s *Shell) read(events chan<- Event, stops <-chan struct{}, nonce string) {
	defer close(events)
	send := func(e Event) bool {
		select {
		case events <- e:
			return true
		case <-s.gone:
			return false
		}
	}
	chunks := make(chan []byte)
	go func() {
		defer close(chunks)
		for {
			chunk := make([]byte, 32*1024)
			n, err := s.terminal.Read(chunk)
			if n > 0 {
				select {
				case chunks <- chunk[:n]:
				case <-s.gone:
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	const lastWords = 300 * time.Millisecond
	ended := s.ended
	var idle <-chan time.Time
	scan := scanner{start: []byte("\x1b]42;" + nonce + ";")}
	for {
		select {
		case chunk, open := <-chunks:
			if !open {
				if rest := scan.rest(); len(rest) > 0 {
					send(Event{Text: rest})
				}
				return
			}
			if ended == nil {
				idle = time.After(lastWords)
			}
			for _, e := range scan.scan(chunk) {
				if !send(e) {
					return
				}
			}
		case <-ended:
			ended, idle = nil, time.After(lastWords)
		case <-idle:
			return
		case <-stops:
			if !send(Event{Mark: &Mark{Kind: Stopped}}) {
				return
			}
			s.process.Signal(syscall.SIGCONT) // after the mark, which precedes the prompt
		case <-s.gone:
			return
		}
	}
}

// mostTyped is how much may wait for a program that does not read.
const mostTyped = 1 << 20

// Type sends keys to the terminal. It does not wait: a program need not read
// them. Ctrl-C overtakes what nobody has read.
func (s *Shell) Type(keys []byte) {
	s.mu.Lock()
	if bytes.IndexByte(keys, 3) >= 0 {
		s.typed.Reset()
	}
	if s.typed.Len()+len(keys) <= mostTyped {
		s.typed.Write(keys)
	}
	s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
}

func (s *Shell) write() {
	for {
		select {
		case <-s.more:
		case <-s.gone:
			return
		}
		for {
			s.mu.Lock()
			keys := bytes.Clone(s.typed.Next(512))
			s.mu.Unlock()
			if len(keys) == 0 {
				break
			}
			if _, err := s.terminal.Write(keys); err != nil {
				return
			}
		}
	}
}

// Resize tells the shell, and what it runs, how large the screen is.
func (s *Shell) Resize(rows, columns int) {
	pty.Setsize(s.terminal, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)})
}

// Kind is the shell's.
func (s *Shell) Kind() Kind { return s.kind }

// Pid is the shell's.
func (s *Shell) Pid() int { return s.process.Pid }

// Unseen is a line to type that runs commands which neither the screen nor the
// history is to show.
func (s *Shell) Unseen(commands []string) (string, error) {
	file := filepath.Join(s.place.tour(), "unseen")
	err := os.WriteFile(file, []byte(strings.Join(commands, "\n")+"\n"), 0o600)
	return " . " + quote(file) + "\n", err
}

// HangUp ends the shell, which passes the signal on to what it runs, and
// closes Events. It may be called more than once, and at any moment.
func (s *Shell) HangUp() {
	s.once.Do(func() {
		close(s.gone)
		s.process.Signal(syscall.SIGHUP)
		s.process.Signal(syscall.SIGCONT)
	})
}

// Close hangs up and waits until the shell has gone.
func (s *Shell) Close() {
	s.HangUp()
	select {
	case <-s.ended:
	case <-time.After(time.Second):
		s.process.Kill()
		<-s.ended
	}
	s.terminal.Close()
}
