package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"fd42.example/fd42/internal/peer"
)

func programNames() []string { return []string{"cat", "base64", "tee", "echo"} }

// A contender is a set of programs of one origin: the beginning of a command
// line for each that it has. Some sets are one file whose first argument says
// which program to be.
type contender struct {
	label    string
	programs map[string][]string
	appends  bool // all that it writes to a file is appended
	noPeer   bool // it is shown, but whoever is slower is not behind a peer
}

// isGNU says whether the programs are GNU's.
func (c contender) isGNU() bool { return strings.HasPrefix(c.label, "GNU ") }

// findContenders lists the suite's own programs, then the system's, which are
// the reference, then whoever else is there. Before is the folder of an earlier
// build of the suite, if any.
func findContenders(ctx context.Context, bin, before string, peers []string) ([]contender, error) {
	bin, err := filepath.Abs(bin) // commands run elsewhere
	if err != nil {
		return nil, err
	}
	found := []contender{{label: "fd42", programs: oneByOne(bin, "")}}
	if len(found[0].programs) == 0 {
		return nil, fmt.Errorf("none of the programs is in %s", bin)
	}
	add := func(name string, programs map[string][]string) {
		if len(programs) > 0 {
			found = append(found, contender{label: label(ctx, programs, name), programs: programs})
		}
	}
	add("system", oneByOne("/usr/bin", "gnu")) // GNU's second names, where another set has the first
	if len(found) == 1 {
		add("system", oneByOne("/usr/bin", ""))
	}
	if len(found) == 1 {
		return nil, errors.New("no programs in /usr/bin to compare with")
	}
	for _, name := range []string{"busybox", "toybox"} {
		if path, err := exec.LookPath(name); err == nil {
			add(name, allInOne(path))
		}
	}
	// Debian and Ubuntu keep uutils here, in one file or as a folder of links.
	add("uutils", inFolder("/usr/lib/cargo/bin"))
	add("uutils", inFolder("/usr/lib/cargo/bin/coreutils"))
	for _, dir := range peers {
		dir, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		programs := inFolder(dir)
		if len(programs) == 0 {
			return nil, fmt.Errorf("PEERS: none of the programs is in %s", dir)
		}
		add(peer.FolderName(dir), programs)
	}
	if before != "" {
		if before, err = filepath.Abs(before); err != nil {
			return nil, err
		}
		programs := inFolder(before)
		if len(programs) == 0 {
			return nil, fmt.Errorf("BEFORE: none of the programs is in %s", before)
		}
		found = append(found, contender{label: earlierLabel, programs: programs, noPeer: true})
	}
	return found, nil
}

const earlierLabel = "fd42 before"

// inFolder is the programs of a folder, however they are kept there.
func inFolder(dir string) map[string][]string {
	for _, prefix := range []string{"", "uu_"} {
		if programs := oneByOne(dir, prefix); len(programs) > 0 {
			return programs
		}
	}
	for _, name := range []string{"coreutils", "busybox", "toybox", "bb"} {
		if path := filepath.Join(dir, name); executable(path) {
			return allInOne(path)
		}
	}
	return nil
}

func oneByOne(dir, prefix string) map[string][]string {
	programs := map[string][]string{}
	for _, name := range programNames() {
		if path := filepath.Join(dir, prefix+name); executable(path) {
			programs[name] = []string{path}
		}
	}
	return programs
}

func allInOne(path string) map[string][]string {
	programs := map[string][]string{}
	for _, name := range programNames() {
		programs[name] = []string{path, name}
	}
	return programs
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// label asks a program who it is; one that does not answer goes by the name
// it was found under.
func label(ctx context.Context, programs map[string][]string, name string) string {
	for _, program := range []string{"cat", "base64", "tee"} { // echo would echo the question
		if argv, ok := programs[program]; ok {
			// Some answer among complaints, with a status other than 0.
			answer, _ := exec.CommandContext(ctx, argv[0], append(argv[1:], "--version")...).CombinedOutput()
			return peer.Label(string(answer), name)
		}
	}
	return name
}
