package script

// The commands of the scripts, beside testscript's own (stdout, stderr, cmp,
// exists, chmod, symlink, env, …), which are described at
// https://pkg.go.dev/github.com/rogpeppe/go-internal/testscript.
// N is the exact exit status that is wanted; 128+n means death by signal n, as a
// shell reports it. Each leaves stdout and stderr for the checks that follow it.
//
//	status N PROGRAM [ARG...]
//		Runs PROGRAM. Its standard input is what `stdin FILE` prepared, else empty.
//	sh N 'SNIPPET'
//		status N sh -c SNIPPET: redirections, pipes, FIFOs (mkfifo), umask, ulimit.
//		A single quote inside is doubled. sh has an echo of its own: say `env echo`.
//		A longer one lives in a file of the archive: status N sh FILE.
//	session FILE
//		Gives each line `$ COMMAND` of FILE to sh. Under it FILE has what must come of
//		it: the lines of stdout, then those of stderr, each after `! `, then `[N]` unless
//		the exit status is 0. A last line that has no newline ends in a `\`. Lines that
//		begin with `# ` are comments.
//	gone N stdout|stderr PROGRAM [ARG...]
//		Runs PROGRAM with that stream a pipe whose reader has already gone.
//	nobody N PROGRAM [ARG...]
//		Runs PROGRAM as another user when the tests run as root, who is never denied
//		anything; as the user of the tests otherwise. So a file that is to be refused
//		needs chmod 000, and a directory chmod 555; one to be written in, chmod 777.
//	nonblock N FILE PROGRAM [ARG...]
//		Runs PROGRAM with O_NONBLOCK pipes as stdin and stdout. FILE goes in, and what
//		comes out is taken, in small pieces and each only once PROGRAM sleeps, so that
//		it always meets an empty or a full pipe. The flag must be left as it was found.
//	tty N DIALOGUE PROGRAM [ARG...]
//		Runs PROGRAM on a pseudo-terminal of its own (stdin, stdout and stderr, and the
//		one that controls it), which echoes nothing. In the file DIALOGUE a line
//		`> TEXT` types TEXT and Enter, `> ^D` or `> TEXT^D` types that control key in
//		Enter's place, and `< TEXT` waits until TEXT has been shown. stdout is all that
//		was shown, its line ends plain newlines.
//	fullfs DIR SIZE
//		Mounts at DIR an empty file system of SIZE bytes (65536, or 64k) until the
//		script ends. The script is skipped where that is not allowed.
//	write FILE 'BYTES'
//		Makes FILE of BYTES, in which Go's escapes (\n \x00 \377) are understood and a
//		double quote is itself. Files of the archive can only be whole lines of text.
//	is FILE 'BYTES'
//		FILE, which may be stdout or stderr, holds exactly BYTES (escapes as in write).
//
// This one is a program, for use in sh:
//
//	asleep PID
//		Waits until every thread of a process sleeps, and fails if it has ended.
//
// gone, nobody, nonblock and tty see the environment that the script began with,
// not what its `env` changed: write `gone 1 stdout env NAME=VALUE PROGRAM`, and they
// give PROGRAM no input but the one described.
//
// A script starts in the empty directory $WORK with PATH beginning with the
// programs, FD42_BIN their directory, and LC_ALL=C. The condition [root] says
// whether the judge runs as root. What a script leaves running is killed at its
// end.

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// A script is one behaviour being asked for.
type script struct {
	job     Job
	t       *running
	names   *nameless
	env     []string // of the programs that it runs
	ts      *testscript.TestScript
	command string // the last that was run, as a person would type it
	stdout  string // of that command
	stderr  string
	seen    Verdict // what a command has to say of its failure
}

func (s *script) commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"status":   s.expecting("PROGRAM [ARG...]", 1, s.runStatus),
		"sh":       s.expecting("'SNIPPET'", 1, s.runShell),
		"session":  s.session,
		"gone":     s.expecting("stdout|stderr PROGRAM [ARG...]", 2, s.runGone),
		"nobody":   s.expecting("PROGRAM [ARG...]", 1, s.runNobody),
		"nonblock": s.expecting("FILE PROGRAM [ARG...]", 2, s.runNonblock),
		"tty":      s.expecting("DIALOGUE PROGRAM [ARG...]", 2, s.runTTY),
		"fullfs":   s.fullfs,
		"write":    write,
		"is":       s.is,
	}
}

func condition(name string) (bool, error) {
	if name != "root" {
		return false, fmt.Errorf("unknown condition %s", name)
	}
	return os.Geteuid() == 0, nil
}

