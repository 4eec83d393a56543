package main

import (
	"fmt"
	"strconv"
	"strings"
)

type settings struct {
	runs     int
	only     []string // groups, and expressions for rows; none selects every row
	peers    []string // folders
	before   string   // the folder of an earlier build
	bin      string
	dir      string // for the inputs; empty leaves the choice open
	markdown bool
	busy     bool
	each     bool
}

func readSettings(getenv func(string) string) (settings, error) {
	list := func(name string) []string {
		return strings.FieldsFunc(getenv(name), func(r rune) bool { return r == ',' })
	}
	s := settings{
		runs: 5, only: list("ONLY"), peers: list("PEERS"),
		before: getenv("BEFORE"), bin: getenv("BIN"), dir: getenv("DIR"),
	}
	if s.bin == "" {
		s.bin = "bin"
	}
	if runs := getenv("RUNS"); runs != "" {
		var err error
		if s.runs, err = strconv.Atoi(runs); err != nil || s.runs < 1 {
			return s, fmt.Errorf("RUNS=%s: not a number of runs", runs)
		}
	}
	for _, choice := range []struct {
		name, off, on string
		chosen        *bool
	}{
		{"FORMAT", "text", "markdown", &s.markdown}, {"BUSY", "0", "1", &s.busy}, {"EACH", "0", "1", &s.each},
	} {
		switch value := getenv(choice.name); value {
		case "", choice.off:
		case choice.on:
			*choice.chosen = true
		default:
			return s, fmt.Errorf("%s=%s: %s or %s", choice.name, value, choice.off, choice.on)
		}
	}
	return s, nil
}
