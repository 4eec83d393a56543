package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSettings(t *testing.T) {
	read := func(env map[string]string) (settings, error) {
		return readSettings(func(name string) string { return env[name] })
	}
	s, err := read(nil)
	require.NoError(t, err)
	assert.Equal(t, settings{runs: 5, bin: "bin", only: []string{}, peers: []string{}}, s)
	s, err = read(map[string]string{"RUNS": "9", "ONLY": "tee,-n", "PEERS": "/a,/b,", "BEFORE": "/c", "BIN": "x", "DIR": "y",
		"FORMAT": "markdown", "BUSY": "1", "EACH": "0"})
	require.NoError(t, err)
	assert.Equal(t, settings{runs: 9, only: []string{"tee", "-n"}, peers: []string{"/a", "/b"}, before: "/c", bin: "x", dir: "y",
		markdown: true, busy: true}, s)
	for name, value := range map[string]string{"RUNS": "0", "FORMAT": "html", "BUSY": "yes", "EACH": "2"} {
		_, err = read(map[string]string{name: value})
		assert.ErrorContains(t, err, name+"="+value)
	}
}
