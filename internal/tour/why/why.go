// Package why explains a command line word by word: what the shell makes of
// it, what each redirection does to the descriptor table, what the options
// mean. What it does not know, it says.
package why

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A Part is a piece of a command line and what it means.
type Part struct{ Text, Meaning string }

// Explain reads line as bash does, or as sh. help returns what a program of
// the suite says of itself with --help, or nothing for any other.
func Explain(line string, bash bool, help func(program string) string) []Part {
	variant := syntax.LangPOSIX
	if bash {
		variant = syntax.LangBash
	}
	file, err := syntax.NewParser(syntax.Variant(variant)).Parse(strings.NewReader(line), "")
	if err != nil {
		return []Part{{line, "the shell cannot read this as a command: " + reason(err)}}
	}
	e := explainer{line: line, help: help}
	for i, s := range file.Stmts {
		if i > 0 && !file.Stmts[i-1].Background {
			e.add(";", "when the command before it has ended, the next one runs")
		}
		e.stmt(s, table{})
	}
	return e.parts
}

func reason(err error) string {
	text := err.Error()
	if _, after, cut := strings.Cut(text, ": "); cut {
		return after
	}
	return text
}

type explainer struct {
	line  string
	help  func(string) string
	parts []Part
}

func (e *explainer) add(text, meaning string) { e.parts = append(e.parts, Part{text, meaning}) }

// source is a node as it was typed.
func (e *explainer) source(n syntax.Node) string {
	from, to := int(n.Pos().Offset()), int(n.End().Offset())
	if from < 0 || to > len(e.line) || from > to {
		return ""
	}
	return e.line[from:to]
}

// A table is where the descriptors of a process lead, as far as the line says.
type table map[string]string

func (t table) leads(fd string) string {
	if place, known := t[fd]; known {
		return place
	}
	if fd == "0" || fd == "1" || fd == "2" {
		return "the terminal"
	}
	return "wherever the shell's own " + fd + " leads"
}

// with is the table with one row changed.
func (t table) with(fd, place string) table {
	changed := table{fd: place}
	for other, p := range t {
		if other != fd {
			changed[other] = p
		}
	}
	return changed
}

func (e *explainer) stmt(s *syntax.Stmt, t table) {
	if s.Negated {
		e.add("!", "turns the status around: 0 becomes 1, anything else 0")
	}
	call, isCall := s.Cmd.(*syntax.CallExpr)
	switch {
	case isCall && len(call.Args) > 0:
		e.call(call)
	case isCall:
		for _, a := range call.Assigns {
			e.add(e.source(a), "sets a variable of the shell's; no program runs")
		}
	case s.Cmd != nil:
		// What stands inside braces begins with the redirections after them.
		e.compound(s.Cmd, e.quietly(s.Redirs, t))
	}
	for _, r := range s.Redirs {
		t = e.redirect(r, t)
	}
	if s.Background {
		e.add("&", "the shell does not wait: it shows its prompt while this runs on")
	}
}

// quietly is the table after redirections that are explained later.
func (e *explainer) quietly(redirects []*syntax.Redirect, t table) table {
	silent := explainer{line: e.line, help: e.help}
	for _, r := range redirects {
		t = silent.redirect(r, t)
	}
	return t
}

func (e *explainer) compound(c syntax.Command, t table) {
	switch c := c.(type) {
	case *syntax.BinaryCmd:
		e.binary(c, t)
	case *syntax.Block:
		e.add("{ }", "runs what stands inside in this same shell; a redirection after } holds for all of it")
		e.list(c.Stmts, t)
	case *syntax.Subshell:
		e.add("( )", "runs what stands inside in a new process, a copy of the shell with a copy of its table")
		e.list(c.Stmts, t)
	case *syntax.ForClause:
		e.add("for … done", "runs what is between do and done once for each word")
		e.list(c.Do, t)
	case *syntax.WhileClause:
		word := "while"
		if c.Until {
			word = "until"
		}
		e.add(word+" … done", "runs what is between do and done, "+word+" the command before do ends with status 0")
		e.list(c.Cond, t)
		e.add("do", "and each time")
		e.list(c.Do, t)
	default:
		word, _, _ := strings.Cut(e.source(c), " ")
		e.add(word+" …", "a construct of the shell's that this explanation does not go into")
	}
}

