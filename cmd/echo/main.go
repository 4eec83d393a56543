// Echo writes its arguments to descriptor 1.
//
// It is the smallest thing a process can do with a descriptor: one write, and
// a look at whether it succeeded. POSIX gives echo no options to parse, so
// this program reads its arguments by hand and fails on none of them.
//
//go:debug containermaxprocs=0
package main

import (
	"os"
	"strings"

	"fd42.example/fd42/internal/stream"
	"fd42.example/fd42/internal/version"
)

func main() { os.Exit(run(stream.Standard("echo"), os.Args[1:])) }

const help = `Usage: echo [-neE] [STRING]...
Write the STRINGs to standard output with a space between them and a newline
at the end.

  -n         leave out the newline
  -e         replace the escapes below
  -E         take backslashes as they are (this is so from the start)
      --help     display this help and exit, if it is the only argument
      --version  display the version and exit, if it is the only argument

With -e: \a \b \e \f \n \r \t \v \\ are the usual characters, \0NNN and \NNN
the byte with this octal number, \xHH the byte with this hexadecimal number;
\c ends the output at once. Where POSIXLY_CORRECT is set, escapes are always
replaced, and only a first argument of -n makes options of it and its followers.

Examples:
  echo 'Hello' > message.txt      write a line to a file
  echo -e 'one\ntwo'              write two lines
  echo 'to the error stream' >&2  write to descriptor 2

The shell's own echo may come first: "env echo" is this one. The manual is
echo(1); fd42(7) tells of standard streams and FD42_TRACE.
`

func run(s *stream.Streams, args []string) int {
	_, posix := os.LookupEnv("POSIXLY_CORRECT")
	out := ""
	switch {
	case len(args) == 1 && args[0] == "--help" && !posix:
		out = help
	case len(args) == 1 && args[0] == "--version" && !posix:
		out = version.Text(s.Program)
	default:
		out = text(args, posix)
	}
	if err := s.Write([]byte(out)); err != nil {
		s.Fail(err)
	}
	return s.Finish()
}

// text is what echo writes for its arguments.
func text(args []string, posix bool) string {
	newline, escapes := "\n", posix
	if !posix || len(args) > 0 && args[0] == "-n" {
		for len(args) > 0 && isOption(args[0]) {
			for _, letter := range args[0][1:] {
				switch letter {
				case 'n':
					newline = ""
				case 'e':
					escapes = true
				case 'E':
					escapes = posix
				}
			}
			args = args[1:]
		}
	}
	if !escapes {
		return strings.Join(args, " ") + newline
	}
	var out []byte
	for i, arg := range args {
		if i > 0 {
			out = append(out, ' ')
		}
		var stop bool
		if out, stop = unescape(out, arg); stop {
			return string(out)
		}
	}
	return string(out) + newline
}

// isOption reports whether a word is a dash and letters of n, e and E alone.
func isOption(word string) bool {
	return len(word) > 1 && word[0] == '-' && strings.Trim(word[1:], "neE") == ""
}
