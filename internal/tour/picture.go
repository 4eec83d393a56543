package main

import (
	"strings"
	"syscall"

	"fd42.example/fd42/internal/tour/draw"
	"fd42.example/fd42/internal/tour/lesson"
	"fd42.example/fd42/internal/tour/record"
)

// picture draws what the descriptors of a command line did, or nothing if no
// program left a trace.
func picture(p *page, line lesson.Line, folder string) (rows []string) {
	trace := line.Trace
	if len(trace.Processes) == 0 {
		trace = record.Parse(line.Shown) // FD42_TRACE=1 sends it to the terminal
	}
	text := draw.Picture(draw.Command{
		Line: line.Typed, Trace: trace, Folder: folder, Statuses: statuses(line), Shell: line.Shell,
		Running: running(line), Width: p.width - len(margin), ASCII: p.ascii,
	})
	for row := range strings.Lines(text) {
		rows = append(rows, margin+strings.TrimSuffix(row, "\n"))
	}
	return rows
}

// statuses are those of all members of the last pipeline, or of the last.
func statuses(line lesson.Line) []int {
	if line.Statuses != nil {
		return line.Statuses
	}
	return []int{line.Status}
}

// running are the processes of a line that nobody has waited for.
func running(line lesson.Line) map[int]bool {
	found := map[int]bool{}
	for _, p := range line.Trace.Processes {
		if !p.Exited && p.Signal == "" && syscall.Kill(p.PID, 0) == nil {
			found[p.PID] = true
		}
	}
	return found
}
