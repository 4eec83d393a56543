//go:build linux

package acceptance

import (
	"bytes"
	"context"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// The tests of this file start programs without descriptor 0, 1 or 2, or with
// signals ignored. What `make` builds behaves as a C program does: its entry
// point comes before that of Go's runtime. What `go install` builds has Go's
// entry point, and behaves as README's bugs say.

// A birth is how a program is started, by a line for the shell in which $bin is
// the folder of the programs, and what it comes to.
type birth struct {
	line    string
	entry   ending // with the entry point
	runtime ending // without it
}

// says is the ending of a program that writes out, reports message on standard
// error and exits with status.
func says(out, message string, status int) ending {
	if message != "" {
		message += "\n"
	}
	return ending{out: []byte(out), stderr: message, status: status}
}

const someText = "some text\n" // in the file f

// gone begins a line: descriptor 4 becomes a pipe whose reader has gone away.
const gone = `mkfifo pipe; : <pipe & exec 4>pipe; wait; `

func births() []birth {
	silent := says("", "", 0)
	return []birth{
		{`$bin/cat <&-`, says("", "cat: -: Bad file descriptor", 1), silent},
		{`$bin/cat -A <&-`, says("", "cat: -: Bad file descriptor", 1), silent},
		{`$bin/cat f - f <&-`, says(someText+someText, "cat: -: Bad file descriptor", 1), says(someText+someText, "", 0)},
		{`$bin/cat f <&-`, says(someText, "", 0), says(someText, "", 0)},
		{`$bin/cat f >&-`, says("", "cat: write error: Bad file descriptor", 1), silent},
		{`$bin/cat <f >&-`, says("", "cat: write error: Bad file descriptor", 1), silent},
		{`cat f | $bin/cat >&-`, says("", "cat: write error: Bad file descriptor", 1), silent},
		{`$bin/cat -n f >&-`, says("", "cat: write error: Bad file descriptor", 1), silent},
		{`$bin/cat empty >&-`, silent, silent},
		{`$bin/cat --help >&-`, says("", "cat: write error: Bad file descriptor", 1), silent},
		{`$bin/cat <&- >&-`, says("", "cat: -: Bad file descriptor", 1), silent},
		{`$bin/cat f 2>&-`, says(someText, "", 0), says(someText, "", 0)},
		{`$bin/cat nope 2>&-`, says("", "", 1), says("", "", 1)},
		{`$bin/cat nope f <&- 2>&-`, says(someText, "", 1), says(someText, "", 1)},

		{`$bin/echo hi >&-`, says("", "echo: write error: Bad file descriptor", 1), silent},
		{`$bin/echo -n >&-`, silent, silent},
		{`$bin/echo hi <&- 2>&-`, says("hi\n", "", 0), says("hi\n", "", 0)},

		{`$bin/base64 <f >&-`, says("", "base64: write error: Bad file descriptor", 1), silent},
		{`$bin/base64 <empty >&-`, silent, silent},
		{`echo c29t | $bin/base64 -d >&-`, says("", "base64: write error: Bad file descriptor", 1), silent},
		{`$bin/base64 <&-`, says("", "base64: read error: Bad file descriptor", 1), silent},
		{`$bin/base64 -d <&-`, says("", "base64: read error: Bad file descriptor", 1), silent},
		{`$bin/base64 f <&-`, says("c29tZSB0ZXh0Cg==\n", "", 0), says("c29tZSB0ZXh0Cg==\n", "", 0)},
		{`$bin/base64 f 2>&-`, says("c29tZSB0ZXh0Cg==\n", "", 0), says("c29tZSB0ZXh0Cg==\n", "", 0)},

		{`$bin/tee <&-`, says("", "tee: read error: Bad file descriptor", 1), silent},
		{`$bin/tee -p g <&- && cat g`, says("", "tee: read error: Bad file descriptor", 1), silent},
		{`$bin/tee g <f >&-; echo $?; cat g`, says("1\n"+someText, "tee: 'standard output': Bad file descriptor", 0), says("0\n"+someText, "", 0)},
		{`$bin/tee -p g <f >&-; echo $?; cat g`, says("1\n"+someText, "tee: 'standard output': Bad file descriptor", 0), says("0\n"+someText, "", 0)},
		{`$bin/tee --output-error=exit g <f >&-; echo $?; cat g`, says("1\n", "tee: 'standard output': Bad file descriptor", 0), says("0\n"+someText, "", 0)},
		{`$bin/tee g <empty >&-; echo $?; cat g`, says("0\n", "", 0), says("0\n", "", 0)},
		{`$bin/tee g h <&- >&-; echo $?; cat g h`, says("1\n", "tee: read error: Bad file descriptor", 0), says("0\n", "", 0)},
		{`$bin/tee g h <f >&- 2>&-; echo $?; cat g h`, says("1\n"+someText+someText, "", 0), says("0\n"+someText+someText, "", 0)},
		{`$bin/tee nowhere/g <f 2>&-`, says(someText, "", 1), says(someText, "", 1)},

		{`FD42_TRACE=t $bin/echo hi <&- >&- 2>&-; grep -c closed t`, says("3\n", "", 0), says("0\n", "", 1)},
		{`FD42_TRACE=t $bin/cat f <&- >&-; grep -o 'f -> fd 3' t`, says("f -> fd 3\n", "cat: write error: Bad file descriptor", 0), says("f -> fd 3\n", "", 0)},
		{`FD42_TRACE=1 $bin/cat <&- 2>&1 | grep -o 'fd 0 .*stdin.*'`, says("fd 0   stdin      closed\n", "", 0), says("fd 0   stdin      device /dev/null  read-write\n", "", 0)},

		// The reader has gone away, and SIGPIPE is ignored.
		{`trap '' PIPE; ` + gone + `$bin/cat big >&4; echo $?`, says("1\n", "cat: write error: Broken pipe", 0), says("141\n", "", 0)},
		{`trap '' PIPE; ` + gone + `cat big 2>/dev/null | $bin/cat >&4; echo $?`, says("1\n", "cat: write error: Broken pipe", 0), says("141\n", "", 0)},
		{`trap '' PIPE; ` + gone + `$bin/cat -n f >&4; echo $?`, says("1\n", "cat: write error: Broken pipe", 0), says("141\n", "", 0)},
		{`trap '' PIPE; ` + gone + `$bin/base64 f >&4; echo $?`, says("1\n", "base64: write error: Broken pipe", 0), says("141\n", "", 0)},
		{`trap '' PIPE; ` + gone + `$bin/echo hi >&4; echo $?`, says("1\n", "echo: write error: Broken pipe", 0), says("141\n", "", 0)},
		{`trap '' PIPE; ` + gone + `$bin/tee g <big >&4; echo $?; cmp big g`, says("1\n", "tee: 'standard output': Broken pipe", 0), says("141\n", "cmp: EOF on g which is empty", 1)},
		{`trap '' PIPE; mkfifo pipe; (: <pipe; : >over) & { until test -e over; do :; done; cat big 2>/dev/null; } | { $bin/tee pipe g; echo $? >&2; } | wc -c; wc -c <g`,
			says("588895\n588895\n", "tee: pipe: Broken pipe\n1", 0), says("65536\n0\n", "141", 0)},
		{`trap '' PIPE; ` + gone + `$bin/tee -p g <big >&4; echo $?; cmp big g`, says("0\n", "", 0), says("0\n", "", 0)},
		{`trap '' PIPE; ` + gone + `$bin/cat nope 2>&4; echo $?`, says("1\n", "", 0), says("141\n", "", 0)},
		{`trap '' PIPE; ` + gone + `FD42_TRACE=nowhere/t $bin/cat f 2>&4; echo $?`, says(someText+"0\n", "", 0), says("141\n", "", 0)},
		{`trap '' PIPE; { $bin/cat big; echo $? >&2; } | head -n 1`, says("1\n", "cat: write error: Broken pipe\n1", 0), says("1\n", "141", 0)},
		{`trap '' PIPE; { cat big 2>/dev/null | $bin/cat; echo $? >&2; } | head -n 1`, says("1\n", "cat: write error: Broken pipe\n1", 0), says("1\n", "141", 0)},
		{`env --ignore-signal=PIPE setsid $bin/cat big | head -n 1`, says("1\n", "cat: write error: Broken pipe", 0), says("1\n", "", 0)},
		// It is not ignored.
		{gone + `$bin/cat big >&4; echo $?`, says("141\n", "", 0), says("141\n", "", 0)},
		{gone + `$bin/tee g <big >&4; echo $?`, says("141\n", "", 0), says("141\n", "", 0)},
	}
}

// TestBirths starts programs by each line, built with the entry point and
// without.
func TestBirths(t *testing.T) {
	t.Parallel()
	for name, bin := range builds(t) {
		for _, b := range births() {
			t.Run(name+" "+b.line, func(t *testing.T) {
				t.Parallel()
				want := b.entry
				if name == "without" {
					want = b.runtime
				}
				got := typeLine(t, folder(t), bin, b.line)
				assert.Equal(t, want, got)
			})
		}
	}
}

// TestClosedDescriptors starts each program in all eight ways to lack some of
// 0, 1 and 2.
func TestClosedDescriptors(t *testing.T) {
	t.Parallel()
	for name, bin := range builds(t) {
		for ways := range 8 {
			in, out, err := ways&1 != 0, ways&2 != 0, ways&4 != 0
			t.Run(fmt.Sprintf("%s/%03b", name, ways), func(t *testing.T) {
				t.Parallel()
				closing := ""
				for fd, closed := range []bool{in, out, err} {
					if closed {
						closing += fmt.Sprintf(" %d>&-", fd)
					}
				}
				for _, c := range []struct {
					line     string
					reads    string // what it says if it cannot read descriptor 0
					writes   string // and if it cannot write descriptor 1
					out      string
					readsOut string // what it still writes without descriptor 0
				}{
					{`$bin/echo some text`, "", "echo: write error", someText, someText},
					{`$bin/cat`, "cat: -", "cat: write error", someText, ""},
					{`$bin/cat -n f`, "", "cat: write error", "     1\t" + someText, "     1\t" + someText},
					{`$bin/base64`, "base64: read error", "base64: write error", "c29tZSB0ZXh0Cg==\n", ""},
					{`$bin/tee g h`, "tee: read error", "tee: 'standard output'", someText, ""},
				} {
					want := says(c.out, "", 0)
					failed := ""
					switch {
					case in && c.reads != "":
						want.out, failed = []byte(c.readsOut), c.reads
					case out:
						failed = c.writes
					}
					if failed != "" && name == "with" {
						want.status, want.stderr = 1, failed+": Bad file descriptor\n"
					}
					if out {
						want.out = []byte{}
					}
					if err {
						want.stderr = ""
					}
					dir := folder(t)
					got := typeLine(t, dir, bin, c.line+" <f"+closing)
					assert.Equal(t, want, got, c.line+closing)
					if strings.Contains(c.line, "tee") {
						whole := someText
						if in {
							whole = ""
						}
						for _, file := range []string{"g", "h"} {
							content, err := os.ReadFile(filepath.Join(dir, file))
							require.NoError(t, err)
							assert.Equal(t, whole, string(content), c.line+closing)
						}
					}
				}
			})
		}
	}
}

// TestOneProcessor: before_main tells Go's runtime to begin with one processor,
// whatever the environment says, and leaves all else on the stack as it was.
func TestOneProcessor(t *testing.T) {
	t.Parallel()
	many := strings.Fields(strings.Repeat("word ", 2001))
	for name, flags := range map[string][]string{"with": {"-ldflags=-E before_main"}, "without": nil} {
		if name == "with" && !ownEntry {
			continue
		}
		born := filepath.Join(t.TempDir(), "born")
		build := exec.Command("go", slices.Concat([]string{"build", "-buildvcs=false", "-o", born}, flags, []string{"./internal/acceptance/testdata/born"})...)
		build.Dir = root
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		output, err := build.CombinedOutput()
		require.NoError(t, err, "%s", output)
		for _, env := range [][]string{{"GOMAXPROCS=3"}, {"GOMAXPROCS=3", "MINE=my own"}, {"MINE=my own", "GOMAXPROCS=3"}} {
			for _, args := range [][]string{nil, {"one"}, {"one", ""}, many} {
				cmd := exec.Command(born, args...)
				cmd.Env = env
				output, err := cmd.Output()
				require.NoError(t, err)
				processors, mine := map[string]int{"with": 1, "without": 3}[name], ""
				if len(env) > 1 {
					mine = "my own"
				}
				assert.Equal(t, fmt.Sprintln(processors, 1+len(args), args, mine), string(output), "%s, %q", name, env)
			}
		}
	}
}

// TestWithoutDevNull starts programs where there is no /dev/null to be opened on
// a descriptor that is closed: in a root folder that holds nothing else.
func TestWithoutDevNull(t *testing.T) {
	withoutRace(t, "that build is linked dynamically, and has no libraries there")
	if os.Getuid() != 0 {
		t.Skip("only root may change the root folder")
	}
	t.Parallel()
	for name, bin := range builds(t) {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			for _, program := range programs {
				content, err := os.ReadFile(filepath.Join(bin, program))
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(filepath.Join(dir, program), content, 0o755))
			}
			got := typeLine(t, dir, bin, `chroot . /echo hi >&-`)
			if name == "without" {
				assert.Equal(t, 2, got.status)
				assert.Contains(t, got.stderr, "runtime: standard file descriptor 1 closed, unable to open /dev/null")
				return
			}
			assert.Equal(t, says("", "echo: write error: Bad file descriptor", 1), got)
			assert.Equal(t, says("", "cat: -: Bad file descriptor", 1), typeLine(t, dir, bin, `chroot . /cat <&- >&-`))
			assert.Equal(t, says("", "", 1), typeLine(t, dir, bin, `chroot . /tee <&- >&- 2>&-`))
			assert.Equal(t, says("", "", 0), typeLine(t, dir, bin, `chroot . /base64 /f >/dev/null <&- 2>&-`))
		})
	}
}

