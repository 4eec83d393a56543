package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// AskName is the name under which this program's file asks for a behaviour:
// what it is called by then decides what it does.
const AskName = "behaviour"

// AsleepName is the name of the program asleep.
const AsleepName = "asleep"

// A Runner asks for behaviours, each in a process and a folder of its own.
type Runner struct {
	Self   string // this program's file
	Limits Limits
	Files  map[string]string // what the programs in the folder really are
	Adopt  bool              // what a behaviour leaves behind, and end it
}

// Run asks for one behaviour of the programs in the folder bin.
func (r *Runner) Run(b Behaviour, bin string) Verdict {
	v, err := r.run(b, bin)
	if err != nil {
		return Verdict{Outcome: Failed, Reason: err.Error()}
	}
	return v
}

func (r *Runner) run(b Behaviour, bin string) (v Verdict, err error) {
	dir, err := os.MkdirTemp("", "fd42-behaviour-")
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, removeFolder(dir)) }()
	// A behaviour may run a program as another user, and MkdirTemp bars them.
	if err := os.Chmod(dir, 0o755); err != nil {
		return v, err
	}
	job, err := json.Marshal(Job{Path: b.Path, Dir: dir, Bin: bin, Files: r.Files, Limits: r.Limits})
	if err != nil {
		return v, err
	}
	from, to, err := os.Pipe()
	if err != nil {
		return v, err
	}
	defer from.Close()
	var complaint bytes.Buffer
	cmd := &exec.Cmd{
		Path:        r.Self,
		Args:        []string{AskName, string(job)},
		Env:         environment(bin),
		Dir:         dir,
		Stderr:      &complaint,
		ExtraFiles:  []*os.File{to},
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
		// What it has started may hold the pipe of its complaints open.
		WaitDelay: time.Second,
	}
	err = r.start(cmd)
	_ = to.Close()
	if err != nil {
		return v, err
	}
	over := make(chan struct{})
	var watching sync.WaitGroup
	var stopped bool
	watching.Go(func() { stopped = r.watch(cmd.Process.Pid, over) })
	decodeErr := json.NewDecoder(from).Decode(&v)
	// Waited for only after the watch: until then nobody else has its number.
	close(over)
	watching.Wait()
	err = cmd.Wait()
	if r.Adopt {
		endOrphans(cmd.Process.Pid, dir)
	}
	if stopped {
		return Verdict{Outcome: Failed, Cost: "It stopped the judge's own process: it signals processes that it did not start."}, nil
	}
	if decodeErr != nil {
		return killed(cmd.ProcessState, complaint.String()), nil
	}
	if err != nil {
		return v, fmt.Errorf("%w: %s", err, complaint.String())
	}
	return v, nil
}

// watch watches the process that asks. It kills that if a program has stopped
// it, or has kept it from minding the time.
func (r *Runner) watch(pid int, over chan struct{}) (stopped bool) {
	backstop := time.After(r.Limits.Whole + 10*time.Second)
	for look := time.NewTicker(interval); ; {
		select {
		case <-over:
			return false
		case <-backstop:
			_ = unix.Kill(pid, unix.SIGKILL)
			return false
		case <-look.C:
			if p, _ := lookUp(pid); p.state == 'T' {
				_ = unix.Kill(pid, unix.SIGKILL)
				return true
			}
		}
	}
}

// killed is the verdict where the process that asked has ended without one.
func killed(state *os.ProcessState, complaint string) Verdict {
	v := Verdict{Outcome: Failed}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		v.Cost = fmt.Sprintf("It ended the judge's own process with %s: it signals processes that it did not start, its parent or its process group.",
			unix.SignalName(status.Signal()))
		return v
	}
	v.Reason = fmt.Sprintf("The judge's own process ended without a verdict: %v. %s", state, complaint)
	return v
}

// environment is what a behaviour begins with. What could change how a program
// works is not in it.
func environment(bin string) []string {
	env := []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=/no-home", "TMPDIR=" + os.TempDir()}
	for _, name := range []string{"GOCOVERDIR", "GORACE"} {
		if value := os.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func (r *Runner) start(cmd *exec.Cmd) error {
	if r.Adopt {
		if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
			return err
		}
	}
	return cmd.Start()
}

// endOrphans is called when a process that asked has been waited for. Usually
// that has ended all that was left. If it was killed itself, its children have
// come to this process. They are in its session, or have its folder in their
// environment.
func endOrphans(session int, dir string) {
	endChildren(func(p process) bool {
		return p.session == session || marked(p.pid, dir)
	})
}

// EndRest ends every child of this process that is in another session: what a
// program has hidden well and left behind. It is for the end of all judging.
func EndRest() {
	own, _ := lookUp(os.Getpid())
	endChildren(func(p process) bool { return p.session != own.session })
}

// endChildren ends the children that are wanted, and theirs.
func endChildren(wanted func(process) bool) {
	for range 1000 {
		found := false
		for _, child := range children(os.Getpid()) {
			p, ok := lookUp(child)
			if !ok || !wanted(p) {
				continue
			}
			found = true
			endBelow(child)
			_ = unix.Kill(child, unix.SIGKILL)
			_, _ = unix.Wait4(child, nil, unix.WNOHANG, nil)
		}
		if !found {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// marked reports whether a process was started by a script in dir.
func marked(pid int, dir string) bool {
	environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	return err == nil && bytes.Contains(environment, []byte("WORK="+dir+"/"))
}

// removeFolder removes a behaviour's folder, whatever a program has made of it.
func removeFolder(dir string) error {
	unmountBelow(dir)
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
	return os.RemoveAll(dir)
}

// unmountBelow unmounts what a script that was killed has left mounted.
func unmountBelow(dir string) {
	mounts, _ := os.ReadFile("/proc/self/mountinfo")
	for line := range strings.Lines(string(mounts)) {
		if fields := strings.Fields(line); len(fields) > 4 && strings.HasPrefix(fields[4], dir+"/") {
			_ = unix.Unmount(fields[4], unix.MNT_DETACH)
		}
	}
}
