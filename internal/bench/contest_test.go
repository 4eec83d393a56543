package main

import (
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSpread(t *testing.T) {
	ms := time.Millisecond
	assert.Equal(t, spread{}, spreadOf(nil))
	assert.Equal(t, spread{3, 1, 9}, spreadOf([]float64{9, 1, 3}))
	assert.Equal(t, spread{2.5, 1, 9}, spreadOf([]float64{9, 1, 3, 2}))
	assert.Equal(t, []float64{2, 0.5}, paired([]time.Duration{4 * ms, 3 * ms, ms}, []time.Duration{2 * ms, 6 * ms}))
	assert.Equal(t, 3*ms, less([]time.Duration{5 * ms, 9 * ms, 4 * ms}, []time.Duration{2 * ms, 2 * ms, 2 * ms}))
	assert.Equal(t, resolution, less([]time.Duration{ms}, []time.Duration{2 * ms}))
}

func TestPatience(t *testing.T) {
	p := patience{runs: 3, budget: time.Second}
	assert.True(t, p.lasts(2, time.Hour), "at least so many runs")
	assert.False(t, p.lasts(3, time.Hour))
	assert.True(t, p.lasts(59, time.Millisecond))
	assert.False(t, p.lasts(60, time.Millisecond), "and no more than twenty times that")
}

// contestOf gives a contest over inputs that are no larger than the samples.
func contestOf(t *testing.T, r row, entrants ...contender) contest {
	t.Helper()
	full, sample, err := makeLabs(t.TempDir())
	require.NoError(t, err)
	for _, in := range needed([]row{r}) {
		in.count, in.files = 2, min(in.files, 30)
		require.NoError(t, full.fill(t.Context(), in))
		require.NoError(t, sample.fill(t.Context(), in))
	}
	return contest{
		row: r, full: full, sample: sample, entrants: entrants, say: func(string) {},
		patience: patience{runs: 3, settle: 50 * time.Millisecond, idle: 50 * time.Millisecond},
	}
}

// entrant is a contender whose cat or tee is a program of this path.
func entrant(label, path string) contender {
	return contender{label: label, programs: map[string][]string{"cat": {path}, "tee": {path}}}
}

// TestContest holds real pipelines of the system's programs against programs
// that fail them, each in its own way.
func TestContest(t *testing.T) {
	dir := t.TempDir()
	for _, r := range []row{
		{line: "src | cat | sink", source: 2 * mib},
		{line: "src | cat >copy", source: mib, write: 640},
		{line: "cat lines >/dev/null"},
		{line: "cat - <lines >copy"},
		{line: "cat 4KiB | sink", small: "cat tiny | sink"},
		{line: "cat small/* >>copy"},
		{line: "src | tee >(sink) copy >(sink) | sink", source: 2 * mib},
		{line: "cat line | sink", measure: memory},
		{line: "cat 4KiB | sink", small: "cat tiny | sink", measure: faults},
	} {
		program, err := exec.LookPath(parse(r.line).argv[0])
		require.NoError(t, err)
		c := contestOf(t, r, entrant("ours", program), entrant("reference", program),
			entrant("other", script(t, dir, "other", program+` "$@"; echo more`)),
			entrant("failing", script(t, dir, "failing", "echo 'no, thanks' >&2; exit 3")),
			contender{label: "lacking"},
			entrant(emptyLabel, script(t, dir, "empty", "")))
		results := c.hold(t.Context())
		for _, res := range results[:2] {
			require.NoError(t, res.trouble, r.line)
			if r.measure == speed {
				assert.Len(t, res.times, 3, r.line)
				assert.Equal(t, r.timesStart(), len(res.starts) == 3, r.line)
			}
		}
		assert.ErrorIs(t, results[2].trouble, errDiffers, r.line)
		assert.ErrorContains(t, results[3].trouble, "exit status 3: no, thanks", r.line)
		assert.ErrorIs(t, results[4].trouble, errNoProgram, r.line)
		assert.NotErrorIs(t, results[5].trouble, errDiffers, r.line)

		anew := c.again(t.Context(), results)
		assert.Len(t, anew[ours].times, len(results[ours].times), r.line)
		assert.ErrorIs(t, anew[2].trouble, errDiffers, r.line)
	}
}

// TestContestWithoutModel has a reference that cannot do the row's work.
func TestContestWithoutModel(t *testing.T) {
	fails := script(t, t.TempDir(), "cat", "exit 1")
	for _, res := range contestOf(t, row{line: "cat tiny >/dev/null"}, entrant("a", fails), entrant("b", fails)).hold(t.Context()) {
		assert.ErrorContains(t, res.trouble, "b: exit status 1")
	}
}

// TestContestStopsTheSlow has a peer that is right and never ends.
func TestContestStopsTheSlow(t *testing.T) {
	cat, err := exec.LookPath("cat")
	require.NoError(t, err)
	slow := script(t, t.TempDir(), "slow", `
cat "$@"
case $(wc -c <"$1") in 100000) ;; *) exec sleep 1000 ;; esac`)
	c := contestOf(t, row{line: "cat tiny >/dev/null"}, entrant("ours", cat), entrant("reference", cat), entrant("slow", slow))
	results := make([]result, len(c.entrants))
	for i := range results {
		results[i].contender = c.entrants[i]
	}
	c.race(t.Context(), results)
	require.NoError(t, results[2].trouble)
	assert.True(t, results[2].cut)
	assert.Len(t, results[2].times, 1)
	assert.False(t, results[ours].cut)
	f := findingOf(c.row, results, 6)
	s, ok := f.lowest(func(s score) bool { return s.label == "slow" })
	assert.True(t, ok && s.cut)
}

// TestIdle counts nothing for a program that waits.
func TestIdle(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("context switches are counted on Linux alone")
	}
	cat, err := exec.LookPath("cat")
	require.NoError(t, err)
	c := contestOf(t, row{line: "tail -f log | cat | sink", measure: switches}, entrant("ours", cat), entrant("reference", cat))
	for _, res := range c.hold(t.Context()) {
		require.NoError(t, res.trouble)
		assert.Zero(t, res.amount)
	}
}
