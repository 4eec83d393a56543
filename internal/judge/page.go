//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"

	"fd42.example/fd42/internal/judge/script"
)

// A page is what a person reads of a judgement.
type page struct {
	out       io.Writer
	good, bad string
	notAsked  string
}

func newPage(out io.Writer) *page {
	if utf8Locale() {
		return &page{out: out, good: "✔", bad: "✘", notAsked: "·"}
	}
	return &page{out: out, good: "+", bad: "-", notAsked: "."}
}

// utf8Locale is what setlocale(3) would find.
func utf8Locale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := os.Getenv(name); value != "" {
			value = strings.ToUpper(value)
			return strings.Contains(value, "UTF-8") || strings.Contains(value, "UTF8")
		}
	}
	return false
}

func (p *page) printf(format string, args ...any) { fmt.Fprintf(p.out, format, args...) }

func (p *page) heading(d defendant) {
	p.printf("%s: %s\n\n", d.program, d.file)
}

// stage is a line on a stage.
func (p *page) stage(s stageResult) {
	mark := p.bad
	switch {
	case !s.asked:
		mark = p.notAsked
	case s.passed():
		mark = p.good
	}
	if s.Name == script.Ours && !s.passed() {
		mark = " "
	}
	p.printf("  %2d %s %-10s %3d of %-3d %s", s.number, mark, s.Name, s.count(script.Passed), len(s.results), s.Title)
	if n := s.count(script.Skipped); n > 0 {
		p.printf(" (%d cannot be tried here)", n)
	}
	p.printf("\n")
}

// end is what there is to say after the stages. It returns errFailed unless
// every behaviour passed that is asked of a stranger.
func (p *page) end(d defendant, all []stageResult, took time.Duration) error {
	passed, asked := 0, 0
	var first *stageResult
	for i, s := range all {
		if s.Name == script.Ours && len(all) > 1 {
			continue
		}
		passed += s.count(script.Passed)
		asked += len(s.results) - s.count(script.Skipped)
		if !s.passed() && first == nil {
			first = &all[i]
		}
	}
	p.printf("\n     %d of %d behaviours pass (%.1f s).", passed, asked, took.Seconds())
	if last := all[len(all)-1]; last.Name == script.Ours && len(all) > 1 {
		p.printf("\n     The last stage is not counted: nobody else is asked for it.")
	}
	p.printf("\n\n")
	if first == nil {
		return nil
	}
	p.failures(d, *first, all)
	return errFailed
}

// failures shows the first failure of a stage, and names the others.
func (p *page) failures(d defendant, s stageResult, all []stageResult) {
	if r, found := s.firstFailed(); found {
		p.failure(d, s, r)
	}
	var others []string
	for _, r := range s.results {
		if r.Outcome == script.Failed {
			others = append(others, r.Name)
		}
	}
	if len(others) > 1 {
		p.printf("  Also in stage %d: %s\n\n", s.number, strings.Join(others[1:], ", "))
	}
	for _, s := range all {
		if !s.asked {
			p.paragraph(fmt.Sprintf("From stage %d on not everything was asked for, because too many behaviours had to be stopped.", s.number))
			break
		}
	}
}

// failure shows a behaviour that failed.
func (p *page) failure(d defendant, s stageResult, r result) {
	p.printf("%s Stage %d, %s: %s (%s)\n\n", p.bad, s.number, s.Name, r.Name, r.Source)
	p.paragraph(r.Is)
	if r.More != "" {
		p.paragraph(r.More)
	}
	if r.Command != "" {
		for i, line := range strings.Split(strings.TrimRight(r.Command, "\n"), "\n") {
			p.printf("%s%s\n", []string{"      ", "    $ "}[b2i(i == 0)], line)
		}
		p.printf("\n")
		p.files(r)
	}
	switch {
	case r.Cost != "":
		p.paragraph(r.Cost)
	case r.What != "":
		p.printf("  %s: %s\n\n", capital(r.What), key(r))
		p.lines(difference(string(r.Want), string(r.Got)))
		p.printf("\n")
		if legend := legendFor(r); legend != "" {
			p.paragraph("(" + legend + ".)")
		}
	default:
		p.paragraph(r.Reason)
	}
	p.printf("  Read on:    %s\n", strings.Join(r.Read, "; "))
	p.printf("  In full:    %s/%s.txtar", scriptsDir, r.Name)
	if r.Line > 0 {
		p.printf(", line %d", r.Line)
	}
	p.printf("\n  Once more:  make judge %s=%s ONLY=%s\n\n", strings.ToUpper(d.program), d.file, r.Name)
}