// ignorable are the signals that sh can ignore and have its successor ignore,
// except the real-time ones. It needs SIGCHLD itself.
func ignorable() (signals []unix.Signal) {
	for signal := unix.Signal(1); signal < 32; signal++ {
		if signal != unix.SIGKILL && signal != unix.SIGSTOP && signal != unix.SIGCHLD {
			signals = append(signals, signal)
		}
	}
	return signals
}

// TestIgnoredSignals sends every signal to programs whose caller ignores it,
// wherever they wait.
func TestIgnoredSignals(t *testing.T) {
	t.Parallel()
	if !ownEntry {
		t.Skip("there is no entry point of our own for this machine")
	}
	var numbers []string
	for _, signal := range ignorable() {
		numbers = append(numbers, strconv.Itoa(int(signal)))
	}
	ignore := []string{"sh", "-c", `trap '' ` + strings.Join(numbers, " ") + ` && exec "$@"`, "sh"}
	for _, p := range pauses() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			tr, resume := p.reach(t, ignore...)
			for _, signal := range ignorable() {
				assert.True(t, ignores(t, tr.cmd.Process.Pid, signal), "%v is not ignored", signal)
				require.NoError(t, tr.cmd.Process.Signal(signal))
			}
			close(resume)
			tr.check(tr.wait(), noSide, "")
		})
	}
}

