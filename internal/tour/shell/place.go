package shell

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// A Place is where lessons run: a folder for the learner, and beside it one
// for the tour's own files. The same place is used each time, so that a tour
// which was killed leaves one behind at the most, and the next one clears it.
type Place struct {
	root string
	lock *os.File // on root, while the tour runs
}

// NewPlace takes the first place that no other tour uses, and empties it.
func NewPlace() (Place, error) {
	// Without symbolic links in the name a trace shows the same path.
	tmp, err := filepath.EvalSymlinks(os.TempDir())
	if err != nil {
		return Place{}, err
	}
	for n := 1; ; n++ {
		root := filepath.Join(tmp, fmt.Sprintf("fd42-%d", os.Getuid()))
		if n > 1 {
			root += fmt.Sprintf("-%d", n)
		}
		p, err := take(root)
		if errors.Is(err, errTaken) && n < 100 {
			continue
		}
		if err != nil {
			return Place{}, err
		}
		sweep(0, p.Trace())
		if err := errors.Join(removeAll(root), p.Mend()); err != nil {
			p.Remove()
			return Place{}, err
		}
		return p, nil
	}
}

var errTaken = errors.New("in use")

// take makes root, or accepts it if it is a folder that nobody else can have
// prepared, and locks it.
func take(root string) (Place, error) {
	if err := os.Mkdir(root, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return Place{}, err
	}
	fd, err := unix.Open(root, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) {
		return Place{}, errTaken // another tour has just left
	}
	if err != nil {
		return Place{}, errTaken // a file, or somebody else's
	}
	lock := os.NewFile(uintptr(fd), root)
	var opened, named unix.Stat_t
	err = errors.Join(unix.Fstat(fd, &opened), unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB), unix.Lstat(root, &named))
	if err != nil || opened.Ino != named.Ino || int(opened.Uid) != os.Getuid() || opened.Mode&0o077 != 0 {
		lock.Close()
		return Place{}, errTaken
	}
	return Place{root: root, lock: lock}, nil
}

// Folder is the learner's.
func (p Place) Folder() string { return filepath.Join(p.root, "lesson") }

// Trace is the file that the programs' traces go to.
func (p Place) Trace() string { return filepath.Join(p.tour(), "trace") }

func (p Place) tour() string { return filepath.Join(p.root, "tour") }

// Empty makes the learner's folder if it is not there, and removes what is in it.
func (p Place) Empty() error {
	if err := removeAll(p.Folder()); err != nil {
		return err
	}
	return p.Mend()
}

// Mend makes the folders that somebody has deleted.
func (p Place) Mend() error {
	return errors.Join(os.MkdirAll(p.Folder(), 0o700), os.MkdirAll(p.tour(), 0o700))
}

// Remove leaves nothing behind.
func (p Place) Remove() {
	removeAll(p.root)
	os.Remove(p.root)
	p.lock.Close()
}

// removeAll removes what a folder holds, if there is one, also out of folders
// that were made read-only.
func removeAll(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOTDIR) {
		os.Chmod(dir, 0o700)
		entries, err = os.ReadDir(dir)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if os.RemoveAll(path) != nil {
			filepath.WalkDir(path, func(sub string, d fs.DirEntry, _ error) error {
				if d != nil && d.IsDir() {
					os.Chmod(sub, 0o700)
				}
				return nil
			})
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	return err
}
