package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// milli gives times in milliseconds.
func milli(numbers ...float64) (times []time.Duration) {
	for _, n := range numbers {
		times = append(times, time.Duration(n*float64(time.Millisecond)))
	}
	return times
}

// The contenders of the reports.
var (
	fd42  = contender{label: "fd42"}
	gnu   = contender{label: "GNU 9.1"}
	other = contender{label: "other"}
	older = contender{label: earlierLabel, noPeer: true}
)

// sampleLines are a line of each sort.
func sampleLines() map[string][]line {
	alone := row{line: "cat lines | sink", note: "lines", goals: []goal{{1, bestPeer}, {0.85, earlier}}}
	kind := func(option string, ours, gnus, others float64) finding {
		r := row{line: "cat " + option + " logs", subject: "logs", variant: option, goals: atLeast(1, everyGNU)}
		results := []result{
			{contender: fd42, times: milli(ours)}, {contender: gnu, times: milli(gnus)},
			{contender: other, times: milli(others)}, {contender: older, times: milli(ours)},
		}
		switch option {
		case "-A":
			results[2].trouble = errDiffers
		case "-e":
			results[2].cut = true
		}
		return findingOf(r, results, 0)
	}
	started := row{line: "cat tiny", small: "cat nothing", net: atLeast(1, reference)}
	memories := row{line: "base64 line | sink", measure: memory, goals: atMost(12 * float64(mib))}
	switching := row{line: "tail -f log | cat", measure: switches, goals: atMost(0)}
	return map[string][]line{
		"large": {{code: "cat lines | sink", words: ", lines", findings: []finding{findingOf(alone, []result{
			{contender: fd42, times: milli(10, 10, 10), peak: 3 * mib},
			{contender: gnu, times: milli(20, 25, 15)},
			{contender: other, trouble: errors.New("no")},
			{contender: older, times: milli(8, 8, 8)},
		}, 20*mib)}}},
		"kinds": {{words: "logs", findings: []finding{kind("-n", 2, 5, 4), kind("-A", 4, 2, 9), kind("-e", 1, 1.5, 3)}}},
		"sizes": {{code: "cat tiny", words: ", less the start", findings: []finding{findingLessStart(started, []result{
			{contender: fd42, times: milli(2, 2), starts: milli(1, 1)},
			{contender: gnu, times: milli(5, 5), starts: milli(2, 2)},
		})}}},
		"memory": {
			{code: "base64 line | sink", findings: []finding{findingOf(memories, []result{
				{contender: fd42, amount: 13 * mib}, {contender: gnu, amount: 3 * mib}, {contender: other, amount: 2 * mib},
				{contender: older, amount: mib},
			}, 0)}},
			{code: "tail -f log | cat", findings: []finding{findingOf(switching, []result{
				{contender: fd42}, {contender: gnu, amount: 7}, {contender: other, trouble: errors.New("no")},
			}, 0)}},
			{code: "cat broken", findings: []finding{findingOf(alone, []result{
				{contender: fd42, trouble: errors.New("exit status 1")}, {contender: gnu, times: milli(1)},
			}, 0)}},
		},
	}
}

// render writes a report of all of them.
func render(t *testing.T, markdown bool) string {
	t.Helper()
	var out bytes.Buffer
	r := newReport(&out, markdown, []contender{fd42, gnu, other, older})
	require.NoError(t, r.begin("A machine", 3, true))
	for _, group := range []string{"large", "kinds", "sizes", "memory"} {
		require.NoError(t, r.startGroup(group))
		for _, l := range sampleLines()[group] {
			require.NoError(t, r.add(l))
		}
	}
	require.NoError(t, r.end())
	return out.String()
}

const heading = "A machine; another program kept each core busy; at least 3 runs of each command.\n" + explanation + "\n"

func TestText(t *testing.T) {
	assert.Equal(t, heading+`
== large
cat lines | sink, lines                      2.00 GNU 9.1             goal 1 against the best peer: 2.00; goal 0.85 against fd42 before: 0.80
    fd42 10.00 ms, 2097 MB/s, 3.0 MiB; GNU 9.1 2.00 (1.50–2.50); fd42 before 0.80

large: 1 of 1 at least as fast as every peer, 0 of 1 reach their goals
left out: other (no) of cat lines | sink, lines

== kinds
logs                                         0.50 GNU 9.1 (-A)        goal 1 against GNU: 0.50 (-A)
    fd42 4.00 ms; GNU 9.1 0.50 (-A); other 2.00 (-n); fd42 before 1.00 (-n)

kinds: 0 of 1 at least as fast as every peer, 0 of 1 reach their goals
left out: other (different output) of cat -A logs

== sizes
cat tiny, less the start                     3.00 GNU 9.1             goal 1 against the system's: 3.00
    fd42 1.00 ms; GNU 9.1 3.00

sizes: 1 of 1 at least as fast as every peer, 1 of 1 reach their goals

== memory
base64 line | sink                           2.0 MiB other            goal at most 12.0 MiB: 13.0 MiB
    fd42 13.0 MiB; GNU 9.1 3.0 MiB; other 2.0 MiB; fd42 before 1.0 MiB
tail -f log | cat                            7 context switches GNU 9.1 goal at most 0 context switches: 0 context switches
    fd42 0 context switches; GNU 9.1 7 context switches
cat broken                                   —                        goal 1 against the best peer: not measured; goal 0.85 against fd42 before: not measured
    fd42 exit status 1

memory: 1 of 3 reach their goals
left out: other (no) of tail -f log | cat

all groups: 2 of 3 at least as fast as every peer, 2 of 6 reach their goals
below: large: cat lines | sink, lines: goal 1 against the best peer: 2.00; goal 0.85 against fd42 before: 0.80
below: kinds: logs: goal 1 against GNU: 0.50 (-A)
below: memory: base64 line | sink: goal at most 12.0 MiB: 13.0 MiB
below: memory: cat broken: goal 1 against the best peer: not measured; goal 0.85 against fd42 before: not measured
`, render(t, false))
}

