package shell

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const start = "\x1b]42;N;"

// Wherever a read cuts the output, the same texts and marks come out of it.
func TestScan(t *testing.T) {
	output := "one\x1b" + start + "run; 7  cat x\n\atwo" + start + "over;3;141 3;2;/tmp/a b\r\n 7  cat x\n\a\x1b]42;M;run;\a" + start + "tour;go 7\a" +
		start + "what;\a" + start + "over;1\athree"
	for size := 1; size <= len(output); size++ {
		s := scanner{start: []byte(start)}
		var text strings.Builder
		var marks []Mark
		for rest := output; rest != ""; {
			n := min(size, len(rest))
			for _, e := range s.scan([]byte(rest[:n])) {
				text.Write(e.Text)
				if e.Mark != nil {
					marks = append(marks, *e.Mark)
				}
			}
			rest = rest[n:]
		}
		text.Write(s.rest())
		require.Equal(t, "one\x1btwo\x1b]42;M;run;\athree", text.String(), size)
		require.Equal(t, []Mark{
			{Kind: Begins, Line: "cat x"},
			{Kind: Over, Line: "cat x", Status: 3, Statuses: []int{141, 3}, Dir: "/tmp/a b", Away: "2"},
			{Kind: Word, Words: []string{"go", "7"}},
		}, marks, size)
	}
}

// What only looks like a mark is handed on, however long.
func TestScanNoMark(t *testing.T) {
	s := scanner{start: []byte(start)}
	long := start + strings.Repeat("x", 2*longestMark)
	var text strings.Builder
	for _, e := range append(s.scan([]byte(long)), s.scan([]byte("end\x1b]42"))...) {
		require.Nil(t, e.Mark)
		text.Write(e.Text)
	}
	assert.Equal(t, long+"end\x1b]42", text.String()+string(s.rest()))
}
