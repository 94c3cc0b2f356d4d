package document

import (
	"strconv"
	"unicode/utf8"

	"daybook/schemas/money"
)

// Pictures are inline SVG without script, font or image from elsewhere. They take their colours from the page's style,
// so that they follow its light and dark faces, and carry a title and a description for those who do not see them; the
// figures themselves stand in a table below each. Positions are decimals: no float is needed to draw.

// Sizes of a picture, in its own units: pixels at full width.
const (
	plotWidth  = 600
	plotLabels = 96  // the least and the most room for the column of labels,
	mostLabels = 288 //
	labLetter  = 8   // and what a letter of it takes
	plotValues = 104 // the least room for a value beside its bar
	plotLetter = 8   // what a letter of it takes
	plotRow    = 26
	plotBar    = 16
	labelMost  = (mostLabels - 16) / labLetter // letters of a label before it is cut; the whole stands in its tooltip
)

// bar is one row of a bar chart: from Base to Base + Value on the scale.
type bar struct {
	label string
	base  money.Decimal
	value money.Decimal
	// text is what stands beside the bar.
	text string
	// class colours the bar.
	class string
	// whole bars of a waterfall begin at the scale's beginning.
	whole bool
}

// plot writes one picture.
type plot struct {
	page
	// lo and hi bound the scale; from and width are where it lies in pixels.
	lo, hi      money.Decimal
	from, width int64
	// labels is the width of the column of labels.
	labels int
}

// labelsOf is the room that the labels of bars need.
func labelsOf(bars []bar) int {
	letters := 0
	for i := range bars {
		letters = max(letters, utf8.RuneCountInString(bars[i].label))
	}
	return min(max(letters*labLetter+16, plotLabels), mostLabels)
}

// open begins a figure with its picture's title and description.
func (p *plot) open(id, title, description string, height int) {
	p.raw(`<svg class="plot" role="img" viewBox="0 0 `, strconv.Itoa(plotWidth), " ", strconv.Itoa(height), `" aria-labelledby="`, id, `-t `, id, `-d"><title id="`, id, `-t">`)
	p.text(title)
	p.raw(`</title><desc id="`, id, `-d">`)
	p.text(description)
	p.raw("</desc>\n")
}

func (p *plot) close() { p.raw("</svg>\n") }

// include widens the scale to hold a value.
func (p *plot) include(v money.Decimal) {
	if v.LessThan(p.lo) {
		p.lo = v
	}
	if v.GreaterThan(p.hi) {
		p.hi = v
	}
}

// pixelRounded is where a value lies on the scale, to a tenth of a pixel.
func (p *plot) pixelRounded(v money.Decimal) money.Decimal {
	from := money.NewDecimal(p.from, 0)
	at, err := money.MulDivRound(v.Sub(p.lo), money.NewDecimal(p.width, 0), p.hi.Sub(p.lo), 1, money.HalfEven)
	if err != nil { // a scale of one point: everything lies at its beginning
		return from
	}
	return from.Add(at)
}

// note writes a text in full.
func (p *plot) note(x, y, class, anchor, s string) {
	p.raw(`<text x="`, x, `" y="`, y, `" class="`, class, `" text-anchor="`, anchor, `">`)
	p.text(s)
	p.raw("</text>")
}

// label writes a text that is cut where it is too long, with its whole as a tooltip.
func (p *plot) label(x, y, class, anchor, s string) {
	if utf8.RuneCountInString(s) <= labelMost {
		p.note(x, y, class, anchor, s)
		return
	}
	p.raw(`<text x="`, x, `" y="`, y, `" class="`, class, `" text-anchor="`, anchor, `">`)
	p.text(cut(s, labelMost))
	p.raw("<title>")
	p.text(s)
	p.raw("</title></text>")
}

// cut keeps the beginning and the end of a long name, for many differ only in one of them.
func cut(s string, most int) string {
	runes := []rune(s)
	tail := most / 3
	return string(runes[:most-tail-1]) + "…" + string(runes[len(runes)-tail:])
}

func (p *plot) rect(x, y, width, height, class string) {
	p.raw(`<rect x="`, x, `" y="`, y, `" width="`, width, `" height="`, height, `" class="`, class, `" rx="1.5"/>`)
}

func (p *plot) line(x1, y1, x2, y2, class string) {
	p.raw(`<line x1="`, x1, `" y1="`, y1, `" x2="`, x2, `" y2="`, y2, `" class="`, class, `"/>`)
}

// appendBars draws rows of horizontal bars from zero, below zero to the left, each with its label and its value.
func appendBars(dst []byte, id, title, description string, bars []bar) []byte {
	left, right := 0, plotValues
	p := &plot{page: page{dst}, labels: labelsOf(bars)}
	for i := range bars {
		b := &bars[i]
		p.include(b.value)
		need := utf8.RuneCountInString(b.text)*plotLetter + 12
		if b.value.IsNegative() { // its value stands left of it
			left = max(left, need)
		} else {
			right = max(right, need)
		}
	}
	p.from = int64(p.labels + left)
	p.width = int64(plotWidth - p.labels - left - right)
	height := len(bars)*plotRow + 8
	p.open(id, title, description, height)
	zero := p.pixelRounded(money.Zero)
	for i := range bars {
		b := &bars[i]
		top := 4 + i*plotRow
		p.row(b, top, zero, p.pixelRounded(b.value))
	}
	p.line(zero.String(), "0", zero.String(), strconv.Itoa(height), "axis")
	p.close()
	return p.dst
}

// row draws one bar between two positions, and its texts.
func (p *plot) row(b *bar, top int, from, to money.Decimal) {
	base := strconv.Itoa(top + plotBar - 2)
	p.raw("<g>")
	p.label(strconv.Itoa(p.labels-10), base, "lab", "end", b.label)
	left, right := from, to
	if to.LessThan(from) {
		left, right = to, from
	}
	if width := right.Sub(left); width.IsPositive() {
		p.rect(left.String(), strconv.Itoa(top+1), width.String(), strconv.Itoa(plotBar), "bar "+b.class)
	}
	six := money.NewDecimal(6, 0)
	if to.LessThan(from) && !b.whole {
		p.note(left.Sub(six).String(), base, "val", "end", b.text)
	} else {
		p.note(right.Add(six).String(), base, "val", "start", b.text)
	}
	p.raw("</g>\n")
}

// niceStep is the smallest of 1, 2 and 5 times a power of ten that divides a range into at most so many parts.
func niceStep(span money.Decimal, parts int64) money.Decimal {
	step := money.One
	if !span.IsPositive() {
		return step
	}
	n := money.NewDecimal(parts, 0)
	for step.Mul(n).GreaterThan(span) {
		step = step.Shift(-1)
	}
	for {
		for _, m := range [3]int64{1, 2, 5} {
			if s := step.Mul(money.NewDecimal(m, 0)); !s.Mul(n).LessThan(span) {
				return s
			}
		}
		step = step.Shift(1)
	}
}
