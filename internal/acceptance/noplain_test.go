//go:build !plain

package acceptance

// plain tells the tests that there are shortcuts.
const plain = false

// plainFlags is empty: the programs take the shortcuts that the system has.
var plainFlags []string
