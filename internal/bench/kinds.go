package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A kind is what people put through cat's options or base64's decoder. Its
// rows are one line of the report, which shows the slowest.
type kind struct {
	name  string
	input string // the name of its file
	usual bool   // what most people have, most of the time
	make  func(*rand.Rand) ([]byte, error)
}

// kindLength is what every kind is long in full.
const kindLength = 24 * mib

// catKinds are for cat's options.
func catKinds() []kind {
	return []kind{
		{"Go's own source", "go-source", true, goSource},
		{"logs", "logs", true, records(logLine)},
		{"text", "text", true, records(textLine)},
		{"UTF-8 text", "utf-8", false, records(utf8Line)},
		{"Latin-1 text", "latin-1", false, records(latin1Line)},
		{"JSON", "json", false, records(jsonLine)},
		{"tab-separated values", "tsv", false, records(separated("\t"))},
		{"comma-separated values", "csv", false, records(separated(","))},
		{"lines indented by tabs", "indented", false, records(indentedLine)},
		{"coloured logs", "coloured", false, records(colouredLine)},
		{"lines that end in \\r\\n", "crlf", false, records(ended(textLine, "\r\n"))},
		{"lines of 1 byte that end in \\r\\n", "crlf-1", false, records(linesOf(1, "\r\n"))},
		{"empty lines that end in \\r\\n", "crlf-0", false, records(linesOf(0, "\r\n"))},
		{"lines that end in \\r alone", "cr", false, records(ended(textLine, "\r"))},
		{"empty lines", "lines-0", false, records(linesOf(0, "\n"))},
		{"lines of 1 byte", "lines-1", false, records(linesOf(1, "\n"))},
		{"lines of 4 bytes", "lines-4", false, records(linesOf(4, "\n"))},
		{"lines of 20 bytes", "lines-20", false, records(linesOf(20, "\n"))},
		{"lines of 70 bytes", "lines-70", false, records(linesOf(70, "\n"))},
		{"lines of 1 MB", "lines-1m", false, records(linesOf(1_000_000, "\n"))},
		{"tabs", "tabs", false, records(always("\t"))},
		{"lines of a tab", "tab-lines", false, records(always("\t\n"))},
		{"spaces", "spaces", false, records(always(" "))},
		{"NUL bytes", "nul", false, records(always("\x00"))},
		{"bytes 0xff", "ff", false, records(always("\xff"))},
		{"random bytes", "random", false, records(randomBytes)},
		{"every other line blank", "blank-1", false, records(blanksAfter(1, 1))},
		{"two blank lines after each", "blank-2", false, records(blanksAfter(2, 2))},
		{"three blank lines after each", "blank-3", false, records(blanksAfter(3, 3))},
		{"50 blank lines after each", "blank-50", false, records(blanksAfter(50, 50))},
		{"0 to 9 blank lines after each", "blank-any", false, records(blanksAfter(0, 9))},
		{"pages of all of these", "mixed", false, mixedKinds},
	}
}

// kindRows are each of cat's options on each kind.
func kindRows() (rows []row) {
	for _, k := range catKinds() {
		for _, option := range []string{"-n", "-b", "-s", "-A", "-e", "-v", "-E", "-T", "-t"} {
			r := row{
				line:    fmt.Sprintf("cat %s %s >/dev/null", option, k.input),
				subject: k.name,
				variant: option,
				goals:   atLeast(1, everyGNU),
			}
			if k.usual && !strings.Contains("-n -b -s", option) {
				r.goals = atLeast(1.3, everyGNU)
			}
			rows = append(rows, r)
		}
	}
	return inGroup("kinds", rows)
}

// codedKinds are for base64 -d; those with more than the alphabet, padding and
// newlines need -i.
func codedKinds() []kind {
	return []kind{
		{"padded lines of 2 bytes", "coded-2", false, records(coded(2, "\n"))},
		{"padded lines of 16 bytes", "coded-16", false, records(coded(16, "\n"))},
		{"padded lines of 31 bytes", "coded-31", false, records(coded(31, "\n"))},
		{"padded lines of 47 bytes", "coded-47", false, records(coded(47, "\n"))},
		{"padded lines of 500 bytes", "coded-500", false, records(coded(500, "\n"))},
		{"padded lines of 1 to 99 bytes", "coded-any", false, records(codedOfAnyLength)},
		{"lines of 3 bytes", "coded-3", false, records(coded(3, "\n"))},
		{"lines of 48 bytes", "coded-48", false, records(coded(48, "\n"))},
		{"lines of 57 bytes", "coded-57", false, records(coded(57, "\n"))},
		{"lines of 22 letters, groups across them", "coded-across", false, records(codedAcross(22))},
		{"lines of 1 letter", "coded-letters", false, records(codedAcross(1))},
		{"one line", "coded-one", false, records(coded(57, ""))},
		{"\\r\\n after 57 bytes", "coded-crlf", false, records(coded(57, "\r\n"))},
		{"a space after 57 bytes", "coded-spaces", false, records(coded(57, " "))},
		{"indented lines", "coded-indented", false, records(coded(57, "\n    "))},
		{"garbage now and then", "coded-garbage", false, records(codedWithGarbage(500))},
		{"garbage in every line", "coded-dirty", false, records(codedWithGarbage(50))},
		{"garbage between the letters", "coded-worst", false, records(codedWithGarbage(1))},
	}
}

// codeRows are base64 both ways: at any width, and of each kind.
func codeRows() (rows []row) {
	for _, width := range []int{0, 1, 4, 19, 64, 76, 77, 1000} {
		rows = append(rows, row{line: fmt.Sprintf("base64 -w %d random >/dev/null", width), goals: atLeast(1, everyGNU)})
	}
	for i, k := range codedKinds() {
		for _, option := range []string{"-d", "-di"} {
			if option == "-d" && i >= 12 {
				continue // not without -i
			}
			r := row{
				line:    fmt.Sprintf("base64 %s %s >/dev/null", option, k.input),
				subject: "base64 -d, " + k.name,
				variant: option,
				goals:   atLeast(1, everyGNU),
			}
			if strings.HasPrefix(k.name, "padded") {
				r.goals = atLeast(2, everyGNU)
			}
			rows = append(rows, r)
		}
	}
	return inGroup("codes", rows)
}
