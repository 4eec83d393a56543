package acceptance

import (
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestDifferential runs shell lines made at random twice, each time in an empty
// directory: with this suite's programs first in PATH, and with the system's,
// where those are GNU's. Standard output and error, exit status and the files
// left behind must be the same. The line is all there is to a case, so a
// failure prints it and a person can paste it into a shell.
//
// SEED chooses another series of cases, CASES how many there are.
//
// Nothing in a result is ignored. No case depends on what differs between GNU's
// versions (9.1 and later), or from one run to the next. The makers of lines below
// say what they avoid.
func TestDifferential(t *testing.T) {
	seed, cases := fromEnvironment(t, "SEED", 42), fromEnvironment(t, "CASES", 2000)
	makers := []struct {
		program string
		line    func(*maker) string
	}{
		{"base64", (*maker).base64},
		{"cat", (*maker).cat},
		{"echo", (*maker).echo},
		{"tee", (*maker).tee},
	}
	for i, m := range makers {
		t.Run(m.program, func(t *testing.T) {
			requireGNU(t, m.program)
			var numbers []uint64
			for n := uint64(i); n < cases; n += uint64(len(makers)) {
				numbers = append(numbers, n)
			}
			var failures atomic.Int32
			inParallel(numbers, func(n uint64) {
				if failures.Load() >= 5 {
					return // these are enough to look into
				}
				line := m.line(newMaker(seed, n))
				if differences := compare(t, line); differences != "" {
					failures.Add(1)
					t.Errorf("seed %d, case %d: here and GNU differ in\n%s"+
						"In an empty directory, once with the suite's programs first in PATH and once without:\n%s",
						seed, n, differences, line)
				}
			})
		})
	}
}

func fromEnvironment(t *testing.T, name string, standard uint64) uint64 {
	text := os.Getenv(name)
	if text == "" {
		return standard
	}
	n, err := strconv.ParseUint(text, 10, 64)
	require.NoError(t, err, name)
	return n
}

// systemPath is where the programs to compare with are, and what the lines need.
const systemPath = "/usr/bin:/bin"

// requireGNU skips the test where the system's program is not GNU's, or is of a
// version before 9, with which this suite does not compare itself.
func requireGNU(t *testing.T, program string) {
	said, err := exec.Command("/usr/bin/"+program, "--version").Output()
	if err != nil {
		t.Skipf("/usr/bin/%s --version: %v: nothing to compare with", program, err)
	}
	firstLine, _, _ := strings.Cut(string(said), "\n")
	version := regexp.MustCompile(`\(GNU coreutils\) (\d+)\.`).FindStringSubmatch(firstLine)
	if version == nil {
		t.Skipf("/usr/bin/%s is not GNU's but says %q: nothing to compare with", program, firstLine)
	}
	if major, err := strconv.Atoi(version[1]); err != nil || major < 9 {
		t.Skipf("/usr/bin/%s says %q: too old to compare with", program, firstLine)
	}
}

// inParallel calls f on every number. The programs mostly wait for one another,
// so there are more calls under way than processors.
func inParallel(numbers []uint64, f func(uint64)) {
	queue := make(chan uint64)
	var workers sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for n := range queue {
				f(n)
			}
		})
	}
	for _, n := range numbers {
		queue <- n
	}
	close(queue)
	workers.Wait()
}

// compare runs line both ways and says where the outcomes differ, a line each.
func compare(t *testing.T, line string) string {
	here := runLine(t, line, os.Getenv("FD42_BIN")+":"+systemPath)
	gnu := runLine(t, line, systemPath)
	names := make(map[string]bool)
	for name := range here {
		names[name] = true
	}
	for name := range gnu {
		names[name] = true
	}
	var differences strings.Builder
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if here[name] != gnu[name] {
			at := differAt(here[name], gnu[name])
			fmt.Fprintf(&differences, "\t%s, at byte %d:\n\t\there %s\n\t\tGNU  %s\n",
				name, at, excerpt(here[name], at), excerpt(gnu[name], at))
		}
	}
	return differences.String()
}

func differAt(a, b string) int {
	at := 0
	for at < min(len(a), len(b)) && a[at] == b[at] {
		at++
	}
	return at
}

