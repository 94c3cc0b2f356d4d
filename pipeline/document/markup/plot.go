package markup

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"daybook/schemas/money"
)

// Pictures are inline SVG without script, font or image from elsewhere. They take their colours from the page's style,
// so that they follow its light and dark faces, and carry a title and a description for those who do not see them; the
// figures themselves stand in a table below each. Positions are decimals: no float is needed to draw.

// Sizes of a picture, in its own units: about the pixels of a telephone's width, so that its letters are read there as well as on a
// desk, where several stand side by side. A name stands above its bar, with the value at the other end: both have the whole width.
const (
	plotWidth  = 360
	plotRow    = 35 // a name with its bar below it
	plotBar    = 10
	plotLetter = 7 // what a letter takes, at most
)

// Bar is one row of a bar chart: a value from zero on.
type Bar struct {
	Label string
	Value money.Decimal
	// Text is the value as it is read.
	Text string
	// Class colours the bar.
	Class string
	// base is where the bar begins on the scale.
	base money.Decimal
}

// plot writes one picture.
type plot struct {
	Page
	// lo and hi bound the scale; from and width are where it lies in pixels.
	lo, hi      money.Decimal
	from, width int64
}

// open begins a picture with its title and description.
func (p *plot) open(id, title, description string, height int) {
	p.Raw(`<svg class="plot" role="img" viewBox="0 0 `, strconv.Itoa(plotWidth), " ", strconv.Itoa(height), `" aria-labelledby="`, id, `-t `, id, `-d"><title id="`, id, `-t">`)
	p.Text(title)
	p.Raw(`</title><desc id="`, id, `-d">`)
	p.Text(description)
	p.Raw("</desc>\n")
}

func (p *plot) close() { p.Raw("</svg>\n") }

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
	p.Raw(`<text x="`, x, `" y="`, y, `" class="`, class, `" text-anchor="`, anchor, `">`)
	p.Text(s)
	p.Raw("</text>")
}

// label writes a name that has so many letters of room; one that is longer is cut, with its whole as a tooltip.
func (p *plot) label(y string, room int, s string) {
	if utf8.RuneCountInString(s) <= room {
		p.note("0", y, "lab", "start", s)
		return
	}
	p.Raw(`<text x="0" y="`, y, `" class="lab">`)
	p.Text(cut(s, room))
	p.Raw("<title>")
	p.Text(s)
	p.Raw("</title></text>")
}

// cut keeps the beginning and the end of a long name, for many differ only in one of them.
func cut(s string, most int) string {
	runes := []rune(s)
	tail := most / 3
	return string(runes[:most-tail-1]) + "…" + string(runes[len(runes)-tail:])
}

func (p *plot) line(x1, y1, x2, y2, class string) {
	p.Raw(`<line x1="`, x1, `" y1="`, y1, `" x2="`, x2, `" y2="`, y2, `" class="`, class, `"/>`)
}

// AppendBars draws rows of horizontal bars from zero, below zero to the left, each below its name and its value.
func AppendBars(dst []byte, id, title, description string, bars []Bar) []byte {
	p := &plot{Page: Page{Dst: dst}, width: plotWidth}
	for i := range bars {
		p.include(bars[i].Value)
	}
	p.rows(id, title, description, bars)
	return p.Dst
}

// AppendWaterfall draws how causes lead from one total to another: how far each goes from the first, one after the other, and at the end
// how far the last lies from it. Zero is the first total, so that causes are seen however large the totals are.
func AppendWaterfall(dst []byte, id, title, description string, causes []Bar, whole Bar) []byte {
	p := &plot{Page: Page{Dst: dst}, width: plotWidth}
	at := money.Zero
	steps := make([]Bar, 0, len(causes)+1)
	for _, c := range causes {
		c.base = at
		at = at.Add(c.Value)
		p.include(at)
		steps = append(steps, c)
	}
	p.include(whole.Value)
	p.rows(id, title, description, append(steps, whole))
	return p.Dst
}

// rows draws bars on the scale that is set.
func (p *plot) rows(id, title, description string, bars []Bar) {
	p.open(id, title, description, len(bars)*plotRow)
	zero := p.pixelRounded(money.Zero).String()
	for i := range bars {
		b := &bars[i]
		top := i * plotRow
		base := strconv.Itoa(top + 13)
		p.Raw("<g>")
		p.label(base, (plotWidth-plotLetter*(utf8.RuneCountInString(b.Text)+2))/plotLetter, b.Label)
		p.note(strconv.Itoa(plotWidth), base, "val", "end", b.Text)
		left, right := p.pixelRounded(b.base), p.pixelRounded(b.base.Add(b.Value))
		if right.LessThan(left) {
			left, right = right, left
		}
		if width := right.Sub(left); width.IsPositive() {
			p.Raw(`<rect x="`, left.String(), `" y="`, strconv.Itoa(top+18), `" width="`, width.String(), `" height="`, strconv.Itoa(plotBar), `" class="bar `, b.Class, `" rx="1.5"/>`)
		}
		p.line(zero, strconv.Itoa(top+16), zero, strconv.Itoa(top+18+plotBar+2), "axis")
		p.Raw("</g>\n")
	}
	p.close()
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

// Sizes of a spark.
const (
	sparkStep   = 6
	sparkHeight = 18
)

// AppendSpark draws a few values as small columns within a line of text; one that is nil is not known, and left open. The words say them.
func AppendSpark(dst []byte, values []*money.Decimal, words string) []byte {
	p := &plot{Page: Page{Dst: dst}, width: sparkHeight}
	for _, v := range values {
		if v != nil {
			p.include(*v)
		}
	}
	zero := p.pixelRounded(money.Zero)
	var path strings.Builder
	height := money.NewDecimal(sparkHeight, 0)
	for i, v := range values {
		if v == nil {
			continue
		}
		at := p.pixelRounded(*v)
		path.WriteString("M" + strconv.Itoa(i*sparkStep) + " " + height.Sub(zero).String() + "V" + height.Sub(at).String() + "h4V" + height.Sub(zero).String() + "z")
	}
	p.Raw(`<svg class="spark" role="img" viewBox="0 0 `, strconv.Itoa(len(values)*sparkStep), " ", strconv.Itoa(sparkHeight), `"><title>`)
	p.Text(words)
	p.Raw(`</title><path d="`, path.String(), `"/></svg>`)
	return p.Dst
}
