package acceptance

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/tour/draw"
	"fd42.example/fd42/internal/tour/lesson"
	"fd42.example/fd42/internal/tour/shell"
)

// TestLessons types every transcript of every lesson, the answers included, at
// bash and at sh. An answer must meet its exercise. Each picture must be what
// bash's run of the command looks like; UPDATE=1 in the environment writes the
// pictures into the pages instead.
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
func typeAll(t *testing.T, kind shell.Kind, page string, blocks []lesson.Block) {
	p := start(t, kind)
	for _, block := range blocks {
		switch b := block.(type) {
		case lesson.Transcript:
			p.transcript(b)
		case lesson.Exercise:
			p.begin(b)
		case lesson.Drawing:
			if kind.Bash && runtime.GOOS == "linux" {
				p.picture(b)
			}
		}
	}
	if len(p.pictures) > 0 {
		p.redraw(page)
	}
	if p.exercise != nil {
		attempt := p.Attempt(p.attempt...)
		require.Truef(t, p.exercise.Met(attempt), "line %d: the answer does not meet the exercise\n%v\n%s",
			p.exercise.Line, p.exercise.Unmet(attempt), report(p.attempt))
	}
}

// A typist types one page.
type typist struct {
	*lesson.Session
	t        *testing.T
	kind     shell.Kind
	place    shell.Place
	ran      map[int]lesson.Line // by the line of the page
	exercise *lesson.Exercise
	attempt  []lesson.Line // since the exercise began
	pictures []newPicture
}

func start(t *testing.T, kind shell.Kind, before ...string) *typist {
	if _, err := exec.LookPath(kind.Name); err != nil {
		t.Skip("no " + kind.Name + " here")
	}
	place, err := shell.NewPlace()
	require.NoError(t, err)
	t.Cleanup(place.Remove)
	session, err := lesson.Start(kind, place, before...)
	require.NoError(t, err)
	t.Cleanup(session.Close)
	return &typist{Session: session, t: t, kind: kind, place: place, ran: map[int]lesson.Line{}}
}

func (p *typist) transcript(b lesson.Transcript) {
	if need := lesson.Missing(b.Needs, p.kind); need != "" {
		p.t.Logf("line %d: not typed, needs %s", b.Steps[0].Line, need)
		return
	}
	var matcher lesson.Matcher
	for _, step := range b.Steps {
		got, err := p.Run(step)
		require.NoErrorf(p.t, err, "line %d: $ %s\n%s", step.Line, step.Command, got.Shown)
		assert.Truef(p.t, matcher.Match(step.Want, got.Shown), "line %d: $ %s\ngot:\n%s\nthe page has:\n%s",
			step.Line, step.Command, got.Shown, step.Want)
		p.ran[step.Line] = got
		if !lesson.IsWord(step.Command) {
			p.attempt = append(p.attempt, got)
		}
	}
}

// begin prepares an exercise. The transcripts after it are its answer.
func (p *typist) begin(e lesson.Exercise) {
	if need := lesson.Missing(e.Needs, p.kind); need != "" {
		p.t.Logf("line %d: not asked, needs %s", e.Line, need)
		return
	}
	require.NoError(p.t, p.place.Empty())
	for _, command := range append([]string{"cd"}, e.Setup...) {
		_, err := p.Run(lesson.Step{Command: command})
		require.NoError(p.t, err, command)
	}
	p.exercise, p.attempt = &e, nil
}

// pictureWidth is what a page on the web has room for.
const pictureWidth = 72

func (p *typist) picture(d lesson.Drawing) {
	line, ran := p.ran[d.Step.Line]
	if !ran {
		return
	}
	got := draw.Picture(draw.Command{
		Line: line.Typed, Trace: line.Trace, Folder: p.place.Folder(), Statuses: line.Statuses, Shell: line.Shell, Width: pictureWidth,
	})
	if os.Getenv("UPDATE") == "" {
		assert.Equalf(p.t, strings.Join(d.Lines, "\n")+"\n", got, "line %d: the picture of $ %s", d.Line, d.Step.Command)
		return
	}
	p.pictures = append(p.pictures, newPicture{d, got})
}

// A newPicture takes the place of one that the page has.
type newPicture struct {
	old   lesson.Drawing
	lines string
}

// redraw writes the pictures into the page, from the last to the first, so
// that no line moves that is still to be found.
func (p *typist) redraw(page string) {
	file := filepath.Join(root, "testdata", "lessons", page+".md")
	source, err := os.ReadFile(file)
	require.NoError(p.t, err)
	lines := strings.SplitAfter(string(source), "\n")
	for _, picture := range slices.Backward(p.pictures) {
		from := picture.old.Line - 1
		lines = slices.Replace(lines, from, from+len(picture.old.Lines), picture.lines)
	}
	require.NoError(p.t, os.WriteFile(file, []byte(strings.Join(lines, "")), 0o666))
}

// report shows what was typed and seen, for whoever mends a page.
func report(lines []lesson.Line) string {
	var b strings.Builder
	for _, line := range lines {
		fmt.Fprintf(&b, "$ %s\n%s(status %d %v)\n%s", line.Typed, line.Shown, line.Status, line.Statuses,
			draw.Picture(draw.Command{Line: line.Typed, Trace: line.Trace, Statuses: line.Statuses, Width: pictureWidth}))
	}
	return b.String()
}

// TestExercises: whoever has done nothing has not met an exercise, and each
// wrong way that a page names leads to its message.
func TestExercises(t *testing.T) {
	for _, l := range lessons(t) {
		for _, block := range l.Blocks {
			e, isExercise := block.(lesson.Exercise)
			if !isExercise || plain && l.Name == "15-fast" {
				continue
			}
			t.Run(l.Name, func(t *testing.T) {
				if need := lesson.Missing(e.Needs, shell.Find()); need != "" {
					t.Skip("needs " + need)
				}
				before := append([]string{"cd"}, e.Setup...)
				t.Run("nothing", func(t *testing.T) {
					t.Parallel()
					p := start(t, shell.Find(), before...)
					assert.False(t, e.Met(p.Attempt()))
					line, err := p.Run(lesson.Step{Command: ":"})
					require.NoError(t, err)
					assert.False(t, e.Met(p.Attempt(line)))
				})
				for _, w := range e.Wrong {
					t.Run(w.Steps[0].Command, func(t *testing.T) {
						t.Parallel()
						p := start(t, shell.Find(), before...)
						var lines []lesson.Line
						for _, step := range w.Steps {
							line, err := p.Run(step)
							require.NoErrorf(t, err, "line %d: $ %s\n%s", step.Line, step.Command, line.Shown)
							if !lesson.IsWord(step.Command) {
								lines = append(lines, line)
							}
						}
						attempt := p.Attempt(lines...)
						assert.False(t, e.Met(attempt), "a wrong way meets the exercise")
						assert.Equal(t, w.Message, e.Mistake(attempt), "line %d\n%s", w.Steps[0].Line, report(lines))
					})
				}
			})
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
			require.NotEmpty(t, headings)
			assert.Equal(t, []string{"Exercise", "Answer", "In the source"}, headings[1:])

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
