package draw

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"fd42.example/fd42/internal/tour/record"
)

// A table is a process's table of descriptors, as the line makes it.
type table map[int]*place

// A command is one simple command of the line: a program, or a part of the
// shell such as read or exec.
type command struct {
	words []string // those that the line gives literally; "" for the others
	table table    // that it begins with
	typed []int    // the descriptors that its own redirections and pipes set
	shell bool     // exec with redirections alone: the shell's own table changes
	piped bool     // a member of a pipeline
	loop  bool     // it may run several times
	maybe bool     // it may not run at all
	if0   *command // it runs if that one's status is 0, or if it is not 0
	ifNot bool
}

// A reading is what a line says: its commands in order.
type reading struct {
	commands []*command
	tails    [][]*command // the members of the pipelines that may be the last to run; nil for those that are no simple command
	negated  bool
	shell    table // the shell's own, as the line found it
	names    map[string]*syntax.Stmt
	depth    int
	next     int // the number of the next process substitution's descriptor
}

// read reads a line as bash does. A line that is not understood says nothing.
func read(text string, own []*record.Descriptor, show func(string) string) *reading {
	r := &reading{shell: table{}, names: map[string]*syntax.Stmt{}, next: 63}
	for fd := range 3 {
		r.shell[fd] = &place{}
	}
	for _, d := range own {
		p := &place{}
		if d.SameAs != nil && r.shell[d.SameAs.FD] != nil {
			p = r.shell[d.SameAs.FD]
		}
		p.root().know(d, show)
		r.shell[d.FD] = p
	}
	r.script(text, maps.Clone(r.shell), context{})
	return r
}

// A context is where in the line a command is.
type context struct {
	loop, maybe, piped bool
	if0                *command
	ifNot              bool
}

func (r *reading) script(text string, t table, in context) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil || r.depth > 8 {
		return
	}
	r.depth++
	r.statements(file.Stmts, t, in)
	r.depth--
}

func (r *reading) statements(list []*syntax.Stmt, t table, in context) {
	for _, s := range list {
		r.statement(s, t, in)
	}
}

// statement reads one statement. What exec does to t stays there.
func (r *reading) statement(s *syntax.Stmt, t table, in context) *command {
	if s.Background || s.Coprocess {
		t = maps.Clone(t)
		if t[0] == r.shell[0] {
			t[0] = &place{} // a job in the background may get /dev/null
		}
	} else if !in.piped {
		r.tails, r.negated = nil, s.Negated
	}
	if call, ok := s.Cmd.(*syntax.CallExpr); ok {
		c := r.call(call, s.Redirs, t, in)
		if !in.piped && !s.Background {
			r.tails = [][]*command{{c}}
		}
		return c
	}
	if pipe, ok := s.Cmd.(*syntax.BinaryCmd); ok && len(s.Redirs) == 0 {
		return r.binary(pipe, t, in)
	}
	inner := t
	if len(s.Redirs) > 0 {
		inner = maps.Clone(t)
		r.redirect(inner, s.Redirs, in)
	}
	r.compound(s.Cmd, inner, in)
	return nil
}

// compound reads what holds other statements.
func (r *reading) compound(cmd syntax.Command, t table, in context) {
	tails := r.tails
	looped, perhaps := in, in
	looped.loop, looped.maybe = true, true
	perhaps.maybe = true
	switch cmd := cmd.(type) {
	case *syntax.Block:
		r.statements(cmd.Stmts, t, in)
	case *syntax.Subshell:
		r.statements(cmd.Stmts, maps.Clone(t), in)
	case *syntax.IfClause:
		for c := cmd; c != nil; c = c.Else {
			r.statements(c.Cond, t, in)
			r.statements(c.Then, t, perhaps)
			in = perhaps
		}
	case *syntax.WhileClause:
		r.statements(cmd.Cond, t, looped)
		r.statements(cmd.Do, t, looped)
	case *syntax.ForClause:
		if words, ok := cmd.Loop.(*syntax.WordIter); ok {
			r.substitutions(words.Items, t, in)
		}
		r.statements(cmd.Do, t, looped)
	case *syntax.CaseClause:
		for _, item := range cmd.Items {
			r.statements(item.Stmts, t, perhaps)
		}
	case *syntax.TimeClause:
		if cmd.Stmt != nil {
			r.statement(cmd.Stmt, t, in)
			return
		}
	case *syntax.CoprocClause:
		r.statement(cmd.Stmt, maps.Clone(t), perhaps)
	case *syntax.FuncDecl:
		if cmd.Name != nil {
			r.names[cmd.Name.Value] = cmd.Body
		}
	}
	r.tails = tails
}

