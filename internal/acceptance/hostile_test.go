//go:build linux

package acceptance

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hostileWords are what somebody might pass who wants a terminal, or what reads
// a log, to believe something else: control bytes, and the sequences that
// terminals obey.
func hostileWords() (words []string) {
	for b := byte(1); b < ' '; b++ {
		words = append(words, "a"+string([]byte{b})+"z")
	}
	return append(words, "a\x7fz", "a\x80z", "a\x9bz", "a\xa0z", "a\xffz",
		"\x1b]0;title\a", "\x1b[2J\x1b[H", "\x1b[8mhidden\x1b[0m", "\x1bP1$r\x1b\\", // what VT100 and xterm obey
		"\u009b2J", "\u0090x\u009c", "\u0085", // the same as single characters
		"\u202egnp.exe", "\u2066x\u2069", "\u200e", "\u061c", // text the other way round
		"\u2028", "\u2029", "\u00a0", "\ufeff", "\u00ad", "\u200b", // lines, spaces, nothing
		"x\ncat: y: No such file or directory\n", "\r\x1b[K", "\b\b\b", "\n", "\r\n",
		"\xff\xfe", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", // no UTF-8
		"%s%n%d", `\033[31m`, "'; exit 1 #", `"$(touch owned)"`, "`touch owned`",
	)
}

// checkHarmless checks that a diagnostic is lines of text for any terminal, and
// as many as they should be.
func checkHarmless(t *testing.T, word, said string, wantLines int) {
	t.Helper()
	assert.True(t, utf8.ValidString(said), "%q: not UTF-8: %q", word, said)
	assert.Equal(t, wantLines, strings.Count(said, "\n"), "%q: lines of %q", word, said)
	for _, r := range said {
		if r != '\n' && (!unicode.IsPrint(r) || unicode.Is(unicode.Bidi_Control, r)) {
			t.Errorf("%q: %U reaches standard error: %q", word, r, said)
		}
	}
}

func isControl(r rune) bool { return r == utf8.RuneError || unicode.IsControl(r) }

// TestHostileWords puts hostile words wherever a diagnostic repeats one.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	const tryLine, modes = 1, 6
	for _, place := range []struct {
		line  string // WORD stands for the word
		lines int
	}{
		{"cat ./WORD", 1},
		{"cat --WORD", 1 + tryLine},
		{"cat -n=WORD", 1 + tryLine},
		{"cat --number=WORD", 1 + tryLine},
		{"base64 ./WORD", 1},
		{"base64 -w WORD", 1},
		{"base64 --wrap=WORD", 1},
		{"base64 in WORD", 1 + tryLine},
		{"tee missing/WORD", 1},
		{"tee --output-error=WORD", modes + tryLine},
		{"tee --WORD", 1 + tryLine},
	} {
		t.Run(place.line, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, word := range hostileWords() {
				if strings.Contains(word, "/") && strings.HasSuffix(place.line, "./WORD") {
					continue // a directory, not a name
				}
				words := strings.Fields(place.line)
				for i := range words {
					words[i] = strings.Replace(words[i], "WORD", word, 1)
				}
				got := execute(t, dir, "", words[0], words[1:]...)
				assert.Equal(t, 1, got.status, "%q: exit status", word)
				assert.Empty(t, got.out, "%q: standard output", word)
				checkHarmless(t, word, got.stderr, place.lines)
			}
			left, err := os.ReadDir(dir)
			require.NoError(t, err)
			assert.Empty(t, left, "files left behind")
		})
	}
	t.Run("options of a letter", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		for _, word := range hostileWords() {
			got := execute(t, dir, "", "cat", "-"+word[max(0, strings.IndexFunc(word, isControl)):])
			assert.Equal(t, 1, got.status, "%q: exit status", word)
			checkHarmless(t, word, got.stderr, 1+tryLine)
		}
	})
}

// TestEveryByteInNames writes and reads files whose names hold every byte that
// a name may hold, and hostile ones.
func TestEveryByteInNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	names := slices.DeleteFunc(hostileWords(), func(name string) bool { return strings.Contains(name, "/") })
	every := []byte{}
	for b := 255; b > 0; b-- {
		if b != '/' {
			every = append(every, byte(b))
		}
	}
	names = append(names, string(every))
	assert.Equal(t, ending{out: []byte("in\n")}, execute(t, dir, "in\n", "tee", names...))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	var made []string
	for _, entry := range left {
		made = append(made, entry.Name())
	}
	slices.Sort(names)
	assert.Equal(t, names, made)
	assert.Equal(t, ending{out: bytes.Repeat([]byte("in\n"), len(names))}, execute(t, dir, "", "cat", names...))
	assert.Equal(t, ending{out: []byte("aW4K\n")}, execute(t, dir, "", "base64", string(every)))
}

