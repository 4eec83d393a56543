package record

import (
	"strconv"
	"strings"
)

// A scanner takes the parts of a line from its front. What it cannot take
// stays where it is.
type scanner struct{ rest string }

// take takes exactly text.
func (s *scanner) take(text string) bool {
	rest, ok := strings.CutPrefix(s.rest, text)
	s.rest = rest
	return ok
}

func (s *scanner) spaces() { s.rest = strings.TrimLeft(s.rest, " ") }

// word takes all up to the next space.
func (s *scanner) word() string {
	end := strings.IndexByte(s.rest, ' ')
	if end < 0 {
		end = len(s.rest)
	}
	word := s.rest[:end]
	s.rest = s.rest[end:]
	return word
}

// number takes decimal digits.
func (s *scanner) number() (int64, bool) {
	end := 0
	for end < len(s.rest) && '0' <= s.rest[end] && s.rest[end] <= '9' {
		end++
	}
	n, ok := parseNumber(s.rest[:end])
	if ok {
		s.rest = s.rest[end:]
	}
	return n, ok
}

func parseNumber(digits string) (int64, bool) {
	n, err := strconv.ParseUint(digits, 10, 63)
	return int64(n), err == nil
}

// descriptor takes "fd 5".
func (s *scanner) descriptor() (int, bool) {
	before := *s
	if s.take("fd ") {
		if fd, ok := s.number(); ok && int64(int32(fd)) == fd {
			return int(fd), true
		}
	}
	*s = before
	return 0, false
}

// bytes takes "1 byte" or "5 bytes".
func (s *scanner) bytes() (int64, bool) {
	n, ok := s.number()
	if !ok || !s.take(" byte") {
		return 0, false
	}
	s.take("s")
	return n, true
}

// leads takes what a descriptor leads to and how: "pipe 8437  read-only". It
// leaves d without a Kind if it does not know the words.
func (s *scanner) leads(d *Descriptor) {
	before := *d
	if !s.kind(d) || !s.modes(d) {
		*d = before
	}
}

// kind takes "file /tmp/f", "pipe 8437", "pipe 8437 /tmp/fifo" or "file".
func (s *scanner) kind(d *Descriptor) bool {
	word := s.rest
	if end := strings.IndexAny(word, " ,"); end >= 0 {
		word = word[:end]
	}
	switch d.Kind = Kind(word); d.Kind {
	case Closed:
		return s.take(word) && s.rest == ""
	case File, Directory, Pipe, Device, Terminal, Socket:
	default:
		return false
	}
	s.take(word)
	if d.Kind == Pipe || d.Kind == Socket {
		before := *s
		s.take(" ")
		if n, ok := s.number(); ok {
			d.Number = uint64(n)
		} else {
			*s = before
		}
	}
	if strings.HasPrefix(s.rest, " ") && !strings.HasPrefix(s.rest, "  ") {
		s.take(" ")
		name, ok := s.name()
		if !ok {
			return false
		}
		d.Path = name
	}
	return true
}

// modes takes "  write-only, append, offset 5", or the same after a comma.
func (s *scanner) modes(d *Descriptor) bool {
	if s.rest == "" {
		return true
	}
	if !s.take("  ") && !s.take(", ") {
		return false
	}
	for word := range strings.SplitSeq(s.rest, ", ") {
		switch offset, isOffset := strings.CutPrefix(word, "offset "); {
		case isOffset:
			n, ok := parseNumber(offset)
			if !ok {
				return false
			}
			d.Offset = n
		case word == "append":
			d.Append = true
		case word == "non-blocking":
			d.NonBlocking = true
		case word == string(ReadOnly), word == string(WriteOnly), word == string(ReadWrite):
			d.Access = Access(word)
		default: // a word of a later form
		}
	}
	return true
}

// name takes a file name in the form that the programs show names in, and
// returns the name itself: it undoes quote.File.
func (s *scanner) name() (string, bool) {
	if double, ok := strings.CutPrefix(s.rest, `"`); ok {
		name, rest, ok := strings.Cut(double, `"`)
		s.rest = rest
		return name, ok
	}
	if !strings.HasPrefix(s.rest, "'") {
		name := s.word()
		return name, name != ""
	}
	var name strings.Builder
	for {
		switch {
		case s.take(`\'`):
			name.WriteByte('\'')
		case s.take(`$'`):
			if !s.escapes(&name) {
				return "", false
			}
		case s.take("'"):
			plain, rest, ok := strings.Cut(s.rest, "'")
			if !ok {
				return "", false
			}
			name.WriteString(plain)
			s.rest = rest
		default:
			return name.String(), true
		}
	}
}

// escapes takes the rest of a $'…' piece: \t and the like, or three octal digits.
func (s *scanner) escapes(name *strings.Builder) bool {
	const named = "abtnvfr"
	for !s.take("'") {
		if !s.take(`\`) || s.rest == "" {
			return false
		}
		if i := strings.IndexByte(named, s.rest[0]); i >= 0 {
			name.WriteByte(byte(7 + i))
			s.rest = s.rest[1:]
			continue
		}
		if len(s.rest) < 3 {
			return false
		}
		octal, err := strconv.ParseUint(s.rest[:3], 8, 8)
		if err != nil {
			return false
		}
		name.WriteByte(byte(octal))
		s.rest = s.rest[3:]
	}
	return true
}