func (e *explainer) list(stmts []*syntax.Stmt, t table) {
	for i, s := range stmts {
		if i > 0 && !stmts[i-1].Background {
			e.add(";", "then")
		}
		e.stmt(s, t)
	}
}

func (e *explainer) binary(c *syntax.BinaryCmd, t table) {
	switch c.Op {
	case syntax.Pipe, syntax.PipeAll:
		pipe := "a pipe"
		left := t.with("1", pipe)
		meaning := "a pipe: descriptor 1 of what is before it and descriptor 0 of what is after it lead there; both run at the same time"
		if c.Op == syntax.PipeAll {
			left = left.with("2", pipe)
			meaning = "a pipe, like |, but descriptor 2 leads into it as well: short for 2>&1 |"
		}
		e.stmt(c.X, left)
		e.add(c.Op.String(), meaning)
		e.stmt(c.Y, t.with("0", pipe))
	case syntax.AndStmt:
		e.stmt(c.X, t)
		e.add("&&", "what follows runs only if the status before it is 0")
		e.stmt(c.Y, t)
	case syntax.OrStmt:
		e.stmt(c.X, t)
		e.add("||", "what follows runs only if the status before it is not 0")
		e.stmt(c.Y, t)
	}
}

func (e *explainer) call(c *syntax.CallExpr) {
	for _, a := range c.Assigns {
		e.add(e.source(a), "sets a variable for this one command: it goes into the environment, where programs find such settings")
	}
	words := c.Args
	name := words[0].Lit()
	if name == "env" && len(words) > 1 {
		e.add("env", "finds the program in PATH and becomes it; so the shell's own command of that name is not used")
		words = words[1:]
		name = words[0].Lit()
	}
	help := e.help(name)
	switch {
	case help != "":
		e.add(e.source(words[0]), about(help))
	case known[name] != "":
		e.add(e.source(words[0]), known[name])
	case name == "":
		e.add(e.source(words[0]), "the shell works out this word first; what it becomes is the command"+e.quoting(words[0]))
	default:
		e.add(e.source(words[0]), "a command that is none of this suite; `man "+name+"` may know it")
	}
	options := help != ""
	for i, w := range words[1:] {
		switch text := w.Lit(); {
		case !options || !strings.HasPrefix(text, "-") || text == "-":
			e.operand(name, w)
			// echo's options end at its first operand.
			options = options && name != "echo"
		case text == "--":
			e.add("--", "ends the options: what follows is an operand, whatever it begins with")
			options = false
		case name == "echo" && !isEchoOption(text):
			e.operand(name, w)
			options = false
		default:
			e.option(help, text, i)
		}
	}
}

// isEchoOption: anything else, echo writes.
func isEchoOption(text string) bool { return strings.Trim(text[1:], "neE") == "" && len(text) > 1 }

func (e *explainer) operand(program string, w *syntax.Word) {
	text := e.source(w)
	meaning := "an argument"
	switch program {
	case "cat", "base64":
		meaning = "a file that " + program + " opens itself, to read it"
		if text == "-" {
			meaning = "descriptor 0, in place of a file"
		}
	case "tee":
		meaning = "a file that tee opens itself, to write to it"
	case "echo":
		meaning = "an argument: echo writes it"
	}
	e.add(text, meaning+e.quoting(w))
}

// option looks up each letter of a cluster, or a long option, in what the
// program says of itself.
func (e *explainer) option(help, text string, _ int) {
	if strings.HasPrefix(text, "--") {
		name, _, _ := strings.Cut(text, "=")
		var found []string
		for _, o := range options(help) {
			if o.long == name {
				found = []string{o.meaning}
				break
			}
			if strings.HasPrefix(o.long, name) {
				found = append(found, o.meaning)
			}
		}
		switch len(found) {
		case 1:
			e.add(text, found[0])
		case 0:
			e.add(text, "an option that the program does not have")
		default:
			e.add(text, "short for more than one option")
		}
		return
	}
	for i, letter := range text[1:] {
		o, found := option{}, false
		for _, candidate := range options(help) {
			if candidate.short == "-"+string(letter) {
				o, found = candidate, true
			}
		}
		if !found {
			e.add("-"+string(letter), "an option that the program does not have")
			continue
		}
		if o.value {
			e.add("-"+text[1+i:], o.meaning)
			return
		}
		e.add("-"+string(letter), o.meaning)
	}
}

