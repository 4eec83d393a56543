//go:build linux

package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/judge/script"
)

// A fault is one that programs have, or a student's first ones.
type fault struct {
	name   string // of the program and what it does; testdata/broken knows it
	stage  string // in which the judge must find it, and in none before
	script string // one that finds it
}

func faults() []fault {
	return []fault{
		{"echo-separates-by-newlines", "operands", "echo-operands"},
		{"echo-loses-empty-operands", "operands", "echo-operands"},
		{"echo-has-no-options", "options", "echo-no-newline"},
		{"echo-dashes-end-options", "options", "echo-never-fails-on-an-option"},
		{"echo-refuses-unknown-options", "options", "echo-never-fails-on-an-option"},
		{"echo-ignores-write-errors", "failures", "echo-write-error"},
		{"echo-status-0-after-failure", "failures", "all-write-error"},
		{"echo-c-stops-only-its-word", "escapes", "echo-escape-c-stops"},
		{"echo-wants-a-zero-before-octal", "escapes", "echo-escape-octal"},
		{"echo-drops-unknown-backslashes", "escapes", "echo-escape-unknown-is-text"},
		{"echo-cannot-switch-escapes-off", "escapes", "echo-escapes-last-of-e-and-E"},
		{"echo-knows-no-hexadecimal", "escapes", "echo-escape-hexadecimal"},
		{"echo-knows-few-letters", "escapes", "echo-escape-letters"},
		{"echo-takes-two-octal-digits", "escapes", "echo-escape-octal-over-255"},
		{"echo-knows-no-posix", "posix", "echo-posixly-correct"},

		{"cat-text-mode", "bytes", "cat-one-file"},
		{"cat-stops-at-nul", "bytes", "cat-one-file"},
		{"cat-reads-utf-8", "bytes", "cat-one-file"},
		{"cat-loses-an-open-last-line", "bytes", "cat-one-file"},
		{"cat-ends-every-line", "bytes", "cat-one-file"},
		{"cat-reads-one-file", "status", "cat-several-files"},
		{"cat-stops-at-first-error", "status", "cat-file-fails"},
		{"cat-status-0-after-failure", "status", "all-exit-status"},
		{"cat-goes-own-ways-in-words", "status", "cat-file-fails"},
		{"cat-complains-on-standard-output", "status", "all-exit-status"},
		{"cat-reads-once", "loop", "cat-any-length"},
		{"cat-trusts-the-size", "loop", "cat-proc-and-sys-files"},
		{"cat-stops-at-long-lines", "loop", "cat-any-length"},
		{"cat-waits-for-no-writer", "loop", "cat-fifo"},
		{"cat-knows-no-dash", "input", "cat-standard-input"},
		{"cat-needs-a-file", "input", "cat-standard-input"},
		{"cat-closes-standard-input", "input", "cat-standard-input"},
		{"cat-calls-standard-input-by-another-name", "input", "cat-standard-input-is-directory"},
		{"cat-never-closes", "close", "cat-thousand-files"},
		{"cat-opens-all-first", "status", "cat-file-fails"},
		{"cat-waits-for-full-blocks", "at-once", "all-at-once"},
		{"cat-holds-back-to-the-end", "at-once", "all-at-once"},
		{"cat-buffers-its-output", "at-once", "all-at-once"},
		{"cat-ignores-short-writes", "failures", "all-short-write"},
		{"cat-ignores-write-errors", "failures", "all-write-error"},
		{"cat-reads-on-after-a-write-error", "failures", "all-write-error-ends-the-work"},
		{"cat-says-broken-pipe", "reader", "all-reader-gone"},
		{"cat-numbers-anew-for-each-file", "numbers", "cat-number-across-files"},
		{"cat-numbers-each-read", "numbers", "cat-number-outgrows-columns"},
		{"cat-numbers-the-end", "numbers", "cat-number"},
		{"cat-cuts-long-numbers", "numbers", "cat-number-outgrows-columns"},
		{"cat-pads-with-tabs", "numbers", "cat-number"},
		{"cat-options-are-goflags", "format", "cat-combined-letters"},
		{"cat-n-beats-b", "numbers", "cat-number-nonblank"},
		{"cat-buffers-numbered-lines", "numbers", "cat-follows-a-log"},
		{"cat-knows-no-u", "numbers", "cat-unbuffered-option"},
		{"cat-squeezes-each-file-by-itself", "format", "cat-squeeze-blank-across-files"},
		{"cat-squeezes-lines-of-blanks", "format", "cat-squeeze-blank"},
		{"cat-knows-no-cr", "format", "cat-show-ends-carriage-return"},
		{"cat-forgets-cr-across-reads", "format", "cat-show-ends-carriage-return-across-reads"},
		{"cat-forgets-cr-across-files", "format", "cat-show-ends-carriage-return-across-files"},
		{"cat-shows-high-bytes-raw", "format", "cat-show-nonprinting"},
		{"cat-v-shows-tabs", "format", "cat-show-nonprinting"},
		{"cat-shows-its-own-tabs", "format", "cat-show-tabs"},
		{"cat-ends-with-a-dollar", "format", "cat-show-ends"},
		{"cat-e-shows-ends-alone", "format", "cat-combined-letters"},
		{"cat-buffers-formatted-output", "format", "cat-at-once"},
		{"cat-says-errors-before-formatted-output", "format", "all-diagnostic-order"},
		{"cat-stops-at-nul-in-formatted-output", "format", "cat-options-keep-bytes"},
		{"cat-ignores-formatted-write-errors", "format", "cat-output-fails-with-options"},
		{"cat-options-end-at-first-operand", "options", "all-options-after-operands"},
		{"cat-options-are-pflags", "options", "all-equals-after-short-option"},
		{"cat-knows-no-posix", "options", "all-posixly-correct"},
		{"cat-takes-double-dash-for-a-file", "options", "all-double-dash-ends-options"},
		{"cat-works-as-it-reads-its-line", "options", "all-options-then-operands-then-files"},
		{"cat-copies-onto-itself", "itself", "cat-input-is-output"},
		{"cat-knows-files-by-name", "itself", "cat-input-is-output-links"},
		{"cat-minds-no-offsets", "itself", "cat-input-is-output-allowed"},
		{"cat-dies-on-eintr", "faults", "all-interrupted-calls"},
		{"cat-leaks-what-it-has-read", "faults", "all-memory-stays-flat"},
		{"cat-loses-what-came-before-an-error", "faults", "cat-reading-fails-midway"},
		{"cat-stops-when-nobody-hears", "faults", "all-stderr-unwritable"},
		{"cat-ignores-close-errors", "faults", "all-close-error"},
		{"cat-catches-term", "signals", "all-signals-kill"},
		{"cat-ignores-usr1", "signals", "all-signals-kill"},
		{"cat-shows-names-raw", "names", "all-file-quoted-in-diagnostic"},
		{"cat-knows-few-reasons", "names", "all-diagnostic-reasons"},
		{"cat-reads-a-terminal-once", "company", "cat-terminal"},
		{"cat-reads-standard-input-from-its-start", "itself", "cat-input-is-output-allowed"},
		{"cat-writes-at-the-start", "company", "cat-offsets"},

		{"tee-forgets-standard-output", "copies", "tee-copies-to-every-output"},
		{"tee-writes-to-the-last-file-only", "copies", "tee-copies-to-every-output"},
		{"tee-reads-once", "copies", "tee-copies-to-every-output"},
		{"tee-empties-nothing", "copies", "tee-copies-to-every-output"},
		{"tee-makes-private-files", "files", "tee-file-made-or-truncated"},
		{"tee-replaces-files", "files", "tee-file-made-or-truncated"},
		{"tee-empties-in-spite-of-a", "files", "tee-append"},
		{"tee-seeks-to-the-end-once", "files", "tee-append"},
		{"tee-takes-a-dash-for-standard-output", "files", "tee-dash-is-a-file"},
		{"tee-holds-back-to-the-end", "at-once", "tee-at-once"},
		{"tee-stops-at-the-first-failing-output", "failures", "tee-write-fails"},
		{"tee-says-an-error-at-every-write", "failures", "tee-write-fails"},
		{"tee-stops-at-a-file-that-cannot-be-opened", "failures", "tee-file-cannot-be-opened"},
		{"tee-status-0-after-failure", "failures", "all-exit-status"},
		{"tee-ignores-write-errors", "failures", "all-write-error"},
		{"tee-ignores-short-writes", "failures", "all-short-write"},
		{"tee-reads-on-without-outputs", "failures", "tee-no-outputs-left"},
		{"tee-ignores-read-errors", "failures", "tee-reading-fails"},
		{"tee-says-broken-pipe", "reader", "tee-reader-gone-no-mode"},
		{"tee-hears-interrupts", "interrupts", "tee-ignore-interrupts"},
		{"tee-knows-no-modes", "modes", "tee-reader-gone-warn"},
		{"tee-takes-every-mode-for-exit", "modes", "tee-warn-modes"},
		{"tee-takes-any-word-for-a-mode", "modes", "tee-output-error-wrong"},
		{"tee-takes-every-mode-for-warn", "modes", "tee-reader-gone-exit"},
		{"tee-takes-the-mode-from-the-next-word", "modes", "tee-output-error-without-mode"},
		{"tee-keeps-the-first-value", "modes", "tee-output-error-last-wins"},
		{"tee-wants-whole-modes", "modes", "tee-output-error-shortened"},
		{"tee-misses-a-reader-that-leaves-while-idle", "modes", "tee-reader-gone-while-idle"},
		{"tee-dies-on-eintr", "faults", "all-interrupted-calls"},
		{"tee-holds-few-files", "faults", "tee-too-many-files"},
		{"tee-writes-at-the-start", "company", "tee-offsets"},
		{"tee-ignores-close-errors", "faults", "all-close-error"},

		{"base64-has-another-alphabet", "encode", "base64-encode"},
		{"base64-leaves-out-padding", "encode", "base64-encode"},
		{"base64-leaves-the-last-line-open", "encode", "base64-encode"},
		{"base64-pads-each-read", "blocks", "base64-wrap"},
		{"base64-wraps-each-read-by-itself", "blocks", "base64-wrap"},
		{"base64-ends-even-an-endless-line", "blocks", "base64-wrap"},
		{"base64-takes-no-newlines", "decode", "base64-decode"},
		{"base64-takes-no-newlines-within-a-group", "decode", "base64-decode"},
		{"base64-decodes-each-read-by-itself", "decode", "all-data-is-bytes"},
		{"base64-skips-all-garbage", "invalid", "base64-decode-garbage"},
		{"base64-loses-what-came-before-a-fault", "invalid", "base64-decode-invalid"},
		{"base64-loses-whole-bytes-of-a-group", "invalid", "base64-decode-invalid"},
		{"base64-wants-padding-at-the-end", "invalid", "base64-decode-padding"},
		{"base64-minds-no-unused-bits", "invalid", "base64-decode-unused-bits"},
		{"base64-reads-one-file", "operands", "base64-operands"},
		{"base64-loses-what-came-before-an-error", "operands", "base64-read-error"},
		{"base64-status-0-after-failure", "invalid", "base64-decode-invalid"},
		{"base64-ignores-write-errors", "failures", "all-write-error"},
		{"base64-reads-on-after-a-write-error", "failures", "all-write-error-ends-the-work"},
		{"base64-says-broken-pipe", "reader", "all-reader-gone"},
		{"base64-options-are-goflags", "options", "all-option-clusters"},
		{"base64-options-are-pflags", "options", "all-option-argument-missing"},
		{"base64-refuses-values-with-a-dash", "options", "all-option-value-is-next-word"},
		{"base64-keeps-the-first-value", "options", "all-last-option-wins"},
		{"base64-takes-plain-digits-alone", "options", "base64-wrap-size"},
		{"base64-says-every-fault", "options", "base64-one-diagnostic"},
		{"base64-knows-no-posix", "options", "all-posixly-correct"},
		{"base64-shows-values-raw", "names", "all-value-quoted-in-diagnostic"},
		{"base64-leaks-what-it-has-read", "faults", "all-memory-stays-flat"},
	}
}

