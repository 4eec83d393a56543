// Package draw draws where the descriptors of a command line led.
package draw

import (
	"path"
	"strings"

	"fd42.example/fd42/internal/tour/record"
)

// A Command is a command line that has run, with all that is known of it.
type Command struct {
	// Line is the line as it was typed. If it is empty, the trace is drawn alone.
	Line string
	// Trace is what the processes of the line said.
	Trace record.Trace
	// Folder is the working folder: names below it are shown without it.
	Folder string
	// Statuses are those of the members of the last pipeline, or the last
	// member's alone; nil if they are not known.
	Statuses []int
	// Shell are the shell's own descriptors before the line ran, as far as they
	// are known.
	Shell []*record.Descriptor
	// Running holds the processes that still run, by their numbers.
	Running map[int]bool
	// Width is the number of columns that a line may have.
	Width int
	// ASCII asks for a picture in ASCII.
	ASCII bool
}

// Picture draws a command line. It returns lines that each end in a newline, or
// "" if there is nothing to draw.
func Picture(c Command) string {
	boxes := build(c)
	if len(boxes) == 0 {
		return ""
	}
	var b strings.Builder
	for _, line := range render(boxes, max(c.Width, 1), c.ASCII) {
		b.WriteString(line + "\n")
	}
	return b.String()
}

// show returns a path as a picture shows it: below the working folder by its
// way from there.
func (c Command) show(name string) string {
	if name == "" {
		return ""
	}
	clean := path.Clean(name)
	if c.Folder == "" {
		return clean
	}
	if rest, ok := strings.CutPrefix(clean, strings.TrimSuffix(path.Clean(c.Folder), "/")+"/"); ok && rest != "" {
		return rest
	}
	return clean
}
