// Bench measures the suite's programs against the others found on this
// machine, on what people use them for: inputs of everyday sizes and of every
// kind, many files, pipes and devices, and giants. README.md beside this file
// says what is measured, and how to read what comes out.
//
// Its settings come from the environment, where make puts what follows its
// target's name:
//
//	make bench                       everything: a quarter of an hour
//	make bench ONLY=sizes,tee        two groups
//	make bench ONLY='^base64' RUNS=9 the rows of base64, with nine runs at least
//	make bench PEERS=/opt/a,/opt/b   the programs in these folders are peers too
//	make bench BEFORE=/tmp/old/bin   an earlier build of fd42 beside them
//	make bench BUSY=1                another program keeps each core busy: it takes longer
//	make bench EACH=1                a line for each command
//	make bench FORMAT=markdown       tables for a page
//
// BIN names the folder of the programs measured, if it is not bin. DIR names a
// folder for the inputs, some 3 GB. Without it they are in memory, where that is
// known to have the room. They are removed at the end, whatever ends it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if os.Getenv(spinVariable) != "" {
		spin(os.Stdin)
	}
	// A signal ends the run and not the process, so that the inputs go too.
	ctx, stop := signal.NotifyContext(context.Background(),
		syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	// SIGPIPE does not kill either (`make bench | head`): the write that fails
	// ends the run.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	err := bench(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
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
	contenders, err := findContenders(ctx, set.bin, set.before, set.peers)
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
	empty, err := buildEmpty(ctx, dir, rows)
	if err != nil {
		return err
	}
	full, sample, err := makeLabs(dir)
	if err != nil {
		return err
	}
	if set.busy {
		stop, err := keepBusy()
		if err != nil {
			return err
		}
		defer stop()
	}
	progress := newProgress(os.Stderr)
	defer progress.clear()
	report := newReport(os.Stdout, set.markdown, contenders)
	if err := report.begin(describeMachine(set.dir), set.runs, set.busy); err != nil {
		return err
	}
	s := session{full: full, sample: sample, contenders: contenders, empty: empty,
		runs: set.runs, each: set.each, busy: set.busy, say: progress.say}
	for _, group := range runsOf(rows, func(r row) string { return r.group }) {
		progress.say("making the inputs of " + group[0].group)
		if err := errors.Join(full.supply(ctx, group), sample.supply(ctx, group)); err != nil {
			return err
		}
		progress.clear()
		if err := report.startGroup(group[0].group); err != nil {
			return err
		}
		show := func(l line) error {
			progress.clear()
			return report.add(l)
		}
		if err := s.measure(ctx, group, show); err != nil {
			return err
		}
	}
	return report.end()
}
