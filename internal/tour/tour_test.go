package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
	os.Exit(m.Run())
}

// tourOf is the tour over pages, the bodies of its lessons, in an environment
// of its own. Its temporary files go to tmp.
func tourOf(t *testing.T, tmp string, env []string, pages ...string) *exec.Cmd {
	dir := t.TempDir()
	for i, page := range pages {
		name := filepath.Join(dir, fmt.Sprintf("%02d-page.md", i+1))
		require.NoError(t, os.WriteFile(name, []byte(page), 0o666))
	}
	cmd := exec.Command(os.Args[0], dir)
	cmd.Env = append([]string{"TOUR=1", "GORACE=atexit_sleep_ms=0", "TMPDIR=" + tmp, "TERM=xterm", "PATH=" + os.Getenv("PATH")}, env...)
	return cmd
}

const (
	first   = "# First\n\nSome `code`.\n\n```console\n$ printf 'o%s\\n' ne\none\n```\n\n## Answer\n\nIt is this.\n"
	second  = "# Second\n\n```console\n$ printf 'tw%s\\n' o\ntwo\n```\n"
	stale   = "# Stale\n\n```console\n$ printf 'new\\n'\nold\n```\n"
	endless = "# Endless\n\n```console\n$ printf 'runs %s\\n' on; cat\n```\n"
	alien   = "# Alien\n\n```console no-such-program\n$ printf 'ra%s\\n' n\nnever\n```\n"
)

func TestStraightThrough(t *testing.T) {
	for _, test := range []struct {
		name    string
		env     []string
		pages   []string
		status  int
		out     []string
		not     []string
		message string
	}{
		{"all", nil, []string{first, second}, 0,
			[]string{"Lesson 1 of 2", "Some `code`.", "  $ printf 'o%s\\n' ne\n  one\n", "\nAnswer\n\nIt is this.\n", "Lesson 2 of 2", "\n  two\n"}, []string{"\x1b", "\r"}, ""},
		{"one", []string{"LESSON=2"}, []string{first, second}, 0, []string{"Second"}, []string{"First"}, ""},
		{"stale", nil, []string{stale, second}, 1,
			[]string{"  new\nThe lesson says otherwise:\n  old\n", "\n  two\n"}, nil, "tour: 1 of the commands did not answer as their lessons say\n"},
		{"not run", nil, []string{alien}, 0, []string{"(Not run: this needs no-such-program.)\n  $ printf 'ra%s\\n' n\n  never\n"}, []string{"ran\n"}, ""},
		{"no such lesson", []string{"LESSON=3"}, []string{first, second}, 1, nil, []string{"First"}, "tour: LESSON=3: the lessons are 1 to 2\n"},
		{"no number", []string{"LESSON=x"}, []string{first}, 1, nil, nil, "tour: LESSON=x: the lessons are 1 to 1\n"},
		{"no lessons", nil, nil, 1, nil, nil, "tour: no lessons in "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tmp := t.TempDir()
			cmd := tourOf(t, tmp, test.env, test.pages...)
			var out, message bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &message
			cmd.Run()
			assert.Equal(t, test.status, cmd.ProcessState.ExitCode())
			for _, want := range test.out {
				assert.Contains(t, out.String(), want)
			}
			for _, unwanted := range test.not {
				assert.NotContains(t, out.String(), unwanted)
			}
			if test.message == "" {
				assert.Empty(t, message.String())
			} else {
				assert.True(t, strings.HasPrefix(message.String(), test.message), message.String())
			}
			assertEmpty(t, tmp)
		})
	}
}

func assertEmpty(t *testing.T, dir string) {
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left, "what the tour leaves behind")
}

// A reader sits at a terminal in which the tour runs.
type reader struct {
	t      *testing.T
	cmd    *exec.Cmd
	tmp    string
	master *os.File
	tty    *os.File // kept open, to see what mode it is left in
	before *term.State

	mu     sync.Mutex
	screen bytes.Buffer
}

func sit(t *testing.T, env []string, pages ...string) *reader {
	r := &reader{t: t, tmp: t.TempDir()}
	var err error
	r.master, r.tty, err = pty.Open()
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(r.master, &pty.Winsize{Rows: 24, Cols: 40}))
	r.before, err = term.GetState(int(r.tty.Fd()))
	require.NoError(t, err)

	r.cmd = tourOf(t, r.tmp, env, pages...)
	r.cmd.Stdin, r.cmd.Stdout, r.cmd.Stderr = r.tty, r.tty, r.tty
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, r.cmd.Start())
	go r.watch()
	t.Cleanup(func() {
		r.cmd.Process.Kill()
		r.master.Close()
		r.tty.Close()
	})
	return r
}

