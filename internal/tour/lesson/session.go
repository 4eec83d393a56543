package lesson

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fd42.example/fd42/internal/tour/draw"
	"fd42.example/fd42/internal/tour/record"
	"fd42.example/fd42/internal/tour/shell"
)

// patience is how long a command may take to come back. Programs built with
// the race detector on a busy machine are slow; a person would have pressed
// Ctrl-C long before.
const patience = 30 * time.Second

// A Session is a shell in which a lesson's commands are typed one after the
// other, with nobody at the keyboard. It is not for concurrent use.
type Session struct {
	Answer string // what ?answer was given last

	shell  *shell.Shell
	place  shell.Place
	tracer *Tracer
	screen string      // what has come and is not yet told
	over   *shell.Mark // the command line is over
}

// Start runs a shell in place, after commands that nobody sees.
func Start(kind shell.Kind, place shell.Place, before ...string) (*Session, error) {
	sh, err := shell.Start(shell.Config{Kind: kind, Place: place, Before: before})
	if err != nil {
		return nil, err
	}
	s := &Session{shell: sh, place: place, tracer: NewTracer(place.Trace())}
	if err := s.await(nothing); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Run types a command, and its keys where the transcript has them, and returns
// what came of it; what was shown has the keys in their places. An error means
// that the shell did not come back; what was shown until then comes with it.
func (s *Session) Run(step Step) (Line, error) {
	s.over, s.screen = nil, ""
	s.tracer.Skip()
	line := Line{Typed: step.Command, Shell: s.table()}
	s.shell.Type([]byte(step.Command + "\n"))
	expected := ""
	for _, e := range Events(step.Want) {
		if e.Keys == "" {
			expected = e.Shown
			continue
		}
		if err := s.await(expected); err != nil {
			line.Shown += s.screen
			return line, err
		}
		if s.over != nil {
			break // it ended early: the key would go to the shell
		}
		line.Shown += s.screen + e.Shown
		s.screen, expected = "", ""
		s.shell.Type([]byte(e.Keys))
	}
	err := s.await(nothing)
	line.Shown += s.screen
	if s.over != nil {
		line.Dir, line.Status, line.Statuses = s.over.Dir, s.over.Status, s.over.Statuses
	}
	line.Trace = s.tracer.Take()
	return line, err
}

// table is the shell's own, as it waits for a line. It has led 0, 1 and 2 to
// /dev/tty to say that the last line is over, and is about to lead them back.
func (s *Session) table() []*record.Descriptor {
	const tries, pause = 100, time.Millisecond
	var table []*record.Descriptor
	for range tries {
		table = draw.Table(s.shell.Pid())
		if !slices.ContainsFunc(table, func(d *record.Descriptor) bool { return d.FD < 3 && d.Path == "/dev/tty" }) {
			break
		}
		time.Sleep(pause)
	}
	return table
}

// nothing is what no screen ever shows.
const nothing = "\x00"

// await returns when the screen shows all of text, or the command is over.
func (s *Session) await(text string) error {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	pattern, _ := new(Matcher).pattern(text)
	for s.over == nil && !pattern.MatchString(s.screen) {
		select {
		case e, open := <-s.shell.Events:
			if !open {
				return errors.New("the shell has ended")
			}
			s.screen += string(e.Text)
			if e.Mark != nil {
				s.mark(e.Mark)
			}
		case <-limit.C:
			return fmt.Errorf("nothing more after %v", patience)
		}
	}
	return nil
}

func (s *Session) mark(m *shell.Mark) {
	switch {
	case m.Kind == shell.Over:
		s.over = m
	case m.Kind == shell.Word && len(m.Words) == 2 && m.Words[0] == "answer":
		s.Answer = m.Words[1]
	}
}

// Attempt is lines, run in this session, as an exercise sees them.
func (s *Session) Attempt(lines ...Line) *Attempt {
	return &Attempt{Folder: s.place.Folder(), Shell: s.shell.Pid(), Answer: s.Answer, Lines: lines}
}

// HangUp ends the shell and makes Run return. It may be called while Run runs,
// and more than once.
func (s *Session) HangUp() { s.shell.HangUp() }

// Close hangs up and waits until the shell has gone.
func (s *Session) Close() { s.shell.Close() }

// IsWord reports whether a command is one of the tour's own words.
func IsWord(command string) bool { return strings.HasPrefix(command, "?") }
