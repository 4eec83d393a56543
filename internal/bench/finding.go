package main

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// A finding is what came out of a row: of the whole process, or of what it
// takes less its start.
type finding struct {
	command string
	variant string
	measure measure
	ours    string // what our own program took
	amount  int64  // the same as a number, if the row does not time
	trouble error  // why there is nothing, if so
	scores  []score
	goals   []goal
}

// A score is how we stand against one other program.
type score struct {
	contender
	ratio   spread // how many times as fast as it we are; 0 if it has no time
	cut     bool   // it was stopped: we are at least so many times as fast
	amount  int64  // what it took, if the row does not time
	trouble error
}

// findingOf is about whole processes.
func findingOf(r row, results []result, bytes int64) finding {
	own := results[ours]
	f := finding{command: r.title(), variant: r.variant, measure: r.measure, goals: r.goals, amount: own.amount, trouble: own.trouble}
	if r.measure == speed {
		f.ours = taken(middle(own.times), bytes, own.peak)
	} else {
		f.ours = counted(own.amount, r.measure)
	}
	for _, other := range results[ours+1:] {
		s := score{contender: other.contender, cut: other.cut, amount: other.amount, trouble: other.trouble}
		switch {
		case own.trouble != nil || other.trouble != nil || r.measure != speed:
		case other.cut:
			s.ratio = exactly(other.times[0].Seconds() / middle(own.times).Seconds())
		default:
			s.ratio = spreadOf(paired(other.times, own.times))
		}
		f.scores = append(f.scores, s)
	}
	return f
}

// findingLessStart is about what processes take beyond their starts.
func findingLessStart(r row, results []result) finding {
	f := findingOf(r, results, 0)
	f.goals = r.net
	if f.trouble != nil {
		return f
	}
	own := less(results[ours].times, results[ours].starts)
	f.ours = milliseconds(own)
	for i, other := range results[ours+1:] {
		if s := &f.scores[i]; s.trouble == nil && !s.cut {
			s.ratio = exactly(less(other.times, other.starts).Seconds() / own.Seconds())
		}
	}
	return f
}

// taken is a time, the rate of the bytes in it, and the memory that took.
func taken(t time.Duration, bytes, peak int64) string {
	text := milliseconds(t)
	if bytes >= mib && t > 0 {
		text += fmt.Sprintf(", %.0f MB/s", float64(bytes)/1e6/t.Seconds())
	}
	if peak > 0 {
		text += ", " + size(peak)
	}
	return text
}

// counted is an amount in words.
func counted(n int64, m measure) string {
	switch m {
	case memory:
		return size(n)
	case faults:
		return fmt.Sprintf("%d page faults", n)
	}
	return fmt.Sprintf("%d context switches", n)
}

func milliseconds(t time.Duration) string { return fmt.Sprintf("%.2f ms", t.Seconds()*1000) }

func size(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/float64(mib)) }

// against is the score that counts against a rival: the lowest, if that may be
// one of several programs. There is none if the rival did not run.
func (f finding) against(r rival) (score, bool) {
	return f.lowest(func(s score) bool { return f.isRival(s, r) })
}

func (f finding) isRival(s score, r rival) bool {
	system := f.scores[0].label
	switch r {
	case bestPeer:
		return !s.noPeer
	case everyGNU:
		return s.isGNU() && !s.noPeer || s.label == system
	case reference:
		return s.label == system
	case earlier:
		return s.label == earlierLabel
	case emptyProgram:
		return s.label == emptyLabel
	case appending:
		return s.appends
	}
	return false
}

// lowest is the lowest of some scores that have a figure.
func (f finding) lowest(of func(score) bool) (lowest score, ok bool) {
	for _, s := range f.scores {
		if s.ratio.median > 0 && of(s) && (!ok || s.ratio.median < lowest.ratio.median) {
			lowest, ok = s, true
		}
	}
	return lowest, ok
}

// counted is the first of some scores that have an amount.
func (f finding) counted(of func(score) bool) (score, bool) {
	i := slices.IndexFunc(f.scores, func(s score) bool { return s.trouble == nil && of(s) })
	if i < 0 {
		return score{}, false
	}
	return f.scores[i], true
}

// least is the peer with the least amount.
func (f finding) least() (least score, ok bool) {
	for _, s := range f.scores {
		if f.measure != speed && s.trouble == nil && !s.noPeer && (!ok || s.amount < least.amount) {
			least, ok = s, true
		}
	}
	return least, ok
}

// reached says how far a goal is reached: 1 is just so. It is not known if the
// rival did not run.
func (f finding) reached(g goal) (part float64, known bool) {
	switch {
	case f.trouble != nil:
		return 0, true
	case g.rival != nobody:
		s, ok := f.against(g.rival)
		return rounded(s.ratio.median) / g.value, ok
	case float64(f.amount) <= g.value:
		return 1, true
	}
	return g.value / float64(f.amount), true
}

// rounded is a ratio as it is shown, so that what is shown agrees with what is
// said of it.
func rounded(ratio float64) float64 { return math.Round(ratio*100) / 100 }
