package acceptance

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	markdown "github.com/yuin/goldmark/text"
)

// longest is how many words a sentence may have.
const longest = 35

// turns are ways to put things that a reader has to read twice, and what to
// write instead.
var turns = []struct {
	pattern *regexp.Regexp
	instead string
}{
	// But things can be told apart, or from one another.
	{regexp.MustCompile(`(?i)\b(is|are|was|were|be|been|being|not) told([^ ]| [^af]| a[^p]| f[^r]|$)`), "say who reports what to whom"},
	{turn(`tells? of`), "explains, describes"},
	{turn(`shall`), "must, or the present tense"},
	{turn(`gone readers?|readers? (is|are|was|were) gone`), "the reader has gone away"},
	{turn(`(is|are|be) at home`), "the primary platform, belongs"},
	{turn(`(stands?|stood) before`), "why; comes before"},
	{turn(`(to|can|cannot|could|could not) be had`), "possible, available"},
	{turn(`to be (said|fetched)`), "name who says or fetches it"},
	{turn(`save for`), "except"},
	{turn(`(this|that|the other) one lacks`), "name the thing again"},
	{turn(`(first|last|those|them|these) alone`), "only the first"},
	{turn(`a line an event`), "one line per event"},
	{turn(`(outputs?|inputs?|those|that) of now`), "the current"},
	{turn(`in silence`), "silently"},
	{turn(`ended before it (began|begins)`), "at once"},
	{turn(`to write on would`), "writing more"},
	{turn(`at the word of`), "trust"},
	{turn(`on purpose they`), "deliberate differences"},
	{turn(`at most most|most most`), "up to limit"},
	{turn(`ha(s|ve) (its|their) turn`), "go on with the next"},
	{turn(`that is so (where|wherever|here|from)`), "this holds"},
	{turn(`of any other \w+ it`), "for any other"},
	{turn(`whence|thence|wherein|thereof|therein|whereof|nought|lest|upon|hither|thither|ere`), "a word of today"},
}

func turn(words string) *regexp.Regexp { return regexp.MustCompile(`(?i)\b(` + words + `)\b`) }

// TestStyle holds all prose to short sentences without those turns.
func TestStyle(t *testing.T) {
	for path, paragraphs := range prose(t) {
		t.Run(path, func(t *testing.T) {
			for _, fault := range styleFaults(paragraphs) {
				t.Errorf("%s:%s", path, fault)
			}
		})
	}
}

// prose is the text of the checkout for people, by file.
func prose(t *testing.T) map[string][]paragraph {
	found, kinds := map[string][]paragraph{}, map[string]int{}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		path := strings.TrimPrefix(filepath.ToSlash(file), root+"/")
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (path == ".git" || path == "bin" || path == "dist"):
			return filepath.SkipDir
		case entry.IsDir():
			return nil
		}
		kind := filepath.Ext(path)
		switch kind {
		case ".md":
			found[path] = markdownProse(readFile(t, path))
		case ".go":
			found[path] = commentProse(t, readFile(t, path))
		case ".1", ".7":
			found[path] = manualProse(readFile(t, path))
		default:
			return nil
		}
		kinds[kind] += len(found[path])
		return nil
	})
	require.NoError(t, err)
	for _, name := range programs {
		help, err := exec.Command(program(name), "--help").Output()
		require.NoError(t, err)
		found[name+" --help"] = helpProse(string(help))
		kinds["--help"] += len(found[name+" --help"])
	}
	for _, kind := range []string{".md", ".go", ".1", ".7", "--help"} {
		require.Greater(t, kinds[kind], 10, kind)
	}
	return found
}

// A paragraph is text that sentences do not cross.
type paragraph []placed

var (
	isWord      = regexp.MustCompile(`[\pL\pN…]`)
	sentenceEnd = regexp.MustCompile("[.!?]['\")*_”’]*$")
	code        = regexp.MustCompile("(?s)``.*?``|`[^`]*`|\\]\\([^)]*\\)") // or the address of a link
	directive   = regexp.MustCompile(`^//([a-z]+:|line )`)
)

// A placed is a word of the line with that number.
type placed struct {
	text string
	line int
}

