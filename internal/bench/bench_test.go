package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain lets a test run this package's main in a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("FD42_BENCH_MAIN") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestSettings(t *testing.T) {
	read := func(env map[string]string) (settings, error) {
		return readSettings(func(name string) string { return env[name] })
	}
	s, err := read(nil)
	require.NoError(t, err)
	assert.Equal(t, settings{runs: 5, bin: "bin", only: []string{}, peers: []string{}}, s)
	s, err = read(map[string]string{"RUNS": "9", "ONLY": "tee,-n", "PEERS": "/a,/b,", "BIN": "x", "DIR": "y", "FORMAT": "markdown"})
	require.NoError(t, err)
	assert.Equal(t, settings{9, []string{"tee", "-n"}, []string{"/a", "/b"}, "x", "y", true}, s)
	for name, value := range map[string]string{"RUNS": "0", "FORMAT": "html"} {
		_, err = read(map[string]string{name: value})
		assert.ErrorContains(t, err, name+"="+value)
	}
}

func TestChoose(t *testing.T) {
	rows := []row{{line: "cat file | sink"}, {line: "tee copy"}, {line: "cat tiny", note: "start-up"}}
	for words, want := range map[string][]int{"": {0, 1, 2}, "cat": {0, 2}, "up": {2}, "tee,sink": {0, 1}} {
		got, err := choose(rows, slices.DeleteFunc(strings.Split(words, ","), func(w string) bool { return w == "" }))
		require.NoError(t, err, words)
		var expected []row
		for _, i := range want {
			expected = append(expected, rows[i])
		}
		assert.Equal(t, expected, got, words)
	}
	_, err := choose(rows, []string{"dd"})
	assert.ErrorContains(t, err, "ONLY=dd")
}

func TestParse(t *testing.T) {
	null := os.DevNull
	for line, want := range map[string]command{
		"cat -n short >/dev/null": {argv: []string{"cat", "-n", "short"}, stdin: null, stdout: null},
		"src | tee copy | sink":   {argv: []string{"tee", "copy"}, source: true, sink: true, stdin: null, stdout: null},
		"tee copy <bytes >copy2":  {argv: []string{"tee", "copy"}, stdin: "bytes", stdout: "copy2"},
	} {
		assert.Equal(t, want, parse(line), line)
	}
}

// TestTable finds rows that would not measure what they say.
func TestTable(t *testing.T) {
	files := outputs()
	for _, in := range inputs() {
		files = append(files, in.name)
	}
	seen := map[string]bool{}
	for _, r := range table() {
		c := parse(r.line)
		assert.Contains(t, programNames(), c.argv[0], r.line)
		assert.Equal(t, c.source, r.source > 0, r.line)
		assert.Positive(t, r.goal, r.line)
		assert.False(t, seen[r.line], r.line)
		seen[r.line] = true
		for _, word := range append(c.argv[1:], c.stdin, c.stdout) {
			if word[0] != '-' && word != "hi" && word != os.DevNull {
				assert.Contains(t, files, word, r.line)
			}
		}
	}
}

func TestInputs(t *testing.T) {
	ends := map[string]int{"short": 9, "lines": 70, "coded": 77}
	for _, in := range inputs() {
		assert.LessOrEqual(t, int64(len(in.block)), 2*mib, in.name)
		if n := ends[in.name]; n > 0 {
			assert.Zero(t, len(in.block)%n, in.name)
			for line := range slices.Chunk(in.block, n) {
				require.Equal(t, n-1, bytes.IndexByte(line, '\n'), in.name)
			}
		}
	}
}

