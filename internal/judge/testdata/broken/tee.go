package main

import (
	"errors"
	"os"
	"os/signal"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/cli"
	"fd42.example/fd42/internal/quote"
	"fd42.example/fd42/internal/stream"
)

// A teer is tee at work.
type teer struct {
	*broken
	append, deaf bool
	mode         string
	outs         []int
	names        map[int]string
}

func tee(p *broken, args []string) int {
	p.s = stream.Standard("tee")
	t := &teer{broken: p, names: map[int]string{1: "standard output"}}
	command := cli.New("tee", "", "", "")
	command.Flags.BoolVarP(&t.append, "append", "a", false, "")
	command.Flags.BoolVarP(&t.deaf, "ignore-interrupts", "i", false, "")
	command.Flags.BoolFuncP("p", "p", "", func(string) error { t.mode = "warn-nopipe"; return nil })
	command.Flags.FuncP("output-error", "", "", t.setMode)
	command.Flags.Lookup("output-error").NoOptDefVal = "warn-nopipe"
	if p.has("takes-the-mode-from-the-next-word") {
		for i, arg := range args {
			if arg == "--output-error" && i+1 < len(args) && strings.HasPrefix(args[i+1], "warn") {
				args = append(append(args[:i:i], arg+"="+args[i+1]), args[i+2:]...)
				break
			}
		}
	}
	files, ok := p.parse(command, args, -1)
	if !ok {
		return p.s.Finish()
	}
	if p.has("knows-no-modes") {
		t.mode = ""
	}
	if p.has("writes-at-the-start") {
		_, _ = unix.Seek(1, 0, 0)
	}
	if p.has("takes-every-mode-for-exit") && t.mode != "" {
		t.mode = "exit" + strings.TrimPrefix(strings.TrimPrefix(t.mode, "exit"), "warn")
	}
	if p.has("takes-every-mode-for-warn") && t.mode != "" {
		t.mode = "warn"
	}
	if t.deaf && !p.has("hears-interrupts") {
		signal.Ignore(unix.SIGINT)
	}
	if t.mode != "" || p.has("says-broken-pipe") {
		signal.Ignore(unix.SIGPIPE)
	}
	if p.has("dies-on-eintr") {
		interruptible(unix.SIGWINCH)
	}
	if t.open(files) {
		t.copy()
	}
	for _, fd := range t.outs {
		if fd == 1 || p.has("ignores-close-errors") {
			continue
		}
		if err := unix.Close(fd); err != nil {
			p.s.FailFile(t.names[fd], err)
		}
	}
	return p.finish()
}

func (t *teer) setMode(value string) error {
	modes := []string{"warn", "warn-nopipe", "exit", "exit-nopipe"}
	if t.has("keeps-the-first-value") && t.mode != "" {
		return nil
	}
	if slices.Contains(modes, value) {
		t.mode = value
		return nil
	}
	if t.has("takes-any-word-for-a-mode") {
		t.mode = "warn"
		return nil
	}
	trouble := "invalid"
	var found []string
	for _, mode := range modes {
		if strings.HasPrefix(mode, value) {
			found = append(found, mode)
		}
	}
	if len(found) == 1 && !t.has("wants-whole-modes") {
		t.mode = found[0]
		return nil
	}
	if len(found) > 1 {
		trouble = "ambiguous"
	}
	return &cli.UsageError{Text: trouble + " argument " + quote.Value(value) +
		" for '--output-error'\nValid arguments are:\n  - 'warn'\n  - 'warn-nopipe'\n  - 'exit'\n  - 'exit-nopipe'"}
}

