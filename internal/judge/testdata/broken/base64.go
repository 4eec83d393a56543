package main

import (
	"bytes"
	"errors"
	"os/signal"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"fd42.example/fd42/internal/cli"
	"fd42.example/fd42/internal/quote"
	"fd42.example/fd42/internal/stream"
)

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// A coder is base64 at work.
type coder struct {
	*broken
	decode, ignore bool
	wrap           uint64
	column         uint64
	rest           []byte // of a group
	leak           []byte
	letters        []byte // of a group to decode, its padding too
}

func base64(p *broken, args []string) int {
	if p.has("says-broken-pipe") {
		signal.Ignore(unix.SIGPIPE)
	}
	p.s = stream.Standard("base64")
	if p.has("says-broken-pipe") {
		signal.Ignore(unix.SIGPIPE)
	}
	c := &coder{broken: p, wrap: 76}
	command := cli.New("base64", "", "", "")
	command.Flags.BoolFuncP("decode", "d", "", func(string) error { c.decode = true; return nil })
	command.Flags.BoolFuncP("ignore-garbage", "i", "", func(string) error { c.ignore = true; return nil })
	command.Flags.FuncP("wrap", "w", "", c.setWrap)
	most := 1
	if p.has("reads-one-file") {
		most = -1
	}
	files, ok := p.parse(command, args, most)
	if !ok {
		return p.s.Finish()
	}
	fd := 0
	if len(files) > 0 && files[0] != "-" {
		var err error
		if fd, err = unix.Open(files[0], unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
			p.s.FailFile(files[0], err)
			return p.finish()
		}
	}
	writeErr, readErr := c.run(fd)
	if writeErr != nil {
		p.writeFailed(writeErr)
	}
	if readErr != nil && (writeErr == nil || p.has("says-every-fault")) {
		p.s.Fail(readErr)
	}
	return p.finish()
}

// setWrap takes a number as strtol(3) does.
func (c *coder) setWrap(value string) error {
	if c.has("keeps-the-first-value") && c.known["wrap"] {
		return nil
	}
	c.known["wrap"] = true
	shown := quote.Value(value)
	if c.has("shows-values-raw") {
		shown = "'" + value + "'"
	}
	if c.has("takes-plain-digits-alone") && strings.Trim(value, "0123456789") != "" {
		return errors.New("invalid wrap size: " + shown)
	}
	digits := strings.TrimLeft(value, " \t\n\v\f\r")
	sign := strings.TrimLeft(digits, "+-")
	negative := strings.HasPrefix(digits, "-")
	if len(digits)-len(sign) > 1 || sign == "" || strings.Trim(sign, "0123456789") != "" || negative && strings.Trim(sign, "0") != "" {
		return errors.New("invalid wrap size: " + shown)
	}
	wrap, err := strconv.ParseInt(sign, 10, 64)
	if err != nil {
		wrap = 0
	}
	c.wrap = uint64(wrap)
	return nil
}

func (c *coder) run(fd int) (writeErr, readErr error) {
	block := make([]byte, 30000)
	code := c.encode
	if c.decode {
		code = c.decoded
	}
	for {
		n, err := c.read(fd, block)
		if err != nil {
			err = errors.New("read error: " + stream.Reason(err))
			if c.has("loses-what-came-before-an-error") {
				return nil, err
			}
			out, _ := code(nil, true)
			return c.write(1, out), err
		}
		if c.has("leaks-what-it-has-read") {
			c.leak = append(c.leak, block[:n]...)
		}
		data := block[:n]
		out, invalid := code(data, n == 0)
		if invalid != nil && c.has("loses-what-came-before-a-fault") {
			return nil, invalid
		}
		if err := c.write(1, out); err != nil {
			if !c.has("reads-on-after-a-write-error") || n == 0 {
				return err, invalid
			}
		}
		if invalid != nil || n == 0 {
			return nil, invalid
		}
	}
}

