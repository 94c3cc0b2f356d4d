// Package catalogue renders what a provider sells on a day, for those who sell and buy it: a page, a table, and TMF620. It decides
// nothing about money, and says nothing of what peers charge us: a price made of that has no amount.
//
// Start reading at [On].
package catalogue

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// List is a catalogue in force on a day.
type List struct {
	Provider  string
	On        schemas.Date
	Offerings []Offering
}

// Offering is what is sold.
type Offering struct {
	*schemas.Offering
	Prices []Price
}

// Price is a price in force, with what it charges.
type Price struct {
	*schemas.Price
	// Per is the unit of usage that is priced, and Every the time for which a recurring price is; one of them, or none.
	Per, Every string
	Rates      []Rate
	// Notes say what else there is to it: what is included, taken off, and the least and the most that it comes to.
	Notes []string
}

// Rate is one number of a price.
type Rate struct {
	// When says of what it is, such as up to 500; empty is of all.
	When string
	// Amount is in Unit: a currency, a credit unit, or % of an amount. Per says for how much; empty is the price's.
	Amount money.Decimal
	Unit   string
	Per    string
	// Hidden says that the amount follows from what a peer charges.
	Hidden bool
}

// On lists what is in force on a day, as known now.
func On(provider string, c *schemas.Catalogue, on schemas.Date) *List {
	meters := map[schemas.MeterID]*schemas.Meter{}
	for i := range c.Meters {
		meters[c.Meters[i].ID] = &c.Meters[i]
	}
	out := &List{Provider: provider, On: on}
	for i := range c.Offerings {
		o := Offering{Offering: &c.Offerings[i]}
		if !o.Validity.Holds(on, schemas.Date{}) {
			continue
		}
		for k := range o.Offering.Prices {
			if p := &o.Offering.Prices[k]; p.Validity.Holds(on, schemas.Date{}) {
				o.Prices = append(o.Prices, priceOf(p, meters[p.Meter]))
			}
		}
		out.Offerings = append(out.Offerings, o)
	}
	slices.SortStableFunc(out.Offerings, func(a, b Offering) int {
		return cmp.Or(cmp.Compare(a.ServiceCategory, b.ServiceCategory), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// priceOf reads a price.
func priceOf(p *schemas.Price, m *schemas.Meter) Price {
	out := Price{Price: p}
	switch {
	case m != nil:
		out.Per = cmp.Or(m.Unit, "unit")
		if p.Convert != nil {
			out.Per = p.Convert.Unit
		}
	case p.Timing != schemas.TimingOnce:
		n := max(p.Every.Count, 1)
		out.Every = strings.ReplaceAll(string(cmp.Or(p.Every.Unit, schemas.CyclePeriod)), "_", " ")
		if out.Every == string(schemas.CyclePeriod) {
			out.Every = "month"
		}
		if n > 1 {
			out.Every = fmt.Sprintf("%d %ss", n, out.Every)
		}
	}
	r := reader{unit: cmp.Or(p.CreditUnit, string(p.Currency)), price: &out}
	r.terms(&p.Terms)
	r.notes(p)
	return out
}

// reader turns terms into rates.
type reader struct {
	unit  string
	price *Price
}

// add adds a rate, if there is one.
func (r *reader) add(when string, amount *money.Decimal, per string) {
	if amount != nil {
		r.price.Rates = append(r.price.Rates, Rate{When: when, Amount: *amount, Unit: r.unit, Per: per})
	}
}

// some is add of an amount that counts only if it is not zero.
func (r *reader) some(when string, amount money.Decimal, per string) {
	if !amount.IsZero() {
		r.add(when, &amount, per)
	}
}

// percent adds a percentage.
func (r *reader) percent(when string, percent money.Decimal, per string) {
	r.price.Rates = append(r.price.Rates, Rate{When: when, Amount: percent, Unit: "%", Per: per})
}

// once is what a rate is for that is not for a quantity.
const once = "once"

// terms reads a price model: the fields that it has, and no others.
func (r *reader) terms(t *schemas.Terms) {
	switch t.Model {
	case schemas.ModelFlat:
		r.add("", t.Amount, "")
	case schemas.ModelPerUnit:
		r.add("", t.UnitPrice, "")
	case schemas.ModelGraduated, schemas.ModelVolume, schemas.ModelStairstep, schemas.ModelGraduatedPercentage:
		r.tiers(t)
	case schemas.ModelPackage:
		if t.PackageSize != nil {
			r.add("", t.PackagePrice, t.PackageSize.String()+" "+r.price.Per)
		}
		if t.FreeUnits != nil {
			r.price.Notes = append(r.price.Notes, fmt.Sprintf("%s %s are free", t.FreeUnits, r.price.Per))
		}
	case schemas.ModelBlockTiers:
		for _, u := range t.Blocks {
			for _, b := range u.Tiers {
				when := ""
				if b.Max != nil {
					when = "up to " + b.Max.String() + " of them"
				}
				r.add(when, &b.Price, b.Size.String()+" "+cmp.Or(u.Unit, r.price.Per))
			}
		}
	case schemas.ModelCapacity:
		for _, c := range t.Capacities {
			r.add(limits(c.Limits, r.price.Per), &c.Price, once)
		}
	case schemas.ModelPercentage:
		if t.Percent != nil {
			r.percent("", *t.Percent, "amount")
		}
		r.add("", t.FixedPerEvent, "event")
	case schemas.ModelDynamic:
		r.add("times its amount", t.Multiplier, "event")
	case schemas.ModelMarkdown:
		if t.MarkdownPercent != nil {
			r.percent("off the list price", *t.MarkdownPercent, "amount")
		}
	case schemas.ModelPassThrough, schemas.ModelCostPlus, schemas.ModelTieredMargin:
		r.price.Rates = append(r.price.Rates, Rate{When: "by what its provider charges", Hidden: true})
	default:
		r.tables(t)
	}
}

// tiers reads the stretches of a quantity.
func (r *reader) tiers(t *schemas.Terms) {
	for i, x := range t.Tiers {
		when := "beyond"
		switch {
		case x.UpTo != nil:
			when = "up to " + x.UpTo.String()
		case i == 0:
			when = ""
		}
		switch {
		case t.Model == schemas.ModelGraduatedPercentage:
			r.percent(when, x.Percent, "amount")
		case t.Model != schemas.ModelStairstep && (!x.UnitPrice.IsZero() || x.FlatFee.IsZero()):
			r.add(when, &x.UnitPrice, "")
		}
		if t.Model == schemas.ModelStairstep {
			r.add(when, &x.FlatFee, once)
		} else {
			r.some(when, x.FlatFee, once)
		}
	}
}

// tables reads the models that look prices up.
func (r *reader) tables(t *schemas.Terms) {
	for _, d := range t.Dimensions {
		var when []string
		for _, m := range d.When {
			when = append(when, m.Column+" "+m.Value)
		}
		r.add(strings.Join(when, ", "), &d.UnitPrice, "")
		r.some(strings.Join(when, ", "), d.FlatFee, once)
	}
	for _, g := range t.Groups {
		for _, x := range g.Rules {
			r.add(strings.TrimSpace(g.Name+" "+string(x.Kind)+" "+x.Column+" "+x.Value), &x.Cost, "rule")
		}
	}
	r.add("to begin", t.ConnectFee, "session")
	for _, b := range t.ElapsedBands {
		r.add("from second "+b.StartSeconds.String(), &b.Rate, b.RateSeconds.String()+" s")
	}
	for _, b := range t.DayBands {
		when := b.Start + " to " + b.End
		if len(b.Days) > 0 {
			when += " on " + strings.Join(b.Days, ", ")
		}
		r.add(when, &b.Rate, b.RateSeconds.String()+" s")
	}
}

// limits says what a capacity holds.
func limits(list []schemas.UnitLimit, per string) string {
	var out []string
	for _, l := range list {
		if l.Max != nil {
			out = append(out, "up to "+l.Max.String()+" "+cmp.Or(l.Unit, per))
		}
	}
	if len(out) == 0 {
		return "beyond"
	}
	return strings.Join(out, ", ")
}

// notes reads what is not the model's.
func (r *reader) notes(p *schemas.Price) {
	note := func(format string, args ...any) { r.price.Notes = append(r.price.Notes, fmt.Sprintf(format, args...)) }
	if a := p.Allowance; a != nil {
		per := ""
		if a.PerUnit {
			per = " for each unit of the subscription"
		}
		note("%s %s included%s", a.Quantity, r.price.Per, per)
	}
	if p.FreeQuantity != nil {
		note("the first %s %s free", p.FreeQuantity, r.price.Per)
	}
	if p.Pooled {
		note("one quantity for an account and its family")
	}
	if p.Phase != "" {
		note("in phase %s", p.Phase)
	}
	for _, d := range p.Discounts {
		switch {
		case d.Percent != nil:
			note("%s%% off", d.Percent)
		case d.Fixed != nil:
			note("%s %s off", d.Fixed, r.unit)
		}
	}
	if p.Minimum != nil {
		note("at least %s %s a month", p.Minimum, r.unit)
	}
	if p.Maximum != nil {
		note("at most %s %s a month", p.Maximum, r.unit)
	}
}

// For is what a rate is for; empty where it has no amount.
func (p *Price) For(r *Rate) string {
	if r.Hidden {
		return ""
	}
	return cmp.Or(r.Per, p.Per, p.Every, once)
}

// Called is what a price is called.
func (p *Price) Called() string { return cmp.Or(p.Name, string(p.ID)) }

// Text is the amount of a rate as it is written.
func (r *Rate) Text() string {
	if r.Hidden {
		return ""
	}
	return r.Amount.String()
}
