//go:build plain

package acceptance

// plainFlags build programs that copy by reading and writing alone, as they
// do where no shortcut is known.
var plainFlags = []string{"-tags", "plain"}
