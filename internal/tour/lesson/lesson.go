// Package lesson reads the lessons of testdata/lessons, runs what they type in
// a real shell, and compares what comes back with what they promise.
//
// A lesson is Markdown: headings, paragraphs, lists, and fenced blocks. A block
// without a language is a picture. One that begins with the word console is a
// transcript: a line after "$ " is typed, the lines below it come back. Words
// after console name what the transcript needs: bash, linux, or a program, and
// where that is missing the transcript is shown and not run. One that begins
// with the word picture is the drawing of the transcript above it, of its last
// command or of the one that a number after the word says. One that begins
// with the word exercise is an Exercise.
//
// Words between ‹ and › are not literal. ‹Enter› and ‹Ctrl-D› are keys: what
// stands before ‹Enter› on its line is typed, and a key waits until what the
// transcript shows above it has come. ‹…› is any text within a line. Any other
// name is a word that differs from run to run, the same wherever one
// transcript repeats it.
package lesson

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"fd42.example/fd42/internal/tour/shell"
)

// A Lesson is one page.
type Lesson struct {
	Name   string // of its file, without .md
	Title  string // its first heading
	Blocks []Block
}

// A Block is a Heading, a Paragraph, a Picture, a Transcript, a Drawing or an
// Exercise.
type Block interface{ isBlock() }

// A Heading opens a part of the page.
type Heading struct{ Text []Span }

// A Paragraph is running text; Bullet is what hangs before an item of a list,
// and empty elsewhere.
type Paragraph struct {
	Bullet string
	Text   []Span
}

// A Picture is shown as it is.
type Picture struct{ Lines []string }

// A Drawing is a picture of what the descriptors of one command line did.
type Drawing struct {
	Line  int      // where the page has it
	Step  Step     // the command
	Lines []string // as the page shows it
}

// A Transcript is what a person types at a shell's prompt, and what comes back.
type Transcript struct {
	Needs []string // bash, linux, or the names of programs
	Steps []Step
}

// A Step is one command of a transcript.
type Step struct {
	Line    int    // where the page has it
	Command string // what is typed after the prompt
	Want    string // the lines below, keys and placeholders among them
}

func (Heading) isBlock()    {}
func (Paragraph) isBlock()  {}
func (Picture) isBlock()    {}
func (Transcript) isBlock() {}
func (Drawing) isBlock()    {}

// A Span is text of one style, on one line however long.
type Span struct {
	Text  string
	Style Style
}

// A Style is how a span stands out.
type Style int

// The styles that lessons use.
const (
	Plain Style = iota
	Strong
	Code
)

// ReadDir reads every lesson of a folder, in the order of their names.
func ReadDir(dir string) ([]*Lesson, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no lessons in %s", dir)
	}
	var lessons []*Lesson
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		l, err := Parse(strings.TrimSuffix(filepath.Base(file), ".md"), source)
		if err != nil {
			return nil, fmt.Errorf("%s:%w", file, err)
		}
		lessons = append(lessons, l)
	}
	return lessons, nil
}

// Parse reads one page. An error begins with the line at fault.
func Parse(name string, source []byte) (*Lesson, error) {
	p := page{source: source, lesson: Lesson{Name: name}}
	document := goldmark.DefaultParser().Parse(text.NewReader(source))
	for node := document.FirstChild(); node != nil; node = node.NextSibling() {
		if err := p.block(node, ""); err != nil {
			return nil, err
		}
	}
	return &p.lesson, nil
}

// A page is a lesson being read.
type page struct {
	source []byte
	lesson Lesson
}

// block appends what node holds; bullet goes before its first paragraph.
func (p *page) block(node ast.Node, bullet string) error {
	switch n := node.(type) {
	case *ast.Heading:
		h := Heading{Text: p.spans(n, Plain)}
		if p.lesson.Title == "" {
			p.lesson.Title = plain(h.Text)
		}
		p.add(h)
	case *ast.Paragraph, *ast.TextBlock:
		p.add(Paragraph{Bullet: bullet, Text: p.spans(n, Plain)})
	case *ast.List:
		return p.list(n)
	case *ast.FencedCodeBlock:
		return p.fenced(n)
	default:
		return fmt.Errorf("%d: a lesson cannot hold a %s", p.line(node), node.Kind())
	}
	return nil
}

func (p *page) add(b Block) { p.lesson.Blocks = append(p.lesson.Blocks, b) }

func (p *page) list(list *ast.List) error {
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		bullet := "•"
		if list.IsOrdered() {
			bullet = fmt.Sprintf("%d.", number)
			number++
		}
		for child := item.FirstChild(); child != nil; child = child.NextSibling() {
			if err := p.block(child, bullet); err != nil {
				return err
			}
			bullet = strings.Repeat(" ", len([]rune(bullet)))
		}
	}
	return nil
}

