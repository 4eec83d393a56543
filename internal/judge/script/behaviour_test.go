package script

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../../.."

// TestHeads: every script has a head that the judge can read, and its name
// says which program it is about.
func TestHeads(t *testing.T) {
	all, err := ReadDir(filepath.Join(root, "testdata/script"))
	require.NoError(t, err)
	for _, b := range all {
		t.Run(b.Name, func(t *testing.T) {
			assert.Regexp(t, `^\S.*\.$`, b.Is)
			assert.LessOrEqual(t, len(strings.Fields(b.Is)), 30, "a sentence of at most 30 words")
			if program, _, _ := strings.Cut(b.Name, "-"); Stages(program) != nil {
				require.Len(t, b.Stages, 1)
				assert.True(t, b.About(program))
			}
			for _, where := range b.Read {
				checkPointer(t, where)
			}
		})
	}
}

// checkPointer holds a pointer to what is in this checkout.
func checkPointer(t *testing.T, where string) {
	pointer := regexp.MustCompile(`^(?:lesson (\d+)|(\w+)\((\d)\)(?:, .+)?|POSIX .+|RFC \d+, .+)$`).FindStringSubmatch(where)
	require.NotNil(t, pointer, "%q is neither a lesson, a man page, POSIX nor an RFC", where)
	if lesson := pointer[1]; lesson != "" {
		if len(lesson) == 1 {
			lesson = "0" + lesson
		}
		pages, err := filepath.Glob(filepath.Join(root, "testdata/lessons", lesson+"-*.md"))
		require.NoError(t, err)
		assert.NotEmpty(t, pages, "there is no %s", where)
	}
	if page := pointer[2]; page == "fd42" || Stages(page) != nil {
		_, err := os.Stat(filepath.Join(root, "man", page+"."+pointer[3]))
		assert.NoError(t, err)
	}
}

// TestParse: a head that says too little is refused.
func TestParse(t *testing.T) {
	const good = "# It numbers lines. From 1.\n#\n# Stage: cat numbers, tee ours\n# Source: GNU\n# Read: cat(1); lesson 6\n\nstatus 0 cat\n"
	b := Behaviour{Stages: map[string]string{}}
	require.NoError(t, b.parse(strings.Replace(good, "tee ours", "tee modes", 1)))
	assert.Equal(t, "It numbers lines.", b.Is)
	assert.Equal(t, "From 1.", b.More)
	assert.Equal(t, map[string]string{"cat": "numbers", "tee": "modes"}, b.Stages)
	assert.Equal(t, []string{"cat(1)", "lesson 6"}, b.Read)

	for _, test := range []struct{ name, from, to, said string }{
		{"ours is not GNU's", "", "", "what fd42 alone asks for"},
		{"no such stage", "tee ours", "tee sand", `tee has no stage "sand"`},
		{"no such program", "tee ours", "dd modes", "dd has no stage"},
		{"no such source", "GNU", "BSD", "not POSIX, GNU or fd42"},
		{"no sentence", "It numbers lines. From 1.", "numbers", "must be sentences"},
		{"no fields", "#\n# Stage", "# Stage", "a line of # alone"},
		{"a field is missing", "# Source: GNU\n", "", `the fields ["Stage" "Read"]`},
		{"a field more", "# Source: GNU\n", "# Source: GNU\n# Since: 9.1\n", "Since"},
		{"no head", "# ", "", "a line of # alone"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := Behaviour{Stages: map[string]string{}}
			assert.ErrorContains(t, b.parse(strings.ReplaceAll(good, test.from, test.to)), test.said)
		})
	}
}

// TestNames: how a program was called is taken out of what it says, and nothing
// else is.
func TestNames(t *testing.T) {
	n := newNameless("/tmp/x/bin", map[string]string{"cat": "/home/me/mycat"})
	for said, plain := range map[string]string{
		"/tmp/x/bin/cat: f: No such file\n":                   "cat: f: No such file\n",
		"./mycat: f: No such file\n":                          "cat: f: No such file\n",
		"mycat: f: No such file\n":                            "cat: f: No such file\n",
		"/home/me/mycat: f: No such file\n":                   "cat: f: No such file\n",
		"text\n/tmp/x/bin/tee: g: Is a directory\n":           "text\ntee: g: Is a directory\n",
		"Try '/tmp/x/bin/cat --help' for more information.\n": "Try 'cat --help' for more information.\n",
		"cat: /tmp/x/bin/cat: No such file\n":                 "cat: /tmp/x/bin/cat: No such file\n",
		"see mycat: it is text\n":                             "see mycat: it is text\n",
		"dog: f: No such file\n":                              "dog: f: No such file\n",
	} {
		assert.Equal(t, plain, n.plain(said))
	}
}

// TestPlain: what is easy to understand comes first.
func TestPlain(t *testing.T) {
	for _, name := range plain {
		assert.FileExists(t, filepath.Join(root, "testdata/script", name+".txtar"))
	}
	var all []Behaviour
	for _, name := range []string{"all-exit-status", "all-write-error", "cat-file-fails", "cat-number", "cat-several-files"} {
		all = append(all, Behaviour{Name: name})
	}
	slices.SortStableFunc(all, Plainness)
	var names []string
	for _, b := range all {
		names = append(names, b.Name)
	}
	assert.Equal(t, []string{"cat-several-files", "cat-number", "cat-file-fails", "all-write-error", "all-exit-status"}, names)
}
