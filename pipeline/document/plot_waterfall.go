package document

import (
	"strconv"

	"daybook/schemas/money"
)

// appendWaterfall draws how the causes lead from one total to another: a bar for each total, and between them what each
// cause added or took away, joined where one ends and the next begins.
//
// Where all totals lie in the upper half of the scale it begins above zero, so that the causes can be seen, and says so.
func appendWaterfall(dst []byte, id, title, description string, first namedPart, causes []bar, last namedPart, format func(money.Decimal) string) []byte {
	p := &plot{page: page{dst}, labels: labelsOf(append([]bar{{label: first.name}, {label: last.name}}, causes...))}
	p.from, p.width = int64(p.labels), int64(plotWidth-p.labels-plotValues)
	steps := make([]bar, 0, len(causes)+2)
	steps = append(steps, bar{label: first.name, value: first.part, text: format(first.part), class: "total", whole: true})
	at := first.part
	p.lo, p.hi = at, at
	for _, c := range causes {
		c.base = at
		at = at.Add(c.value)
		p.include(at)
		steps = append(steps, c)
	}
	p.include(last.part)
	steps = append(steps, bar{label: last.name, value: last.part, text: format(last.part), class: "total", whole: true})
	begin := p.beginAboveZero()
	height := len(steps)*plotRow + 8
	if begin {
		height += 18
	}
	p.open(id, title, description, height)
	for i := range steps {
		p.fall(&steps[i], 4+i*plotRow, i+1 < len(steps))
	}
	edge := strconv.FormatInt(p.from, 10)
	p.line(edge, "0", edge, strconv.Itoa(len(steps)*plotRow+4), "axis")
	if begin {
		p.note(edge, strconv.Itoa(height-4), "note", "start", "The scale begins at "+format(p.lo)+", not at 0.")
	}
	p.close()
	return p.dst
}

// beginAboveZero bounds the scale: by zero, or by a step below the smallest total where zero is far away.
func (p *plot) beginAboveZero() bool {
	span := p.hi.Sub(p.lo)
	if p.lo.IsPositive() && span.IsPositive() && p.lo.GreaterThan(span.Add(span)) {
		step := niceStep(span, 4)
		down := money.RoundToStep(p.lo.Sub(span.Shift(-1)), step, money.Floor)
		if down.IsPositive() {
			p.lo = down
			return true
		}
	}
	p.include(money.Zero)
	return false
}

// fall draws one step of a waterfall and the thread to the next.
func (p *plot) fall(b *bar, top int, more bool) {
	from, to := p.pixelRounded(b.base), p.pixelRounded(b.base.Add(b.value))
	if b.whole {
		from = money.NewDecimal(p.from, 0)
		if p.lo.IsNegative() {
			from = p.pixelRounded(money.Zero)
		}
	}
	shown := *b
	shown.whole = true // values stand to the right: the threads run on the left
	p.row(&shown, top, from, to)
	if more {
		x := to.String()
		p.line(x, strconv.Itoa(top+plotBar), x, strconv.Itoa(top+plotRow+2), "thread")
	}
}
