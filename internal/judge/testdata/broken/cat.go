package main

import (
	"bytes"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/cli"
	"fd42.example/fd42/internal/stream"
)

// A catter is cat at work.
type catter struct {
	*broken
	number, nonblank, squeeze, show, ends, tabs bool

	lines   int  // numbered so far
	open    bool // a line has begun and has not ended
	empty   int  // lines in a row
	cr      bool // waits for what follows
	held    []byte
	leak    []byte
	out     []byte // of format
	stdin   bool   // has been read
	outStat unix.Stat_t
}

func cat(p *broken, args []string) int {
	c := &catter{broken: p}
	if p.has("says-broken-pipe") {
		signal.Ignore(unix.SIGPIPE)
	}
	p.s = stream.Standard("cat")
	switch p.fault {
	case "says-broken-pipe":
		signal.Ignore(unix.SIGPIPE)
	case "ignores-usr1":
		signal.Ignore(unix.SIGUSR1)
	case "catches-term":
		caught := make(chan os.Signal, 1)
		signal.Notify(caught, unix.SIGTERM)
		go func() { <-caught; os.Exit(0) }()
	case "dies-on-eintr":
		interruptible(unix.SIGWINCH)
	}
	files, ok := c.parse(args)
	if !ok {
		return p.s.Finish()
	}
	if len(files) == 0 && !p.has("needs-a-file") {
		files = []string{"-"}
	}
	if p.has("reads-one-file") && len(files) > 1 {
		files = files[:1]
	}
	_ = unix.Fstat(1, &c.outStat)
	if p.has("opens-all-first") {
		c.openAll(files)
	} else {
		for _, name := range files {
			if err := c.file(name); err != nil {
				p.writeFailed(err)
				return p.finish()
			}
			if p.has("stops-at-first-error") && c.known["failed"] {
				return p.finish()
			}
		}
	}
	if err := c.end(); err != nil {
		p.writeFailed(err)
	}
	return p.finish()
}

func (c *catter) parse(args []string) (files []string, ok bool) {
	command := cli.New("cat", "", "", "")
	set := func(targets ...*bool) func(string) error {
		return func(string) error {
			for _, target := range targets {
				*target = true
			}
			return nil
		}
	}
	command.Flags.BoolFuncP("number-nonblank", "b", "", set(&c.nonblank))
	command.Flags.BoolFuncP("e", "e", "", set(&c.show, &c.ends))
	command.Flags.BoolFuncP("number", "n", "", set(&c.number))
	command.Flags.BoolFuncP("squeeze-blank", "s", "", set(&c.squeeze))
	command.Flags.BoolFuncP("t", "t", "", set(&c.show, &c.tabs))
	if !c.has("knows-no-u") {
		command.Flags.BoolFuncP("u", "u", "", set())
	}
	command.Flags.BoolFuncP("show-nonprinting", "v", "", set(&c.show))
	command.Flags.BoolFuncP("show-ends", "E", "", set(&c.ends))
	command.Flags.BoolFuncP("show-tabs", "T", "", set(&c.tabs))
	command.Flags.BoolFuncP("show-all", "A", "", set(&c.show, &c.ends, &c.tabs))
	if c.has("works-as-it-reads-its-line") {
		os.Setenv("POSIXLY_CORRECT", "1")
		files, ok = c.broken.parse(command, args, -1)
		for i, name := range files {
			if strings.HasPrefix(name, "-") && name != "-" {
				c.s.Fail(fmt.Errorf("invalid option -- '%s'", name[1:]))
				return nil, false
			}
			if i+1 == len(files) {
				return files[i:], ok
			}
			if err := c.file(name); err != nil {
				c.writeFailed(err)
				return nil, false
			}
		}
		return files, ok
	}
	files, ok = c.broken.parse(command, args, -1)
	if c.show && c.ends && c.has("e-shows-ends-alone") && !c.tabs {
		c.show = false
	}
	if c.nonblank && c.number && c.has("n-beats-b") {
		c.nonblank = false
	}
	return files, ok
}

// fail reports a FILE.
func (c *catter) fail(name string, err error) {
	c.known["failed"] = true
	switch c.fault {
	case "goes-own-ways-in-words":
		_ = c.write(2, []byte("cat: open "+name+": "+err.Error()+"\n"))
		c.s.Fail(err)
	case "complains-on-standard-output":
		_ = c.write(1, []byte("cat: "+name+": "+stream.Reason(err)+"\n"))
	case "shows-names-raw":
		c.s.Fail(fmt.Errorf("%s: %s", name, stream.Reason(err)))
	case "stops-when-nobody-hears":
		if _, writeErr := unix.Write(2, []byte("cat: "+name+": "+stream.Reason(err)+"\n")); writeErr != nil {
			os.Exit(1)
		}
		c.known["status"] = true
	case "calls-standard-input-by-another-name":
		if name == "-" {
			name = "stdin"
		}
		c.s.FailFile(name, err)
	case "knows-few-reasons":
		if errno, ok := err.(unix.Errno); ok && errno > unix.EISDIR {
			err = fmt.Errorf("Error %d", errno)
		}
		c.s.FailFile(name, err)
	default:
		c.s.FailFile(name, err)
	}
}