// everything says whether each broken program is asked for all behaviours of
// its stages. It takes minutes: `make broken`.
func everything() bool { return os.Getenv("EVERYTHING") != "" }

// TestBroken holds the judge to finding each fault in its stage.
func TestBroken(t *testing.T) {
	caught := newTally()
	first := firstOfEachStage()
	all := behaviours(t)
	t.Run("faults", func(t *testing.T) {
		for _, f := range faults() {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				file := breakProgram(t, f.name)
				program, _, _ := strings.Cut(f.name, "-")
				if !everything() && !first[f.name] {
					t.Skip("another fault of its stage is tried; all of them by make broken")
				}
				if !everything() {
					v := verdicts(t, newTestCourt(t, all, f.script), program, file)[f.script]
					if v.Outcome == script.Skipped {
						t.Skip(v.Reason)
					}
					assert.Equal(t, script.Failed, v.Outcome, "%s does not find it", f.script)
					return
				}
				c := newTestCourt(t, all, "")
				c.limits = script.Usual() // the broken programs are slow
				c.patience = len(c.behaviours)
				stage := ""
				d, err := c.summon(t.Context(), program, file)
				require.NoError(t, err)
				require.NoError(t, c.ask(t.Context(), d, func(s stageResult) bool {
					for _, r := range s.results {
						if r.Outcome == script.Failed {
							caught.add(r.Name)
						}
					}
					if !s.passed() && stage == "" {
						stage = s.Name
						assert.Equal(t, f.stage, s.Name, "%s fails in it", failed(s))
					}
					return stage == ""
				}))
				assert.Equal(t, f.stage, stage)
			})
		}
	})
	if everything() {
		var idle []string
		for _, b := range all {
			if b.Source != "fd42" && caught.count(b.Name) == 0 {
				idle = append(idle, b.Name)
			}
		}
		assert.Equal(t, slices.Sorted(maps.Keys(catchNothing())), idle, "scripts that find no broken program")
	}
}

