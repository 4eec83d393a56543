package main

import (
	"bytes"
	"os"

	"golang.org/x/sys/unix"
)

// src writes n bytes to a pipe, if there is one, and closes it: in writes of
// some length, or, if that is 0, by vmsplice. That puts references to the
// block's own pages into the pipe, so nothing is copied on the way in; the
// block never changes, as that demands.
func src(pipe *os.File, n int64, write int) error {
	if pipe == nil {
		return nil
	}
	defer pipe.Close()
	fd := int(pipe.Fd()) // which makes its calls wait, as a program's do
	block, err := unix.Mmap(-1, 0, int(mib), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return err
	}
	defer unix.Munmap(block)
	copy(block, bytes.Repeat([]byte("constant"), len(block)/8))
	give := func(part []byte) (int, error) {
		vector := unix.Iovec{Base: &part[0]}
		vector.SetLen(len(part))
		return unix.Vmsplice(fd, []unix.Iovec{vector}, 0)
	}
	if write > 0 {
		block = block[:write]
		give = func(part []byte) (int, error) { return unix.Write(fd, part) }
	}
	for n > 0 {
		moved, err := give(block[:min(n, int64(len(block)))])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return os.NewSyscallError("src", err)
		}
		n -= int64(moved)
	}
	return nil
}

// sink moves a pipe to /dev/null until it ends, and closes it. splice hands
// the pages over as they are.
func sink(pipe *os.File) error {
	defer pipe.Close()
	fd := int(pipe.Fd())
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	for {
		moved, err := unix.Splice(fd, nil, int(null.Fd()), nil, int(mib), unix.SPLICE_F_MOVE)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return os.NewSyscallError("sink: splice", err)
		case moved == 0:
			return nil
		}
	}
}
