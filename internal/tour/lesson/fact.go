package lesson

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"fd42.example/fd42/internal/tour/record"
)

// An Attempt is what a learner has done since an exercise began.
type Attempt struct {
	Folder string // the lesson's
	Shell  int    // the process that runs it
	Answer string // what was given to ?answer
	Lines  []Line
}

// A Line is one command line that has run.
type Line struct {
	Typed    string
	Dir      string // where the shell is now
	Shown    string // on the terminal, without what was typed at the prompt
	Status   int
	Statuses []int // of each member of its pipeline; nil if not known
	Trace    record.Trace
	Shell    []*record.Descriptor // the shell's own, before the line ran
}

// last is the command line to look at. Before the first it is empty.
func (a *Attempt) last() Line {
	if len(a.Lines) == 0 {
		return Line{Status: -1}
	}
	return a.Lines[len(a.Lines)-1]
}

// A Fact is something that can be seen to be true of an attempt. Of the last
// command line:
//
//	status N [N ...]              its exit status, or that of each member of a pipeline
//	shown ["has"] "TEXT"          what the terminal showed; also: shown nothing, shown N lines
//	line has "TEXT"               what was typed
//	answer WORD                   what ?answer was given
//	PROGRAM: condition, ...       a process of that name meets all conditions; see ParseConditions
//	N PROGRAM: ..., no PROGRAM: ...  so many do, at least; none does
//
// Of all since the exercise began: the same after "ever". Of the lesson's
// folder and its shell as they are now:
//
//	file NAME                     there is one; also: no file NAME
//	file NAME ["has"] "TEXT"      what it holds; also: file NAME N lines
//	same NAME NAME                two files hold the same, and something
//	shell: N closed, shell: N -> NAME
//
// A TEXT is written as Go writes strings and may hold ‹…›. N may be >N or <N.
type Fact struct {
	Text  string
	holds func(*Attempt) bool
	seen  func(*Attempt) string
}

// Holds reports whether the fact is true.
func (f Fact) Holds(a *Attempt) bool { return f.holds(a) }

// Seen says, in a sentence, what is there where the fact is not true.
func (f Fact) Seen(a *Attempt) string { return f.seen(a) }

// ParseFact reads a fact.
func ParseFact(text string) (Fact, error) {
	f, err := parseFact(text)
	f.Text = text
	if err != nil {
		return f, fmt.Errorf("fact %q: %w", text, err)
	}
	return f, nil
}

func parseFact(text string) (Fact, error) {
	word, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "status":
		return statusFact(rest)
	case "shown":
		return shownFact(rest)
	case "line":
		return lineFact(rest)
	case "answer":
		return answerFact(rest), nil
	case "file":
		return fileFact(rest)
	case "same":
		return sameFact(rest)
	case "shell:":
		return shellFact(rest)
	}
	if name, isFile := strings.CutPrefix(text, "no file "); isFile {
		return noFileFact(name), nil
	}
	return processFact(text)
}

// A bound is what a number must be: N, >N, <N, or * for any.
type bound struct {
	relation byte // =, >, < or *
	n        int64
}

func parseBound(text string) (bound, error) {
	if text == "*" {
		return bound{relation: '*'}, nil
	}
	b := bound{relation: '='}
	if strings.HasPrefix(text, ">") || strings.HasPrefix(text, "<") {
		b.relation, text = text[0], text[1:]
	}
	var err error
	b.n, err = strconv.ParseInt(text, 10, 64)
	if err != nil {
		return b, fmt.Errorf("%q is no number", text)
	}
	return b, nil
}

func (b bound) allows(n int64) bool {
	switch b.relation {
	case '>':
		return n > b.n
	case '<':
		return n < b.n
	case '*':
		return true
	}
	return n == b.n
}

func statusFact(text string) (Fact, error) {
	var wanted []bound
	for _, word := range strings.Fields(text) {
		b, err := parseBound(word)
		if err != nil {
			return Fact{}, err
		}
		wanted = append(wanted, b)
	}
	if len(wanted) == 0 {
		return Fact{}, fmt.Errorf("which status?")
	}
	return Fact{
		holds: func(a *Attempt) bool {
			last := a.last()
			if len(a.Lines) == 0 || !wanted[len(wanted)-1].allows(int64(last.Status)) {
				return false
			}
			if len(wanted) == 1 || last.Statuses == nil {
				return true
			}
			if len(wanted) != len(last.Statuses) {
				return false
			}
			for i, b := range wanted {
				if !b.allows(int64(last.Statuses[i])) {
					return false
				}
			}
			return true
		},
		seen: func(a *Attempt) string {
			last := a.last()
			if len(wanted) > 1 && last.Statuses != nil {
				return "The exit statuses were " + strings.Trim(fmt.Sprint(last.Statuses), "[]") + "."
			}
			return fmt.Sprintf("The exit status was %d.", last.Status)
		},
	}, nil
}