// expecting makes a command out of run: its first argument is the exit status
// that run's error must carry, and run is given at least least of the others.
func (s *script) expecting(usage string, least int, run func(*testscript.TestScript, []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < 1+least {
			ts.Fatalf("usage: COMMAND N %s", usage)
		}
		want, err := strconv.Atoi(args[0])
		ts.Check(err)
		s.ts = ts
		s.stdout, s.stderr = "", ""
		got, err := ExitStatus(run(ts, args[1:]))
		ts.Check(err)
		if got != want {
			s.seen = Verdict{
				What: "the exit status, and what was said",
				Want: []byte(statusText(want)),
				Got:  []byte(statusText(got) + shown("", s.stdout) + shown("! ", s.stderr)),
			}
			ts.Fatalf("exit status %d, want %d", got, want)
		}
	}
}

// ExitStatus is what a shell's $? would say of a program whose run gave err.
func ExitStatus(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, err
	}
	if status := exit.Sys().(syscall.WaitStatus); status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}

// statusText says what a shell's $? means.
func statusText(status int) string {
	switch {
	case status == 126:
		return "126, it cannot be run\n"
	case status == 127:
		return "127, it was not found\n"
	case status > 128:
		return fmt.Sprintf("%d, it died of %s\n", status, unix.SignalName(unix.Signal(status-128)))
	}
	return fmt.Sprintf("%d\n", status)
}

func (s *script) runStatus(ts *testscript.TestScript, args []string) error {
	s.command = typed(args)
	return s.exec(ts, args)
}

func (s *script) runShell(ts *testscript.TestScript, args []string) error {
	if len(args) > 1 {
		ts.Fatalf("sh: the snippet must be a single, quoted word")
	}
	s.command = args[0]
	return s.exec(ts, []string{"sh", "-c", args[0]})
}

// exec runs args with what the script has prepared, and has its outputs name
// the programs as if each had been called by its plain name.
func (s *script) exec(ts *testscript.TestScript, args []string) error {
	err := ts.Exec(args[0], args[1:]...)
	stdout, stderr := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	s.stdout, s.stderr = s.names.plain(stdout), s.names.plain(stderr)
	if s.stdout != stdout || s.stderr != stderr {
		_, outErr := io.WriteString(ts.Stdout(), s.stdout)
		_, errErr := io.WriteString(ts.Stderr(), s.stderr)
		ts.Check(errors.Join(outErr, errErr))
	}
	return err
}

// session compares a file with what its commands make of it.
func (s *script) session(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: session FILE")
	}
	s.ts = ts
	for _, step := range steps(ts.ReadFile(args[0])) {
		s.command = step.command
		got := s.perform(ts, step.command)
		if got != step.want {
			s.seen = Verdict{What: "what a terminal would show", Want: []byte(step.want), Got: []byte(got)}
			ts.Fatalf("the session goes another way at $ %s", step.command)
		}
	}
}

// A step is a command of a session and what must come of it.
type step struct{ command, want string }

func steps(session string) (all []step) {
	for line := range strings.Lines(session) {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case isCommand:
			all = append(all, step{command: strings.TrimSuffix(command, "\n")})
		case !strings.HasPrefix(line, "# ") && len(all) > 0:
			all[len(all)-1].want += line
		}
	}
	return all
}

// perform runs command, and gives what a session says of it.
func (s *script) perform(ts *testscript.TestScript, command string) string {
	status, err := ExitStatus(s.exec(ts, []string{"sh", "-c", command}))
	ts.Check(err)
	said := shown("", s.stdout) + shown("! ", s.stderr)
	if status != 0 {
		said += fmt.Sprintf("[%d]\n", status)
	}
	return said
}

// shown is output as a session shows it, each line after prefix.
func shown(prefix, output string) string {
	if output == "" {
		return ""
	}
	if !strings.HasSuffix(output, "\n") {
		output += "\\\n"
	}
	lines := strings.TrimSuffix(output, "\n")
	return prefix + strings.ReplaceAll(lines, "\n", "\n"+prefix) + "\n"
}

// process is the program of args with the script's directory, environment and
// outputs, and nothing to read.
func (s *script) process(ts *testscript.TestScript, args []string) *exec.Cmd {
	s.command = typed(args)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), s.env
	cmd.Stdout = io.MultiWriter(ts.Stdout(), (*text)(&s.stdout))
	cmd.Stderr = io.MultiWriter(ts.Stderr(), (*text)(&s.stderr))
	return cmd
}

// A text grows by what is written to it.
type text string

func (t *text) Write(data []byte) (int, error) {
	*t += text(data)
	return len(data), nil
}