// binary reads a pipeline, or an and-or list.
func (r *reading) binary(b *syntax.BinaryCmd, t table, in context) *command {
	if b.Op == syntax.AndStmt || b.Op == syntax.OrStmt {
		first := r.statement(b.X, t, in)
		tails := r.tails
		after := in
		after.maybe, after.if0, after.ifNot = true, first, b.Op == syntax.OrStmt
		second := r.statement(b.Y, t, after)
		r.tails = append(tails, r.tails...)
		return second
	}
	members, all := flatten(b)
	in.piped = true
	var simple []*command
	pipe := (*place)(nil)
	for i, m := range members {
		own := maps.Clone(t)
		var typed []int
		if i > 0 {
			own[0] = pipe
			typed = append(typed, 0)
		}
		pipe = &place{kind: record.Pipe}
		if i < len(members)-1 {
			own[1] = pipe
			typed = append(typed, 1)
		}
		both := i < len(members)-1 && all[i]
		if both && len(m.Redirs) == 0 {
			own[2] = pipe
			typed = append(typed, 2)
		}
		c := r.statement(m, own, in)
		if c != nil {
			c.typed = append(typed, c.typed...)
			if both {
				c.table[2] = c.table[1]
				c.typed = append(c.typed, 2)
			}
		}
		simple = append(simple, c)
	}
	r.tails = [][]*command{simple}
	return simple[len(simple)-1]
}

// flatten returns the members of a pipeline, and which of them are followed by |&.
func flatten(b *syntax.BinaryCmd) (members []*syntax.Stmt, all []bool) {
	if x, ok := b.X.Cmd.(*syntax.BinaryCmd); ok && len(b.X.Redirs) == 0 && (x.Op == syntax.Pipe || x.Op == syntax.PipeAll) {
		members, all = flatten(x)
	} else {
		members = []*syntax.Stmt{b.X}
	}
	return append(members, b.Y), append(all, b.Op == syntax.PipeAll)
}

// call reads a simple command.
func (r *reading) call(call *syntax.CallExpr, redirects []*syntax.Redirect, t table, in context) *command {
	r.substitutions(assigned(call), t, in)
	own := maps.Clone(t)
	c := &command{table: own, piped: in.piped, loop: in.loop, maybe: in.maybe, if0: in.if0, ifNot: in.ifNot}
	if len(call.Args) == 0 {
		r.redirect(own, redirects, in)
		return c
	}
	for _, w := range call.Args {
		c.words = append(c.words, literal(w))
	}
	later := r.words(call.Args, own, in)
	c.typed = r.redirect(own, redirects, in)
	if c.words[0] == "exec" && len(c.words) == 1 {
		c.shell = true
		for _, fd := range c.typed {
			t[fd] = own[fd]
		}
	}
	if body := r.names[c.words[0]]; body != nil && r.depth < 8 {
		r.depth++
		r.statement(body, own, in)
		r.depth--
		return nil
	}
	if script, same := inner(c.words); script != "" {
		if !same {
			own = maps.Clone(own)
		}
		r.script(script, own, in)
		return nil
	}
	r.commands = append(r.commands, c)
	for _, substitution := range later {
		substitution()
	}
	return c
}

// assigned are the values of a command's assignments.
func assigned(call *syntax.CallExpr) []*syntax.Word {
	var words []*syntax.Word
	for _, a := range call.Assigns {
		if a.Value != nil {
			words = append(words, a.Value)
		}
	}
	return words
}

// inner is the script that a command gives to another shell, or to eval, which
// runs it in the same one.
func inner(words []string) (script string, same bool) {
	switch path.Base(words[0]) {
	case "sh", "bash", "dash":
		if len(words) >= 3 && words[1] == "-c" {
			return words[2], false
		}
	case "eval":
		return strings.Join(words[1:], " "), true
	}
	return "", false
}

// substitutions reads the commands in words that stand for their output.
func (r *reading) substitutions(words []*syntax.Word, t table, in context) {
	for _, f := range r.words(words, t, in) {
		f()
	}
}

// words reads the substitutions in the words of a command. $(…) runs before it;
// <(…) and >(…) run beside it, so what reads them is returned, and t gets the
// ends of their pipes.
func (r *reading) words(words []*syntax.Word, t table, in context) (later []func()) {
	for _, w := range words {
		syntax.Walk(w, func(node syntax.Node) bool {
			switch node := node.(type) {
			case *syntax.CmdSubst:
				inner := maps.Clone(t)
				inner[1] = &place{kind: record.Pipe, captured: true}
				tails := r.tails
				r.statements(node.Stmts, inner, in)
				r.tails = tails
				return false
			case *syntax.ProcSubst:
				later = append(later, r.beside(node, t, r.next, in))
				r.next--
				return false
			}
			return true
		})
	}
	return later
}

