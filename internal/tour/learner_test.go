package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/term"
)

// The tour is tried as a process of its own: this test, run again under a name
// that makes it the tour.
func TestMain(m *testing.M) {
	if os.Getenv("TOUR") != "" {
		main()
	}
	os.Exit(buildAndRun(m))
}

// buildAndRun puts the programs of the suite first in PATH.
func buildAndRun(m *testing.M) int {
	bin, err := os.MkdirTemp("", "tour-bin-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(bin)
	build := exec.Command("go", "build", "-buildvcs=false", "-o", bin, "../../cmd/...")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the programs: %v\n%s", err, out)
		return 1
	}
	os.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return m.Run()
}

// A setting is what a tour is started in.
type setting struct {
	env     []string
	pages   []string // the bodies of its lessons
	folder  string   // where they are, if not in pages
	sh      bool     // there is no bash
	columns int      // 80 if not said
	home    string   // its own if not said
}

// command is the tour in its setting. Its temporary files go to a folder tmp
// in home, what it keeps to a folder state there.
func (s *setting) command(t *testing.T) *exec.Cmd {
	if s.home == "" {
		s.home = t.TempDir()
	}
	for _, dir := range []string{"tmp", "pages", "bin"} {
		require.NoError(t, os.MkdirAll(filepath.Join(s.home, dir), 0o777))
	}
	for i, page := range s.pages {
		name := filepath.Join(s.home, "pages", fmt.Sprintf("%02d-page.md", i+1))
		require.NoError(t, os.WriteFile(name, []byte(page), 0o666))
	}
	path := os.Getenv("PATH")
	if s.sh {
		fake := filepath.Join(s.home, "bin", "bash")
		require.NoError(t, os.WriteFile(fake, []byte("#!/bin/sh\nexit 1\n"), 0o777))
		path = filepath.Dir(fake) + ":" + path
	}
	if s.folder == "" {
		s.folder = filepath.Join(s.home, "pages")
	}
	cmd := exec.Command(os.Args[0], s.folder)
	cmd.Env = append([]string{
		"TOUR=1", "GORACE=atexit_sleep_ms=0", "TMPDIR=" + s.tmp(), "XDG_STATE_HOME=" + filepath.Join(s.home, "state"),
		"HOME=" + filepath.Join(s.home, "unused"), "TERM=xterm", "NO_COLOR=1", "LANG=C.UTF-8", "PATH=" + path,
	}, s.env...)
	return cmd
}

func (s *setting) tmp() string { return filepath.Join(s.home, "tmp") }

// progress is what the tour keeps.
func (s *setting) progress(t *testing.T) string {
	text, err := os.ReadFile(filepath.Join(s.home, "state", "fd42", "tour"))
	require.NoError(t, err)
	return string(text)
}

func assertEmpty(t *testing.T, dir string) {
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left, "what the tour leaves behind")
}

// A learner sits at a terminal in which the tour runs.
type learner struct {
	setting
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	tty    *os.File // kept open, to see what mode it is left in
	before *term.State

	mu     sync.Mutex
	screen bytes.Buffer
	seen   int // of it
}

func sit(t *testing.T, s setting) *learner {
	if s.columns == 0 {
		s.columns = 80
	}
	l := &learner{setting: s, t: t}
	var err error
	l.master, l.tty, err = pty.Open()
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(l.master, &pty.Winsize{Rows: 30, Cols: uint16(s.columns)}))
	l.before, err = term.GetState(int(l.tty.Fd()))
	require.NoError(t, err)

	l.cmd = l.command(t)
	l.cmd.Stdin, l.cmd.Stdout, l.cmd.Stderr = l.tty, l.tty, l.tty
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, l.cmd.Start())
	go l.watch()
	t.Cleanup(func() {
		l.cmd.Process.Kill()
		l.master.Close()
		l.tty.Close()
	})
	return l
}

func (l *learner) watch() {
	chunk := make([]byte, 64*1024)
	for {
		n, err := l.master.Read(chunk)
		l.mu.Lock()
		l.screen.Write(chunk[:n])
		l.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// whole is all that the screen has shown.
func (l *learner) whole() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.screen.String()
}

const patience = time.Minute

// sees waits for texts, one after the other, below what was seen before, and
// returns what the screen shows up to the end of the last.
func (l *learner) sees(texts ...string) string {
	l.t.Helper()
	from := l.seen
	for _, text := range texts {
		limit := time.Now().Add(patience)
		for {
			rest := l.whole()[l.seen:]
			if at := strings.Index(rest, text); at >= 0 {
				l.seen += at + len(text)
				break
			}
			if time.Now().After(limit) {
				l.t.Fatalf("waiting for %q below:\n%s\n%q", text, rest, rest)
			}
			time.Sleep(2 * time.Millisecond)
		}
	}
	return l.whole()[from:l.seen]
}

func (l *learner) types(keys string) {
	_, err := l.master.WriteString(keys)
	require.NoError(l.t, err)
}

// runs types a line at the prompt and waits for texts and the next prompt.
func (l *learner) runs(line string, texts ...string) string {
	l.t.Helper()
	l.types(line + "\r")
	return l.sees(append(append([]string{line}, texts...), prompt)...)
}

// starts runs a line and waits until a program of the suite is there to read
// keys: until then, bash reads them another way.
func (l *learner) starts(line string) {
	l.t.Helper()
	traced := l.traceSize()
	l.types(line + enter)
	l.sees(line)
	require.Eventually(l.t, func() bool { return l.traceSize() != traced }, patience, 5*time.Millisecond)
}

// traceSize grows with what the programs trace.
func (l *learner) traceSize() int64 {
	found, _ := filepath.Glob(filepath.Join(l.tmp(), "fd42-*", "tour", "trace"))
	for _, file := range found {
		if info, err := os.Stat(file); err == nil {
			return info.Size()
		}
	}
	return 0
}

const (
	prompt = "fd42$ "
	enter  = "\r"
)

// leaves waits for the tour to end with status, and sees that it left nothing
// but what it wrote.
func (l *learner) leaves(status int) {
	l.t.Helper()
	ended := make(chan struct{})
	go func() { l.cmd.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(patience):
		l.t.Fatalf("the tour goes on: %q", l.whole()[l.seen:])
	}
	assert.Equal(l.t, status, l.cmd.ProcessState.ExitCode())
	assert.Equal(l.t, l.before, l.mode(), "the terminal's mode")
	assertEmpty(l.t, l.tmp())
}

func (l *learner) mode() *term.State {
	state, err := term.GetState(int(l.tty.Fd()))
	require.NoError(l.t, err)
	return state
}

// eachShell runs f with bash and with sh.
func eachShell(t *testing.T, f func(t *testing.T, sh bool)) {
	for _, sh := range []bool{false, true} {
		t.Run(map[bool]string{false: "bash", true: "sh"}[sh], func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath("bash"); err != nil && !sh {
				t.Skip("no bash here")
			}
			f(t, sh)
		})
	}
}