// TestNamesAreNames opens files whose names mean something to others: to a
// shell, to a URL library. Here they are names.
func TestNamesAreNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{
		"~", "~root", "$HOME", "${PATH}", "*", "?", "[a-z]", "{a,b}", "|touch owned", "touch owned|", "; touch owned",
		"&& touch owned", "$(touch owned)", "`touch owned`", "http:", "file:", "a=b", "%2e", "C:", "#", "\\", "!1", "-", "--", "-n", "@in", "fd42",
	} {
		missing := execute(t, dir, "", "cat", "--", "./"+name)
		assert.Equal(t, 1, missing.status, name)
		assert.Contains(t, missing.stderr, ": No such file or directory\n", name)

		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600))
		assert.Equal(t, ending{out: []byte(name)}, execute(t, dir, "", "cat", "--", "./"+name), name)
		assert.Equal(t, ending{out: []byte("new")}, execute(t, dir, "new", "tee", "--", name), name)
		content, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, "new", string(content), name)
		require.NoError(t, os.Remove(filepath.Join(dir, name)))
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left, "files left behind")
}

// TestLinks goes through links as far as the kernel does.
func TestLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, link := range [][2]string{{"file", "link"}, {"link", "second"}, {"absent", "dangling"}, {"loop", "loop"}, {"/dev/null", "null"}} {
		require.NoError(t, os.Symlink(link[0], filepath.Join(dir, link[1])))
	}
	check := func(line, stdin string, want ending) {
		t.Helper()
		words := strings.Fields(line)
		assert.Equal(t, want, execute(t, dir, stdin, words[0], words[1:]...), line)
	}
	check("tee file", "text", ending{out: []byte("text")})
	check("cat second", "", ending{out: []byte("text")})
	check("tee second", "other", ending{out: []byte("other")})
	check("cat file", "", ending{out: []byte("other")})
	check("tee dangling null", "made", ending{out: []byte("made")})
	check("cat absent", "", ending{out: []byte("made")})
	check("cat loop", "", ending{status: 1, stderr: "cat: loop: Too many levels of symbolic links\n"})
	check("tee loop", "x", ending{status: 1, out: []byte("x"), stderr: "tee: loop: Too many levels of symbolic links\n"})
	target, err := os.Readlink(filepath.Join(dir, "second"))
	require.NoError(t, err)
	assert.Equal(t, "link", target, "a link is written through, not over")
}

// TestHostileEnvironment compares what programs do in an environment that wants
// to mislead them with what they do in none. GOGC and its like are for Go's
// runtime: they change how it works, but not what the programs do.
func TestHostileEnvironment(t *testing.T) {
	t.Parallel()
	hostile := []string{
		"LC_ALL=tr_TR.UTF-8", "LANG=xx", "LANGUAGE=de:fr", "NLSPATH=/", "LOCPATH=/", "TZ=:/etc/passwd", "CHARSET=\xff",
		"PATH=", "HOME=/nowhere", "PWD=/", "TMPDIR=/nowhere", "SHELL=/bin/false", "IFS=x", "ENV=/nowhere", "BASH_ENV=/nowhere",
		"LD_PRELOAD=/nowhere.so", "LD_LIBRARY_PATH=/nowhere", "GCONV_PATH=/", "MALLOC_CHECK_=3", "COLUMNS=1", "LINES=1",
		"TERM=\x1b[2J", "NO_COLOR=1", "BLOCKSIZE=1", "BLOCK_SIZE=1", "QUOTING_STYLE=literal", "_POSIX2_VERSION=0", "PAGER=false",
		"GOGC=1", "GOMAXPROCS=1", "GOMEMLIMIT=1", "GODEBUG=nonsense=1,madvdontneed=1", "GOTRACEBACK=crash", "GOCOVERDIR=/nowhere",
		"=", "=x", "no equals sign", "", "A=\xff\x00"[:3], "FD42_TRACE=",
	}
	if len(raceFlags) > 0 {
		// That build is linked dynamically, and the linker heeds these.
		hostile = slices.DeleteFunc(hostile, func(v string) bool { return strings.HasPrefix(v, "LD_") })
	}
	for _, line := range []string{
		"cat", "cat -A nowhere -", "cat --nonsense", "cat 'a\x1bb'", "base64", "base64 -d", "base64 -w x", "base64 --help",
		"tee made", "tee no/where", "tee --output-error=x", "echo -e a\\tb", "echo --help", "cat --version",
	} {
		t.Run(line, func(t *testing.T) {
			run := func(env []string) (string, ending) {
				words := strings.Fields(line)
				cmd := exec.Command(program(words[0]), words[1:]...)
				cmd.Dir, cmd.Env = t.TempDir(), env
				cmd.Stdin = strings.NewReader("YWJj\n")
				var out, stderr bytes.Buffer
				cmd.Stdout, cmd.Stderr = &out, &stderr
				status, err := exitStatus(cmd.Run())
				require.NoError(t, err)
				made, _ := os.ReadFile(filepath.Join(cmd.Dir, "made"))
				return string(made), ending{status: status, out: out.Bytes(), stderr: stderr.String()}
			}
			madeIn, in := run(environment(hostile...))
			madeWithout, without := run(environment())
			assert.Equal(t, without, in)
			assert.Equal(t, madeWithout, madeIn)
		})
	}
}

