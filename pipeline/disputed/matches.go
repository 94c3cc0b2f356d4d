package disputed

import (
	"context"
	"slices"
	"strconv"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/rate"
	"daybook/pipeline/rows"
	"daybook/pipeline/store"
	"daybook/rating/decided"
	"daybook/schemas"
	"daybook/schemas/dispute"
)

// Match is a usage record that a decision names, or that its selector finds.
type Match struct {
	Source   schemas.SourceID `json:"source"`
	Record   string           `json:"record,omitempty"`
	Object   string           `json:"object"`
	Row      int64            `json:"row"`
	Start    string           `json:"start"`
	End      string           `json:"end"`
	SKU      string           `json:"sku,omitempty"`
	Region   string           `json:"region,omitempty"`
	Resource string           `json:"resource,omitempty"`
	Quantity string           `json:"quantity"`
	Unit     string           `json:"unit,omitempty"`
	// Counts says as what it counts: void, a quantity, or nothing where no decision names it yet.
	Counts string `json:"counts_as,omitempty"`
	// Found says that a selector finds it; one that is found and not named has no effect.
	Found bool `json:"found"`
}

// Named reports whether a decision names the record, so that it counts as something else.
func (m *Match) Named() bool { return m.Counts != "" }

// find lists the records of the account's month that the decisions are about.
func (v *View) find(ctx context.Context, b *book.Book, s store.Store) error {
	month := decided.Of(b.Challenges, schemas.Date{}).In(v.Dispute.Account, v.Dispute.Period)
	var asked []dispute.Records
	for i := range v.Dispute.Decisions {
		asked = append(asked, v.Dispute.Decisions[i].Usage...)
	}
	if len(asked) == 0 {
		return nil
	}
	days := rows.DayFinder{Zone: b.Zone}
	return eachRow(ctx, s, v.look.Manifest, &schemas.Usage, schemas.UseAccountId, v.Dispute.Account, func(x *dataset.Batch, from, to int) error {
		for i := from; i < to; i++ {
			if !x.Columns[schemas.UseLatePeriod].IsNull(i) {
				continue
			}
			m := matchAt(x, i)
			if at := rate.DecidedAt(month, x, i); at != nil && at.Dispute == v.Dispute.ID {
				m.Counts = countsAs(at)
			}
			day := days.Find(x.Columns[schemas.UseChargePeriodStart].Ints[i])
			m.Found = slices.ContainsFunc(asked, func(r dispute.Records) bool {
				return r.Where != nil && r.Source == m.Source && selects(r.Where, x, i, day)
			})
			if m.Found || m.Named() {
				v.Matches = append(v.Matches, m)
			}
		}
		return nil
	})
}

func countsAs(at *decided.Row) string {
	switch {
	case at.Void():
		return "void"
	case at.Quantity != nil:
		return at.Quantity.String()
	}
	return at.Pricing.String()
}

func matchAt(x *dataset.Batch, i int) Match {
	text := func(col int) string { return x.Columns[col].StringAt(i) }
	at := func(col int) string {
		return rows.TimeOf(x.Columns[col].Ints[i]).Format("2006-01-02T15:04:05.999999Z07:00")
	}
	m := Match{
		Source: schemas.SourceID(text(schemas.UseSourceId)), Record: text(schemas.UseRecordId), Object: text(schemas.UseObjectKey), Row: x.Columns[schemas.UseObjectRow].Ints[i],
		Start: at(schemas.UseChargePeriodStart), End: at(schemas.UseChargePeriodEnd), SKU: text(schemas.UseSkuId), Region: text(schemas.UseRegionId),
		Resource: text(schemas.UseResourceId), Unit: text(schemas.UseConsumedUnit),
	}
	if q := &x.Columns[schemas.UseConsumedQuantity]; !q.IsNull(i) {
		m.Quantity = q.Decs[i].String()
	} else if q := &x.Columns[schemas.UsePricingQuantity]; !q.IsNull(i) {
		m.Quantity, m.Unit = q.Decs[i].String(), text(schemas.UsePricingUnit)
	}
	return m
}

// selects reports whether a selector finds row i, which begins on a day.
func selects(w *dispute.Selector, x *dataset.Batch, i int, day schemas.Date) bool {
	for _, c := range []struct {
		want string
		col  int
	}{{w.Service, schemas.UseServiceName}, {string(w.SKU), schemas.UseSkuId}, {w.Region, schemas.UseRegionId}, {w.Resource, schemas.UseResourceId}} {
		if c.want != "" && x.Columns[c.col].StringAt(i) != c.want {
			return false
		}
	}
	return (w.From.IsZero() || !day.Before(w.From)) && (w.To.IsZero() || day.Before(w.To))
}

// Unnamed are the records that selectors find and no decision names, as the book is to name them: one entry of usage a line.
func (v *View) Unnamed() []string {
	var out []string
	for i := range v.Matches {
		m := &v.Matches[i]
		switch {
		case m.Named():
		case m.Record != "":
			out = append(out, "- {source: "+string(m.Source)+", records: ["+strconv.Quote(m.Record)+"]}")
		default:
			out = append(out, "- {source: "+string(m.Source)+", object: "+strconv.Quote(m.Object)+", rows: ["+strconv.FormatInt(m.Row, 10)+"]}")
		}
	}
	return out
}
