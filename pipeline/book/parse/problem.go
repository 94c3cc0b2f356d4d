package parse

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a book.
type Problem struct {
	// File is the path below the book, with slashes.
	File string `json:"file"`
	// Line and Column count from 1; a column is a character.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Path leads to the value inside the file: offerings[2].prices[0].tiers, or the name of a CSV column.
	Path string `json:"path,omitempty"`
	// Message says what is wrong; Suggestion what to do about it, and may be empty.
	Message    string `json:"message"`
	Suggestion string `json:"suggestion,omitempty"`
}

// String returns file:line:column: path: message (suggestion).
func (p Problem) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", p.File, p.Line, p.Column)
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Suggestion != "" {
		b.WriteString(" (" + p.Suggestion + ")")
	}
	return b.String()
}

// Problems is everything that is wrong with a book, sorted by file, line and column. It is an error when it is not empty.
type Problems []Problem

// Error returns one problem per line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// Err returns p as an error, or nil when nothing is wrong.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// mostProblems bounds the list, so that a file of the wrong kind does not fill the memory with complaints.
const mostProblems = 10_000

// complaints gathers problems while a book is read.
type complaints struct {
	list   []Problem
	beyond int
}

func (c *complaints) add(p Problem) {
	if len(c.list) >= mostProblems {
		c.beyond++
		return
	}
	p.Message, p.Suggestion = printable(p.Message), printable(p.Suggestion)
	p.Path = printable(p.Path)
	c.list = append(c.list, p)
}

// sorted returns the problems in order, each once.
func (c *complaints) sorted() Problems {
	slices.SortFunc(c.list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message), cmp.Compare(a.Suggestion, b.Suggestion))
	})
	list := slices.Compact(c.list)
	if c.beyond > 0 && len(list) > 0 {
		last := list[len(list)-1]
		list = append(list, Problem{
			File: last.File, Line: last.Line, Column: last.Column,
			Message: fmt.Sprintf("there are %d problems more", c.beyond), Suggestion: "correct these first",
		})
	}
	return list
}

// printable keeps a message on one line whatever the book holds.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' {
			return '␣'
		}
		return r
	}, s)
}
