package main

import (
	"bytes"
	"strings"
)

// replay is what a line of a terminal holds after characters and backspaces.
func replay(echo []byte) string {
	var line []rune
	column := 0
	for _, r := range string(echo) {
		switch {
		case r == '\b':
			column = max(column-1, 0)
		case r == '\r':
			column = 0
		case column < len(line):
			line[column] = r
			column++
		default:
			line = append(line, r)
			column++
		}
	}
	return strings.TrimRight(string(line), " ")
}

// mostShown bounds what is kept of an output: no exercise asks about more.
const mostShown = 64 * 1024

// A capture keeps the beginning of an output.
type capture struct {
	text bytes.Buffer
	more bool
}

func (c *capture) add(text []byte) {
	room := mostShown - c.text.Len()
	if len(text) > room {
		text, c.more = text[:room], true
	}
	c.text.Write(text)
}

// String is the output with the newlines that programs wrote.
func (c *capture) String() string {
	text := strings.ReplaceAll(c.text.String(), "\r\n", "\n")
	if c.more {
		text += "…"
	}
	return text
}
