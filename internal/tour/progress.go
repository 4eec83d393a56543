package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Progress is how far a learner has come. Its file is text, a fact a line:
//
//	at 05-out 12      the lesson and the place on its page
//	done 04-errors    a lesson whose exercise was met
//
// Lines that say nothing to this version are dropped.
type progress struct {
	path string
	name string // of the lesson
	item int    // of its page
	done []string
	kept bool // it has been saved
}

// progressFile is in the folder that the XDG Base Directory Specification
// gives to such files, or empty if there is none.
func progressFile() string {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "fd42", "tour")
}

// readProgress never fails: a learner without a file begins.
func readProgress(path string) *progress {
	p := &progress{path: path}
	file, err := os.Open(path)
	if err != nil {
		return p
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) == 3 && words[0] == "at":
			if item, err := strconv.Atoi(words[2]); err == nil && item >= 0 {
				p.name, p.item = words[1], item
			}
		case len(words) == 2 && words[0] == "done":
			p.finish(words[1])
		}
	}
	return p
}

func (p *progress) finish(name string) {
	if !p.finished(name) {
		p.done = append(p.done, name)
	}
}

func (p *progress) finished(name string) bool { return slices.Contains(p.done, name) }

// save replaces the file in one step, so that no half of it is ever read.
func (p *progress) save() error {
	p.kept = false
	if p.path == "" {
		return errors.New("neither XDG_STATE_HOME nor HOME is set")
	}
	var text strings.Builder
	if p.name != "" {
		fmt.Fprintf(&text, "at %s %d\n", p.name, p.item)
	}
	for _, name := range p.done {
		fmt.Fprintf(&text, "done %s\n", name)
	}
	if err := os.MkdirAll(filepath.Dir(p.path), 0o700); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(p.path), "tour-")
	if err != nil {
		return err
	}
	_, err = temporary.WriteString(text.String())
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary.Name(), p.path)
	}
	if err != nil {
		os.Remove(temporary.Name())
	}
	p.kept = err == nil
	return err
}
