//go:build linux

package main

import (
	"errors"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/judge/script"
)

// TestLabPages: the program at the end of each page of the course passes the
// stages up to the one that the page names, and not the next.
func TestLabPages(t *testing.T) {
	dir := filepath.Join(root, pagesDir)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the course has no pages: " + pagesDir)
	}
	pages, err := readLabPages(dir)
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	all := behaviours(t)
	ends := map[string]string{} // the page that ends with a stage
	for _, p := range pages {
		stage := p.Program + " " + p.Stage
		require.Empty(t, ends[stage], "%s ends with the stage %s too", p.Path, stage)
		ends[stage] = p.Path
		t.Run(strings.TrimSuffix(filepath.Base(p.Path), ".md"), func(t *testing.T) {
			t.Parallel()
			source := openFolder(t)
			for name, content := range starter(p.Program) {
				require.NoError(t, os.WriteFile(filepath.Join(source, name), []byte(content), 0o644))
			}
			for name, content := range p.Files {
				require.NoError(t, os.WriteFile(filepath.Join(source, name), []byte(content), 0o644))
				standardAlone(t, name, content)
			}
			c := newTestCourt(t, all, "")
			c.stepwise = true
			d, err := c.summon(t.Context(), p.Program, source)
			require.NoError(t, err)
			reached := ""
			require.NoError(t, c.ask(t.Context(), d, func(s stageResult) bool {
				if s.passed() {
					reached = s.Name
					return true
				}
				r, _ := s.firstFailed()
				t.Logf("the stage %s fails: %s: %s %s\nwanted\n%s\ncame\n%s", s.Name, r.Name, r.Cost, r.Reason, r.Want, r.Got)
				return false
			}))
			assert.Equal(t, p.Stage, reached)
		})
	}
}

// standardAlone: the course needs no module but the standard library.
func standardAlone(t *testing.T, name, content string) {
	if filepath.Ext(name) != ".go" {
		return
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.ImportsOnly)
	require.NoError(t, err)
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		first, _, _ := strings.Cut(path, "/")
		assert.NotContains(t, first, ".", "%s imports %s", name, path)
	}
}

// TestParseLabPage: a page says which stage it ends with, and holds its code.
func TestParseLabPage(t *testing.T) {
	const page = "# The loop\n\nLab: cat, stage loop\n\n```go\nfor {}\n```\n\n```go main.go\npackage main\n```\n\n```go more.go\npackage main // more\n```\n"
	p, err := parseLabPage(page)
	require.NoError(t, err)
	assert.Equal(t, labPage{
		Title: "The loop", Program: "cat", Stage: "loop",
		Files: map[string]string{"main.go": "package main\n", "more.go": "package main // more\n"},
	}, p)
	for _, test := range []struct{ from, to, said string }{
		{"Lab: cat", "lab: cat", "one line like"},
		{"stage loop", "stage sand", "no stage sand"},
		{"cat, stage", "dd, stage", "no stage loop"},
		{"more.go", "main.go", "twice"},
		{"more.go", "../more.go", "elsewhere"},
		{"```go m", "``` m", "no code block"},
	} {
		_, err := parseLabPage(strings.ReplaceAll(page, test.from, test.to))
		assert.ErrorContains(t, err, test.said)
	}
}

// TestLab goes the first steps of a learner: an empty folder, a mistake, a
// stage passed, a whole program.
func TestLab(t *testing.T) {
	home := openFolder(t)
	main := filepath.Join(home, "cat", "main.go")
	pages := []labPage{
		{Path: "lab/01-bytes.md", Title: "Bytes out", Program: "cat", Stage: "bytes"},
		{Path: "lab/02-status.md", Title: "Errors", Program: "cat", Stage: "status"},
	}
	step := func() string {
		var out strings.Builder
		c := newTestCourt(t, behaviours(t), "cat-one-file,cat-several-files,cat-number")
		require.NoError(t, c.lab(t.Context(), "cat", home, pages, &out))
		return out.String()
	}

	said := step()
	assert.Contains(t, said, "Your cat is in "+filepath.Dir(main)+" now")
	assert.Contains(t, said, "Stage 1, bytes: cat-one-file")
	assert.Contains(t, said, "Read:  lab/01-bytes.md")
	assert.NotContains(t, said, "cat-several-files", "the judge stops at the first stage that fails")

	begun, err := os.ReadFile(main)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(main, []byte(strings.Replace(string(begun), "return 0", "return nothing", 1)), 0o644))
	said = step()
	assert.NotContains(t, said, "Your cat is in", "what the learner wrote stays")
	assert.Contains(t, said, "undefined: nothing")
	assert.Contains(t, said, "Begin with the first: line 12 of "+main)

	one := "data, _ := os.ReadFile(args[0])\n\tos.Stdout.Write(data)\n\treturn 0"
	require.NoError(t, os.WriteFile(main, []byte(strings.Replace(string(begun), "return 0", one, 1)), 0o644))
	said = step()
	assert.Contains(t, said, "Stage 2, status: cat-several-files")
	assert.Contains(t, said, "Read:  lab/02-status.md")

	all := "for _, name := range args {\n\tdata, _ := os.ReadFile(name)\n\tos.Stdout.Write(data)\n\t}\n\treturn 0"
	require.NoError(t, os.WriteFile(main, []byte(strings.Replace(string(begun), "return 0", all, 1)), 0o644))
	said = step()
	assert.Contains(t, said, "Stage 9, numbers: cat-number")
	assert.Contains(t, said, "No page is about it")

	require.NoError(t, os.Remove(main))
	require.NoError(t, os.WriteFile(filepath.Join(home, "cat", "cat.go"), begun, 0o644))
	said = step()
	assert.NotContains(t, said, "Your cat is in", "a program in another file is a program")
	assert.NoFileExists(t, main)
}

// TestWhereToRead: a stage without a page of its own is in the next page of its
// program.
func TestWhereToRead(t *testing.T) {
	pages := []labPage{
		{Path: "lab/01.md", Program: "cat", Stage: "numbers"},
		{Path: "lab/02.md", Program: "tee", Stage: "at-once"},
		{Path: "lab/03.md", Program: "tee", Stage: "files"},
	}
	for _, test := range []struct{ stage, want string }{
		{"copies", "lab/02.md"},
		{"at-once", "lab/02.md"},
		{"files", "lab/03.md"},
		{"failures", "No page is about it"},
	} {
		assert.Contains(t, whereToRead(pages, "tee", script.Stage{Name: test.stage}), test.want)
	}
}

// TestLabNeedsAName: there are labs for the four programs alone.
func TestLabNeedsAName(t *testing.T) {
	c := newTestCourt(t, behaviours(t), "")
	assert.ErrorContains(t, c.lab(t.Context(), "dd", "", nil, nil), "echo, cat, tee or base64")
	for _, program := range script.Programs() {
		assert.Contains(t, starter(program)["go.mod"], "module "+program+"\n")
	}
}
