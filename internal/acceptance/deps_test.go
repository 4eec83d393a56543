package acceptance

import (
	"encoding/json"
	"errors"
	"go/version"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDependencies names all that may be linked into the programs: whoever
// relies on them has to trust it, and it costs size and time to start.
func TestDependencies(t *testing.T) {
	module := modulePath(t, root)
	always := []string{module + "/internal/quote", module + "/internal/stream", module + "/internal/trace", module + "/internal/version",
		"golang.org/x/sys/unix"}
	options := []string{module + "/internal/cli", "github.com/spf13/pflag"}
	asm := "github.com/segmentio/asm/"
	codec := []string{asm + "base64", asm + "cpu", asm + "cpu/arm", asm + "cpu/arm64", asm + "cpu/cpuid", asm + "cpu/x86",
		asm + "internal/unsafebytes", "golang.org/x/sys/cpu"}
	linked := map[string][]string{
		"echo":   always,
		"cat":    slices.Concat(always, options),
		"base64": slices.Concat(always, options, codec),
		"tee":    slices.Concat(always, options),
	}
	// What the suite itself takes of the standard library, and what nobody may bring in.
	standard := strings.Fields("bytes cmp encoding/binary errors fmt io iter math math/bits os os/signal runtime runtime/debug slices strconv strings unicode unicode/utf8 unsafe")
	barred := strings.Fields("crypto/tls encoding/json encoding/xml html/template net/http net/url os/exec plugin regexp testing text/template")

	for _, system := range []string{"linux", "darwin", "freebsd"} {
		for _, program := range programs {
			t.Run(system+"/"+program, func(t *testing.T) {
				itself := module + "/cmd/" + program
				var others []string
				for _, p := range dependencies(t, system, itself) {
					if p.Standard {
						assert.NotContains(t, barred, p.ImportPath)
						continue
					}
					if p.ImportPath != itself {
						others = append(others, p.ImportPath)
					}
					if strings.HasPrefix(p.ImportPath, module+"/") {
						assert.Subset(t, slices.Concat(standard, linked[program]), p.Imports, p.ImportPath)
					}
					if slices.Contains(p.Imports, "net") {
						assert.Equal(t, "github.com/spf13/pflag", p.ImportPath, "nobody else may import net")
					}
				}
				assert.ElementsMatch(t, linked[program], others)
			})
		}
	}
}

// A pkg is what go list says of a package.
type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

// dependencies are all packages that a program is linked from, itself included.
func dependencies(t *testing.T, system, program string) (found []pkg) {
	t.Helper()
	env := append(os.Environ(), "CGO_ENABLED=0", "GOARCH=amd64", "GOOS="+system)
	list := do(t, root, env, "go", "list", "-deps", "-json=ImportPath,Standard,Imports", program)
	decoder := json.NewDecoder(strings.NewReader(list))
	for {
		var p pkg
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		found = append(found, p)
	}
}

// TestModuleFile: `go install MODULE@version` refuses a go.mod that replaces or
// excludes modules, and nobody should need a newer Go than the dependencies do.
func TestModuleFile(t *testing.T) {
	var mod struct {
		Go, Toolchain             string
		Require                   []struct{ Path string }
		Replace, Exclude, GoDebug []any
	}
	require.NoError(t, json.Unmarshal([]byte(do(t, root, nil, "go", "mod", "edit", "-json")), &mod))
	assert.Empty(t, mod.Replace)
	assert.Empty(t, mod.Exclude)
	assert.Empty(t, mod.GoDebug)
	assert.Empty(t, mod.Toolchain)

	ask := []string{"list", "-m", "-f", "go{{.GoVersion}}"}
	for _, module := range mod.Require {
		ask = append(ask, module.Path)
	}
	needed := slices.MaxFunc(strings.Fields(do(t, root, nil, "go", ask...)), version.Compare)
	assert.Equal(t, needed, "go"+mod.Go)
}