func (c *coder) encode(data []byte, last bool) (out []byte, err error) {
	c.rest = append(c.rest, data...)
	if c.has("pads-each-read") {
		last = true
	}
	if c.has("wraps-each-read-by-itself") && len(data) > 0 {
		c.column = 0
	}
	letter := func(b byte) {
		if c.wrap > 0 && c.column == c.wrap {
			out = append(out, '\n')
			c.column = 0
		}
		out = append(out, b)
		c.column++
	}
	for len(c.rest) >= 3 || last && len(c.rest) > 0 {
		var group [3]byte
		n := copy(group[:], c.rest)
		c.rest = c.rest[n:]
		bits := uint(group[0])<<16 | uint(group[1])<<8 | uint(group[2])
		for i := range 4 {
			b := alphabet[bits>>(18-6*i)&63]
			if c.has("has-another-alphabet") {
				b = bytes.ReplaceAll(bytes.ReplaceAll([]byte{b}, []byte("+"), []byte("-")), []byte("/"), []byte("_"))[0]
			}
			if i > n {
				if c.has("leaves-out-padding") {
					break
				}
				b = '='
			}
			letter(b)
		}
	}
	c.rest = bytes.Clone(c.rest)
	if last && c.column > 0 && (c.wrap > 0 || c.has("ends-even-an-endless-line")) && !c.has("leaves-the-last-line-open") {
		out = append(out, '\n')
		c.column = 0
	}
	return out, nil
}

var errInvalid = errors.New("invalid input")

// decoded is what data decodes to, with what was left of the data before.
func (c *coder) decoded(data []byte, last bool) (out []byte, err error) {
	if c.has("decodes-each-read-by-itself") {
		last = true
	}
	if c.has("takes-no-newlines") && bytes.IndexByte(data, '\n') >= 0 {
		return nil, errInvalid
	}
	if c.has("takes-no-newlines-within-a-group") && len(c.letters)%4 != 0 && len(data) > 0 && data[0] == '\n' {
		return nil, errInvalid
	}
	for _, b := range data {
		value := bytes.IndexByte([]byte(alphabet), b)
		switch {
		case b == '\n':
			if c.has("takes-no-newlines-within-a-group") && len(c.letters) > 0 {
				return out, errInvalid
			}
			continue
		case b != '=' && value < 0:
			if c.ignore || c.has("skips-all-garbage") {
				continue
			}
			return c.part(out), errInvalid
		case b == '=' && (len(c.letters) < 2 || c.has("takes-no-padding")):
			return c.part(out), errInvalid
		case b != '=' && bytes.IndexByte(c.letters, '=') >= 0:
			return c.part(out), errInvalid
		}
		if c.letters = append(c.letters, b); len(c.letters) < 4 {
			continue
		}
		if out, err = c.group(out); err != nil {
			return out, err
		}
	}
	if last && len(c.letters) > 0 {
		if len(c.letters) == 1 || bytes.IndexByte(c.letters, '=') >= 0 || c.has("wants-padding-at-the-end") {
			return c.part(out), errInvalid
		}
		c.letters = append(c.letters, "=="[:4-len(c.letters)]...)
		return c.group(out)
	}
	return out, nil
}

// part is out and what whole bytes there are in an unfinished group.
func (c *coder) part(out []byte) []byte {
	letters := bytes.TrimRight(c.letters, "=")
	if len(letters) < 2 || c.has("loses-whole-bytes-of-a-group") {
		return out
	}
	c.letters = append(letters, "=="[:4-len(letters)]...)
	out, _ = c.group(out)
	return out
}

// group decodes a group that is whole.
func (c *coder) group(out []byte) ([]byte, error) {
	letters := bytes.TrimRight(c.letters, "=")
	c.letters = nil
	var bits uint
	for _, b := range letters {
		bits = bits<<6 | uint(bytes.IndexByte([]byte(alphabet), b))
	}
	bits <<= 6 * (4 - len(letters))
	out = append(out, []byte{byte(bits >> 16), byte(bits >> 8), byte(bits)}[:len(letters)-1]...)
	unused := bits << (8 * (len(letters) - 1)) & 0xffffff
	if unused != 0 && !c.has("minds-no-unused-bits") {
		return out, errInvalid
	}
	return out, nil
}
