package main

import (
	"os/exec"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"fd42.example/fd42/internal/tour/lesson"
	"fd42.example/fd42/internal/tour/why"
)

// programs are those of the suite.
var programs = []string{"echo", "cat", "base64", "tee"}

// help is what a program of the suite says of itself: its options have no
// other description.
func help(program string) string {
	if !slices.Contains(programs, program) {
		return ""
	}
	text, err := exec.Command(program, "--help").Output()
	if err != nil {
		return ""
	}
	return string(text)
}

// explain is ?why.
func explain(p *page, line lesson.Line, bash bool) []string {
	if strings.TrimSpace(line.Typed) == "" {
		return p.text("", lesson.Inline("There is no command line yet to explain."))
	}
	parts := why.Explain(line.Typed, bash, help)
	var entries [][2]string
	for _, part := range parts {
		entries = append(entries, [2]string{strings.ReplaceAll(part.Text, "\n", " "), part.Meaning})
	}
	return p.glossary(entries)
}

// replaces warns of an exec that turns the shell into another program.
func replaces(line string) string {
	file, err := syntax.NewParser().Parse(strings.NewReader(line), "")
	if err != nil {
		return ""
	}
	for _, s := range file.Stmts {
		call, isCall := s.Cmd.(*syntax.CallExpr)
		if isCall && len(call.Args) > 1 && call.Args[0].Lit() == "exec" && !strings.HasPrefix(call.Args[1].Lit(), "-") {
			return "`exec` has turned the shell into `" + call.Args[1].Lit() + "`, which gets your keys from now on. When it ends, there will be a new shell."
		}
	}
	return ""
}
