package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"fd42.example/fd42/internal/tour/lesson"
)

// A tour is a reader's way through the lessons.
type tour struct {
	ctx     context.Context
	page    *page
	keys    *keyboard // nil where nobody can press one
	shell   lesson.Shell
	lessons []*lesson.Lesson
	stale   int // commands that did not answer as their lessons say
}

// walk shows the lessons from first to last.
func (t *tour) walk(first, last int) error {
	for i := first; i <= last; i++ {
		err := t.lesson(i)
		if err == nil && i < last {
			err = t.pause(fmt.Sprintf("a key for lesson %d", i+2))
		}
		if err != nil {
			t.sayHow(i, "comes back here")
			return err
		}
	}
	if last+1 < len(t.lessons) {
		t.sayHow(last+1, "goes on")
	}
	return nil
}

// sayHow tells a reader who stops how to come back to a lesson.
func (t *tour) sayHow(i int, does string) {
	if t.keys != nil {
		t.page.line("")
		t.page.line(fmt.Sprintf("make tour LESSON=%d %s.", i+1, does))
	}
}

// lesson shows one page, in a shell and a folder of its own.
func (t *tour) lesson(i int) error {
	dir, err := lesson.TempDir()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	session, err := lesson.Start(t.shell, dir)
	if err != nil {
		return err
	}
	defer session.Close()
	defer context.AfterFunc(t.ctx, session.HangUp)()

	l := t.lessons[i]
	t.page.line("")
	t.page.line(t.page.paint(fmt.Sprintf("Lesson %d of %d", i+1, len(t.lessons)), dim))
	for _, block := range l.Blocks {
		if err := t.block(block, session); err != nil {
			return err
		}
	}
	t.page.line("")
	return context.Cause(t.ctx)
}

// block shows one block, below an empty row.
func (t *tour) block(block lesson.Block, session *lesson.Session) error {
	switch b := block.(type) {
	case lesson.Heading:
		return t.heading(b)
	case lesson.Paragraph:
		return t.show(t.page.text(b.Bullet, b.Text))
	case lesson.Picture:
		return t.show(t.literal(b.Lines, normal))
	case lesson.Transcript:
		return t.transcript(b, session)
	}
	return nil
}

// heading keeps an answer back until the reader has had time to think.
func (t *tour) heading(h lesson.Heading) error {
	if h.Text[0].Text == "Answer" {
		if err := t.pause("a key for the answer"); err != nil {
			return err
		}
	}
	var strong []lesson.Span
	for _, span := range h.Text {
		strong = append(strong, lesson.Span{Text: span.Text, Style: lesson.Strong})
	}
	return t.show(t.page.text("", strong))
}

// transcript shows each command, runs it when the reader has read it, and
// shows what came of it.
func (t *tour) transcript(tr lesson.Transcript, session *lesson.Session) error {
	if need := tr.Missing(t.shell); need != "" {
		return t.recite(tr, need)
	}
	t.page.line("")
	var matcher lesson.Matcher
	for _, step := range tr.Steps {
		if err := t.emit(t.command(step)); err != nil {
			return err
		}
		if err := t.pause("a key to run it"); err != nil {
			return err
		}
		got, err := session.Run(step)
		if t.ctx.Err() != nil {
			return context.Cause(t.ctx)
		}
		if err := t.emit(t.literal(lines(got), normal)); err != nil {
			return err
		}
		if err != nil || !matcher.Match(step.Want, got) {
			if err := t.contradict(step); err != nil {
				return err
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", step.Command, err)
		}
	}
	return nil
}

// contradict shows what should have come back.
func (t *tour) contradict(step lesson.Step) error {
	t.stale++
	t.page.line(t.page.paint("The lesson says otherwise:", bold))
	return t.emit(t.literal(lines(step.Want), dim))
}

// recite shows a transcript that cannot be run here, as the lesson has it.
func (t *tour) recite(tr lesson.Transcript, need string) error {
	rows := []string{t.page.paint(fmt.Sprintf("(Not run: this needs %s.)", need), dim)}
	for _, step := range tr.Steps {
		rows = append(rows, t.command(step)...)
		rows = append(rows, t.literal(lines(step.Want), normal)...)
	}
	return t.show(rows)
}

func (t *tour) command(step lesson.Step) []string {
	return t.page.literal("$ "+step.Command, bold)
}

func (t *tour) literal(lines []string, s style) []string {
	var rows []string
	for _, line := range lines {
		rows = append(rows, t.page.literal(line, s)...)
	}
	return rows
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// show writes rows below an empty one, on a new screenful if they do not fit
// on this one.
func (t *tour) show(rows []string) error {
	if t.page.rows > 0 && !t.page.fits(1+len(rows)) {
		if err := t.more(); err != nil {
			return err
		}
	}
	return t.emit(append([]string{""}, rows...))
}

// emit writes rows, a screenful at a time.
func (t *tour) emit(rows []string) error {
	for _, row := range rows {
		if !t.page.fits(1) {
			if err := t.more(); err != nil {
				return err
			}
		}
		t.page.line(row)
	}
	return nil
}

// more lets the reader finish a full screen.
func (t *tour) more() error { return t.pause("a key for more") }

// pause waits for a key, where there is somebody to press one.
func (t *tour) pause(note string) error {
	if t.keys == nil {
		return context.Cause(t.ctx)
	}
	t.keys.forget()
	t.page.prompt(note)
	err := t.keys.wait(t.ctx)
	t.page.wipePrompt()
	return err
}
