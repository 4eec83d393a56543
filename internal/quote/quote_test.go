package quote

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFile(t *testing.T) {
	for name, want := range map[string]string{
		"plain.txt":     `plain.txt`,
		"x#y~z":         `x#y~z`,
		"{a":            `{a`,
		"héé":           `héé`,
		"":              `''`,
		"{":             `'{'`,
		"}":             `'}'`,
		"#x":            `'#x'`,
		"~":             `'~'`,
		"a b":           `'a b'`,
		"a:b":           `'a:b'`,
		"it's":          `"it's"`,
		"it's]":         `"it's]"`,
		"l'été":         `"l'été"`,
		"it's{":         `'it'\''s{'`,
		`a'b"c`:         `'a'\''b"c'`,
		"a\nb":          `'a'$'\n''b'`,
		"\x1b[31m":      `''$'\033''[31m'`,
		"\xff":          `''$'\377'`,
		"\a\b\t\v\f\r":  `''$'\a\b\t\v\f\r'`,
		"a\x7f":         `'a'$'\177'`,
		"\n'":           `''$'\n'\'''`,
		"'\n":           `''\'''$'\n'`,
		"a\u00a0b":      `'a'$'\302\240''b'`, // a separator that is no space
		"a\u202eb":      `'a'$'\342\200\256''b'`,
		"\ufffd is one": `'` + "\ufffd" + ` is one'`,
	} {
		assert.Equal(t, want, File(name), "%q", name)
	}
}

func TestValue(t *testing.T) {
	for value, want := range map[string]string{
		"":       `''`,
		"5k":     `'5k'`,
		"it's":   `'it\'s'`,
		"a\nb":   `'a\nb'`,
		"a\x1bb": `'a\033b'`,
		`a\b`:    `'a\\b'`,
		"\xff":   `'\377'`,
	} {
		assert.Equal(t, want, Value(value), "%q", value)
	}
}

func TestWord(t *testing.T) {
	for word, want := range map[string]string{
		"--foo=bar":   `'--foo=bar'`,
		"--it's":      `'--it's'`,
		"--a\\b":      `'--a\b'`,
		"--\x1b[31m":  `'--\033[31m'`,
		"--ok\nagain": `'--ok\nagain'`,
	} {
		assert.Equal(t, want, Word(word), "%q", word)
	}
}

// FuzzFile holds File to its promise: bash reads back the name it was given,
// and nothing in between could move a terminal's cursor.
func FuzzFile(f *testing.F) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		f.Skip("no bash, the shell that reads $'…'")
	}
	for _, name := range []string{"a", "a b", "it's", "a\nb", "'\n'", "\xff'", "~", "{", "é\x00"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, c := range []byte(name) {
			if c == 0 {
				t.Skip("no argument holds NUL")
			}
		}
		quoted := File(name)
		assert.True(t, isPrintable(quoted), "%q", quoted)
		out, err := exec.Command(bash, "-c", "printf %s "+quoted).Output()
		require.NoError(t, err)
		assert.Equal(t, name, string(out), "quoted as %s", quoted)
	})
}
