package why

import "strings"

// An option is a line of a program's --help.
type option struct {
	short, long string // with their dashes; empty if it has none
	value       bool   // the short form takes one
	meaning     string
}

// options reads the lines of help that begin with two or six blanks and a dash.
func options(help string) (found []option) {
	for line := range strings.Lines(help) {
		forms, meaning, isOption := strings.Cut(strings.TrimSpace(line), "  ")
		if !strings.HasPrefix(line, " ") || !strings.HasPrefix(forms, "-") || !isOption {
			continue
		}
		o := option{meaning: strings.TrimSpace(meaning)}
		for form := range strings.SplitSeq(forms, ", ") {
			name, _, value := strings.Cut(form, "=")
			if strings.HasPrefix(name, "--") {
				o.long = strings.TrimSuffix(name, "[")
				o.value = value && !strings.HasSuffix(name, "[")
			} else {
				o.short = name
			}
		}
		found = append(found, o)
	}
	return found
}

// about is what a program says it does: the lines between the first and the
// first empty one.
func about(help string) string {
	lines := strings.Split(help, "\n")
	var text []string
	for _, line := range lines[1:] {
		if strings.TrimSpace(line) == "" {
			break
		}
		text = append(text, line)
	}
	return strings.ToLower(strings.Join(text, " ")[:1]) + strings.Join(text, " ")[1:]
}

// known are commands outside the suite that the lessons use, and what each of
// them does.
var known = map[string]string{
	":":        "does nothing, with status 0",
	"bash":     "starts another shell",
	"cd":       "changes the folder that the shell is in",
	"chmod":    "changes who may read, write or run a file",
	"cmp":      "compares two files: status 0 if they are the same",
	"cp":       "copies a file",
	"diff":     "shows in which lines two files differ",
	"exec":     "redirects this shell itself; with a command after it, the shell becomes that program",
	"exit":     "ends the shell",
	"export":   "puts a variable into the environment of what the shell starts",
	"false":    "does nothing, with status 1",
	"grep":     "prints the lines of its input in which a text occurs",
	"head":     "prints the first lines of its input (10, or as many as -N says) and ends",
	"jobs":     "lists what this shell has started and not yet ended",
	"kill":     "sends a signal to a process",
	"less":     "shows its input a screen at a time",
	"ls":       "lists the names in a folder",
	"lsof":     "lists open files",
	"man":      "shows the manual of a command",
	"mkdir":    "makes a folder",
	"mkfifo":   "makes a pipe with a name in the file system",
	"mv":       "gives a file another name",
	"printf":   "prints its arguments by a pattern",
	"ps":       "lists processes",
	"pwd":      "prints the folder that the shell is in",
	"read":     "the shell reads one line from descriptor 0 into a variable",
	"readlink": "prints where a symbolic link leads",
	"rm":       "removes a name from a folder",
	"sed":      "edits its input line by line",
	"set":      "changes options of the shell",
	"sh":       "starts another shell; after -c, its next argument is the command line that it runs",
	"sleep":    "waits for so many seconds",
	"sort":     "sorts lines",
	"strace":   "runs a program and prints each system call that it makes",
	"stty":     "changes settings of the terminal",
	"tail":     "prints the last lines of its input; with -f it then waits for more",
	"test":     "checks a condition and says the result by its status",
	"touch":    "makes an empty file, or sets the time of one that exists",
	"true":     "does nothing, with status 0",
	"ulimit":   "shows or sets limits of this shell and of what it starts",
	"unset":    "forgets a variable",
	"wait":     "waits until what runs in the background has ended",
	"wc":       "counts lines, words and bytes",
	"yes":      "prints the same line again and again until somebody stops it",
}
