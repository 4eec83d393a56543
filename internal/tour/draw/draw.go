// Package draw draws where the descriptors of a command line led.
package draw

import (
	"path"
	"slices"
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
// "" if there is nothing to draw. Without the line, processes that no pipe and
// no open file description join are drawn apart, an empty line between them.
func Picture(c Command) string {
	groups := [][]*box{build(c)}
	if c.Line == "" {
		groups = connected(groups[0])
	}
	var b strings.Builder
	for i, boxes := range groups {
		if i > 0 {
			b.WriteString("\n")
		}
		if len(boxes) == 0 {
			continue
		}
		for _, line := range render(boxes, max(c.Width, 1), c.ASCII) {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// connected groups boxes that pipes and open file descriptions join, in the
// order of their first boxes.
func connected(boxes []*box) [][]*box {
	groups := map[*box]*[]*box{}
	var order []*[]*box
	joined := map[*place]*box{}
	for _, b := range boxes {
		own := &[]*box{b}
		groups[b] = own
		order = append(order, own)
		for _, p := range slices.Concat(b.left, b.right) {
			if p.place.kind != record.File && !p.place.isPipe() {
				continue
			}
			other := joined[p.place]
			if other == nil {
				joined[p.place] = b
				continue
			}
			from, to := groups[b], groups[other]
			if from == to {
				continue
			}
			*to = append(*to, *from...)
			for _, moved := range *from {
				groups[moved] = to
			}
			*from = nil
		}
	}
	var found [][]*box
	for _, g := range order {
		if len(*g) > 0 {
			slices.SortFunc(*g, func(a, b *box) int { return slices.Index(boxes, a) - slices.Index(boxes, b) })
			found = append(found, *g)
		}
	}
	return found
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
