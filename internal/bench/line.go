package main

import "math"

// A line is one or several findings that the report shows together, by the
// slowest of them.
type line struct {
	code     string // a command, if it is one
	words    string
	findings []finding
}

func (l line) title() string { return l.code + l.words }

// slowest is the finding that does worst against a rival, and how.
func (l line) slowest(r rival) (finding, score, bool) {
	return l.slowestBy(func(f finding) (score, bool) { return f.against(r) })
}

// slowestAgainst is the finding that does worst against some programs.
func (l line) slowestAgainst(some func(score) bool) (finding, score, bool) {
	return l.slowestBy(func(f finding) (score, bool) {
		if f.measure != speed {
			return f.counted(some)
		}
		return f.lowest(some)
	})
}

func (l line) slowestBy(in func(finding) (score, bool)) (worst finding, against score, ok bool) {
	for _, f := range l.findings {
		if s, here := in(f); here && (!ok || s.ratio.median < against.ratio.median) {
			worst, against, ok = f, s, true
		}
	}
	return worst, against, ok
}

// furthest is the goal with this rival that is furthest from being reached.
func (l line) furthest(r rival) (of finding, furthest goal, ok bool) {
	least := math.Inf(1)
	for _, f := range l.findings {
		for _, g := range f.goals {
			if part, known := f.reached(g); known && g.rival == r && part < least {
				of, furthest, ok, least = f, g, true, part
			}
		}
	}
	return of, furthest, ok
}

// reached says whether every goal that could be put to the test is reached, and
// whether there is one.
func (l line) reached() (all, asked bool) {
	all = true
	for _, f := range l.findings {
		for _, g := range f.goals {
			if part, known := f.reached(g); known {
				asked, all = true, all && part >= 1
			}
		}
	}
	return all, asked
}

// leads says whether nothing in the line is slower than a peer, and whether
// there is a peer.
func (l line) leads() (leads, compared bool) {
	_, s, ok := l.slowest(bestPeer)
	return ok && rounded(s.ratio.median) >= 1, ok
}
