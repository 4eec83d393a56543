//go:build !linux

package main

import (
	"io"
	"os"
)

// src writes n bytes to a pipe, if there is one, and closes it: in writes of
// some length, or, if that is 0, of a megabyte.
func src(pipe *os.File, n int64, write int) error {
	if pipe == nil {
		return nil
	}
	defer pipe.Close()
	if write == 0 {
		write = int(mib)
	}
	for block := make([]byte, write); n > 0; {
		written, err := pipe.Write(block[:min(n, int64(write))])
		if err != nil {
			return err
		}
		n -= int64(written)
	}
	return nil
}

// sink reads a pipe to its end and closes it.
func sink(pipe *os.File) error {
	defer pipe.Close()
	for block := make([]byte, mib); ; {
		if _, err := pipe.Read(block); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}
