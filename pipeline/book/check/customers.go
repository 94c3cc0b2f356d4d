package check

import (
	"slices"
	"strings"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
)

func (c *checker) checkCustomers() {
	has := make(map[string]bool, len(c.Customers.Items))
	for i := range c.Accounts.Items {
		has[c.Accounts.Items[i].Customer] = true
	}
	for i, customer := range c.Customers.Items {
		if customer.ID != "" && !has[customer.ID] {
			c.Complain(c.Customers.Spots[i], "add one, or remove the customer", "customer %s has no account", customer.ID)
		}
	}
	for i := range c.Accounts.Items {
		c.account(c.Accounts.Spots[i], &c.Accounts.Items[i])
	}
	c.aliases()
	c.parents()
	c.families()
}

func (c *checker) account(at parse.Spot, a *AccountRow) {
	c.refer(at, "customer", &c.names.customers, a.Customer)
	if c.refer(at, "parent", &c.names.accounts, string(a.Parent)) && a.PaidByParent {
		i := slices.IndexFunc(c.Accounts.Items, func(p AccountRow) bool { return p.ID == a.Parent })
		if p := &c.Accounts.Items[i]; p.Currency != "" && a.Currency != "" && p.Currency != a.Currency {
			c.Complain(at.Field("currency"), "bill both in one currency, or let the account pay itself", "account %s is in %s, but its parent %s pays in %s", a.ID, a.Currency, p.ID, p.Currency)
		}
	}
	if a.Currency != "" && c.Provider.Currency != "" && !c.Provider.Invoices(a.Currency) {
		c.Complain(at.Field("currency"), "add it to invoice_currencies of provider.yaml", "we do not invoice in %s", a.Currency)
	}
	if a.TimeZone != "" {
		c.zone(at.Field("time_zone"), a.TimeZone)
	}
	if a.Country != "" {
		c.country(at.Field("country"), a.Country)
	}
	if a.PaidByParent && a.Parent == "" {
		c.Complain(at.Field("paid_by_parent"), "name the parent, or remove the line", "there is no parent to pay")
	}
	if a.TaxExempt && a.TaxReason == "" {
		c.Complain(at.Field("tax_reason"), "write why, such as reverse charge; it is printed on the invoice", "tax_reason is missing for an account without tax")
	}
	c.bounds(at, a.Minimum, a.Maximum)
	if len(a.Discounts) > 0 {
		c.discounts(at.Field("discounts"), a.Discounts)
	}
	c.agreements(at, a)
}

// agreements checks what an account redeemed, promised and paid for before. What is left of each is carried from period to
// period under its identifier, so none may stand twice.
func (c *checker) agreements(at parse.Spot, a *AccountRow) {
	if len(a.Coupons)+len(a.Commitments)+len(a.Credits) == 0 {
		return
	}
	for i, r := range a.Coupons {
		here := at.Field("coupons").At(i)
		c.countable(here.Field("used_periods"), int64(r.UsedPeriods))
		c.notNegative(here.Field("used"), &r.Used)
		if !c.refer(here, "coupon", &c.names.coupons, r.Coupon) {
			continue
		}
		k := c.Coupons.Items[slices.IndexFunc(c.Coupons.Items, func(k schemas.Coupon) bool { return k.ID == r.Coupon })]
		if (k.Fixed != nil || k.Total != nil) && k.Currency != "" && a.Currency != "" && k.Currency != a.Currency {
			c.Complain(here.Field("coupon"), "redeem one in "+string(a.Currency), "coupon %s is a sum in %s, so account %s in %s has nothing of it", r.Coupon, k.Currency, a.ID, a.Currency)
		}
	}
	for i := range a.Commitments {
		c.commitment(at.Field("commitments").At(i), &a.Commitments[i], a)
	}
	for i := range a.Credits {
		c.grant(at.Field("credits").At(i), &a.Credits[i], a)
	}
	twins(c, at.Field("coupons"), a.Coupons, "coupon", "coupon", func(r *schemas.Redemption) string { return r.Coupon })
	twins(c, at.Field("commitments"), a.Commitments, "id", "commitment", func(k *schemas.Commitment) string { return k.ID })
	twins(c, at.Field("credits"), a.Credits, "id", "credit", func(g *schemas.Grant) string { return g.ID })
	twins(c, at.Field("credits"), a.Credits, "name", "a credit called", func(g *schemas.Grant) string { return g.Name })
}

