package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"fd42.example/fd42/internal/tour/draw"
	"fd42.example/fd42/internal/tour/lesson"
	"fd42.example/fd42/internal/tour/record"
	"fd42.example/fd42/internal/tour/shell"
)

// A workshop is a learner's way through the lessons. It sits between the
// learner's terminal and the lesson's shell and hands everything on both ways.
// There are three exceptions. Enter on an empty line goes on. At the marks in the
// shell's output it writes text of its own. Words that begin with a question mark
// arrive as marks.
type workshop struct {
	ctx      context.Context
	page     *page
	kind     shell.Kind
	place    shell.Place
	lessons  []*lesson.Lesson
	progress *progress
	terminal *terminal

	// Where on the page the learner is.
	at      int // the lesson
	items   []item
	next    int                 // the item to show next
	rest    []string            // of the item before it: more than a screen
	screens []int               // where the screens of this page began
	waiting kind                // what Enter does now: command, exercise or pause
	note    int                 // rows of a note right above the prompt
	ran     map[int]lesson.Line // the page's commands that were typed

	// What the shell is doing.
	sh     *shell.Shell
	tracer *lesson.Tracer
	ready  bool   // it has shown a prompt since it was started
	prompt []byte // what it shows while it waits for a line; nil while it runs one
	echo   []byte // what it has shown since then
	typed  int    // keys of the line that has not ended
	unseen bool   // it runs what nobody is to see
	after  func() // what follows that
	begun  bool   // it runs line
	heard  bool   // a word of the tour, in that line
	line   lesson.Line
	shown  capture              // by line
	table  []*record.Descriptor // the shell's own, before line runs
	away   string               // the descriptors that line led away from the terminal

	// What the learner has done.
	last     lesson.Line      // for ?why and ?draw
	exercise *lesson.Exercise // the one that is asked, or nil
	attempt  lesson.Attempt
	met      bool
	hints    int    // how many were given
	mistake  string // the last one that was shown

	warned   bool // that progress cannot be kept
	failures int  // shells that ended before their first prompt, in a row
}

// run begins with a lesson, or where the learner has stopped.
func (w *workshop) run(first int) error {
	var err error
	if w.terminal, err = openTerminal(os.Stdin); err != nil {
		return err
	}
	defer w.terminal.restore()
	w.page.raw = true

	place := 0
	if first < 0 {
		first, place = w.resumed()
	}
	w.greet(first, place)
	if err := w.open(first, place); err != nil {
		return err
	}
	defer func() { w.sh.Close() }()
	err = w.serve()
	w.sayHow()
	return err
}

// resumed is the lesson and the place that the learner stopped at.
func (w *workshop) resumed() (at, place int) {
	for i, l := range w.lessons {
		if l.Name == w.progress.name {
			return i, w.progress.item
		}
	}
	return 0, 0
}

// open begins a lesson, at a place on its page, in an empty folder.
func (w *workshop) open(at, place int) error {
	if w.sh != nil {
		w.sh.Close()
		w.page.rows = 0
	}
	if err := errors.Join(w.place.Mend(), w.place.Empty()); err != nil {
		return err
	}
	if at != w.at || w.items == nil {
		w.items = items(w.lessons[at], w.kind)
	}
	first, before := entry(w.items, place)
	w.at, w.next, w.rest, w.screens = at, first, nil, nil
	w.ran, w.last = map[int]lesson.Line{}, lesson.Line{}
	w.leaveExercise()
	w.failures = 0
	if first == 0 {
		w.page.line("")
		w.page.line(lessonHead(w.page, at, len(w.lessons)))
	}
	return w.start(before)
}

// start runs a shell in the folder as it is.
func (w *workshop) start(before []string) error {
	os.Remove(w.place.Trace()) // it would grow from lesson to lesson
	sh, err := shell.Start(shell.Config{
		Kind: w.kind, Place: w.place, Live: true, Before: before, Rows: w.page.height, Columns: w.page.width,
	})
	if err != nil {
		return err
	}
	w.sh, w.tracer = sh, lesson.NewTracer(w.place.Trace())
	w.ready, w.begun, w.unseen, w.prompt, w.away = false, false, false, nil, ""
	w.attempt.Shell = sh.Pid()
	return nil
}

// serve hands on keys and output until the learner or a signal ends it.
func (w *workshop) serve() error {
	for {
		var err error
		select {
		case keys, open := <-w.terminal.keys:
			if !open {
				return errQuit
			}
			err = w.press(keys)
		case e, open := <-w.sh.Events:
			switch {
			case !open:
				err = w.shellEnded()
			case e.Mark != nil:
				err = w.mark(e.Mark)
			default:
				w.show(e.Text)
			}
		case s := <-w.terminal.wakes:
			w.wake(s)
		case <-w.ctx.Done():
			return context.Cause(w.ctx)
		}
		if err != nil {
			return err
		}
	}
}