// quoting says what the shell does to a word before the program gets it.
func (e *explainer) quoting(w *syntax.Word) string {
	var notes []string
	note := func(text string) {
		for _, n := range notes {
			if n == text {
				return
			}
		}
		notes = append(notes, text)
	}
	var look func(parts []syntax.WordPart, quoted bool)
	look = func(parts []syntax.WordPart, quoted bool) {
		for _, part := range parts {
			switch p := part.(type) {
			case *syntax.SglQuoted:
				note("inside '…' the shell changes nothing, and the quotes are not passed on")
			case *syntax.DblQuoted:
				note("inside \"…\" blanks do not separate, but $ still works; the quotes are not passed on")
				look(p.Parts, true)
			case *syntax.ParamExp:
				note("the shell puts the value of " + e.source(p) + " there")
			case *syntax.CmdSubst:
				note("$(…) is replaced by what that command writes to its descriptor 1")
			case *syntax.ArithmExp:
				note("$((…)) is replaced by the number it comes to")
			case *syntax.ProcSubst:
				note("the shell makes a pipe to the command in ( ), starts it, and puts a name for the pipe there")
			case *syntax.Lit:
				if !quoted && strings.ContainsAny(p.Value, "*?[") {
					note("the shell replaces this by the names of files that fit, if there are any")
				}
				if strings.Contains(p.Value, `\`) {
					note(`a \ takes the next character as it is`)
				}
			}
		}
	}
	look(w.Parts, false)
	if len(notes) == 0 {
		return ""
	}
	return "; " + strings.Join(notes, "; ")
}

// redirect explains one redirection and returns the table after it.
func (e *explainer) redirect(r *syntax.Redirect, t table) table {
	fd := "1"
	switch r.Op {
	case syntax.RdrIn, syntax.RdrInOut, syntax.DplIn, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
		fd = "0"
	}
	if r.N != nil {
		fd = r.N.Value
	}
	text := e.source(r)
	word := ""
	if r.Word != nil {
		word = e.source(r.Word)
	}
	became := func(how string) { e.add(text, how+": descriptor "+fd+" leads to "+word) }
	switch r.Op {
	case syntax.RdrOut, syntax.RdrClob:
		became("before the command runs, the shell opens " + word + " for writing and empties it")
		return t.with(fd, word)
	case syntax.AppOut:
		became("before the command runs, the shell opens " + word + " for writing at its end, and keeps what is there")
		return t.with(fd, word)
	case syntax.RdrIn:
		became("before the command runs, the shell opens " + word + " for reading")
		return t.with(fd, word)
	case syntax.RdrInOut:
		became("the shell opens " + word + " for reading and writing, and empties nothing")
		return t.with(fd, word)
	case syntax.DplIn, syntax.DplOut:
		return e.copied(text, fd, word, t)
	case syntax.RdrAll, syntax.AppAll:
		e.add(text, "short for "+strings.TrimPrefix(r.Op.String(), "&")+word+" 2>&1: descriptors 1 and 2 both lead to "+word)
		return t.with("1", word).with("2", word)
	case syntax.Hdoc, syntax.DashHdoc:
		e.add(r.Op.String()+word, "descriptor "+fd+" leads to the lines below, up to "+word)
		return t.with(fd, "those lines")
	case syntax.WordHdoc:
		e.add(text, "descriptor "+fd+" leads to this text and a newline")
		return t.with(fd, "that text")
	}
	e.add(text, "a redirection that this explanation does not know")
	return t
}

// copied explains N>&M and N>&-.
func (e *explainer) copied(text, fd, word string, t table) table {
	if word == "-" {
		e.add(text, "closes descriptor "+fd)
		return t.with(fd, "nothing: it is closed")
	}
	place := t.leads(word)
	e.add(text, fmt.Sprintf("copies row %s of the table to row %s: descriptor %s leads where %s leads at this moment: to %s", word, fd, fd, word, place))
	return t.with(fd, place)
}