func (c *checker) commitment(at parse.Spot, k *schemas.Commitment, a *AccountRow) {
	if k.Currency != "" && a.Currency != "" && k.Currency != a.Currency {
		c.Complain(at.Field("currency"), "state it in "+string(a.Currency), "the commitment is in %s, but account %s in %s", k.Currency, a.ID, a.Currency)
	}
	c.validity(at, k.Validity)
	c.identifier(at.Field("id"), k.ID)
	c.commitCycle(at, k)
	c.positive(at.Field("amount"), k.Amount)
	c.payable(at.Field("currency"), k.Currency)
	c.notNegative(at.Field("overage_factor"), k.OverageFactor)
	c.scope(at, k.Offerings, k.Meters)
	c.commitmentFits(at, k)
}

// commitCycle complains of cycles that cannot be laid out, and of what only those of several months have.
func (c *checker) commitCycle(at parse.Spot, k *schemas.Commitment) {
	every := at.Field("every")
	if count, _ := every.Field("count").Given(); k.Every.Count < 0 || count == "0" {
		c.Complain(every.Field("count"), "write 1 or more, or leave it out", "an amount cannot be promised for %d of anything", k.Every.Count)
		return
	}
	c.recurrence(every, k.Every)
	c.notNegative(at.Field("spent"), &k.Spent)
	switch months := k.Every.Months(); {
	case months == 0:
		c.Complain(every, "write whole months, such as {unit: quarter}, or promise it for each window: day", "a commitment is held against billing periods, and a %s ends inside of them", k.Every.Unit)
	case months > 1 && k.Validity.From.IsZero():
		c.Complain(at.Field("from"), "add from: and its first day", "nothing says on which day the first %d months begin", months)
	case months > 1 && k.Window != "":
		c.Complain(at.Field("window"), "leave out one of them", "the amount is promised for %d months, and for each %s", months, k.Window)
	case months == 1 && !k.Spent.IsZero():
		c.Complain(at.Field("spent"), "remove it, or say for how many months the amount is promised", "only a commitment of several months reads spent")
	case months == 1 && k.Split != "":
		c.Complain(at.Field("split"), "remove it, or say for how many months the amount is promised", "only a commitment of several months reads split")
	}
}

func (c *checker) grant(at parse.Spot, g *schemas.Grant, a *AccountRow) {
	c.identifier(at.Field("id"), g.ID)
	if g.Currency != "" && a.Currency != "" && g.Currency != a.Currency {
		c.Complain(at.Field("currency"), "state it in "+string(a.Currency), "the credit is in %s, but account %s in %s, so it would never pay", g.Currency, a.ID, a.Currency)
	}
	c.positive(at.Field("amount"), g.Amount)
	c.notNegative(at.Field("balance"), g.Balance)
	if g.Balance != nil && g.Balance.GreaterThan(g.Amount) {
		c.Complain(at.Field("balance"), "correct one of them", "the balance %s is above what was granted, %s", g.Balance, g.Amount)
	}
	if (g.Currency == "") == (g.CreditUnit == "") {
		c.Complain(at, "write one of currency and credit_unit", "a grant is either of money or of a credit unit")
	}
	if !g.Expires.IsZero() && !g.Expires.After(g.From) {
		c.Complain(at.Field("expires"), "expires is the first day it may no longer pay", "it expires on %s, not after its first day %s", g.Expires, g.From)
	}
	c.scope(at, g.Offerings, g.Meters)
}

func (c *checker) scope(at parse.Spot, offerings []schemas.OfferingID, meters []schemas.MeterID) {
	for i, o := range offerings {
		c.refer(at.Field("offerings").At(i), "", &c.names.offerings, string(o))
	}
	for i, m := range meters {
		c.refer(at.Field("meters").At(i), "", &c.names.meters, string(m))
	}
}

