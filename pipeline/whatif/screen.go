package whatif

import (
	"fmt"
	"strconv"

	"daybook/pipeline/document/screen"
	"daybook/schemas/money"
)

// Screen shows the outcome on one screen: so many of those who pay more, and of those who pay less, the first by value.
func (o *Outcome) Screen(names Names, most int) []screen.Block {
	out := []screen.Block{{Text: fmt.Sprintf("%s  deliveries of run %.8s, rated by %s and by %s", o.Period, o.Run, names.Before, names.After)}}
	if len(o.Causes) == 0 {
		out = append(out, screen.Block{Text: "  In what is rated, both books say the same."})
	}
	head := append([]string{"before"}, o.Causes...)
	if o.Corrects() {
		head = append(head, "earlier months")
	}
	head = append(head, "after", "difference")
	sums := [][]string{append([]string{""}, head...)}
	for i := range o.Sums {
		s := &o.Sums[i]
		sums = append(sums, append([]string{MeasureNames[s.Measure] + ", " + string(s.Currency)}, o.cells(&s.Figures, s.Currency)...))
	}
	counts := [][]string{{"", "pay more", "", "pay less", "", "pay the same"}}
	for i := range o.Counts {
		c := &o.Counts[i]
		counts = append(counts, []string{
			string(c.Currency), strconv.Itoa(c.More), screen.Blank(c.Gains, c.Currency), strconv.Itoa(c.Less), screen.Blank(c.Losses, c.Currency), strconv.Itoa(c.Same),
		})
	}
	out = append(out, screen.Block{Rows: sums, Right: 1}, screen.Block{Rows: counts, Right: 1})
	for _, more := range []bool{true, false} {
		out = append(out, o.ranked(more, head, most)...)
	}
	if len(o.Apart) > 0 {
		out = append(out, screen.Block{Text: "  Not tried, though the books differ in it: " + Listed(o.Apart) + "."})
	}
	return out
}

// ranked are those who pay more, or those who pay less.
func (o *Outcome) ranked(more bool, head []string, most int) []screen.Block {
	list, what := Ranked(o.Customers, more), "pay less"
	if more {
		what = "pay more"
	}
	if len(list) == 0 {
		return nil
	}
	if most < 0 {
		most = len(list)
	}
	const widest = 28
	rows := [][]string{append(append([]string{what}, head...), "%")}
	for i := range list[:min(most, len(list))] {
		r, percent := &list[i], ""
		if p := r.Percent(); p != nil {
			percent = money.Text(*p, 1)
		}
		called := screen.Clip(r.Called(), widest) + ", " + string(r.Currency)
		rows = append(rows, append(append([]string{called}, o.cells(&r.Figures, r.Currency)...), percent))
	}
	out := []screen.Block{{Rows: rows, Right: 1}}
	if n := len(list) - most; n > 0 {
		out[0].Below = fmt.Sprintf("  and %d more; --all lists them, and --csv has every one", n)
	}
	return out
}

func (o *Outcome) cells(f *Figures, c money.Currency) []string {
	out := []string{screen.Amount(f.Before, c)}
	for _, d := range f.By {
		out = append(out, screen.Blank(d, c))
	}
	if o.Corrects() {
		out = append(out, screen.Blank(f.Earlier, c))
	}
	return append(out, screen.Amount(f.After, c), screen.Amount(f.Difference, c))
}
