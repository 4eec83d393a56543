package version

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestText(t *testing.T) {
	text := Text("cat")
	assert.True(t, strings.HasPrefix(text, "cat (fd42) "), "%q", text)
	assert.True(t, strings.HasSuffix(text, "\nbuilt with "+runtime.Version()+"\n"), "%q", text)
}
