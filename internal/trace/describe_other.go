//go:build !linux

package trace

// path: no portable call gives the path of a descriptor, or finds a terminal.
func path(int) string { return "" }

func isTerminal(int) bool { return false }

// isClosed: no descriptor here takes the place of a closed one.
func isClosed(int) bool { return false }

// sameDescription: no portable call compares two descriptors.
func sameDescription(int, int) bool { return false }