func (w *workshop) wake(s os.Signal) {
	switch s {
	case syscall.SIGTSTP:
		w.terminal.suspend()
	case syscall.SIGCONT:
		if w.terminal.resume() {
			w.redraw()
		}
	case syscall.SIGWINCH:
		w.page.measure()
		w.sh.Resize(w.page.height, w.page.width)
	}
}

// redraw shows the line that the learner was typing again.
func (w *workshop) redraw() {
	w.page.measure()
	w.sh.Resize(w.page.height, w.page.width)
	if w.prompt == nil {
		return
	}
	w.page.out.Write([]byte("\r\n"))
	w.page.out.Write(w.echo)
}

const (
	ctrlC = 'c' & 0x1f
	ctrlD = 'd' & 0x1f
	ctrlZ = 'z' & 0x1f
	ctrlQ = '\\' & 0x1f
)

// press hands keys to the shell, but for Enter on an empty line.
func (w *workshop) press(keys []byte) error {
	for len(keys) > 0 {
		if (keys[0] == '\r' || keys[0] == '\n') && w.prompt != nil && w.typed == 0 && !w.unseen {
			keys = keys[1:]
			if err := w.enter(); err != nil {
				return err
			}
			continue
		}
		end := bytes.IndexAny(keys, "\r\n") + 1
		if end == 0 {
			end = len(keys)
		}
		w.forward(keys[:end])
		keys = keys[end:]
	}
	return nil
}

func (w *workshop) forward(keys []byte) {
	for _, key := range keys {
		switch key {
		case '\r', '\n':
			if w.prompt != nil { // the shell waits: this is its table
				w.table = draw.Table(w.sh.Pid())
			}
			w.typed = 0
			w.page.rows = 1
			w.note = 0
		case ctrlC, ctrlD, ctrlZ, ctrlQ:
			w.typed = 0
		default:
			w.typed++
		}
	}
	w.sh.Type(keys)
}

// enter is Enter on an empty line.
func (w *workshop) enter() error {
	switch {
	case w.waiting == command && len(w.rest) == 0:
		w.forward([]byte(w.items[w.next].step.Command))
		return nil
	case w.waiting == exercise:
		w.say("The exercise waits: ?hint for help, ?check to see what is missing, ?go on to leave it.")
		return nil
	}
	w.erase()
	w.page.rows = 0
	if w.next < len(w.items) && w.items[w.next].kind == pause && len(w.rest) == 0 {
		it := w.items[w.next]
		w.next++
		if it.setup != nil {
			if err := w.prepare(it.setup); err != nil {
				w.next--
				w.reprompt()
				w.say(fmt.Sprintf("The exercise cannot be made ready: %v. Make room and press Enter again.", err))
			}
			return nil
		}
	} else if w.next == len(w.items) && len(w.rest) == 0 {
		if w.at+1 == len(w.lessons) {
			return errQuit
		}
		return w.open(w.at+1, 0)
	}
	w.goOn()
	w.reprompt()
	return nil
}

// erase takes the prompt, and a note above it, off the screen.
func (w *workshop) erase() {
	w.page.takeBack(w.note)
	w.note = 0
}

// reprompt shows the prompt that erase took away.
func (w *workshop) reprompt() {
	w.page.out.Write(w.prompt)
	w.echo = bytes.Clone(w.prompt)
}

// say writes a note above the prompt.
func (w *workshop) say(text string) {
	w.erase()
	rows := w.page.text(margin[1:], lesson.Inline(text))
	w.page.lines(rows)
	w.note = len(rows)
	w.reprompt()
}

// prepare empties the folder and lets the shell run setup, unseen. What
// follows is shown when it has.
func (w *workshop) prepare(setup []string) error {
	if err := w.place.Empty(); err != nil {
		return err
	}
	return w.runUnseen(setup, w.goOn)
}

func (w *workshop) runUnseen(commands []string, after func()) error {
	line, err := w.sh.Unseen(commands)
	if err != nil {
		return err
	}
	w.unseen, w.after = true, after
	w.sh.Type([]byte(line))
	return nil
}

// show hands on what the shell's terminal shows, and keeps what is asked about.
func (w *workshop) show(text []byte) {
	if w.unseen {
		return
	}
	w.page.out.Write(text)
	w.page.rows = min(w.page.rows+bytes.Count(text, []byte("\n")), 10*w.page.height)
	if w.prompt == nil {
		w.shown.add(text)
		return
	}
	if w.typed == 0 && len(w.prompt) < 1000 && !bytes.Contains(w.echo, []byte("\n")) {
		w.prompt = append(w.prompt, text...)
	}
	if len(w.echo) < 100_000 {
		w.echo = append(w.echo, text...)
	}
	if !w.kind.Bash {
		w.lineEnded()
	}
}

