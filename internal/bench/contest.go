package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A contest is a row of the table for all contenders.
type contest struct {
	row          row
	full, sample lab
	runs         int
	entrants     []contender // our own programs and the reference first
	unit         int         // the entrant whose time the others' is measured by
	say          func(string)
}

const (
	ours  = 0
	model = 1 // the reference, whose output is the right one
)

// A result is what one entrant reached.
type result struct {
	label   string
	trouble error // why it has no numbers, if so
	times   []time.Duration
	ratio   spread  // times as fast as the unit; for starts, times as long
	rate    float64 // bytes or starts in a second
	peak    int64   // bytes of memory; 0 if not known
}

func newContest(r row, found []contender, empty contender) contest {
	c := contest{row: r, entrants: found, unit: model}
	if r.kind == start {
		c.entrants = slices.Concat(found, []contender{empty})
		c.unit = len(found)
	}
	return c
}

// hold compares everyone's output on the sample, then runs them in turn: once
// to warm up and to watch memory, then for the times. A peer that takes five
// times as long as the unit to warm up is not run again: that time counts.
func (c contest) hold(ctx context.Context) []result {
	results := make([]result, len(c.entrants))
	argv := make([][]string, len(c.entrants))
	first := make([]time.Duration, len(c.entrants))
	for i, entrant := range c.entrants {
		results[i].label = entrant.label
		argv[i] = entrant.argv(parse(c.row.line).argv)
	}
	c.compare(ctx, argv, results)
	inTurn := func(stage string, run func(i int) error) {
		for i := range results {
			if results[i].trouble == nil {
				c.say(stage + ", " + results[i].label)
				results[i].trouble = run(i)
			}
		}
	}
	inTurn("warming up", func(i int) (err error) {
		first[i], results[i].peak, err = c.full.run(ctx, c.row, argv[i], c.row.kind != start)
		return err
	})
	if c.row.kind == memory {
		return results
	}
	for round := range c.runs {
		inTurn(fmt.Sprintf("run %d of %d", round+1, c.runs), func(i int) error {
			if i > model && first[i] > 5*first[c.unit] {
				results[i].times = first[i : i+1]
				return nil
			}
			took, _, err := c.full.run(ctx, c.row, argv[i], false)
			results[i].times = append(results[i].times, took)
			return err
		})
	}
	c.summarise(results)
	return results
}

var (
	errNoProgram = errors.New("no such program")
	errDiffers   = errors.New("different output")
)

// compare finds who does the row's work at all: writes what the model writes.
// The empty program, where there is one, does not and need not.
func (c contest) compare(ctx context.Context, argv [][]string, results []result) {
	want, err := c.output(ctx, argv[model])
	for i := range results {
		if err != nil {
			results[i].trouble = fmt.Errorf("%s: %w", results[model].label, err)
		} else if i != c.unit {
			got, err := c.output(ctx, argv[i])
			if err == nil && !slices.Equal(got, want) {
				err = errDiffers
			}
			results[i].trouble = err
		}
	}
}

// output is all that a command line writes when run on the sample.
func (c contest) output(ctx context.Context, argv []string) (written []string, err error) {
	if argv == nil {
		return nil, errNoProgram
	}
	_, _, err = c.sample.run(ctx, c.row, argv, false)
	for _, name := range outputs() {
		written = append(written, c.sample.read(name))
	}
	return written, err
}

// summarise turns times into ratios and rates.
func (c contest) summarise(results []result) {
	unit := results[c.unit]
	for i := range results {
		r := &results[i]
		if r.trouble != nil || unit.trouble != nil {
			continue
		}
		work := float64(c.full.amount(c.row))
		r.ratio = spreadOf(paired(unit.times, r.times))
		if c.row.kind == start {
			work = float64(c.row.starts)
			r.ratio = spreadOf(paired(r.times, unit.times))
		}
		var seconds []float64
		for _, t := range r.times {
			seconds = append(seconds, t.Seconds())
		}
		r.rate = work / spreadOf(seconds).median
	}
}

// paired divides the times of runs that stood next to each other, as far as
// both sides have them: what slowed the machine then slowed both.
func paired(over, under []time.Duration) (ratios []float64) {
	for i := range min(len(over), len(under)) {
		ratios = append(ratios, over[i].Seconds()/under[i].Seconds())
	}
	return ratios
}

// A spread is the middle of some numbers and how far they reach.
type spread struct{ median, low, high float64 }

func spreadOf(values []float64) spread {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return spread{}
	}
	return spread{(sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[0], sorted[n-1]}
}
