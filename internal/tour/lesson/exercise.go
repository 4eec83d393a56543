package lesson

import (
	"fmt"
	"strings"
)

// An Exercise is a goal, and how to see that it is met. A block that begins
// with the word exercise holds one, a thing a line:
//
//	setup  COMMAND   typed before the exercise begins, unseen
//	needs  WORDS     as those after console
//	goal   FACT      must be true, with all others, after one command line
//	done   MESSAGE   what to say then
//	wrong  MESSAGE   what to say if the facts below it are true instead
//	  if   FACT
//	  $    COMMAND   leads there from the setup
//	  keys TEXT      for the command above, as in a transcript
//	hint   MESSAGE   three, each better than the one before
//
// See Fact for what can be asked.
type Exercise struct {
	Line  int // where the page has it
	Setup []string
	Needs []string
	Goals []Fact
	Done  []Span
	Wrong []Wrong
	Hints [][]Span
}

// A Wrong is a likely mistake.
type Wrong struct {
	Message []Span
	If      []Fact
	Steps   []Step // commands that make it
}

func (Exercise) isBlock() {}

// ParseExercise reads the body of an exercise block; line is the number of its
// first line.
func ParseExercise(body string, line int) (Exercise, error) {
	e := Exercise{Line: line}
	for l := range strings.Lines(body) {
		if strings.TrimSpace(l) != "" {
			if err := e.add(strings.TrimSuffix(l, "\n"), line); err != nil {
				return e, fmt.Errorf("%d: %w", line, err)
			}
		}
		line++
	}
	return e, e.complete()
}

func (e *Exercise) add(line string, number int) error {
	word, rest, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return fmt.Errorf("nothing after %q", word)
	}
	if strings.HasPrefix(line, " ") {
		if len(e.Wrong) == 0 {
			return fmt.Errorf("%q belongs under a wrong way", word)
		}
		return e.Wrong[len(e.Wrong)-1].add(word, rest, number)
	}
	switch word {
	case "setup":
		e.Setup = append(e.Setup, rest)
	case "needs":
		e.Needs = append(e.Needs, strings.Fields(rest)...)
	case "goal":
		fact, err := ParseFact(rest)
		e.Goals = append(e.Goals, fact)
		return err
	case "done":
		e.Done = Inline(rest)
	case "wrong":
		e.Wrong = append(e.Wrong, Wrong{Message: Inline(rest)})
	case "hint":
		e.Hints = append(e.Hints, Inline(rest))
	default:
		return fmt.Errorf("an exercise has no %q", word)
	}
	return nil
}

func (w *Wrong) add(word, rest string, number int) error {
	switch word {
	case "if":
		fact, err := ParseFact(rest)
		w.If = append(w.If, fact)
		return err
	case "$":
		w.Steps = append(w.Steps, Step{Line: number, Command: rest})
		return nil
	case "keys":
		if len(w.Steps) == 0 {
			return fmt.Errorf("keys belong under a command")
		}
		w.Steps[len(w.Steps)-1].Want += rest + "\n"
		return nil
	}
	return fmt.Errorf("a wrong way has no %q", word)
}

// complete reports what is missing.
func (e *Exercise) complete() error {
	const hints = 3
	switch {
	case len(e.Goals) == 0:
		return fmt.Errorf("%d: an exercise needs a goal", e.Line)
	case e.Done == nil:
		return fmt.Errorf("%d: an exercise says what was done", e.Line)
	case len(e.Hints) != hints:
		return fmt.Errorf("%d: an exercise has %d hints, not %d", e.Line, hints, len(e.Hints))
	}
	for _, w := range e.Wrong {
		if len(w.If) == 0 || len(w.Steps) == 0 {
			return fmt.Errorf("%d: a wrong way needs a fact and a command: %s", e.Line, plain(w.Message))
		}
	}
	return nil
}

// Inline reads text in which backquotes stand around code.
func Inline(text string) (spans []Span) {
	for i, part := range strings.Split(text, "`") {
		if part != "" {
			spans = append(spans, Span{Text: part, Style: []Style{Plain, Code}[i%2]})
		}
	}
	return spans
}

// Met reports whether all goals are.
func (e Exercise) Met(a *Attempt) bool { return all(e.Goals, a) }

// Mistake is what to say of the first wrong way that was taken, or nil.
func (e Exercise) Mistake(a *Attempt) []Span {
	for _, w := range e.Wrong {
		if all(w.If, a) {
			return w.Message
		}
	}
	return nil
}

// Unmet says of each goal that is not met what is there instead.
func (e Exercise) Unmet(a *Attempt) (seen [][]Span) {
	said := map[string]bool{}
	for _, goal := range e.Goals {
		if text := goal.Seen(a); !goal.Holds(a) && !said[text] {
			said[text] = true
			seen = append(seen, Inline(text))
		}
	}
	return seen
}

func all(facts []Fact, a *Attempt) bool {
	for _, f := range facts {
		if !f.Holds(a) {
			return false
		}
	}
	return true
}
