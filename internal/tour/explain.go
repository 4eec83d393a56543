package main

import (
	"os/exec"
	"slices"
	"strings"
	"unicode/utf8"

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
func explain(p *page, line lesson.Line, bash bool) (rows []string) {
	if strings.TrimSpace(line.Typed) == "" {
		return p.text("", lesson.Inline("There is no command line yet to explain."))
	}
	parts := why.Explain(line.Typed, bash, help)
	widest, width := min(14, p.width/6), 0
	for _, part := range parts {
		if n := utf8.RuneCountInString(part.Text); n <= widest {
			width = max(width, n)
		}
	}
	for _, part := range parts {
		text := strings.ReplaceAll(part.Text, "\n", " ")
		indent := len(margin) + width + 2
		meaning := p.text(strings.Repeat(" ", indent-1), lesson.Inline(part.Meaning))
		if n := utf8.RuneCountInString(text); n <= width {
			meaning[0] = margin + p.paint(text, bold) + strings.Repeat(" ", width-n+2) + meaning[0][indent:]
		} else {
			rows = append(rows, p.literal(text, bold)...)
		}
		rows = append(rows, meaning...)
	}
	return rows
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
