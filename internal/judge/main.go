//go:build linux

// Judge holds any echo, cat, tee and base64 to the behaviours of
// testdata/script, stage by stage, and shows the first that fails.
//
//	[CAT=file] [TEE=file] [ECHO=file] [BASE64=file] [DIR=folder]
//	[STAGE=stage] [ONLY=name,name] judge
//	PEERS=folder,folder [FORMAT=markdown] judge
//	LAB=program judge
//
// A file is a program or a folder of Go, which is built. DIR names all of the
// four that a folder has; of one file that is several programs, like busybox,
// all four. It exits 0 only if every behaviour passes, those aside that fd42
// alone has.
//
// PEERS makes a table: which implementation passes which behaviours.
//
// LAB is for somebody who writes the program: it lays out a folder to begin in,
// and builds and judges what is there. See lab.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"fd42.example/fd42/internal/judge/script"
)

func main() {
	var err error
	switch filepath.Base(os.Args[0]) {
	case script.AskName:
		err = script.Ask(os.Args[1:])
	case script.AsleepName:
		err = script.RunAsleep(os.Args[1:])
	default:
		os.Exit(run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// errFailed is for a program that does not pass.
var errFailed = errors.New("not every behaviour passes")

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := judge(ctx)
	if err != nil && !errors.Is(err, errFailed) {
		fmt.Fprintf(os.Stderr, "judge: %v\n", err)
	}
	if err != nil {
		return 1
	}
	return 0
}

// The folders of a checkout.
const (
	scriptsDir = "testdata/script"
	pagesDir   = "testdata/lessons/lab"
	oursDir    = "bin"
)

func judge(ctx context.Context) error {
	behaviours, err := script.ReadDir(scriptsDir)
	if err != nil {
		return err
	}
	j, err := newCourt(behaviours, oursDir, script.Usual())
	if err != nil {
		return err
	}
	defer j.close()
	defer script.EndRest()
	if err := j.choose(os.Getenv("STAGE"), os.Getenv("ONLY")); err != nil {
		return err
	}
	if lab := os.Getenv("LAB"); lab != "" {
		pages, err := readLabPages(pagesDir)
		if err != nil {
			return err
		}
		return j.lab(ctx, lab, os.Getenv("FD42_LAB"), pages, os.Stdout)
	}
	if peers := os.Getenv("PEERS"); peers != "" {
		return j.table(ctx, strings.Split(peers, ","), os.Getenv("FORMAT"), os.Stdout)
	}
	named := map[string]string{}
	for _, program := range script.Programs() {
		if file := os.Getenv(strings.ToUpper(program)); file != "" {
			named[program] = file
		}
	}
	if dir := os.Getenv("DIR"); dir != "" {
		for program, file := range inFolder(dir) {
			if named[program] == "" {
				named[program] = file
			}
		}
	}
	if len(named) == 0 {
		return errors.New("which program? CAT=./mycat, TEE=…, ECHO=…, BASE64=…, or DIR=/usr/bin for all four there")
	}
	return j.judgeAll(ctx, named, os.Stdout)
}
