package main

import (
	"fmt"
	"strconv"
	"strings"

	"fd42.example/fd42/internal/tour/lesson"
)

// word does what a word of the tour's own asks for. The shell runs it as a
// command; its prompt follows.
func (w *workshop) word(words []string) error {
	name, rest := "", []string(nil)
	if len(words) > 0 {
		name, rest = words[0], words[1:]
	}
	switch name {
	case "hint":
		w.hint()
	case "check":
		w.check()
	case "why":
		w.page.lines(explain(w.page, w.last, w.kind.Bash))
	case "draw":
		if rows := picture(w.page, w.last, w.place.Folder()); len(rows) > 0 {
			w.page.lines(rows)
			return nil
		}
		w.write("There is nothing to draw: in your last command line no program of this suite left a trace.")
	case "go":
		return w.goTo(rest)
	case "back":
		return w.back()
	case "reset":
		return w.reset()
	case "quit":
		return errQuit
	case "answer":
		w.attempt.Answer = strings.Join(rest, " ")
		if w.exercise == nil {
			w.write("The page asks for no answer here.")
		}
	default:
		w.page.lines(w.list())
	}
	return nil
}

// write lays out one paragraph of the tour's own words.
func (w *workshop) write(text string) { w.tell(lesson.Inline(text), "") }

// tell writes spans below what the shell shows, and a note at the right.
func (w *workshop) tell(spans []lesson.Span, note string) {
	w.page.lines(w.page.annotate(w.page.text(margin[1:], spans), note))
}

// list is what begins with a question mark.
func (w *workshop) list() []string {
	return w.page.glossary([][2]string{
		{"?", "this list"},
		{"?hint", "a hint, then a better one"},
		{"?check", "look at what I did"},
		{"?why", "my last line, word by word"},
		{"?draw", "where its descriptors led"},
		{"?answer N", "what an exercise asks for"},
		{"?go", "the lessons; `?go 7` is lesson 7"},
		{"?go on", "go on without doing this"},
		{"?back", "the screen before"},
		{"?reset", "folder and shell as on the page"},
		{"?quit", "stop; `make tour` comes back here"},
	})
}

// contents lists the lessons; what is done has a mark.
func (w *workshop) contents() (rows []string) {
	for i, l := range w.lessons {
		mark := " "
		if w.progress.finished(l.Name) {
			mark = "✔"
		}
		row := fmt.Sprintf("%s %2d %s", mark, i+1, l.Title)
		if i == w.at {
			row = w.page.paint(row, bold)
		}
		rows = append(rows, w.page.literal(row, normal)...)
	}
	return rows
}

func (w *workshop) goTo(words []string) error {
	if len(words) == 0 {
		w.page.lines(w.contents())
		return nil
	}
	if words[0] == "on" {
		return w.skip()
	}
	n, err := strconv.Atoi(words[0])
	if err != nil || n < 1 || n > len(w.lessons) {
		w.write(fmt.Sprintf("The lessons are 1 to %d: ?go lists them.", len(w.lessons)))
		return nil
	}
	return w.open(n-1, 0)
}

// skip leaves what the page waits for undone.
func (w *workshop) skip() error {
	switch {
	case len(w.rest) > 0:
	case w.waiting == command:
		w.next++
	case w.next < len(w.items) && w.items[w.next].kind == pause:
		it := w.items[w.next]
		w.next++
		if it.setup != nil { // the shell is busy with this word
			return w.open(w.at, w.next)
		}
	case w.next == len(w.items) && w.at+1 < len(w.lessons):
		return w.open(w.at+1, 0)
	}
	w.leaveExercise()
	w.page.rows = 0
	w.goOn()
	return nil
}

// back shows the screen before this one again.
func (w *workshop) back() error {
	n := len(w.screens)
	switch {
	case n >= 2:
		w.next, w.screens = w.screens[n-2], w.screens[:n-2]
	case n == 1 && w.screens[0] > 0:
		w.next, w.screens = 0, nil
	case w.at > 0:
		return w.open(w.at-1, 0)
	default:
		w.next, w.screens = 0, nil
	}
	w.rest = nil
	w.leaveExercise()
	w.page.rows = 0
	w.goOn()
	return nil
}