// excerpt is text around byte at.
func excerpt(text string, at int) string {
	return fmt.Sprintf("%q", text[max(0, at-40):min(len(text), at+40)])
}

// An outcome is all that a line did, by name: "status", "stdout", "stderr" and,
// for each file left behind, "file NAME".
type outcome map[string]string

func runLine(t *testing.T, line, path string) outcome {
	dir, err := os.MkdirTemp("", "fd42-differential-")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	// The limit is far away: only a program that hangs meets it.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", line)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+path, "GORACE=atexit_sleep_ms=0")
	var stdout, stderr captured
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	_ = cmd.Run() // the status says it all
	result := outcome{"status": cmd.ProcessState.String(), "stdout": string(stdout), "stderr": string(stderr)}
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && path != dir {
			result["file "+strings.TrimPrefix(path, dir+"/")], err = describeFile(path)
		}
		return err
	}))
	return result
}

// captured collects what a line writes. Unlike a bytes.Buffer it leaves reading
// to os/exec, which reads much at once. That matters because bytes spliced out of a
// pipe of packets stay packets, and a short read loses the rest of a packet.
type captured []byte

func (c *captured) Write(data []byte) (int, error) {
	*c = append(*c, data...)
	return len(data), nil
}

func describeFile(path string) (string, error) {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return info.Mode().String(), err
	}
	content, err := os.ReadFile(path)
	return info.Mode().String() + " " + string(content), err
}

// A maker makes one line.
type maker struct {
	*rand.Rand
	setUp []string        // commands that come first
	made  map[string]bool // files that they make
}

func newMaker(seed, n uint64) *maker {
	return &maker{rand.New(rand.NewPCG(seed, n)), []string{"export LC_ALL=C"}, make(map[string]bool)}
}

// chance is true in percent of 100 cases.
func (m *maker) chance(percent int) bool { return m.IntN(100) < percent }

func pick[T any](m *maker, from ...T) T { return from[m.IntN(len(from))] }

// text is unit, repeated.
type text struct {
	unit  string
	times int
}

// shell is a command that writes the text.
func (d text) shell() string {
	command := "printf '" + escaped(d.unit) + "'"
	if d.times == 1 {
		return command
	}
	return fmt.Sprintf("{ i=0; while [ $i -lt %d ]; do %s; i=$((i+1)); done; }", d.times, command)
}

// escaped is s as a format of printf that stands between single quotes.
func escaped(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c == '\n':
			b.WriteString(`\n`)
		case c == '%':
			b.WriteString("%%")
		case c < ' ' || c > '~' || strings.IndexByte(`\'-`, c) >= 0: // printf would take a first - for an option
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

var plainWord = regexp.MustCompile(`^[-+=_.,/A-Za-z0-9]+$`)

// word is s as a word of a shell line.
func word(s string) string {
	switch {
	case plainWord.MatchString(s):
		return s
	case !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }):
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return `"$(` + text{s, 1}.shell() + `)"`
}

// A command is a line's last one: a program, joined to its surroundings.
type command struct {
	words    []string
	from     string // text before the command, which feeds it
	into     string // redirections after it
	variable string // an assignment to the environment
	before   string // writes on the same descriptors, first
	after    string // and last
}

