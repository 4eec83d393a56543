// Package cli reads command lines the GNU way, on pflag's flags and values:
// several short options in one word, shortened long options, options after operands,
// and diagnostics in the words that scripts look for.
//
// A program's one table of options is its pflag.FlagSet: the parser and --help
// both read it, in its order. A flag whose name is a single letter has no long
// form: pflag offers no other way to say that.
package cli

import (
	"cmp"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"fd42.example/fd42/internal/quote"
	"fd42.example/fd42/internal/stream"
	"fd42.example/fd42/internal/version"
)

// A Command is the options of a program and the text of its --help.
type Command struct {
	Name     string
	Synopsis string // what follows the name in the usage line
	About    string // a sentence or two
	Examples string // lines of "command  what it does"
	Notes    string // text after the options, if any
	Flags    *pflag.FlagSet
}

// New returns a command without options yet.
func New(name, synopsis, about, examples string) *Command {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	flags.SortFlags = false
	return &Command{Name: name, Synopsis: synopsis, About: about, Examples: examples, Flags: flags}
}

// A UsageError is an error after which the program points to --help.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

// errDone stops the parsing without a diagnostic.
var errDone = errors.New("nothing left to do")

// Parse sets the flags that args name and returns the operands, at most limit of them,
// or any number if limit is -1. If ok is false, it has written --help, --version or
// a diagnostic, and the program only has to finish.
func (c *Command) Parse(s *stream.Streams, args []string, limit int) (operands []string, ok bool) {
	c.Flags.BoolFunc("help", "display this help and exit", func(string) error {
		return cmp.Or(s.Write([]byte(c.help())), errDone)
	})
	c.Flags.BoolFunc("version", "display the version and exit", func(string) error {
		return cmp.Or(s.Write([]byte(version.Text(c.Name))), errDone)
	})
	_, posix := os.LookupEnv("POSIXLY_CORRECT")
	operands, err := c.parse(args, posix)
	if err == nil && limit >= 0 && len(operands) > limit {
		err = &UsageError{"extra operand " + quote.Value(operands[limit])}
	}
	if err == nil {
		return operands, true
	}
	if usage, ok := err.(*UsageError); ok {
		err = errors.New(usage.Text + "\nTry '" + c.Name + " --help' for more information.")
	}
	if err != errDone {
		s.Fail(err)
	}
	return nil, false
}

// parse is the loop over the words (POSIX.1-2024, XBD 12.2, and GNU's
// extensions of it). It stops at the first error.
func (c *Command) parse(args []string, posix bool) (operands []string, err error) {
	for len(args) > 0 && err == nil {
		word := args[0]
		args = args[1:]
		switch {
		case word == "--":
			return append(operands, args...), nil
		case strings.HasPrefix(word, "--"):
			args, err = c.long(word, args)
		case len(word) > 1 && word[0] == '-':
			args, err = c.cluster(word[1:], args)
		case posix:
			return append(append(operands, word), args...), nil
		default:
			operands = append(slices.Grow(operands, 1+len(args)), word) // room for all at once: no garbage is collected
		}
	}
	return operands, err
}

// cluster sets the short options of one word. The first that takes a value takes
// the rest of the word, or the next word. It returns the words left over.
func (c *Command) cluster(letters string, rest []string) ([]string, error) {
	for i := range len(letters) {
		letter, after := letters[i:i+1], letters[i+1:]
		flag := c.Flags.ShorthandLookup(letter)
		switch {
		case flag == nil:
			return nil, &UsageError{"invalid option -- " + quote.Word(letter)}
		case flag.NoOptDefVal != "": // the value of an option that is given without one
			if err := flag.Value.Set(flag.NoOptDefVal); err != nil {
				return nil, err
			}
		case after != "":
			return rest, flag.Value.Set(after)
		case len(rest) > 0:
			return rest[1:], flag.Value.Set(rest[0])
		default:
			return nil, &UsageError{"option requires an argument -- " + quote.Word(letter)}
		}
	}
	return rest, nil
}

// long sets the option of a word with two dashes and returns the words left over.
func (c *Command) long(word string, rest []string) ([]string, error) {
	name, value, hasValue := strings.Cut(word[2:], "=")
	flag, err := c.lookup(word, name)
	switch {
	case err != nil:
		return nil, err
	case hasValue && takesNone(flag):
		return nil, &UsageError{"option '--" + flag.Name + "' doesn't allow an argument"}
	case hasValue:
		return rest, flag.Value.Set(value)
	case flag.NoOptDefVal != "":
		return rest, flag.Value.Set(flag.NoOptDefVal)
	case len(rest) > 0:
		return rest[1:], flag.Value.Set(rest[0])
	}
	return nil, &UsageError{"option '--" + flag.Name + "' requires an argument"}
}

// takesNone reports whether a flag takes no value, not even an optional one.
func takesNone(flag *pflag.Flag) bool {
	b, ok := flag.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// lookup finds a long option by its name or by a beginning that no other
// shares. word is what was typed.
func (c *Command) lookup(word, name string) (*pflag.Flag, error) {
	var names []string
	c.Flags.VisitAll(func(flag *pflag.Flag) {
		if !isShortOnly(flag) {
			names = append(names, flag.Name)
		}
	})
	switch found := Meant(name, names); len(found) {
	case 0:
		return nil, &UsageError{"unrecognized option " + quote.Word(word)}
	case 1:
		return c.Flags.Lookup(found[0]), nil
	default:
		text := "option " + quote.Word(word) + " is ambiguous; possibilities:"
		for _, name := range found {
			text += " '--" + name + "'"
		}
		return nil, &UsageError{text}
	}
}

// Meant returns the names that short may stand for: every name that begins with
// it, or only the name that is equal to it.
func Meant(short string, names []string) []string {
	if slices.Contains(names, short) {
		return []string{short}
	}
	differs := func(name string) bool { return !strings.HasPrefix(name, short) }
	return slices.DeleteFunc(slices.Clone(names), differs)
}

func isShortOnly(flag *pflag.Flag) bool { return len(flag.Name) == 1 }
