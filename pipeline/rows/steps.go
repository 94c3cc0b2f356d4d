package rows

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"daybook/schemas"
)

// The steps of a charge are kept in two columns. The formula says what is done, with a place for each number, and is the
// same for all charges that are reckoned alike; the numbers stand apart, in the order of their places:
//
//	given(quantity {1}) "metered from {2} rows"; mul(quantity@1, unit_price {3}) = {4} "quantity by unit price"
//	1715.5;16;0.02;34.31
//
// A step is its operation, its operands in brackets, its result and a note. quantity@1 is the result of the first step,
// and so needs no number; neither does a result that is the only operand. A text that is no plain word stands in quotes
// as in JSON, an empty one, too; a brace in it is \u007b. Together both columns give back the steps as they were.

// stepsForm is the form of the steps of many charges.
type stepsForm struct {
	text    string
	steps   []stepForm
	numbers int
}

type stepForm struct {
	op  string
	in  []operandForm
	out valueForm
	// same says that the result is the only operand's value, and left out.
	same bool
	// note is what stands between the numbers of the note: one piece more than there are numbers, or none without a note.
	note []string
}

// operandForm is an operand. Its link is the earlier step that its name tells of, counted from 1, or 0; linked says that its
// value is that step's result, and left out.
type operandForm struct {
	name   string
	link   int
	linked bool
	value  valueForm
}

// valueForm is a place for a number, or else a text.
type valueForm struct {
	number bool
	text   string
}

// numberSeparator stands between the numbers of a charge's steps.
const numberSeparator = ';'

// isNumber reports whether a text goes among the numbers: a number, a list of them, or whatever else begins like one.
func isNumber(s string) bool {
	return startsNumber(s) && strings.IndexByte(s, numberSeparator) < 0
}

func startsNumber(s string) bool {
	if s != "" && s[0] == '-' {
		s = s[1:]
	}
	return s != "" && s[0]-'0' <= 9
}

func formOf(s string) valueForm {
	if isNumber(s) {
		return valueForm{number: true}
	}
	return valueForm{text: s}
}

// newStepsForm returns the form of steps.
func newStepsForm(steps []schemas.Step) *stepsForm {
	f := &stepsForm{steps: make([]stepForm, len(steps))}
	for i := range steps {
		s, x := &steps[i], &f.steps[i]
		x.op, x.in = s.Op, make([]operandForm, len(s.In))
		for k, o := range s.In {
			x.in[k] = operandForm{name: o.Name, link: linkOf(o.Name, i)}
			if link := x.in[k].link; link > 0 && steps[link-1].Out == o.Value {
				x.in[k].linked = true
			} else {
				x.in[k].value = formOf(o.Value)
			}
		}
		if x.same = len(s.In) == 1 && s.In[0].Value == s.Out; !x.same {
			x.out = formOf(s.Out)
		}
		x.note = noteForm(s.Note)
	}
	f.text = f.write()
	return f
}

// linkOf returns the step that an operand of step i (from 0) is said to come from, counted from 1, or 0.
func linkOf(name string, i int) int {
	at := strings.LastIndexByte(name, '@')
	if at < 0 {
		return 0
	}
	n, err := strconv.Atoi(name[at+1:])
	if err != nil || n < 1 || n > i {
		return 0
	}
	return n
}

// noteForm cuts a note at its numbers, which stand between blanks.
func noteForm(note string) []string {
	if note == "" {
		return nil
	}
	pieces, from := []string{}, 0
	for at := 0; at <= len(note); {
		end := wordEnd(note, at)
		if isNumber(note[at:end]) {
			pieces = append(pieces, note[from:at])
			from = end
		}
		at = end + 1
	}
	return append(pieces, note[from:])
}

// wordEnd returns where the word that begins at a place of a text ends: at a blank, or with the text.
func wordEnd(text string, at int) int {
	if n := strings.IndexByte(text[at:], ' '); n >= 0 {
		return at + n
	}
	return len(text)
}

// appendNumbers appends the numbers of steps of this form; it reports false if theirs is another one, and then what it
// appended means nothing. There is exactly one form of any steps.
func (f *stepsForm) appendNumbers(dst []byte, steps []schemas.Step) ([]byte, bool) {
	if len(steps) != len(f.steps) {
		return dst, false
	}
	from, ok := len(dst), false
	for i := range steps {
		if dst, ok = f.steps[i].appendNumbers(dst, steps, i); !ok {
			return dst, false
		}
	}
	if f.numbers == 0 {
		return dst, true
	}
	dst = dst[:len(dst)-1]
	// A separator within a number would be one too many.
	return dst, bytes.Count(dst[from:], []byte{numberSeparator}) == f.numbers-1
}

func (x *stepForm) appendNumbers(dst []byte, steps []schemas.Step, i int) (_ []byte, ok bool) {
	s := &steps[i]
	if s.Op != x.op || len(s.In) != len(x.in) {
		return dst, false
	}
	for k := range x.in {
		o, y := &s.In[k], &x.in[k]
		if o.Name != y.name {
			return dst, false
		}
		if y.link > 0 {
			if (steps[y.link-1].Out == o.Value) != y.linked {
				return dst, false
			}
			if y.linked {
				continue
			}
		}
		if dst, ok = y.value.appendNumber(dst, o.Value); !ok {
			return dst, false
		}
	}
	if len(x.in) == 1 && (s.In[0].Value == s.Out) != x.same {
		return dst, false
	}
	if !x.same {
		if dst, ok = x.out.appendNumber(dst, s.Out); !ok {
			return dst, false
		}
	}
	return x.appendNote(dst, s.Note)
}

