package acceptance

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestBashCompletion asks bash-completion what may follow `PROGRAM --`, as Tab
// does. It finds that in what --help prints.
func TestBashCompletion(t *testing.T) {
	const library = "/usr/share/bash-completion/bash_completion"
	if _, err := os.Stat(library); err != nil {
		t.Skip("no bash-completion here")
	}
	const tab = `
		. "$1"
		compopt() { :; } # which bash has only while it completes
		COMP_WORDS=("$2" --) COMP_CWORD=1 COMP_LINE="$2 --" COMP_POINT=$((${#2} + 3)) COMP_TYPE=9
		specification=$(complete -p "${2##*/}")
		[[ $specification =~ -F\ ([^ ]+) ]]
		"${BASH_REMATCH[1]}" "$2" -- "$2"
		printf '%s\n' "${COMPREPLY[@]}"`
	for _, name := range []string{"cat", "tee", "base64"} {
		t.Run(name, func(t *testing.T) {
			offered := strings.Fields(do(t, "", nil, "bash", "--norc", "-c", tab, "bash", library, program(name)))
			assert.Equal(t, longNames(helpOptions(t, name)), longNames(offered))
		})
	}
}

// longNames are the names of the long options among forms such as --wrap=COLS,
// each once: the descriptions name options too.
func longNames(forms []string) []string {
	var names []string
	for _, form := range forms {
		if name := regexp.MustCompile(`^--[\w-]+`).FindString(form); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
