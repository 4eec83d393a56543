package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/quote"
	"fd42.example/fd42/internal/stream/streamtest"
)

// An option of the commands under test; at most one of its names may be empty.
type option struct {
	short, long string
	value       string // "", "needed" or "optional"
}

var table = []option{
	{"b", "number-nonblank", ""},
	{"n", "number", ""},
	{"t", "", ""},
	{"w", "wrap", "needed"},
	{"", "output-error", "optional"},
	{"", "help", ""},
	{"", "version", ""},
}

// A recorder is the value of an option. It keeps what is said of it, and
// refuses the value "bad".
type recorder struct {
	option
	said *[]string
}

func (r recorder) Type() string     { return "VALUE" }
func (r recorder) String() string   { return "" }
func (r recorder) IsBoolFlag() bool { return r.value == "" }
func (r recorder) Set(value string) error {
	*r.said = append(*r.said, say(r.option, value))
	if value == "bad" {
		return errBad
	}
	return nil
}

var errBad = errors.New("a bad value")

func say(o option, value string) string { return "-" + o.short + " --" + o.long + " " + value }

// record returns a command with the first options of the table, and what will
// be said of them.
func record(options []option) (c *Command, said *[]string) {
	c, said = New("prog", "[OPTION]... [FILE]...", "Try it.", "  prog  an example\n"), new([]string)
	for _, o := range options {
		name := o.long
		if name == "" {
			name = o.short
		}
		flag := c.Flags.VarPF(recorder{o, said}, name, o.short, "the usage of "+name)
		if o.value != "needed" {
			flag.NoOptDefVal = "default"
		}
	}
	return c, said
}

