package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/stream/streamtest"
)

func TestUnescape(t *testing.T) {
	for text, want := range map[string]string{
		``:                        "",
		`plain`:                   "plain",
		`\a\b\e\f\n\r\t\v\\`:      "\a\b\x1b\f\n\r\t\v\\",
		`\0`:                      "\x00",
		`\08`:                     "\x008",
		`\0101`:                   "A",
		`\00101`:                  "\b1",
		`\101\1011\60`:            "AA10",
		`\400\0777`:               "\x00\xff", // the low 8 bits
		`\x41\x4142\xaF\xA9\x7`:   "AA42\xaf\xa9\a",
		`\x\xg\q\u41\8\9\E\"`:     `\x\xg\q\u41\8\9\E\"`,
		`\`:                       `\`,
		"\\\n":                    "\\\n",
		`a\\`:                     `a\`,
		`\\n`:                     `\n`,
		"\\\n\\é\xff":             "\\\n\\é\xff",
		`\x0\1z\01z\00012\x1\x12`: "\x00\x01z\x01z\x012\x01\x12",
	} {
		assert.Equal(t, want, string(unescape([]byte(text))), "%q", text)
	}
	for text, want := range map[string]string{`\c`: "", `a\cb`: "a", `\\c\c`: `\c`, `\x\c`: `\x`} {
		assert.Equal(t, want, string(unescape([]byte(text))), "%q", text)
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		args  string // words
		want  string
		posix string
	}{
		{``, "\n", "\n"},
		{`a b`, "a b\n", "a b\n"},
		{`-n`, "", ""},
		{`-n a`, "a", "a"},
		{`-n -n a`, "a", "a"},
		{`-nn a`, "a", "-nn a\n"},
		{`-e a\tb`, "a\tb\n", "-e a\tb\n"},
		{`-E a\tb`, `a\tb` + "\n", "-E a\tb\n"},
		{`-eE a\tb`, `a\tb` + "\n", "-eE a\tb\n"},
		{`-Ee a\tb`, "a\tb\n", "-Ee a\tb\n"},
		{`-n -e a\tb`, "a\tb", "a\tb"},
		{`-n -E a\tb`, `a\tb`, "a\tb"},
		{`-n -eE a\n`, `a\n`, "a\n"},
		{`- -n`, "- -n\n", "- -n\n"},
		{`-- -n`, "-- -n\n", "-- -n\n"},
		{`-nx`, "-nx\n", "-nx\n"},
		{`-n -nx -n`, "-nx -n", "-nx -n"},
		{`a -n`, "a -n\n", "a -n\n"},
		{`-e a\cb c`, "a", "-e a"},
		{`-e a\ b`, `a\ b` + "\n", `-e a\ b` + "\n"},
		{`-n --help`, "--help", "--help"},
		{`--help x`, "--help x\n", "--help x\n"},
	} {
		args := strings.Fields(c.args)
		assert.Equal(t, c.want, string(text(args, false)), "%s", c.args)
		assert.Equal(t, c.posix, string(text(args, true)), "%s, POSIXLY_CORRECT", c.args)
		assert.Equal(t, c.want, plainText(args, false), "the reference, %s", c.args)
		assert.Equal(t, c.posix, plainText(args, true), "the reference, %s, POSIXLY_CORRECT", c.args)
	}
}

func TestRun(t *testing.T) {
	streamtest.Unset(t, "POSIXLY_CORRECT")
	out := func(args ...string) string {
		s := streamtest.New(t, "echo", "")
		assert.Zero(t, run(s.Streams, args))
		stdout, stderr := s.Written()
		assert.Empty(t, stderr)
		return stdout
	}
	assert.Equal(t, "a  b\xff\n", out("a ", "b\xff"))
	assert.Equal(t, help, out("--help"))
	assert.Regexp(t, `^echo \(fd42\) `, out("--version"))
	assert.Equal(t, "--help --version\n", out("--help", "--version"))
	t.Setenv("POSIXLY_CORRECT", "")
	assert.Equal(t, "--help\n", out("--help"))
	assert.Equal(t, "a\n\n", out(`a\n`))
}

func TestRunFull(t *testing.T) {
	for arg, want := range map[string]string{"-n": "", "": "echo: write error: No space left on device\n"} {
		s := streamtest.New(t, "echo", "")
		s.WriteTo("/dev/full")
		status := run(s.Streams, []string{arg})
		_, stderr := s.Written()
		assert.Equal(t, want, stderr, "%q", arg)
		assert.Equal(t, want != "", status == 1, "%q", arg)
	}
}

var (
	plainEscape = regexp.MustCompile(`(?s)\\(?:0([0-7]{0,3})|([1-7][0-7]{0,2})|x([0-9a-fA-F]{1,2})|([abcefnrtv\\]))`)
	plainOption = regexp.MustCompile(`^-[neE]+$`)
)

// plainText says with regular expressions what text does.
func plainText(args []string, posix bool) string {
	newline, escapes := "\n", false
	for optional := !posix || len(args) > 0 && args[0] == "-n"; optional && len(args) > 0 && plainOption.MatchString(args[0]); args = args[1:] {
		if strings.Contains(args[0], "n") {
			newline = ""
		}
		if last := strings.LastIndexAny(args[0], "eE"); last >= 0 {
			escapes = args[0][last] == 'e'
		}
	}
	line := strings.Join(args, " ") + newline
	if !escapes && !posix {
		return line
	}
	var out strings.Builder
	for i, arg := range args {
		if i > 0 {
			out.WriteByte(' ')
		}
		end := 0
		for _, at := range plainEscape.FindAllStringSubmatchIndex(arg, -1) {
			out.WriteString(arg[end:at[0]])
			group := func(n int) string {
				if at[2*n] < 0 {
					return ""
				}
				return arg[at[2*n]:at[2*n+1]]
			}
			switch letter := group(4); {
			case letter == "c":
				return out.String()
			case letter != "":
				out.WriteByte("\a\b\x1b\f\n\r\t\v\\"[strings.Index(`abefnrtv\`, letter)])
			case group(3) != "":
				value, _ := strconv.ParseUint(group(3), 16, 16)
				out.WriteByte(byte(value))
			default:
				value, _ := strconv.ParseUint("0"+group(1)+group(2), 8, 16)
				out.WriteByte(byte(value))
			}
			end = at[1]
		}
		out.WriteString(arg[end:])
	}
	return out.String() + newline
}

// FuzzText holds echo to the reference. NUL, which no argument holds, parts
// the arguments.
func FuzzText(f *testing.F) {
	for _, args := range []string{
		"", "a\x00b", "-n\x00a", "-neE\x00\\t", "-e\x00\\0101\\x41\\101", "-e\x00a\\cb\x00c", "-E\x00-e\x00\\\\\\q", "-nx\x00--",
		"-e\x00\\\x00b", "-e\x00\\400\\0777\\08\\x", "-n\x00-e\x00\\e[0m", "--help", "\\a\\b\\f\\n\\r\\t\\v",
	} {
		f.Add(args, false)
		f.Add(args, true)
	}
	f.Fuzz(func(t *testing.T, joined string, posix bool) {
		args := strings.Split(joined, "\x00")
		require.Equal(t, plainText(args, posix), string(text(args, posix)))
	})
}