func TestLabels(t *testing.T) {
	for answer, want := range map[string]string{
		"cat (GNU coreutils) 9.1\nCopyright":                                      "GNU 9.1",
		"cat: unrecognized option '--version'\nBusyBox v1.35.0 (Debian 1:1.35.0)": "busybox 1.35.0",
		"toybox 0.8.9":                            "toybox 0.8.9",
		"cat (uutils coreutils) 0.9.0":            "uutils 0.9.0",
		"/usr/lib/x/cat 0.0.17":                   "found 0.0.17",
		"flag provided but not defined: -version": "found",
	} {
		assert.Equal(t, want, labelFrom(answer, "found"))
	}
	for dir, want := range map[string]string{"/opt/uroot": "uroot", "/opt/uutils/bin/": "uutils"} {
		assert.Equal(t, want, folderName(dir))
	}
}

// script makes an executable in a folder.
func script(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755))
	return path
}

func TestFolders(t *testing.T) {
	single, prefixed, all, none := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	cat := script(t, single, "cat", "")
	tee := script(t, prefixed, "uu_tee", "")
	box := script(t, all, "busybox", "")
	require.NoError(t, os.WriteFile(filepath.Join(none, "cat"), nil, 0o644))
	require.NoError(t, os.Mkdir(filepath.Join(none, "tee"), 0o755))
	assert.Equal(t, map[string][]string{"cat": {cat}}, inFolder(single))
	assert.Equal(t, map[string][]string{"tee": {tee}}, inFolder(prefixed))
	assert.Equal(t, []string{box, "base64"}, inFolder(all)["base64"])
	assert.Empty(t, inFolder(none))
}

func TestFindContenders(t *testing.T) {
	bin := t.TempDir()
	_, err := findContenders(t.Context(), bin, nil)
	require.ErrorContains(t, err, bin)
	script(t, bin, "cat", "")
	_, err = findContenders(t.Context(), bin, []string{"/nonexistent"})
	require.ErrorContains(t, err, "/nonexistent")
	peer := t.TempDir()
	script(t, peer, "cat", "echo 'cat (uutils coreutils) 99.1'")
	found, err := findContenders(t.Context(), bin, []string{peer})
	require.NoError(t, err)
	assert.Equal(t, "fd42", found[ours].label)
	assert.Equal(t, "/usr/bin", filepath.Dir(found[model].programs["cat"][0]))
	assert.Equal(t, "uutils 99.1", found[len(found)-1].label)
}

func TestSpread(t *testing.T) {
	assert.Equal(t, spread{}, spreadOf(nil))
	assert.Equal(t, spread{3, 1, 9}, spreadOf([]float64{9, 1, 3}))
	assert.Equal(t, spread{2.5, 1, 9}, spreadOf([]float64{9, 1, 3, 2}))
	ms := time.Millisecond
	assert.Equal(t, []float64{2, 0.5}, paired([]time.Duration{4 * ms, 3 * ms, ms}, []time.Duration{2 * ms, 6 * ms}))
}

// labs makes small labs with a full one that is no larger than the sample.
func labs(t *testing.T, rows ...row) (full, sample lab) {
	t.Helper()
	full, sample = lab{dir: t.TempDir(), sizes: map[string]int64{}}, lab{dir: t.TempDir(), sizes: map[string]int64{}, sample: true}
	for _, in := range needed(rows) {
		in.count = 2
		require.NoError(t, full.fill(t.Context(), in))
		require.NoError(t, sample.fill(t.Context(), in))
	}
	return full, sample
}

