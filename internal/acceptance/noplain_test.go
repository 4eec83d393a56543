//go:build !plain

package acceptance

// plainFlags is empty: the programs take the shortcuts that the system has.
var plainFlags []string
