package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// idle starts a job whose input has one line and then nothing, and counts the
// context switches of all its threads over the time given, once it has settled.
func (l lab) idle(ctx context.Context, j job, settle, watch time.Duration) (count int64, err error) {
	rig, err := l.rig(j.command)
	defer rig.close()
	if err != nil {
		return 0, err
	}
	for _, pipe := range rig.sinks {
		go func() { _ = sink(pipe) }()
	}
	program := l.prepare(ctx, j, rig)
	if _, err := fmt.Fprintln(rig.src, "one line"); err != nil {
		return 0, err
	}
	if err := program.Start(); err != nil {
		return 0, err
	}
	time.Sleep(settle)
	before, err := switchesOf(program.Process.Pid)
	time.Sleep(watch)
	after, afterErr := switchesOf(program.Process.Pid)
	err = errors.Join(err, afterErr, rig.src.Close())
	rig.close()
	if waitErr := program.Wait(); waitErr != nil {
		err = errors.Join(err, explained(waitErr, l.read("stderr")))
	}
	return after - before, err
}
