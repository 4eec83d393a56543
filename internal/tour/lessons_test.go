package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/tour/lesson"
	"fd42.example/fd42/internal/tour/shell"
)

const lessonsFolder = "../../testdata/lessons"

// A learner types through every lesson: each command of the page, the first
// wrong way of its exercise and then the answer. Every second lesson is seen on
// a screen half as wide as usual.
func TestAllLessons(t *testing.T) {
	lessons, err := lesson.ReadDir(lessonsFolder)
	require.NoError(t, err)
	for i, page := range lessons {
		t.Run(page.Name, func(t *testing.T) {
			t.Parallel()
			l := sit(t, setting{
				folder: lessonsFolder, columns: 80 - 40*(i%2), env: []string{fmt.Sprintf("LESSON=%d", i+1)},
			})
			l.reads()
			for _, it := range items(page, shell.Find()) {
				l.does(page, it)
			}
			l.types("?quit" + enter)
			l.leaves(0)
			if hasExercise(items(page, shell.Find())) {
				assert.Contains(t, l.progress(t), "done "+page.Name+"\n")
			}
		})
	}
}

// reads goes on until there is something to do, and returns the words that
// were shown.
func (l *learner) reads() string {
	l.t.Helper()
	var shown strings.Builder
	for {
		screen := l.sees(prompt)
		shown.WriteString(screen)
		if !strings.HasSuffix(screen, "(Enter for more)\r\n"+prompt) {
			return strings.Join(strings.Fields(regexp.MustCompile("\x1b\\[.").ReplaceAllString(shown.String(), " ")), " ")
		}
		l.types(enter)
	}
}

// does what one item of a page asks for.
func (l *learner) does(page *lesson.Lesson, it item) {
	l.t.Helper()
	switch it.kind {
	case command:
		l.types(enter)
		l.sees(it.step.Command[:1])
		l.enters(it.step)
	case pause:
		l.types(enter)
		l.reads()
	case exercise:
		e := it.block.(lesson.Exercise)
		if len(e.Wrong) > 0 {
			var said string
			for _, step := range e.Wrong[0].Steps {
				l.types(step.Command)
				said = l.enters(step)
			}
			assert.Contains(l.t, said, words(e.Wrong[0].Message))
			l.types("?reset" + enter)
			l.sees("?reset")
			l.reads()
		}
		var said string
		for _, step := range answer(page) {
			l.types(step.Command)
			said = l.enters(step)
		}
		assert.Contains(l.t, said, "✔ Done: "+words(e.Done))
		l.types(enter)
		l.reads()
	}
}

// words is a message as reads shows it.
func words(message []lesson.Span) string {
	var b strings.Builder
	for _, s := range message {
		if s.Style == lesson.Code {
			s.Text = "`" + s.Text + "`"
		}
		b.WriteString(s.Text)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// answer is what the page types after its exercise.
func answer(page *lesson.Lesson) (steps []lesson.Step) {
	asked := false
	for _, block := range page.Blocks {
		switch b := block.(type) {
		case lesson.Exercise:
			asked = true
		case lesson.Transcript:
			if asked {
				steps = append(steps, b.Steps...)
			}
		}
	}
	return steps
}

// enters ends a line that has been typed, presses the keys of its step when
// they are due, and reads on.
func (l *learner) enters(step lesson.Step) string {
	l.t.Helper()
	traced := l.traceSize()
	l.types(enter)
	started := false
	for _, e := range lesson.Events(step.Want) {
		if e.Keys != "" {
			if !started { // whoever reads the keys is there
				require.Eventually(l.t, func() bool { return l.traceSize() != traced }, patience, 5*time.Millisecond)
			}
			l.types(strings.ReplaceAll(e.Keys, "\n", "\r"))
			started = true
			continue
		}
		for line := range strings.Lines(e.Shown) {
			if !strings.Contains(line, "‹") && strings.TrimSpace(line) != "" {
				l.sees(strings.TrimSuffix(line, "\n"))
				started = true
			}
		}
		if len(lesson.Keys(step.Want)) == 0 {
			break
		}
	}
	return l.reads()
}
