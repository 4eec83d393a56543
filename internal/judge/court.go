//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"fd42.example/fd42/internal/judge/script"
)

// A court is where programs are held to behaviours.
type court struct {
	behaviours []script.Behaviour
	ours       string // the folder of the suite's own programs
	self       string
	limits     script.Limits
	dir        string // for what the court makes, until it closes
	made       int
	chosen     string // the stage to ask for, by name or number; all if empty
	stepwise   bool   // a stage is asked for once those before it are through
	patience   int    // how many behaviours may have to be stopped before no more are asked for
}

func newCourt(behaviours []script.Behaviour, ours string, limits script.Limits) (*court, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	ours, err = filepath.Abs(ours)
	if err != nil {
		return nil, err
	}
	for _, program := range script.Programs() {
		if _, err := os.Stat(filepath.Join(ours, program)); err != nil {
			return nil, fmt.Errorf("%w: `make` builds the suite's own programs, which behaviours use beside the one that is judged", err)
		}
	}
	dir, err := os.MkdirTemp("", "fd42-judge-")
	if err == nil {
		err = os.Chmod(dir, 0o755) // a behaviour may run a program as another user
	}
	if err != nil {
		return nil, err
	}
	return &court{behaviours: behaviours, ours: ours, self: self, limits: limits, dir: dir, patience: 3}, nil
}

func (c *court) close() { _ = os.RemoveAll(c.dir) }

// choose narrows down what is asked for.
func (c *court) choose(stage, only string) error {
	c.chosen = stage
	if only == "" {
		return nil
	}
	var kept []script.Behaviour
	for _, name := range strings.Split(only, ",") {
		i := slices.IndexFunc(c.behaviours, func(b script.Behaviour) bool { return b.Name == name })
		if i < 0 {
			return fmt.Errorf("ONLY=%s: there is no such file in %s", name, scriptsDir)
		}
		kept = append(kept, c.behaviours[i])
	}
	c.behaviours = kept
	return nil
}

// folder makes a new folder that everyone may enter.
func (c *court) folder() (string, error) {
	c.made++
	dir := filepath.Join(c.dir, strconv.Itoa(c.made))
	return dir, os.Mkdir(dir, 0o755)
}

// A defendant is a program to judge.
type defendant struct {
	program string
	file    string // what was named: a program, or a folder of Go
	bin     string // a folder of all four programs, of which it is one
	built   string // the program itself
}

// summon finds or builds the program, and puts it among the others.
func (c *court) summon(ctx context.Context, program, file string) (d defendant, err error) {
	d = defendant{program: program, file: file}
	info, err := os.Stat(file)
	if err != nil {
		return d, err
	}
	d.built, err = filepath.Abs(file)
	if err != nil {
		return d, err
	}
	if info.IsDir() {
		if d.built, err = c.build(ctx, d.built, program); err != nil {
			return d, err
		}
	}
	if d.bin, err = c.folder(); err != nil {
		return d, err
	}
	for _, name := range script.Programs() {
		from := filepath.Join(c.ours, name)
		if name == program {
			from = d.built
		}
		if err := put(from, filepath.Join(d.bin, name)); err != nil {
			return d, err
		}
	}
	if err := os.Symlink(c.self, filepath.Join(d.bin, script.AsleepName)); err != nil {
		return d, err
	}
	return d, d.starts()
}

// A buildError is what Go says of a program that does not compile.
type buildError struct{ said string }

func (e buildError) Error() string { return "it does not build:\n" + e.said }

func (c *court) build(ctx context.Context, dir, program string) (string, error) {
	out, err := c.folder()
	if err != nil {
		return "", err
	}
	built := filepath.Join(out, program)
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", built, ".")
	cmd.Dir = dir
	if said, err := cmd.CombinedOutput(); err != nil {
		if len(said) == 0 {
			said = []byte(err.Error() + "\n")
		}
		return "", buildError{string(said)}
	}
	return built, nil
}

// put makes the program from known as to. It is a link if everyone may follow
// it, as nobody must be able to, and a copy if not.
func put(from, to string) error {
	if os.Geteuid() != 0 || openToAll(from) {
		return os.Symlink(from, to)
	}
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o755)
}

// openToAll reports whether every user may run a file.
func openToAll(file string) bool {
	for path := file; ; path = filepath.Dir(path) {
		if info, err := os.Stat(path); err != nil || info.Mode()&0o001 == 0 {
			return false
		}
		if path == filepath.Dir(path) {
			return true
		}
	}
}

// starts tries whether the program can be started at all. It is stopped before
// its first instruction: what it does is for a behaviour's own folder alone.
func (d defendant) starts() error {
	info, err := os.Stat(d.built)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no program, but %s", d.file, kind(info))
	case info.Mode()&0o111 == 0:
		return fmt.Errorf("%s is not executable: chmod +x %s", d.file, d.file)
	}
	// Whoever traces a process is a thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.Command(filepath.Join(d.bin, d.program))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Ptrace: true}
	err = cmd.Start()
	switch {
	case err == nil:
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	case errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS):
		return nil // no process may be traced here: the behaviours will tell
	case errors.Is(err, syscall.ENOEXEC):
		return fmt.Errorf("%s is no program that this system can run: neither compiled for it nor a script with #! at its beginning", d.file)
	default:
		return fmt.Errorf("%s cannot be started: %w", d.file, err)
	}
	return nil
}

