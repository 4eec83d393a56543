package main

import "strings"

// A command is a row's line taken apart.
type command struct {
	argv          []string // the program measured and its arguments
	source, sink  bool     // a pipe before it, a pipe behind it
	stdin, stdout string   // files, /dev/null by default
	appends       bool     // stdout is opened with O_APPEND
}

// parse knows what the table's lines are made of: stages between " | ", and
// words, of which < > and >> have their file attached. The first stage may be
// src, or a tail that waits for a log to grow; the last may be sink.
func parse(line string) command {
	c := command{stdin: "/dev/null", stdout: "/dev/null"}
	for stage := range strings.SplitSeq(line, " | ") {
		switch stage {
		case "src", "tail -f log":
			c.source = true
		case "sink":
			c.sink = true
		default:
			c.parseWords(strings.Fields(stage))
		}
	}
	return c
}

func (c *command) parseWords(words []string) {
	for _, word := range words {
		switch {
		case word == toSink:
			c.argv = append(c.argv, word)
		case strings.HasPrefix(word, ">>"):
			c.stdout, c.appends = word[2:], true
		case word[0] == '<':
			c.stdin = word[1:]
		case word[0] == '>':
			c.stdout = word[1:]
		default:
			c.argv = append(c.argv, word)
		}
	}
}

// toSink is an operand that names a pipe with a sink behind it.
const toSink = ">(sink)"

// inputName is the input that a word of a command names, if one: FILE, the
// files FOLDER/*, or arguments $NAME.
func inputName(word string) string {
	return strings.TrimPrefix(strings.TrimSuffix(word, "/*"), "$")
}
