package lesson

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/tour/record"
)

const sampleExercise = `setup echo x >f
needs linux
goal  file list "first\n"
goal  status 0
done  The ` + "`echo`" + ` did it.
wrong It is empty.
  if  file list ""
  $   echo -n >list
  $   cat
  keys a‹Enter›
  keys ‹Ctrl-D›
hint  one
hint  two
hint  three
`

func TestParseExercise(t *testing.T) {
	e, err := ParseExercise(sampleExercise, 10)
	require.NoError(t, err)
	assert.Equal(t, []string{"echo x >f"}, e.Setup)
	assert.Equal(t, []string{"linux"}, e.Needs)
	assert.Len(t, e.Goals, 2)
	assert.Equal(t, []Span{{"The ", Plain}, {"echo", Code}, {" did it.", Plain}}, e.Done)
	require.Len(t, e.Wrong, 1)
	assert.Equal(t, []Step{{17, "echo -n >list", ""}, {18, "cat", "a‹Enter›\n‹Ctrl-D›\n"}}, e.Wrong[0].Steps)
	assert.Len(t, e.Hints, 3)
}

func TestParseExerciseRefuses(t *testing.T) {
	for _, test := range []struct{ from, to, want string }{
		{"done", "dome", `14: an exercise has no "dome"`},
		{"done  The `echo` did it.\n", "", "10: an exercise says what was done"},
		{"hint  one\n", "", "10: an exercise has 3 hints, not 2"},
		{"  $   echo -n >list\n  $   cat\n", "", "keys belong under a command"},
		{"  if  file list \"\"\n", "", "10: a wrong way needs a fact and a command: It is empty."},
		{"wrong It is empty.\n", "", `"if" belongs under a wrong way`},
		{"goal  status 0", "goal", `nothing after "goal"`},
		{"status 0", "status x", `13: fact "status x": "x" is no number`},
	} {
		_, err := ParseExercise(strings.Replace(sampleExercise, test.from, test.to, 1), 10)
		assert.ErrorContains(t, err, test.want)
	}
}

func TestExercise(t *testing.T) {
	e, err := ParseExercise(sampleExercise, 1)
	require.NoError(t, err)
	a := &Attempt{Folder: t.TempDir()}
	assert.False(t, e.Met(a), "nothing was done")
	a.Lines = []Line{{}}
	list := filepath.Join(a.Folder, "list")
	require.NoError(t, os.WriteFile(list, nil, 0o666))
	assert.False(t, e.Met(a))
	assert.Equal(t, "It is empty.", plain(e.Mistake(a)))
	require.Len(t, e.Unmet(a), 1)
	assert.Equal(t, "list is empty.", plain(e.Unmet(a)[0]))
	require.NoError(t, os.WriteFile(list, []byte("first\n"), 0o666))
	assert.True(t, e.Met(a))
	assert.Nil(t, e.Mistake(a))
	assert.Empty(t, e.Unmet(a))
	a.Lines[0].Status = 1
	assert.False(t, e.Met(a))
}

// Facts about the last command line, the folder and the answer.
func TestFacts(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"two": "a\nb\n", "twin": "a\nb\n", "empty": "", "none": ""} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o666))
	}
	a := &Attempt{Folder: folder, Answer: "17", Lines: []Line{
		{Typed: "cat old", Status: 9},
		{Typed: "cat x | head -1", Shown: "one\ntwo 42\n", Status: 3, Statuses: []int{141, 3}},
	}}
	for text, want := range map[string]bool{
		"status 3": true, "status 0": false, "status >0": true, "status 141 3": true, "status * 3": true, "status 0 3": false, "status 141 3 0": false,
		`shown "one\ntwo 42\n"`: true, `shown "one\n"`: false, `shown "one\ntwo ‹n›\n"`: true, `shown has "two"`: true, `shown has "two ‹n›\n"`: true,
		`shown has "three"`: false, "shown nothing": false, "shown 2 lines": true, "shown 1 line": false, "shown >1 lines": true, "shown <2 lines": false,
		`line has "head"`: true, `line has "old"`: false,
		"answer 17": true, "answer 1": false,
		"file two": true, "file three": false, `file two "a\nb\n"`: true, `file two "a\n"`: false, `file two has "b"`: true, "file two 2 lines": true,
		"file two 3 lines": false, "file empty nothing": true, "no file two": false, "no file three": true,
		"same two twin": true, "same two empty": false, "same empty none": false, "same two three": false,
	} {
		fact, err := ParseFact(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, fact.Holds(a), text)
		assert.NotEmpty(t, fact.Seen(a), text)
	}
}

func TestFactsRefused(t *testing.T) {
	for _, text := range []string{"", "x", "status", "status x", "shown", "shown x", `shown "x`, "line", "same a", "shell: x", "cat: jumped", "two cat: opened nothing",
		"cat: 1 -> f at", "cat: 1 -> f at x", "cat: 1 -> f sideways", "cat: 1 moved ten bytes", "a b c d: opened nothing"} {
		_, err := ParseFact(text)
		assert.Error(t, err, text)
	}
}

