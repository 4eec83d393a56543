package main

import (
	"os"
	"strings"

	"fd42.example/fd42/internal/stream"
)

// echo writes its operands.
func echo(p *broken, args []string) int {
	p.s = stream.Standard("echo")
	newline, escapes := true, false
	_, posix := os.LookupEnv("POSIXLY_CORRECT")
	posix = posix && !p.has("knows-no-posix")
	optional := !p.has("has-no-options") && (!posix || len(args) > 0 && args[0] == "-n")
	for len(args) > 0 && optional {
		word := args[0]
		if p.has("dashes-end-options") && word == "--" {
			args = args[1:]
			break
		}
		letters, dash := strings.CutPrefix(word, "-")
		if !dash || letters == "" || strings.Trim(letters, "neE") != "" {
			if p.has("refuses-unknown-options") && dash && letters != "" {
				os.Stderr.WriteString("echo: invalid option\n")
				return 1
			}
			break
		}
		for _, letter := range letters {
			switch letter {
			case 'n':
				newline = false
			case 'e':
				escapes = true
			case 'E':
				escapes = p.has("cannot-switch-escapes-off") && escapes
			}
		}
		args = args[1:]
	}
	if p.has("loses-empty-operands") {
		var kept []string
		for _, arg := range args {
			if arg != "" {
				kept = append(kept, arg)
			}
		}
		args = kept
	}
	separator := " "
	if p.has("separates-by-newlines") {
		separator = "\n"
	}
	text := strings.Join(args, separator)
	if escapes || posix {
		var stop bool
		if text, stop = p.unescape(args); stop {
			newline = false
		}
	}
	if newline {
		text += "\n"
	}
	if err := p.write(1, []byte(text)); err != nil {
		p.writeFailed(err)
	}
	return p.finish()
}

func (p *broken) unescape(args []string) (text string, stop bool) {
	digits := 3
	if p.has("takes-two-octal-digits") {
		digits = 2
	}
	var b strings.Builder
	for i, arg := range args {
		if i > 0 {
			b.WriteByte(' ')
		}
		for len(arg) > 0 {
			if arg[0] != '\\' || len(arg) == 1 {
				b.WriteByte(arg[0])
				arg = arg[1:]
				continue
			}
			letter := arg[1]
			arg = arg[2:]
			if at := strings.IndexByte(`abefnrtv\`, letter); at >= 0 && !(p.has("knows-few-letters") && strings.IndexByte(`ef`, letter) >= 0) {
				b.WriteByte("\a\b\x1b\f\n\r\t\v\\"[at])
				continue
			}
			switch {
			case letter == 'c':
				if p.has("c-stops-only-its-word") {
					arg = ""
					continue
				}
				return b.String(), true
			case letter == 'x' && !p.has("knows-no-hexadecimal") && len(arg) > 0 && strings.IndexByte("0123456789abcdefABCDEF", arg[0]) >= 0:
				b.WriteByte(number(&arg, 16, 2))
			case letter == '0':
				b.WriteByte(number(&arg, 8, digits))
			case letter >= '1' && letter <= '7' && !p.has("wants-a-zero-before-octal"):
				arg = string(letter) + arg
				b.WriteByte(number(&arg, 8, digits))
			case p.has("drops-unknown-backslashes"):
				b.WriteByte(letter)
			default:
				b.WriteString(`\` + string([]byte{letter}))
			}
		}
	}
	return b.String(), false
}

// number takes up to most digits from the beginning of text.
func number(text *string, base, most int) byte {
	value := 0
	for ; most > 0 && *text != ""; most-- {
		digit := strings.Index("0123456789abcdef", strings.ToLower((*text)[:1]))
		if digit < 0 || digit >= base {
			break
		}
		value = value*base + digit
		*text = (*text)[1:]
	}
	return byte(value)
}
