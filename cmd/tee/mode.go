package main

import (
	"strings"

	"fd42.example/fd42/internal/cli"
	"fd42.example/fd42/internal/quote"
)

// A mode says what tee does when an output fails. Without one, a reader that has
// gone away kills tee, and any other failure is reported.
type mode string

const (
	warn       mode = "warn"
	warnNoPipe mode = "warn-nopipe"
	exit       mode = "exit"
	exitNoPipe mode = "exit-nopipe"
)

// exits reports whether a failure ends tee.
func (m mode) exits() bool { return m == exit || m == exitNoPipe }

// dropsGone reports whether an output whose reader has gone away is dropped
// silently.
func (m mode) dropsGone() bool { return m == warnNoPipe || m == exitNoPipe }

func (m *mode) Type() string   { return "MODE" }
func (m *mode) String() string { return string(*m) }

// Set takes a mode's name, or a beginning that no other shares.
func (m *mode) Set(value string) error {
	modes := []string{string(warn), string(warnNoPipe), string(exit), string(exitNoPipe)}
	found := cli.Meant(value, modes)
	if len(found) == 1 {
		*m = mode(found[0])
		return nil
	}
	trouble := "invalid"
	if len(found) > 1 {
		trouble = "ambiguous"
	}
	return &cli.UsageError{Text: trouble + " argument " + quote.Value(value) + " for '--output-error'\n" +
		"Valid arguments are:\n  - '" + strings.Join(modes, "'\n  - '") + "'"}
}
