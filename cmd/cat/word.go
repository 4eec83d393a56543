package main

// Eight bytes are looked at side by side, in a word. Bit 7 of each byte of the
// result is its flag: set if the byte is one of those looked for.
const (
	ones  = 0x0101010101010101 // times b: b in every byte
	flags = 0x80 * ones
)

// from is what to add to the lower seven bits of each byte, so that those which are b
// or more carry into their flag.
func from(b uint8) uint64 { return uint64(128-b) * ones }

// within flags the bytes from low to high-1, given as from(low) and from(high).
func within(x, low, high uint64) uint64 {
	seven := x &^ flags
	return (seven + low) &^ (seven + high) &^ x & flags
}
