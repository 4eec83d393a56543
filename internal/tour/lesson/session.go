package lesson

import (
	"crypto/rand"
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
)

// A Shell is a program to type at.
type Shell struct {
	Name string
	args []string
	// setup is typed first. Either way the echo that runs is the one in PATH.
	setup string
}

// Bash is bash with its builtin echo switched off.
func Bash() Shell {
	return Shell{
		Name:  "bash",
		args:  []string{"--norc", "--noprofile", "--noediting", "-i"},
		setup: "unset HISTFILE; enable -n echo",
	}
}

// POSIX is sh, with `env echo` standing in for echo.
func POSIX() Shell {
	return Shell{Name: "sh", args: []string{"-i"}, setup: "alias echo='env echo'"}
}

// patience is how long a command may take to come back. Programs built with
// the race detector on a busy machine are slow; a person would have pressed
// Ctrl-C long before.
const patience = 30 * time.Second

// A Session is a shell at a terminal of its own, in which a lesson's commands
// are typed one after the other. It is not for concurrent use.
type Session struct {
	shell    *exec.Cmd
	keyboard *os.File    // the master side of the terminal
	output   chan []byte // closed when nobody has the terminal open any more
	hungUp   chan struct{}
	once     sync.Once // over hungUp
	screen   string    // what has come and is not yet told
	prompt   string    // what the shell prints when it is ready
}

// Start runs sh in dir with the programs that PATH finds, and none of this
// process's descriptors and other environment.
func Start(sh Shell, dir string) (*Session, error) {
	if err := closeOnExec(); err != nil {
		return nil, err
	}
	s := &Session{
		shell:  exec.Command(sh.Name, sh.args...),
		output: make(chan []byte),
		hungUp: make(chan struct{}),
		// A prompt that no program prints: a control character and chance.
		prompt: "\x1e" + rand.Text() + "\x1e",
	}
	s.shell.Dir = dir
	s.shell.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C", "TERM=dumb",
		"GORACE=" + os.Getenv("GORACE"), // for programs built with the race detector
	}
	var err error
	if s.keyboard, err = pty.Start(s.shell); err != nil {
		return nil, fmt.Errorf("a terminal for %s: %w", sh.Name, err)
	}
	go s.read()

	// The terminal shows output alone and as it was written: without what is
	// typed, and no return before each newline. The prompt is typed in two
	// pieces, so that its echo is not taken for it.
	setup := fmt.Sprintf("%s; stty -echo -onlcr; PS2= PS1='%s''%s'", sh.setup, s.prompt[:1], s.prompt[1:])
	if _, err := s.Run(Step{Command: setup}); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// closeOnExec keeps descriptors that this process was born with, from make or
// a terminal's own shell, out of the table that the lessons show.
func closeOnExec() error {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
	return nil
}

// read hands on what appears on the screen.
func (s *Session) read() {
	defer close(s.output)
	for {
		chunk := make([]byte, 4096)
		n, err := s.keyboard.Read(chunk)
		if n > 0 {
			select {
			case s.output <- chunk[:n]:
			case <-s.hungUp:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// Run types a command, and its keys where the transcript has them, and returns
// what the screen then shows, the keys in their places. An error means that the
// shell did not come back; what was shown until then comes with it.
func (s *Session) Run(step Step) (string, error) {
	if err := s.press(step.Command + "\n"); err != nil {
		return "", err
	}
	var shown strings.Builder
	expected := ""
	for _, e := range events(step.Want) {
		if e.keys == "" {
			expected = e.shown
			continue
		}
		if err := s.await(expected); err != nil {
			return shown.String() + s.screen, err
		}
		if strings.Contains(s.screen, s.prompt) {
			break // it ended early: the key would go to the shell
		}
		shown.WriteString(s.screen + e.shown)
		s.screen, expected = "", ""
		if err := s.press(e.keys); err != nil {
			return shown.String(), err
		}
	}
	err := s.await(s.prompt)
	output, rest, _ := strings.Cut(s.screen, s.prompt)
	s.screen = rest
	shown.WriteString(output)
	return shown.String(), err
}

func (s *Session) press(keys string) error {
	_, err := s.keyboard.WriteString(keys)
	return err
}

// await returns when the screen shows all of text, or the prompt.
func (s *Session) await(text string) error {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	pattern, _ := new(Matcher).pattern(text)
	for !pattern.MatchString(s.screen) && !strings.Contains(s.screen, s.prompt) {
		select {
		case chunk, open := <-s.output:
			if !open {
				return errors.New("the shell has gone")
			}
			s.screen += string(chunk)
		case <-s.hungUp:
			return errors.New("the shell was told to go")
		case <-limit.C:
			return fmt.Errorf("nothing more after %v", patience)
		}
	}
	return nil
}

// HangUp ends the shell, which passes the signal on to what it runs, and makes
// Run return. It may be called while Run runs, and more than once.
func (s *Session) HangUp() {
	s.once.Do(func() {
		close(s.hungUp)
		s.shell.Process.Signal(syscall.SIGHUP)
	})
}

// Close hangs up and waits until the shell has gone.
func (s *Session) Close() {
	s.HangUp()
	unwilling := time.AfterFunc(2*time.Second, func() { s.shell.Process.Kill() })
	defer unwilling.Stop()
	s.shell.Wait()
	s.keyboard.Close()
}

// TempDir makes the empty directory that a lesson runs in. Its name holds no
// symbolic link, so that a trace shows the same path.
func TempDir() (string, error) {
	dir, err := os.MkdirTemp("", "fd42-")
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}