const traces = `cat[1]: fd 0   stdin      terminal /dev/pts/0  read-write
cat[1]: fd 1   stdout     file FOLDER/out  write-only, append, offset 5
cat[1]: fd 2   stderr     same open file as fd 1
cat[1]: fd 42  inherited  file FOLDER/f  write-only, offset 3
cat[1]: open   a -> fd 3  file, read-only
cat[1]: copy   fd 3 -> fd 1  300 bytes, 2 calls (read and write, then splice)
cat[1]: close  fd 3  offset 300
cat[1]: open   b -> fd 3  file, read-only
cat[1]: copy   fd 3 -> fd 1  0 bytes, 1 call (read and write)
cat[1]: close  fd 3  offset 0
cat[1]: error  nope: No such file or directory
cat[1]: write  fd 2  37 bytes
cat[1]: end    fd 1  offset 342
cat[1]: exit   1
echo[2]: fd 0   stdin      device /dev/null  read-only
echo[2]: fd 1   stdout     pipe 77  write-only
echo[2]: fd 2   stderr     closed
echo[2]: write  fd 1  10 bytes
echo[2]: death  SIGPIPE: the reader of fd 1 has gone away
base64[3]: fd 0   stdin      pipe 77  read-only
base64[3]: fd 1   stdout     device /dev/full  write-only
base64[3]: code   fd 0 -> fd 1  8 bytes in, 13 out
base64[3]: error  fd 1  write error: No space left on device
base64[3]: exit   1
`

func TestProcessFacts(t *testing.T) {
	folder := t.TempDir()
	a := &Attempt{Folder: folder, Lines: []Line{
		{Trace: record.Parse("tee[9]: fd 0   stdin      closed\ntee[9]: exit   0\n")},
		{Dir: folder, Trace: record.Parse(strings.ReplaceAll(traces, "FOLDER", folder))},
	}}
	for text, want := range map[string]bool{
		"cat:": true, "tee:": false, "ever tee:": true, "no tee:": true, "no cat:": false, "ever no tee:": false, "2 cat:": false, "3 any: not opened as 9": true, "4 any:": false,
		"cat: 0 -> terminal": true, "cat: 0 <- terminal": true, "cat: 0 -> pipe": false, "cat: 1 -> out": true, "cat: 1 -> out append": true,
		"cat: 1 -> out not append": false, "cat: 42 -> f not append": true, "cat: 1 -> out at 5": true, "cat: 1 -> out at >0": true, "cat: 1 -> out at 6": false, "cat: 1 -> out append at 5 until 342": true,
		"cat: 1 -> out until 5": false, "cat: 2 -> out": true, "cat: 2 -> 1": true, "cat: 1 -> 2": true, "cat: 1 -> 42": false, "cat: 2 -> f": false,
		"cat: 42 -> f write-only": true, "cat: 42 -> f read-only": false, "cat: 9 -> closed": true, "cat: 1 -> closed": false,
		"cat: 3 <- a": true, "cat: 3 <- b": true, "cat: 3 <- c": false,
		"cat: opened 2 files": true, "cat: opened 1 file": false, "cat: opened as 3 3": true, "cat: opened as 3 4": false, "cat: opened a b": true, "cat: opened b a": false,
		"cat: opened nothing": false, "echo: opened nothing": true, "cat: not opened nothing": true,
		"cat: 1 moved 300 bytes": true, "cat: 1 moved >300 bytes": false, "cat: 2 moved 37 bytes": true, "cat: 0 moved 0 bytes": true,
		"cat: copied 2 times": true, "base64: copied 1 time": true, "cat: by splice": true, "cat: by read and write": false, "base64: coded": true, "base64: formatted": false,
		"cat: failed": true, "cat: failed on 1": false, "base64: failed on 1": true, "cat: exit 1": true, "cat: exit 0": false, "echo: exit 0": false,
		"echo: died SIGPIPE": true, "cat: died SIGPIPE": false, "echo: 1 in 1 write": true, "echo: 1 in 2 writes": false, "echo: 1 moved 10 bytes": true,
		"echo: 2 -> closed": true, "echo: 0 <- /dev/null": true, "base64: 1 -> /dev/full": true, "echo: 1 -> pipe": true, "echo: 1 -> pipe base64": true,
		"echo: 1 -> pipe cat": false, "base64: 0 <- pipe echo": true, "base64: 0 <- pipe cat": false, "base64: 0 <- pipe echo read-only": true,
		"echo: 1 -> pipe, opened nothing, exit 0": false, "ever tee: 0 -> closed": true,
	} {
		fact, err := ParseFact(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, fact.Holds(a), text)
		assert.NotEmpty(t, fact.Seen(a), text)
	}
}

func TestShellFacts(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("no /proc here")
	}
	folder, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	file, err := os.Create(filepath.Join(folder, "f"))
	require.NoError(t, err)
	defer file.Close()
	a := &Attempt{Folder: folder, Shell: os.Getpid(), Lines: []Line{{}}}
	for text, want := range map[string]bool{"shell: 0 closed": false, "shell: 999 closed": true, "shell: 999 -> f": false} {
		fact, err := ParseFact(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, fact.Holds(a), text)
	}
	number := strings.TrimSpace(strings.ReplaceAll("shell: N -> f", "N", fmt.Sprint(file.Fd())))
	fact, err := ParseFact(number)
	require.NoError(t, err)
	assert.True(t, fact.Holds(a), number)
}
