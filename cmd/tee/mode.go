package main

import (
	"slices"
	"strings"

	"fd42.example/fd42/internal/cli"
	"fd42.example/fd42/internal/quote"
)

// A mode says what tee does when an output fails. With none, a gone reader
// kills tee, and any other failure is reported.
type mode string

const (
	warn       mode = "warn"
	warnNoPipe mode = "warn-nopipe"
	exit       mode = "exit"
	exitNoPipe mode = "exit-nopipe"
)

// exits reports whether a failure ends tee.
func (m mode) exits() bool { return m == exit || m == exitNoPipe }

// dropsGone reports whether an output whose reader is gone is let go silently.
func (m mode) dropsGone() bool { return m == warnNoPipe || m == exitNoPipe }

func (m *mode) Type() string   { return "MODE" }
func (m *mode) String() string { return string(*m) }

// Set takes a mode's name, or a beginning that no other shares.
func (m *mode) Set(value string) error {
	modes := []mode{warn, warnNoPipe, exit, exitNoPipe}
	if slices.Contains(modes, mode(value)) {
		*m = mode(value)
		return nil
	}
	var found []mode
	list := "Valid arguments are:"
	for _, valid := range modes {
		if strings.HasPrefix(string(valid), value) {
			found = append(found, valid)
		}
		list += "\n  - '" + string(valid) + "'"
	}
	trouble := "invalid"
	switch {
	case len(found) == 1:
		*m = found[0]
		return nil
	case len(found) > 1:
		trouble = "ambiguous"
	}
	return &cli.UsageError{Text: trouble + " argument " + quote.Value(value) + " for '--output-error'\n" + list}
}
