package shell

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A person sits at a shell.
type person struct {
	*Shell
	t     *testing.T
	place Place
}

func eachShell(t *testing.T, live bool, f func(t *testing.T, p *person)) {
	for _, kind := range []Kind{Bash(), POSIX()} {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(kind.Name); err != nil {
				t.Skip("no " + kind.Name + " here")
			}
			place, err := NewPlace()
			require.NoError(t, err)
			t.Cleanup(place.Remove)
			s, err := Start(Config{Kind: kind, Place: place, Live: live, Rows: 24, Columns: 80})
			require.NoError(t, err)
			t.Cleanup(s.Close)
			p := &person{s, t, place}
			p.until(Over)
			p.prompt()
			f(t, p)
		})
	}
}

// until returns the mark of that kind and all that is shown before it.
func (p *person) until(kind MarkKind) (string, Mark) {
	p.t.Helper()
	var shown strings.Builder
	limit := time.After(time.Minute)
	for {
		select {
		case e, open := <-p.Events:
			if !open {
				p.t.Fatalf("the shell has gone: %q", shown.String())
			}
			shown.Write(e.Text)
			if e.Mark != nil && e.Mark.Kind == kind {
				return shown.String(), *e.Mark
			}
		case <-limit:
			p.t.Fatalf("no %s: %q", kind, shown.String())
		}
	}
}

// prompt waits until the shell is ready for a line.
func (p *person) prompt() { p.shows("fd42$ ") }

// shows waits until the screen ends in text.
func (p *person) shows(text string) {
	p.t.Helper()
	for shown := ""; !strings.HasSuffix(shown, text); {
		select {
		case e := <-p.Events:
			shown += string(e.Text)
		case <-time.After(time.Minute):
			p.t.Fatalf("no %q: %q", text, shown)
		}
	}
}

// run returns what the screen shows of a line and its output.
func (p *person) run(line string) (string, Mark) {
	p.t.Helper()
	p.Type([]byte(line + "\n"))
	shown, mark := p.until(Over)
	p.prompt()
	return shown, mark
}

func TestMarks(t *testing.T) {
	eachShell(t, true, func(t *testing.T, p *person) {
		for _, test := range []struct {
			line     string
			status   int
			statuses []int
		}{
			{"true", 0, []int{0}},
			{"(exit 3)", 3, []int{3}},
			{"false | true", 0, []int{1, 0}},
			{"printf '%s\\n' $?", 0, []int{0}},
			{"stty raw -echo", 0, []int{0}},
			{"true;true", 0, []int{0}},
			{"cd /; [ $? = 0 ]", 0, []int{0}},
		} {
			shown, m := p.run(test.line)
			assert.Contains(t, shown, test.line+"\r\n")
			assert.Equal(t, test.status, m.Status, test.line)
			if p.Kind().Bash {
				assert.Equal(t, test.line, m.Line)
				assert.Equal(t, test.statuses, m.Statuses, test.line)
			}
		}
		_, m := p.run("false")
		assert.Equal(t, "/", m.Dir)
		shown, _ := p.run("printf '<%s>' $?")
		assert.Contains(t, shown, "<1>")
		if p.Kind().Bash {
			p.run("false | (exit 2) | true")
			shown, _ = p.run("printf '<%s>' ${PIPESTATUS[*]}")
			assert.Contains(t, shown, "<1><2><0>")
		}
	})
}

func TestWords(t *testing.T) {
	eachShell(t, true, func(t *testing.T, p *person) {
		require.NoError(t, os.WriteFile(p.place.Folder()+"/xhint", nil, 0o666))
		for line, words := range map[string][]string{
			"?": {}, "?hint": {"hint"}, "?go 7": {"go", "7"}, "?answer 17": {"answer", "17"}, "? hint": {"hint"}, "false; ?quit": {"quit"},
		} {
			p.Type([]byte(line + "\n"))
			_, m := p.until(Word)
			assert.Equal(t, words, m.Words, line)
			p.until(Over)
			p.prompt()
		}
		p.run("(exit 5)")
		p.run("?hint")
		shown, _ := p.run("printf '<%s>' $?")
		assert.Contains(t, shown, "<5>", "a word of the tour's leaves the status alone")
	})
}

func TestUnseen(t *testing.T) {
	eachShell(t, true, func(t *testing.T, p *person) {
		_, before := p.run("true")
		line, err := p.Unseen([]string{"name=value", "exec 7>file"})
		require.NoError(t, err)
		p.Type([]byte(line))
		_, after := p.until(Over)
		p.prompt()
		assert.Equal(t, before.Line, after.Line, "not in the history")
		shown, _ := p.run("printf '<%s>' $name; test -e file")
		assert.Contains(t, shown, "<value>")
	})
}

