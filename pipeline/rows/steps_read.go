package rows

import (
	"fmt"
	"strconv"
	"strings"

	"daybook/schemas"
)

// stepsOf returns the steps that a formula and its numbers stand for.
func stepsOf(text, numbers string) ([]schemas.Step, error) { return formulas{}.steps(text, numbers) }

// formulas are those that one reader of charges has met: they are few, and each is of many charges.
type formulas map[string]*readForm

// readForm is a formula with the steps that were made of it last.
type readForm struct {
	form  *stepsForm
	steps []schemas.Step
}

// mostFormulas bounds how many are kept.
const mostFormulas = 4096

// steps is stepsOf, which reads each formula once. The steps of one formula lie in one place: they are valid until the next of the
// same formula are read.
func (f formulas) steps(text, numbers string) ([]schemas.Step, error) {
	x := f[text]
	if x == nil {
		form, err := readFormula(text)
		if err != nil {
			return nil, err
		}
		if len(f) >= mostFormulas {
			clear(f)
		}
		x = &readForm{form: form, steps: form.blank()}
		f[strings.Clone(text)] = x
	}
	return x.steps, x.form.fill(x.steps, numbers)
}

// readFormula reads the text of a formula. Only texts as formula.write writes them are taken.
func readFormula(text string) (*stepsForm, error) {
	f, r := &stepsForm{text: text}, formulaReader{rest: text}
	for r.rest != "" && !r.failed {
		if len(f.steps) > 0 {
			r.want("; ")
		}
		f.steps = append(f.steps, r.step(len(f.steps)))
	}
	if r.failed || f.write() != text {
		return nil, fmt.Errorf("%w: the formula cannot be read from %q on", errSteps, r.rest)
	}
	return f, nil
}

// formulaReader takes a formula from its text.
type formulaReader struct {
	rest   string
	failed bool
}

// has takes a piece of text if it is next.
func (r *formulaReader) has(piece string) bool {
	rest, ok := strings.CutPrefix(r.rest, piece)
	if ok {
		r.rest = rest
	}
	return ok
}

func (r *formulaReader) want(piece string) {
	if !r.has(piece) {
		r.failed = true
	}
}

// step reads step i, counted from 0.
func (r *formulaReader) step(i int) stepForm {
	x := stepForm{op: r.word(), in: []operandForm{}}
	r.want("(")
	for !r.failed && !r.has(")") {
		if len(x.in) > 0 {
			r.want(", ")
		}
		o := operandForm{name: r.word()}
		o.link = linkOf(o.name, i)
		if r.has(" ") {
			o.value = r.value()
		} else if o.linked = o.link > 0; !o.linked {
			r.failed = true
		}
		x.in = append(x.in, o)
	}
	if r.has(" = ") {
		x.out = r.value()
	} else if x.same = len(x.in) == 1; !x.same {
		r.failed = true
	}
	if r.has(` "`) {
		x.note = append(x.note, r.piece())
		for !r.failed && !r.has(`"`) {
			r.place()
			x.note = append(x.note, r.piece())
		}
	}
	return x
}

func (r *formulaReader) value() valueForm {
	if strings.HasPrefix(r.rest, "{") {
		r.place()
		return valueForm{number: true}
	}
	return valueForm{text: r.word()}
}

// place reads the place of a number. That they are counted through shows when the formula is written again.
func (r *formulaReader) place() {
	r.want("{")
	for r.rest != "" && r.rest[0]-'0' <= 9 {
		r.rest = r.rest[1:]
	}
	r.want("}")
}

// word reads a word or a text in quotes.
func (r *formulaReader) word() string {
	if r.has(`"`) {
		text := r.piece()
		r.want(`"`)
		return text
	}
	end := strings.IndexAny(r.rest, " (),;=\"{")
	if end < 0 {
		end = len(r.rest)
	}
	word := r.rest[:end]
	r.rest = r.rest[end:]
	return word
}

// piece reads a text within quotes up to their end or to the place of a number.
func (r *formulaReader) piece() string {
	var b strings.Builder
	for !r.failed {
		end := strings.IndexAny(r.rest, `"{\`)
		if end < 0 {
			break
		}
		b.WriteString(r.rest[:end])
		r.rest = r.rest[end:]
		if r.rest[0] != '\\' {
			return b.String()
		}
		b.WriteString(r.escape())
	}
	r.failed = true
	return ""
}

// escape reads what a backslash begins.
func (r *formulaReader) escape() string {
	const unicode = len(`\u007b`)
	switch {
	case len(r.rest) < 2:
	case r.rest[1] != 'u':
		c := r.rest[1:2]
		r.rest = r.rest[2:]
		return c
	case len(r.rest) >= unicode:
		n, err := strconv.ParseUint(r.rest[2:unicode], 16, 16)
		if r.rest = r.rest[unicode:]; err == nil {
			return string(rune(n))
		}
	}
	r.failed = true
	return ""
}
