package lesson

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fd42.example/fd42/internal/tour/record"
)

// Conditions are what a process must have done, all of them.
type Conditions []condition

type condition func(scene) bool

func (c Conditions) hold(s scene) bool {
	for _, holds := range c {
		if !holds(s) {
			return false
		}
	}
	return true
}

// ParseConditions reads conditions with commas between:
//
//	N -> PLACE          descriptor N led there (or <-): the name of a file, terminal,
//	                    pipe, pipe PROGRAM, closed, /dev/null or another device, or
//	                    a number: they share one open file description. After the place:
//	                    append, read-only, write-only, read-write, at N, until N (offsets)
//	N moved N bytes     through it, read or written
//	N in N writes       of the program's own bytes
//	opened nothing      or: opened NAME ..., opened N files, opened as N ...
//	copied N times      inputs that were copied, formatted or coded
//	by WAY              of copying: splice, tee, read and write
//	formatted, coded, failed, failed on N, exit N, died SIGNAL
//	not CONDITION
func ParseConditions(text string) (Conditions, error) {
	var all Conditions
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		c, err := parseCondition(part)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func parseCondition(text string) (condition, error) {
	words := strings.Fields(text)
	first, rest := words[0], words[1:]
	if fd, err := strconv.Atoi(first); err == nil && len(rest) > 0 {
		return descriptorCondition(fd, rest)
	}
	switch {
	case first == "not" && len(rest) > 0:
		c, err := parseCondition(strings.Join(rest, " "))
		return func(s scene) bool { return !c(s) }, err
	case first == "opened" && len(rest) > 0:
		return openedCondition(rest)
	case first == "copied" && len(rest) == 2:
		b, err := parseBound(rest[0])
		return func(s scene) bool {
			p := s.process
			return b.allows(int64(len(p.Did(record.Copy)) + len(p.Did(record.Format)) + len(p.Did(record.Code))))
		}, err
	case first == "by" && len(rest) > 0:
		return wayCondition(strings.Join(rest, " ")), nil
	case text == "formatted":
		return did(record.Format), nil
	case text == "coded":
		return did(record.Code), nil
	case text == "failed":
		return did(record.Error), nil
	case first == "failed" && len(rest) == 2 && rest[0] == "on":
		fd, err := strconv.Atoi(rest[1])
		return func(s scene) bool {
			return slices.ContainsFunc(s.process.Did(record.Error), func(e record.Event) bool {
				return e.Descriptor != nil && e.Descriptor.FD == fd
			})
		}, err
	case first == "exit" && len(rest) == 1:
		b, err := parseBound(rest[0])
		return func(s scene) bool { return s.process.Exited && b.allows(int64(s.process.Status)) }, err
	case first == "died" && len(rest) == 1:
		return func(s scene) bool { return s.process.Signal == rest[0] }, nil
	}
	return nil, fmt.Errorf("what is %q?", text)
}

func did(verb string) condition {
	return func(s scene) bool { return len(s.process.Did(verb)) > 0 }
}

func wayCondition(way string) condition {
	return func(s scene) bool {
		copies := s.process.Did(record.Copy)
		if way == "read and write" {
			return len(copies) > 0 && !slices.ContainsFunc(copies, func(e record.Event) bool { return e.Way != way })
		}
		return slices.ContainsFunc(copies, func(e record.Event) bool { return strings.Contains(e.Way, way) })
	}
}

func openedCondition(words []string) (condition, error) {
	switch {
	case words[0] == "nothing":
		return func(s scene) bool { return len(s.process.Opened()) == 0 }, nil
	case words[0] == "as":
		return func(s scene) bool {
			var numbers []string
			for _, d := range s.process.Opened() {
				numbers = append(numbers, strconv.Itoa(d.FD))
			}
			return slices.Equal(numbers, words[1:])
		}, nil
	case len(words) == 2 && strings.HasPrefix(words[1], "file"):
		b, err := parseBound(words[0])
		return func(s scene) bool { return b.allows(int64(len(s.process.Opened()))) }, err
	}
	return func(s scene) bool {
		opened := s.process.Opened()
		return slices.EqualFunc(opened, words, s.sameFile)
	}, nil
}

// descriptorCondition reads what follows the number of a descriptor.
func descriptorCondition(fd int, words []string) (condition, error) {
	switch {
	case (words[0] == "->" || words[0] == "<-") && len(words) > 1:
		return placeCondition(fd, words[1:])
	case words[0] == "moved" && len(words) == 3:
		b, err := parseBound(words[1])
		return func(s scene) bool { return b.allows(s.process.Read(fd) + s.process.Written(fd)) }, err
	case words[0] == "in" && len(words) == 3:
		b, err := parseBound(words[1])
		return func(s scene) bool { return b.allows(int64(writes(s.process, fd))) }, err
	}
	return nil, fmt.Errorf("what is %q of descriptor %d?", strings.Join(words, " "), fd)
}

// writes counts the program's own.
func writes(p *record.Process, fd int) (n int) {
	for _, e := range p.Did(record.Write) {
		for _, out := range e.Outputs {
			if out.Descriptor != nil && out.Descriptor.FD == fd {
				n++
			}
		}
	}
	return n
}

// A check looks at one row that a process had.
type check func(scene, *record.Descriptor) bool

func placeCondition(fd int, words []string) (condition, error) {
	if len(words) == 1 && words[0] == string(record.Closed) {
		return func(s scene) bool {
			d := s.process.Inherited(fd)
			return d == nil || d.Kind == record.Closed
		}, nil
	}
	checks, words := placeCheck(words)
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch word {
		case "append":
			checks = append(checks, func(_ scene, d *record.Descriptor) bool { return d.Description().Append })
		case string(record.ReadOnly), string(record.WriteOnly), string(record.ReadWrite):
			checks = append(checks, func(_ scene, d *record.Descriptor) bool { return string(d.Description().Access) == word })
		case "not": // of the one word that follows
			inner, err := placeCondition(fd, append([]string{"*"}, words...))
			return func(s scene) bool { return matches(s, fd, checks) && !inner(s) }, err
		case "at", "until":
			if len(words) == 0 {
				return nil, fmt.Errorf("%s which offset?", word)
			}
			b, err := parseBound(words[0])
			if err != nil {
				return nil, err
			}
			words = words[1:]
			checks = append(checks, func(s scene, d *record.Descriptor) bool {
				begin, end := offsets(s.process, d.Description())
				if word == "until" {
					begin = end
				}
				return begin != record.NotKnown && b.allows(begin)
			})
		default:
			return nil, fmt.Errorf("what is %q?", word)
		}
	}
	return func(s scene) bool { return matches(s, fd, checks) }, nil
}

