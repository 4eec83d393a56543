package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/tour/lesson"
	"fd42.example/fd42/internal/tour/shell"
)

// TestManualExamples types the examples of every page of the manual.
func TestManualExamples(t *testing.T) {
	for _, file := range manual(t) {
		text, line := section(t, readFile(t, file), "EXAMPLES")
		examples := transcripts(t, literalDisplay, strings.ReplaceAll(text, `\e`, `\`), line)
		require.NotEmpty(t, examples, file)
		typeInShells(t, file, examples)
	}
}

// literalDisplay finds mdoc's literal displays, as transcripts wants them.
var literalDisplay = regexp.MustCompile(`(?ms)^\.Bd -literal()[^\n]*\n(.*?)^\.Ed$`)

// TestManualOptions holds the OPTIONS and the SYNOPSIS of each page to --help,
// which is the table that the parser reads.
func TestManualOptions(t *testing.T) {
	for _, name := range programs {
		t.Run(name, func(t *testing.T) {
			page := readFile(t, "man/"+name+".1")
			help := helpOptions(t, name)
			options, _ := section(t, page, "OPTIONS")
			assert.ElementsMatch(t, help, pageOptions(options), "OPTIONS")

			synopsis, _ := section(t, page, "SYNOPSIS")
			var letters []string
			for _, cluster := range regexp.MustCompile(`Fl (\w+)`).FindAllStringSubmatch(synopsis, -1) {
				for letter := range strings.SplitSeq(cluster[1], "") {
					letters = append(letters, "-"+letter)
				}
			}
			short := slices.DeleteFunc(help, func(o string) bool { return strings.HasPrefix(o, "--") })
			assert.ElementsMatch(t, short, letters, "SYNOPSIS")
		})
	}
}

// TestManualSections holds the pages of the programs to one order.
func TestManualSections(t *testing.T) {
	want := []string{"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "ENVIRONMENT", "EXIT STATUS",
		"EXAMPLES", "DIAGNOSTICS", "SEE ALSO", "STANDARDS", "BUGS"}
	for _, name := range programs {
		var got []string
		for _, heading := range regexp.MustCompile(`(?m)^\.Sh (.*)$`).FindAllStringSubmatch(readFile(t, "man/"+name+".1"), -1) {
			got = append(got, heading[1])
		}
		assert.Equal(t, want, got, name)
	}
}

func TestManualLint(t *testing.T) {
	if _, err := exec.LookPath("mandoc"); err != nil {
		t.Skip("no mandoc here")
	}
	lint := exec.Command("mandoc", append([]string{"-T", "lint", "-W", "warning"}, manual(t)...)...)
	lint.Dir = root
	out, err := lint.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Empty(t, string(out))
}

// programs are the folders of cmd. There are none where this test binary is run
// again, by a script in a folder of its own.
var programs = func() (names []string) {
	folders, _ := filepath.Glob(filepath.Join(root, "cmd", "*"))
	for _, folder := range folders {
		names = append(names, filepath.Base(folder))
	}
	return names
}()

func TestPrograms(t *testing.T) { require.Contains(t, programs, "cat") }

// manual lists the pages, by their paths in the checkout.
func manual(t *testing.T) []string {
	files, err := filepath.Glob(filepath.Join(root, "man/*.[1-9]"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i, file := range files {
		files[i] = "man/" + filepath.Base(file)
	}
	return files
}

// readFile is the text of a file of the checkout.
func readFile(t *testing.T, path string) string {
	text, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err)
	return string(text)
}

// section is a section of an mdoc page, and the number of its first line.
func section(t *testing.T, page, name string) (text string, line int) {
	before, rest, found := strings.Cut(page, "\n.Sh "+name+"\n")
	require.True(t, found, name)
	text, _, _ = strings.Cut(rest, "\n.Sh ")
	return text + "\n", 3 + strings.Count(before, "\n")
}

// transcripts are the blocks of text that pattern finds: its first group is
// what a block needs, its second the block. Numbers that the system chooses,
// of processes, pipes and terminals, are examples of such: equal ones must come
// out equal. line is the number of text's first line.
func transcripts(t *testing.T, pattern *regexp.Regexp, text string, line int) []lesson.Block {
	chosen := regexp.MustCompile(`(\w\[|pipe |/dev/)(\d+|pts/\d+)\b`)
	var blocks []lesson.Block
	for _, at := range pattern.FindAllStringSubmatchIndex(text, -1) {
		body := chosen.ReplaceAllString(text[at[4]:at[5]], "$1‹$2›")
		steps, err := lesson.ParseTranscript(body, line+strings.Count(text[:at[4]], "\n"))
		require.NoError(t, err)
		blocks = append(blocks, lesson.Transcript{Needs: strings.Fields(text[at[2]:at[3]]), Steps: steps})
	}
	return blocks
}

// typeInShells types the transcripts of one page at bash and at sh.
func typeInShells(t *testing.T, page string, blocks []lesson.Block) {
	for _, sh := range []shell.Kind{shell.Bash(), shell.POSIX()} {
		t.Run(filepath.Base(page)+"/"+sh.Name, func(t *testing.T) {
			t.Parallel()
			typeAll(t, sh, page, blocks)
		})
	}
}

// helpOptions are the options that --help lists: "-w", "--wrap=COLS".
func helpOptions(t *testing.T, name string) []string {
	help, err := exec.Command(program(name), "--help").Output()
	require.NoError(t, err)
	var options []string
	for _, line := range regexp.MustCompile(`(?m)^ +(-\S+(?:, -\S+)?)  `).FindAllStringSubmatch(string(help), -1) {
		options = append(options, strings.Split(line[1], ", ")...)
	}
	require.NotEmpty(t, options)
	return options
}

// pageOptions are the options of an mdoc list, in the form that --help has.
func pageOptions(text string) []string {
	toHelp := strings.NewReplacer("Fl ", "-", " Ns Op = Ns Ar ", "[=", " Ns = Ns Ar ", "=")
	separate := regexp.MustCompile(` Ar \w+`) // of a letter's value, which --help leaves to the long form
	var options []string
	for _, item := range regexp.MustCompile(`(?m)^\.It (Fl .*)$`).FindAllStringSubmatch(text, -1) {
		for form := range strings.SplitSeq(item[1], " , ") {
			name, value, found := strings.Cut(separate.ReplaceAllString(toHelp.Replace(form), ""), "=")
			if found {
				name += "=" + strings.ToUpper(value)
			}
			if strings.Contains(name, "[") {
				name += "]"
			}
			options = append(options, name)
		}
	}
	return options
}