// ignores reports whether a process ignores a signal: proc(5), SigIgn.
func ignores(t *testing.T, pid int, signal unix.Signal) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(status), "SigIgn:")
	require.True(t, found)
	set, err := strconv.ParseUint(strings.Fields(rest)[0], 16, 64)
	require.NoError(t, err)
	return set>>(signal-1)&1 == 1
}

// TestOneIgnoredSignal has the caller ignore one signal, and sends that: it does
// nothing. Where Go's entry point is the first, most signals kill.
func TestOneIgnoredSignal(t *testing.T) {
	t.Parallel()
	for name, bin := range builds(t) {
		for _, signal := range []unix.Signal{
			unix.SIGHUP, unix.SIGINT, unix.SIGPIPE, unix.SIGQUIT, unix.SIGTERM, unix.SIGALRM,
			unix.SIGUSR1, unix.SIGUSR2, unix.SIGXFSZ, unix.SIGTSTP, unix.SIGVTALRM, unix.SIGPROF, unix.SIGSYS,
		} {
			t.Run(name+"/"+unix.SignalName(signal), func(t *testing.T) {
				t.Parallel()
				killed := name == "without" && signal != unix.SIGHUP && signal != unix.SIGINT && signal != unix.SIGXFSZ && signal != unix.SIGTSTP
				for _, line := range []string{"cat", "base64 -w0", "tee"} {
					h := hold(t, fmt.Sprintf(`trap '' %d; exec $bin/%s`, signal, line), bin)
					require.NoError(t, h.cmd.Process.Signal(signal))
					if killed {
						assert.Equal(t, 128+int(signal), h.wait(t), line)
					} else {
						out, status := h.finish(t)
						assert.Equal(t, 0, status, line)
						assert.NotEmpty(t, out, line)
					}
				}
			})
		}
	}
}

