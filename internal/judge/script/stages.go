package script

import (
	"cmp"
	"slices"
	"strings"
)

// A Stage is a step on the way to a whole program.
type Stage struct {
	Name  string // one word, as in the heads of the scripts
	Title string
}

// Ours is the last stage of every program: what fd42 does and nobody else is
// asked for.
const Ours = "ours"

// Programs are the programs that can be judged, in the order of the lessons.
func Programs() []string { return []string{"echo", "cat", "tee", "base64"} }

// Stages are the stages of a program, in the order in which a student builds
// them. A script in one of them needs nothing from a later one.
func Stages(program string) []Stage {
	const (
		atOnce   = "What was read is written before the next read"
		failures = "A write that fails, or takes only a part"
		reader   = "The reader has gone away"
		options  = "The command line, as POSIX and GNU have it"
		faults   = "Rarer faults: interrupted calls, errors, memory"
		signals  = "Signals end it as they end any program"
		names    = "Names and reasons in diagnostics"
		company  = "In company: shared descriptors, a terminal"
		ours     = "What fd42 does beyond that"
	)
	switch program {
	case "echo":
		return []Stage{
			{"operands", "Operands, spaces between them, and a newline"},
			{"options", "-n, and words that only look like options"},
			{"failures", failures},
			{"escapes", "-e, -E and the escapes"},
			{"posix", "POSIXLY_CORRECT"},
			{"company", company},
			{Ours, ours},
		}
	case "cat":
		return []Stage{
			{"bytes", "The bytes of one FILE come out"},
			{"status", "Several FILEs, and one that cannot be read"},
			{"loop", "Reading on to the end of file, however long"},
			{"input", "Standard input, and - for it"},
			{"close", "A thousand FILEs through one descriptor"},
			{"at-once", atOnce},
			{"failures", failures},
			{"reader", reader},
			{"numbers", "-n and -b, across block edges and FILEs"},
			{"format", "-s, -v, -E, -T and their combinations"},
			{"options", options},
			{"itself", "Input that is also the output"},
			{"faults", faults},
			{"signals", signals},
			{"names", names},
			{"company", company},
			{Ours, ours},
		}
	case "tee":
		return []Stage{
			{"copies", "Standard input to standard output and to every FILE"},
			{"at-once", atOnce},
			{"files", "FILEs are made, emptied, or appended to"},
			{"failures", "An output that fails is dropped, the others go on"},
			{"reader", reader},
			{"interrupts", "-i"},
			{"modes", "--output-error and -p"},
			{"options", options},
			{"faults", faults},
			{"signals", signals},
			{"names", names},
			{"company", company},
			{Ours, ours},
		}
	case "base64":
		return []Stage{
			{"encode", "Three bytes become four letters"},
			{"blocks", "Any length: lines, and groups across block edges"},
			{"decode", "-d, and newlines between the letters"},
			{"invalid", "Invalid input"},
			{"operands", "FILE or -, and an input that cannot be read"},
			{"failures", failures},
			{"reader", reader},
			{"options", options},
			{"faults", faults},
			{"signals", signals},
			{"names", names},
			{"company", company},
			{Ours, ours},
		}
	}
	return nil
}

// plain are behaviours that show the idea of their stage, easy ones first.
var plain = []string{
	"echo-no-newline", "echo-escape-letters", "echo-escape-octal",
	"cat-several-files", "cat-any-length", "cat-standard-input", "cat-number", "cat-number-nonblank",
	"cat-squeeze-blank", "cat-show-ends", "cat-show-tabs", "cat-show-nonprinting", "cat-input-is-output",
	"tee-file-made-or-truncated", "tee-append", "tee-write-fails", "tee-warn-modes",
	"base64-decode-invalid", "base64-decode-padding", "base64-operands",
	"all-write-error", "all-unknown-option",
}

// Plainness orders the behaviours of a stage, so that the first which fails is
// easy to understand: those of the program alone come before those of several
// programs, and the plain ones before the rest.
func Plainness(a, b Behaviour) int {
	rank := func(b Behaviour) int {
		if i := slices.Index(plain, b.Name); i >= 0 {
			return i
		}
		return len(plain)
	}
	shared := func(b Behaviour) int {
		if program, _, _ := strings.Cut(b.Name, "-"); Stages(program) != nil {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(shared(a), shared(b)), cmp.Compare(rank(a), rank(b)))
}
