package main

import (
	"context"
	"fmt"
	"strings"

	"fd42.example/fd42/internal/tour/lesson"
	"fd42.example/fd42/internal/tour/shell"
)

// A straight is the way through the lessons where nobody can type: every
// command is run as it comes.
type straight struct {
	ctx     context.Context
	page    *page
	kind    shell.Kind
	place   shell.Place
	lessons []*lesson.Lesson
	stale   int // commands that did not answer as their lessons say

	session  *lesson.Session
	ran      map[int]lesson.Line // by the line of the page
	exercise *lesson.Exercise    // that has begun and is not yet met
	attempt  []lesson.Line
}

// walk shows the lessons from first on.
func (s *straight) walk(first int) error {
	for i := first; i < len(s.lessons); i++ {
		if err := s.lesson(i); err != nil {
			return err
		}
	}
	return nil
}

// lesson shows one page, in a shell of its own and an empty folder.
func (s *straight) lesson(i int) error {
	if err := s.place.Empty(); err != nil {
		return err
	}
	session, err := lesson.Start(s.kind, s.place)
	if err != nil {
		return err
	}
	defer session.Close()
	defer context.AfterFunc(s.ctx, session.HangUp)()
	s.session, s.ran, s.exercise = session, map[int]lesson.Line{}, nil

	l := s.lessons[i]
	s.page.line("")
	s.page.line(lessonHead(s.page, i, len(s.lessons)))
	for _, block := range l.Blocks {
		if err := s.block(block); err != nil {
			return err
		}
	}
	if s.exercise != nil {
		s.judge()
	}
	s.page.line("")
	return context.Cause(s.ctx)
}

// block shows one block, below an empty row.
func (s *straight) block(block lesson.Block) error {
	switch b := block.(type) {
	case lesson.Transcript:
		return s.transcript(b)
	case lesson.Exercise:
		return s.begin(b)
	case lesson.Drawing:
		line, ran := s.ran[b.Step.Line]
		s.show(drawing(s.page, b, line, ran, s.place.Folder()))
	default:
		s.show(prose(s.page, b))
	}
	return nil
}

// transcript runs each command and shows what came of it.
func (s *straight) transcript(t lesson.Transcript) error {
	if need := lesson.Missing(t.Needs, s.kind); need != "" {
		s.show(recite(s.page, t, "Not run: this needs "+need+"."))
		return nil
	}
	s.page.line("")
	var matcher lesson.Matcher
	for _, step := range t.Steps {
		s.page.lines(s.page.literal("$ "+step.Command, bold))
		got, err := s.session.Run(step)
		if s.ctx.Err() != nil {
			return context.Cause(s.ctx)
		}
		s.page.lines(literal(s.page, got.Shown, normal))
		if err != nil || !matcher.Match(step.Want, got.Shown) {
			s.stale++
			s.page.line(s.page.paint("The lesson says otherwise:", bold))
			s.page.lines(literal(s.page, step.Want, dim))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", step.Command, err)
		}
		s.ran[step.Line] = got
		if !lesson.IsWord(step.Command) {
			s.attempt = append(s.attempt, got)
		}
	}
	return nil
}

// begin makes what an exercise needs. Its answer is run as any transcript.
func (s *straight) begin(e lesson.Exercise) error {
	if need := lesson.Missing(e.Needs, s.kind); need != "" {
		return nil
	}
	if err := s.place.Empty(); err != nil {
		return err
	}
	for _, command := range append([]string{"cd"}, e.Setup...) {
		if _, err := s.session.Run(lesson.Step{Command: command}); err != nil {
			return fmt.Errorf("%s: %w", command, err)
		}
	}
	s.exercise, s.attempt = &e, nil
	return nil
}

// judge holds the answer against its exercise.
func (s *straight) judge() {
	if !s.exercise.Met(s.session.Attempt(s.attempt...)) {
		s.stale++
		s.page.line(s.page.paint("The exercise is not met by this answer.", bold))
		return
	}
	s.show(done(s.page, *s.exercise))
}

func (s *straight) show(rows []string) {
	if len(rows) > 0 {
		s.page.lines(append([]string{""}, rows...))
	}
}

// lessonHead is the row above a page.
func lessonHead(p *page, i, count int) string {
	return p.paint(fmt.Sprintf("Lesson %d of %d", i+1, count), dim)
}

// prose lays out what is only read.
func prose(p *page, block lesson.Block) []string {
	switch b := block.(type) {
	case lesson.Heading:
		var strong []lesson.Span
		for _, span := range b.Text {
			strong = append(strong, lesson.Span{Text: span.Text, Style: lesson.Strong})
		}
		return p.text("", strong)
	case lesson.Paragraph:
		return p.text(b.Bullet, b.Text)
	case lesson.Picture:
		return literal(p, strings.Join(b.Lines, "\n"), normal)
	}
	return nil
}

// recite shows a transcript as the lesson has it, below a note.
func recite(p *page, t lesson.Transcript, note string) (rows []string) {
	if note != "" {
		rows = append(rows, p.paint("("+note+")", dim))
	}
	for _, step := range t.Steps {
		rows = append(rows, p.literal("$ "+step.Command, bold)...)
		rows = append(rows, literal(p, step.Want, normal)...)
	}
	return rows
}

// done says that an exercise is met.
func done(p *page, e lesson.Exercise) []string {
	return p.text(margin+"✔", append([]lesson.Span{{Text: "Done: ", Style: lesson.Strong}}, e.Done...))
}

// literal is text as it is, line by line.
func literal(p *page, text string, s style) (rows []string) {
	if text == "" {
		return nil
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		rows = append(rows, p.literal(line, s)...)
	}
	return rows
}
