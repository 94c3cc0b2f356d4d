package markup

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Object writes the members of one JSON object behind Dst, which ends with its brace: keys in the order in which they come, numbers
// as decimal strings.
type Object struct {
	Dst   []byte
	begun bool
}

// Key writes a member's name, which needs no escaping.
func (j *Object) Key(name string) {
	if j.begun {
		j.Dst = append(j.Dst, ',')
	}
	j.begun = true
	j.Dst = append(j.Dst, '"')
	j.Dst = append(j.Dst, name...)
	j.Dst = append(j.Dst, '"', ':')
}

// Raw writes a member whose value is JSON.
func (j *Object) Raw(name, value string) {
	j.Key(name)
	j.Dst = append(j.Dst, value...)
}

// Text writes a text.
func (j *Object) Text(name, value string) {
	j.Key(name)
	j.Dst = AppendJSON(j.Dst, value)
}

// Optional writes a text that is not empty.
func (j *Object) Optional(name, value string) {
	if value != "" {
		j.Text(name, value)
	}
}

// Number writes a number with so many places at least.
func (j *Object) Number(name string, v money.Fixed, places int32) {
	j.Key(name)
	j.Dst = append(AppendPlain(append(j.Dst, '"'), v, places), '"')
}

// Date writes a day.
func (j *Object) Date(name string, d schemas.Date) {
	j.Key(name)
	j.Dst = append(AppendDate(append(j.Dst, '"'), d), '"')
}

// Texts writes a list of texts that is not empty.
func (j *Object) Texts(name string, values []string) {
	if len(values) == 0 {
		return
	}
	j.Key(name)
	for i, v := range values {
		if i == 0 {
			j.Dst = append(j.Dst, '[')
		} else {
			j.Dst = append(j.Dst, ',')
		}
		j.Dst = AppendJSON(j.Dst, v)
	}
	j.Dst = append(j.Dst, ']')
}

// Element begins element i of an array.
func (j *Object) Element(i int) Object {
	if i > 0 {
		j.Dst = append(j.Dst, ',')
	}
	return Object{Dst: append(j.Dst, '{')}
}
