// Tour walks through the lessons: it shows each page, runs its commands in a
// real shell with the programs that PATH finds, and shows what comes back.
//
//	[LESSON=9] tour [folder]
//
// The folder is testdata/lessons where none is named. In a terminal it waits
// for a key before each command, and q stops it. Elsewhere it runs straight
// through. It exits 1 if a command no longer answers as its lesson says.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"

	"golang.org/x/term"

	"fd42.example/fd42/internal/tour/lesson"
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
	first, last, err := chosen(os.Getenv("LESSON"), len(lessons))
	if err != nil {
		return complain(err)
	}

	ctx, stop := untilSignal()
	defer stop(nil)
	t := tour{ctx: ctx, page: newPage(os.Stdout), shell: shell(), lessons: lessons}
	if term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd())) {
		t.keys, err = openKeyboard(os.Stdin, stop)
		if err != nil {
			return complain(err)
		}
		t.page.raw = true
	}
	err = t.walk(first, last)
	if t.keys != nil {
		t.keys.restore()
	}
	return status(err, t.stale)
}

// chosen turns what LESSON says into the first and the last lesson to show,
// counted from 0.
func chosen(name string, count int) (first, last int, err error) {
	if name == "" {
		return 0, count - 1, nil
	}
	n, err := strconv.Atoi(name)
	if err != nil || n < 1 || n > count {
		return 0, 0, fmt.Errorf("LESSON=%s: the lessons are 1 to %d", name, count)
	}
	return n - 1, n - 1, nil
}

// shell prefers bash, in which every transcript can be run.
func shell() lesson.Shell {
	if _, err := exec.LookPath("bash"); err == nil {
		return lesson.Bash()
	}
	return lesson.POSIX()
}

// errQuit is the reader's wish to stop.
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
