package main

// Eight bytes are looked at side by side, in a word. Bit 7 of each byte of the
// result is its flag: set if the byte is one of those looked for.
const (
	ones  = 0x0101010101010101 // times b: b in every byte
	flags = 0x80 * ones
)

// within flags the bytes from low to high-1, which are at most 128. Added to the lower
// seven bits of each byte, 128-low carries into the flag of those from low on.
func within(x uint64, low, high byte) uint64 {
	seven := x &^ flags
	return (seven + (128-uint64(low))*ones) &^ (seven + (128-uint64(high))*ones) &^ x & flags
}

// equal flags the bytes that are b, which is less than 128.
func equal(x uint64, b byte) uint64 { return within(x, b, b+1) }
