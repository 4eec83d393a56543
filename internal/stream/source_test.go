package stream

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/sys/unix"
)

// TestSecondProcessor begins with one processor, as before_main does. A long input
// brings the second, by whichever way it is copied; a short one does not.
func TestSecondProcessor(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, c := range []struct {
		length     int
		processors int
	}{{secondAfter - 1, 1}, {secondAfter, 2}} {
		name := tempFile(t, strings.Repeat("x", c.length))
		for _, in := range []string{"an inherited file", "a FILE"} {
			runtime.GOMAXPROCS(1)
			s := apart()
			file := open(t, name, unix.O_RDONLY)
			if in == "an inherited file" {
				s.In = file.fd
			}
			assert.NoError(t, copyTo(s, file, open(t, "/dev/null", unix.O_WRONLY)))
			assert.Equal(t, c.processors, runtime.GOMAXPROCS(0), "%s of %d bytes", in, c.length)
		}
	}
}
