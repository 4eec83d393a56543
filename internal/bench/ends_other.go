//go:build !linux

package main

import (
	"io"
	"os"
)

// src writes n bytes to a pipe, if there is one, and closes it.
func src(pipe *os.File, n int64) error {
	if pipe == nil {
		return nil
	}
	defer pipe.Close()
	for block := make([]byte, mib); n > 0; {
		written, err := pipe.Write(block[:min(n, mib)])
		if err != nil {
			return err
		}
		n -= int64(written)
	}
	return nil
}

// sink reads a pipe, if there is one, to its end and closes it.
func sink(pipe *os.File) error {
	if pipe == nil {
		return nil
	}
	defer pipe.Close()
	for block := make([]byte, mib); ; {
		if _, err := pipe.Read(block); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}
