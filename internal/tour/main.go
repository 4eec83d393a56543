// Tour is the workshop: it leads through the lessons in a shell of its own,
// looks at each exercise, and draws what the descriptors did.
//
//	[LESSON=9] tour [folder]
//
// The folder is testdata/lessons where none is named. In a terminal, the
// learner types the commands; what belongs to the tour begins with a question
// mark, and ? lists it. Elsewhere it runs straight through, and exits 1 if a
// command no longer answers as its lesson says.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/term"

	"fd42.example/fd42/internal/tour/lesson"
	"fd42.example/fd42/internal/tour/shell"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	dir := "testdata/lessons"
	if len(args) > 0 {
		dir = args[0]
	}
	lessons, err := lesson.ReadDir(dir)
	if err != nil {
		return complain(err)
	}
	first, err := chosen(os.Getenv("LESSON"), len(lessons))
	if err != nil {
		return complain(err)
	}
	ctx, stop := untilSignal()
	defer stop(nil)
	place, err := shell.NewPlace()
	if err != nil {
		return complain(fmt.Errorf("a folder for the lessons: %w", err))
	}
	defer place.Remove()
	os.Setenv("PATH", suitePath(os.Getenv("PATH"), os.Getenv("HOME")))

	page := newPage(os.Stdout)
	if _, err := os.ReadDir("/dev/fd"); err != nil {
		page.lines(page.text("", lesson.Inline("Neither /dev/fd nor /proc is here, so no program can see where its descriptors lead. "+
			"Pictures are missing, and some exercises cannot be met: `?go on` leaves them.")))
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) || !term.IsTerminal(int(os.Stdout.Fd())) {
		s := straight{ctx: ctx, page: page, kind: shell.Find(), place: place, lessons: lessons}
		return status(s.walk(max(first, 0)), s.stale)
	}
	w := &workshop{ctx: ctx, page: page, kind: shell.Find(), place: place, lessons: lessons, progress: readProgress(progressFile())}
	return status(w.run(first), 0)
}

// chosen turns what LESSON says into the lesson to begin with, counted from 0,
// or -1 where it says nothing.
func chosen(name string, count int) (int, error) {
	if name == "" {
		return -1, nil
	}
	n, err := strconv.Atoi(name)
	if err != nil || n < 1 || n > count {
		return 0, fmt.Errorf("LESSON=%s: the lessons are 1 to %d", name, count)
	}
	return n - 1, nil
}

// suitePath is the suite's programs, which make puts first, and the system's:
// nothing that a learner keeps at home is run by accident.
func suitePath(path, home string) string {
	folders := filepath.SplitList(path)
	if len(folders) == 0 {
		return path
	}
	rest := slices.DeleteFunc(folders[1:], func(folder string) bool {
		return !filepath.IsAbs(folder) || len(home) > 1 && strings.HasPrefix(folder+"/", filepath.Clean(home)+"/")
	})
	return strings.Join(append(folders[:1], rest...), string(filepath.ListSeparator))
}

// errQuit is the learner's wish to stop.
var errQuit = errors.New("stopped")

// A caught signal ends the tour as an error does, so that the terminal and the
// lesson's folder are put in order on the way out.
type caught struct{ syscall.Signal }

func (c caught) Error() string { return c.Signal.String() }

// untilSignal is a context that ends at a signal, or when it is told why.
func untilSignal() (context.Context, context.CancelCauseFunc) {
	ctx, stop := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE)
	go func() {
		stop(caught{(<-signals).(syscall.Signal)})
	}()
	return ctx, stop
}

// status tells how the tour ended, where that needs telling, and is what the
// shell gets to see.
func status(err error, stale int) int {
	var c caught
	switch {
	case errors.As(err, &c):
		return 128 + int(c.Signal)
	case err != nil && !errors.Is(err, errQuit):
		return complain(err)
	case stale > 0:
		return complain(fmt.Errorf("%d of the commands did not answer as their lessons say", stale))
	}
	return 0
}

func complain(err error) int {
	fmt.Fprintf(os.Stderr, "tour: %v\n", err)
	return 1
}
