package main

import (
	"fmt"
	"strings"

	"fd42.example/fd42/internal/tour/lesson"
)

// greet says how to use the tour, to whoever begins.
func (w *workshop) greet(first, place int) {
	if first == 0 && place == 0 {
		w.page.lines(w.page.text("", []lesson.Span{{Text: "This is a shell of your own, in an empty folder. Read, and type what follows $ at its prompt, " +
			"or press Enter on an empty line to have it typed; Enter again runs it. Try anything else as well. ? lists what the tour can do; ?quit stops it."}}))
		return
	}
	if place > 0 {
		w.page.line(w.page.paint("Where you stopped; ?go 1 begins anew, ? lists what else there is.", dim))
	}
}

// sayHow tells a learner who stops how to come back.
func (w *workshop) sayHow() {
	if w.prompt != nil {
		w.page.line("")
	}
	if w.progress.kept {
		w.page.line("make tour comes back here.")
	}
}

// goOn shows the page up to the next place where the learner does something.
func (w *workshop) goOn() {
	w.screens = append(w.screens, w.next)
	w.waiting = pause
	if !w.emit(w.rest) {
		return
	}
	for ; w.next < len(w.items); w.next++ {
		it := w.items[w.next]
		switch it.kind {
		case pause:
			w.remark(it.note)
			w.save()
			return
		case exercise:
			e := it.block.(lesson.Exercise)
			w.ask(&e)
			w.next++
			w.save()
			return
		}
		rows := w.layout(it)
		if len(rows) == 0 {
			continue
		}
		if !w.sameTranscript() {
			rows = append([]string{""}, rows...)
		}
		if !w.fits(len(rows) + w.follows()) {
			w.remark("Enter for more")
			w.save()
			return
		}
		if it.kind == command {
			w.page.lines(rows)
			w.waiting = command
			w.save()
			return
		}
		if !w.emit(rows) {
			w.next++
			return
		}
	}
	w.finishPage()
}

// sameTranscript reports whether the next item is a command that follows on
// another.
func (w *workshop) sameTranscript() bool {
	return w.next > 0 && w.items[w.next].kind == command && w.items[w.next-1].kind == command
}

// follows is how many rows must come with the next item: neither a heading nor
// what ends in a colon is left alone.
func (w *workshop) follows() int {
	if w.next+1 >= len(w.items) {
		return 0
	}
	alone := false
	switch b := w.items[w.next].block.(type) {
	case lesson.Heading:
		alone = true
	case lesson.Paragraph:
		alone = strings.HasSuffix(plainText(b.Text), ":")
	}
	if !alone {
		return 0
	}
	return 1 + min(len(w.layout(w.items[w.next+1])), w.page.height/2)
}

// below is what the screen needs under the text: a note and the prompt.
const below = 2

// fits reports whether so many rows more leave all on the screen that the
// learner has not seen. The first rows of a screen always fit.
func (w *workshop) fits(rows int) bool {
	return w.page.rows == 0 || w.page.rows+rows+below <= w.page.height
}

// emit writes rows as far as they fit on the screen and keeps the rest.
func (w *workshop) emit(rows []string) bool {
	room := max(w.page.height-below-w.page.rows, 1)
	if len(rows) <= room {
		w.page.lines(rows)
		w.rest = nil
		return true
	}
	w.page.lines(rows[:room])
	w.rest = rows[room:]
	w.remark("Enter for more")
	w.save()
	return false
}

// remark writes a note right above the prompt.
func (w *workshop) remark(note string) {
	note = "(" + note + ")"
	rows := []string{w.page.beside("", note)}
	if rows[0] == "" {
		rows = w.page.text("", lesson.Inline(note))
	}
	w.page.lines(rows)
	w.note = len(rows)
}

// finishPage is the end of a lesson.
func (w *workshop) finishPage() {
	if w.exercise == nil && !hasExercise(w.items) {
		w.progress.finish(w.lessons[w.at].Name)
	}
	w.save()
	if w.at+1 < len(w.lessons) {
		w.remark(fmt.Sprintf("Enter: lesson %d", w.at+2))
		return
	}
	w.page.lines(w.farewell())
	w.remark("Enter ends the tour")
}

func hasExercise(items []item) bool {
	for _, it := range items {
		if it.kind == exercise {
			return true
		}
	}
	return false
}

// farewell says what was learned, and what comes next.
func (w *workshop) farewell() (rows []string) {
	met := 0
	for _, l := range w.lessons {
		if w.progress.finished(l.Name) {
			met++
		}
	}
	for _, text := range []string{
		"That was the last lesson.",
		fmt.Sprintf("You have done %d of %d exercises. You know what a descriptor is, where 0, 1 and 2 lead and how to lead them elsewhere, "+
			"what processes share and what they do not, how a pipe begins and ends, and how to see all of it from outside.", met, len(w.lessons)),
		"What comes next: the source of the four programs, which was written to be read and begins at `cmd/echo/main.go`; `make draw TRACE=file`, " +
			"which draws any trace; and other ways for processes to talk, such as sockets.",
	} {
		rows = append(rows, "")
		rows = append(rows, w.page.text("", lesson.Inline(text))...)
	}
	return rows
}

// save keeps the place. A learner without a place for it hears of it once.
func (w *workshop) save() {
	if len(w.screens) == 0 {
		return
	}
	w.progress.name, w.progress.item = w.lessons[w.at].Name, w.screens[len(w.screens)-1]
	if err := w.progress.save(); err != nil && !w.warned {
		w.warned = true
		w.write(fmt.Sprintf("(How far you come cannot be kept: %v.)", err))
	}
}

// sameWords compares command lines without counting blanks.
func sameWords(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}

// commandDone goes on after a command of the page. What it showed may differ
// from the page: the learner has done other things before.
func (w *workshop) commandDone(step lesson.Step) {
	w.ran[step.Line] = w.line
	if len(keys(step)) == 0 && !new(lesson.Matcher).Match(step.Want, w.line.Shown) {
		if step.Want == "" {
			w.page.line(w.page.paint(margin+"On the page this shows nothing.", dim))
		} else {
			w.page.line(w.page.paint(margin+"On the page this shows:", dim))
			w.page.lines(literal(w.page, step.Want, dim))
		}
		w.write("?reset makes the folder and the shell what they are on the page.")
	}
	w.next++
	w.goOn()
}
