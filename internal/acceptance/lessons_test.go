package acceptance

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/tour/lesson"
)

// TestLessons types every transcript of every lesson, those of the answers
// included, at bash and at sh.
func TestLessons(t *testing.T) {
	for _, l := range lessons(t) {
		if plain && l.Name == "15-fast" {
			t.Log(l.Name + " is not typed: it shows the shortcuts that these programs lack")
			continue
		}
		typeInShells(t, l.Name, l.Blocks)
	}
}

// typeAll types the transcripts among blocks, in one session and from an empty
// folder, and holds what comes back against them.
func typeAll(t *testing.T, sh lesson.Shell, blocks []lesson.Block) {
	if _, err := exec.LookPath(sh.Name); err != nil {
		t.Skip("no " + sh.Name + " here")
	}
	dir, err := lesson.TempDir()
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	session, err := lesson.Start(sh, dir)
	require.NoError(t, err)
	t.Cleanup(session.Close)
	for _, block := range blocks {
		transcript, ok := block.(lesson.Transcript)
		if !ok {
			continue
		}
		if need := transcript.Missing(sh); need != "" {
			t.Logf("line %d: not typed, needs %s", transcript.Steps[0].Line, need)
			continue
		}
		var matcher lesson.Matcher
		for _, step := range transcript.Steps {
			got, err := session.Run(step)
			require.NoErrorf(t, err, "line %d: $ %s\n%s", step.Line, step.Command, got)
			assert.Truef(t, matcher.Match(step.Want, got), "line %d: $ %s\ngot:\n%s\nthe page has:\n%s",
				step.Line, step.Command, got, step.Want)
		}
	}
}

// TestLessonsAreWhole holds each page to the form that the tour relies on, and
// its pointers into the source to what is there.
func TestLessonsAreWhole(t *testing.T) {
	const narrow = 38 // columns: a phone, or half a screen
	for _, l := range lessons(t) {
		t.Run(l.Name, func(t *testing.T) {
			var headings []string
			for _, block := range l.Blocks {
				switch b := block.(type) {
				case lesson.Heading:
					headings = append(headings, b.Text[0].Text)
				case lesson.Picture:
					for _, line := range b.Lines {
						assert.LessOrEqual(t, len([]rune(line)), narrow, line)
					}
				}
			}
			require.Len(t, headings, 3)
			assert.Equal(t, []string{"Exercise", "Answer"}, headings[1:])

			functions := l.Functions()
			assert.NotEmpty(t, functions, "a lesson points into the source")
			for _, f := range functions {
				assert.Contains(t, functionsOf(t, f.Dir), f.Name, "in "+f.Dir)
			}
		})
	}
}

func lessons(t *testing.T) []*lesson.Lesson {
	all, err := lesson.ReadDir(filepath.Join(root, "testdata", "lessons"))
	require.NoError(t, err)
	return all
}

// functionsOf names the functions and methods that a folder of the source
// declares, on whatever system.
func functionsOf(t *testing.T, dir string) []string {
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(dir), "*.go"))
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, declaration := range source.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}
