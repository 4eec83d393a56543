package main

import (
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
)

// spinVariable in the environment makes this program an endless loop.
const spinVariable = "FD42_BENCH_SPIN"

// keepBusy starts an endless loop for each core. stop ends them. So does the
// end of this process, whatever brings it: their standard input ends then.
func keepBusy() (stop func(), err error) {
	loops, alive, err := startLoops(runtime.NumCPU())
	stop = func() {
		_ = alive.Close()
		for _, loop := range loops {
			_ = loop.Process.Kill()
			_ = loop.Wait()
		}
	}
	if err != nil {
		stop()
	}
	return stop, err
}

func startLoops(n int) (loops []*exec.Cmd, alive *os.File, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	reader, alive, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer reader.Close()
	for range n {
		loop := exec.Command(self)
		loop.Env = append(os.Environ(), spinVariable+"=1")
		loop.Stdin = reader
		if err := loop.Start(); err != nil {
			return loops, alive, err
		}
		loops = append(loops, loop)
	}
	return loops, alive, nil
}

// spin keeps a core busy until alive ends.
func spin(alive io.Reader) {
	go func() {
		_, _ = io.Copy(io.Discard, alive)
		os.Exit(0)
	}()
	for rounds := new(atomic.Int64); ; {
		rounds.Add(1)
	}
}