// key says what the lines of a difference are.
func key(r result) string {
	switch {
	case len(r.Got) == 0:
		return "- is wanted, and nothing came"
	case len(r.Want) == 0:
		return "nothing is wanted, and + came"
	}
	return "- is wanted, + came"
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// files shows the files of the script that its command names.
func (p *page) files(r result) {
	archive, err := r.Archive()
	if err != nil {
		return
	}
	const most = 24 // lines
	for _, f := range archive.Files {
		text := string(f.Data)
		if needsEscapes(strings.ReplaceAll(text, "\t", "")) {
			text = visible(text, true)
		}
		if !mentions(r.Command, f.Name) || strings.Count(text, "\n") > most {
			continue
		}
		p.printf("  %s holds\n\n", f.Name)
		p.lines(text)
		p.printf("\n")
	}
}

// mentions reports whether name is a word of a command line.
func mentions(command, name string) bool {
	for _, word := range strings.FieldsFunc(command, func(r rune) bool { return strings.ContainsRune(" \t\n;|&<>()'\"", r) }) {
		if strings.TrimPrefix(word, "./") == name {
			return true
		}
	}
	return false
}

// lines writes text four columns in.
func (p *page) lines(text string) {
	for line := range strings.Lines(text) {
		p.printf("    %s", line)
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		p.printf("\n")
	}
}

// paragraph writes text two columns in, no wider than 78.
func (p *page) paragraph(text string) {
	line := " "
	for _, word := range strings.Fields(text) {
		if len([]rune(line))+1+len([]rune(word)) > 78 {
			p.printf("%s\n", line)
			line = " "
		}
		line += " " + word
	}
	p.printf("%s\n\n", line)
}

// difference is what differs, a line each, around the first of them.
func difference(want, got string) string {
	escaped := needsEscapes(want) || needsEscapes(got)
	text := string(diff.Diff("wanted", []byte(visible(want, escaped)), "came", []byte(visible(got, escaped))))
	_, text, _ = strings.Cut(text, "+++ came\n")
	const most = 24
	var shown strings.Builder
	n := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "@@") {
			if n > 0 {
				shown.WriteString("…\n")
			}
			continue
		}
		if n++; n > most {
			shown.WriteString("…\n")
			break
		}
		shown.WriteString(line[:1] + " " + shortened(strings.TrimSuffix(line[1:], "\n")) + "\n")
	}
	if n == 0 {
		return "(both look the same)\n"
	}
	return shown.String()
}

// shortened is a line, or its beginning and its end.
func shortened(line string) string {
	const most, kept = 160, 52 // what is kept of a longer line fits a screen
	runes := []rune(line)
	if len(runes) <= most {
		return line
	}
	return fmt.Sprintf("%s … (%d more) … %s", string(runes[:kept/2]), len(runes)-kept, string(runes[len(runes)-kept/2:]))
}

// visible is text in which every byte can be seen: those that do not print are
// escapes as in Go and C, and so are blanks at the end of a line. Where escaped
// is false there are none, and a backslash is only a backslash.
func visible(text string, escaped bool) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		body, ended := strings.CutSuffix(line, "\n")
		inner := strings.TrimRight(body, " ")
		for i := 0; i < len(inner); {
			r, size := utf8.DecodeRuneInString(inner[i:])
			b.WriteString(sign(r, inner[i:i+size], escaped))
			i += size
		}
		b.WriteString(strings.Repeat(`\x20`, len(body)-len(inner)))
		if ended {
			b.WriteByte('\n')
		} else {
			b.WriteString("\n" + noNewline + "\n")
		}
	}
	return b.String()
}

const noNewline = `\ the last line has no newline`

// sign is how a character, of the bytes text, is shown.
func sign(r rune, text string, escaped bool) string {
	switch {
	case r == '\\' && escaped:
		return `\\`
	case r == '\t':
		return `\t`
	case r == '\r':
		return `\r`
	case prints(r, text):
		return text
	}
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, `\x%02x`, c)
	}
	return b.String()
}

// prints reports whether a character can be told from others by its looks.
func prints(r rune, text string) bool {
	return r == ' ' || unicode.IsGraphic(r) && !unicode.IsSpace(r) && (r != utf8.RuneError || len(text) > 1)
}

// needsEscapes reports whether text holds what cannot be seen.
func needsEscapes(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasSuffix(line, " ") {
			return true
		}
		for len(line) > 0 {
			r, size := utf8.DecodeRuneInString(line)
			if !prints(r, line[:size]) {
				return true
			}
			line = line[size:]
		}
	}
	return false
}

// legendFor explains the signs in what a failure shows.
func legendFor(r result) string {
	var signs []string
	if strings.Contains(r.What, "terminal") || strings.Contains(r.What, "said") {
		signs = append(signs, terminalSigns(string(r.Want)+"\n"+string(r.Got))...)
	}
	if strings.HasPrefix(string(r.Want), "\n") || strings.HasPrefix(string(r.Got), "\n") {
		signs = append(signs, "a - or + alone is an empty line")
	}
	if needsEscapes(string(r.Want)) || needsEscapes(string(r.Got)) {
		signs = append(signs, `\t is a tab, \r a carriage return, \x00 any other byte, \\ a backslash`)
	}
	return strings.Join(signs, "; ")
}

// terminalSigns explains those signs of a transcript that are in it.
func terminalSigns(transcript string) (signs []string) {
	for _, sign := range []struct{ in, meaning string }{
		{`(?m)^! `, "! begins a line of standard error"},
		{`(?m)^\[\d+\]$`, "[N] is an exit status"},
		{`(?m)\\$`, `\ ends a line without its newline`},
	} {
		if regexp.MustCompile(sign.in).MatchString(transcript) {
			signs = append(signs, sign.meaning)
		}
	}
	return signs
}

func capital(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}
