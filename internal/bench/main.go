// Bench measures the suite's programs against the others found on this
// machine, on what people use them for: copying between files and pipes,
// formatting, coding, or a few bytes and no more. Its settings come from the
// environment, where make puts what follows its target's name:
//
//	make bench                       every row against every program found
//	make bench RUNS=9 ONLY=base64    nine runs of the rows with base64 in them
//	make bench PEERS=/opt/a,/opt/b   and the programs in these folders
//	make bench FORMAT=markdown       the table that README shows
//
// BIN names the folder of the programs measured, if it is not bin, and DIR
// one for the inputs, some 3 GB, if the choice made is not right: in memory
// where that is known to have the room. They are gone at the end, whatever
// ends it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

func main() {
	// A signal ends the run and not the process, so that the inputs go too.
	ctx, stop := signal.NotifyContext(context.Background(),
		syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	// Nor does a gone reader (`make bench | head`) kill: writing reports it.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	err := bench(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type settings struct {
	runs     int
	only     []string // parts of rows; none selects every row
	peers    []string // folders
	bin      string
	dir      string // for the inputs; empty leaves the choice open
	markdown bool
}

func readSettings(getenv func(string) string) (settings, error) {
	list := func(name string) []string {
		return strings.FieldsFunc(getenv(name), func(r rune) bool { return r == ',' })
	}
	s := settings{runs: 5, only: list("ONLY"), peers: list("PEERS"), bin: getenv("BIN"), dir: getenv("DIR")}
	if s.bin == "" {
		s.bin = "bin"
	}
	if runs := getenv("RUNS"); runs != "" {
		var err error
		if s.runs, err = strconv.Atoi(runs); err != nil || s.runs < 1 {
			return s, fmt.Errorf("RUNS=%s: not a number of runs", runs)
		}
	}
	switch format := getenv("FORMAT"); format {
	case "", "text", "markdown":
		s.markdown = format == "markdown"
	default:
		return s, fmt.Errorf("FORMAT=%s: text or markdown", format)
	}
	return s, nil
}

// bench does the whole run.
func bench(ctx context.Context) (err error) {
	set, err := readSettings(os.Getenv)
	if err != nil {
		return err
	}
	rows, err := choose(table(), set.only)
	if err != nil {
		return err
	}
	found, err := findContenders(ctx, set.bin, set.peers)
	if err != nil {
		return err
	}
	if set.dir == "" {
		set.dir = inputsDir(diskNeeded(rows))
	}
	dir, err := os.MkdirTemp(set.dir, "fd42-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	progress := newProgress(os.Stderr)
	defer progress.clear()
	progress.say("making the inputs")
	full, sample, err := makeLabs(ctx, dir, rows)
	if err != nil {
		return err
	}
	empty, err := buildEmpty(ctx, dir, rows)
	if err != nil {
		return err
	}
	progress.clear()
	report := newReport(os.Stdout, set.markdown, found)
	report.begin(describeMachine(set.dir), set.runs)
	for i, r := range rows {
		c := newContest(r, found, empty)
		c.full, c.sample, c.runs = full, sample, set.runs
		c.say = func(what string) {
			progress.say(fmt.Sprintf("%d of %d: %s: %s", i+1, len(rows), r.line, what))
		}
		results := c.hold(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		progress.clear()
		if err := report.add(r, results); err != nil {
			return err
		}
	}
	return report.end()
}