// beside gives fd of t to one end of a new pipe, and returns what reads the
// commands at the other end.
func (r *reading) beside(node *syntax.ProcSubst, t table, fd int, in context) func() {
	inner := maps.Clone(t)
	pipe := &place{kind: record.Pipe}
	end := 1
	if node.Op == syntax.CmdOut {
		end = 0
	}
	inner[end] = pipe
	t[fd] = pipe
	return func() {
		tails := r.tails
		n := len(r.commands)
		r.statements(node.Stmts, inner, in)
		for _, c := range r.commands[n:] {
			if c.table[end] == pipe {
				c.typed = append(c.typed, end)
				c.piped = true
			}
		}
		r.tails = tails
	}
}

// redirect changes a table as redirections do, in their order, and returns the
// descriptors that they set.
func (r *reading) redirect(t table, redirects []*syntax.Redirect, in context) []int {
	var typed []int
	for _, redirect := range redirects {
		fd := 1
		switch redirect.Op {
		case syntax.RdrIn, syntax.RdrInOut, syntax.DplIn, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
			fd = 0
		}
		if redirect.N != nil {
			n, err := strconv.Atoi(redirect.N.Value)
			if err != nil {
				continue // {name}>file: the shell chooses the number
			}
			fd = n
		}
		word := ""
		if redirect.Word != nil {
			word = literal(redirect.Word)
			if substitution := processOf(redirect.Word); substitution != nil {
				defer r.beside(substitution, t, fd, in)()
				typed = append(typed, fd)
				continue
			}
			r.substitutions([]*syntax.Word{redirect.Word}, t, in)
		}
		opened := &place{opened: true, typed: word}
		switch redirect.Op {
		case syntax.RdrIn:
			opened.access = record.ReadOnly
		case syntax.RdrInOut:
			opened.access = record.ReadWrite
		case syntax.RdrOut, syntax.RdrClob:
			opened.access = record.WriteOnly
		case syntax.AppOut:
			opened.access, opened.append = record.WriteOnly, true
		case syntax.RdrAll, syntax.AppAll:
			opened.access, opened.append = record.WriteOnly, redirect.Op == syntax.AppAll
			t[2] = opened
			typed = append(typed, 2)
			fd = 1
		case syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
			opened.here = redirect.Op.String()
			if redirect.Op != syntax.WordHdoc {
				opened.here += word
			}
			opened.typed = ""
		case syntax.DplIn, syntax.DplOut:
			if isFileOf(redirect, word) {
				opened.access = record.WriteOnly
				t[2] = opened
				typed = append(typed, 2)
			} else {
				opened = duplicate(t, word)
			}
		default:
			continue
		}
		t[fd] = opened
		typed = append(typed, fd)
	}
	slices.Sort(typed)
	return slices.Compact(typed)
}

// isFileOf reports whether >&word means a file for 1 and 2, as &>word does.
func isFileOf(redirect *syntax.Redirect, word string) bool {
	_, err := strconv.Atoi(strings.TrimSuffix(word, "-"))
	return redirect.Op == syntax.DplOut && redirect.N == nil && word != "" && word != "-" && err != nil
}

// duplicate is what >&word makes of its descriptor.
func duplicate(t table, word string) *place {
	if word == "-" {
		return &place{kind: record.Closed}
	}
	number, moves := strings.CutSuffix(word, "-")
	from, err := strconv.Atoi(number)
	if err != nil {
		return &place{}
	}
	p := t[from]
	if p == nil {
		p = &place{}
		t[from] = p
	}
	if moves {
		t[from] = &place{kind: record.Closed}
	}
	return p
}

// processOf returns the process substitution that a word is.
func processOf(w *syntax.Word) *syntax.ProcSubst {
	if len(w.Parts) != 1 {
		return nil
	}
	substitution, _ := w.Parts[0].(*syntax.ProcSubst)
	return substitution
}

// literal returns a word without its quotes, or "" if the shell changes it.
func literal(w *syntax.Word) string {
	var b strings.Builder
	for _, part := range w.Parts {
		switch part := part.(type) {
		case *syntax.Lit:
			if strings.ContainsAny(part.Value, "*?[{~") {
				return ""
			}
			b.WriteString(unescape(part.Value, false))
		case *syntax.SglQuoted:
			if part.Dollar {
				return ""
			}
			b.WriteString(part.Value)
		case *syntax.DblQuoted:
			for _, inner := range part.Parts {
				lit, ok := inner.(*syntax.Lit)
				if !ok {
					return ""
				}
				b.WriteString(unescape(lit.Value, true))
			}
		default:
			return ""
		}
	}
	return b.String()
}

// unescape takes out the backslashes that quote. In double quotes these are
// the ones before \, $, `, " and a newline.
func unescape(text string, quoted bool) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && (!quoted || strings.IndexByte("\\$`\"\n", text[i+1]) >= 0) {
			i++
			if text[i] == '\n' {
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
