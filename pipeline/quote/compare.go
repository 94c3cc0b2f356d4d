package quote

import (
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Comparison is one question answered twice.
type Comparison struct {
	Left  *Quote         `json:"left"`
	Right *Quote         `json:"right"`
	Lines []ComparedLine `json:"lines"`
	// Difference is Right less Left, and Percent that in a hundred of Left, rounded to two places; nil where that is 0.
	Difference money.Decimal  `json:"difference"`
	Percent    *money.Decimal `json:"percent,omitempty"`
}

// ComparedLine is what one price costs on either side, over all its stretches of the period.
type ComparedLine struct {
	Category    schemas.ChargeCategory `json:"category"`
	Description string                 `json:"description"`
	Offering    schemas.OfferingID     `json:"offering,omitempty"`
	Price       schemas.PriceID        `json:"price,omitempty"`
	Group       string                 `json:"group,omitempty"`
	// LeftVersions and RightVersions are the versions of the price that applied.
	LeftVersions  []string       `json:"left_versions,omitempty"`
	RightVersions []string       `json:"right_versions,omitempty"`
	Left          money.Decimal  `json:"left"`
	Right         money.Decimal  `json:"right"`
	Difference    money.Decimal  `json:"difference"`
	Percent       *money.Decimal `json:"percent,omitempty"`
}

// CompareQuotes pairs the lines of two quotes by price. The error is that of two currencies, which do not compare.
func CompareQuotes(left, right *Quote) (*Comparison, error) {
	if left.Currency != right.Currency {
		return nil, ask("the account pays in %s on one side and in %s on the other; amounts of two currencies do not compare", left.Currency, right.Currency)
	}
	out := &Comparison{Left: left, Right: right, Lines: []ComparedLine{}, Difference: right.Total.Sub(left.Total)}
	out.Percent = percentOf(out.Difference, left.Total)
	at := map[string]int{}
	line := func(l *Line) *ComparedLine {
		key := strings.Join([]string{string(l.Category), string(l.Subscription), string(l.Offering), string(l.Price), string(l.Meter), l.Group}, "\x00")
		i, ok := at[key]
		if !ok {
			i = len(out.Lines)
			at[key] = i
			out.Lines = append(out.Lines, ComparedLine{Category: l.Category, Description: l.Description, Offering: l.Offering, Price: l.Price, Group: l.Group})
		}
		return &out.Lines[i]
	}
	for i := range left.Lines {
		c := line(&left.Lines[i])
		c.Left = c.Left.Add(left.Lines[i].Amount)
		c.LeftVersions = addVersion(c.LeftVersions, left.Lines[i].Version)
	}
	for i := range right.Lines {
		c := line(&right.Lines[i])
		c.Right = c.Right.Add(right.Lines[i].Amount)
		c.RightVersions = addVersion(c.RightVersions, right.Lines[i].Version)
	}
	for i := range out.Lines {
		c := &out.Lines[i]
		c.Difference = c.Right.Sub(c.Left)
		c.Percent = percentOf(c.Difference, c.Left)
	}
	return out, nil
}

func addVersion(list []string, v string) []string {
	if v != "" && !slices.Contains(list, v) {
		list = append(list, v)
	}
	return list
}

// percentOf is part in a hundred of the size of base, rounded to two places; nil for a base of 0.
func percentOf(part, base money.Decimal) *money.Decimal {
	p, err := money.MulDivRound(part, money.NewDecimal(100, 0), base.Abs(), 2, money.HalfEven)
	if err != nil {
		return nil
	}
	return &p
}
