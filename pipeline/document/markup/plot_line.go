package markup

import (
	"slices"
	"strconv"
	"strings"

	"daybook/schemas/money"
)

// Point is a day of the period, from 0 before the first to its last, and the total at its end.
type Point struct {
	Day   int
	Value money.Decimal
}

// Course is one line of a line chart.
type Course struct {
	Name   string
	Class  string
	Points []Point
	// Text is what stands at its end.
	Text string
}

// Sizes of a line chart.
const (
	lineLeft   = 54
	lineRight  = 84 // room for what stands at the ends
	lineHeight = 230
	lineTop    = 14
	lineBottom = 30
)

// AppendCourses draws totals over the days of a period, with a scale on the left and names at the ends of the lines.
func AppendCourses(dst []byte, id, title, description string, days int, courses []Course, format func(money.Decimal) string) []byte {
	p := &plot{Page: Page{Dst: dst}, from: 0, width: lineHeight - lineTop - lineBottom}
	for _, c := range courses {
		for _, q := range c.Points {
			p.include(q.Value)
		}
	}
	step := niceStep(p.hi.Sub(p.lo), 4)
	p.lo = money.RoundToStep(p.lo, step, money.Floor)
	p.hi = money.RoundToStep(p.hi, step, money.Ceiling)
	if p.hi.Equal(p.lo) {
		p.hi = p.lo.Add(step)
	}
	x := func(day int) money.Decimal {
		at, err := money.MulDivRound(money.NewDecimal(int64(day), 0), money.NewDecimal(plotWidth-lineLeft-lineRight, 0), money.NewDecimal(int64(days), 0), 1, money.HalfEven)
		if err != nil {
			at = money.Zero
		}
		return at.Add(money.NewDecimal(lineLeft, 0))
	}
	bottom := money.NewDecimal(lineHeight-lineBottom, 0)
	y := func(v money.Decimal) money.Decimal { return bottom.Sub(p.pixelRounded(v)) }

	p.open(id, title, description, lineHeight)
	for v := p.lo; !v.GreaterThan(p.hi); v = v.Add(step) {
		at := y(v).String()
		class := "grid"
		if v.IsZero() {
			class = "axis"
		}
		p.line(strconv.Itoa(lineLeft), at, x(days).String(), at, class)
		p.note(strconv.Itoa(lineLeft-8), y(v).Add(money.NewDecimal(4, 0)).String(), "note", "end", format(v))
	}
	foot := strconv.Itoa(lineHeight - lineBottom + 18)
	for _, d := range dayTicks(days) {
		p.note(x(d).String(), foot, "note", "middle", strconv.Itoa(d))
	}
	for _, c := range courses {
		var path strings.Builder
		for i, q := range c.Points {
			if i > 0 {
				path.WriteByte(' ')
			}
			path.WriteString(x(q.Day).String() + "," + y(q.Value).String())
		}
		p.Raw(`<polyline class="course `, c.Class, `" points="`, path.String(), `"/>`, "\n")
		if n := len(c.Points); n > 0 && c.Class == "actual" {
			p.Raw(`<circle class="dot" r="4" cx="`, x(c.Points[n-1].Day).String(), `" cy="`, y(c.Points[n-1].Value).String(), `"/>`)
		}
	}
	p.ends(courses, x(days), y)
	p.close()
	return p.Dst
}

// dayTicks are the days named below a line chart: the first, every fifth, and the last.
func dayTicks(days int) []int {
	ticks := []int{1}
	for d := 5; d <= days-3; d += 5 {
		ticks = append(ticks, d)
	}
	if days > 1 {
		ticks = append(ticks, days)
	}
	return ticks
}

// ends names the lines at the right, moved apart where they end close to each other.
func (p *plot) ends(courses []Course, right money.Decimal, y func(money.Decimal) money.Decimal) {
	type end struct {
		course *Course
		at     money.Decimal
	}
	var ends []end
	for i := range courses {
		if c := &courses[i]; c.Text != "" && len(c.Points) > 0 {
			ends = append(ends, end{c, y(c.Points[len(c.Points)-1].Value)})
		}
	}
	slices.SortStableFunc(ends, func(a, b end) int { return a.at.Cmp(b.at) })
	apart := money.NewDecimal(30, 0)
	lowest := money.NewDecimal(lineHeight-lineBottom, 0)
	for i := range ends { // push down from the top, then up from the bottom
		if i > 0 && ends[i].at.LessThan(ends[i-1].at.Add(apart)) {
			ends[i].at = ends[i-1].at.Add(apart)
		}
	}
	for i := len(ends) - 1; i >= 0; i-- {
		if ends[i].at.GreaterThan(lowest) {
			ends[i].at = lowest
		}
		lowest = ends[i].at.Sub(apart)
	}
	at := right.Add(money.NewDecimal(10, 0)).String()
	for _, e := range ends {
		p.note(at, e.at.Sub(money.NewDecimal(2, 0)).String(), "end "+e.course.Class, "start", e.course.Name)
		p.note(at, e.at.Add(money.NewDecimal(12, 0)).String(), "val", "start", e.course.Text)
	}
}
