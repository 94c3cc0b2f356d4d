package decided

import (
	"slices"
	"testing"

	"daybook/rating/facts"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

func day(d int) schemas.Date { return schemas.NewDate(2024, 10, d) }

func number(text string) *money.Decimal {
	d := money.MustDecimal(text)
	return &d
}

// of is a dispute of an account about September with decisions.
func of(id string, account schemas.AccountID, decisions ...dispute.Decision) dispute.Dispute {
	return dispute.Dispute{ID: id, Account: account, Period: "2024-09", Decisions: decisions}
}

// about decides on a day that a record of source own counts as a quantity; nil is void.
func about(on int, record string, quantity *money.Decimal) dispute.Decision {
	return dispute.Decision{On: day(on), Usage: []dispute.Records{{Source: "own", Records: []string{record}, Quantity: quantity}}}
}

// TestRow asks what is decided about rows: by record, by place, in this month and account and no other, by the later of two decisions, and
// by no more than was decided by a day.
func TestRow(t *testing.T) {
	t.Parallel()
	placed := dispute.Decision{On: day(3), Usage: []dispute.Records{{Source: "own", Object: "o.csv", Rows: []int64{4}, PricingQuantity: number("1.5")}}}
	all := []dispute.Dispute{
		of("D-2", "a", about(9, "r1", number("7.5")), placed), of("D-1", "a", about(5, "r1", nil), about(5, "r2", nil)),
		{ID: "peer's", Contract: "c", Period: "2024-09", Decisions: []dispute.Decision{about(1, "r9", nil)}},
		of("D-3", "b", dispute.Decision{On: day(1)}),
	}
	for _, c := range []struct {
		asOf           schemas.Date
		record, object string
		row            int64
		dispute, as    string
	}{
		{schemas.Date{}, "r1", "", 0, "D-2", "7.5"},
		{day(9), "r1", "", 0, "D-2", "7.5"},
		{day(8), "r1", "", 0, "D-1", "void"},
		{day(4), "r1", "", 0, "", ""},
		{schemas.Date{}, "r2", "o.csv", 9, "D-1", "void"},
		{schemas.Date{}, "", "o.csv", 4, "D-2", "pricing 1.5"},
		{schemas.Date{}, "other", "o.csv", 4, "D-2", "pricing 1.5"},
		{schemas.Date{}, "", "o.csv", 5, "", ""},
		{schemas.Date{}, "r9", "", 0, "", ""},
	} {
		m := Of(all, c.asOf).In("a", "2024-09")
		var r *Row
		if m.AboutRecords() {
			r = m.Row([]byte("own"), []byte(c.record), []byte(c.object), c.row)
		}
		name, as := "", ""
		switch {
		case r == nil:
		case r.Void():
			name, as = r.Dispute, "void"
		case r.Quantity != nil:
			name, as = r.Dispute, r.Quantity.String()
		default:
			name, as = r.Dispute, "pricing "+r.Pricing.String()
		}
		if name != c.dispute || as != c.as {
			t.Errorf("as of %s, record %q of %q row %d is %q by %q, want %q by %q", c.asOf, c.record, c.object, c.row, as, name, c.as, c.dispute)
		}
	}
	d := Of(all, schemas.Date{})
	if d.In("a", "2024-08") != nil || d.In("b", "2024-09") != nil || d.In("c", "2024-09") != nil || d.Records("2024-08") || !d.Records("2024-09") {
		t.Error("something is decided about another month or account")
	}
	if r := d.In("a", "2024-09").Row([]byte("other"), []byte("r1"), nil, 0); r != nil {
		t.Error("a record of another source is decided about")
	}
	var none *Decided
	if Of(nil, schemas.Date{}) != none || none.In("a", "2024-09") != nil || none.Records("2024-09") || none.In("a", "2024-09").AboutRecords() {
		t.Error("of nothing something is decided")
	}
}

// TestNamed lists what decisions name, as people say it.
func TestNamed(t *testing.T) {
	t.Parallel()
	d := about(1, "r1", nil)
	d.Usage = append(d.Usage, dispute.Records{Source: "own", Object: "o.csv", Rows: []int64{4}})
	m := Of([]dispute.Dispute{of("D-1", "a", d)}, schemas.Date{}).In("a", "2024-09")
	var words []string
	for _, name := range m.Named() {
		words = append(words, Words(name))
		if m.Of(name) == nil || m.Of(name).Dispute != "D-1" {
			t.Errorf("%q is decided by none", name)
		}
	}
	if want := []string{"record r1 of source own", "row 4 of o.csv, source own"}; !slices.Equal(words, want) {
		t.Errorf("named are %q, want %q", words, want)
	}
}

// TestDigest has months of which something else is decided digested otherwise, and those that say the same alike.
func TestDigest(t *testing.T) {
	t.Parallel()
	gift := func(amount string) dispute.Decision {
		return dispute.Decision{On: day(1), Goodwill: []dispute.Goodwill{{Offering: "o", Amount: money.MustDecimal(amount)}}}
	}
	digest := func(d ...dispute.Decision) facts.Digest {
		var text facts.Text
		Of([]dispute.Dispute{of("D-1", "a", d...)}, schemas.Date{}).In("a", "2024-09").Digest(&text)
		return text.Sum()
	}
	seen := map[facts.Digest]int{}
	for i, d := range [][]dispute.Decision{{about(1, "r1", nil)}, {about(1, "r2", nil)}, {about(1, "r1", number("1"))}, {about(1, "r1", number("2"))}, {gift("1")}, {gift("2")}, {about(1, "r1", nil), gift("1")}} {
		if other, there := seen[digest(d...)]; there {
			t.Errorf("decisions %d and %d are digested alike", i, other)
		}
		seen[digest(d...)] = i
	}
	if digest(about(1, "r1", number("1"))) != digest(about(1, "r1", nil), about(2, "r1", number("1.0"))) {
		t.Error("the same outcome is digested otherwise")
	}
}

// TestCustomers has an agreed price stand in the month, or on the days, for which it was agreed, before what the subscription has, whose
// price of the same meter is cut around these days; and nothing else of the customers is another, or another's.
func TestCustomers(t *testing.T) {
	t.Parallel()
	price := func(id schemas.PriceID, unit string) schemas.Price {
		return schemas.Price{ID: id, Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: number(unit)}}
	}
	customers := []schemas.Customer{
		{ID: "c", Accounts: []schemas.Account{{ID: "a", Subscriptions: []schemas.Subscription{{ID: "s", Overrides: []schemas.Price{price("p", "2"), {ID: "fee"}}}, {ID: "other"}}}}},
		{ID: "d", Accounts: []schemas.Account{{ID: "b", Subscriptions: []schemas.Subscription{{ID: "s2"}}}}},
	}
	agree := func(p schemas.Price) *Decided {
		return Of([]dispute.Dispute{of("D-1", "a", dispute.Decision{On: day(1), Prices: []dispute.Agreed{{Subscription: "s", Price: p}, {Subscription: "gone", Price: p}}})}, schemas.Date{})
	}
	some := price("p", "1")
	some.Validity = schemas.Validity{From: schemas.NewDate(2024, 9, 10), To: schemas.NewDate(2024, 9, 20), KnownSince: day(1)}
	for _, c := range []struct {
		price    schemas.Price
		from, to schemas.Date
	}{{price("p", "1"), schemas.NewDate(2024, 9, 1), schemas.NewDate(2024, 10, 1)}, {some, some.Validity.From, some.Validity.To}} {
		got := agree(c.price).Customers(customers)
		list := got[0].Accounts[0].Subscriptions[0].Overrides
		if len(list) != 4 {
			t.Fatalf("the subscription has %d prices: %+v", len(list), list)
		}
		first, before, after := list[0], list[1], list[2]
		if !first.Terms.UnitPrice.Equal(money.One) || first.Validity != (schemas.Validity{From: c.from, To: c.to}) {
			t.Errorf("agreed is %+v", first)
		}
		if before.Validity != (schemas.Validity{To: c.from}) || after.Validity != (schemas.Validity{From: c.to}) || !before.Terms.UnitPrice.Equal(*number("2")) || list[3].ID != "fee" {
			t.Errorf("beside it stand %+v", list[1:])
		}
		if len(customers[0].Accounts[0].Subscriptions[0].Overrides) != 2 || &got[1].Accounts[0] != &customers[1].Accounts[0] || len(got[0].Accounts[0].Subscriptions[1].Overrides) != 0 {
			t.Error("something else is another")
		}
	}
	if got := Of([]dispute.Dispute{of("D-1", "a", about(1, "r", nil))}, schemas.Date{}).Customers(customers); &got[0] != &customers[0] {
		t.Error("customers are copied though no price was agreed")
	}
	var none *Decided
	if got := none.Customers(customers); &got[0] != &customers[0] {
		t.Error("customers are copied though nothing was decided")
	}
}