func TestBegins(t *testing.T) {
	eachShell(t, true, func(t *testing.T, p *person) {
		if !p.Kind().Bash {
			t.Skip("only bash says so")
		}
		p.Type([]byte("printf 'o%s\\n' ut | cat\n"))
		_, m := p.until(Begins)
		assert.Equal(t, "printf 'o%s\\n' ut | cat", m.Line)
		shown, _ := p.until(Over)
		assert.Equal(t, "out\r\n", shown)
	})
}

// What a shell started in the background, also in a session of its own, ends
// with it.
func TestSweep(t *testing.T) {
	eachShell(t, true, func(t *testing.T, p *person) {
		var pids []string
		for _, line := range []string{"sleep 1000 &", "nohup sleep 1000 >/dev/null 2>&1 &", "setsid sleep 1000 & sleep 0.1", "(trap '' HUP; sleep 1000) &"} {
			p.run(line)
			shown, _ := p.run("printf '<%s>' $!")
			_, pid, _ := strings.Cut(shown, "\r\n<")
			pid, _, _ = strings.Cut(pid, ">")
			require.NotEmpty(t, pid, shown)
			pids = append(pids, pid)
		}
		p.Close()
		for _, pid := range pids {
			stat, err := os.ReadFile(fmt.Sprintf("/proc/%s/stat", pid))
			assert.True(t, err != nil || strings.Contains(string(stat), ") Z "), "%s", stat)
		}
	})
}

func TestBelongs(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(folder+"/environ", []byte("A=b\x00FD42_TRACE=/t\x00"), 0o666))
	for _, test := range []struct {
		stat    string
		session int
		trace   string
		want    bool
	}{
		{"7 (a) b) S 1 7 40 0", 40, "/x", true},
		{"7 (a) S 1 7 41 0", 40, "/x", false},
		{"7 (a) S 1 7 41 0", 40, "/t", true},
		{"7 (a) Z 1 7 40 0", 40, "/t", false},
		{"7 (a) S 1 7 0 0", 0, "/x", false},
		{"7 (a) S 1 7 1 0", 1, "/x", false},
		{"7 (a) S 1 7 0 0", 0, "", false},
		{"7", 0, "/t", false},
	} {
		require.NoError(t, os.WriteFile(folder+"/stat", []byte(test.stat), 0o666))
		assert.Equal(t, test.want, belongs(folder, test.session, test.trace), "%v", test)
	}
}

func TestStoppedShell(t *testing.T) {
	eachShell(t, true, func(t *testing.T, p *person) {
		p.Type([]byte("kill -STOP $$\n"))
		p.until(Stopped)
		p.until(Over)
		p.prompt()
		p.run("true")
	})
}

func TestShellEnds(t *testing.T) {
	for _, line := range []string{"exit 3", "exec true", "kill -9 $$", "(sleep 1000 &); exit"} {
		t.Run(line, func(t *testing.T) {
			eachShell(t, true, func(t *testing.T, p *person) {
				p.Type([]byte(line + "\n"))
				limit := time.After(time.Minute)
				for {
					select {
					case _, open := <-p.Events:
						if !open {
							return
						}
					case <-limit:
						t.Fatal("no end")
					}
				}
			})
		})
	}
}

// Nobody reads what is typed; Ctrl-C comes through all the same.
func TestTypeAhead(t *testing.T) {
	eachShell(t, true, func(t *testing.T, p *person) {
		p.run("printf 'ru%s' ns >file")
		p.Type([]byte("tail -f file\n"))
		p.shows("runs")
		p.Type([]byte(strings.Repeat("x", 100_000)))
		p.Type([]byte{3})
		_, m := p.until(Over)
		assert.Equal(t, 130, m.Status)
	})
}

func TestPlace(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	first, err := NewPlace()
	require.NoError(t, err)
	second, err := NewPlace()
	require.NoError(t, err)
	assert.NotEqual(t, first.root, second.root)
	require.NoError(t, os.MkdirAll(first.Folder()+"/a/b", 0o777))
	require.NoError(t, os.Chmod(first.Folder()+"/a", 0o500))
	first.lock.Close() // as if it had been killed
	again, err := NewPlace()
	require.NoError(t, err)
	assert.Equal(t, first.root, again.root)
	left, err := os.ReadDir(again.Folder())
	require.NoError(t, err)
	assert.Empty(t, left)
	again.Remove()
	second.Remove()
	left, err = os.ReadDir(os.TempDir())
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestPlaceOfSomebodyElse(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	first, err := NewPlace()
	require.NoError(t, err)
	first.lock.Close()
	for _, disturb := range []func(root string) error{
		func(root string) error { return os.Chmod(root, 0o755) },
		func(root string) error { return os.RemoveAll(root) },
		func(root string) error { return os.Symlink(tmp, root) },
		func(root string) error { return os.Remove(root) },
		func(root string) error { return os.WriteFile(root, nil, 0o600) },
	} {
		require.NoError(t, disturb(first.root))
		p, err := NewPlace()
		require.NoError(t, err)
		p.Remove()
	}
}