func (v *valueForm) appendNumber(dst []byte, s string) ([]byte, bool) {
	if !v.number {
		return dst, s == v.text
	}
	return append(append(dst, s...), numberSeparator), startsNumber(s)
}

func (x *stepForm) appendNote(dst []byte, note string) ([]byte, bool) {
	if len(x.note) == 0 {
		return dst, note == ""
	}
	last := len(x.note) - 1
	for _, piece := range x.note[:last] {
		if !strings.HasPrefix(note, piece) {
			return dst, false
		}
		end := wordEnd(note, len(piece))
		var ok bool
		if dst, ok = (&valueForm{number: true}).appendNumber(dst, note[len(piece):end]); !ok {
			return dst, false
		}
		note = note[end:]
	}
	return dst, note == x.note[last]
}

// blank returns steps of this form without their numbers.
func (f *stepsForm) blank() []schemas.Step {
	steps := make([]schemas.Step, len(f.steps))
	for i := range f.steps {
		x, s := &f.steps[i], &steps[i]
		s.Op = x.op
		if len(x.in) > 0 {
			s.In = make([]schemas.Operand, len(x.in))
		}
		for k := range x.in {
			s.In[k] = schemas.Operand{Name: x.in[k].name, Value: x.in[k].value.text}
		}
		s.Out = x.out.text
		if len(x.note) == 1 {
			s.Note = x.note[0]
		}
	}
	return steps
}

// fill puts numbers into steps that blank returned, or that it filled before.
func (f *stepsForm) fill(steps []schemas.Step, numbers string) error {
	r := numberReader{rest: numbers, more: f.numbers > 0}
	for i := range f.steps {
		x, s := &f.steps[i], &steps[i]
		for k := range x.in {
			switch y := &x.in[k]; {
			case y.linked:
				s.In[k].Value = steps[y.link-1].Out
			case y.value.number:
				s.In[k].Value = r.next()
			}
		}
		switch {
		case x.same:
			s.Out = s.In[0].Value
		case x.out.number:
			s.Out = r.next()
		}
		if len(x.note) > 1 {
			var room [128]byte
			note := append(room[:0], x.note[0]...)
			for _, piece := range x.note[1:] {
				note = append(append(note, r.next()...), piece...)
			}
			s.Note = string(note)
		}
	}
	if r.bad || r.more || f.numbers == 0 && numbers != "" {
		return fmt.Errorf("%w: the formula has %d places for the numbers %q", errSteps, f.numbers, numbers)
	}
	return nil
}

// numberReader takes numbers one after the other, and notes that there was none.
type numberReader struct {
	rest      string
	more, bad bool
}

func (r *numberReader) next() string {
	if !r.more {
		r.bad = true
		return ""
	}
	number := r.rest
	at := strings.IndexByte(number, numberSeparator)
	if r.more = at >= 0; r.more {
		number, r.rest = number[:at], number[at+1:]
	}
	r.bad = r.bad || !startsNumber(number)
	return number
}

var errSteps = errors.New("the steps of a charge are damaged")

// write returns the text of the formula, and counts its numbers.
func (f *stepsForm) write() string {
	var b strings.Builder
	f.numbers = 0
	place := func() string {
		f.numbers++
		return "{" + strconv.Itoa(f.numbers) + "}"
	}
	value := func(v *valueForm) {
		if v.number {
			b.WriteString(place())
		} else {
			b.WriteString(quoted(v.text))
		}
	}
	for i := range f.steps {
		x := &f.steps[i]
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(quoted(x.op) + "(")
		for k := range x.in {
			if k > 0 {
				b.WriteString(", ")
			}
			b.WriteString(quoted(x.in[k].name))
			if !x.in[k].linked {
				b.WriteByte(' ')
				value(&x.in[k].value)
			}
		}
		b.WriteByte(')')
		if !x.same {
			b.WriteString(" = ")
			value(&x.out)
		}
		for k, piece := range x.note {
			if k == 0 {
				b.WriteString(` "`)
			} else {
				b.WriteString(place())
			}
			b.WriteString(escaped(piece))
		}
		if len(x.note) > 0 {
			b.WriteByte('"')
		}
	}
	return b.String()
}

// quoted returns a word as it is, and any other text in quotes.
func quoted(s string) string {
	if isWord(s) {
		return s
	}
	return `"` + escaped(s) + `"`
}

// isWord reports whether a text needs no quotes: letters, digits and _ @ . -, of which the first is a letter.
func isWord(s string) bool {
	for i := range len(s) {
		c := s[i]
		if letter := c|0x20 >= 'a' && c|0x20 <= 'z'; !letter && (i == 0 || c-'0' > 9 && strings.IndexByte("_@.-", c) < 0) {
			return false
		}
	}
	return s != ""
}

func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == '{' || r == utf8.RuneError:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