// aliases complains of a name that would lead to two accounts.
func (c *checker) aliases() {
	seen := map[string]parse.Spot{}
	for i := range c.Accounts.Items {
		a, at := &c.Accounts.Items[i], c.Accounts.Spots[i]
		for j, alias := range a.Aliases {
			here := at.Field("aliases").At(j)
			first, twice := seen[alias]
			if owner, taken := c.names.accounts.spots[alias]; taken {
				first, twice = owner, true
			}
			if twice {
				c.Complain(here, "an alias leads to one account alone; remove one", "%q is the name of the account at %s already", parse.Clip(alias), first.Where())
				continue
			}
			seen[alias] = here
		}
	}
}

// parents complains of accounts that are above themselves.
func (c *checker) parents() {
	parent := map[schemas.AccountID]schemas.AccountID{}
	for i := range c.Accounts.Items {
		if a := &c.Accounts.Items[i]; a.Parent != "" {
			parent[a.ID] = a.Parent
		}
	}
	done := map[schemas.AccountID]bool{}
	for i := range c.Accounts.Items {
		var way []schemas.AccountID
		id := c.Accounts.Items[i].ID
		for ; id != "" && !done[id]; id = parent[id] {
			if k := slices.Index(way, id); k >= 0 {
				at := c.names.accounts.spots[string(id)]
				c.Complain(at.Field("parent"), "remove one of the parents", "the accounts are above each other in a circle: %s", circle(way[k:], id))
				break
			}
			if len(way) == mostParents {
				at := c.Accounts.Spots[i]
				c.Complain(at.Field("parent"), "flatten the tree of accounts", "there are more than %d accounts above this one", mostParents)
				break
			}
			way = append(way, id)
		}
		for _, seen := range way {
			done[seen] = true
		}
	}
}

// mostParents bounds how deep accounts may nest.
const mostParents = 64

func circle(way []schemas.AccountID, back schemas.AccountID) string {
	var text strings.Builder
	for _, id := range way {
		text.WriteString(string(id) + " → ")
	}
	return text.String() + string(back)
}

func (c *checker) checkSubscriptions() {
	offerings := make(map[schemas.OfferingID]*schemas.Offering, len(c.Offerings.Items))
	for i := range c.Offerings.Items {
		offerings[c.Offerings.Items[i].ID] = &c.Offerings.Items[i]
	}
	subscriptions := make(map[schemas.SubscriptionID]*SubscriptionRow, len(c.Subscriptions.Items))
	for i := range c.Subscriptions.Items {
		s, at := &c.Subscriptions.Items[i], c.Subscriptions.Spots[i]
		subscriptions[s.ID] = s
		c.refer(at, "account", &c.names.accounts, string(s.Account))
		if c.refer(at, "offering", &c.names.offerings, string(s.Offering)) {
			c.withinValidity(at, s, offerings[s.Offering])
		}
		c.subscription(at, s)
	}
	for i := range c.Changes.Items {
		c.change(c.Changes.Spots[i], &c.Changes.Items[i], subscriptions)
	}
	c.quantities(offerings)
}

func (c *checker) subscription(at parse.Spot, s *SubscriptionRow) {
	if !s.End.IsZero() && s.End.Before(s.Start) {
		c.Complain(at.Field("end"), "correct one of them", "it ends on %s, before it starts on %s", s.End, s.Start)
	}
	if s.AnchorDay < 0 || s.AnchorDay > 31 {
		c.Complain(at.Field("anchor_day"), "write a day of the month, 1 to 31", "%d is not a day of the month", s.AnchorDay)
	}
	if s.Quantity != nil && s.Quantity.IsNegative() {
		c.notNegative(at.Field("quantity"), s.Quantity)
	}
	c.bounds(at, s.Minimum, s.Maximum)
	if len(s.Discounts) > 0 {
		c.discounts(at.Field("discounts"), s.Discounts)
	}
	if len(s.Overrides) > 0 {
		c.overrides(at.Field("overrides"), s)
	}
	for i, p := range s.Phases {
		here := at.Field("phases").At(i)
		c.atMost(here.Field("months"), int64(p.Months), mostMonths)
		c.atMost(here.Field("days"), int64(p.Days), mostDays)
		c.percent(here.Field("discount"), p.Discount)
		if p.Months == 0 && p.Days == 0 && i < len(s.Phases)-1 {
			c.Complain(here, "say how long it lasts, or make it the last", "the phase %s has no end, so those after it are never reached", parse.Clip(p.Name))
		}
	}
}