// reset begins this screen anew.
func (w *workshop) reset() error {
	place := w.next
	if n := len(w.screens); n > 0 {
		place = w.screens[n-1]
	}
	return w.open(w.at, place)
}

// ask begins an exercise.
func (w *workshop) ask(e *lesson.Exercise) {
	w.leaveExercise()
	w.exercise, w.waiting = e, exercise
	w.remark("?hint for help")
}

func (w *workshop) leaveExercise() {
	w.exercise, w.met, w.hints, w.mistake = nil, false, 0, ""
	w.attempt = lesson.Attempt{Folder: w.place.Folder()}
	if w.sh != nil {
		w.attempt.Shell = w.sh.Pid()
	}
}

// check looks at the exercise because the learner asks for it.
func (w *workshop) check() {
	switch {
	case w.exercise == nil:
		w.write("There is nothing to check: the page asks for no exercise here." + w.exerciseNext())
	case w.met:
		w.write(metAlready)
	default:
		w.look(true)
	}
}

// exerciseNext says so where only Enter is missing before the exercise.
func (w *workshop) exerciseNext() string {
	if len(w.rest) == 0 && w.next < len(w.items) && w.items[w.next].setup != nil {
		return " It comes next: press Enter on an empty line."
	}
	return ""
}

const metAlready = "The exercise is done: Enter goes on."

func (w *workshop) hint() {
	if w.met {
		w.write(metAlready)
		return
	}
	if w.exercise == nil {
		if next := w.exerciseNext(); next != "" {
			w.write("There is a hint for each exercise." + next)
			return
		}
		w.write("There is a hint for each exercise. Here, type the command that the page shows, or press Enter on an empty line.")
		return
	}
	n := min(w.hints, len(w.exercise.Hints)-1)
	w.hints++
	w.page.lines(w.page.text(fmt.Sprintf("%s%d.", margin, n+1), w.exercise.Hints[n]))
}

// look holds what was done against the exercise. Unless it was asked to, it
// says nothing that it has said before, and nothing of what is only not done.
func (w *workshop) look(asked bool) {
	e := w.exercise
	if e == nil || w.met {
		return
	}
	if e.Met(&w.attempt) {
		w.celebrate()
		return
	}
	message := plainText(e.Mistake(&w.attempt))
	switch {
	case message != "" && (asked || message != w.mistake || w.wrote()):
		w.mistake = message
		w.tell(e.Mistake(&w.attempt), "(?hint for help)")
	case asked && message == "":
		w.page.lines(picture(w.page, w.last, w.place.Folder()))
		w.unmet()
	}
}

// unmet says what the exercise asks for and was not seen.
func (w *workshop) unmet() {
	for _, seen := range w.exercise.Unmet(&w.attempt) {
		w.page.lines(w.page.text(margin+"✘", seen))
	}
}

// judgeAnswer looks at the exercise after ?answer, which is always replied to.
func (w *workshop) judgeAnswer() {
	w.look(false)
	if w.exercise != nil && !w.met && plainText(w.exercise.Mistake(&w.attempt)) == "" {
		w.unmet()
	}
}

// wrote reports whether the last command line wrote to anything but the
// terminal. Looking around is no attempt.
func (w *workshop) wrote() bool {
	for _, p := range w.last.Trace.Processes {
		for _, d := range p.Descriptors {
			if d.Written > 0 && d.Description().Kind != "terminal" {
				return true
			}
		}
	}
	return false
}

func (w *workshop) celebrate() {
	w.met = true
	w.waiting = pause
	w.progress.finish(w.lessons[w.at].Name)
	w.page.lines(picture(w.page, w.last, w.place.Folder()))
	w.page.lines(w.page.annotate(done(w.page, *w.exercise), "(Enter goes on)"))
	w.save()
}
