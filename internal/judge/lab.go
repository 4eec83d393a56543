//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"go/version"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"fd42.example/fd42/internal/judge/script"
)

// A labPage is a step of the course in which a student writes a program: one
// file of testdata/lessons/lab, in the order of their names. Its first line is
// the title. A line
//
//	Lab: cat, stage loop
//
// says which program it is about, and which stage that program passes at the
// end of the page; those before it too, and no further one. Each code block
// that begins with ```go and a file name is a whole file of the program:
//
//	```go main.go
//
// Code blocks of ```go alone are for reading.
type labPage struct {
	Path    string
	Title   string
	Program string
	Stage   string
	Files   map[string]string
}

var labLine = regexp.MustCompile(`(?m)^Lab: (\S+), stage (\S+)$`)

func readLabPages(dir string) ([]labPage, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return nil, err
	}
	var all []labPage
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		p, err := parseLabPage(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		p.Path = path
		all = append(all, p)
	}
	return all, nil
}

func parseLabPage(text string) (p labPage, err error) {
	title, _, _ := strings.Cut(text, "\n")
	p.Title = strings.TrimSpace(strings.TrimLeft(title, "#"))
	said := labLine.FindAllStringSubmatch(text, -1)
	if len(said) != 1 {
		return p, errors.New("it needs one line like `Lab: cat, stage loop`")
	}
	p.Program, p.Stage = said[0][1], said[0][2]
	if stageNumber(p.Program, p.Stage) == 0 {
		return p, fmt.Errorf("%s has no stage %s; its stages are %s", p.Program, p.Stage, strings.Join(stageNames(p.Program), ", "))
	}
	p.Files = map[string]string{}
	var name string
	for line := range strings.Lines(text) {
		fence := strings.TrimSpace(line)
		switch {
		case name == "" && strings.HasPrefix(fence, "```go "):
			name = strings.TrimSpace(strings.TrimPrefix(fence, "```go "))
			if _, twice := p.Files[name]; twice || filepath.Base(name) != name {
				return p, fmt.Errorf("the file %s is there twice, or elsewhere", name)
			}
			p.Files[name] = ""
		case name != "" && fence == "```":
			name = ""
		case name != "":
			p.Files[name] += line
		}
	}
	if len(p.Files) == 0 {
		return p, errors.New("it has no code block that begins with ```go and a file name")
	}
	return p, nil
}

// stageNumber counts a program's stages from 1.
func stageNumber(program, name string) int {
	return 1 + slices.IndexFunc(script.Stages(program), func(s script.Stage) bool { return s.Name == name })
}

// lab lays out a folder for the program, unless there is one. Then it builds
// what is there, judges it up to the first stage that fails, and says what
// comes next. A program that is not whole yet is no error.
func (c *court) lab(ctx context.Context, program, home string, pages []labPage, out io.Writer) error {
	if !slices.Contains(script.Programs(), program) {
		return fmt.Errorf("LAB=%s: echo, cat, tee or base64", program)
	}
	dir, err := labFolder(home, program)
	if err != nil {
		return err
	}
	begun, err := layOut(dir, program)
	if err != nil {
		return err
	}
	if begun {
		fmt.Fprintf(out, "Your %s is in %s now:\nmain.go, which does nothing yet, and go.mod. "+
			"It stays yours. Edit main.go,\nand type the same command again after each change.\n\n", program, dir)
	}
	d, err := c.summon(ctx, program, dir)
	var build buildError
	if errors.As(err, &build) {
		fmt.Fprintf(out, "Go does not build %s:\n\n%s\n%s\n", dir, build.said, buildHint(build.said, dir))
		return nil
	}
	if err != nil {
		return err
	}
	c.stepwise = true
	p := newPage(out)
	p.heading(d)
	var all []stageResult
	err = c.ask(ctx, d, func(s stageResult) bool {
		if s.Name == script.Ours {
			return false // nobody is asked for that
		}
		all = append(all, s)
		p.stage(s)
		return s.passed()
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(out)
	last := all[len(all)-1]
	if last.passed() {
		fmt.Fprintf(out, "  Every stage passes. What fd42 does beyond that: make judge %s=%s\n", strings.ToUpper(program), dir)
		return nil
	}
	if r, found := last.firstFailed(); found {
		p.failure(d, last, r)
	}
	fmt.Fprintf(out, "  Next:  stage %d: %s\n%s  Then:  make lab LAB=%s\n\n", last.number, last.Title, whereToRead(pages, program, last.Stage), program)
	return nil
}

// whereToRead names the first page that ends with the stage or a later one: a
// page may take several stages in one step.
func whereToRead(pages []labPage, program string, stage script.Stage) string {
	asked := stageNumber(program, stage.Name)
	for _, p := range pages {
		if p.Program == program && stageNumber(program, p.Stage) >= asked {
			return fmt.Sprintf("  Read:  %s\n         (%s)\n", p.Path, p.Title)
		}
	}
	return fmt.Sprintf("         No page is about it: the behaviour above says what is wanted,\n         and cmd/%s is one answer.\n", program)
}

// labFolder is where the learner's program is.
func labFolder(home, program string) (string, error) {
	if home == "" {
		user, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("%w: FD42_LAB=folder says where", err)
		}
		home = filepath.Join(user, "fd42-lab")
	}
	return filepath.Abs(filepath.Join(home, program))
}

// layOut makes the folder of a learner who begins.
func layOut(dir, program string) (begun bool, err error) {
	if sources, _ := filepath.Glob(filepath.Join(dir, "*.go")); len(sources) > 0 {
		return false, nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return false, err
	}
	for name, content := range starter(program) {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, os.ErrExist) {
			continue // it is the learner's
		}
		if err != nil {
			return false, err
		}
		_, err = io.WriteString(f, content)
		if err := errors.Join(err, f.Close()); err != nil {
			return false, err
		}
	}
	return true, nil
}

// starter is what a learner begins with, by file.
func starter(program string) map[string]string {
	return map[string]string{
		"go.mod": fmt.Sprintf("module %s\n\ngo %s\n", program, strings.TrimPrefix(version.Lang(runtime.Version()), "go")),
		"main.go": fmt.Sprintf(`package main

import "os"

// os.Args[0] is how %[1]s was called. What follows are its operands.
func main() {
	os.Exit(run(os.Args[1:]))
}

// run is the whole program. It returns the exit status.
func run(args []string) int {
	return 0
}
`, program),
	}
}

var position = regexp.MustCompile(`(?m)^\./(\S+\.go):(\d+)`)

// buildHint says where to look.
func buildHint(said, dir string) string {
	if at := position.FindStringSubmatch(said); at != nil {
		return fmt.Sprintf("Begin with the first: line %s of %s. Others may go with it.\n", at[2], filepath.Join(dir, at[1]))
	}
	if strings.Contains(said, "go.mod") {
		return fmt.Sprintf("The complaint is about %s.\n", filepath.Join(dir, "go.mod"))
	}
	return ""
}
