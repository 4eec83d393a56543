package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fd42.example/fd42/internal/tour/lesson"
)

func TestText(t *testing.T) {
	spans := []lesson.Span{
		{Text: "one two "}, {Text: "a b", Style: lesson.Code}, {Text: ", "}, {Text: "three", Style: lesson.Strong}, {Text: "."},
	}
	for _, test := range []struct {
		name string
		page page
		want []string
	}{
		{"wide", page{width: 80}, []string{"• one two `a b`, three."}},
		{"code stays whole", page{width: 14}, []string{"• one two", "  `a b`,", "  three."}},
		{"words are cut only if they must be", page{width: 6}, []string{"• one", "  two", "  `a b", "  `,", "  thre", "  e."}},
		{"styled", page{width: 80, styled: true}, []string{"• one two \x1b[1ma b\x1b[0m, \x1b[1mthree\x1b[0m."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.want, test.page.text("•", spans))
		})
	}
}

func TestLiteral(t *testing.T) {
	for _, test := range []struct {
		width int
		line  string
		want  []string
	}{
		{80, "", []string{""}},
		{80, "     1\tone", []string{"       1  one"}},
		{14, "cat[1]: open file", []string{"  cat[1]: open", "    ↳ file"}},
		{10, "0123456789abcdef", []string{"  01234567", "    ↳ 89ab", "    ↳ cdef"}},
	} {
		p := page{width: test.width}
		assert.Equal(t, test.want, p.literal(test.line, normal), test.line)
	}
}

// Every lesson is readable on a screen half as wide as usual.
func TestLessonsFitNarrowScreens(t *testing.T) {
	lessons, err := lesson.ReadDir(filepath.Join("..", "..", "testdata", "lessons"))
	require.NoError(t, err)
	p := page{width: 40}
	for _, l := range lessons {
		for _, block := range l.Blocks {
			var rows []string
			switch b := block.(type) {
			case lesson.Heading:
				rows = p.text("", b.Text)
			case lesson.Paragraph:
				rows = p.text(b.Bullet, b.Text)
			case lesson.Picture:
				rows = prose(&p, b)
				assert.Len(t, rows, len(b.Lines), "%s: a folded picture:\n%s", l.Name, strings.Join(rows, "\n"))
			case lesson.Transcript:
				rows = recite(&p, b, "")
			}
			for _, row := range rows {
				assert.LessOrEqual(t, len([]rune(row)), p.width, "%s: %q", l.Name, row)
			}
		}
	}
}

func TestNewPageOfAFile(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer file.Close()
	p := newPage(file)
	assert.False(t, p.styled)
	assert.Equal(t, 80, p.width)
}