// catchNothing are the scripts that find none of the broken programs, and why
// they are there all the same.
func catchNothing() map[string]string {
	return map[string]string{
		"all-write-error-full-file-system": "what could fail in it has failed in all-short-write; this is a real file system that fills up",
		"article":                          "a whole session that a person would type; each of its steps is asked for elsewhere",
	}
}

// firstOfEachStage are the faults that are tried every time.
func firstOfEachStage() map[string]bool {
	first, seen := map[string]bool{}, map[string]bool{}
	for _, f := range faults() {
		program, _, _ := strings.Cut(f.name, "-")
		if stage := program + " " + f.stage; !seen[stage] {
			seen[stage], first[f.name] = true, true
		}
	}
	return first
}

// breakProgram makes the file whose name is the fault.
func breakProgram(t *testing.T, name string) string {
	file := filepath.Join(os.Getenv(built), name)
	require.NoError(t, os.Link(filepath.Join(os.Getenv(built), "broken", "broken"), file))
	return file
}

func failed(s stageResult) (names []string) {
	for _, r := range s.results {
		if r.Outcome == script.Failed {
			names = append(names, r.Name)
		}
	}
	return names
}

// TestUnbroken: the program that has no fault passes all stages but the last.
// Otherwise its faults would prove nothing.
func TestUnbroken(t *testing.T) {
	if !everything() {
		t.Skip("it takes long: make broken")
	}
	for _, program := range script.Programs() {
		t.Run(program, func(t *testing.T) {
			c := newTestCourt(t, behaviours(t), "")
			c.limits = script.Usual()
			d, err := c.summon(t.Context(), program, breakProgram(t, program))
			require.NoError(t, err)
			require.NoError(t, c.ask(t.Context(), d, func(s stageResult) bool {
				if s.Name != script.Ours {
					assert.Empty(t, failed(s), s.Name)
				}
				return true
			}))
		})
	}
}

// A tally counts.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func newTally() *tally { return &tally{counts: map[string]int{}} }

func (t *tally) add(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts[name]++
}

func (t *tally) count(name string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.counts[name]
}