func (t *teer) open(files []string) bool {
	if !t.has("forgets-standard-output") {
		t.outs = append(t.outs, 1)
	}
	mode := uint32(0o666)
	if t.has("makes-private-files") {
		mode = 0o600
	}
	for i, name := range files {
		if i == 20 && t.has("holds-few-files") {
			break
		}
		if name == "-" && t.has("takes-a-dash-for-standard-output") {
			t.outs = append(t.outs, 1)
			continue
		}
		how := unix.O_WRONLY | unix.O_CREAT | unix.O_CLOEXEC
		switch {
		case t.append && !t.has("seeks-to-the-end-once") && !t.has("empties-in-spite-of-a"):
			how |= unix.O_APPEND
		case !t.append && !t.has("empties-nothing") || t.append && t.has("empties-in-spite-of-a"):
			how |= unix.O_TRUNC
		}
		if t.has("replaces-files") && !t.append {
			if info, err := os.Lstat(name); err == nil && !info.IsDir() && info.Mode().IsRegular() {
				_ = unix.Unlink(name)
			}
		}
		fd, err := unix.Open(name, how, mode)
		if err != nil {
			t.s.FailFile(name, err)
			if strings.HasPrefix(t.mode, "exit") || t.has("stops-at-a-file-that-cannot-be-opened") {
				return false
			}
			continue
		}
		if t.append && t.has("seeks-to-the-end-once") {
			_, _ = unix.Seek(fd, 0, 2)
		}
		if t.has("writes-to-the-last-file-only") && i > 0 {
			t.outs = t.outs[:1]
		}
		t.names[fd] = name
		t.outs = append(t.outs, fd)
	}
	return true
}

func (t *teer) copy() {
	block := make([]byte, 32<<10)
	var kept []byte
	for len(t.outs) > 0 || t.has("reads-on-without-outputs") {
		if strings.HasSuffix(t.mode, "nopipe") && !t.has("misses-a-reader-that-leaves-while-idle") {
			if t.await(); len(t.outs) == 0 {
				return
			}
		}
		n, err := t.read(0, block)
		if err != nil {
			if !t.has("ignores-read-errors") {
				t.s.Fail(errors.New("read error: " + stream.Reason(err)))
			}
			return
		}
		if n == 0 {
			t.give(kept)
			return
		}
		if t.has("holds-back-to-the-end") {
			kept = append(kept, block[:n]...)
			continue
		}
		if !t.give(block[:n]) {
			return
		}
		if t.has("reads-once") {
			return
		}
	}
}

// await waits for input, and drops outputs whose readers have gone away.
func (t *teer) await() {
	for {
		polls := []unix.PollFd{{Fd: 0, Events: unix.POLLIN}}
		for _, fd := range t.outs {
			polls = append(polls, unix.PollFd{Fd: int32(fd)})
		}
		_, err := unix.Poll(polls, -1)
		if err == unix.EINTR {
			continue
		}
		for _, p := range polls[1:] {
			var stat unix.Stat_t
			isPipe := unix.Fstat(int(p.Fd), &stat) == nil && stat.Mode&unix.S_IFMT == unix.S_IFIFO
			if isPipe && p.Revents&unix.POLLERR != 0 {
				t.drop(int(p.Fd))
			}
		}
		if len(t.outs) == 0 || polls[0].Revents != 0 {
			return
		}
	}
}

func (t *teer) drop(fd int) {
	t.outs = slices.DeleteFunc(slices.Clone(t.outs), func(out int) bool { return out == fd })
	if fd != 1 {
		_ = unix.Close(fd)
	}
}

// give writes data to every output. It reports whether to go on.
func (t *teer) give(data []byte) bool {
	outs := t.outs
	if t.has("writes-in-another-order") {
		outs = slices.Clone(outs)
		slices.Reverse(outs)
	}
	for _, fd := range outs {
		err := t.write(fd, data)
		if err == nil || len(data) == 0 {
			continue
		}
		if err == unix.EPIPE && strings.HasSuffix(t.mode, "nopipe") {
			t.drop(fd)
			continue
		}
		name := t.names[fd]
		if fd == 1 {
			t.s.Fail(errors.New("'standard output': " + stream.Reason(err)))
		} else {
			t.s.FailFile(name, err)
		}
		if strings.HasPrefix(t.mode, "exit") || t.has("stops-at-the-first-failing-output") {
			return false
		}
		if !t.has("says-an-error-at-every-write") {
			t.drop(fd)
		}
	}
	return true
}
