//go:build plain

package acceptance

// plain tells the tests that there are no shortcuts.
const plain = true

// plainFlags build programs that copy by reading and writing alone, as they
// do where no shortcut is known.
var plainFlags = []string{"-tags", "plain"}
