package script

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// verdictFD is where the process that asks for one behaviour writes its
// verdict. It is closed in what that process starts.
const verdictFD = 3

// Ask is the process that asks for one behaviour: args hold a Job. It leads a
// session of its own, and adopts whatever the programs leave behind, so that it
// can end all of it.
func Ask(args []string) error {
	var job Job
	if len(args) != 1 {
		return errors.New("usage: behaviour JOB")
	}
	if err := json.Unmarshal([]byte(args[0]), &job); err != nil {
		return err
	}
	unix.CloseOnExec(verdictFD)
	out := os.NewFile(verdictFD, "verdict")
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return err
	}
	// A signal that whoever started this ignores would be ignored in the programs
	// too. One that is caught here is as it should be there.
	signal.Notify(make(chan os.Signal, 1))
	unix.Umask(0o022)
	limit := uint64(job.Limits.Disk)
	for resource, most := range map[int]uint64{unix.RLIMIT_FSIZE: limit, unix.RLIMIT_CORE: 0} {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}

	said := &answer{to: out}
	g := watch(job, said)
	v := ask(job)
	g.close(&v, job)
	endAll()
	return said.give(v)
}

// An answer is given once.
type answer struct {
	once sync.Once
	to   io.Writer
}

func (a *answer) give(v Verdict) (err error) {
	a.once.Do(func() { err = json.NewEncoder(a.to).Encode(v) })
	return err
}

// ask runs the script.
func ask(job Job) Verdict {
	start := time.Now()
	s := &script{job: job, names: newNameless(job.Bin, job.Files)}
	s.t = &running{s: s}
	done := make(chan struct{})
	go func() { // which testscript may end at any point
		defer close(done)
		testscript.RunT(s.t, testscript.Params{
			Files:              []string{job.Path},
			WorkdirRoot:        job.Dir,
			Setup:              s.setup,
			RequireUniqueNames: true,
			Condition:          condition,
			Cmds:               s.commands(),
		})
	}()
	<-done
	v := s.verdict()
	v.Took = time.Since(start)
	return v
}

func (s *script) setup(env *testscript.Env) error {
	// A program built with the race detector would sleep a second before it exits.
	env.Vars = append(env.Vars, "FD42_BIN="+s.job.Bin, "LC_ALL=C", "GORACE=atexit_sleep_ms=0")
	s.env = env.Vars
	return nil
}

// running is a test that is none.
type running struct {
	s       *script
	log     strings.Builder
	failed  bool
	skipped string
}

func (r *running) Run(_ string, f func(testscript.T)) { f(r) }
func (r *running) Parallel()                          {}
func (r *running) Verbose() bool                      { return false }
func (r *running) Log(args ...any)                    { fmt.Fprintln(&r.log, args...) }
func (r *running) FailNow()                           { r.failed = true; runtime.Goexit() }
func (r *running) Fatal(args ...any)                  { r.Log(args...); r.FailNow() }
func (r *running) Skip(args ...any) {
	r.skipped = fmt.Sprint(append([]any{"skipped: "}, args...)...)
	runtime.Goexit()
}

// failure is how testscript's log says what went wrong.
var failure = regexp.MustCompile(`(?m)^FAIL: .*?:(\d+): `)

// verdict is what has come of the script.
func (s *script) verdict() Verdict {
	log := s.t.log.String()
	if s.t.skipped != "" {
		return Verdict{Outcome: Skipped, Reason: strings.TrimPrefix(s.t.skipped, "skipped: ")}
	}
	if !s.t.failed {
		return Verdict{Outcome: Passed}
	}
	v := s.seen
	v.Outcome, v.Command, v.Log = Failed, s.command, []byte(log)
	if at := failure.FindAllStringSubmatchIndex(log, -1); at != nil {
		last := at[len(at)-1]
		v.Line, _ = strconv.Atoi(log[last[2]:last[3]])
		v.Reason = strings.TrimSpace(log[last[1]:])
	}
	if v.What == "" {
		s.explain(&v)
	}
	if v.What != "" {
		v.Reason = ""
	}
	v.Want, v.Got, v.Log = bounded(v.Want), bounded(v.Got), bounded(v.Log)
	return v
}

// explain finds what a command of testscript's own has compared.
func (s *script) explain(v *Verdict) {
	line := s.line(v.Line)
	words := strings.Fields(line)
	negated := len(words) > 0 && words[0] == "!"
	if negated {
		words = words[1:]
	}
	if len(words) < 2 || s.ts == nil {
		return
	}
	switch words[0] {
	case "cmp":
		if len(words) == 3 {
			v.What, v.Want, v.Got = stream(words[1]), s.read(words[2]), s.read(words[1])
		}
	case "stdout", "stderr":
		_, pattern, _ := strings.Cut(line, words[0]+" ")
		pattern = strings.ReplaceAll(strings.Trim(pattern, "'"), "''", "'")
		v.What, v.Got = stream(words[0])+", which must match "+pattern, s.read(words[0])
	case "exists":
		v.What, v.Want, v.Got = "the file "+words[1], []byte("it is there\n"), []byte("it is not there\n")
		if negated {
			v.Want, v.Got = v.Got, v.Want
		}
	}
}

// line is a line of the script, counted from 1.
func (s *script) line(n int) string {
	text, _ := os.ReadFile(s.job.Path)
	lines := strings.Split(string(text), "\n")
	if n < 1 || n > len(lines) {
		return ""
	}
	return lines[n-1]
}

// read is the content of a file of the script, or what came on a stream.
func (s *script) read(name string) []byte {
	switch name {
	case "stdout":
		return []byte(s.stdout)
	case "stderr":
		return []byte(s.stderr)
	}
	path := s.ts.MkAbs(name)
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return []byte("(no such file)\n")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return []byte(err.Error() + "\n")
	}
	return data
}

func stream(name string) string {
	switch name {
	case "stdout":
		return "standard output"
	case "stderr":
		return "standard error"
	}
	return "the file " + name
}

// bounded is text short enough to hand on. Where it is cut it says so.
func bounded(text []byte) []byte {
	const most = 1 << 20
	if len(text) <= most {
		return text
	}
	return append(text[:most:most], "\n(and more)\n"...)
}

// typed is a command line as a person would type it.
func typed(args []string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = arg
		if arg == "" || strings.ContainsAny(arg, " \t\n'\"\\$`!*?[]{}()<>|&;#~") || !utf8.ValidString(arg) {
			words[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}
