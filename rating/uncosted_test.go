package rating_test

import (
	"strings"
	"testing"
	"time"

	"daybook/rating"
	"daybook/schemas"
)

// TestNobodyCharges: a price made of what a peer charges has nothing to go by for usage of our own meter, which waits with its
// quantity instead of being charged nought. A peer's rows beside it are charged, and so is a unit price that stands in the terms.
func TestNobodyCharges(t *testing.T) {
	for _, x := range []struct {
		model     schemas.Model
		unitPrice string
		want      string // the charges
		waits     string // the quantity
	}{
		{schemas.ModelCostPlus, "", "13.2", "5"},
		{schemas.ModelPassThrough, "", "12", "5"},
		{schemas.ModelMarkdown, "", "10.8", "5"},
		{schemas.ModelCostPlus, "2", "73.2 10", ""},
		{schemas.ModelPerUnit, "2", "10 60", ""},
	} {
		c, a := base()
		ten := dec("10")
		p := perUnit("p", "m", "1")
		p.Terms = schemas.Terms{Model: x.model}
		switch x.model {
		case schemas.ModelCostPlus:
			p.Terms.MarkupPercent = ten
		case schemas.ModelMarkdown:
			p.Terms.MarkdownPercent = ten
		default:
		}
		if x.unitPrice != "" {
			p.Terms.UnitPrice = dec(x.unitPrice)
		}
		c.Offerings[0].Prices = []schemas.Price{p}
		plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		peers := gb("2024-09-02", "30")
		peers.peer, peers.currency, peers.cost = "atlas", "EUR", "12"
		out := rate(t, plan, "a", []use{peers, gb("2024-09-03", "5")}, rating.Carried{})
		var amounts []string
		for i := range out.Charges {
			amounts = append(amounts, out.Charges[i].Amount.String())
		}
		waits := ""
		for i := range out.Findings {
			f := &out.Findings[i]
			if f.Code != schemas.CodeNoPrice || f.Severity != schemas.Suspended || f.Rows != 1 || f.Unit != "GB" || !strings.Contains(f.Message, "nobody charges anything") {
				t.Errorf("%s: %+v", x.model, f)
			}
			waits += f.Quantity.String()
		}
		if got := strings.Join(amounts, " "); got != x.want && got != swapped(x.want) || waits != x.waits {
			t.Errorf("%s %s: charged %s, and %q wait; want %s and %q", x.model, x.unitPrice, got, waits, x.want, x.waits)
		}
	}
}

// swapped is two amounts the other way round.
func swapped(amounts string) string {
	first, second, _ := strings.Cut(amounts, " ")
	return strings.TrimSpace(second + " " + first)
}