func (s *script) runGone(ts *testscript.TestScript, args []string) error {
	// A process that another test starts meanwhile would have the reader until
	// it has become another program. Starting one takes this lock until then.
	syscall.ForkLock.RLock()
	r, w, err := os.Pipe()
	if err == nil {
		err = r.Close()
	}
	syscall.ForkLock.RUnlock()
	ts.Check(err)
	defer w.Close()
	cmd := s.process(ts, args[1:])
	switch args[0] {
	case "stdout":
		cmd.Stdout = w
	case "stderr":
		cmd.Stderr = w
	default:
		ts.Fatalf("gone: neither stdout nor stderr: %s", args[0])
	}
	s.command += fmt.Sprintf("  # %s is a pipe whose reader has gone away", args[0])
	return cmd.Run()
}

func (s *script) runNobody(ts *testscript.TestScript, args []string) error {
	cmd := s.process(ts, args)
	if os.Geteuid() == 0 {
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return cmd.Run()
}

func (s *script) runNonblock(ts *testscript.TestScript, args []string) error {
	input := []byte(ts.ReadFile(args[0]))
	cmd := s.process(ts, args[1:])
	in, feed := slowPipe(ts)
	drain, out := slowPipe(ts)
	cmd.Stdin, cmd.Stdout = in, out
	for _, end := range []*os.File{in, out} {
		defer end.Close()
		// After os.Pipe, which knows its ends as blocking: os/exec would undo
		// a flag that os.File had set.
		ts.Check(unix.SetNonblock(int(end.Fd()), true))
	}
	ts.Check(cmd.Start())

	var pumps sync.WaitGroup
	pumps.Go(func() { feedSlowly(feed, input, cmd.Process.Pid) })
	var taken []byte
	pumps.Go(func() { taken = drainSlowly(drain, cmd.Process.Pid) })
	err := cmd.Wait()
	for _, end := range []*os.File{in, out} {
		flags, flagErr := unix.FcntlInt(end.Fd(), unix.F_GETFL, 0)
		ts.Check(flagErr)
		if flags&unix.O_NONBLOCK == 0 {
			ts.Fatalf("O_NONBLOCK, which others may share, was cleared")
		}
		ts.Check(end.Close())
	}
	pumps.Wait()
	_, writeErr := ts.Stdout().Write(taken)
	ts.Check(writeErr)
	return err
}

// slowPipe is the smallest pipe there is. Its ends are blocking.
func slowPipe(ts *testscript.TestScript) (r, w *os.File) {
	var ends [2]int
	ts.Check(unix.Pipe2(ends[:], unix.O_CLOEXEC))
	_, err := unix.FcntlInt(uintptr(ends[1]), unix.F_SETPIPE_SZ, os.Getpagesize())
	ts.Check(err)
	return os.NewFile(uintptr(ends[0]), "slow pipe, read"), os.NewFile(uintptr(ends[1]), "slow pipe, written")
}

// feedSlowly writes input to w a piece at a time. It stops when w has no reader.
func feedSlowly(w *os.File, input []byte, pid int) {
	defer w.Close()
	for len(input) > 0 {
		WaitAsleep(pid)
		n, err := w.Write(input[:min(777, len(input))])
		if err != nil {
			return
		}
		input = input[n:]
	}
	WaitAsleep(pid)
}

// drainSlowly reads r to its end, a piece at a time.
func drainSlowly(r *os.File, pid int) (taken []byte) {
	defer r.Close()
	for piece := make([]byte, 1999); ; {
		WaitAsleep(pid)
		n, err := r.Read(piece)
		taken = append(taken, piece[:n]...)
		if err != nil {
			return taken
		}
	}
}

// WaitAsleep returns when the process sleeps, or has ended.
func WaitAsleep(pid int) {
	for !Asleep(pid) {
		time.Sleep(100 * time.Microsecond)
	}
}

// RunAsleep is the program asleep.
func RunAsleep(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: asleep PID")
	}
	pid, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	WaitAsleep(pid)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err == nil && bytes.Contains(status, []byte("\nState:\tZ")) {
		err = os.ErrProcessDone
	}
	return err
}

// Asleep reports whether every thread of the process sleeps. They are looked at
// one after the other, and one that is seen asleep may be woken by the next
// before that is seen asleep too. So it looks twice: all slept between the two
// if none has gone to sleep again.
func Asleep(pid int) bool {
	first, sleeping := sleeps(pid)
	if !sleeping {
		return false
	}
	second, sleeping := sleeps(pid)
	return sleeping && first == second
}

