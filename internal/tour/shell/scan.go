package shell

import (
	"bytes"
	"strconv"
	"strings"
)

// A scanner finds the marks in what a terminal shows, wherever one is cut by
// the size of a read.
type scanner struct {
	start []byte // of a mark, up to what it says
	held  []byte // it may be the beginning of a mark
}

// longestMark bounds what is held back. A mark holds a command line.
const longestMark = 64 * 1024

func (s *scanner) scan(chunk []byte) (events []Event) {
	data := append(s.held, chunk...)
	s.held = nil
	text := func(t []byte) {
		if len(t) > 0 {
			events = append(events, Event{Text: t})
		}
	}
	for {
		from := bytes.Index(data, s.start)
		if from < 0 {
			keep := overlap(data, s.start)
			text(data[:len(data)-keep])
			s.held = bytes.Clone(data[len(data)-keep:])
			return events
		}
		text(data[:from])
		data = data[from:]
		end := bytes.IndexByte(data, '\a')
		if end < 0 {
			if len(data) > longestMark {
				text(data)
				return events
			}
			s.held = bytes.Clone(data)
			return events
		}
		if m := parseMark(string(data[len(s.start):end])); m != nil {
			events = append(events, Event{Mark: m})
		}
		data = data[end+1:]
	}
}

// rest is what turned out not to be a mark.
func (s *scanner) rest() []byte { return s.held }

// overlap is the length of the longest end of data that begins start.
func overlap(data, start []byte) int {
	for n := min(len(data), len(start)-1); n > 0; n-- {
		if bytes.HasSuffix(data, start[:n]) {
			return n
		}
	}
	return 0
}

// parseMark reads what bash.sh and posix.sh write.
func parseMark(text string) *Mark {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	kind, rest, _ := strings.Cut(text, ";")
	m := &Mark{Kind: MarkKind(kind)}
	switch m.Kind {
	case Begins:
		m.Line = parseHistory(rest)
	case Word:
		m.Words = strings.Fields(rest)
	case Over:
		fields := strings.SplitN(rest, ";", 4)
		if len(fields) < 4 {
			return nil
		}
		m.Status, _ = strconv.Atoi(fields[0])
		for _, f := range strings.Fields(fields[1]) {
			n, _ := strconv.Atoi(f)
			m.Statuses = append(m.Statuses, n)
		}
		m.Away = fields[2]
		var history string
		m.Dir, history, _ = strings.Cut(fields[3], "\n")
		m.Line = parseHistory(history)
	default:
		return nil
	}
	return m
}

// parseHistory reads what bash's `history 1` prints: a number and the line.
func parseHistory(text string) string {
	_, line, _ := strings.Cut(strings.TrimLeft(text, " "), " ")
	return strings.TrimSuffix(strings.TrimPrefix(line, " "), "\n")
}
