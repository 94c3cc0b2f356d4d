package main

import (
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	document "daybook/pipeline/document/screen"
)

// screen is what a summary is laid out for.
type screen struct {
	// width is in characters; height is in lines, 0 where there is no end to them.
	width, height int
	// brief says that there is no room for blank lines and columns.
	brief bool
}

// The size that is taken where it is not known.
const (
	usualWidth  = 80
	usualHeight = 24
	narrowest   = 40
)

// screenOf is that of the terminal that w is. Elsewhere lines are of the usual width, and as many as it takes.
func screenOf(w io.Writer) screen {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return screen{width: usualWidth}
	}
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		return screen{width: usualWidth, height: usualHeight}
	}
	return screen{width: max(width, narrowest), height: height}
}

// wrap breaks a text at its blanks into lines of the screen's width: first begins the first line, and those that follow are
// indented as far, or by half the screen. What has no blank stays whole, however long it is.
func (s screen) wrap(first, text string) (lines []string) {
	first, text = visible(first), visible(text)
	indent := strings.Repeat(" ", min(utf8.RuneCountInString(first), s.width/2))
	line, empty := first, true
	for word := range strings.FieldsSeq(text) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > s.width {
			lines = append(lines, line)
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	return append(lines, strings.TrimRight(line, " "))
}

// clip cuts a text to so many characters.
func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// printScreen prints what a screen is to show, with a blank line between.
func printScreen(out io.Writer, blocks []document.Block) {
	for i := range blocks {
		b := &blocks[i]
		if i > 0 {
			say(out, "\n")
		}
		if b.Text != "" {
			say(out, "%s\n", b.Text)
		}
		if len(b.Rows) > 0 {
			printRows(out, b.Rows, b.Right)
		}
		if b.Below != "" {
			say(out, "%s\n", b.Below)
		}
	}
}
