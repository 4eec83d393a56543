package main

import (
	"encoding/binary"
	"math/bits"
)

// The functions here copy bytes that need no work, and look for one that does
// while they are at hand: eight side by side in a word, two words at a time.
// Bit 7 of each byte is its flag, and the arithmetic sets it for the bytes
// looked for. A carry can set flags wrongly, but only above a right one, and
// the lowest flag alone counts.
const (
	each  = 0x0101010101010101 // times b: b in every byte
	flags = 0x80 * each
)

// copyPrintable copies src to out, which is no shorter, up to the first byte
// that is no printable ASCII character, or until fewer than 16 bytes are left.
// It returns how many are copied; behind them it may have written up to 16 more.
func copyPrintable(out, src []byte) (n int) {
	for ; n+16 <= len(src); n += 16 {
		x, y := copy16(out[n:n+16:n+16], src[n:n+16:n+16])
		if x, y = unprintable(x), unprintable(y); x|y != 0 {
			return n + firstFlag(x, y)
		}
	}
	return n
}

// copyLine is copyPrintable for the first newline.
func copyLine(out, src []byte) (n int) {
	for ; n+16 <= len(src); n += 16 {
		x, y := copy16(out[n:n+16:n+16], src[n:n+16:n+16])
		if x, y = newline(x), newline(y); x|y != 0 {
			return n + firstFlag(x, y)
		}
	}
	return n
}

// copy16 copies 16 bytes and returns them.
func copy16(out, src []byte) (x, y uint64) {
	out, src = out[:16:16], src[:16:16]
	x, y = binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:])
	binary.LittleEndian.PutUint64(out, x)
	binary.LittleEndian.PutUint64(out[8:], y)
	return x, y
}

// unprintable flags bytes outside 32 to 126: over 127 a byte is its own flag,
// adding 1 sets that of 127, and subtracting 32 borrows for those under 32.
func unprintable(x uint64) uint64 {
	return (x | (x + each) | (x - 32*each)) & flags
}

// newline flags newlines: made zero, a byte borrows when 1 is subtracted.
func newline(x uint64) uint64 {
	x ^= '\n' * each
	return (x - each) &^ x & flags
}

// firstFlag is the place, 0 to 15, of the lowest flag in x and then y.
func firstFlag(x, y uint64) int {
	if x != 0 {
		return bits.TrailingZeros64(x) / 8
	}
	return 8 + bits.TrailingZeros64(y)/8
}