func (m *maker) line(c command) string {
	words := make([]string, len(c.words))
	for i, w := range c.words {
		words[i] = word(w)
	}
	middle := strings.TrimLeft(c.variable+" "+strings.Join(words, " "), " ")
	if c.before+c.after != "" {
		middle = fmt.Sprintf("{ %s; %s; s=$?; %s; exit $s; }", or(c.before, ":"), middle, or(c.after, ":"))
	}
	return strings.Join(append(m.setUp, c.from+middle+c.into), "; ")
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// input has c read data: through a pipe, whole or in pieces of any size, or from
// a file, from its start or from further on. Now and then there is nothing to
// read, or a directory.
func (m *maker) input(c *command, data text) {
	switch n := m.IntN(100); {
	case n < 5:
		c.into += " </dev/null"
	case n < 8:
		c.into += " <" + m.directory()
	case n < 30:
		c.from = data.shell() + " | "
	case n < 60:
		// On a pipe O_DIRECT makes packets: a read returns what one write wrote.
		// The repeated ones are long, and one byte at a time would take long.
		size := pick(m, 1, 2, 3, 4, 5, 7, 64, 76, 77, 100, 1000, 4095, 4096)
		if data.times > 1 {
			size = max(size, 500)
		}
		c.from = fmt.Sprintf("%s | dd bs=%d iflag=fullblock oflag=direct 2>/dev/null | ", data.shell(), size)
	default:
		m.file("in", data)
		c.into += " <in"
		if m.chance(25) {
			c.before = fmt.Sprintf("dd bs=%d count=1 of=/dev/null status=none", 1+m.IntN(2*len(data.unit)+1))
		}
	}
}

// output lets c write into a pipe or a file, new or appended to, perhaps with
// standard error in the same place, or to a full device.
func (m *maker) output(c *command) {
	switch n := m.IntN(100); {
	case n < 40: // the pipe of this test
	case n < 50:
		c.into += " 2>&1"
	case n < 60:
		c.into += " >out"
	case n < 70:
		c.into += " >out 2>&1"
	case n < 80:
		m.file("out", text{"was here\n", 1})
		c.into += " >>out"
	case n < 90:
		c.before = strings.TrimLeft(c.before+"; printf 'head: '", "; ")
		c.after = "printf tail"
		c.into += " >out"
	default:
		c.into += " >/dev/full"
	}
}

// writesNowhere is for lines that show a help text or a version, which are each
// suite's own: only whether writing them succeeds can be compared.
func (m *maker) writesNowhere(c *command) { c.into += pick(m, " >/dev/full", " >/dev/null") }

// file makes a file in the line's directory, once.
func (m *maker) file(name string, data text) string {
	return m.make(name, data.shell()+" >"+word(name))
}

func (m *maker) directory() string { return m.make("dir", "mkdir dir") }

func (m *maker) make(name, command string) string {
	if !m.made[name] {
		m.made[name] = true
		m.setUp = append(m.setUp, command)
	}
	return name
}

// oddName is a name that a diagnostic may have to quote. It is ASCII, since
// GNU's programs would escape a letter beyond it in the C locale. Slashes would
// lead elsewhere, and a dash begins an option. A control byte at the end is left
// out: the shell's $(…) removes newlines there. If there is also a single quote,
// GNU begins with a stray pair of quotes, which a shell misreads. A first # or ~
// with a single quote after it is left out too, since GNU uses double quotes.
func (m *maker) oddName() string {
	const controls = "\t\n\033\177\001"
	name := m.over(1+m.IntN(5), "ab0 '\"\\!$%&()*+,.:;<=>?@[]^_`{|}~#"+controls)
	name = strings.TrimRight(name, controls)
	if strings.Trim(name, ".") == "" || strings.Contains(name, "'") && strings.ContainsAny(name[:1], "#~") {
		return "a b"
	}
	return name
}

// over is n bytes drawn from letters.
func (m *maker) over(n int, letters string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[m.IntN(len(letters))]
	}
	return string(b)
}

// failing is a name that cannot be opened, or not be read or written.
func (m *maker) failing() string {
	switch m.IntN(6) {
	case 0:
		return m.directory()
	case 1:
		return "nope/nope"
	case 2:
		return m.file("a", text{"a\n", 1}) + "/x"
	case 3:
		return m.make("loop", "ln -s loop loop")
	case 4:
		return strings.Repeat("long", 75)
	default:
		return ""
	}
}

// bytes are for programs to which any byte is as good as another, with many of
// those that cat sees something in.
func (m *maker) bytes() text {
	if m.chance(3) {
		return text{"", 1}
	}
	if m.chance(10) {
		b := make([]byte, 1+m.IntN(3000))
		for i := range b {
			b[i] = byte(m.Uint32())
		}
		return m.text(string(b))
	}
	pieces := []string{"\n", "\n", "\n", "\n\n", "\n\n\n", "\r\n", "\r", "\t", " ", "word", "\x00", "\x1b", "\x7f", "\x80", "\x89", "\x8a", "\x8d", "\xff", "é"}
	var b strings.Builder
	for range 1 + m.IntN(pick(m, 5, 20, 100)) {
		b.WriteString(pick(m, pieces...))
	}
	return m.text(b.String())
}

