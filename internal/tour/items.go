package main

import (
	"fmt"
	"strings"

	"fd42.example/fd42/internal/tour/lesson"
	"fd42.example/fd42/internal/tour/shell"
)

// An item is one step of the way through a page.
type item struct {
	kind  kind
	block lesson.Block // read, recited, drawn
	step  lesson.Step  // command
	note  string       // recited: why it is not run; pause: what Enter does
	setup []string     // pause: run these in an empty folder before going on
}

type kind int

const (
	read     kind = iota // prose
	command              // the learner types it
	recited              // a transcript that is only read
	drawn                // the picture of a command that was typed
	pause                // the learner says when to go on
	exercise             // the learner does it
)

// items cuts a page into steps. Whatever has an answer waits before it.
func items(l *lesson.Lesson, kind shell.Kind) (list []item) {
	heading, asked := "", false
	for i, block := range l.Blocks {
		switch b := block.(type) {
		case lesson.Heading:
			heading = plainText(b.Text)
			switch {
			case heading == "Exercise":
				e, _ := exerciseAfter(l.Blocks[i:])
				list = append(list, item{kind: pause, note: "Enter: the exercise", setup: append([]string{"cd"}, e.Setup...)})
			case heading == "Answer" && !asked:
				list = append(list, item{kind: pause, note: "Enter: the answer"})
			}
			list = append(list, item{kind: read, block: b})
		case lesson.Exercise:
			asked = true
			if need := lesson.Missing(b.Needs, kind); need != "" {
				list = append(list, item{kind: pause, note: "not asked here, it needs " + need + "; Enter: the answer"})
				continue
			}
			list = append(list, item{kind: exercise, block: b})
		case lesson.Transcript:
			need := lesson.Missing(b.Needs, kind)
			switch {
			case heading == "Answer" && asked:
				list = append(list, item{kind: recited, block: b})
			case need != "":
				list = append(list, item{kind: recited, block: b, note: "Not run: this needs " + need + "."})
			default:
				for _, step := range b.Steps {
					list = append(list, item{kind: command, step: step})
				}
			}
		case lesson.Drawing:
			list = append(list, item{kind: drawn, block: b})
		default:
			list = append(list, item{kind: read, block: b})
		}
	}
	return list
}

func exerciseAfter(blocks []lesson.Block) (lesson.Exercise, bool) {
	for _, block := range blocks {
		if e, ok := block.(lesson.Exercise); ok {
			return e, true
		}
	}
	return lesson.Exercise{}, false
}

// entry is how to come to a place on a page from nothing: the item to begin
// with, and the commands that make the folder and the shell what they are
// there. Those that want keys are left out.
func entry(list []item, place int) (first int, before []string) {
	place = min(max(place, 0), len(list))
	begun := -1 // the pause that the exercise began with
	for i, it := range list[:place] {
		switch {
		case it.kind == pause && it.setup != nil:
			begun, before = i, it.setup
		case it.kind == command && len(keys(it.step)) == 0 && !lesson.IsWord(it.step.Command):
			before = append(before, it.step.Command)
		}
	}
	if begun >= 0 && hasExercise(list[place:]) {
		return begun + 1, before // with its text
	}
	return place, before
}

// keys are those that a person presses while a step's command runs.
func keys(step lesson.Step) []string { return lesson.Keys(step.Want) }

// layout is an item's rows, or none where nothing is to be read.
func (w *workshop) layout(it item) []string {
	p := w.page
	switch it.kind {
	case read:
		return prose(p, it.block)
	case recited:
		note := it.note
		return recite(p, it.block.(lesson.Transcript), note)
	case drawn:
		d := it.block.(lesson.Drawing)
		line, ran := w.ran[d.Step.Line]
		return drawing(p, d, line, ran, w.place.Folder())
	case command:
		rows := p.literal("$ "+it.step.Command, bold)
		rows[0] = p.beside(rows[0], "(Enter types it)")
		if pressed := keys(it.step); len(pressed) > 0 {
			rows = append(rows, p.literal("  then press "+strings.Join(pressed, " "), dim)...)
		}
		return rows
	}
	return nil
}

func plainText(spans []lesson.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// drawing is the picture of a command line that has run, or else the page's.
func drawing(p *page, d lesson.Drawing, line lesson.Line, ran bool, folder string) []string {
	if ran {
		if rows := picture(p, line, folder); len(rows) > 0 {
			return rows
		}
	}
	for _, row := range d.Lines {
		if columns(row) > p.width {
			return []string{p.paint(fmt.Sprintf("(The picture needs %d columns.)", columns(row)), dim)}
		}
	}
	return literal(p, strings.Join(d.Lines, "\n"), normal)
}
