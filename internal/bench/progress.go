package main

import (
	"fmt"
	"os"

	"golang.org/x/term"
)

// A progress is a line on a terminal that says what is being done. Elsewhere
// it says nothing.
type progress struct{ terminal *os.File }

func newProgress(f *os.File) progress {
	if !term.IsTerminal(int(f.Fd())) {
		return progress{}
	}
	return progress{f}
}

// say replaces the line, cut to the terminal's width so that it stays one.
func (p progress) say(what string) {
	if p.terminal == nil {
		return
	}
	if width, _, err := term.GetSize(int(p.terminal.Fd())); err == nil && width > 0 {
		what = what[:min(len(what), width-1)]
	}
	fmt.Fprintf(p.terminal, "\r\x1b[K%s", what)
}

func (p progress) clear() { p.say("") }