// styleFaults lists what is wrong with some paragraphs, each fault as a line
// number, a reason and the sentence.
func styleFaults(paragraphs []paragraph) (faults []string) {
	for _, p := range paragraphs {
		for _, sentence := range sentences(p) {
			var texts []string
			count := 0
			for _, w := range sentence {
				texts = append(texts, w.text)
				if isWord.MatchString(w.text) {
					count++
				}
			}
			line, whole := sentence[0].line, strings.Join(texts, " ")
			if count > longest {
				faults = append(faults, fmt.Sprintf("%d: %d words: %s", line, count, whole))
			}
			for _, turn := range turns {
				if match := turn.pattern.FindString(whole); match != "" {
					faults = append(faults, fmt.Sprintf("%d: %q (better: %s): %s", line, match, turn.instead, whole))
				}
			}
		}
	}
	return faults
}

// sentences cuts a paragraph behind each word that ends a sentence.
func sentences(p paragraph) (all []paragraph) {
	start := 0
	for i, w := range p {
		if sentenceEnd.MatchString(w.text) || i == len(p)-1 {
			all = append(all, p[start:i+1])
			start = i + 1
		}
	}
	return all
}

// words splits text, whose first line has the number line. Each piece of code in
// backquotes counts as one word, and so does the address of a link.
func words(text string, line int) (p paragraph) {
	text = code.ReplaceAllStringFunc(text, func(match string) string {
		return "…" + strings.Repeat("\n", strings.Count(match, "\n"))
	})
	for _, l := range strings.Split(text, "\n") {
		for _, w := range strings.Fields(l) {
			p = append(p, placed{w, line})
		}
		line++
	}
	return p
}

// markdownProse is the prose of a page in Markdown: all but code, pictures,
// transcripts and tables.
func markdownProse(page string) (paragraphs []paragraph) {
	source := []byte(page)
	document := goldmark.DefaultParser().Parse(markdown.NewReader(source))
	ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		switch node.Kind() {
		case ast.KindHeading, ast.KindParagraph, ast.KindTextBlock:
			lines := node.Lines()
			if !entering || lines.Len() == 0 {
				return ast.WalkSkipChildren, nil
			}
			if body := string(lines.Value(source)); !strings.HasPrefix(body, "|") {
				first := 1 + strings.Count(page[:lines.At(0).Start], "\n")
				paragraphs = append(paragraphs, words(body, first))
			}
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return paragraphs
}

// commentProse is the prose of the comments of a Go file: all but directives and
// what is indented, as pictures and code are.
func commentProse(t *testing.T, source string) (paragraphs []paragraph) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", source, parser.ParseComments|parser.SkipObjectResolution)
	require.NoError(t, err)
	for _, group := range file.Comments {
		var p paragraph
		end := func() {
			if len(p) > 0 {
				paragraphs = append(paragraphs, p)
			}
			p = nil
		}
		for _, comment := range group.List {
			line := set.Position(comment.Pos()).Line
			for i, l := range strings.Split(strings.TrimSuffix(comment.Text, "*/"), "\n") {
				if directive.MatchString(l) {
					end()
					continue
				}
				l = strings.TrimPrefix(strings.TrimPrefix(l, "//"), "/*")
				body := strings.TrimSpace(l)
				item := strings.HasPrefix(body, "- ")
				if body == "" || item || strings.HasPrefix(l, "\t") || strings.HasPrefix(l, "  ") && len(p) == 0 {
					end()
				}
				if item || !strings.HasPrefix(l, "\t") && (!strings.HasPrefix(l, "  ") || len(p) > 0) {
					p = append(p, words(body, line+i)...)
				}
			}
		}
		end()
	}
	return paragraphs
}

// manualProse is the prose of a page in mdoc: all but displays, tables, the heads
// of lists, and the sections that only name things.
func manualProse(page string) (paragraphs []paragraph) {
	var p paragraph
	skip := "" // the macro that ends what is being left out
	for i, line := range strings.Split(page, "\n") {
		macro, rest, _ := strings.Cut(line, " ")
		if skip != "" {
			if macro != skip {
				continue
			}
			skip = ""
		}
		switch macro {
		case ".Sh", ".Ss", ".Pp", ".Bl", ".El", ".It", ".Bd", ".D1", ".Dd", ".Dt", ".Os", ".Rs", ".Nd":
			if len(p) > 0 {
				paragraphs = append(paragraphs, p)
			}
			p = nil
		}
		switch {
		case rest == "SYNOPSIS" || rest == "SEE ALSO":
			skip = ".Sh"
		case macro == ".Bd":
			skip = ".Ed"
		case macro == ".Rs":
			skip = ".Re"
		case strings.HasPrefix(line, ".Bl -column"):
			skip = ".El"
		case macro == ".Nd":
			paragraphs = append(paragraphs, words(rest, i+1))
		case strings.HasPrefix(line, ".") && p == nil && macro != ".Nm" && !isInline(macro):
		case strings.HasPrefix(line, "."):
			p = append(p, macroWords(macro, rest, i+1)...)
		default:
			p = append(p, words(line, i+1)...)
		}
	}
	return append(paragraphs, p)
}

