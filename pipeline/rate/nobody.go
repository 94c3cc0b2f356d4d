package rate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"
)

// nobody gathers usage that belongs to no customer, by the accounts that it names: our own meters' is suspended until the
// book knows the account, and a peer's is a cost that we bear, which is a finding unless the book says that it is ours.
type nobody struct {
	sums map[nobodyOf]*nobodySum
	// names are the strangers that later runs may know.
	names map[stranger]bool
}

// nobodyOf is what usage of nobody is told apart by.
type nobodyOf struct {
	source, peer, billing, sub, unit, currency string
}

type nobodySum struct {
	rows           int64
	quantity, cost money.Fixed
}

// add takes rows [from, to) of a batch, which have no account; late says that some of the batch may have come late.
func (n *nobody) add(b *dataset.Batch, from, to int, late bool) error {
	if n.sums == nil {
		n.sums, n.names = map[nobodyOf]*nobodySum{}, map[stranger]bool{}
	}
	text := func(col, i int) string { return string(b.Columns[col].TextAt(i)) }
	of := func(i int) (p schemas.Period) {
		if late { // else the column was not read
			p = schemas.Period(text(schemas.UseLatePeriod, i))
		}
		return p
	}
	for i := from; i < to; i++ {
		k := nobodyOf{
			text(schemas.UseSourceId, i), text(schemas.UsePeerId, i), text(schemas.UseBillingAccountId, i),
			text(schemas.UseSubAccountId, i), text(schemas.UseConsumedUnit, i), text(schemas.UseBillingCurrency, i),
		}
		s := n.sums[k]
		if s == nil || late {
			n.names[stranger{schemas.SourceID(k.source), k.billing, k.sub, of(i)}] = true
		}
		if s == nil {
			s = &nobodySum{}
			n.sums[k] = s
		}
		s.rows++
		for _, x := range [...]struct {
			sum *money.Fixed
			col int
		}{{&s.quantity, schemas.UseConsumedQuantity}, {&s.cost, schemas.UseBilledCost}} {
			if v := &b.Columns[x.col]; !v.IsNull(i) {
				sum, err := x.sum.Add(v.Decs[i])
				if err != nil {
					return fmt.Errorf("add up usage of nobody: %w", err)
				}
				*x.sum = sum
			}
		}
	}
	return nil
}

// end turns the sums into findings, in order.
func (n *nobody) end(w *rater) {
	keys := slices.SortedFunc(maps.Keys(n.sums), func(a, b nobodyOf) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.billing, b.billing), cmp.Compare(a.sub, b.sub),
			cmp.Compare(a.unit, b.unit), cmp.Compare(a.currency, b.currency), cmp.Compare(a.peer, b.peer))
	})
	for _, k := range keys {
		s := n.sums[k]
		name := k.sub
		if name == "" {
			name = k.billing
		}
		f := schemas.Finding{
			Source: schemas.SourceID(k.source), Value: name, Column: "SubAccountId", Quantity: s.quantity,
			Unit: k.unit, Cost: s.cost, Currency: money.Currency(k.currency),
		}
		rows, they := schemas.OneOrMany(s.rows, "row", "rows"), schemas.OneOrMany(s.rows, "it is", "they are")
		if k.peer == "" {
			f.Code, f.Severity, f.Rows, f.Column = schemas.CodeUnknownAccount, schemas.Suspended, s.rows, "BillingAccountId"
			f.Message = fmt.Sprintf("%d %s of account %q, which no customer of the book has; add the account to customers, and %s rated on the next run", s.rows, rows, name, they)
			if name == "" {
				f.Message = fmt.Sprintf("%d %s no account; have the source %s fill BillingAccountId or SubAccountId, or name one of them in columns of the source, and %s rated on the next run",
					s.rows, schemas.OneOrMany(s.rows, "row names", "rows name"), k.source, they)
			}
			w.control.SuspendedRows += s.rows
			w.found.Add(f)
			continue
		}
		w.control.UnpricedRows += s.rows
		if w.set.Book.OwnUse(schemas.PeerID(k.peer), k.billing, k.sub) {
			continue
		}
		f.Code, f.Severity = schemas.CodeUnallocated, schemas.Warning
		f.Message = fmt.Sprintf("%d %s of %s's account %q %s; add the number to accounts of the peer, or to own_use of the peer where it is ours", s.rows, rows, k.peer, name,
			schemas.OneOrMany(s.rows, "is no customer's, so nobody pays for it", "are no customer's, so nobody pays for them"))
		w.found.Add(f)
	}
}
