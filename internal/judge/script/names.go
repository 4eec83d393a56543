package script

import (
	"path/filepath"
	"regexp"
	"strings"
)

// nameless takes out of messages how a program was called: what begins a line
// with a path to the program, or with its file's name, then begins with the
// plain name.
type nameless struct {
	calls []call
}

type call struct {
	any   []string       // what a text holds that needs a look
	begin *regexp.Regexp // of a line, or after Try '
	name  string
}

// newNameless is for programs in the folder bin, and files, by program, which
// are what those links lead to.
func newNameless(bin string, files map[string]string) *nameless {
	n := &nameless{}
	for _, program := range Programs() {
		forms := []string{filepath.Join(bin, program)}
		if file := files[program]; file != "" {
			forms = append(forms, file, "./"+filepath.Base(file))
			if base := filepath.Base(file); base != program {
				forms = append(forms, base)
			}
			if real, err := filepath.EvalSymlinks(file); err == nil && real != file {
				forms = append(forms, real)
			}
		}
		quoted := make([]string, len(forms))
		for i, form := range forms {
			quoted[i] = regexp.QuoteMeta(form)
		}
		n.calls = append(n.calls, call{
			any:   forms,
			begin: regexp.MustCompile(`(?m)(^|Try ')(?:` + strings.Join(quoted, "|") + `)(:| --help')`),
			name:  program,
		})
	}
	return n
}

func (n *nameless) plain(text string) string {
	for _, c := range n.calls {
		for _, form := range c.any {
			if strings.Contains(text, form) {
				text = c.begin.ReplaceAllString(text, "${1}"+c.name+"${2}")
				break
			}
		}
	}
	return text
}
