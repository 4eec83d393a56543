package main

import "fmt"

// atLeast is a goal of speed.
func atLeast(value float64, rival rival) []goal { return []goal{{value, rival}} }

// atMost is a goal for an amount.
func atMost(value float64) []goal { return []goal{{value, nobody}} }

// sizeRows are the sizes that people have, each from start to end of a
// process, and less its start.
func sizeRows() (rows []row) {
	for _, work := range []struct {
		name, toPipe, toNull, toFile string // %s is the input
		input, tiny                  string
		moves                        bool // bytes as they are, which the kernel can do
	}{
		{"cat", "cat %s | sink", "cat %s >/dev/null", "cat %s >copy", "", "tiny", true},
		{"cat -n", "cat -n %s | sink", "cat -n %s >/dev/null", "cat -n %s >copy", "", "tiny", false},
		{"cat -A", "cat -A %s | sink", "cat -A %s >/dev/null", "cat -A %s >copy", "", "tiny", false},
		{"base64", "base64 %s | sink", "base64 %s >/dev/null", "base64 %s >copy", "", "tiny", false},
		{"base64 -d", "base64 -d %s | sink", "base64 -d %s >/dev/null", "base64 -d %s >copy", "-coded", "tiny-coded", false},
		{"tee", "tee <%s | sink", "tee <%s >/dev/null", "tee <%s >copy", "", "tiny", true},
		{"tee FILE", "tee copy <%s | sink", "tee copy <%s >/dev/null", "tee copy <%s >copy2", "", "tiny", true},
	} {
		for _, size := range everydaySizes() {
			for _, form := range []struct{ variant, line string }{
				{"to a pipe", work.toPipe}, {"to /dev/null", work.toNull}, {"to a file", work.toFile},
			} {
				r := row{
					line:    fmt.Sprintf(form.line, sizeName(size)+work.input),
					subject: work.name + " of " + sizeName(size),
					variant: form.variant,
					small:   fmt.Sprintf(form.line, work.tiny),
				}
				inherited := work.name != "cat" || form.line == work.toFile // a regular file's offset is shared
				r.setSizeGoals(size, work.moves, inherited)
				rows = append(rows, r)
			}
		}
	}
	return inGroup("sizes", rows)
}

func (r *row) setSizeGoals(size int64, moves, inherited bool) {
	if size < 64*kib {
		return
	}
	switch {
	case !moves:
		r.net = atLeast(1, bestPeer)
	case inherited:
		r.net = atLeast(1, reference)
	default:
		r.net = atLeast(0.97, bestPeer)
	}
	if size >= mib && !moves {
		r.goals = atLeast(1, bestPeer)
	}
}

func everydaySizes() []int64 { return []int64{4 * kib, 64 * kib, 256 * kib, mib, 4 * mib, 16 * mib} }

func sizeName(n int64) string {
	if n < mib {
		return fmt.Sprintf("%dKiB", n/kib)
	}
	return fmt.Sprintf("%dMiB", n/mib)
}

// fileRows are many files in one call.
func fileRows() (rows []row) {
	const asFast, near = 1, 0.8
	for _, folder := range []struct{ name, note string }{
		{"small", "10,000 files of 3 KB"}, {"middling", "500 files of 100 KB"}, {"minute", "20,000 files of 6 bytes"},
	} {
		for _, to := range []string{" >/dev/null", " | sink", " >copy"} {
			r := row{line: "cat " + folder.name + "/*" + to, note: folder.note, goals: atLeast(asFast, everyGNU)}
			if to != " >copy" && folder.name != "minute" {
				r.goals = append(r.goals, goal{near, bestPeer})
			}
			rows = append(rows, r)
		}
	}
	return inGroup("files", rows)
}

