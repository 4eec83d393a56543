//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"fd42.example/fd42/internal/judge/script"
	"fd42.example/fd42/internal/peer"
)

// An implementation is a folder's programs and what came of them.
type implementation struct {
	label  string
	stages map[string][]stageResult // by program
}

// table judges this suite and the programs of folders, and writes who passes
// what: first by stage, then each behaviour that somebody fails.
func (c *court) table(ctx context.Context, dirs []string, format string, out io.Writer) error {
	if format != "" && format != "text" && format != "markdown" {
		return fmt.Errorf("FORMAT=%s: text or markdown", format)
	}
	c.patience = 20 // a table should have no holes
	var all []implementation
	for _, dir := range append([]string{c.ours}, dirs...) {
		one, err := c.implementation(ctx, dir)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	all[0].label = "fd42"
	t := newTable(format, out)
	for _, program := range script.Programs() {
		c.writeStages(t, program, all)
	}
	writeTotals(t, all)
	t.flush()
	for _, program := range script.Programs() {
		c.writeBehaviours(t, program, all)
	}
	t.flush()
	return nil
}

func (c *court) implementation(ctx context.Context, dir string) (implementation, error) {
	one := implementation{label: label(ctx, dir), stages: map[string][]stageResult{}}
	for program, file := range inFolder(dir) {
		if file == missing {
			continue
		}
		if _, err := c.stages(program); err != nil {
			continue // ONLY names no behaviour of it
		}
		d, err := c.summon(ctx, program, file)
		if err != nil {
			return one, fmt.Errorf("%s: %w", dir, err)
		}
		err = c.ask(ctx, d, func(s stageResult) bool {
			one.stages[program] = append(one.stages[program], s)
			return true
		})
		if err != nil {
			return one, err
		}
	}
	if len(one.stages) == 0 {
		return one, fmt.Errorf("PEERS: none of the programs is in %s", dir)
	}
	return one, nil
}

// stage is what came of a stage of a program.
func (i implementation) stage(program, name string) (s stageResult, found bool) {
	for _, s := range i.stages[program] {
		if s.Name == name {
			return s, true
		}
	}
	return s, false
}

func (c *court) writeStages(t *table, program string, all []implementation) {
	stages, err := c.stages(program)
	if err != nil {
		return
	}
	t.title(program, all)
	for _, stage := range stages {
		cells := []string{fmt.Sprintf("%d %s", stage.number, stage.Name)}
		for _, one := range all {
			s, found := one.stage(program, stage.Name)
			cells = append(cells, countCell(s, found))
		}
		t.row(cells)
	}
}

func countCell(s stageResult, found bool) string {
	if !found {
		return "–"
	}
	cell := fmt.Sprintf("%d of %d", s.count(script.Passed), len(s.results)-s.count(script.Skipped))
	if !s.asked {
		cell += "?"
	}
	return cell
}

// writeTotals adds up the behaviours by their source. One that several programs
// are asked for counts once for each.
func writeTotals(t *table, all []implementation) {
	t.title("all", all)
	for _, source := range []string{"POSIX", "GNU", "fd42"} {
		cells := []string{source}
		if source == "fd42" {
			cells[0] = "fd42 alone"
		}
		for _, one := range all {
			passed, asked := 0, 0
			for _, stages := range one.stages {
				for _, s := range stages {
					for _, r := range s.results {
						if r.Source != source || r.Outcome == script.Skipped {
							continue
						}
						asked++
						if r.Outcome == script.Passed {
							passed++
						}
					}
				}
			}
			cells = append(cells, fmt.Sprintf("%d of %d", passed, asked))
		}
		t.row(cells)
	}
}

func (c *court) writeBehaviours(t *table, program string, all []implementation) {
	stages, err := c.stages(program)
	if err != nil {
		return
	}
	t.title(program+", behaviours that somebody fails", all)
	for _, stage := range stages {
		for _, b := range stage.results {
			cells := []string{fmt.Sprintf("%s (%s)", b.Name, b.Source)}
			failed := false
			for _, one := range all {
				cell := "–"
				s, _ := one.stage(program, stage.Name)
				for _, r := range s.results {
					if r.Name == b.Name {
						cell = map[string]string{script.Passed: "yes", script.Failed: "no", script.Skipped: "skipped", "": "?"}[r.Outcome]
						failed = failed || r.Outcome != script.Passed
					}
				}
				cells = append(cells, cell)
			}
			if failed {
				t.row(cells)
			}
		}
	}
}

// A table is rows of cells under titles, in columns or as Markdown.
type table struct {
	out      *tabwriter.Writer
	markdown bool
}

func newTable(format string, out io.Writer) *table {
	t := &table{out: tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)}
	if t.markdown = format == "markdown"; t.markdown {
		t.out = tabwriter.NewWriter(out, 0, 8, 0, ' ', 0)
	}
	return t
}

func (t *table) title(name string, all []implementation) {
	cells := []string{name}
	for _, one := range all {
		cells = append(cells, one.label)
	}
	fmt.Fprintln(t.out)
	t.row(cells)
	if t.markdown {
		fmt.Fprintln(t.out, "|"+strings.Repeat(" --- |", len(cells)))
	}
}

func (t *table) row(cells []string) {
	if t.markdown {
		fmt.Fprintf(t.out, "| %s |\n", strings.Join(cells, " | "))
		return
	}
	fmt.Fprintln(t.out, strings.Join(cells, "\t"))
}

func (t *table) flush() { _ = t.out.Flush() }

// label asks a folder's programs who they are.
func label(ctx context.Context, dir string) string {
	name := peer.FolderName(dir)
	files := inFolder(dir)
	for _, program := range []string{"cat", "base64", "tee"} { // echo would echo the question
		if files[program] == missing {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, files[program], "--version")
		cmd.Args[0] = program
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		cmd.WaitDelay = time.Second
		answer, _ := cmd.CombinedOutput() // some answer among complaints
		return peer.Label(string(answer), name)
	}
	return name
}