// TestOthersStillKill ignores some signals and sends others.
func TestOthersStillKill(t *testing.T) {
	t.Parallel()
	for name, bin := range builds(t) {
		for _, signal := range []unix.Signal{unix.SIGPIPE, unix.SIGQUIT, unix.SIGTERM, unix.SIGALRM} {
			t.Run(name+"/"+unix.SignalName(signal), func(t *testing.T) {
				t.Parallel()
				h := hold(t, `trap '' HUP INT USR1; exec $bin/cat`, bin)
				require.NoError(t, h.cmd.Process.Signal(unix.SIGINT))
				require.NoError(t, h.cmd.Process.Signal(signal))
				assert.Equal(t, 128+int(signal), h.wait(t))
			})
		}
	}
}

// TestBackgroundJob is `(sleep 1; echo late) | tee -i o &` in a script, which
// ignores SIGINT and SIGQUIT, and a user who types Ctrl-\ at once. Here a FIFO
// is late, not sleep.
func TestBackgroundJob(t *testing.T) {
	t.Parallel()
	for name, bin := range builds(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t)
			require.NoError(t, unix.Mkfifo(filepath.Join(dir, "late"), 0o600))
			begin := `
				$bin/tee -i o <late >out & pid=$!
				exec 4>late
				echo early >&4
				while ! test -s o; do :; done
				kill -QUIT $pid
			`
			end := `wait $pid; echo $?; cat o`
			if name == "with" {
				got := typeLine(t, dir, bin, begin+`echo late >&4; exec 4>&-; `+end)
				assert.Equal(t, says("0\nearly\nlate\n", "", 0), got)
			} else {
				got := typeLine(t, dir, bin, begin+end)
				assert.Equal(t, "131\nearly\n", string(got.out))
			}
		})
	}
}

