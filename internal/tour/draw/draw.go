// Package draw draws where the descriptors of a command line led. The trace of
// its processes says what the kernel did. The line says which redirections were
// typed, which commands left no trace, and which processes share an open file
// description. What neither says is left out.
//
// # The grammar
//
//	┌─ echo ─┐          ┌─ cat ──┐
//	│        1══ 3 B ══→0        1── 3 B ──→●0→3 [f]
//	└ exit 0 ┘    p1    └ exit 0 ┘
//
// A box is a process: its name above, how it ended below (exit 0, † SIGPIPE,
// running). A box of dots left no trace. The numbers at its edges are its
// descriptors: it reads from those on the left and writes to those on the right.
// Those that play no part are left out: no byte moved on them, and the command
// has no redirection for them.
//
//	── 8 B ──→   bytes to a file, a terminal or a device
//	══ 8 B ══→   bytes through a pipe; p1 or the name of a FIFO is below
//	══ 9 B ══ 4 B ══→   9 bytes went in, 4 came out
//	· · · · ·→   connected, and nothing moved
//	──→          connected, and it is not known what moved
//	══╳          the reader of the pipe has gone away
//	✕            closed
//	[f] [d/]     a file, a directory       (tty)  a terminal
//	<null>       a device or a socket      <<EOF  a here-document
//	$(…)         the shell takes the output for its line
//	●0→8         an open file description, with its offset before and after;
//	             ●0→4→8 where one process left it at 4 to the next
//
// Lines that meet before one ● share it. Two ● that meet before one name are
// two open file descriptions of one file. "append" follows the name of a file
// that was opened for appending, and a reason follows where a call failed. An
// input file that is copied has no number of bytes of its own, and none at all
// where the program complains: then the picture is of its outputs.
//
// Where the width is not enough, a chain of pipes is broken, and the name of the
// pipe stands at both ends: 1══ 3 B ══→p1 in one row, p1══→0 in a later one.
// Narrower still, lines are short, names lose their middle, and everything
// stands on the right: 0←═p1 is read, 1─3B─→(tty) is written.
//
// # How it works
//
// Take `cat nope note >all 2>&1`, where cat wrote 6 bytes of note and 37 of a
// complaint:
//
//  1. The line is read (line.go). It has one command, and the table that this
//     begins with: 0 leads where the shell's 0 leads, 1 and 2 to one place, which
//     the line opened and calls "all".
//  2. The command is matched with a process of the trace (match.go), and the
//     places learn what the trace says: "all" is a file, its offset went from 0
//     to 43. The match of one pipe's number helps to find the next process.
//  3. Boxes are built (build.go): one with two ports on the right, 1 with 6
//     bytes and 2 with 37, both at the place "all". 0 played no part. The file
//     note is left out, since cat complained.
//  4. Boxes are put into bands, from left to right along pipes, and bands below
//     each other (layout.go). Here there is one band of one box, two rows high.
//  5. All that leads from the right edges of a column of boxes is a fan
//     (fan.go). The longest line, ── 37 B ──, says where arrows stand. Two rows
//     lead to one place: so there is a joint one column before the arrow. The
//     row where bytes moved first goes on to the place.
//
// The result:
//
//	┌─ cat ──┐
//	│        1── 6 B ──┬→●0→43 [all]
//	│        2── 37 B ─┘
//	└ exit 1 ┘
//
// The picture is drawn on a grid of cells (canvas.go). If it is too wide, the
// next of some tighter settings is tried. A picture in ASCII is the same one
// with each character replaced.
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