// sleeps tells how often each thread of the process has gone to sleep, and
// whether all were asleep when they were looked at.
func sleeps(pid int) (counts string, sleeping bool) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	for _, path := range threads {
		status, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		text := string(status)
		if !strings.Contains(text, "\nState:\tS") && !strings.Contains(text, "\nState:\tZ") {
			return "", false
		}
		_, count, _ := strings.Cut(text, "\nvoluntary_ctxt_switches:")
		counts += path + count
	}
	return counts, true
}

func (s *script) runTTY(ts *testscript.TestScript, args []string) error {
	dialogue := ts.ReadFile(args[0])
	keyboard, tty, err := pty.Open()
	ts.Check(err)
	defer keyboard.Close()
	ts.Check(MakePlain(tty))
	cmd := s.process(ts, args[1:])
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	ts.Check(cmd.Start())
	ts.Check(tty.Close())

	screen := &screen{changed: make(chan struct{}, 1)}
	var watching sync.WaitGroup
	watching.Go(func() { screen.show(keyboard) })
	talkErr := talk(dialogue, keyboard, screen)
	err = cmd.Wait()
	watching.Wait()
	_, writeErr := io.WriteString(ts.Stdout(), screen.text())
	ts.Check(errors.Join(talkErr, writeErr))
	return err
}

// MakePlain has the terminal show what is written to it, and only that, as it is.
func MakePlain(tty *os.File) error {
	mode, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	if err != nil {
		return err
	}
	mode.Lflag &^= unix.ECHO
	mode.Oflag &^= unix.ONLCR
	return unix.IoctlSetTermios(int(tty.Fd()), unix.TCSETS, mode)
}

// talk types and awaits what the lines of dialogue say.
func talk(dialogue string, keyboard io.Writer, screen *screen) error {
	for line := range strings.Lines(dialogue) {
		text := strings.TrimRight(line[min(2, len(line)):], "\n")
		var err error
		switch line[:min(2, len(line))] {
		case "> ":
			_, err = io.WriteString(keyboard, keys(text))
		case "< ":
			err = screen.await(text)
		default:
			err = fmt.Errorf("dialogue: neither typed nor awaited: %q", line)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keys is what a keyboard sends for text and Enter, or for text that ends in a
// control key.
func keys(text string) string {
	if last := len(text) - 2; last >= 0 && text[last] == '^' {
		return text[:last] + string(text[last+1]&0x1f)
	}
	return text + "\n"
}

// A screen holds what a terminal has shown.
type screen struct {
	mu      sync.Mutex
	shown   []byte
	seen    int  // how much of shown has been awaited
	dark    bool // nothing more will be shown
	changed chan struct{}
}

// show takes what the terminal shows until no process has it open.
func (s *screen) show(terminal io.Reader) {
	for piece := make([]byte, 4096); ; {
		n, err := terminal.Read(piece)
		s.mu.Lock()
		s.shown = append(s.shown, piece[:n]...)
		s.dark = err != nil
		s.mu.Unlock()
		select {
		case s.changed <- struct{}{}:
		default: // one notice is enough
		}
		if err != nil {
			return
		}
	}
}

// await returns once want has been shown after all that was awaited before.
func (s *screen) await(want string) error {
	for {
		s.mu.Lock()
		at := bytes.Index(s.shown[s.seen:], []byte(want))
		dark := s.dark
		if at >= 0 {
			s.seen += at + len(want)
		}
		s.mu.Unlock()
		switch {
		case at >= 0:
			return nil
		case dark:
			return fmt.Errorf("the terminal never showed %q", want)
		}
		<-s.changed
	}
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.shown)
}

func (s *script) fullfs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fullfs DIR SIZE")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o777))
	if err := unix.Mount("fd42", dir, "tmpfs", 0, "size="+args[1]); err != nil {
		s.t.Skip(fmt.Sprintf("a small file system cannot be mounted here: %v", err))
	}
	ts.Defer(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
}

func write(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: write FILE 'BYTES'")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), unescape(ts, args[1]), 0o666))
}

func (s *script) is(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: is FILE 'BYTES'")
	}
	if got, want := ts.ReadFile(args[0]), unescape(ts, args[1]); got != string(want) {
		s.seen = Verdict{What: stream(args[0]), Want: want, Got: []byte(got)}
		ts.Fatalf("%s is\n\t%q\nwant\n\t%q", args[0], got, want)
	}
}

// unescape is the bytes that text stands for.
func unescape(ts *testscript.TestScript, text string) []byte {
	bytes, err := strconv.Unquote(`"` + strings.ReplaceAll(text, `"`, `\"`) + `"`)
	if err != nil {
		ts.Fatalf("bad escape in '%s'", text)
	}
	return []byte(bytes)
}
