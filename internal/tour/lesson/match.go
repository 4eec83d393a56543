package lesson

import (
	"regexp"
	"strings"
)

// A Matcher holds what came back against what a transcript shows, a step at a
// time: a placeholder bound in one step keeps its value in those after it.
// The zero Matcher is ready for a transcript.
type Matcher struct{ bound map[string]string }

// Match reports whether got is what want shows.
func (m *Matcher) Match(want, got string) bool {
	pattern, names := m.pattern(want)
	values := pattern.FindStringSubmatch(got)
	if values == nil {
		return false
	}
	if m.bound == nil {
		m.bound = map[string]string{}
	}
	for i, name := range names {
		value := values[i+1]
		if bound, known := m.bound[name]; known && bound != value {
			return false
		}
		m.bound[name] = value
	}
	return true
}

// pattern is want as an expression for all of a text, and the names of its
// groups, which may repeat: a Go expression has no back-references.
func (m *Matcher) pattern(want string) (*regexp.Regexp, []string) {
	var expr strings.Builder
	var names []string
	expr.WriteString(`\A`)
	for _, part := range split(want) {
		switch {
		case part == "‹…›":
			expr.WriteString(`[^\n]*`)
		case !marked(part) || isKey(part):
			expr.WriteString(regexp.QuoteMeta(part))
		case m.bound[part] != "":
			expr.WriteString(regexp.QuoteMeta(m.bound[part]))
		default:
			expr.WriteString(`(\S+)`)
			names = append(names, part)
		}
	}
	expr.WriteString(`\z`)
	return regexp.MustCompile(expr.String()), names
}

// split cuts a transcript before and after every ‹word›.
func split(t string) []string {
	var parts []string
	for t != "" {
		from := strings.Index(t, "‹")
		length := strings.Index(t[max(from, 0):], "›")
		if from < 0 || length < 0 {
			return append(parts, t)
		}
		to := from + length + len("›")
		if from > 0 {
			parts = append(parts, t[:from])
		}
		parts = append(parts, t[from:to])
		t = t[to:]
	}
	return parts
}

func marked(part string) bool { return strings.HasPrefix(part, "‹") }

func isKey(part string) bool { return part == enter || strings.HasPrefix(part, "‹Ctrl-") }

const enter = "‹Enter›"

// An Event is what happens below a command: the keys that a person presses,
// or what the screen shows meanwhile.
type Event struct {
	Shown string // as the transcript has it
	Keys  string // the bytes that the keyboard sends; empty for output
}

// Keys are what a person presses while a transcript comes, as it shows them.
func Keys(want string) (keys []string) {
	for _, e := range Events(want) {
		if e.Keys != "" {
			keys = append(keys, strings.TrimSuffix(e.Shown, "\n"))
		}
	}
	return keys
}

// Events cuts the lines below a command at its keys. What precedes ‹Enter› on
// its line is typed. A key of its own moves no cursor, so that the line which
// ‹Ctrl-D› has to itself ends there; after ‹Ctrl-C› a shell begins a new line.
func Events(want string) []Event {
	var found []Event
	output := ""
	flush := func() {
		if output != "" {
			found = append(found, Event{Shown: output})
			output = ""
		}
	}
	for line := range strings.Lines(want) {
		if typed, isTyped := strings.CutSuffix(line, enter+"\n"); isTyped {
			flush()
			found = append(found, Event{Shown: line, Keys: typed + "\n"})
			continue
		}
		for _, part := range split(line) {
			if !isKey(part) {
				output += part
				continue
			}
			flush()
			letter := strings.TrimSuffix(strings.TrimPrefix(part, "‹Ctrl-"), "›")[0]
			key := Event{Shown: part, Keys: string(rune(letter & 0x1f))}
			if line == part+"\n" && letter == 'D' {
				key.Shown = line
				found = append(found, key)
				break
			}
			found = append(found, key)
		}
	}
	flush()
	return found
}