// lineEnded sees in the echo of the keys that a line was typed. sh does not
// say so; bash marks it.
func (w *workshop) lineEnded() {
	line, rest, ended := bytes.Cut(w.echo, []byte("\r\n"))
	if !ended {
		return
	}
	typed := strings.TrimPrefix(replay(line), "fd42$ ")
	w.begin(typed)
	w.begun = strings.TrimSpace(typed) != ""
	w.shown.add(rest)
}

// begin is the moment at which a command line begins to run.
func (w *workshop) begin(typed string) {
	w.line = lesson.Line{Typed: typed, Shell: w.table}
	w.begun, w.prompt, w.shown = true, nil, capture{}
	if note := replaces(typed); note != "" && !w.unseen {
		w.write(note)
	}
}

func (w *workshop) mark(m *shell.Mark) error {
	switch m.Kind {
	case shell.Begins:
		w.begin(m.Line)
	case shell.Word:
		w.heard = true
		return w.word(m.Words)
	case shell.Stopped:
		w.page.line("")
		w.write("The shell itself was stopped; the tour made it go on.")
	case shell.Over:
		return w.over(m)
	}
	return nil
}

// over is the moment before the shell's next prompt.
func (w *workshop) over(m *shell.Mark) error {
	first, begun, unseen, heard := !w.ready, w.begun, w.unseen, w.heard
	w.heard = false
	// What ran until now: the next line may have begun before this is read.
	trace := w.tracer.Take()
	w.ready, w.begun, w.unseen, w.note, w.prompt, w.echo, w.failures = true, false, false, 0, []byte{}, nil, 0
	if err := w.mend(m); err != nil || w.prompt == nil {
		return err
	}
	switch {
	case first:
		w.goOn()
		return nil
	case unseen:
		w.after()
		return nil
	case !begun:
		return nil
	}
	w.line.Dir, w.line.Status, w.line.Statuses, w.line.Shown = m.Dir, m.Status, m.Statuses, w.shown.String()
	if lesson.IsWord(strings.TrimSpace(w.line.Typed)) {
		switch {
		case heard && strings.HasPrefix(strings.TrimSpace(w.line.Typed), "?answer"):
			w.judgeAnswer()
		case !heard && m.Status == 127:
			w.write("The tour has no such word: `?` lists those it has. If it lists nothing, the shell has lost them; Ctrl-D brings a new one.")
		}
		return nil
	}
	w.line.Trace = trace
	w.last = w.line
	w.page.unended = w.line.Shown != "" && !strings.HasSuffix(w.line.Shown, "\n")
	defer func() { w.page.unended = false }()
	w.attempt.Lines = append(w.attempt.Lines, w.line)
	w.attempt.Folder = w.place.Folder()
	switch {
	case w.exercise != nil && !w.met:
		w.look(false)
	case w.waiting == command && len(w.rest) == 0 && sameWords(w.items[w.next].step.Command, w.line.Typed):
		w.commandDone(w.items[w.next].step)
	}
	return nil
}

// mend looks at what a command line may have broken.
func (w *workshop) mend(m *shell.Mark) error {
	if _, err := os.Stat(w.place.Folder()); err != nil {
		w.write("Your folder is gone. Here is a new one, empty, and a new shell in it.")
		return w.renew()
	}
	if err := w.place.Mend(); err != nil {
		w.write(fmt.Sprintf("(No pictures from now on: %v.)", err))
	}
	switch {
	case strings.Contains(m.Away, "2"):
		w.write("Descriptor 2 of this shell no longer leads to the terminal, and its prompt went with it. The tour has led it back.")
		return w.runUnseen([]string{"exec 2>/dev/tty"}, func() {})
	case m.Away != "" && m.Away != w.away:
		w.write(fmt.Sprintf("Descriptor %c of this shell no longer leads to the terminal. `exec %[1]c<>/dev/tty` leads it back.", m.Away[0]))
	}
	w.away = m.Away
	return nil
}

// renew starts another shell in the folder as it is, or in a new one.
func (w *workshop) renew() error {
	w.sh.Close()
	if err := w.place.Mend(); err != nil {
		return err
	}
	if w.screens != nil { // the page goes on where it is
		w.next = w.screens[len(w.screens)-1]
		w.screens = w.screens[:len(w.screens)-1]
		w.rest = nil
	}
	return w.start(nil)
}

// shellEnded is for a learner who has ended the shell.
func (w *workshop) shellEnded() error {
	if w.failures++; w.failures > 2 {
		return errors.New("the lesson's shell ends as soon as it is started")
	}
	w.page.line("")
	w.write("The shell has ended (`exit`, or Ctrl-D at its prompt, does that). Here is a new one; the files are still there. `?quit` stops the tour.")
	return w.renew()
}