func (r *reader) watch() {
	chunk := make([]byte, 4096)
	for {
		n, err := r.master.Read(chunk)
		r.mu.Lock()
		r.screen.Write(chunk[:n])
		r.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (r *reader) sees() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.screen.String()
}

func (r *reader) waitFor(text string) {
	r.t.Helper()
	require.Eventually(r.t, func() bool { return strings.Contains(r.sees(), text) },
		20*time.Second, 5*time.Millisecond, "waiting for %q", text)
}

func (r *reader) press(keys string) {
	_, err := r.master.WriteString(keys)
	require.NoError(r.t, err)
}

// leave waits for the tour to end with status, and sees that it left no trace
// but what it wrote.
func (r *reader) leave(status int) {
	r.t.Helper()
	ended := make(chan struct{})
	go func() { r.cmd.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		r.t.Fatal("the tour goes on")
	}
	assert.Equal(r.t, status, r.cmd.ProcessState.ExitCode())
	assert.Equal(r.t, r.before, r.mode(), "the terminal's mode")
	assertEmpty(r.t, r.tmp)
}

func (r *reader) mode() *term.State {
	state, err := term.GetState(int(r.tty.Fd()))
	require.NoError(r.t, err)
	return state
}

func TestKeys(t *testing.T) {
	r := sit(t, nil, first, second)
	r.waitFor("— a key to run it, q to stop —")
	assert.NotContains(t, r.sees(), "one\r\n", "the reader has not said go")
	assert.NotEqual(t, r.before, r.mode(), "keys come one by one")
	r.press(" ")
	r.waitFor("  one\r\n")
	r.waitFor("— a key for the answer, q to stop —")
	assert.NotContains(t, r.sees(), "It is this.")
	r.press("\x1b[B") // an arrow: three bytes, one key
	r.waitFor("— a key for lesson 2, q to stop —")
	assert.NotContains(t, r.sees(), "Lesson 2 of 2")
	r.press("\r")
	r.waitFor("Lesson 2 of 2")
	r.waitFor("$ printf 'tw%s\\n' o")
	r.press("x")
	r.waitFor("  two\r\n")
	r.leave(0)
}

func TestOneOfSeveral(t *testing.T) {
	r := sit(t, []string{"LESSON=1"}, first, second)
	r.waitFor("— a key to run it, q to stop —")
	r.press(" ")
	r.waitFor("— a key for the answer, q to stop —")
	r.press(" ")
	r.leave(0)
	r.waitFor("make tour LESSON=2 goes on.\r\n")
	assert.NotContains(t, r.sees(), "Lesson 2 of 2")
}

// What stops the tour, at whatever moment, and what the shell then sees.
func TestStopping(t *testing.T) {
	for _, test := range []struct {
		name   string
		key    string
		signal syscall.Signal
		status int
	}{
		{"q", "q", 0, 0},
		{"Ctrl-C", "\x03", 0, 0},
		{"Ctrl-D", "\x04", 0, 0},
		{"SIGINT", "", syscall.SIGINT, 130},
		{"SIGTERM", "", syscall.SIGTERM, 143},
		{"SIGHUP", "", syscall.SIGHUP, 129},
		{"SIGQUIT", "", syscall.SIGQUIT, 131},
	} {
		stop := func(t *testing.T, r *reader) {
			if test.key != "" {
				r.press(test.key)
			} else {
				require.NoError(t, r.cmd.Process.Signal(test.signal))
			}
			r.leave(test.status)
			r.waitFor("make tour LESSON=1 comes back here.\r\n")
		}
		t.Run(test.name+"/waiting", func(t *testing.T) {
			t.Parallel()
			r := sit(t, nil, first)
			r.waitFor("a key to run it")
			stop(t, r)
			assert.NotContains(t, r.sees(), "  one\r\n")
		})
		t.Run(test.name+"/running", func(t *testing.T) {
			t.Parallel()
			r := sit(t, nil, endless)
			r.waitFor("a key to run it")
			r.press(" ")
			r.waitFor("\r\x1b[K") // the key has come
			stop(t, r)
		})
	}
}

// Ctrl-Z gives the shell its terminal back, and fg takes it again.
func TestSuspending(t *testing.T) {
	for _, test := range []struct {
		name    string
		suspend func(*reader)
	}{
		{"Ctrl-Z", func(r *reader) { r.press("\x1a") }},
		{"SIGTSTP", func(r *reader) { r.cmd.Process.Signal(syscall.SIGTSTP) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := sit(t, nil, first)
			r.waitFor("a key to run it")
			test.suspend(r)
			var status syscall.WaitStatus
			_, err := syscall.Wait4(r.cmd.Process.Pid, &status, syscall.WUNTRACED, nil)
			require.NoError(t, err)
			require.True(t, status.Stopped())
			assert.Equal(t, r.before, r.mode())

			require.NoError(t, r.cmd.Process.Signal(syscall.SIGCONT))
			require.Eventually(t, func() bool { return !assert.ObjectsAreEqual(r.before, r.mode()) }, 20*time.Second, 5*time.Millisecond)
			r.press(" ")
			r.waitFor("  one\r\n")
			r.press("q")
			r.leave(0)
		})
	}
}

func TestStyles(t *testing.T) {
	for _, test := range []struct {
		name string
		env  []string
		bold bool
	}{
		{"terminal", nil, true},
		{"NO_COLOR", []string{"NO_COLOR=1"}, false},
		{"NO_COLOR empty", []string{"NO_COLOR="}, true},
		{"dumb terminal", []string{"TERM=dumb"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := sit(t, test.env, first)
			r.waitFor("a key to run it")
			r.press("q")
			r.leave(0)
			styles := regexp.MustCompile("\x1b\\[[0-9;]*m").FindString(r.sees())
			assert.Equal(t, test.bold, styles != "", r.sees())
		})
	}
}

// A page longer than the screen is shown a screenful at a time, and no
// paragraph is torn that fits on the next.
func TestPaging(t *testing.T) {
	page := "# Long\n"
	for i := range 12 {
		page += fmt.Sprintf("\nParagraph %d, which takes more than one of the rows of a screen as narrow as this.\n", i)
	}
	r := sit(t, []string{"NO_COLOR=1"}, page)
	r.waitFor("— a key for more, q to stop —")
	screen := strings.TrimSuffix(r.sees(), "— a key for more, q to stop —")
	rows := strings.Count(screen, "\r\n")
	assert.Less(t, rows, 24)
	assert.GreaterOrEqual(t, rows, 20)
	assert.True(t, strings.HasSuffix(screen, "this.\r\n"), screen)
	r.press(" ")
	r.waitFor("Paragraph 8")
	assert.NotContains(t, r.sees(), "Paragraph 9")
	r.press(" ")
	r.waitFor("Paragraph 11")
	r.leave(0)
}