// TestIgnoredXFSZ: whether SIGXFSZ is ignored or not, a file that meets the
// limit is reported.
func TestIgnoredXFSZ(t *testing.T) {
	t.Parallel()
	for name, bin := range builds(t) {
		t.Run(name, func(t *testing.T) {
			got := typeLine(t, folder(t), bin, `trap '' XFSZ; ulimit -f 1; $bin/cat big >o; echo $?; wc -c <o`)
			assert.Equal(t, says("1\n512\n", "cat: write error: File too large", 0), got)
		})
	}
}

// TestEntrySymbol looks at the programs: the entry point of those that `make`
// builds is before_main, and those that `go install` builds do not hold it.
func TestEntrySymbol(t *testing.T) {
	t.Parallel()
	for name, bin := range builds(t) {
		for _, program := range programs {
			file, err := elf.Open(filepath.Join(bin, program))
			require.NoError(t, err)
			defer file.Close()
			symbols, err := file.Symbols()
			require.NoError(t, err)
			at := map[string]uint64{}
			for _, symbol := range symbols {
				at[symbol.Name] = symbol.Value
			}
			if name == "with" {
				assert.Equal(t, at["before_main"], file.Entry)
			} else {
				assert.NotContains(t, at, "before_main")
				assert.Equal(t, at["_rt0_"+goEnv(t, "GOARCH")+"_linux"], file.Entry)
			}
		}
	}
}

// builds are the folders of the programs, with the entry point and without.
func builds(t *testing.T) map[string]string {
	without, err := installedPrograms()
	require.NoError(t, err)
	if !ownEntry {
		return map[string]string{"without": without}
	}
	return map[string]string{"with": program(""), "without": without}
}

// installedPrograms builds the programs as `go install` does.
var installedPrograms = sync.OnceValues(func() (string, error) {
	dir := program("installed")
	return dir, build(dir)
})

// folder holds a file with text, an empty one, and one that no pipe takes whole.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var big strings.Builder
	for i := range 100_000 {
		fmt.Fprintln(&big, i+1)
	}
	for name, content := range map[string]string{"f": someText, "empty": "", "big": big.String()} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	return dir
}

// typeLine has sh run a line in dir. The programs beside those in bin are the
// system's.
func typeLine(t *testing.T, dir, bin, line string) ending {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), trialLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Dir, cmd.Env = dir, environment("bin="+bin, "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C")
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	status, err := exitStatus(cmd.Run())
	require.NoError(t, err)
	return ending{status: status, out: out.Bytes(), stderr: stderr.String()}
}

// A held program has read something, and written it, and waits for more.
type held struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout io.ReadCloser
}

func hold(t *testing.T, line, bin string) *held {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), trialLimit)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Env = environment("bin=" + bin)
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = io.WriteString(stdin, "abc")
	require.NoError(t, err)
	_, err = io.ReadAtLeast(stdout, make([]byte, 16), 3)
	require.NoError(t, err)
	return &held{cmd, stdin, stdout}
}

// finish gives the program the rest of its input, and returns the rest of its
// output.
func (h *held) finish(t *testing.T) (out string, status int) {
	t.Helper()
	_, err := io.WriteString(h.stdin, "defghi")
	assert.NoError(t, err)
	h.stdin.Close()
	rest, err := io.ReadAll(h.stdout)
	require.NoError(t, err)
	return string(rest), h.wait(t)
}

// wait waits for the program to end. If it still waits for input, only a signal
// can end it.
func (h *held) wait(t *testing.T) (status int) {
	t.Helper()
	_, err := io.ReadAll(h.stdout)
	require.NoError(t, err)
	status, err = exitStatus(h.cmd.Wait())
	require.NoError(t, err)
	return status
}