// isInline reports whether a macro marks words within a sentence.
func isInline(macro string) bool {
	switch strings.TrimPrefix(macro, ".") {
	case "Ar", "Cm", "Dq", "Dv", "Em", "Ev", "Fl", "Ic", "Nm", "No", "Ns", "Pa", "Pc", "Po", "Pq", "Ql", "Sx", "Xr":
		return true
	}
	return false
}

// macroWords is what mdoc makes of a line with an inline macro: what lies between
// two punctuation marks counts as one word, unless the macro only puts words in
// parentheses or quotes.
func macroWords(macro, rest string, line int) (p paragraph) {
	if macro == ".Pq" || macro == ".Dq" {
		return words(rest, line)
	}
	fresh := true
	for _, w := range strings.Fields(macro[1:] + " " + rest) {
		switch {
		case strings.Trim(w, ".,:;)") == "" && len(p) > 0:
			p[len(p)-1].text += w
			fresh = true
		case fresh && (macro == ".Nm" || !isInline(w)):
			p = append(p, placed{"…", line})
			fresh = false
		}
	}
	return p
}

// helpProse is the prose of a --help: the sentences, and what is said of each
// option and example.
func helpProse(help string) (paragraphs []paragraph) {
	var p paragraph
	for i, line := range strings.Split(help, "\n") {
		if !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "Usage: ") && line != "" {
			p = append(p, words(line, i+1)...)
			continue
		}
		if len(p) > 0 {
			paragraphs = append(paragraphs, p)
		}
		p = nil
		if _, said, found := strings.Cut(strings.TrimLeft(line, " "), "  "); found {
			paragraphs = append(paragraphs, words(said, i+1))
		}
	}
	return paragraphs
}

// TestStyleFinds plants faults in each kind of text, and the same words where
// they are no prose.
func TestStyleFinds(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("word ", longest+1)) + "."
	most := strings.TrimSpace(strings.Repeat("word ", longest)) + "."
	for _, kind := range []struct {
		name  string
		read  func(string) []paragraph
		text  string
		lines []string // where a fault is due
	}{
		{"Markdown", markdownProse, "# The first is told\n\n" + most + "\nThe user\nis told `that` so.\n\n" +
			"```console\n$ echo is told\n```\n\n| is told | shall |\n| --- | --- |\n\n`is told` is\ncode.\n\n- They can be told apart, and each told from the next.\n- " + most + "\n- " + long + "\n", []string{"1", "4", "19"}},
		{"Go", func(s string) []paragraph { return commentProse(t, s) },
			"//go:build shall\n\n// Package p is fine.\npackage p\n\n// " + most + " It shall\n// not.\n//\n//\tis told\n//\n// Fine.\n" +
				"var shall = \"is told\" // for\n\nvar a int // of those alone\n\n/* " + long + " */\n", []string{"6", "14", "16"}},
		{"man", manualProse, ".Dd is told\n.Sh NAME\n.Nm p\n.Nd is told\n.Sh SYNOPSIS\nis told\n.Sh DESCRIPTION\n.Nm\nis fine.\n" + most +
			"\nA\n.Fl v\nreader is\ngone.\n.Bd -literal\nis told\n.Ed\n.Ql is told\nis code.\n.Bl -tag\n.It is told\n" + long + "\n.El\n.Sh SEE ALSO\nis told\n", []string{"4", "11", "22"}},
		{"man, across lines", manualProse, ".Sh BUGS\nOne\n.Ar file ,\nor the reader\nis gone.\n.Pp\n.Nm\n" + most + "\n", []string{"2", "7"}},
		{"help", helpProse, "Usage: is told\nFine.\nIt shall.\n\n  -t, --told  what it tells of\n  -u  fine\n\n" + long + "\n", []string{"3", "5", "8"}},
	} {
		var lines []string
		for _, fault := range styleFaults(kind.read(kind.text)) {
			line, _, _ := strings.Cut(fault, ":")
			lines = append(lines, line)
		}
		assert.Equal(t, kind.lines, lines, kind.name)
	}
}
