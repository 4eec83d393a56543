package main

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// render writes a report of three rows, one of each kind.
func render(t *testing.T, r *report) string {
	t.Helper()
	var out bytes.Buffer
	r.w, r.labels = &out, []string{"fd42", "GNU 9.1", "other"}
	r.begin("A machine", 3)
	require.NoError(t, r.add(row{line: "cat lines | sink", note: "lines", goal: 5}, []result{
		{label: "fd42", ratio: spread{5.25, 4.9, 10.04}, rate: 5.25e9, peak: 3 * mib},
		{label: "GNU 9.1", ratio: spread{1, 1, 1}, rate: 1e9, peak: 2 * mib},
		{label: "other", trouble: errors.New("different output")},
	}))
	require.NoError(t, r.add(row{line: "echo hi >/dev/null", kind: start, goal: 1.12}, []result{
		{label: "fd42", ratio: spread{1.2, 1.1, 1.3}, rate: 800},
		{label: "GNU 9.1", ratio: spread{0.8, 0.7, 0.9}, rate: 1250},
		{label: "other", ratio: spread{2, 2, 2}, rate: 500},
		{label: "empty Go program", ratio: spread{1, 1, 1}, rate: 1000},
	}))
	require.NoError(t, r.add(row{line: "base64 line | sink", kind: memory, goal: 12}, []result{
		{label: "fd42", peak: 12*mib + 1},
		{label: "GNU 9.1", peak: 3 * mib},
		{label: "other", peak: 24 * mib},
	}))
	require.NoError(t, r.end())
	return out.String()
}

const heading = `A machine. Medians of 3 paired runs with the lowest and the highest: times as fast as GNU 9.1; for start-up, times as long as an empty Go program.
`

const ending = `
1 of 3 goals met. Memory at most, in any row: 12.0 MiB, goal 12 MiB.
missed: echo hi >/dev/null
missed: base64 line | sink
`

func TestText(t *testing.T) {
	assert.Equal(t, heading+`
cat lines | sink, lines, goal 5
  fd42     5.25 (4.90–10.0)    5250 MB/s    3.0 MiB  ######################## met
  GNU 9.1  1.00                1000 MB/s    2.0 MiB  #####
  other    different output

echo hi >/dev/null, goal at most 1.12
  fd42              1.20 (1.10–1.30)      1.25 ms             ###############          missed
  GNU 9.1           0.80 (0.70–0.90)      0.80 ms             ########################
  other             2.00                  2.00 ms             ##########
  empty Go program  1.00                  1.00 ms             ###################

base64 line | sink, goal at most 12 MiB
  fd42                                     12.0 MiB  ############             missed
  GNU 9.1                                   3.0 MiB  ###
  other                                    24.0 MiB  ########################
`+ending, render(t, &report{}))
}

func TestMarkdown(t *testing.T) {
	assert.Equal(t, heading+`
| work | goal | fd42 | GNU 9.1 | other | memory |
| --- | --- | --- | --- | --- | --- |
| `+"`cat lines \\| sink`"+`, lines | 5 | **5.25** (4.90–10.0) met | 1000 MB/s | — | 3.0 MiB |
| `+"`echo hi >/dev/null`"+` | at most 1.12 × 1.00 ms | **1.20** (1.10–1.30) missed | 0.80 | 2.00 |  |
| `+"`base64 line \\| sink`"+` | at most 12 MiB | **12.0 MiB** missed | 3.0 MiB | 24.0 MiB | 12.0 MiB |
`+ending, render(t, &report{markdown: true}))
}

func TestBar(t *testing.T) {
	assert.Equal(t, "", bar(0, false))
	assert.Equal(t, "############", bar(0.5, false))
	assert.Equal(t, "████████████", bar(0.5, true))
	assert.Equal(t, "▍", bar(1.0/64, true))
}

// TestProgressElsewhere writes to a file, which has no line to replace.
func TestProgressElsewhere(t *testing.T) {
	assert.Zero(t, newProgress(nil))
}
