package draw

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/tour/record"
)

// A maker makes traces that no program has to have written. No number of bytes
// comes twice in one, except where a copy passes all on.
type maker struct {
	*rand.Rand
	bytes int64
}

func (m *maker) pick(words ...string) string { return words[m.IntN(len(words))] }

func (m *maker) count() int64 {
	m.bytes += 1 + m.Int64N(1<<m.IntN(30))
	return m.bytes
}

func (m *maker) file() string {
	return m.pick("/w/f", "/w/a", "'/w/a b'", "/w/日本語", "/elsewhere/with/a/long/name/that/goes/on/and/on.txt", `'/w/x'$'\033''y'`)
}

// lead is what a descriptor leads to.
func (m *maker) lead() string {
	switch m.IntN(8) {
	case 0, 1:
		return "terminal /dev/pts/0  read-write"
	case 2, 3:
		return fmt.Sprintf("pipe %d  %s", 1+m.IntN(4), m.pick("read-only", "write-only"))
	case 4:
		return "device /dev/null  write-only"
	case 5:
		return m.pick("closed", "socket 7  read-write", "directory /  read-only", "pipe 9 /w/fifo  read-only")
	}
	return "file " + m.file() + "  " + m.pick("read-only", "write-only", "write-only, append", "read-write") + ", offset " + strconv.Itoa(m.IntN(9))
}

// process writes the trace of one process.
func (m *maker) process(pid int) string {
	var b strings.Builder
	prefix := fmt.Sprintf("%s[%d]: ", m.pick("echo", "cat", "base64", "tee"), pid)
	say := func(format string, args ...any) { b.WriteString(prefix + fmt.Sprintf(format, args...) + "\n") }
	fds := []int{0, 1, 2}
	if m.IntN(3) == 0 {
		fds = append(fds, 3, 42)
	}
	open, pipe := map[int]bool{}, map[int]bool{}
	for i, fd := range fds {
		open[fd] = true
		role := [...]string{"stdin", "stdout", "stderr", "inherited", "inherited"}[i]
		if i > 0 && m.IntN(4) == 0 {
			lower := fds[m.IntN(i)]
			open[fd], pipe[fd] = open[lower], pipe[lower]
			say("fd %-3d %-9s  same open file as fd %d", fd, role, lower)
		} else {
			lead := m.lead()
			open[fd], pipe[fd] = lead != "closed", strings.HasPrefix(lead, "pipe")
			say("fd %-3d %-9s  %s", fd, role, lead)
		}
	}
	next := 4
	for range m.IntN(3) {
		say("open   %s -> fd %d  file, %s", m.pick("f", "a", "'a b'", "日本語", "/dev/stdin"), next, m.pick("read-only", "write-only", "write-only, append"))
		fds = append(fds, next)
		open[next] = true
		next++
	}
	fds = slices.DeleteFunc(fds, func(fd int) bool { return !open[fd] })
	if len(fds) == 0 {
		return b.String()
	}
	for range m.IntN(4) {
		in, out, other := fds[m.IntN(len(fds))], fds[m.IntN(len(fds))], fds[m.IntN(len(fds))]
		switch m.IntN(6) {
		case 0:
			say("write  fd %d  %d bytes", out, m.count())
		case 1:
			say("format fd %d -> fd %d  %d bytes in, %d out", in, out, m.count(), m.count())
		case 2:
			if pipe[in] { // then no number comes twice
				continue
			}
			say("copy   fd %d -> fd %d, fd %d (%d bytes)  %d bytes, 5 calls (read and write)", in, out, other, m.count(), m.count())
		case 3:
			say("copy   fd %d -> fd %d  0 bytes, 1 call", in, out)
		case 4:
			say("error  fd %d  write error: %s", out, m.pick("No space left on device", "Broken pipe"))
		case 5:
			say("close  fd %d  offset %d", in, m.IntN(100))
		}
	}
	for _, fd := range fds[:m.IntN(min(3, len(fds)))] {
		say("end    fd %d  offset %d", fd, m.IntN(1e6))
	}
	switch m.IntN(8) {
	case 0:
	case 1:
		say("death  SIGPIPE: the reader of fd %d has gone away", m.IntN(3))
	default:
		say("exit   %d", m.IntN(2))
	}
	return b.String()
}

// line is a command line, which the trace need not fit.
func (m *maker) line() string {
	command := func() string {
		c := m.pick("cat f", "echo a b", "base64", "tee x y", "head -1", "read x", "cat <(echo hi)", "tee >(base64)", `echo "$(cat f)"`, "exec")
		for range m.IntN(3) {
			c += m.pick(" >f", " >>f", " 2>&1", " <a", " 2>a", " >&42", " 42>f", " <>f", " >&-", " &>f", " <<<x", " >/dev/null", " 2>&42", " 42>&-")
		}
		return c
	}
	var words []string
	for range 1 + m.IntN(4) {
		c := command()
		switch m.IntN(6) {
		case 0:
			c = "{ " + c + "; " + command() + "; } >f"
		case 1:
			c = "( " + c + "; " + command() + " )"
		case 2:
			c = "for i in 1 2; do " + c + "; done"
		}
		words = append(words, c, m.pick("|", "|", ";", "&&", "||", "&", "|&"))
	}
	return strings.Join(words[:len(words)-1], " ")
}

