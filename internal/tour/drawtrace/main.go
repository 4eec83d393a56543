// Drawtrace draws the trace in a file: where the descriptors of its processes
// led, without knowing the command lines that they came from. Its settings come
// from the environment, where make puts what follows its target's name:
//
//	FD42_TRACE=t sh -c 'env echo hi | cat | base64'
//	make draw TRACE=t            as wide as the terminal
//	make draw TRACE=t WIDTH=40
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"fd42.example/fd42/internal/tour/draw"
	"fd42.example/fd42/internal/tour/record"
)

func main() {
	if err := run(os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "drawtrace:", err)
		os.Exit(1)
	}
}

func run(getenv func(string) string, out *os.File) error {
	name := getenv("TRACE")
	if name == "" {
		return errors.New("TRACE=FILE is missing: the file that FD42_TRACE named")
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	c := draw.Command{Trace: record.Parse(string(text)), Width: 80, ASCII: !isUTF8(getenv)}
	if len(c.Trace.Processes) == 0 {
		return fmt.Errorf("%s: no process left a trace in it", name)
	}
	if columns, _, err := term.GetSize(int(out.Fd())); err == nil && columns > 0 {
		c.Width = columns
	}
	if width := getenv("WIDTH"); width != "" {
		if c.Width, err = strconv.Atoi(width); err != nil || c.Width < 1 {
			return fmt.Errorf("WIDTH=%s: not a number of columns", width)
		}
	}
	if c.Folder, err = os.Getwd(); err != nil {
		return err
	}
	picture := draw.Picture(c)
	if picture == "" {
		picture = "No descriptor of these processes played a part.\n"
	}
	_, err = io.WriteString(out, picture)
	return err
}

// isUTF8 reports whether the locale's characters are in UTF-8: locale(7).
func isUTF8(getenv func(string) string) bool {
	for _, name := range [...]string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(getenv(name)); value != "" {
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return false
}