// TestNoName starts programs by other names than their own, or none.
func TestNoName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"cat", "base64", "tee"} {
		for _, argv0 := range []string{"", "sh", "-cat", "/a/b/\x1b[2J", strings.Repeat("x", 5000)} {
			cmd := exec.Command(program(name))
			cmd.Dir = t.TempDir()
			cmd.Args = []string{argv0, "no/where", "-"}
			if name == "base64" {
				cmd.Args = cmd.Args[:2]
			}
			out, err := cmd.CombinedOutput()
			status, err := exitStatus(err)
			require.NoError(t, err)
			assert.Equal(t, 1, status)
			assert.Equal(t, name+": no/where: No such file or directory\n", string(out))
		}
	}
}

// TestFootprint watches the system calls of each way. The program executes nothing,
// starts no process, makes no temporary file, and touches no name except those
// given. It makes no pipe except the one that a file may go by. The rest, by name,
// is what Go's runtime looks at when it starts.
func TestFootprint(t *testing.T) {
	withoutRace(t, "it brings a linker and threads of its own")
	requireStrace(t)
	t.Parallel()
	runtimes := regexp.MustCompile(`^/(sys/(kernel/mm/transparent_hugepage|fs/cgroup|devices/system/cpu)|proc/self/(cgroup|mountinfo|maps|auxv)|etc/ld\.so|.*lib.*\.so)`)
	opened := regexp.MustCompile(`^\d+ +open(?:at)?\((?:AT_FDCWD, )?"([^"]*)", ([A-Z_|]+)`)
	expected := regexp.MustCompile(`^\d+ +(\+\+\+|---|\?\?\?\(|<\.\.\.|exit|exit_group|clone3?\(.*CLONE_THREAD|(new)?fstat|newfstatat\(\d+, "",|readlink(at)?\(.*"/proc/self/exe"|access\(|arch_prctl|rt_sig|tgkill|getpid|gettid)`)
	eachWay(t, sourceSize, everyWay, func(t *testing.T, p plan) {
		tr := try(t, p)
		const calls = "%process,%file,socket,connect,bind,?pipe,pipe2,memfd_create,kill,tkill,ptrace,setuid,setgid"
		tr.before = []string{"strace", "-f", "-qq", "--seccomp-bpf", "-s", "4096", "-e", "abbrev=all", "-e", "signal=none", "-o", tr.path("calls"), "-e", "trace=" + calls}
		tr.check(tr.run(), noSide, "")
		log, err := os.ReadFile(tr.path("calls"))
		require.NoError(t, err)
		executed, pipes := 0, 0
		for line := range strings.Lines(string(log)) {
			if strings.Contains(line, " execve(") {
				executed++
				continue
			}
			if strings.Contains(line, " pipe2(") {
				pipes++
				continue
			}
			if m := opened.FindStringSubmatch(line); m != nil {
				allowed := m[1] == "in" && strings.ReplaceAll(m[2], "|O_LARGEFILE", "") == "O_RDONLY|O_CLOEXEC" ||
					m[1] == "copy" && strings.HasPrefix(m[2], "O_WRONLY|O_CREAT|") && !strings.Contains(m[2], "TMP") ||
					runtimes.MatchString(m[1]) && strings.HasPrefix(m[2], "O_RDONLY")
				assert.True(t, allowed, "opened: %s", line)
				continue
			}
			assert.Regexp(t, expected, line)
		}
		assert.Equal(t, 1, executed, "programs executed")
		assert.Equal(t, len(p.shortcuts()), pipes, "pipes made: one to splice by, another for tee to copy into")
	})
}
