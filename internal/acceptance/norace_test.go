//go:build !race

package acceptance

// raceFlags is empty: these tests run the programs as they are shipped.
var raceFlags []string
