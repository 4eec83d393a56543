package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/stream"
	"fd42.example/fd42/internal/stream/streamtest"
)

func TestColumns(t *testing.T) {
	for value, want := range map[string]columns{
		"0":                     0,
		"-0":                    0,
		"76":                    76,
		"+5":                    5,
		" \t\n\v\f\r5":          5,
		"007":                   7,
		"9223372036854775807":   math.MaxInt64,
		"9223372036854775808":   0, // more than memory can count
		"18446744073709551617":  0,
		strings.Repeat("9", 99): 0,
	} {
		c := columns(76)
		require.NoError(t, c.Set(value), "%q", value)
		assert.Equal(t, want, c, "%q", value)
	}
	for _, value := range []string{"", " ", "-", "+", "-1", "-9223372036854775809", "9223372036854775808x", "--0", "+-0", "- 0", "5 ", "5k", "0x10", "1_000", "٣", "5\x00"} {
		var c columns
		assert.ErrorContains(t, c.Set(value), "invalid wrap size: '", "%q", value)
	}
}

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name   string
		args   []string
		stdin  string
		stdout string
		stderr string
	}{
		{"encode", nil, "leandro\n", "bGVhbmRybwo=\n", ""},
		{"a dash", []string{"-"}, "leandro\n", "bGVhbmRybwo=\n", ""},
		{"nothing", nil, "", "", ""},
		{"wrap", []string{"-w", "5"}, "leandro\n", "bGVhb\nmRybw\no=\n", ""},
		{"the last wrap wins", []string{"-w5", "--wrap=0"}, "leandro\n", "bGVhbmRybwo=", ""},
		{"decode", []string{"-d"}, "bGVhbm\nRybwo\n=\n", "leandro\n", ""},
		{"decode, wrap is checked", []string{"-dw", "x"}, "", "", "base64: invalid wrap size: 'x'\n"},
		{"garbage", []string{"-d", "-i"}, "bG*Vhbm Rybÿwo=\n", "leandro\n", ""},
		{"a fault", []string{"-d"}, "YWJj*YWJj", "abc", "base64: invalid input\n"},
		{"no file", []string{"hahahaha"}, "", "", "base64: hahahaha: No such file or directory\n"},
		{"a directory", []string{"."}, "", "", "base64: read error: Is a directory\n"},
		{"a second operand", []string{"a", "b"}, "", "", "base64: extra operand 'b'\nTry 'base64 --help' for more information.\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := streamtest.New(t, "base64", c.stdin)
			status := run(s.Streams, c.args)
			stdout, stderr := s.Written()
			assert.Equal(t, c.stdout, stdout)
			assert.Equal(t, c.stderr, stderr)
			assert.Equal(t, c.stderr != "", status == 1)
		})
	}
}

func TestRunFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(name, []byte("file"), 0o600))
	s := streamtest.New(t, "base64", "stdin")
	assert.Zero(t, run(s.Streams, []string{name}))
	stdout, _ := s.Written()
	assert.Equal(t, "ZmlsZQ==\n", stdout)
}

// TestRunFull: one diagnostic, that of the first fault. What is left to encode
// at the end of the input has nowhere to go either.
func TestRunFull(t *testing.T) {
	for _, c := range []struct {
		args  []string
		stdin string
	}{
		{nil, "a"},
		{nil, "abc"},
		{[]string{"-d"}, "YWJj*"},
		{[]string{"-d"}, "YQ"},
	} {
		s := streamtest.New(t, "base64", c.stdin)
		s.WriteTo("/dev/full")
		assert.Equal(t, 1, run(s.Streams, c.args))
		_, stderr := s.Written()
		assert.Equal(t, "base64: write error: No space left on device\n", stderr)
	}
}

// TestRunReadError: base64 codes what it has read before it reports the failure. If
// it cannot write that either, this is a second error, and it does not report it.
func TestRunReadError(t *testing.T) {
	for _, c := range []struct {
		args          []string
		stdin, stdout string
		out           string // where to write, if not to a file
	}{
		{nil, "abcd", "YWJjZA==\n", ""},
		{nil, "ab", "", "/dev/full"},
		{[]string{"-d"}, "YWJjYQ", "abc", ""},
		{[]string{"-d"}, "YWJjYQ=", "abc", ""},
	} {
		ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		require.NoError(t, err)
		_, err = stream.Write(ends[1], []byte(c.stdin))
		require.NoError(t, err)
		_, err = stream.Write(ends[0], []byte("unread when the peer closes, so the connection is reset"))
		require.NoError(t, err)
		require.NoError(t, stream.Close(ends[1]))
		s := streamtest.New(t, "base64", "")
		s.In = ends[0]
		if c.out != "" {
			s.WriteTo(c.out)
		}
		assert.Equal(t, 1, run(s.Streams, c.args))
		stdout, stderr := s.Written()
		assert.Equal(t, c.stdout, stdout)
		assert.Equal(t, "base64: read error: Connection reset by peer\n", stderr)
		require.NoError(t, stream.Close(ends[0]))
	}
}