// TestContest holds real pipelines of the system's cat against programs that
// fail it, each in its own way.
func TestContest(t *testing.T) {
	cat, err := exec.LookPath("cat")
	require.NoError(t, err)
	dir := t.TempDir()
	set := func(label string, argv ...string) contender {
		return contender{label, map[string][]string{"cat": argv}}
	}
	found := []contender{
		set("ours", cat),
		set("reference", cat),
		set("other", script(t, dir, "other", "cat \"$@\"; echo more")),
		set("failing", script(t, dir, "failing", "echo 'no, thanks' >&2; exit 3")),
		{"lacking", nil},
	}
	empty := set(emptyLabel, script(t, dir, "empty", ""))
	for _, r := range []row{
		{line: "src | cat | sink", source: 2 * mib},
		{line: "src | cat >copy", source: 2 * mib},
		{line: "cat lines >/dev/null"},
		{line: "cat - <lines >copy"},
		{line: "cat tiny >/dev/null", kind: start, starts: 3},
		{line: "cat line | sink", kind: memory},
	} {
		c := newContest(r, found, empty)
		c.full, c.sample = labs(t, r)
		c.runs = 3
		c.say = func(string) {}
		results := c.hold(t.Context())
		for i, res := range results[:2] {
			require.NoError(t, res.trouble, r.line)
			if r.kind != memory {
				assert.Len(t, res.times, 3, r.line)
				assert.Positive(t, res.rate, r.line)
			}
			if i == c.unit && r.kind != memory {
				assert.Equal(t, spread{1, 1, 1}, res.ratio, r.line)
			}
		}
		assert.ErrorIs(t, results[2].trouble, errDiffers, r.line)
		assert.ErrorContains(t, results[3].trouble, "exit status 3: no, thanks", r.line)
		assert.ErrorIs(t, results[4].trouble, errNoProgram, r.line)
		if r.kind == start {
			assert.NoError(t, results[5].trouble)
			assert.Equal(t, spread{1, 1, 1}, results[5].ratio)
		}
	}
}

// TestContestWithoutModel has a reference that cannot do the row's work.
func TestContestWithoutModel(t *testing.T) {
	r := row{line: "cat tiny >/dev/null"}
	fails := script(t, t.TempDir(), "cat", "exit 1")
	c := newContest(r, []contender{{"a", map[string][]string{"cat": {fails}}}, {"b", map[string][]string{"cat": {fails}}}}, contender{})
	c.full, c.sample = labs(t, r)
	c.runs = 1
	for _, res := range c.hold(t.Context()) {
		assert.ErrorContains(t, res.trouble, "b: exit status 1")
	}
}

// TestPipelineMovesEverything counts what comes out of src and goes into sink.
func TestPipelineMovesEverything(t *testing.T) {
	const n = 3*mib + 12345
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	failed := make(chan error, 1)
	go func() { failed <- src(writer, n) }()
	got, err := io.Copy(io.Discard, reader)
	require.NoError(t, errors.Join(err, <-failed))
	assert.EqualValues(t, n, got)

	reader, writer, err = os.Pipe()
	require.NoError(t, err)
	go func() { failed <- sink(reader) }()
	_, err = writer.Write(make([]byte, n))
	require.NoError(t, errors.Join(err, writer.Close(), <-failed))
}

// TestInputsGoWhateverHappens runs the benchmark in another process and ends
// it once it has begun.
func TestInputsGoWhateverHappens(t *testing.T) {
	cat, err := exec.LookPath("cat")
	require.NoError(t, err)
	for name, end := range map[string]func(*os.Process, io.Closer) error{
		"interrupt":   func(p *os.Process, _ io.Closer) error { return p.Signal(os.Interrupt) },
		"terminate":   func(p *os.Process, _ io.Closer) error { return p.Signal(syscall.SIGTERM) },
		"gone reader": func(_ *os.Process, stdout io.Closer) error { return stdout.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "FD42_BENCH_MAIN=1", "BIN="+filepath.Dir(cat), "DIR="+dir,
				"RUNS=1", "ONLY=src | cat >/dev/null,src | tee >/dev/null", "PEERS=", "FORMAT=",
				"PATH=") // where busybox and toybox are
			stdout, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			heading, err := bufio.NewReader(stdout).ReadString('\n')
			require.NoError(t, err)
			assert.Contains(t, heading, "paired runs")
			inputs, err := os.ReadDir(dir)
			require.NoError(t, err)
			assert.Len(t, inputs, 1)

			require.NoError(t, end(cmd.Process, stdout))
			assert.ErrorContains(t, cmd.Wait(), "exit status 1")
			left, err := os.ReadDir(dir)
			require.NoError(t, err)
			assert.Empty(t, left)
		})
	}
}