// offsets are where a process began to use an open file description and where
// it ended. Opened for appending, a description has offset 0 until the first
// write, which goes to the end of the file: it began there.
func offsets(p *record.Process, d *record.Descriptor) (begin, end int64) {
	written := int64(0)
	for _, other := range p.Descriptors {
		if other.Description() == d {
			written += other.Written
		}
	}
	if d.Append && d.End != record.NotKnown && written > 0 {
		return d.End - written, d.End
	}
	return d.Offset, d.End
}

// matches reports whether a row of that number passes all checks.
func matches(s scene, fd int, checks []check) bool {
	return slices.ContainsFunc(s.process.All(fd), func(d *record.Descriptor) bool {
		return !slices.ContainsFunc(checks, func(passes check) bool { return !passes(s, d) })
	})
}

// placeCheck reads the place itself and returns the words after it.
func placeCheck(words []string) ([]check, []string) {
	place, rest := words[0], words[1:]
	other, err := strconv.Atoi(place)
	switch {
	case place == "*":
		return nil, rest
	case err == nil:
		return []check{func(s scene, d *record.Descriptor) bool { return s.process.Shares(d.FD, other) }}, rest
	case place == string(record.Terminal):
		return []check{func(_ scene, d *record.Descriptor) bool { return string(d.Description().Kind) == place }}, rest
	case place == string(record.Pipe):
		program := ""
		if len(rest) > 0 && !slices.Contains(modifiers, rest[0]) {
			program, rest = rest[0], rest[1:]
		}
		return []check{func(s scene, d *record.Descriptor) bool {
			d = d.Description()
			return d.Kind == record.Pipe && (program == "" || joins(s, d, program))
		}}, rest
	}
	return []check{func(s scene, d *record.Descriptor) bool { return s.sameFile(d.Description(), place) }}, rest
}

var modifiers = []string{"append", "not", "at", "until", string(record.ReadOnly), string(record.WriteOnly), string(record.ReadWrite)}

// joins reports whether a process of that program holds the other end.
func joins(s scene, end *record.Descriptor, program string) bool {
	ends := s.line.Trace.Readers(end.Number)
	if end.Access == record.ReadOnly {
		ends = s.line.Trace.Writers(end.Number)
	}
	return slices.ContainsFunc(ends, func(p *record.Process) bool { return p.Program == program && p != s.process })
}

// unanchored is an expression for a part of a text.
func unanchored(pattern *regexp.Regexp) *regexp.Regexp {
	return regexp.MustCompile(strings.TrimSuffix(strings.TrimPrefix(pattern.String(), `\A`), `\z`))
}
