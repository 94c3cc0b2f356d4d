package source

import (
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/source/remark"
	"daybook/pipeline/source/wire"
	"daybook/schemas"
	"daybook/schemas/money"
)

// mostLabelText is how many bytes a label may have, as it stands in the object. Labels are held until an object and a shard are
// done, and nobody names a SKU, a unit or an account by more.
const mostLabelText = 4096

var tooLong = fmt.Sprintf("it is longer than the %d bytes that a name may have", mostLabelText)

// firstLabels is how many entries an interner starts with.
const firstLabels = 256

// unusual marks the values of entries that are no code of the column's dictionary but the number of a verdict.
const unusual = 1 << 31

// verdict is what becomes of a text that is not simply a label.
type verdict struct {
	// null rows hold nothing; else code is the text's in the column's dictionary.
	null bool
	code uint32
	// note counts the rows; nil notes nothing.
	note *remark.Note
	// proper is what the text is written as instead; empty leaves it.
	proper string
	// defect rejects the rows, with what for a reason; empty rejects none.
	defect schemas.Code
	what   string
}

// parseLabels looks up all short texts first, without a branch that may be mistaken, so that no look-up waits for the one
// before it in a table that the caches do not hold. The rows where that leaves more to do come after.
func (d *decoder) parseLabels(c *column, v *dataset.Vector, x *cells, base int) {
	if c.labels.Entries == nil {
		c.labels.Entries = make([]wire.Entry, firstLabels)
	}
	v.Codes = grown(v.Codes, x.n)
	out := v.Codes[base:]
	if cap(d.careful) < x.n {
		d.careful = make([]uint32, x.n)
	}
	careful, n := d.careful[:x.n], 0
	entries := c.labels.Entries
	mask := uint64(len(entries) - 1)
	text, pos, skip, p := x.text, x.pos, x.skip, x.at
	for r := range out {
		start, end := pos[p]+skip, pos[p+1]
		p += x.stride
		size := end - start
		x, y := wire.Short(text, start, size)
		e := &entries[wire.Slot(x, y, size)&mask]
		out[r] = e.Value
		careful[n] = uint32(r)
		more := e.X ^ x | e.Y ^ y | uint64(e.Size^size) | uint64(size-1)>>4 | uint64(e.Value&unusual)
		n += int((more | -more) >> 63)
	}
	var last wire.Entry // many columns hold one value for long
	for _, r := range careful[:n] {
		r := int(r)
		start, end := x.cell(r)
		size := end - start
		switch {
		case size == 0:
			out[r] = 0
			d.null(c, v, x, base, r)
			continue
		case size > mostLabelText:
			out[r] = 0
			v.SetNull(base + r)
			d.defect(x, r, c, schemas.CodeBadValue, tooLong, d.value(x, r))
			continue
		case size <= 16:
			last = *c.labels.Find(text, start, end)
		case size != last.Size || string(c.labels.Arena[last.Y:last.Y+uint64(size)]) != string(text[start:end]):
			last = *c.labels.FindLong(text, start, end)
		}
		if last.Size == 0 {
			d.newLabel(c, v, x, r)
			last = *c.labels.Find(text, start, end)
		}
		code := last.Value
		if code >= unusual {
			code = d.unusualLabel(c, v, x, base, r, code)
		}
		out[r] = code
	}
}

// unusualLabel does with row r what the verdict on its text says.
func (d *decoder) unusualLabel(c *column, v *dataset.Vector, x *cells, base, r int, value uint32) uint32 {
	w := &c.verdicts[value&^unusual]
	if w.note != nil {
		w.note.Hit(x.numbers[r])
	}
	switch {
	case w.defect != "":
		d.defect(x, r, c, w.defect, w.what, d.value(x, r))
		v.SetNull(base + r)
		return 0
	case w.null:
		d.null(c, v, x, base, r)
		return 0
	default:
		return w.code
	}
}

// newLabel judges a text that was not seen before and gives it an entry.
func (d *decoder) newLabel(c *column, v *dataset.Vector, x *cells, r int) {
	text := d.value(x, r)
	w := d.judge(c, text, x.rawJSON)
	value := uint32(len(c.verdicts)) | unusual
	if w.null || w.defect != "" {
		c.verdicts = append(c.verdicts, w)
	} else {
		if w.proper != "" {
			text = []byte(w.proper)
		}
		w.code = v.Dict.Code(text)
		if w.note != nil {
			c.verdicts = append(c.verdicts, w)
		} else {
			value = w.code
		}
	}
	start, end := x.cell(r)
	c.labels.Add(c.labels.Find(x.text, start, end), x.text, start, end, value)
}

// judge says what a label's text comes to.
func (d *decoder) judge(c *column, text []byte, rawJSON bool) verdict {
	switch {
	case len(text) == 0:
		return verdict{null: true}
	case d.isNull(text):
		return verdict{null: true, note: d.tokenNote(c, text)}
	case !wire.WellEncoded(text):
		return verdict{defect: schemas.CodeBadEncoding, what: "it is not UTF-8, or holds a NUL"}
	case c.json && rawJSON && !d.json.Valid(slices.Grow(slices.Clone(text), wire.Padding)):
		return verdict{defect: schemas.CodeBadJSON, what: "it is not a JSON object"}
	case c.currency && !money.ValidCurrency(money.Currency(text)):
		if proper := strings.ToUpper(string(text)); d.src.Tolerate.Case && money.ValidCurrency(money.Currency(proper)) {
			return verdict{proper: proper, note: d.note(c.name, c.use, schemas.CodeToleratedCase, "the text "+string(text)+" read as "+proper, string(text))}
		}
		return d.outside(c, text, schemas.CodeUnknownCurrency, "it is not a currency of ISO 4217")
	case c.allowed != nil:
		return d.judgeListed(c, text)
	default:
		return verdict{}
	}
}

func (d *decoder) judgeListed(c *column, text []byte) verdict {
	if slices.Contains(c.allowed, string(text)) {
		return verdict{}
	}
	if d.src.Tolerate.Case {
		for _, a := range c.allowed {
			if strings.EqualFold(a, string(text)) {
				return verdict{proper: a, note: d.note(c.name, c.use, schemas.CodeToleratedCase, "the text "+string(text)+" read as "+a, string(text))}
			}
		}
	}
	return d.outside(c, text, schemas.CodeBadValue, "it is none of "+strings.Join(c.allowed, ", ")+", and tolerate.other_values of the source does not name the column")
}

// outside judges a value outside its column's list.
func (d *decoder) outside(c *column, text []byte, code schemas.Code, what string) verdict {
	switch {
	case c.othersNoted:
		n := d.note(c.name, c.use, code, "the text "+string(text)+", which is outside the format's list", string(text))
		n.Severity = schemas.Note
		return verdict{note: n}
	case c.open, c.side:
		n := d.note(c.name, c.use, code, "the text "+string(text)+", which is outside the format's list", string(text))
		n.Severity = schemas.Warning
		return verdict{note: n}
	default:
		return verdict{defect: code, what: what}
	}
}
