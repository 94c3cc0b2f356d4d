// Package chain makes cost chains: of everything that is sold under an agreement with other providers, line by line, what it earns,
// what its legs cost, and what is left. It reads charges, which have their peers' cost, and nothing else.
//
// Start with Builder.
package chain

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

// Builder makes chains of charges. The lines of an aggregation are what an account is charged for an offering, and come last; those of
// all other patterns are the charges themselves. It is not safe for concurrent use.
type Builder struct {
	period schemas.Period
	// provisional reports whether what a peer costs is not all known; of no peer, whether the month is not.
	provisional func(schemas.PeerID) bool
	offered     map[schemas.OfferingID]*intercloud.Agreement
	lines       map[lineKey]*line
	// account is that of the charges at hand: of, by offering, what its lines come to, and losses those below zero.
	account schemas.AccountID
	of      map[soldAs]money.Decimal
	losses  []intercloud.Chain
	found   []schemas.Finding
}

// New begins the chains of a period for the agreements in force. provisional reports of a peer whether more of what it bills may come;
// no peer stands for ourselves.
func New(p schemas.Period, agreements []*intercloud.Agreement, provisional func(schemas.PeerID) bool) *Builder {
	b := &Builder{period: p, provisional: provisional, offered: map[schemas.OfferingID]*intercloud.Agreement{}, lines: map[lineKey]*line{}, of: map[soldAs]money.Decimal{}}
	for _, a := range agreements {
		for _, o := range a.Offerings {
			b.offered[o] = a
		}
	}
	return b
}

// Any reports whether anything is sold under the agreements.
func (b *Builder) Any() bool { return len(b.offered) > 0 }

// Wants reports whether a charge is of a chain.
func (b *Builder) Wants(c *schemas.Charge) bool {
	return c.EarnsRevenue() && b.offered[c.Offering] != nil
}

// soldAs is what an account buys in one currency.
type soldAs struct {
	offering schemas.OfferingID
	currency money.Currency
}

// Add takes a charge, of which all of an account come one after the other, and hands the chain of a line that it is by itself to write.
func (b *Builder) Add(c *schemas.Charge, write func(*intercloud.Chain) error) error {
	if !b.Wants(c) {
		return nil
	}
	a := b.offered[c.Offering]
	if a.Pattern == intercloud.Aggregation {
		b.gather(a, c)
		return nil
	}
	x := b.begin(a, c.Account, c.Offering, c.Currency)
	x.ID = schemas.JoinID(string(b.period), string(a.ID), string(c.Account), string(c.Offering), string(c.Currency), string(c.ID), "")
	x.Charge, x.Peer, x.Charges = c.ID, c.Peer, 1
	if isCredit(a, c) {
		x.Received, x.Passed = c.PeerCost.Neg(), c.Amount.Neg()
	} else {
		x.Revenue, x.Cost = c.Amount, c.PeerCost
	}
	x.Provisional = b.open(a, c)
	s := &sheet.Sheet{}
	s.Given("what the charge comes to", "charged", c.Amount)
	finish(&x, s)
	if s.Err != nil {
		return fmt.Errorf("chain of charge %s: %w", c.ID, s.Err)
	}
	b.look(&x, c)
	return write(&x)
}

func (b *Builder) begin(a *intercloud.Agreement, account schemas.AccountID, o schemas.OfferingID, c money.Currency) intercloud.Chain {
	return intercloud.Chain{Period: b.period, Agreement: a.ID, Pattern: a.Pattern, Account: account, Offering: o, Currency: c}
}

// isCredit reports whether a charge is a peer's credit, or one that is passed on.
func isCredit(a *intercloud.Agreement, c *schemas.Charge) bool {
	return c.Model == schemas.ServiceCredit || c.Meter != "" && slices.Contains(a.CreditMeters, c.Meter)
}

// open reports whether more may come of what a charge costs. Of a charge for use of several peers that is any of the agreement's.
func (b *Builder) open(a *intercloud.Agreement, c *schemas.Charge) bool {
	if c.Peer != "" || !c.HasCost {
		return b.provisional(c.Peer)
	}
	return slices.ContainsFunc(a.Parties, func(p intercloud.AgreementParty) bool { return b.provisional(p.Peer) }) || b.provisional("")
}

// finish computes the margin.
func finish(x *intercloud.Chain, s *sheet.Sheet) {
	x.Margin = s.Subtract("margin without credits", sheet.Named("revenue", x.Revenue), sheet.Named("cost", x.Cost))
	if !x.Received.IsZero() || !x.Passed.IsZero() {
		with := s.Add("with credits received", sheet.Named("margin without credits", x.Margin), sheet.Named("credits received", x.Received))
		x.Margin = s.Subtract("margin", sheet.Named("with credits received", with), sheet.Named("credits passed on", x.Passed))
	}
	x.Steps = s.Steps
}

// look notes a line that is a loss. Once the account ends, those are found of which the offering as a whole is none: that one the
// margins find.
func (b *Builder) look(x *intercloud.Chain, c *schemas.Charge) {
	if c.Account != b.account {
		b.endAccount()
		b.account = c.Account
	}
	of := soldAs{x.Offering, x.Currency}
	b.of[of] = b.of[of].Add(x.Margin)
	if x.Margin.IsNegative() && c.Class != schemas.ClassCorrection {
		loss := *x
		loss.Steps = nil
		b.losses = append(b.losses, loss)
	}
}

func (b *Builder) endAccount() {
	for i := range b.losses {
		x := &b.losses[i]
		if !b.of[soldAs{x.Offering, x.Currency}].IsNegative() {
			b.found = append(b.found, lossFinding(x))
		}
	}
	b.losses = b.losses[:0]
	clear(b.of)
}

func lossFinding(x *intercloud.Chain) schemas.Finding {
	what := "charge " + string(x.Charge)
	if x.Charge == "" {
		what = "leg " + cmp.Or(x.Leg, "of no name")
	}
	f := schemas.Remark(schemas.CodeNegativeMargin, x.ID, fmt.Sprintf("%s of %s for %s comes to a margin of %s %s (revenue %s, cost %s, credits received %s, passed on %s); look at its price against the contract rate, or at the key by which revenue is divided",
		what, x.Offering, x.Account, x.Margin, x.Currency, x.Revenue, x.Cost, x.Received, x.Passed), x.Margin, x.Currency)
	f.Account = x.Account
	return f
}

// Findings are those of the lines so far, once no charge is to come.
func (b *Builder) Findings() []schemas.Finding {
	b.endAccount()
	out := b.found
	b.found = nil
	return out
}
