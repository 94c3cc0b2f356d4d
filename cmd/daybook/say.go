package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode"

	"daybook/schemas"
)

// All that the program prints goes through the functions of this file: names and texts come from deliveries and books, and
// what a terminal would obey instead of showing must not reach it, nor a line break that makes a line of their own of them.

// say prints for people. The format is ours, with its line breaks and tabs; each text among the arguments is made visible.
func say(w io.Writer, format string, args ...any) {
	fmt.Fprint(w, said(format, args...))
}

// said is what say prints.
func said(format string, args ...any) string {
	shown := make([]any, len(args))
	for i, arg := range args {
		shown[i] = seen(arg)
	}
	return fmt.Sprintf(format, shown...)
}

// seen makes an argument that is printed as a text visible; numbers and the like stay.
func seen(arg any) any {
	switch v := arg.(type) {
	case error:
		return visible(v.Error())
	case fmt.Stringer:
		return visible(v.String())
	}
	if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
		return visible(v.String())
	}
	return arg
}

// sayLines prints a text of several lines of ours, each of them made visible.
func sayLines(w io.Writer, text string) {
	for line := range strings.Lines(text) {
		say(w, "%s\n", strings.TrimSuffix(line, "\n"))
	}
}

// sayError prints an error, those that are joined in it on lines of their own. Another line break in it is a name's.
func sayError(w io.Writer, before string, err error) {
	for i, line := range linesOf(err) {
		if i > 0 {
			before = ""
		}
		say(w, "%s%s\n", before, line)
	}
}

func linesOf(err error) (lines []string) {
	if several, ok := errors.AsType[*schemas.AmbiguousError](err); ok && err.Error() == several.Error() {
		first, _, _ := strings.Cut(err.Error(), "\n")
		lines = append(lines, first)
		for _, candidate := range several.Candidates {
			lines = append(lines, "  "+candidate)
		}
		return lines
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var texts []string
		for _, one := range joined.Unwrap() {
			texts = append(texts, one.Error())
			lines = append(lines, linesOf(one)...)
		}
		if strings.Join(texts, "\n") == err.Error() {
			return lines
		}
	}
	return []string{err.Error()}
}

// sayJSON prints for programs. What a terminal would obey is escaped, so that the values are what they are.
func sayJSON(w io.Writer, v any, indent string) error {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", indent)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	return sayEncoded(w, out.Bytes())
}

// sayEncoded prints what is JSON already. Outside of its strings JSON has nothing to escape.
func sayEncoded(w io.Writer, text []byte) error {
	if bytes.IndexFunc(text, isObeyed) >= 0 {
		var out bytes.Buffer
		for _, r := range string(text) {
			switch {
			case !isObeyed(r):
				out.WriteRune(r)
			case r < 1<<16:
				fmt.Fprintf(&out, `\u%04x`, r)
			default: // as a pair of surrogates
				fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+(r-1<<16)>>10, 0xdc00+(r-1<<16)&0x3ff)
			}
		}
		text = out.Bytes()
	}
	_, err := w.Write(text)
	return err
}

// sayPage prints a page that is for a browser, as it is.
func sayPage(w io.Writer, page []byte) error {
	_, err := w.Write(page)
	return err
}

// sayTable prints comma-separated values, whose texts nobody obeys, by lines that end as those of a terminal do.
func sayTable(w io.Writer, table []byte) error {
	_, err := w.Write(bytes.ReplaceAll(table, []byte("\r\n"), []byte("\n")))
	return err
}

// isObeyed reports whether a terminal obeys a character rather than show it: control characters but for line breaks, those
// that change the direction of text, and other line breaks.
func isObeyed(r rune) bool {
	return r != '\n' && unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// visible replaces what a terminal would obey, line breaks among it, and what is no UTF-8.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || isObeyed(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
