package cli

import (
	"strings"

	"github.com/spf13/pflag"
)

// help is the text of --help.
func (c *Command) help() string {
	var b strings.Builder
	b.WriteString("Usage: " + c.Name + " " + c.Synopsis + "\n" + c.About + "\n\n")
	width := 0
	c.Flags.VisitAll(func(flag *pflag.Flag) { width = max(width, len(forms(flag))) })
	c.Flags.VisitAll(func(flag *pflag.Flag) {
		left := forms(flag)
		b.WriteString(left + strings.Repeat(" ", width-len(left)) + "  " + flag.Usage + "\n")
	})
	if c.Notes != "" {
		b.WriteString("\n" + c.Notes)
	}
	b.WriteString("\nExamples:\n" + c.Examples)
	b.WriteString("\nThe manual is " + c.Name + "(1). fd42(7) explains standard streams and FD42_TRACE.\n")
	return b.String()
}

// forms is an option as it may be typed: "  -w, --wrap=COLS".
func forms(flag *pflag.Flag) string {
	text := "      "
	if isShortOnly(flag) {
		return "  -" + flag.Shorthand
	} else if flag.Shorthand != "" {
		text = "  -" + flag.Shorthand + ", "
	}
	text += "--" + flag.Name
	switch {
	case takesNone(flag):
		return text
	case flag.NoOptDefVal != "":
		return text + "[=" + flag.Value.Type() + "]"
	}
	return text + "=" + flag.Value.Type()
}