func (c *catter) openAll(files []string) {
	fds := make([]int, len(files))
	for i, name := range files {
		if fds[i] = 0; name != "-" {
			fd, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
			if err != nil {
				c.fail(name, err)
			}
			fds[i] = fd
		}
	}
	for i, name := range files {
		if fds[i] >= 0 {
			if err := c.copy(fds[i], name); err != nil {
				c.writeFailed(err)
				return
			}
		}
	}
}

// file copies a FILE. It returns what standard output says.
func (c *catter) file(name string) error {
	if c.has("numbers-anew-for-each-file") {
		c.lines = 0
	}
	if c.has("squeezes-each-file-by-itself") {
		c.empty = 0
	}
	if c.has("forgets-cr-across-files") {
		if err := c.end(); err != nil {
			return err
		}
		c.cr = false
	}
	if name == "-" && !c.has("knows-no-dash") {
		if c.known["eof"] && c.has("reads-a-terminal-once") {
			return nil
		}
		err := c.copy(0, name)
		c.known["eof"] = true
		if c.has("closes-standard-input") {
			_ = unix.Close(0)
		}
		return err
	}
	how := unix.O_RDONLY | unix.O_CLOEXEC
	if c.has("waits-for-no-writer") {
		how |= unix.O_NONBLOCK
	}
	fd, err := unix.Open(name, how, 0)
	if err != nil {
		c.fail(name, err)
		return nil
	}
	err = c.copy(fd, name)
	if !c.has("never-closes") {
		if closeErr := unix.Close(fd); closeErr != nil && !c.has("ignores-close-errors") {
			c.fail(name, closeErr)
		}
	}
	return err
}

func (c *catter) copy(fd int, name string) error {
	if c.isOutput(fd, name) {
		c.s.Fail(fmt.Errorf("%s: input file is output file", name))
		return nil
	}
	var stat unix.Stat_t
	c.known["regular"] = unix.Fstat(fd, &stat) == nil && stat.Mode&unix.S_IFMT == unix.S_IFREG
	if fd == 0 && c.has("reads-standard-input-from-its-start") && !c.known["eof"] {
		_, _ = unix.Seek(0, 0, 0)
	}
	block := make([]byte, 32<<10)
	left := -1 // bytes to copy, if that is known
	if c.has("trusts-the-size") {
		if c.known["regular"] {
			left = int(stat.Size)
		}
	}
	var kept []byte
	for left != 0 {
		n, err := c.fill(fd, block)
		if err != nil {
			if c.has("loses-what-came-before-an-error") {
				kept = nil
			}
			c.fail(name, err)
			return c.put(kept)
		}
		if n == 0 {
			break
		}
		if left > 0 {
			left -= n
		}
		data := block[:n]
		if c.has("stops-at-long-lines") && longLine(data) {
			break
		}
		if c.has("leaks-what-it-has-read") {
			c.leak = append(c.leak, data...)
		}
		if c.has("holds-back-to-the-end") || c.has("loses-what-came-before-an-error") && c.known["regular"] {
			kept = append(kept, data...)
			continue
		}
		if err := c.put(data); err != nil {
			if c.has("reads-on-after-a-write-error") {
				c.known["write"] = true
				continue
			}
			return err
		}
		if c.has("reads-once") {
			break
		}
	}
	if c.known["write"] {
		return unix.ENOSPC
	}
	return c.put(kept)
}

// longLine reports whether data has more than a common limit of bytes in a row
// without a newline.
func longLine(data []byte) bool {
	return len(data) == 32<<10 && bytes.IndexByte(data, '\n') < 0
}

// fill reads once, or as often as it takes.
func (c *catter) fill(fd int, block []byte) (int, error) {
	n, err := c.read(fd, block)
	if c.has("waits-for-full-blocks") {
		for n > 0 && n < len(block) && err == nil {
			var more int
			if more, err = c.read(fd, block[n:]); more == 0 {
				break
			}
			n += more
		}
	}
	return n, err
}

func (c *catter) plain() bool {
	return !(c.number || c.nonblank || c.squeeze || c.show || c.ends || c.tabs)
}