func TestParse(t *testing.T) {
	const b, n, tt = "-b --number-nonblank default", "-n --number default", "-t -- default"
	w := func(value string) string { return "-w --wrap " + value }
	for _, c := range []struct {
		words    string // parted by spaces, all of which count
		said     []string
		operands []string
		posix    []string // operands under POSIXLY_CORRECT, where they differ
	}{
		{"-", nil, []string{"-"}, nil},
		{"-n", []string{n}, nil, nil},
		{"-nbt", []string{n, b, tt}, nil, nil},
		{"-nw0", []string{n, w("0")}, nil, nil},
		{"-nw 0", []string{n, w("0")}, nil, nil},
		{"-w=5", []string{w("=5")}, nil, nil},
		{"-w --", []string{w("--")}, nil, nil},
		{"-w ", []string{w("")}, nil, nil},
		{"--wrap=0", []string{w("0")}, nil, nil},
		{"--wrap 0", []string{w("0")}, nil, nil},
		{"--wrap=", []string{w("")}, nil, nil},
		{"--wrap -n", []string{w("-n")}, nil, nil},
		{"--wr=a=b", []string{w("a=b")}, nil, nil},
		{"--number", []string{n}, nil, nil},
		{"--number-", []string{b}, nil, nil},
		{"--output-error x", []string{"- --output-error default"}, []string{"x"}, nil},
		{"--out=x", []string{"- --output-error x"}, nil, nil},
		{"a -n b", []string{n}, []string{"a", "b"}, []string{"a", "-n", "b"}},
		{"a -- -n --", nil, []string{"a", "-n", "--"}, []string{"a", "--", "-n", "--"}},
		{"-- -n", nil, []string{"-n"}, nil},
		{"-n - -b", []string{n, b}, []string{"-"}, []string{"-", "-b"}},
		{"-n  -b", []string{n, b}, []string{""}, []string{"", "-b"}},
	} {
		for _, posix := range []bool{false, true} {
			command, said := record(table)
			operands, err := command.parse(strings.Split(c.words, " "), posix)
			require.NoError(t, err, "%q", c.words)
			if posix && c.posix != nil {
				assert.Equal(t, c.posix, operands, "%q, POSIXLY_CORRECT", c.words)
				continue
			}
			assert.Equal(t, c.operands, operands, "%q", c.words)
			assert.Equal(t, c.said, *said, "%q", c.words)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for words, want := range map[string]string{
		"-x":         "invalid option -- 'x'",
		"-nx":        "invalid option -- 'x'",
		"-n=1":       "invalid option -- '='",
		"-\x1b":      `invalid option -- '\033'`,
		"-é":         `invalid option -- '\303'`,
		"---":        "unrecognized option '---'",
		"--foo=bar":  "unrecognized option '--foo=bar'",
		"--a\nb":     `unrecognized option '--a\nb'`,
		"--t":        "unrecognized option '--t'", // -t has no long form
		"--n":        "option '--n' is ambiguous; possibilities: '--number-nonblank' '--number'",
		"--numb=3":   "option '--numb=3' is ambiguous; possibilities: '--number-nonblank' '--number'",
		"--=x":       "option '--=x' is ambiguous; possibilities: '--number-nonblank' '--number' '--wrap' '--output-error' '--help' '--version'",
		"-w":         "option requires an argument -- 'w'",
		"-nw":        "option requires an argument -- 'w'",
		"--wr":       "option '--wrap' requires an argument",
		"--number=":  "option '--number' doesn't allow an argument",
		"--number-=": "option '--number-nonblank' doesn't allow an argument",
	} {
		command, _ := record(table)
		_, err := command.parse([]string{"a", words}, false)
		assert.Equal(t, &UsageError{want}, err, "%q", words)
	}
	command, said := record(table)
	_, err := command.parse([]string{"-wbad", "-x"}, false)
	assert.Equal(t, errBad, err, "a bad value fails where it is met")
	assert.Equal(t, []string{"-w --wrap bad"}, *said)
}

// TestParseOutcome is what a program sees and says.
func TestParseOutcome(t *testing.T) {
	const try = "\nTry 'prog --help' for more information.\n"
	for _, c := range []struct {
		name   string
		args   []string
		most   int
		ok     bool
		stdout string // its beginning
		stderr string
	}{
		{"nothing", nil, 0, true, "", ""},
		{"operands", []string{"a", "b"}, -1, true, "", ""},
		{"enough operands", []string{"a"}, 1, true, "", ""},
		{"too many", []string{"a", "b\n", "c"}, 1, false, "", `prog: extra operand 'b\n'` + try},
		{"options are read first", []string{"a", "b", "-x"}, 1, false, "", "prog: invalid option -- 'x'" + try},
		{"a bad value", []string{"-w", "bad"}, -1, false, "", "prog: a bad value\n"},
		{"help", []string{"a", "--he", "-x"}, 0, false, "Usage: prog [OPTION]... [FILE]...\nTry it.\n", ""},
		{"version", []string{"--v"}, 0, false, "prog (fd42) ", ""},
		{"a complaint before help", []string{"-x", "--help"}, 0, false, "", "prog: invalid option -- 'x'" + try},
	} {
		t.Run(c.name, func(t *testing.T) {
			streamtest.Unset(t, "POSIXLY_CORRECT")
			command, _ := record(table[:len(table)-2])
			s := streamtest.New(t, "prog", "")
			_, ok := command.Parse(s.Streams, c.args, c.most)
			assert.Equal(t, c.ok, ok)
			status := s.Finish()
			assert.Equal(t, c.stderr != "", status == 1)
			stdout, stderr := s.Written()
			assert.True(t, strings.HasPrefix(stdout, c.stdout) && (stdout == "") == (c.stdout == ""), "%q", stdout)
			assert.Equal(t, c.stderr, stderr)
		})
	}
}

func TestParsePOSIXLYCORRECT(t *testing.T) {
	t.Setenv("POSIXLY_CORRECT", "")
	command, _ := record(table[:len(table)-2])
	operands, ok := command.Parse(streamtest.New(t, "prog", "").Streams, []string{"a", "--help"}, -1)
	assert.True(t, ok)
	assert.Equal(t, []string{"a", "--help"}, operands)
}

// TestHelpFull: a failed write of the help is an error like any other.
func TestHelpFull(t *testing.T) {
	for _, option := range []string{"--help", "--version"} {
		command, _ := record(nil)
		s := streamtest.New(t, "prog", "")
		s.WriteTo("/dev/full")
		_, ok := command.Parse(s.Streams, []string{option}, -1)
		assert.False(t, ok)
		assert.Equal(t, 1, s.Finish())
		_, stderr := s.Written()
		assert.Equal(t, "prog: write error: No space left on device\n", stderr)
	}
}

func TestHelp(t *testing.T) {
	command, _ := record(table)
	command.Notes = "Notes.\n"
	assert.Equal(t, `Usage: prog [OPTION]... [FILE]...
Try it.

  -b, --number-nonblank       the usage of number-nonblank
  -n, --number                the usage of number
  -t                          the usage of t
  -w, --wrap=VALUE            the usage of wrap
      --output-error[=VALUE]  the usage of output-error
      --help                  the usage of help
      --version               the usage of version

Notes.

Examples:
  prog  an example

The manual is prog(1). fd42(7) explains standard streams and FD42_TRACE.
`, command.help())
}

// plainParse reads words letter by letter, from left to right, as it is
// described; complaint is what would be said, without the program's name.
func plainParse(words []string, posix bool) (said, operands []string, complaint string) {
	for i := 0; i < len(words); i++ {
		word := words[i]
		dashes := len(word) - len(strings.TrimLeft(word, "-"))
		switch {
		case word == "--":
			return said, append(operands, words[i+1:]...), ""
		case dashes == 0 || word == "-":
			if posix {
				return said, append(operands, words[i:]...), ""
			}
			operands = append(operands, word)
			continue
		case dashes == 1:
			for rest := word[1:]; rest != ""; {
				letter := rest[:1]
				rest = rest[1:]
				o := find(func(o option) bool { return o.short == letter })
				value := "default"
				switch {
				case len(o) == 0:
					return said, nil, "invalid option -- " + quote.Word(letter)
				case o[0].value == "needed" && rest != "":
					value, rest = rest, ""
				case o[0].value == "needed" && i+1 == len(words):
					return said, nil, "option requires an argument -- " + quote.Word(letter)
				case o[0].value == "needed":
					i++
					value = words[i]
				}
				if said = append(said, say(o[0], value)); value == "bad" {
					return said, nil, errBad.Error()
				}
			}
			continue
		}
		name, value, given := strings.Cut(word[2:], "=")
		found := find(func(o option) bool { return o.long == name && name != "" })
		if len(found) == 0 {
			found = find(func(o option) bool { return o.long != "" && strings.HasPrefix(o.long, name) })
		}
		switch {
		case len(found) == 0:
			return said, nil, "unrecognized option " + quote.Word(word)
		case len(found) > 1:
			complaint = "option " + quote.Word(word) + " is ambiguous; possibilities:"
			for _, o := range found {
				complaint += fmt.Sprintf(" '--%s'", o.long)
			}
			return said, nil, complaint
		case given && found[0].value == "":
			return said, nil, fmt.Sprintf("option '--%s' doesn't allow an argument", found[0].long)
		case !given && found[0].value == "needed" && i+1 == len(words):
			return said, nil, fmt.Sprintf("option '--%s' requires an argument", found[0].long)
		case !given && found[0].value == "needed":
			i++
			value = words[i]
		case !given:
			value = "default"
		}
		if said = append(said, say(found[0], value)); value == "bad" {
			return said, nil, errBad.Error()
		}
	}
	return said, operands, ""
}

func find(wanted func(option) bool) (found []option) {
	for _, o := range table {
		if wanted(o) {
			found = append(found, o)
		}
	}
	return found
}

// FuzzParse holds the parser to the reference: the same options with the same
// values in the same order, the same operands, the same complaint. NUL, which
// no word holds, parts the words.
func FuzzParse(f *testing.F) {
	for _, words := range []string{
		"", "-", "--", "-n\x00a\x00-b", "-nbw\x005", "-w=5", "-w", "--wrap", "--wrap\x00--", "--wrap=bad\x00-x", "--n", "--=", "---",
		"--number=", "--numb=3", "--output-error\x00x", "--out=\x00-tn\x00--\x00-n", "-\xff\x00\x1b", "-tx", "--he", "--t",
	} {
		f.Add(words, false)
		f.Add(words, true)
	}
	f.Fuzz(func(t *testing.T, joined string, posix bool) {
		words := strings.Split(joined, "\x00")
		said, operands, complaint := plainParse(words, posix)
		command, got := record(table)
		gotOperands, err := command.parse(words, posix)
		assert.Equal(t, said, *got, "what is said")
		if complaint != "" {
			require.EqualError(t, err, complaint)
			return
		}
		require.NoError(t, err)
		assert.Equal(t, operands, gotOperands)
	})
}