// A content is what a text must be.
type content func(text string) bool

// parseContent reads `"TEXT"`, `has "TEXT"`, `nothing` or `N lines`.
func parseContent(text string) (content, error) {
	if text == "nothing" {
		return func(text string) bool { return text == "" }, nil
	}
	if number, counted := strings.CutSuffix(strings.TrimSuffix(text, "s"), " line"); counted {
		b, err := parseBound(number)
		return func(text string) bool { return b.allows(int64(countLines(text))) }, err
	}
	quoted, part := strings.CutPrefix(text, "has ")
	want, err := strconv.Unquote(strings.TrimSpace(quoted))
	if err != nil {
		return nil, fmt.Errorf("%s is no string as Go writes it", quoted)
	}
	if part {
		return func(text string) bool { return new(Matcher).Occurs(want, text) }, nil
	}
	return func(text string) bool { return new(Matcher).Match(want, text) }, nil
}

func countLines(text string) int {
	n := strings.Count(text, "\n")
	if text != "" && !strings.HasSuffix(text, "\n") {
		n++
	}
	return n
}

func shownFact(text string) (Fact, error) {
	is, err := parseContent(text)
	return Fact{
		holds: func(a *Attempt) bool { return len(a.Lines) > 0 && is(a.last().Shown) },
		seen: func(a *Attempt) string {
			if n := countLines(a.last().Shown); n != 1 {
				return fmt.Sprintf("The terminal showed %d lines, and not the ones asked for.", n)
			}
			return "The terminal showed " + excerpt(a.last().Shown) + "."
		},
	}, err
}

func lineFact(text string) (Fact, error) {
	is, err := parseContent(text)
	return Fact{
		holds: func(a *Attempt) bool { return is(a.last().Typed) },
		seen:  func(*Attempt) string { return "The command line lacks something." },
	}, err
}

func answerFact(want string) Fact {
	return Fact{
		holds: func(a *Attempt) bool { return a.Answer == want },
		seen: func(a *Attempt) string {
			if a.Answer == "" {
				return "Type `?answer` and the answer."
			}
			return "`" + a.Answer + "` is not the answer."
		},
	}
}

func fileFact(text string) (Fact, error) {
	name, rest, _ := strings.Cut(text, " ")
	is := func(string) bool { return true }
	if rest != "" {
		var err error
		if is, err = parseContent(strings.TrimSpace(rest)); err != nil {
			return Fact{}, err
		}
	}
	return Fact{
		holds: func(a *Attempt) bool {
			text, err := readSome(filepath.Join(a.Folder, name))
			return err == nil && is(text)
		},
		seen: func(a *Attempt) string {
			text, err := readSome(filepath.Join(a.Folder, name))
			switch {
			case err != nil:
				return "There is no file `" + name + "`."
			case text == "":
				return "`" + name + "` is empty."
			case countLines(text) > 3:
				return fmt.Sprintf("`%s` holds %d lines, and not what is asked for.", name, countLines(text))
			}
			return "`" + name + "` holds " + excerpt(text) + "."
		},
	}, nil
}

// mostRead is more than any file holds that an exercise asks about whole.
const mostRead = 64 << 20

// readSome reads a regular file. A FIFO would keep the tour waiting.
func readSome(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > mostRead {
		return "", fmt.Errorf("not a file to read")
	}
	data, err := os.ReadFile(path)
	return string(data), err
}

// excerpt quotes text for a sentence.
func excerpt(text string) string {
	const most = 60
	quoted := strconv.Quote(text)
	if len(quoted) > most {
		quoted = quoted[:most] + "…"
	}
	return quoted
}

func noFileFact(name string) Fact {
	return Fact{
		holds: func(a *Attempt) bool {
			_, err := os.Lstat(filepath.Join(a.Folder, name))
			return err != nil
		},
		seen: func(*Attempt) string { return "There is a file `" + name + "`." },
	}
}

