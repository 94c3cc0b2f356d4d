// Package decided says what of decisions about customers' disputes is rated: which usage records count for nothing or for another
// quantity, what was agreed that a month costs, and what is given beyond that.
//
// It is pure, and rates nothing itself. Start with [Of].
package decided

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"daybook/rating/facts"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

// Decided is all that was decided by a day. The nil value is of nothing.
type Decided struct {
	months map[schemas.AccountID]map[schemas.Period]*Month
}

// Month is what was decided about a month of an account.
type Month struct {
	Goodwill []Goodwill
	// records are decisions by the name of what they are about.
	records map[string]*Row
	agreed  []agreed
}

// Row is what was decided about a row of usage: it is void unless it counts as another quantity.
type Row struct {
	Dispute           string
	Quantity, Pricing *money.Fixed
}

// Void reports whether the row counts for nothing.
func (r *Row) Void() bool { return r.Quantity == nil && r.Pricing == nil }

// Goodwill is what is given by a dispute.
type Goodwill struct {
	Dispute string
	dispute.Goodwill
}

// agreed is a price for a subscription.
type agreed struct {
	subscription schemas.SubscriptionID
	price        schemas.Price
}

// Of gathers what was decided by a day; no day is now. Of two decisions about the same, the later one counts.
func Of(disputes []dispute.Dispute, asOf schemas.Date) *Decided {
	type dated struct {
		of *dispute.Dispute
		*dispute.Decision
	}
	var all []dated
	for i := range disputes {
		d := &disputes[i]
		for k := range d.Decisions {
			if x := &d.Decisions[k]; d.Account != "" && (asOf.IsZero() || !x.On.After(asOf)) {
				all = append(all, dated{d, x})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b dated) int { return cmp.Or(a.On.Compare(b.On), strings.Compare(a.of.ID, b.of.ID)) })
	var out *Decided
	for _, x := range all {
		if len(x.Usage)+len(x.Prices)+len(x.Goodwill) == 0 {
			continue
		}
		if out == nil {
			out = &Decided{months: map[schemas.AccountID]map[schemas.Period]*Month{}}
		}
		out.month(x.of.Account, x.of.Period).add(x.of, x.Decision)
	}
	return out
}

// month is that of an account, made where there is none.
func (d *Decided) month(id schemas.AccountID, p schemas.Period) *Month {
	if d.months[id] == nil {
		d.months[id] = map[schemas.Period]*Month{}
	}
	if d.months[id][p] == nil {
		d.months[id][p] = &Month{records: map[string]*Row{}}
	}
	return d.months[id][p]
}

func (m *Month) add(d *dispute.Dispute, x *dispute.Decision) {
	for i := range x.Usage {
		r := &x.Usage[i]
		row := &Row{Dispute: d.ID, Quantity: fixed(r.Quantity), Pricing: fixed(r.PricingQuantity)}
		for _, id := range r.Records {
			m.records[recordName([]byte(r.Source), []byte(id))] = row
		}
		for _, n := range r.Rows {
			m.records[rowName([]byte(r.Source), []byte(r.Object), n)] = row
		}
	}
	first, _ := d.Period.Days()
	for i := range x.Prices {
		a := agreed{x.Prices[i].Subscription, x.Prices[i].Price}
		v := &a.price.Validity
		v.KnownSince = schemas.Date{}
		if v.From.IsZero() {
			v.From = first
		}
		if v.To.IsZero() {
			v.To, _ = d.Period.Next().Days()
		}
		m.agreed = append(m.agreed, a)
	}
	for i := range x.Goodwill {
		m.Goodwill = append(m.Goodwill, Goodwill{d.ID, x.Goodwill[i]})
	}
}

// fixed is a quantity of the book, of which its check has seen that it is in range.
func fixed(d *money.Decimal) *money.Fixed {
	if d == nil {
		return nil
	}
	f, err := money.FixedFromDecimal(*d)
	if err != nil {
		return nil
	}
	return &f
}

func recordName(source, record []byte) string {
	return "record\x00" + string(source) + "\x00" + string(record)
}

func rowName(source, object []byte, row int64) string {
	return fmt.Sprintf("row\x00%s\x00%s\x00%d", source, object, row)
}

// In is what was decided about a month of an account; nil where nothing was.
func (d *Decided) In(id schemas.AccountID, p schemas.Period) *Month {
	if d == nil {
		return nil
	}
	return d.months[id][p]
}

// Records reports whether any month of usage has a decision about records.
func (d *Decided) Records(p schemas.Period) bool {
	if d == nil {
		return false
	}
	for _, months := range d.months {
		if months[p].AboutRecords() {
			return true
		}
	}
	return false
}

// AboutRecords reports whether any usage record of the month counts as something else.
func (m *Month) AboutRecords() bool { return m != nil && len(m.records) > 0 }

// Row is what was decided about a row of usage, by the identifier of its record, or by its place where it has none; nil for nothing.
func (m *Month) Row(source, record, object []byte, row int64) *Row {
	if r := m.records[recordName(source, record)]; r != nil && len(record) > 0 {
		return r
	}
	return m.records[rowName(source, object, row)]
}

// Named are the records that decisions name, with the disputes, in order.
func (m *Month) Named() []string {
	var out []string
	for name := range m.records {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Of is what was decided about a name of [Month.Named].
func (m *Month) Of(name string) *Row { return m.records[name] }

// Words says a name of [Month.Named] as people do.
func Words(name string) string {
	parts := strings.Split(name, "\x00")
	if parts[0] == "row" {
		return fmt.Sprintf("row %s of %s, source %s", parts[3], parts[2], parts[1])
	}
	return fmt.Sprintf("record %s of source %s", parts[2], parts[1])
}

// Digest adds what was decided about a month to the facts by which it is rated; agreed prices are among those of subscriptions.
func (m *Month) Digest(t *facts.Text) {
	for _, name := range m.Named() {
		t.Word(name)
		r := m.records[name]
		for _, q := range []*money.Fixed{r.Quantity, r.Pricing} {
			if q == nil {
				t.Word("")
			} else {
				t.Word(q.String())
			}
		}
	}
	for i := range m.Goodwill {
		t.Entry(m.Goodwill[i].Goodwill)
		t.Word(m.Goodwill[i].Dispute)
	}
}
