package main

import (
	"bytes"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestInputs makes every input twice: they do not change, and have the size
// that they should.
func TestInputs(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, in := range inputs() {
		assert.False(t, names[in.name], in.name)
		names[in.name] = true
		block, err := in.content()
		require.NoError(t, err, in.name)
		again, err := in.content()
		require.NoError(t, err, in.name)
		require.True(t, bytes.Equal(block, again), in.name)
		if in.length > 0 {
			assert.EqualValues(t, in.length, len(block), in.name)
			continue
		}
		assert.GreaterOrEqual(t, int64(len(block)), mib, in.name)
		assert.LessOrEqual(t, int64(len(block)), 5*mib, in.name)
	}
}

// block is the content of the input of this name.
func block(t *testing.T, name string) []byte {
	i := slices.IndexFunc(inputs(), func(in input) bool { return in.name == name })
	require.GreaterOrEqual(t, i, 0, name)
	text, err := inputs()[i].content()
	require.NoError(t, err)
	return text
}

func TestLinesAreAsLongAsTheySay(t *testing.T) {
	for name, want := range map[string]int{"short": 9, "lines": 70, "coded": 77, "lines-0": 1, "lines-1": 2, "lines-20": 21, "crlf-1": 3, "tab-lines": 2} {
		for line := range bytes.Lines(block(t, name)) {
			if len(line) != want {
				require.Len(t, line, want, name)
			}
		}
	}
}

func TestBlankLinesAreAsManyAsTheySay(t *testing.T) {
	for name, reach := range map[string][2]int{"blank-1": {1, 1}, "blank-3": {3, 3}, "blank-50": {50, 50}, "blank-any": {0, 9}} {
		seen := map[int]bool{}
		blanks := -1
		for line := range bytes.Lines(block(t, name)) {
			if len(line) == 1 {
				blanks++
				continue
			}
			if blanks >= 0 {
				seen[blanks] = true
			}
			blanks = 0
		}
		assert.Len(t, seen, reach[1]-reach[0]+1, name)
		for n := range seen {
			assert.GreaterOrEqual(t, n, reach[0], name)
			assert.LessOrEqual(t, n, reach[1], name)
		}
	}
}

// TestCodedKinds holds them to what the decoder is asked: those before the
// garbage are groups, padded where they say so, and newlines.
func TestCodedKinds(t *testing.T) {
	dirty := false
	for _, k := range codedKinds() {
		text := string(block(t, k.input))
		clean := strings.ReplaceAll(text, "\n", "")
		if strings.Contains(k.name, "\\r") {
			dirty = true
		}
		assert.Equal(t, dirty, strings.ContainsAny(clean, "-_.:~ \t\r"), k.name)
		assert.Equal(t, strings.HasPrefix(k.name, "padded"), strings.Contains(text, "="), k.name)
		if dirty {
			clean = strings.Map(func(r rune) rune {
				if strings.ContainsRune("-_.:~ \t\r", r) {
					return -1
				}
				return r
			}, clean)
		}
		if strings.HasPrefix(k.name, "padded") {
			for line := range strings.Lines(text) {
				if _, err := base64.StdEncoding.DecodeString(line); err != nil {
					require.NoError(t, err, k.name)
				}
			}
			continue
		}
		_, err := io.Copy(io.Discard, base64.NewDecoder(base64.StdEncoding, strings.NewReader(clean)))
		assert.NoError(t, err, k.name)
	}
	assert.True(t, dirty)
}

// TestLab supplies one row's inputs after another's.
func TestLab(t *testing.T) {
	full, sample, err := makeLabs(t.TempDir())
	require.NoError(t, err)
	rows := []row{{line: "cat tiny small/*"}, {line: "echo $long"}, {line: "base64 -d", small: "base64 -d tiny-coded"}}
	require.NoError(t, sample.supply(t.Context(), rows))
	assert.Equal(t, "hello\n", sample.read("tiny"))
	words := sample.expand([]string{"cat", "-n", "small/*"})
	require.Len(t, words, 22)
	assert.Len(t, sample.read(words[2]), 3000)
	assert.EqualValues(t, 20*3000+6, sample.amount(rows[0]))
	assert.Len(t, sample.expand([]string{"echo", "$long"}), 21)

	require.NoError(t, sample.supply(t.Context(), rows[2:]))
	left, err := os.ReadDir(sample.dir)
	require.NoError(t, err)
	require.Len(t, left, 1)
	assert.Equal(t, "tiny-coded", left[0].Name())

	require.NoError(t, full.supply(t.Context(), []row{{line: "cat -A json"}, {line: "cat middling/*"}}))
	info, err := os.Stat(filepath.Join(full.dir, "json"))
	require.NoError(t, err)
	assert.InDelta(t, kindLength, info.Size(), float64(2*mib))
	assert.EqualValues(t, 500*100_000, full.amount(row{line: "cat middling/*"}))
	assert.Greater(t, diskNeeded([]row{{line: "cat file"}}), 2*gib)
}