// text is unit, or now and then much of it: more than a pipe holds, and enough
// for the programs to look for shortcuts through the kernel.
func (m *maker) text(unit string) text {
	switch n := m.IntN(100); {
	case unit == "" || n < 90:
		return text{unit, 1}
	case n < 96:
		return text{unit, 1 + m.IntN(150)}
	default:
		return text{strings.Repeat(unit, 1+1000/len(unit)), 1 + m.IntN(500)}
	}
}

// options are the words that a program with these options may be given. shorts
// are letters without a value, longs all names. A few are wrong.
func (m *maker) options(shorts string, longs []string) []string {
	var words []string
	for range pick(m, 0, 0, 1, 1, 1, 2, 3) {
		switch n := m.IntN(100); {
		case n < 60:
			words = append(words, "-"+m.over(1+m.IntN(3), shorts))
		case n < 80:
			words = append(words, "--"+pick(m, longs...))
		case n < 90:
			long := pick(m, longs...)
			words = append(words, "--"+long[:1+m.IntN(len(long))])
		case n < 92:
			words = append(words, "--"+pick(m, longs...)+"="+pick(m, "", "1", "true", "a b"))
		case n < 95:
			words = append(words, "-"+m.over(1+m.IntN(2), shorts)+pick(m, "x", "=", "=1", "-", "'", "?", " "))
		case n < 97:
			words = append(words, "--"+pick(m, "foo", "foo=bar", "=", "x y", "Number", "no-number"))
		default:
			words = append(words, "--")
		}
	}
	return words
}

// mixed are options and operands in any order of the two, as GNU allows.
func (m *maker) mixed(options, operands []string) []string {
	if m.chance(80) {
		return append(options, operands...)
	}
	var words []string
	for len(options)+len(operands) > 0 {
		if len(operands) == 0 || len(options) > 0 && m.chance(50) {
			words, options = append(words, options[0]), options[1:]
		} else {
			words, operands = append(words, operands[0]), operands[1:]
		}
	}
	return words
}

// posixly is sometimes POSIXLY_CORRECT, set.
func (m *maker) posixly(percent int) string {
	if m.chance(percent) {
		return pick(m, "POSIXLY_CORRECT=1", "POSIXLY_CORRECT=")
	}
	return ""
}

// tells is whether a word may ask for the help text or the version.
func tells(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		return strings.HasPrefix(w, "--h") || strings.HasPrefix(w, "--v")
	})
}

func (m *maker) cat() string {
	options := m.options("AbeEnstTuv", []string{"number", "number-nonblank", "squeeze-blank",
		"show-nonprinting", "show-ends", "show-tabs", "show-all", "help", "version"})
	var operands []string
	for range pick(m, 0, 1, 1, 2, 2, 3, 4) {
		operands = append(operands, m.readable())
	}
	c := command{words: append([]string{"cat"}, m.mixed(options, operands)...), variable: m.posixly(5)}
	m.input(&c, m.bytes())
	switch {
	case tells(options):
		m.writesNowhere(&c)
	case m.chance(10):
		// An operand, or standard input, may be what is appended to. That a file
		// opened for writing alone, at its start, may be its own input is new in 9.5.
		c.into += " >>" + pick(m, m.file("a", m.bytes()), m.file("b", m.bytes()), m.file("in", m.bytes()))
		m.setUp = append(m.setUp, "ulimit -f 99999") // for a cat that does not notice, and would fill the disk
	case m.chance(5):
		m.readerLeaves(&c)
	default:
		m.output(&c)
	}
	return m.line(c)
}

// readable is a file to read, mostly one that can be read.
func (m *maker) readable() string {
	switch n := m.IntN(100); {
	case n < 50:
		return m.file(pick(m, "a", "b", "c"), m.bytes())
	case n < 65:
		return "-"
	case n < 72:
		return m.make("empty", ">empty")
	case n < 75:
		m.file("a", m.bytes())
		return m.make("link", "ln -s a link")
	case n < 78:
		return "/proc/version"
	case n < 84:
		return m.file(m.oddName(), m.bytes())
	case n < 90:
		return m.oddName()
	default:
		return m.failing()
	}
}