func (p *page) fenced(code *ast.FencedCodeBlock) error {
	body := string(code.Lines().Value(p.source))
	if code.Info == nil {
		p.add(Picture{Lines: strings.Split(strings.TrimSuffix(body, "\n"), "\n")})
		return nil
	}
	info := strings.Fields(string(code.Info.Segment.Value(p.source)))
	line := p.line(code)
	switch info[0] {
	case "console":
		steps, err := ParseTranscript(body, line)
		p.add(Transcript{Needs: info[1:], Steps: steps})
		return err
	case "exercise":
		e, err := ParseExercise(body, line)
		p.add(e)
		return err
	case "picture":
		step, err := p.drawn(info[1:])
		if err != nil {
			return fmt.Errorf("%d: %w", line, err)
		}
		d := Drawing{Line: line, Step: step}
		if body != "" {
			d.Lines = strings.Split(strings.TrimSuffix(body, "\n"), "\n")
		}
		p.add(d)
		return nil
	}
	return fmt.Errorf("%d: a lesson cannot hold a block of %s", line, info[0])
}

// drawn is the command that a picture shows: of the last transcript the last,
// or the one of a number.
func (p *page) drawn(number []string) (Step, error) {
	for i := len(p.lesson.Blocks) - 1; i >= 0; i-- {
		t, ok := p.lesson.Blocks[i].(Transcript)
		if !ok {
			continue
		}
		n := len(t.Steps)
		if len(number) > 0 {
			var err error
			if n, err = strconv.Atoi(number[0]); err != nil || n < 1 || n > len(t.Steps) {
				return Step{}, fmt.Errorf("the transcript above has no command %s", number[0])
			}
		}
		return t.Steps[n-1], nil
	}
	return Step{}, fmt.Errorf("a picture needs a transcript above it")
}

// line is the number of node's first line.
func (p *page) line(node ast.Node) int {
	if lines := node.Lines(); lines.Len() > 0 {
		return 1 + strings.Count(string(p.source[:lines.At(0).Start]), "\n")
	}
	if code, fenced := node.(*ast.FencedCodeBlock); fenced && code.Info != nil {
		return 2 + strings.Count(string(p.source[:code.Info.Segment.Start]), "\n")
	}
	return 1
}

// spans flattens the inline parts of a block: a line break of the source is a
// space, emphasis of either strength is Strong, a link is its text.
func (p *page) spans(parent ast.Node, style Style) []Span {
	var spans []Span
	for node := parent.FirstChild(); node != nil; node = node.NextSibling() {
		switch n := node.(type) {
		case *ast.Text:
			t := string(n.Segment.Value(p.source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				t += " "
			}
			spans = append(spans, Span{Text: unescape(t, style), Style: style})
		case *ast.CodeSpan:
			spans = append(spans, Span{Text: plain(p.spans(n, Code)), Style: Code})
		case *ast.Emphasis:
			spans = append(spans, p.spans(n, Strong)...)
		default:
			spans = append(spans, p.spans(n, style)...)
		}
	}
	return spans
}

// unescape takes the backslashes from escaped punctuation, which goldmark
// leaves to its renderer. Inside code they are literal.
func unescape(t string, style Style) string {
	if style == Code {
		return t
	}
	return string(util.UnescapePunctuations([]byte(t)))
}

func plain(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// ParseTranscript cuts the body of a console block into steps; line is the
// number of its first line.
func ParseTranscript(body string, line int) ([]Step, error) {
	var steps []Step
	for l := range strings.Lines(body) {
		if command, typed := strings.CutPrefix(l, "$ "); typed {
			if strings.Contains(command, "\t") {
				return nil, fmt.Errorf("%d: a tab cannot be typed: it completes", line)
			}
			steps = append(steps, Step{Line: line, Command: strings.TrimSuffix(command, "\n")})
		} else if len(steps) > 0 {
			steps[len(steps)-1].Want += l
		} else {
			return nil, fmt.Errorf("%d: a transcript begins with \"$ \"", line)
		}
		line++
	}
	return steps, nil
}

// Missing is the first of the needs that sh and this machine cannot meet, or
// empty.
func Missing(needs []string, sh shell.Kind) string {
	for _, need := range needs {
		switch need {
		case "bash":
			if !sh.Bash {
				return need
			}
		case "linux":
			if runtime.GOOS != "linux" {
				return need
			}
		default:
			if _, err := exec.LookPath(need); err != nil {
				return need
			}
		}
	}
	return ""
}

// A Function is one that a lesson points to, in a folder of the source.
type Function struct{ Name, Dir string }

// Functions finds every "`Name` in `folder`" of the page's text.
func (l *Lesson) Functions() []Function {
	var found []Function
	for _, block := range l.Blocks {
		p, ok := block.(Paragraph)
		if !ok {
			continue
		}
		for i := 0; i+2 < len(p.Text); i++ {
			name, in, dir := p.Text[i], p.Text[i+1], p.Text[i+2]
			if name.Style == Code && strings.TrimSpace(in.Text) == "in" && dir.Style == Code {
				found = append(found, Function{Name: name.Text, Dir: dir.Text})
			}
		}
	}
	return found
}
