//go:build linux

package acceptance

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// soakLimit is how long one pipeline may take. It is far more than any needs.
const soakLimit = 5 * time.Minute

// TestSoak runs one long pipeline of these programs after the other, drawn at
// random, for MINUTES. What comes out, and what tee has written to files, must be
// what went in. No program may write a diagnostic, or take more memory than
// another. SEED chooses another series.
func TestSoak(t *testing.T) {
	minutes := fromEnvironment(t, "MINUTES", 0)
	if minutes == 0 {
		t.Skip("it takes as long as it is told: make soak MINUTES=…")
	}
	seed, n := fromEnvironment(t, "SEED", 42), uint64(0)
	for minute := range minutes {
		t.Run(fmt.Sprintf("minute %d of %d", minute+1, minutes), func(t *testing.T) {
			var bytes, programs, peak int
			first, end := n, time.Now().Add(time.Minute)
			for ; time.Now().Before(end) && !t.Failed(); n++ {
				s := newSoak(t, seed, n)
				s.run()
				bytes += s.size
				programs += len(s.stages)
				peak = max(peak, s.peak)
			}
			t.Logf("%d pipelines of %d programs, %d MiB in, at most %d KiB of memory each", n-first, programs, bytes>>20, peak)
		})
	}
}

// A soak is one pipeline: its source and its sink are this test.
type soak struct {
	*rand.Rand
	t      *testing.T
	name   string
	size   int        // of the source
	stages [][]string // programs with their arguments
	files  []string   // that must be like the source in the end
	peak   int        // memory of the largest program, in KiB
}

func newSoak(t *testing.T, seed, n uint64) *soak {
	s := &soak{Rand: rand.New(rand.NewPCG(seed, n)), t: t}
	s.size = s.IntN(1 << (5 + s.IntN(21)))
	for range 1 + s.IntN(6) {
		switch s.IntN(3) {
		case 0:
			s.stages = append(s.stages, s.cat())
		case 1:
			s.stages = append(s.stages, s.tee())
		default:
			s.stages = append(s.stages, s.thereAndBack()...)
		}
	}
	var words []string
	for _, stage := range s.stages {
		words = append(words, strings.Join(stage, " "))
	}
	s.name = fmt.Sprintf("SEED=%d, pipeline %d: %d bytes | %s", seed, n, s.size, strings.Join(words, " | "))
	return s
}

func (s *soak) cat() []string {
	all := [][]string{{"cat"}, {"cat", "-u"}, {"cat", "-"}, {"cat", os.DevNull, "-", os.DevNull, "-"}}
	return all[s.IntN(len(all))]
}

func (s *soak) tee() []string {
	file := func() string {
		name := filepath.Join(s.t.TempDir(), strconv.Itoa(len(s.files)))
		s.files = append(s.files, name)
		return name
	}
	switch s.IntN(5) {
	case 0:
		return []string{"tee"}
	case 1:
		return []string{"tee", "-p", os.DevNull}
	case 2:
		return []string{"tee", file()}
	case 3:
		return []string{"tee", "-a", file()}
	}
	return []string{"tee", "--output-error=exit", file(), os.DevNull, file()}
}

// thereAndBack encodes and decodes. In between, cat may mark the ends of lines,
// if they are skipped as garbage afterwards.
func (s *soak) thereAndBack() [][]string {
	between := [][]string{{"cat"}, {"cat", "-vT"}, {"cat", "-s"}, {"cat", "-E"}, {"cat", "-A"}}
	format := s.IntN(len(between))
	decode := "-d"
	if format >= 3 || s.IntN(3) == 0 {
		decode = "-di"
	}
	columns := []int{0, 1, 4, 75, 76, 1000, 1 << 20}[s.IntN(7)]
	return [][]string{{"base64", "-w", strconv.Itoa(columns)}, between[format], {"base64", decode}}
}

// run feeds the pipeline and compares what comes out.
func (s *soak) run() {
	defer func() {
		if s.t.Failed() {
			s.t.Log(s.name)
		}
	}()
	hanging := time.AfterFunc(soakLimit, func() { panic("this hangs: " + s.name) })
	defer hanging.Stop()
	in, source := s.link()
	var programs []*measured
	for _, stage := range s.stages {
		next, out := s.link()
		programs = append(programs, measure(s.t, in, out, stage...))
		for _, theirs := range []*os.File{in, out} {
			// It takes effect under a program that may be reading or writing already.
			require.NoError(s.t, unix.SetNonblock(int(theirs.Fd()), s.IntN(3) == 0))
			require.NoError(s.t, theirs.Close())
		}
		in = next
	}
	fed := make(chan string)
	go func() { fed <- s.feed(source) }()
	got := digest(in)
	want := <-fed
	assert.Equal(s.t, want, got, "what came out")
	for _, program := range programs {
		program.check(s.t)
		s.peak = max(s.peak, program.peak)
	}
	for _, name := range s.files {
		file, err := os.Open(name)
		require.NoError(s.t, err)
		assert.Equal(s.t, want, digest(file), name)
		require.NoError(s.t, os.Remove(name))
	}
}

// link joins two programs, by a pipe that may be narrow or by sockets.
func (s *soak) link() (r, w *os.File) {
	if s.IntN(4) > 0 {
		r, w, err := os.Pipe()
		require.NoError(s.t, err)
		_, err = unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, os.Getpagesize()<<s.IntN(9))
		require.NoError(s.t, err)
		return r, w
	}
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	require.NoError(s.t, err)
	return os.NewFile(uintptr(ends[0]), "socket"), os.NewFile(uintptr(ends[1]), "socket")
}

// feed writes the source in pieces of any size and closes it. It returns its digest.
func (s *soak) feed(w *os.File) string {
	defer w.Close()
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], s.Uint64())
	bytes := rand.NewChaCha8(seed)
	sum := sha256.New()
	piece := make([]byte, 1<<s.IntN(18))
	for left := s.size; left > 0; {
		part := piece[:min(left, 1+s.IntN(len(piece)))]
		bytes.Read(part)
		sum.Write(part)
		if _, err := w.Write(part); !assert.NoError(s.t, err) {
			break
		}
		left -= len(part)
	}
	return hexOf(sum)
}

// digest reads all of r, and closes it.
func digest(r *os.File) string {
	defer r.Close()
	sum := sha256.New()
	if _, err := io.Copy(onlyWriter{sum}, r); err != nil {
		return err.Error()
	}
	return hexOf(sum)
}

func hexOf(sum hash.Hash) string { return fmt.Sprintf("%x", sum.Sum(nil)) }
