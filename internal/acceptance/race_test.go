//go:build race

package acceptance

// raceFlags are what `go build` needs so that the programs are watched as the tests are.
var raceFlags = []string{"-race"}