// overrides checks the prices that were agreed with one subscription alone.
func (c *checker) overrides(list parse.Spot, s *SubscriptionRow) {
	for i := range s.Overrides {
		p := &s.Overrides[i]
		c.price(list.At(i), p)
		if p.Pooled {
			c.Complain(list.At(i).Field("pooled"), "pool the offering's own price", "a price of one subscription is not its family's")
		}
		if p.Phase != "" && !slices.ContainsFunc(s.Phases, func(ph schemas.Phase) bool { return ph.Name == p.Phase }) {
			var known []string
			for _, ph := range s.Phases {
				known = append(known, ph.Name)
			}
			c.Complain(list.At(i).Field("phase"), parse.DidYouMean(p.Phase, known, "add the phase, or remove the line"), "the subscription has no phase %q", parse.Clip(p.Phase))
		}
	}
	entries := make([]dated, len(s.Overrides))
	for i := range s.Overrides {
		entries[i] = dated{SameThing(&s.Overrides[i]), s.Overrides[i].Validity, list.At(i)}
		entries[i].validity.KnownSince = schemas.Date{} // of two agreements none replaces the other by itself
	}
	c.atOnceBut(entries, "end one of them with to:, on the first day of the other", func(string) string { return "price" })
	c.claimedTwice(list, s.Overrides)
}

// withinValidity complains of a subscription to an offering that is not sold when it begins, or no longer while it runs.
func (c *checker) withinValidity(at parse.Spot, s *SubscriptionRow, o *schemas.Offering) {
	v := o.Validity
	switch {
	case s.Start.IsZero():
	case s.Start.Before(v.From):
		c.Complain(at.Field("start"), "correct one of them", "it starts on %s, before offering %s is in force, from %s", s.Start, o.ID, v.From)
	case !v.To.IsZero() && !s.Start.Before(v.To):
		c.Complain(at.Field("start"), "choose its successor", "it starts on %s, but offering %s is no longer in force from %s", s.Start, o.ID, v.To)
	case !v.To.IsZero() && (s.End.IsZero() || s.End.After(v.To)):
		c.Complain(at.Field("end"), "end it then, or change it to another offering before", "it goes on after offering %s is no longer in force, from %s", o.ID, v.To)
	}
}

func (c *checker) change(at parse.Spot, k *ChangeRow, subscriptions map[schemas.SubscriptionID]*SubscriptionRow) {
	if c.refer(at, "subscription", &c.names.subscriptions, string(k.Subscription)) && !k.On.IsZero() {
		s := subscriptions[k.Subscription]
		if k.On.Before(s.Start) || !s.End.IsZero() && k.On.After(s.End) {
			c.Complain(at.Field("on"), "correct one of them", "%s is outside subscription %s, which lasts from %s to %s", k.On, s.ID, s.Start, openEnd(s.End))
		}
	}
	c.clock(at.Field("time"), k.Time, false)
	c.refer(at, "offering", &c.names.offerings, string(k.Offering))
	c.notNegative(at.Field("quantity"), k.Quantity)
	for _, need := range []struct {
		kind    schemas.ChangeKind
		key     string
		present bool
	}{
		{schemas.ChangeQuantity, "quantity", k.Quantity != nil},
		{schemas.ChangePlan, "offering", k.Offering != ""},
	} {
		if k.Kind == need.kind && !need.present {
			c.Complain(at.Field(need.key), "add it", "a change of kind %s needs %s", k.Kind, need.key)
		}
		if k.Kind != "" && k.Kind != need.kind && need.present && (k.Kind != schemas.ChangePlan || need.key != "quantity") {
			c.Complain(at.Field(need.key), "remove it, or correct the kind", "a change of kind %s does not read %s", k.Kind, need.key)
		}
	}
}

// openEnd is a day, or words for none.
func openEnd(d schemas.Date) string {
	if d.IsZero() {
		return "further notice"
	}
	return d.String()
}
