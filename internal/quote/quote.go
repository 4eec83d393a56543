// Package quote shows names, values and words in diagnostics so that no raw
// control byte reaches a terminal and a shell can read a name back. The forms
// are those of GNU's programs, which scripts and eyes already know.
package quote

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// File returns a file name as a shell would take it back: bare where it is
// harmless, else in single quotes, with bytes that cannot be printed as $'…'
// pieces of their own. A name whose only problem is a single quote comes in
// double quotes.
func File(name string) string {
	switch {
	case isBare(name):
		return name
	case strings.Contains(name, "'") && fitsDoubleQuotes(name):
		return `"` + name + `"`
	}
	var b strings.Builder
	b.WriteByte('\'')
	escaping := false // inside a $'…' piece
	for piece, printable := range characters(name) {
		switch {
		case piece == "'":
			b.WriteString(`'\''`) // leaves either kind of piece, then opens a plain one
			escaping = false
			continue
		case printable && escaping:
			b.WriteString(`''`)
		case !printable && !escaping:
			b.WriteString(`'$'`)
		}
		escaping = !printable
		if escaping {
			piece = escape(piece)
		}
		b.WriteString(piece)
	}
	b.WriteByte('\'')
	return b.String()
}

// Value returns the value of an option or an operand in single quotes, with
// C's escapes for quotes, backslashes and what cannot be printed.
func Value(value string) string { return quoted(value, `'\`) }

// Word returns a word of the command line in single quotes. Only what cannot be
// printed is escaped.
func Word(word string) string { return quoted(word, "") }

// quoted puts s in single quotes and a backslash before each of marked.
func quoted(s, marked string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for piece, printable := range characters(s) {
		switch {
		case strings.Contains(marked, piece):
			b.WriteByte('\\')
		case !printable:
			piece = escape(piece)
		}
		b.WriteString(piece)
	}
	b.WriteByte('\'')
	return b.String()
}

// characters yields s a character at a time, and whether it can be printed as it
// is: invalid UTF-8, control characters, separators other than space and
// characters that turn the direction of text cannot.
func characters(s string) iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		for len(s) > 0 {
			r, size := utf8.DecodeRuneInString(s)
			invalid := r == utf8.RuneError && size == 1
			if !yield(s[:size], !invalid && unicode.IsPrint(r)) {
				return
			}
			s = s[size:]
		}
	}
}

// escape returns each byte of s as a C escape: by name, or as three octal digits.
func escape(s string) string {
	const named = "abtnvfr" // the names of 7 to 13, in order
	var b []byte
	for _, c := range []byte(s) {
		if 7 <= c && c <= 13 {
			b = append(b, '\\', named[c-7])
			continue
		}
		b = append(b, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
	}
	return string(b)
}

// isBare reports whether name means itself to a shell, wherever it stands.
func isBare(name string) bool {
	if name == "" || name == "{" || name == "}" || name[0] == '#' || name[0] == '~' {
		return false
	}
	if strings.ContainsAny(name, " !\"$&'()*:;<=>?[\\^`|") {
		return false
	}
	return isPrintable(name)
}

// fitsDoubleQuotes reports whether name can stand in double quotes: nothing in it is
// special to a shell there.
func fitsDoubleQuotes(name string) bool {
	for _, c := range []byte(name) {
		alphanumeric := '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
		if !alphanumeric && c < utf8.RuneSelf && !strings.ContainsRune(" %+,-./:@]_'", rune(c)) {
			return false
		}
	}
	return isPrintable(name)
}

func isPrintable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}
