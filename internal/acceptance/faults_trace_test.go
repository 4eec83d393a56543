//go:build linux

package acceptance

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An account is what a trace says of the bytes that moved.
type account struct {
	read    int            // from the one input that there was
	written map[string]int // by output: "fd 1", or the name of a file that was opened
}

var (
	opening     = regexp.MustCompile(`\]: open   (\S+) -> (fd \d+)  `)
	copyTotals  = regexp.MustCompile(`\]: copy   fd \d+ -> (.*)  (\d+) bytes?, \d+ calls?( \(.*\))?$`)
	copyOutput  = regexp.MustCompile(`^(fd \d+)(?: \((\d+) bytes?\))?$`)
	workTotals  = regexp.MustCompile(`\]: (?:code  |format) fd \d+ -> (fd \d+)  (\d+) bytes? in, (\d+) out$`)
	ownWords    = regexp.MustCompile(`\]: write  (fd \d+)  (\d+) bytes?$`)
	otherEvents = regexp.MustCompile(`\]: (fd \d|error |close |end |death |exit )`)
)

// accountOf reads the trace of a trial.
func (tr *trial) accountOf() account {
	tr.t.Helper()
	text, err := os.ReadFile(tr.traceFile)
	require.NoError(tr.t, err)
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		require.NoError(tr.t, err)
		return n
	}
	a, names := account{written: map[string]int{}}, map[string]string{}
	add := func(fd string, n int) {
		if name := names[fd]; name != "" {
			fd = name
		}
		a.written[fd] += n
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if m := opening.FindStringSubmatch(line); m != nil {
			names[m[2]] = m[1]
		} else if m := copyTotals.FindStringSubmatch(line); m != nil {
			a.read += number(m[2])
			for to := range strings.SplitSeq(m[1], ", ") {
				output := copyOutput.FindStringSubmatch(to)
				require.NotNil(tr.t, output, line)
				if output[2] == "" {
					output[2] = m[2]
				}
				add(output[1], number(output[2]))
			}
		} else if m := workTotals.FindStringSubmatch(line); m != nil {
			a.read += number(m[2])
			add(m[1], number(m[3]))
		} else if m := ownWords.FindStringSubmatch(line); m != nil {
			add(m[1], number(m[2]))
		} else {
			assert.Regexp(tr.t, otherEvents, line)
		}
	}
	return a
}

// checkCounts checks that the trace tells how many bytes each output took, of
// those that failed too.
func (f *fan) checkCounts() {
	f.t.Helper()
	a := f.accountOf()
	for i, o := range f.outlets {
		name := o.name
		if i == 0 {
			name = "fd 1"
		}
		written, told := a.written[name]
		switch {
		case !told:
			f.t.Errorf("the trace does not tell what %s took: %v", name, a)
		case !o.seen() && o.fails: // /dev/full
			assert.Zero(f.t, written, name)
		case !o.seen():
			assert.LessOrEqual(f.t, written, a.read, name)
		case o.fails && o.kind != file: // it took more than its reader did
			assert.GreaterOrEqual(f.t, written, len(o.got), name)
		default:
			assert.Equal(f.t, len(o.got), written, name)
		}
		assert.LessOrEqual(f.t, written, a.read, name)
	}
}

// TestTraceOfPartialWrites has writes take a part of what they are given, and then
// fail: the trace counts that part.
func TestTraceOfPartialWrites(t *testing.T) {
	t.Parallel()
	for _, blocks := range []int{8, 600} {
		limitable := func(w way) bool { return w.writesToFile() != noSide }
		eachWay(t, largeSize, limitable, func(t *testing.T, p plan) {
			if blocks*512 >= len(p.want) {
				return // the limit is not met
			}
			t.Run(fmt.Sprintf("a file of %d bytes", blocks*512), func(t *testing.T) {
				tr := try(t, p)
				tr.trace()
				tr.limited(fmt.Sprintf("ulimit -f %d", blocks))
				got := tr.run()
				tr.check(got, p.writesToFile(), "File too large")
				a := tr.accountOf()
				if p.writesToFile() == copying {
					assert.Equal(t, len(got.copy), a.written["copy"])
				} else {
					assert.Equal(t, len(got.out), a.written["fd 1"])
				}
			})
		})
	}
	leavable := func(w way) bool { return w.out == pipe && w.copy == none && w.options != "-p" }
	eachWay(t, largeSize, leavable, func(t *testing.T, p plan) {
		for _, after := range []int{1, 200_000} {
			t.Run(fmt.Sprintf("a reader that goes away after %d bytes", after), func(t *testing.T) {
				tr := try(t, p)
				tr.trace()
				left := 0
				tr.take = func(tr *trial, r *os.File) []byte {
					got := make([]byte, after)
					for n := 0; n < after; {
						m, err := r.Read(got[n:])
						if !assert.NoError(t, err) {
							break
						}
						n += m
					}
					tr.asleep()
					left = waiting(tr.stdout.file)
					r.Close()
					return got
				}
				got := tr.run()
				tr.checkLeft(got, outSide, false)
				assert.Equal(t, after+left, tr.accountOf().written["fd 1"], "bytes, of which the pipe still held %d", left)
				trace, err := os.ReadFile(tr.traceFile)
				require.NoError(t, err)
				assert.True(t, bytes.Contains(trace, []byte(": death  SIGPIPE: the reader of fd 1 has gone away\n")), "the trace tells of no death")
			})
		}
	})
}