func sameFact(text string) (Fact, error) {
	names := strings.Fields(text)
	if len(names) != 2 {
		return Fact{}, fmt.Errorf("same compares two files")
	}
	return Fact{
		holds: func(a *Attempt) bool {
			one, err := readSome(filepath.Join(a.Folder, names[0]))
			if err != nil || one == "" {
				return false
			}
			two, err := readSome(filepath.Join(a.Folder, names[1]))
			return err == nil && one == two
		},
		seen: func(*Attempt) string { return fmt.Sprintf("`%s` and `%s` do not hold the same.", names[0], names[1]) },
	}, nil
}

// shellFact asks /proc. Where there is none the fact is taken as true: nobody
// can tell.
func shellFact(text string) (Fact, error) {
	number, place, found := strings.Cut(text, " ")
	fd, err := strconv.Atoi(number)
	if !found || err != nil {
		return Fact{}, fmt.Errorf("which descriptor of the shell?")
	}
	place = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(place, "->"), "<-"))
	leads := func(a *Attempt) string {
		if _, err := os.Stat(fmt.Sprintf("/proc/%d/fd", a.Shell)); err != nil {
			return place
		}
		target, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", a.Shell, fd))
		if err != nil {
			return "closed"
		}
		if name, err := filepath.Rel(a.Folder, target); err == nil && filepath.IsLocal(name) {
			return name
		}
		return target
	}
	return Fact{
		holds: func(a *Attempt) bool { return len(a.Lines) > 0 && leads(a) == place },
		seen: func(a *Attempt) string {
			if leads(a) == "closed" {
				return fmt.Sprintf("Descriptor %d of the shell is closed.", fd)
			}
			return fmt.Sprintf("Descriptor %d of the shell leads to `%s`.", fd, leads(a))
		},
	}, nil
}

// processFact reads `[ever] [N|no] PROGRAM: condition, ...`.
func processFact(text string) (Fact, error) {
	head, tail, found := strings.Cut(text, ":")
	words := strings.Fields(head)
	if !found || len(words) == 0 || len(words) > 3 {
		return Fact{}, fmt.Errorf("not one of those that can be asked for")
	}
	program := words[len(words)-1]
	least, ever := 1, false
	for _, word := range words[:len(words)-1] {
		switch n, err := strconv.Atoi(word); {
		case word == "ever":
			ever = true
		case word == "no":
			least = 0
		case err == nil && n > 0:
			least = n
		default:
			return Fact{}, fmt.Errorf("what is %q?", word)
		}
	}
	conditions, err := ParseConditions(tail)
	if err != nil {
		return Fact{}, err
	}
	count := func(a *Attempt) (ran, met int) {
		lines := a.Lines
		if !ever && len(lines) > 0 {
			lines = lines[len(lines)-1:]
		}
		for _, line := range lines {
			for _, p := range line.Trace.Processes {
				if p.Program != program && program != "any" {
					continue
				}
				ran++
				if conditions.hold(scene{process: p, line: line, folder: a.Folder}) {
					met++
				}
			}
		}
		return ran, met
	}
	return Fact{
		holds: func(a *Attempt) bool {
			_, met := count(a)
			if least == 0 {
				return len(a.Lines) > 0 && met == 0
			}
			return met >= least
		},
		seen: func(a *Attempt) string {
			ran, met := count(a)
			switch {
			case least == 0:
				return "Something that is not asked for: see what `" + program + "` did."
			case ran == 0:
				return "No `" + program + "` has run."
			case met > 0:
				return fmt.Sprintf("`%s` did what is asked for %d of %d times.", program, met, least)
			}
			return "`" + program + "` has run, but it did not do what is asked for."
		},
	}, nil
}

// A scene is where a condition is looked at.
type scene struct {
	process *record.Process
	line    Line
	folder  string
}

// sameFile reports whether a descriptor leads to what a lesson calls name.
func (s scene) sameFile(d *record.Descriptor, name string) bool {
	path := d.Path
	if path == "" {
		path = d.Name
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.line.Dir, path)
		}
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(s.folder, name)
	}
	return path != "" && filepath.Clean(path) == filepath.Clean(name)
}

// Occurs reports whether want, which may hold placeholders, is somewhere in got.
func (m *Matcher) Occurs(want, got string) bool {
	if !strings.Contains(want, "‹") {
		return bytes.Contains([]byte(got), []byte(want))
	}
	pattern, _ := m.pattern(want)
	return unanchored(pattern).MatchString(got)
}
