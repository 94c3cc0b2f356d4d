package rate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/money"
)

// nobody gathers usage that belongs to no customer, by the accounts that it names: our own meters' is suspended until the
// book knows the account, and a peer's is a cost that we bear, which is a finding unless the book says that it is ours.
type nobody struct {
	sums map[nobodyOf]*nobodySum
	// names are the strangers that later runs may know.
	names map[origin]bool
	// whys are why rows are nobody's, by what they say of themselves, where several mappings may claim a row. Of hints there are
	// at most so many for a pair of accounts, counted in hinted.
	whys   map[saidBy]why
	hinted map[origin]int
	days   rows.DayFinder
}

// saidBy is what a row of a source says of whose it is, on a day.
type saidBy struct {
	source schemas.SourceID
	schemas.Identity
	day schemas.Date
}

// why is why a row is nobody's, in the words of the book: the mappings that claim it for several accounts, or one that is
// missing.
type why struct{ claims, hint string }

// Bounds of what is remembered of rows of nobody: values of tags may be as many as rows.
const (
	mostWhys  = 1 << 14
	mostHints = 1000
)

// nobodyOf is what usage of nobody is told apart by.
type nobodyOf struct {
	source, peer, billing, sub, unit, currency string
	why
}

type nobodySum struct {
	rows           int64
	quantity, cost money.Fixed
}

// ownerColumns are the columns that mappings of the book look at beside the accounts.
func ownerColumns(b run.Book) (columns []int) {
	sources := b.Sources()
	for i := range sources {
		if b.OwnerByRow(&sources[i]) {
			return []int{schemas.UseResourceId, schemas.UseTags}
		}
	}
	return nil
}

// identityOf is what row i says of whose it is, by the columns that were read.
func identityOf(b *dataset.Batch, i int) schemas.Identity {
	text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
	return schemas.Identity{
		Billing: text(schemas.UseBillingAccountId), Sub: text(schemas.UseSubAccountId), Resource: text(schemas.UseResourceId), Tags: text(schemas.UseTags),
	}
}

// whyOf says why row i of a source is nobody's.
func (n *nobody) whyOf(set *Setting, b *dataset.Batch, i int, source schemas.SourceID) why {
	src, ok := set.Book.Source(source)
	if !ok || !set.Book.OwnerByRule(src) {
		return why{}
	}
	said := saidBy{source, identityOf(b, i), n.days.Find(b.Columns[schemas.UseChargePeriodStart].Ints[i])}
	w, known := n.whys[said]
	if known {
		return w
	}
	if claims := set.Book.Claims(src, said.Identity, said.day); len(claims) > 0 {
		w.claims = strings.Join(claims[:min(len(claims), mostClaims)], "; ")
	} else if pair := (origin{Source: source, Billing: said.Billing, Sub: said.Sub}); n.hinted[pair] < mostHints {
		if w.hint = set.Book.Suggest(src, said.Identity); w.hint != "" {
			n.hinted[pair]++
		}
	}
	if len(n.whys) >= mostWhys {
		clear(n.whys)
	}
	n.whys[said] = w
	return w
}

// mostClaims is how many of the mappings that claim a row a finding names.
const mostClaims = 5

// add takes rows [from, to) of a batch, which have no account; late says that some of the batch may have come late.
func (n *nobody) add(set *Setting, b *dataset.Batch, from, to int, late bool) error {
	if n.sums == nil {
		n.sums, n.names = map[nobodyOf]*nobodySum{}, map[origin]bool{}
		n.whys, n.hinted, n.days = map[saidBy]why{}, map[origin]int{}, rows.DayFinder{Zone: set.Book.Zone()}
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
			why{},
		}
		k.why = n.whyOf(set, b, i, schemas.SourceID(k.source))
		s := n.sums[k]
		if s == nil || late {
			n.names[origin{schemas.SourceID(k.source), k.billing, k.sub, of(i)}] = true
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
	n.each(w.set.Book, func(k *nobodyOf, s *nobodySum, f schemas.Finding, ours bool) {
		if k.peer == "" {
			f.Rows = s.rows
			w.control.SuspendedRows += s.rows
		} else {
			w.control.UnpricedRows += s.rows
		}
		if !ours {
			w.found.Add(f)
		}
	})
}

// each calls with the sums, in order, and what is wrong with them; ours says that the book has them as our own use of a peer.
func (n *nobody) each(b run.Book, do func(k *nobodyOf, s *nobodySum, f schemas.Finding, ours bool)) {
	keys := slices.SortedFunc(maps.Keys(n.sums), func(a, b nobodyOf) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.billing, b.billing), cmp.Compare(a.sub, b.sub),
			cmp.Compare(a.unit, b.unit), cmp.Compare(a.currency, b.currency), cmp.Compare(a.peer, b.peer),
			cmp.Compare(a.claims, b.claims), cmp.Compare(a.hint, b.hint))
	})
	for _, k := range keys {
		s, name := n.sums[k], cmp.Or(k.sub, k.billing)
		f := schemas.Finding{
			Severity: schemas.Suspended, Source: schemas.SourceID(k.source), Value: name, Column: "BillingAccountId", Quantity: s.quantity,
			Unit: k.unit, Cost: s.cost, Currency: money.Currency(k.currency),
		}
		if k.peer != "" {
			f.Severity, f.Column = schemas.Warning, "SubAccountId"
		}
		f.Code, f.Message = k.message(name, s.rows)
		do(&k, s, f, k.peer != "" && k.claims == "" && b.OwnUse(schemas.PeerID(k.peer), k.billing, k.sub))
	}
}

// message says what is wrong with so many rows of an account of that name, and what would mend it.
func (k *nobodyOf) message(name string, n int64) (schemas.Code, string) {
	rows, they := schemas.OneOrMany(n, "row", "rows"), schemas.OneOrMany(n, "it is", "they are")
	hint := ""
	if k.hint != "" {
		hint = fmt.Sprintf("; a mapping that would take %s: %s", schemas.OneOrMany(n, "it", "them"), k.hint)
		if strings.HasSuffix(k.hint, ": ACCOUNT}") {
			hint += ", with the account in the place of ACCOUNT"
		}
	}
	switch {
	case k.claims != "":
		return schemas.CodeTwoOwners, fmt.Sprintf("%d %s of account %q %s claimed by mappings of several accounts: %s; give the one that is to count a lower order",
			n, rows, name, schemas.OneOrMany(n, "is", "are"), k.claims)
	case k.peer != "":
		return schemas.CodeUnallocated, fmt.Sprintf("%d %s of %s's account %q %s; add the number to accounts of the peer, or to own_use of the peer where it is ours%s", n, rows, k.peer, name,
			schemas.OneOrMany(n, "is no customer's, so nobody pays for it", "are no customer's, so nobody pays for them"), hint)
	case name == "":
		return schemas.CodeUnknownAccount, fmt.Sprintf("%d %s no account; have the source %s fill BillingAccountId or SubAccountId, or name one of them in columns of the source, and %s rated on the next run%s",
			n, schemas.OneOrMany(n, "row names", "rows name"), k.source, they, hint)
	default:
		return schemas.CodeUnknownAccount, fmt.Sprintf("%d %s of account %q, which no customer of the book has; add the account to customers, and %s rated on the next run%s",
			n, rows, name, they, hint)
	}
}
