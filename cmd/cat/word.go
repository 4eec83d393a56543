package main

// Eight bytes are looked at side by side, in a word. Bit 7 of each byte of the
// result is its flag: set if the byte is one of those looked for.
const (
	each  = 0x0101010101010101 // times b: b in every byte
	flags = 0x80 * each
)

// equal flags the bytes that are b. The exclusive or makes them zero, and adding
// 127 to the lower seven bits carries into the flag of all that are not.
func equal(x uint64, b uint8) uint64 {
	x ^= uint64(b) * each
	return ^((x&^flags + 127*each) | x) & flags
}