func (m *maker) command() Command {
	c := Command{Folder: m.pick("", "/w"), Width: 30 + m.IntN(90), ASCII: m.IntN(3) == 0}
	var lines []string
	for pid := range m.IntN(5) {
		lines = append(lines, m.process(pid+1))
	}
	c.Trace = record.Parse(strings.Join(lines, ""))
	if m.IntN(3) > 0 {
		c.Line = m.line()
	}
	if m.IntN(2) == 0 {
		c.Statuses = []int{0, 141, 1}[:m.IntN(4)]
		c.Running = map[int]bool{1: true}
	}
	if m.IntN(2) == 0 {
		c.Shell = record.Parse("sh[1]: fd 0   stdin      terminal /dev/pts/0  read-write\nsh[1]: fd 1   stdout     same open file as fd 0\nsh[1]: fd 42  inherited  file /w/f  write-only, offset 3\n").Processes[0].Descriptors
	}
	return c
}

// seed is the one of SEED, or always the same.
func seed(t testing.TB) uint64 {
	value := cmp.Or(os.Getenv("SEED"), "42")
	n, err := strconv.ParseUint(value, 10, 64)
	require.NoError(t, err, "SEED")
	return n
}

// TestAnything draws traces and lines at random, which need not fit each other.
func TestAnything(t *testing.T) {
	t.Parallel()
	cases := 400
	if os.Getenv("SEED") != "" {
		cases = 4000
	}
	for n := range uint64(cases) {
		m := &maker{Rand: rand.New(rand.NewPCG(seed(t), n))}
		c := m.command()
		picture := Picture(c)
		about := fmt.Sprintf("case %d: %s\n%s", n, c.Line, picture)
		whole := true
		for line := range strings.Lines(picture) {
			line = strings.TrimSuffix(line, "\n")
			require.LessOrEqual(t, cells(line), c.Width, about)
			require.NotContains(t, line, "\x1b", about)
			whole = whole && !strings.HasSuffix(line, "…") && !strings.HasSuffix(line, "~")
			if c.ASCII {
				require.Equal(t, -1, strings.IndexFunc(line, func(r rune) bool { return r > '~' }), about)
			}
		}
		require.Equal(t, picture, Picture(c), "drawn again")
		if whole {
			require.Equal(t, moves(c.Trace), counts(picture), about)
		}
		s := attempts(false)[m.IntN(len(attempts(false)))]
		boxes := build(c)
		bands := chains(boxes)
		if s.oneSided {
			bands = oneSided(boxes)
		}
		name(bands)
		closed(t, s, bands, s.layout(bands), about)
	}
}

// counts are the numbers of bytes in a picture.
func counts(picture string) []int64 {
	var found []int64
	for _, label := range regexp.MustCompile(`([0-9,]+) ?B\b`).FindAllStringSubmatch(picture, -1) {
		n, _ := strconv.ParseInt(strings.ReplaceAll(label[1], ",", ""), 10, 64)
		if n > 0 {
			found = append(found, n)
		}
	}
	slices.Sort(found)
	return found
}

// moves are the numbers of bytes that a picture has to show. Those that went
// to a descriptor come once. Those that came from one come too, unless they
// stand where they went to: a copy's on its outputs, a pipe's on its writer.
func moves(trace record.Trace) []int64 {
	var due []int64
	for _, p := range trace.Processes {
		for _, d := range p.Descriptors {
			if d.Written > 0 {
				due = append(due, d.Written)
			}
			passed := true
			for _, e := range p.Events {
				if e.Descriptor == d && (e.Verb == record.Format || e.Verb == record.Code || e.Verb == record.Copy && e.Outputs[0].Bytes != e.Read) {
					passed = p.Signal != "" // what it lost, nobody got
				}
			}
			if d.Read > 0 && (d.Kind == record.Pipe || !passed) {
				due = append(due, d.Read)
			}
		}
	}
	slices.Sort(due)
	return due
}

// closed looks at the edges of every box.
func closed(t *testing.T, s settings, bands []band, c *canvas, about string) {
	at := func(x, y int) string { return c.rows[y][x] }
	for _, b := range slices.Concat(bands...) {
		right, bottom := b.x+s.inside(b)+1, b.y+b.height()-1
		corners := at(b.x, b.y) + at(right, b.y) + at(b.x, bottom) + at(right, bottom)
		require.Equal(t, "┌┐└┘", corners, about)
		for y := b.y + 1; y < bottom; y++ {
			require.Contains(t, "│·0123456789", at(b.x, y), about)
			require.Contains(t, "│·0123456789", at(right, y), about)
			for x := b.x + 3; x < right-2; x++ {
				require.Equal(t, " ", at(x, y), about)
			}
		}
	}
}

// FuzzPicture: nothing that is typed or traced makes drawing fail.
func FuzzPicture(f *testing.F) {
	m := &maker{Rand: rand.New(rand.NewPCG(1, 2))}
	for range 10 {
		f.Add(m.line(), m.process(1)+m.process(2), uint8(80))
	}
	f.Add("eval 'eval \"x() { x; }; x\"'", "", uint8(0))
	f.Add("cat <<EOF | { cat; } 3<>f 4<&3- {fd}>g", "", uint8(9))
	f.Fuzz(func(t *testing.T, line, trace string, width uint8) {
		c := Command{Line: line, Trace: record.Parse(trace), Width: int(width), ASCII: width%2 == 0}
		for line := range strings.Lines(Picture(c)) {
			assert.LessOrEqual(t, cells(strings.TrimSuffix(line, "\n")), max(1, int(width)))
		}
	})
}