func TestMarkdown(t *testing.T) {
	assert.Equal(t, heading+strings.ReplaceAll(`
### large

| work | fd42 | best peer | goal | GNU 9.1 | other | fd42 before |
| --- | --- | --- | --- | --- | --- | --- |
| CCcat lines \| sinkCC, lines | 10.00 ms, 2097 MB/s, 3.0 MiB | 2.00 GNU 9.1 | goal 1 against the best peer: 2.00; goal 0.85 against fd42 before: 0.80 | 2.00 (1.50–2.50) | — | **0.80** |

large: 1 of 1 at least as fast as every peer, 0 of 1 reach their goals
left out: other (no) of cat lines | sink, lines

### kinds

| work | fd42 | best peer | goal | GNU 9.1 | other | fd42 before |
| --- | --- | --- | --- | --- | --- | --- |
| logs | 4.00 ms | **0.50** GNU 9.1 CC-ACC | goal 1 against GNU: 0.50 CC-ACC | **0.50** CC-ACC | 2.00 CC-nCC | 1.00 CC-nCC |

kinds: 0 of 1 at least as fast as every peer, 0 of 1 reach their goals
left out: other (different output) of cat -A logs

### sizes

| work | fd42 | best peer | goal | GNU 9.1 | other | fd42 before |
| --- | --- | --- | --- | --- | --- | --- |
| CCcat tinyCC, less the start | 1.00 ms | 3.00 GNU 9.1 | goal 1 against the system's: 3.00 | 3.00 | — | — |

sizes: 1 of 1 at least as fast as every peer, 1 of 1 reach their goals

### memory

| work | fd42 | best peer | goal | GNU 9.1 | other | fd42 before |
| --- | --- | --- | --- | --- | --- | --- |
| CCbase64 line \| sinkCC | 13.0 MiB | 2.0 MiB other | goal at most 12.0 MiB: 13.0 MiB | 3.0 MiB | 2.0 MiB | 1.0 MiB |
| CCtail -f log \| catCC | 0 context switches | 7 context switches GNU 9.1 | goal at most 0 context switches: 0 context switches | 7 context switches | — | — |
| CCcat brokenCC | exit status 1 | — | goal 1 against the best peer: not measured; goal 0.85 against fd42 before: not measured | — | — | — |

memory: 1 of 3 reach their goals
left out: other (no) of tail -f log | cat

all groups: 2 of 3 at least as fast as every peer, 2 of 6 reach their goals
`, "CC", "`"), render(t, true))
}

// TestGoals holds what is said of goals to what is measured.
func TestGoals(t *testing.T) {
	lines := sampleLines()
	for name, want := range map[string][2]bool{"large": {false, true}, "kinds": {false, true}, "sizes": {true, true}, "memory": {false, true}} {
		all, asked := lines[name][0].reached()
		assert.Equal(t, want, [2]bool{all, asked}, name)
	}
	all, asked := lines["memory"][1].reached()
	assert.True(t, all && asked, "no context switch where none is allowed")
	unknown := finding{goals: atLeast(1, earlier), scores: []score{{contender: gnu, ratio: exactly(2)}}}
	_, asked = line{findings: []finding{unknown}}.reached()
	assert.False(t, asked, "nothing is asked of a rival that is not there")
	almost := finding{goals: atLeast(1, everyGNU), scores: []score{{contender: gnu, ratio: exactly(0.996)}}}
	all, _ = line{findings: []finding{almost}}.reached()
	assert.True(t, all, "shown as 1.00")
}

// TestRivals says who counts against which goal.
func TestRivals(t *testing.T) {
	newer := contender{label: "GNU 9.11"}
	f := finding{scores: []score{
		{contender: gnu, ratio: exactly(3)}, {contender: newer, ratio: exactly(2)}, {contender: other, ratio: exactly(1.5)},
		{contender: older, ratio: exactly(1)}, {contender: contender{label: emptyLabel, noPeer: true}, ratio: exactly(0.8)},
		{contender: contender{label: "GNU 9.1 with >>", noPeer: true, appends: true}, ratio: exactly(0.7)},
	}}
	for r, want := range map[rival]float64{bestPeer: 1.5, everyGNU: 2, reference: 3, earlier: 1, emptyProgram: 0.8, appending: 0.7} {
		s, ok := f.against(r)
		assert.True(t, ok, r)
		assert.Equal(t, want, s.ratio.median, r)
	}
	_, ok := f.against(nobody)
	assert.False(t, ok)
}

// TestUnlooked asks for another look at a line's slowest row and at the row
// furthest from its goal, until they have had it.
func TestUnlooked(t *testing.T) {
	of := func(command string, gnus, others, asked float64) finding {
		return finding{command: command, goals: atLeast(asked, everyGNU),
			scores: []score{{contender: gnu, ratio: exactly(gnus)}, {contender: other, ratio: exactly(others)}}}
	}
	lines := []line{{findings: []finding{of("a", 3, 2, 1), of("b", 3, 0.5, 1), of("c", 3, 2, 9)}}}
	looked := make([]bool, 3)
	var order []int
	for i, ok := unlooked(lines, looked); ok; i, ok = unlooked(lines, looked) {
		order = append(order, i)
		looked[i] = true
	}
	assert.Equal(t, []int{1, 2}, order)
}

// TestProgressElsewhere writes to a file, which has no line to replace.
func TestProgressElsewhere(t *testing.T) {
	assert.Zero(t, newProgress(nil))
}
