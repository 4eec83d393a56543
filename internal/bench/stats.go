package main

import (
	"slices"
	"time"
)

// paired divides the times of runs that stood next to each other: what slowed
// the machine then slowed both.
func paired(over, under []time.Duration) (ratios []float64) {
	for i := range min(len(over), len(under)) {
		ratios = append(ratios, over[i].Seconds()/under[i].Seconds())
	}
	return ratios
}

// resolution is the least that a process is said to have taken beyond its
// start, which is a millisecond, some more or less each time.
const resolution = 20 * time.Microsecond

// less is what the times exceed those of the starts beside them by, but
// nothing below the resolution.
func less(times, starts []time.Duration) time.Duration {
	var rest []float64
	for i := range min(len(times), len(starts)) {
		rest = append(rest, float64(times[i]-starts[i]))
	}
	return max(time.Duration(spreadOf(rest).median), resolution)
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

func middle(times []time.Duration) time.Duration {
	var values []float64
	for _, t := range times {
		values = append(values, float64(t))
	}
	return time.Duration(spreadOf(values).median)
}

// exactly is a spread of one value.
func exactly(value float64) spread { return spread{value, value, value} }
