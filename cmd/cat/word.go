package main

import (
	"encoding/binary"
	"math/bits"
)

// The functions here look at eight bytes at once, side by side in a word. Bit 7 of
// each byte of the result is its flag: set if the byte is one of those looked for.

const (
	each  = 0x0101010101010101 // times b: b in every byte
	flags = 0x80 * each
)

// equal flags the bytes that are b. The exclusive or makes them zero, and adding
// 127 to the lower seven bits sets a flag for all that are not.
func equal(x uint64, b uint8) uint64 {
	x ^= uint64(b) * each
	return ^((x&^flags + ^uint64(flags)) | x) & flags
}

// unprintable is not zero if any byte is outside 32 to 126: over 127 a byte is its
// own flag, adding 1 sets that of 127, and subtracting 32 borrows for those under 32.
func unprintable(x uint64) uint64 {
	return (x | (x + each) | (x - 32*each)) & flags
}

// firstFlag is the place, 0 to 15, of the lowest flag in x and then y.
func firstFlag(x, y uint64) int {
	if x != 0 {
		return bits.TrailingZeros64(x) / 8
	}
	return 8 + bits.TrailingZeros64(y)/8
}

// copy16 copies 16 bytes and returns them.
func copy16(out, src []byte) (x, y uint64) {
	out, src = out[:16:16], src[:16:16]
	x, y = binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:])
	binary.LittleEndian.PutUint64(out, x)
	binary.LittleEndian.PutUint64(out[8:], y)
	return x, y
}
