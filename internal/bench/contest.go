package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// A contest is a row of the table for all contenders.
type contest struct {
	row          row
	full, sample lab
	patience     patience
	entrants     []contender // our own programs first, then the reference
	say          func(string)
}

const (
	ours  = 0
	model = 1 // the reference, whose output is the right one
)

// A patience is how long to go on with a row: at least so many rounds, and
// more of them while they are short.
type patience struct {
	runs         int
	budget       time.Duration // for all rounds
	settle, idle time.Duration // how a waiting program is watched
}

// A result is what one entrant reached.
type result struct {
	contender
	trouble error // why it has no numbers, if so
	times   []time.Duration
	starts  []time.Duration // beside them, if the row asks for those
	cut     bool            // too slow: the only time is one at which it was stopped
	amount  int64           // what the row counts, if it does not time
	peak    int64           // of memory in bytes; 0 if not known
}

// hold compares everyone's output on the sample, then measures.
func (c contest) hold(ctx context.Context) []result {
	results := make([]result, len(c.entrants))
	for i, entrant := range c.entrants {
		results[i].contender = entrant
	}
	c.compare(ctx, results)
	c.measure(ctx, results)
	return results
}

// again measures those anew who had a figure.
func (c contest) again(ctx context.Context, before []result) []result {
	results := slices.Clone(before)
	for i := range results {
		if !results[i].cut {
			results[i].times, results[i].starts = nil, nil
		}
	}
	c.measure(ctx, results)
	return results
}

func (c contest) measure(ctx context.Context, results []result) {
	inTurn := func(what string, do func(*result) error) {
		for i := range results {
			if r := &results[i]; r.trouble == nil {
				c.say(what + ", " + r.label)
				r.trouble = do(r)
			}
		}
	}
	switch c.row.measure {
	case memory:
		inTurn("watching", func(r *result) error { return c.watch(ctx, r) })
	case faults:
		inTurn("counting", func(r *result) error { return c.countFaults(ctx, r) })
	case switches:
		c.wait(ctx, results)
	default:
		c.race(ctx, results)
	}
}

var (
	errNoProgram = errors.New("no such program")
	errDiffers   = errors.New("different output")
)

// compare finds who does the row's work at all: writes what the model writes.
// The empty program does not and need not.
func (c contest) compare(ctx context.Context, results []result) {
	want, err := c.output(ctx, results[model])
	for i := range results {
		r := &results[i]
		switch {
		case err != nil:
			r.trouble = fmt.Errorf("%s: %w", results[model].label, err)
		case i != model && r.label != emptyLabel:
			got, err := c.output(ctx, *r)
			if err == nil && !slices.Equal(got, want) {
				err = errDiffers
			}
			r.trouble = err
		}
	}
}

// output is all that a contender's program writes when run on the sample.
func (c contest) output(ctx context.Context, r result) (written []string, err error) {
	j := c.sample.job(c.row, c.row.line, r.contender)
	if j.program == nil {
		return nil, errNoProgram
	}
	_, err = c.sample.run(ctx, j, false)
	for _, name := range outputs() {
		written = append(written, c.sample.read(name))
	}
	return written, err
}

// tooSlow is how many times as long as the slower of ours and the model a peer
// may take before it is stopped, and grace is what it may take beyond that.
const (
	tooSlow = 3
	grace   = 20 * time.Millisecond
	forever = time.Hour
)

// race runs everyone once to warm up, which stops the slow, and then in turn:
// forwards in one round, backwards in the next, so that nobody always comes
// after the same neighbour.
func (c contest) race(ctx context.Context, results []result) {
	var slower time.Duration
	for i := range results {
		r := &results[i]
		if r.trouble != nil || r.cut {
			continue
		}
		c.say("warming up, " + r.label)
		limit := forever
		if i > model {
			limit = tooSlow*slower + grace
		}
		took := c.warmUp(ctx, r, limit)
		if i <= model {
			slower = max(slower, took)
		}
	}
	begin := time.Now()
	for n := 0; c.patience.lasts(n, time.Since(begin)) && ctx.Err() == nil; n++ {
		for i := range results {
			if n%2 == 1 {
				i = len(results) - 1 - i
			}
			if r := &results[i]; r.trouble == nil && !r.cut {
				c.say(fmt.Sprintf("round %d, %s", n+1, r.label))
				r.trouble = c.timeOnce(ctx, r)
			}
		}
	}
}

// lasts says whether there is another round after so many, which took so long.
func (p patience) lasts(rounds int, took time.Duration) bool {
	const most = 20
	return rounds < p.runs || rounds < most*p.runs && took < p.budget
}

// watchedFrom is the amount from which a run is long enough for its memory to
// be watched.
const watchedFrom = 32 * mib

// warmUp stops the program at the limit, and then that is its time. One that
// has spent the time waiting for a core gets another chance, and a third.
func (c contest) warmUp(ctx context.Context, r *result, limit time.Duration) (took time.Duration) {
	for range 3 {
		limited, cancel := context.WithTimeout(ctx, limit)
		out, err := c.full.run(limited, c.full.job(c.row, c.row.line, r.contender), c.full.amount(c.row) >= watchedFrom)
		late := limited.Err() != nil && ctx.Err() == nil
		cancel()
		if !late {
			r.peak, r.trouble = out.peak, err
			return out.took
		}
		if out.worked > limit/4 {
			break
		}
	}
	r.cut, r.times = true, []time.Duration{limit}
	return limit
}

// timeOnce runs the row's command, and the start beside it.
func (c contest) timeOnce(ctx context.Context, r *result) error {
	out, err := c.full.run(ctx, c.full.job(c.row, c.row.line, r.contender), false)
	if err != nil {
		return err
	}
	r.times = append(r.times, out.took)
	if c.row.small == "" {
		return nil
	}
	out, err = c.full.run(ctx, c.full.job(c.row, c.row.small, r.contender), false)
	r.starts = append(r.starts, out.took)
	return err
}

func (c contest) watch(ctx context.Context, r *result) error {
	out, err := c.full.run(ctx, c.full.job(c.row, c.row.line, r.contender), true)
	r.amount, r.peak = out.peak, out.peak
	return err
}

// countFaults is the median of some runs: now and then a page more or less is
// touched.
func (c contest) countFaults(ctx context.Context, r *result) error {
	var counts []float64
	for range c.patience.runs {
		out, err := c.full.run(ctx, c.full.job(c.row, c.row.line, r.contender), false)
		start, startErr := c.full.run(ctx, c.full.job(c.row, c.row.small, r.contender), false)
		if err := errors.Join(err, startErr); err != nil {
			return err
		}
		counts = append(counts, float64(out.faults-start.faults))
	}
	r.amount = int64(spreadOf(counts).median)
	return nil
}

// wait watches everyone at once, as nobody does anything.
func (c contest) wait(ctx context.Context, results []result) {
	c.say("waiting")
	var all sync.WaitGroup
	for i := range results {
		if r := &results[i]; r.trouble == nil {
			j := c.full.job(c.row, c.row.line, r.contender)
			all.Go(func() {
				r.amount, r.trouble = c.full.idle(ctx, j, c.patience.settle, c.patience.idle)
			})
		}
	}
	all.Wait()
}
