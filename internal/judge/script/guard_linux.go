package script

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"time"
)

// A guard watches what a behaviour takes, and ends it when that is too much.
type guard struct {
	stop    chan struct{}
	stopped sync.WaitGroup
	cost    string // once it has ended something
}

// How often the guard looks: at the output, which may come fast, and at all
// else.
const (
	glance   = 5 * time.Millisecond
	interval = 100 * time.Millisecond
)

// watch begins to watch what this process starts.
func watch(job Job, said *answer) *guard {
	g := &guard{stop: make(chan struct{})}
	g.stopped.Go(func() {
		m := meter{job: job, began: time.Now()}
		for tick := time.NewTicker(glance); ; {
			select {
			case <-g.stop:
				return
			case <-tick.C:
			}
			if g.cost = m.tooMuch(); g.cost != "" {
				g.endForGood(said)
				return
			}
		}
	})
	return g
}

// endForGood ends all processes until the script has ended too. It gives the
// verdict itself if that takes too long.
func (g *guard) endForGood(said *answer) {
	for deadline := time.Now().Add(2 * time.Second); ; {
		endAll()
		select {
		case <-g.stop:
			return
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			_ = said.give(Verdict{Outcome: Failed, Cost: g.cost})
			os.Exit(0)
		}
	}
}

// close ends the watch. What had to be stopped has failed for that reason.
func (g *guard) close(v *Verdict, job Job) {
	close(g.stop)
	g.stopped.Wait()
	if g.cost == "" && v.Outcome == Failed {
		g.cost = tooLarge(job)
	}
	if g.cost != "" {
		v.Outcome, v.Cost = Failed, g.cost
	}
}

// A meter measures a behaviour from its beginning on.
type meter struct {
	job   Job
	began time.Time
	last  time.Time // when it looked at all
	idle  idleness
}

// tooMuch says, once that is so, of what there has been too much.
func (m *meter) tooMuch() string {
	limits := m.job.Limits
	if heap() > uint64(2*limits.Output) {
		return fmt.Sprintf("It printed more than %s.", size(limits.Output))
	}
	now := time.Now()
	if now.Sub(m.last) < interval {
		return ""
	}
	m.last = now
	all := descendants(os.Getpid())
	var memory int64
	busy := false
	spent := processorTime(os.Getpid()) // of those that have ended, and its own
	for _, p := range all {
		memory += p.memory
		spent += p.processor
		busy = busy || p.state == 'R' || p.state == 'D'
	}
	m.idle.look(busy, spent)
	switch {
	case len(all) > limits.Processes:
		return fmt.Sprintf("It started more than %d processes.", limits.Processes)
	case memory > limits.Memory:
		return fmt.Sprintf("It took more than %s of memory.", size(limits.Memory))
	case spent > limits.Processor:
		return fmt.Sprintf("It did not come to an end in %v of processor time. At work: %s.", limits.Processor, names(all))
	case m.idle.lasts(limits.Idle):
		return fmt.Sprintf("Nothing happened for %v. Waiting: %s.", limits.Idle, names(all))
	case now.Sub(m.began) > limits.Whole:
		return fmt.Sprintf("It did not come to an end in %v. There: %s.", limits.Whole, names(all))
	}
	return tooLarge(m.job)
}

// idleness is how long nothing has happened. A process that waits for its turn
// on a busy machine is busy; one that wakes now and then to look around is not.
type idleness struct {
	looks, busy int
	spent       time.Duration // when it began
}

func (i *idleness) look(busy bool, spent time.Duration) {
	i.looks++
	if busy {
		i.busy++
	}
	used := spent - i.spent
	if i.busy*10 > i.looks || used > 20*time.Millisecond+time.Duration(i.looks)*interval*3/100 {
		*i = idleness{spent: spent}
	}
}

func (i *idleness) lasts(limit time.Duration) bool {
	return time.Duration(i.looks)*interval >= limit
}

// tooLarge says so if there is too much in the behaviour's folder. A file that
// met the limit of each file's size is as large as that.
func tooLarge(job Job) string {
	var total int64
	full := ""
	_ = filepath.WalkDir(job.Dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil // it has gone, or is none that takes room
		}
		if info, err := entry.Info(); err == nil {
			total += min(info.Size(), allocated(info))
			if info.Size() >= job.Limits.Disk {
				full = filepath.Base(path)
			}
		}
		return nil
	})
	switch {
	case full != "":
		return fmt.Sprintf("The file %s grew to %s, and would have grown on.", full, size(job.Limits.Disk))
	case total > job.Limits.Disk:
		return fmt.Sprintf("Its files took more than %s.", size(job.Limits.Disk))
	}
	return ""
}

// heap is how much memory this process holds; what a command printed is most
// of it.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func size(bytes int64) string { return fmt.Sprintf("%d MiB", bytes>>20) }

// names are the processes' names, each once.
func names(all []process) string {
	var said []string
	for _, p := range all {
		if p.state != 'Z' {
			said = append(said, p.name)
		}
	}
	slices.Sort(said)
	said = slices.Compact(said)
	if len(said) == 0 {
		return "nobody"
	}
	if len(said) > 8 {
		said = append(said[:8], "…")
	}
	return strings.Join(said, ", ")
}
