package why

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const catHelp = `Usage: cat [OPTION]... [FILE]...
Copy each FILE.

  -e                      the same as -vE
  -n, --number            number all lines
  -s, --squeeze-blank     squeeze
      --squeal            squeal
      --help              display this help and exit
`

const base64Help = `Usage: base64 [OPTION]... [FILE]
Write FILE in base64.

  -d, --decode          decode
  -w, --wrap=COLS       end lines after COLS
      --output[=MODE]   see below
`

const echoHelp = "Usage: echo [-neE] [STRING]...\nWrite the STRINGs.\n\n  -n         leave out the newline\n"

func help(program string) string {
	return map[string]string{"cat": catHelp, "base64": base64Help, "echo": echoHelp}[program]
}

// What each line's words mean, in order: a text and a part of its meaning.
func TestExplain(t *testing.T) {
	for _, test := range []struct {
		line string
		want []string
	}{
		{"cat -ne f -", []string{"cat", "copy each FILE.", "-n", "number all lines", "-e", "the same as -vE", "f", "opens itself", "-", "descriptor 0"}},
		{"cat --numb --squ --nope -x", []string{"cat", "", "--numb", "number all", "--squ", "more than one", "--nope", "does not have", "-x", "does not have"}},
		{"cat -- -n", []string{"cat", "", "--", "ends the options", "-n", "opens itself"}},
		{"base64 -dw0 --output=x f", []string{"base64", "", "-d", "decode", "-w0", "COLS", "--output=x", "see below", "f", ""}},
		{"echo -n a -n", []string{"echo", "", "-n", "leave out", "a", "echo writes it", "-n", "echo writes it"}},
		{"echo -x", []string{"echo", "", "-x", "echo writes it"}},
		{"echo hi >f", []string{"echo", "", "hi", "", ">f", "empties it: descriptor 1 leads to f"}},
		{"echo hi >>f 2>g", []string{"echo", "", "hi", "", ">>f", "at its end", "2>g", "descriptor 2 leads to g"}},
		{"cat 0<f", []string{"cat", "", "0<f", "for reading: descriptor 0"}},
		{"cat a >f 2>&1", []string{"cat", "", "a", "", ">f", "", "2>&1", "leads where 1 leads at this moment: to f"}},
		{"cat a 2>&1 >f", []string{"cat", "", "a", "", "2>&1", "at this moment: to the terminal", ">f", ""}},
		{"cat a 2>&1 | cat", []string{"cat", "", "a", "", "2>&1", "at this moment: to a pipe", "|", "both run at the same time", "cat", ""}},
		{"echo hi >&42", []string{"echo", "", "hi", "", ">&42", "to wherever the shell's own 42 leads"}},
		{"exec 42>&-", []string{"exec", "redirects this shell itself", "42>&-", "closes descriptor 42"}},
		{"exec 42<>f", []string{"exec", "", "42<>f", "for reading and writing"}},
		{"{ read -r x; cat; } <f", []string{"{ }", "this same shell", "read", "one line from descriptor 0", "-r", "", "x", "", ";", "then", "cat", "", "<f", "for reading"}},
		{"(echo hi; cat) &", []string{"( )", "new process", "echo", "", "hi", "", ";", "", "cat", "", "&", "does not wait"}},
		{"true && false || ! true", []string{"true", "", "&&", "only if the status before it is 0", "false", "", "||", "not 0", "!", "turns", "true", ""}},
		{"A=1; B=2 cat", []string{"A=1", "no program runs", ";", "", "B=2", "sets a variable for this one command", "cat", ""}},
		{"env echo x", []string{"env", "finds the program in PATH", "echo", "write the", "x", ""}},
		{"echo 'a b' \"c $d\" *", []string{"echo", "", "'a b'", "changes nothing", `"c $d"`, "the value of $d", "*", "names of files"}},
		{"cat <(true)", []string{"cat", "", "<(true)", "makes a pipe"}},
		{"echo $(true) a\\ b", []string{"echo", "", "$(true)", "replaced by what", `a\ b`, "next character"}},
		{"frobnicate -n", []string{"frobnicate", "`man frobnicate` may know", "-n", "an argument"}},
		{"$x y", []string{"$x", "works out this word first", "y", ""}},
		{"cat &>f", []string{"cat", "", "&>f", "both lead to f"}},
		{"cat <<<hi", []string{"cat", "", "<<<hi", "this text"}},
		{"while true; do :; done", []string{"while … done", "while the command before do", "true", "", "do", "", ":", "does nothing"}},
		{"for x in a b; do cat $x; done >f", []string{"for … done", "once for each word", "cat", "", "$x", "", ">f", "empties"}},
		{"if true; then cat; fi", []string{"if …", "does not go into"}},
		{"echo 'x", []string{"echo 'x", "cannot read this"}},
	} {
		t.Run(test.line, func(t *testing.T) {
			parts := Explain(test.line, true, help)
			var texts, want []string
			for _, p := range parts {
				texts = append(texts, p.Text)
			}
			for i := 0; i < len(test.want); i += 2 {
				want = append(want, test.want[i])
			}
			assert.Equal(t, want, texts)
			for i, p := range parts {
				if 2*i+1 < len(test.want) {
					assert.Contains(t, p.Meaning, test.want[2*i+1], p.Text)
				}
			}
		})
	}
}

// Whatever is typed has an explanation, or the word that there is none.
func TestExplainAnything(t *testing.T) {
	for _, line := range []string{"", " ", ";", "|", "&&", "<", ">", ">&", "2>&1", "'", "\"", "$(", "{", "}", "(", "é 'ü' >ß", "if", "a | b | c |", "f() { :; }; f",
		"case x in x) ;; esac", "cat <<E\nx\nE", "echo\x00", strings.Repeat("(", 200), "[[ a = b ]]", "((1+1))", "a=(1 2)", "coproc cat", "time cat", "echo {a,b}", "> f", "<f cat", "cat <f | { cat; } 2>&1"} {
		for _, bash := range []bool{true, false} {
			assert.NotPanics(t, func() { Explain(line, bash, help) }, "%q", line)
		}
	}
}
