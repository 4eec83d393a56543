// Package script holds any echo, cat, base64 and tee to the behaviours of
// testdata/script, one behaviour per file.
//
// A file is a testscript archive. Its first comment is its head, which people
// read and [ReadDir] parses:
//
//	# -n numbers every line: the number is at the right of 6 columns.
//	# A tab follows it.
//	#
//	# Stage: cat numbers
//	# Source: POSIX
//	# Read: cat(1), OPTIONS; lesson 2
//
// The first sentence is the behaviour. Stage names each program that the
// behaviour is about, and the stage of that program's list ([Stages]) in which
// it is asked for. Source says who asks for it: POSIX, GNU, or fd42 alone. Read
// says where a person reads on. The commands that a script may use are listed
// in commands_linux.go.
package script

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// A Behaviour is one file of testdata/script.
type Behaviour struct {
	Name   string            // the file's, without .txtar
	Path   string            // of the file, absolute
	Is     string            // the behaviour in a sentence
	More   string            // what the head says beyond that sentence
	Stages map[string]string // the stage for each program it is about
	Source string            // one of POSIX, GNU and fd42
	Read   []string          // where to read on
}

// About reports whether the behaviour is asked of the program.
func (b Behaviour) About(program string) bool { return b.Stages[program] != "" }

// Archive is the script and its files.
func (b Behaviour) Archive() (*txtar.Archive, error) { return txtar.ParseFile(b.Path) }

// ReadDir reads the heads of all scripts in dir, in the order of their names.
func ReadDir(dir string) ([]Behaviour, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no scripts in %s", dir)
	}
	var all []Behaviour
	for _, file := range files {
		b, readErr := Read(file)
		err = errors.Join(err, readErr)
		all = append(all, b)
	}
	return all, err
}

// Read reads the head of one script.
func Read(file string) (Behaviour, error) {
	b := Behaviour{
		Name:   strings.TrimSuffix(filepath.Base(file), ".txtar"),
		Path:   file,
		Stages: map[string]string{},
	}
	archive, err := txtar.ParseFile(file)
	if err == nil {
		err = b.parse(string(archive.Comment))
	}
	if err != nil {
		return b, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	return b, nil
}

// parse reads the head of a script.
func (b *Behaviour) parse(text string) error {
	head := headOf(text)
	about, fields, found := strings.Cut(head, "\n\n")
	if !found {
		return errors.New("the head needs a sentence, a line of # alone, and the fields")
	}
	about = strings.Join(strings.Fields(about), " ")
	var whole bool
	b.Is, b.More, whole = cutSentence(about)
	if !whole {
		return errors.New("the head's first paragraph must be sentences")
	}
	given := map[string]string{}
	var names []string
	for line := range strings.Lines(fields) {
		name, value, isField := strings.Cut(strings.TrimSpace(line), ": ")
		if !isField {
			return fmt.Errorf("%q is no field", line)
		}
		given[name] = value
		names = append(names, name)
	}
	if want := []string{"Stage", "Source", "Read"}; !slices.Equal(names, want) {
		return fmt.Errorf("the head has the fields %q, not %q", names, want)
	}
	b.Source = given["Source"]
	b.Read = strings.Split(given["Read"], "; ")
	return b.parseStages(given["Stage"])
}

func (b *Behaviour) parseStages(field string) error {
	if !slices.Contains([]string{"POSIX", "GNU", "fd42"}, b.Source) {
		return fmt.Errorf("its source is %q, not POSIX, GNU or fd42", b.Source)
	}
	for _, pair := range strings.Split(field, ", ") {
		program, stage, _ := strings.Cut(pair, " ")
		known := slices.ContainsFunc(Stages(program), func(s Stage) bool { return s.Name == stage })
		switch {
		case !known:
			return fmt.Errorf("%s has no stage %q", program, stage)
		case (stage == Ours) != (b.Source == "fd42"):
			return fmt.Errorf("its source is %s and its stage %s: the stage %q is for what fd42 alone asks for", b.Source, stage, Ours)
		}
		b.Stages[program] = stage
	}
	return nil
}

// headOf is the comment that a script begins with, without its #.
func headOf(text string) string {
	var head strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			break
		}
		head.WriteString(strings.TrimPrefix(strings.TrimPrefix(line, "#"), " "))
	}
	return head.String()
}

// cutSentence cuts text after its first sentence.
func cutSentence(text string) (first, rest string, ok bool) {
	if first, rest, ok = strings.Cut(text, ". "); ok {
		return first + ".", rest, true
	}
	return text, "", strings.HasSuffix(text, ".")
}