// put writes data, formatted.
func (c *catter) put(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	switch {
	case c.has("text-mode"):
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	case c.has("stops-at-nul"):
		data, _, _ = bytes.Cut(data, []byte{0})
	case c.has("reads-utf-8"):
		data = []byte(strings.ToValidUTF8(string(data), string(utf8.RuneError)))
	case c.has("loses-an-open-last-line"):
		data = data[:bytes.LastIndexByte(data, '\n')+1]
	case c.has("ends-every-line"):
		data = append(bytes.TrimSuffix(bytes.Clone(data), []byte("\n")), '\n')
	}
	if !c.plain() {
		if c.has("stops-at-nul-in-formatted-output") {
			data, _, _ = bytes.Cut(data, []byte{0})
		}
		data = c.format(data)
	}
	held := c.has("buffers-formatted-output") && (c.show || c.ends || c.tabs || c.squeeze) ||
		c.has("buffers-numbered-lines") && c.number ||
		c.has("says-errors-before-formatted-output") && c.number && c.known["regular"]
	if held {
		c.held = append(c.held, data...)
		return nil
	}
	if !c.plain() && c.has("ignores-formatted-write-errors") {
		_ = c.write(1, data)
		return nil
	}
	if len(c.held) > 0 && !c.has("buffers-its-output") {
		data, c.held = append(c.held, data...), nil
	}
	if c.has("writes-at-the-start") && !c.known["written"] {
		_, _ = unix.Seek(1, 0, 0)
	}
	c.known["written"] = true
	if c.has("buffers-its-output") {
		c.held = append(c.held, data...)
		if len(c.held) < 64<<10 {
			return nil
		}
		data, c.held = c.held, nil
	}
	return c.write(1, data)
}

// end writes what waited for more to come.
func (c *catter) end() error {
	data := c.held
	c.held = nil
	if c.open && c.ends && c.has("ends-with-a-dollar") {
		data = append(data, '$')
	}
	if c.cr {
		data = append(data, '\r')
		c.cr = false
	}
	return c.write(1, data)
}

// format is data with what the options ask for.
func (c *catter) format(data []byte) []byte {
	out := c.out[:0]
	defer func() { c.out = out }()
	if c.has("numbers-each-read") {
		c.open = false
	}
	for i, b := range data {
		if c.cr {
			c.cr = false
			if b == '\n' {
				out = append(out, "^M"...)
			} else {
				out = append(out, '\r')
			}
		}
		if !c.open {
			if b == '\n' || c.has("squeezes-lines-of-blanks") && (b == ' ' || b == '\t') {
				if c.empty++; c.squeeze && c.empty > 1 {
					continue
				}
			} else {
				c.empty = 0
			}
			if c.nonblank && b != '\n' || c.number && !c.nonblank {
				c.lines++
				out = append(out, c.numeral()...)
				if c.tabs && c.has("shows-its-own-tabs") {
					out = append(out[:len(out)-1], "^I"...)
				}
			}
			c.open = true
		}
		switch {
		case b == '\n':
			if c.ends {
				out = append(out, '$')
			}
			out = append(out, b)
			c.open = false
			if c.has("numbers-the-end") && c.number && i == len(data)-1 {
				c.lines++
				out = append(out, c.numeral()...)
			}
		case b == '\t':
			if c.tabs || c.show && c.has("v-shows-tabs") {
				out = append(out, "^I"...)
			} else {
				out = append(out, b)
			}
		case c.show:
			out = append(out, c.shown(b)...)
		case b == '\r' && c.ends && !c.has("knows-no-cr"):
			c.cr = true
			if c.has("forgets-cr-across-reads") && i == len(data)-1 {
				c.cr = false
				out = append(out, b)
			}
		default:
			out = append(out, b)
		}
	}
	return out
}

func (c *catter) numeral() string {
	if c.has("cuts-long-numbers") {
		return fmt.Sprintf("%6d\t", c.lines%1000000)
	}
	if c.has("pads-with-tabs") {
		return fmt.Sprintf("\t%d ", c.lines)
	}
	return fmt.Sprintf("%6d\t", c.lines)
}

func (c *catter) shown(b byte) string {
	prefix := ""
	if b >= 128 {
		if c.has("shows-high-bytes-raw") {
			return string([]byte{b})
		}
		prefix, b = "M-", b-128
	}
	switch {
	case b < 32:
		return prefix + "^" + string(rune(b+64))
	case b == 127:
		return prefix + "^?"
	}
	return prefix + string(rune(b))
}

// isOutput reports whether fd is standard output's file, and begins before the
// place of writing.
func (c *catter) isOutput(fd int, name string) bool {
	if c.has("copies-onto-itself") {
		return false
	}
	var stat unix.Stat_t
	if unix.Fstat(fd, &stat) != nil || stat.Mode&unix.S_IFMT != unix.S_IFREG || stat.Ino != c.outStat.Ino || stat.Dev != c.outStat.Dev || stat.Size == 0 {
		return false
	}
	if c.has("knows-files-by-name") {
		to, _ := os.Readlink("/proc/self/fd/1")
		from, _ := os.Getwd()
		return to == from+"/"+strings.TrimPrefix(name, "./")
	}
	if c.has("minds-no-offsets") {
		return true
	}
	in, err := unix.Seek(fd, 0, 1)
	if err != nil {
		return false
	}
	out, err := unix.Seek(1, 0, 1)
	if err != nil {
		return false
	}
	if flags, err := unix.FcntlInt(1, unix.F_GETFL, 0); err == nil && flags&unix.O_APPEND != 0 {
		out = stat.Size
	}
	if in >= stat.Size {
		return false
	}
	return in < out || in >= out && (c.number || c.nonblank || c.show || c.ends || c.tabs) && !(c.squeeze && c.plain())
}