// writeRows are input that comes in many writes, and arguments in great
// number or length.
func writeRows() []row {
	const n = 500_000
	asFast := atLeast(1, everyGNU)
	return inGroup("writes", []row{
		{line: "src | cat >copy", note: "500,000 writes of 64 bytes", source: n * 64, write: 64, goals: asFast},
		{line: "src | cat | sink", note: "500,000 writes of 64 bytes", source: n * 64, write: 64, goals: asFast},
		{line: "src | tee copy | sink", note: "500,000 writes of 64 bytes", source: n * 64, write: 64, goals: asFast},
		{line: "src | cat >copy", note: "writes of 64 KiB", source: 256 * mib, write: int(64 * kib), goals: asFast},
		{line: "echo $long >/dev/null", note: "120 arguments of 15,000 bytes", goals: asFast},
		{line: "echo -e $long >/dev/null", note: "120 arguments of 15,000 bytes", goals: asFast},
		{line: "echo $words >/dev/null", note: "100,000 arguments of 9 bytes", goals: asFast},
		{line: "echo -e $words >/dev/null", note: "100,000 arguments of 9 bytes", goals: asFast},
	})
}

// teeRows are tee with 1, 2, 3 and 5 outputs, standard output among them.
func teeRows() (rows []row) {
	add := func(line string, goals []goal) {
		rows = append(rows, row{line: "src | " + line, source: 128 * mib, goals: goals})
	}
	addFromFile := func(line string) {
		rows = append(rows, row{line: line, goals: atLeast(1, reference)})
	}
	inKernel := atLeast(0.97, bestPeer)
	for _, more := range []int{0, 1, 2, 4} {
		pipes, devices, files := "", "", ""
		for i := range more {
			pipes += " " + toSink
			devices += " /dev/null"
			files += " " + outputs()[i]
		}
		add("tee"+pipes+" | sink", inKernel)
		add("tee"+devices+" >/dev/null", inKernel)
		if more > 0 {
			add("tee"+files+" >/dev/null", inKernel)
		}
		addFromFile("tee" + pipes + " <quarter | sink")
		addFromFile("tee" + devices + " <quarter >/dev/null")
		if more > 0 {
			addFromFile("tee" + files + " <quarter >/dev/null")
		}
	}
	add("tee >copy", atLeast(1, reference))
	addFromFile("tee <quarter >copy")
	return inGroup("tee", rows)
}

// copyRows are a plain cat between files, pipes and devices. On a regular file
// that it was started with, only read and write lock the offset.
func copyRows() []row {
	inKernel := atLeast(0.97, bestPeer)
	return inGroup("copy", []row{
		{line: "cat bytes | sink", goals: inKernel},
		{line: "cat bytes >/dev/null", goals: inKernel},
		{line: "src | cat | sink", source: 256 * mib, goals: inKernel},
		{line: "src | cat >/dev/null", source: 256 * mib, goals: inKernel},
		{line: "cat bytes >copy", beside: appending, goals: atLeast(1, appending)},
		{line: "cat bytes >>copy", goals: atLeast(1, reference)},
		{line: "src | cat >copy", source: 256 * mib, goals: atLeast(1, reference)},
		{line: "cat <bytes | sink", goals: atLeast(1, reference)},
		{line: "cat <bytes >/dev/null", goals: atLeast(1, reference)},
		{line: "cat <bytes >copy", beside: appending, goals: atLeast(1, appending)},
	})
}

