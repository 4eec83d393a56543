package stream

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/sys/unix"
)

// TestSharedInput copies from a pipe that others read too: other copies, with
// relays of their own, and plain readers. The numbers that come through the pipe
// reach exactly one of them each, in order.
func TestSharedInput(t *testing.T) {
	for n := range uint64(40) {
		r := rand.New(rand.NewPCG(42, n))
		in, feeder := pipe(t)
		var got []func() []byte // of each reader, all that it has had
		var readers sync.WaitGroup
		for copies := 1 + r.IntN(3); copies > 0; copies-- {
			var to Outputs
			var all []func() string
			for outputs := 1 + r.IntN(4); outputs > 0; outputs-- {
				e, written := outputKinds[r.IntN(len(outputKinds))].open(t)
				to.List, all = append(to.List, Output{FD: e.fd}), append(all, written)
			}
			c := apart().newTransfer(in.fd, to)
			c.relayMin = 1 + r.IntN(2)<<(5+r.IntN(9))
			c.expected = r.IntN(2) << 20
			readers.Go(func() { assert.NoError(t, c.run()) })
			got = append(got, func() []byte {
				first := all[0]()
				for _, written := range all[1:] {
					assert.True(t, first == written(), "all outputs of a copy have the same bytes")
				}
				return []byte(first)
			})
		}
		for plain := r.IntN(3); plain > 0; plain-- {
			var all bytes.Buffer
			block := make([]byte, 8*(1+r.IntN(2000)))
			readers.Go(func() {
				for n, err := Read(in.fd, block); n > 0 && err == nil; n, err = Read(in.fd, block) {
					all.Write(block[:n])
				}
			})
			got = append(got, all.Bytes)
		}
		if r.IntN(3) == 0 {
			unix.SetNonblock(in.fd, true)
		}
		const numbers = 8_000
		var text []byte
		for i := range uint64(numbers) {
			text = binary.BigEndian.AppendUint64(text, i)
		}
		for len(text) > 0 {
			size := min(8*(1+r.IntN(2500)), len(text))
			write(t, feeder, string(text[:size]))
			text = text[size:]
		}
		feeder.close()
		readers.Wait()
		seen := make([]int, numbers)
		for _, each := range got {
			last := -1
			for all := each(); len(all) >= 8; all = all[8:] {
				i := int(binary.BigEndian.Uint64(all))
				if !assert.Less(t, last, i, "in order") || !assert.Less(t, i, numbers) {
					t.FailNow()
				}
				last = i
				seen[i]++
			}
		}
		for i, times := range seen {
			if times != 1 {
				t.Fatalf("schedule %d: number %d came %d times", n, i, times)
			}
		}
	}
}