func kind(info os.FileInfo) string {
	switch mode := info.Mode(); {
	case mode&os.ModeNamedPipe != 0:
		return "a FIFO"
	case mode&os.ModeDevice != 0:
		return "a device"
	case mode&os.ModeSocket != 0:
		return "a socket"
	}
	return "something else"
}

// A result is what came of a behaviour.
type result struct {
	script.Behaviour
	script.Verdict
}

// A stageResult is what came of a stage.
type stageResult struct {
	script.Stage
	number  int // from 1
	results []result
	asked   bool // all of it
}

// count is how many of the stage's behaviours had the outcome.
func (s stageResult) count(outcome string) (n int) {
	for _, r := range s.results {
		if r.Outcome == outcome {
			n++
		}
	}
	return n
}

func (s stageResult) passed() bool { return s.asked && s.count(script.Failed) == 0 }

// firstFailed is the first of the stage's behaviours that failed.
func (s stageResult) firstFailed() (r result, found bool) {
	if i := slices.IndexFunc(s.results, func(r result) bool { return r.Outcome == script.Failed }); i >= 0 {
		return s.results[i], true
	}
	return r, false
}

// ask holds a program to its behaviours. Each stage is handed to tell once it
// and those before it are through. If tell wants no more, the rest is not asked.
func (c *court) ask(ctx context.Context, d defendant, tell func(stageResult) (more bool)) error {
	stages, err := c.stages(d.program)
	if err != nil {
		return err
	}
	runner := &script.Runner{
		Self: c.self, Limits: c.limits, Adopt: true,
		Files: map[string]string{d.program: d.built},
	}
	var stopped atomic.Int32 // behaviours that had to be
	var over atomic.Bool
	type place struct{ stage, result int }
	queue := make(chan place)
	through := make([]sync.WaitGroup, len(stages))
	for i := range stages {
		through[i].Add(len(stages[i].results))
	}
	var workers sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for at := range queue {
				r := &stages[at.stage].results[at.result]
				if ctx.Err() == nil && !over.Load() && stopped.Load() < int32(c.patience) {
					r.Verdict = runner.Run(r.Behaviour, d.bin)
					if r.Cost != "" {
						stopped.Add(1)
					}
				}
				through[at.stage].Done()
			}
		})
	}
	told := make(chan bool, len(stages))
	workers.Go(func() {
		defer close(queue)
		for i := range stages {
			if c.stepwise && i > 0 {
				<-told
			}
			for k := range stages[i].results {
				queue <- place{i, k}
			}
		}
	})
	for i := range stages {
		through[i].Wait()
		s := &stages[i]
		s.asked = !slices.ContainsFunc(s.results, func(r result) bool { return r.Outcome == "" })
		if !over.Load() && !tell(*s) {
			over.Store(true)
		}
		told <- true
	}
	workers.Wait()
	return ctx.Err()
}

// stages are the chosen stages of a program, with the behaviours to ask for.
func (c *court) stages(program string) ([]stageResult, error) {
	var all []stageResult
	for i, stage := range script.Stages(program) {
		s := stageResult{Stage: stage, number: i + 1}
		if c.chosen != "" && c.chosen != stage.Name && c.chosen != strconv.Itoa(s.number) {
			continue
		}
		for _, b := range c.behaviours {
			if b.Stages[program] == stage.Name {
				s.results = append(s.results, result{Behaviour: b})
			}
		}
		slices.SortStableFunc(s.results, func(a, b result) int { return script.Plainness(a.Behaviour, b.Behaviour) })
		if len(s.results) > 0 {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: there is no such stage or behaviour; its stages are %s", program, strings.Join(stageNames(program), ", "))
	}
	return all, nil
}

func stageNames(program string) (names []string) {
	for i, s := range script.Stages(program) {
		names = append(names, fmt.Sprintf("%d %s", i+1, s.Name))
	}
	return names
}

// judgeAll judges programs, given by their names.
func (c *court) judgeAll(ctx context.Context, named map[string]string, out io.Writer) error {
	var failed error
	for _, program := range script.Programs() {
		file, asked := named[program]
		if !asked {
			continue
		}
		// What was chosen may be about one of several programs only.
		if _, err := c.stages(program); err != nil {
			if c.concerned(named) {
				continue
			}
			return err
		}
		err := c.judgeOne(ctx, program, file, out)
		if err != nil && !errors.Is(err, errFailed) {
			if ctx.Err() != nil {
				return err
			}
			fmt.Fprintf(out, "%s: %v\n\n", program, err)
			err = errFailed
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

// concerned reports whether what was chosen is about any of the programs.
func (c *court) concerned(named map[string]string) bool {
	for program := range named {
		if _, err := c.stages(program); err == nil {
			return true
		}
	}
	return false
}

func (c *court) judgeOne(ctx context.Context, program, file string, out io.Writer) error {
	if file == missing {
		return fmt.Errorf("%s is not there", program)
	}
	start := time.Now()
	d, err := c.summon(ctx, program, file)
	if err != nil {
		return err
	}
	p := newPage(out)
	p.heading(d)
	var all []stageResult
	err = c.ask(ctx, d, func(s stageResult) bool {
		all = append(all, s)
		p.stage(s)
		return true
	})
	if err != nil {
		return err
	}
	return p.end(d, all, time.Since(start))
}