// largeRows keep every program busy for a tenth of a second or a few.
func largeRows() (rows []row) {
	const ahead, kept, keptByOneThread = 1, 0.85, 0.6
	goals := []goal{{ahead, bestPeer}, {kept, earlier}}
	inKernel := []goal{{0.97, bestPeer}, {kept, earlier}}
	decoder := []goal{{ahead, bestPeer}, {keptByOneThread, earlier}}
	plain := []goal{{1, reference}}
	return inGroup("large", []row{
		{line: "cat file >/dev/null", goals: inKernel},
		{line: "cat file | sink", goals: inKernel},
		{line: "src | cat | sink", note: "1 GiB", source: gib, goals: inKernel},
		{line: "src | cat >/dev/null", note: "2 GiB", source: 2 * gib, goals: inKernel},
		{line: "cat bytes >copy", note: "256 MiB", beside: appending, goals: atLeast(1, appending)},
		{line: "src | cat >copy", note: "256 MiB", source: 256 * mib, goals: plain},
		{line: "cat -n short >/dev/null", note: "lines of 9 bytes", goals: goals},
		{line: "cat -n lines >/dev/null", note: "lines of 70 bytes", goals: goals},
		{line: "cat -bs lines >/dev/null", note: "lines of 70 bytes", goals: goals},
		{line: "cat -E lines >/dev/null", note: "lines of 70 bytes", goals: goals},
		{line: "cat -A lines >/dev/null", note: "lines of 70 bytes", goals: goals},
		{line: "cat -v bytes >/dev/null", note: "random bytes", goals: goals},
		{line: "base64 bytes >/dev/null", goals: goals},
		{line: "base64 -w0 bytes >/dev/null", goals: goals},
		{line: "base64 -d coded >/dev/null", note: "lines of 76", goals: decoder},
		{line: "base64 -di coded >/dev/null", note: "lines of 76", goals: decoder},
		{line: "src | tee >/dev/null", note: "1 GiB", source: gib, goals: inKernel},
		{line: "src | tee /dev/null | sink", note: "1 GiB", source: gib, goals: inKernel},
		{line: "src | tee | sink", note: "1 GiB", source: gib, goals: inKernel},
		{line: "src | tee copy | sink", note: "256 MiB", source: 256 * mib, goals: inKernel},
		{line: "tee copy <bytes >copy2", note: "256 MiB", goals: plain},
	})
}

// startRows are programs that have next to nothing to do.
func startRows() []row {
	const mostOfIt = 0.77 // of the time of an empty program, which is the least for Go's
	return inGroup("start", []row{
		{line: "echo hi >/dev/null", beside: emptyProgram, goals: atLeast(0.89, emptyProgram)},
		{line: "cat tiny >/dev/null", beside: emptyProgram, goals: atLeast(mostOfIt, emptyProgram)},
		{line: "base64 tiny >/dev/null", beside: emptyProgram, goals: atLeast(mostOfIt, emptyProgram)},
		{line: "tee <tiny >/dev/null", beside: emptyProgram, goals: atLeast(mostOfIt, emptyProgram)},
	})
}

// memoryRows are a line of 256 MiB, which no program should have to keep.
func memoryRows() []row {
	goals := atMost(12 * float64(mib))
	return inGroup("memory", []row{
		{line: "cat -n line >/dev/null", note: "memory, a line of 256 MiB", measure: memory, goals: goals},
		{line: "cat -A line | sink", note: "memory, a line of 256 MiB", measure: memory, goals: goals},
		{line: "base64 line | sink", note: "memory, a line of 256 MiB", measure: memory, goals: goals},
		{line: "base64 -d line | sink", note: "memory, a line of 256 MiB", measure: memory, goals: goals},
		{line: "tee copy <line | sink", note: "memory, a line of 256 MiB", measure: memory, goals: goals},
	})
}

// faultRows are memory touched for the first time, by which everyday sizes
// become slow.
func faultRows() []row {
	goals := atMost(60)
	return inGroup("faults", []row{
		{line: "cat -n 1MiB >/dev/null", note: "page faults", small: "cat -n tiny >/dev/null", measure: faults, goals: goals},
		{line: "cat -A 1MiB >/dev/null", note: "page faults", small: "cat -A tiny >/dev/null", measure: faults, goals: goals},
		{line: "base64 1MiB >/dev/null", note: "page faults", small: "base64 tiny >/dev/null", measure: faults, goals: goals},
		{line: "base64 -d 1MiB-coded >/dev/null", note: "page faults", small: "base64 -d tiny-coded >/dev/null", measure: faults, goals: goals},
		{line: "tee copy <1MiB >/dev/null", note: "page faults", small: "tee copy <tiny >/dev/null", measure: faults, goals: goals},
	})
}

// idleRows are programs whose input waits for something to happen.
func idleRows() []row {
	goals := atMost(0)
	return inGroup("idle", []row{
		{line: "tail -f log | cat | sink", note: "context switches in 3 s", measure: switches, goals: goals},
		{line: "tail -f log | cat -n | sink", note: "context switches in 3 s", measure: switches, goals: goals},
		{line: "tail -f log | base64 | sink", note: "context switches in 3 s", measure: switches, goals: goals},
		{line: "tail -f log | tee copy | sink", note: "context switches in 3 s", measure: switches, goals: goals},
	})
}
