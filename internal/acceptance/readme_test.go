package acceptance

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestReadmeExamples types every console block of README.
func TestReadmeExamples(t *testing.T) {
	console := regexp.MustCompile("(?ms)^```console([^\n]*)\n(.*?)^```$")
	examples := transcripts(t, console, readFile(t, "README.md"), 1)
	require.NotEmpty(t, examples)
	typeInShells(t, "README.md", examples)
}

// TestReadmeBlocks lets no block escape that: what is not a console block is
// set-up.
func TestReadmeBlocks(t *testing.T) {
	setUp := regexp.MustCompile(`^(make( |$)|CGO_ENABLED=0 go install )`)
	inside := ""
	for line := range strings.Lines(readFile(t, "README.md")) {
		line = strings.TrimSuffix(line, "\n")
		fence, found := strings.CutPrefix(line, "```")
		switch {
		case found && inside == "":
			inside, _, _ = strings.Cut(fence, " ")
			assert.Contains(t, []string{"console", "sh", "picture"}, inside)
		case found:
			inside = ""
		case inside == "sh":
			assert.Regexp(t, setUp, line)
		}
	}
}

// TestReadmeOptions holds the table of programs to --help.
func TestReadmeOptions(t *testing.T) {
	readme := readFile(t, "README.md")
	for _, name := range programs {
		t.Run(name, func(t *testing.T) {
			row := regexp.MustCompile("(?m)^\\| `" + name + "` \\|.*\\|(.*)\\|$").FindStringSubmatch(readme)
			require.NotNil(t, row, "a row of the table")
			options := []string{"--help", "--version"} // the sentence below the table has these
			for _, entry := range strings.Split(row[1], ";") {
				forms := regexp.MustCompile("`(-[^`]*)`").FindStringSubmatch(entry)
				require.NotNil(t, forms, entry)
				options = append(options, strings.Split(forms[1], ", ")...)
			}
			assert.ElementsMatch(t, helpOptions(t, name), options)
		})
	}
}

// TestReadmePointers follows what README points to: targets of the Makefile,
// files and folders.
func TestReadmePointers(t *testing.T) {
	readme := readFile(t, "README.md")
	var targets []string
	for _, target := range regexp.MustCompile(`(?m)^([a-z]+):`).FindAllStringSubmatch(readFile(t, "Makefile"), -1) {
		targets = append(targets, target[1])
	}
	for _, command := range regexp.MustCompile("(?m)(?:^|`)make\\s([a-z]+)").FindAllStringSubmatch(readme, -1) {
		assert.Contains(t, targets, command[1])
	}
	for _, path := range regexp.MustCompile("`((?:cmd|internal|man|testdata|\\.ci)(?:/[a-z0-9_./]+)?)`").FindAllStringSubmatch(readme, -1) {
		_, err := os.Stat(filepath.Join(root, path[1]))
		assert.NoError(t, err)
	}
}

// TestReadmePicture holds README's picture to one that the tests of
// internal/tour/draw have drawn.
func TestReadmePicture(t *testing.T) {
	picture := regexp.MustCompile("(?ms)^```picture\n(.*?)^```$").FindStringSubmatch(readFile(t, "README.md"))
	require.NotNil(t, picture)
	assert.Contains(t, readFile(t, "internal/tour/draw/testdata/workshop-pipeline.txtar"), picture[1])
}