// readerLeaves lets c write into a pipe that nobody reads, and more than a pipe
// holds: so the program is writing when the reader leaves, however soon that is.
func (m *maker) readerLeaves(c *command) {
	m.file("large", text{strings.Repeat("0123456789abcde\n", 64), 80})
	c.words = append([]string{c.words[0]}, "large")
	c.after = `printf %s "$s" >status`
	c.into += " | true"
}

func (m *maker) base64() string {
	decode, ignore := m.chance(60), m.chance(25)
	// -d and -i are kept apart from the rest: what may be read depends on them.
	var options []string
	for _, w := range m.options("w", []string{"wrap", "help", "version"}) {
		options = append(options, m.withColumns(w)...)
	}
	if decode {
		options = slices.Insert(options, m.IntN(len(options)+1), pick(m, "-d", "-d", "--decode", "--d"))
	}
	if ignore {
		options = slices.Insert(options, m.IntN(len(options)+1), pick(m, "-i", "-i", "--ignore-garbage", "--ign"))
	}
	c := command{variable: m.posixly(5)}
	full := m.chance(5)
	data := func() text {
		switch {
		case full: // more than fits GNU's buffer, or what is invalid, has it say two things
			return text{"R05VJ3MgYmFzZTY0\n", m.IntN(50)}
		case !decode:
			return m.bytes()
		case !ignore && m.chance(10): // of what -i leaves of it, a group may be unpadded
			return text{m.over(m.IntN(30), "abcdABCD0189+/-_ \r\n\t*\x80") + "*", 1}
		default:
			return m.encoded(pick(m, 0, 0, 5, 20))
		}
	}
	var operands []string
	for range pick(m, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2) {
		operands = append(operands, m.codable(data))
	}
	c.words = append([]string{"base64"}, m.mixed(options, operands)...)
	m.input(&c, data())
	if decode {
		c.before = "" // from further on groups would be incomplete
	}
	switch {
	case tells(options):
		m.writesNowhere(&c)
	case full:
		c.into += " >/dev/full"
	case m.chance(5):
		m.readerLeaves(&c)
	default:
		c.into += pick(m, "", "", " 2>&1", " >out", " >out 2>&1", " >>out")
	}
	return m.line(c)
}

// withColumns gives an option for wrapping a value, mostly a good one: in the
// same word or in the next.
func (m *maker) withColumns(option string) []string {
	long := strings.HasPrefix(option, "--w") && !strings.Contains(option, "=")
	short := !strings.HasPrefix(option, "--") && strings.HasSuffix(option, "w")
	if !long && !short || m.chance(5) {
		return []string{option}
	}
	columns := strconv.Itoa(m.IntN(100))
	if m.chance(20) {
		columns = pick(m, "0", "1", "4", "76", "77", "+5", " 5", "\t7", "-0", "007", "9223372036854775807", "9223372036854775808",
			strings.Repeat("9", 40), "-1", "5k", "0x10", "5 ", "", "+", "- 1", "1_0", "it's", "a\nb", `a\b`, "\033", "=5", "--", "1e3")
	}
	switch {
	case m.chance(30):
		return []string{option, columns}
	case long:
		return []string{option + "=" + columns}
	}
	return []string{option + columns}
}

// codable is a file to code. It is never also the output: base64 has no check
// for that and would go on for ever.
func (m *maker) codable(data func() text) string {
	switch n := m.IntN(100); {
	case n < 60:
		return m.file("a", data())
	case n < 80:
		return "-"
	case n < 90:
		return m.file(m.oddName(), data())
	case n < 95:
		return m.oddName()
	default:
		return m.failing()
	}
}

