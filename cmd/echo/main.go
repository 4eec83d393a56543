// Echo writes its arguments to descriptor 1.
//
// It is the smallest thing a process can do with a descriptor: one write, and
// a look at whether it succeeded. POSIX gives echo no options to parse, so
// this program reads its arguments by hand, and accepts every argument.
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
Write the STRINGs to standard output, with a space between them and a newline
at the end.

  -n         do not write the newline
  -e         replace the escapes listed below
  -E         do not replace escapes (the default)
      --help     display this help and exit, if it is the only argument
      --version  display the version and exit, if it is the only argument

Escapes: \n is a newline, \t a tab and \\ a backslash. \0NNN and \NNN are the
byte with this octal number, and \xHH is the byte with this hexadecimal number.
\c ends the output at once. echo(1) explains \a \b \e \f \r \v.
If POSIXLY_CORRECT is set, echo always replaces escapes, and arguments are
options only if the first one is exactly -n.

Examples:
  echo 'Hello' > message.txt      write a line to a file
  echo -e 'one\ntwo'              write two lines
  echo 'to the error stream' >&2  write to standard error

Most shells have an echo of their own. "env echo" calls this program.
The manual is echo(1). fd42(7) explains standard streams and FD42_TRACE.
`

func run(s *stream.Streams, args []string) int {
	_, posix := os.LookupEnv("POSIXLY_CORRECT")
	var out []byte
	switch {
	case len(args) == 1 && args[0] == "--help" && !posix:
		out = []byte(help)
	case len(args) == 1 && args[0] == "--version" && !posix:
		out = []byte(version.Text(s.Program))
	default:
		out = text(args, posix)
	}
	if err := s.Write(out); err != nil {
		s.Fail(err)
	}
	return s.Finish()
}

// text is what echo writes for its arguments. If POSIXLY_CORRECT is set, options begin
// only with a first argument -n, and escapes are always replaced.
func text(args []string, posix bool) []byte {
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
	size := len(newline)
	for _, arg := range args {
		size += len(arg) + len(" ")
	}
	out := make([]byte, 0, size)
	for i, arg := range args {
		if i > 0 {
			out = append(out, ' ')
		}
		out = append(out, arg...)
	}
	out = append(out, newline...)
	if escapes { // none goes past the blank after an argument, so all can be replaced at once
		out = unescape(out)
	}
	return out
}

// isOption reports whether a word is a dash and letters of n, e and E alone.
func isOption(word string) bool {
	return len(word) > 1 && word[0] == '-' && strings.Trim(word[1:], "neE") == ""
}