// encoded is base64 with newlines anywhere and, in so many of 100 places, a byte
// too much. Its groups are complete, and the bits that padding leaves unused are
// zero: before 9.5 it was otherwise. That also holds of what comes before a
// surplus =, which would complete a group if it were the fourth.
func (m *maker) encoded(percent int) text {
	var b strings.Builder
	for range pick(m, 1, 1, 2, 5) {
		data := make([]byte, m.IntN(pick(m, 4, 10, 100, 1000)))
		for i := range data {
			data[i] = byte(m.Uint32())
		}
		code := base64.StdEncoding.EncodeToString(data)
		wrap := pick(m, 0, 0, 1, 3, 4, 5, 76)
		for i := range len(code) {
			if wrap > 0 && i%wrap == 0 {
				b.WriteByte('\n')
			}
			if m.IntN(max(100, len(code))) < percent {
				m.spoil(&b, i%4 < 3 || code[i] == '=')
			}
			b.WriteByte(code[i])
		}
	}
	b.WriteString(pick(m, "", "\n", "\n\n"))
	return m.text(b.String())
}

func (m *maker) spoil(b *strings.Builder, evenPadding bool) {
	if evenPadding && m.chance(30) {
		b.WriteByte('=')
		return
	}
	b.WriteString(pick(m, "*", "-", "_", " ", "\r", "\r\n", "\x00", "\x80", "\xff", "~"))
}

func (m *maker) echo() string {
	words := []string{"env", "echo"} // env, since the shell has an echo of its own
	for range pick(m, 0, 0, 1, 1, 1, 2, 3) {
		words = append(words, pick(m, "-n", "-e", "-e", "-e", "-E", "-ne", "-nee", "-eE", "-nEe", "-nx", "-", "--", "--foo", "--help", "--version"))
	}
	for range pick(m, 0, 1, 1, 2, 3) {
		words = append(words, m.spoken())
	}
	c := command{words: words, variable: m.posixly(20)}
	switch {
	case len(words) == 3 && tells(words):
		m.writesNowhere(&c)
	default:
		m.output(&c)
	}
	return m.line(c)
}

// spoken is an argument with escapes, right and wrong.
func (m *maker) spoken() string {
	var b strings.Builder
	for range m.IntN(pick(m, 3, 10)) {
		switch n := m.IntN(100); {
		case n < 40:
			b.WriteString(`\` + m.over(1, `abcefnrtv\xu0123456789`))
		case n < 60:
			b.WriteString(`\` + pick(m, "0", "x", "") + m.over(m.IntN(5), "0123456789abcdefABCDEFg"))
		default:
			b.WriteString(pick(m, "a", "b c", `\`, "é", "\x80", "\xff", "\n", "\t", "%", "-n", "'", "8", "F"))
		}
	}
	return b.String()
}

func (m *maker) tee() string {
	options := m.options("aip", []string{"append", "ignore-interrupts", "output-error", "help", "version"})
	for i, w := range options {
		if w == "--output-error" && m.chance(80) {
			options[i] += "=" + pick(m, "warn", "warn-nopipe", "exit", "exit-nopipe", "warn-", "exi", "e", "w", "", "Warn", "bad", "it's")
		}
	}
	// Who writes how much before an output fails depends on the size of the
	// blocks: then the input is a single one.
	calm := m.chance(50)
	data := m.bytes()
	if !calm {
		data.times = 1
	}
	var operands []string
	for range pick(m, 0, 1, 1, 2, 2, 3) {
		name := m.writable(calm)
		// Two descriptors that append to one file would also show the blocks.
		if len(options) == 0 || !slices.Contains(operands, name) {
			operands = append(operands, name)
		}
	}
	c := command{words: append([]string{"tee"}, m.mixed(options, operands)...), variable: m.posixly(5)}
	m.input(&c, data)
	if m.chance(20) {
		m.setUp = append(m.setUp, "umask "+pick(m, "0", "002", "077", "0777"))
	}
	// A reader that leaves is not for here: whether tee notices is new in 9.2.
	switch {
	case tells(options):
		m.writesNowhere(&c)
	case calm:
		c.into += pick(m, "", "", " >out", " >>out")
	default:
		m.output(&c)
	}
	return m.line(c)
}

// writable is a file to write.
func (m *maker) writable(calm bool) string {
	switch n := m.IntN(100); {
	case n < 25:
		return m.file(pick(m, "a", "b"), m.bytes())
	case n < 60:
		return pick(m, "new", "newer", "-")
	case n < 75 || calm:
		return m.oddName()
	case n < 90:
		return m.failing()
	default:
		return "/dev/full"
	}
}
