package peers

import (
	"cmp"
	"slices"
	"time"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
	"daybook/schemas/peeruse"
	"daybook/schemas/service"
)

// Page is what the page of a peer shows.
type Page struct {
	Provider string
	Peer     schemas.PeerID
	Name     string
	Period   schemas.Period
	Run      schemas.RunID
	// Command explains a figure: {} stands for its identifier; empty for none.
	Command     string
	Provisional bool
	// Zone is where the hours of the strip are told.
	Zone *time.Location
	// Matches are the lines of the bill against our meters and contracts.
	Matches []schemas.PeerMatch
	// Bills and Invoices are of contracts that ask for detail.
	Bills    []peerbill.Bill
	Invoices []peerbill.Invoice
	// Exceptions are the discrepancies with the largest amounts, and AllExceptions counts all.
	Exceptions    []peerbill.Discrepancy
	AllExceptions int
	// Claims says that there is a file of claims to be sent.
	Claims bool
	// Promises are what became of the peer's, and Credits those for earlier months against this bill.
	Promises []service.SLARow
	Credits  []service.SLACreditRow
	Strips   []Strip
	// Use is by service and user, and Budgets are thresholds.
	Use     []peeruse.Use
	Budgets []peeruse.BudgetLine
	// Shares are what becomes of what it bills for our own use.
	Shares []peeruse.Share
	// Disputes are how challenges to its bills stand, and what of them may still be challenged.
	Disputes []dispute.Standing
	// Nets are what the peer receives and pays under agreements, once debts are netted, and Debts what that is of.
	Nets  []intercloud.Net
	Debts []intercloud.Settlement
	// Choices are what the month's use would cost at this peer.
	Choices []intercloud.Choice
}

// section is a part of the page, absent where there is nothing of it.
type section struct {
	id, title string
	has       func(*Page) bool
	from      markup.Sources
	draw      func(*Page, *markup.Page)
}

// sections are the page, in order.
func sections() []section {
	return []section{
		{"lines", "Meter, contract, bill", func(b *Page) bool { return len(b.Matches)+len(b.Bills) > 0 }, markup.Files("../peer_matches.csv"), (*Page).drawLines},
		{"exceptions", "Exceptions", func(b *Page) bool { return len(b.Exceptions) > 0 }, markup.Files("../discrepancies.csv"), (*Page).drawExceptions},
		{"disputes", "Disputes and deadlines", func(b *Page) bool { return len(b.Disputes) > 0 }, markup.Files("../peer_disputes.csv"), (*Page).drawDisputes},
		{"promises", "Service levels", func(b *Page) bool { return len(b.Promises)+len(b.Credits)+len(b.Strips) > 0 }, markup.Files("../sla_results.csv"), (*Page).drawPromises},
		{"use", "Use against budget", func(b *Page) bool { return len(b.Use)+len(b.Budgets) > 0 }, markup.Sources{}, (*Page).drawUse},
		{"shared", "Shared costs", func(b *Page) bool { return len(b.Shares) > 0 }, markup.Sources{}, (*Page).drawShares},
		{"net", "Net statement", func(b *Page) bool { return len(b.Nets) > 0 }, markup.Files("../net_statements.csv"), (*Page).drawNets},
		{"debts", "Settlement", func(b *Page) bool { return len(b.Debts) > 0 }, markup.Files("../settlements.csv"), (*Page).drawDebts},
		{"arbitrage", "What our use would cost here", func(b *Page) bool { return len(b.Choices) > 0 }, markup.Files("../arbitrage.csv"), (*Page).drawChoices},
	}
}

// HTML returns the page.
func (b *Page) HTML() []byte {
	p := markup.NewPage(b.Name + ", " + b.Period.Name() + ", " + b.Provider)
	p.Begin(b.Command, string(b.Period))
	p.Raw("<header><p class=\"over\">")
	p.Link("../variance.html", b.Provider)
	p.Text(" · " + b.Name + " · " + b.Period.Name())
	if b.Provisional {
		p.Raw(` <span class="tag bad">Provisional</span>`)
	} else {
		p.Raw(` <span class="tag good">Complete</span>`)
	}
	p.Raw("</p>\n")
	verdicts := b.verdicts()
	if len(verdicts) == 0 {
		p.Element("h1", "", "No bill of "+b.Name+" has come.")
	}
	for _, v := range verdicts {
		p.Element("h1", "", v.headline())
	}
	p.Raw("</header>\n<nav aria-label=\"Contents\"><ul class=\"toc\">\n")
	var shown []section
	for _, s := range sections() {
		if s.has(b) {
			shown = append(shown, s)
			p.Raw("<li>")
			p.Link("#"+s.id, s.title)
			p.Raw("</li>\n")
		}
	}
	p.Raw("</ul></nav>\n")
	for _, s := range shown {
		p.Section(s.id, s.title, s.from)
		s.draw(b, p)
		p.SectionEnd()
	}
	p.Raw("<footer><p class=\"soft\">What is safe to pay is the bill without the lines and rows that are above what is expected and not tolerated. " +
		"Amounts are in the contract's currency, or the bill's where there is no contract, rounded for the page; the files have every digit.</p>")
	if b.Run != "" {
		p.Raw("<p class=\"soft\">Run <code>")
		p.Text(string(b.Run))
		p.Raw("</code></p>")
	}
	p.Raw("</footer>\n")
	return p.End()
}

// verdict is what to do with the peer's bill in one currency.
type verdict struct {
	currency                      money.Currency
	billed, pay, dispute, accrued money.Decimal
}

func (v *verdict) headline() string {
	amount := func(d money.Decimal) string { return rounded(d, v.currency) + " " + string(v.currency) }
	s := "Pay " + amount(v.pay) + " of " + amount(v.billed)
	if !v.dispute.IsZero() {
		s += ", dispute " + amount(v.dispute)
	}
	if !v.accrued.IsZero() {
		s += ", accrue " + amount(v.accrued)
	}
	return s + "."
}

// verdicts are by currency: of contracts that are compared in detail by their bills, of the others by lines.
func (b *Page) verdicts() []verdict {
	var out []verdict
	of := func(c money.Currency) *verdict {
		at := slices.IndexFunc(out, func(v verdict) bool { return v.currency == c })
		if at < 0 {
			at = len(out)
			out = append(out, verdict{currency: c})
		}
		return &out[at]
	}
	detailed := map[schemas.ContractID]bool{}
	for i := range b.Bills {
		x := &b.Bills[i]
		detailed[x.Contract] = true
		v := of(x.Currency)
		v.billed, v.pay, v.dispute, v.accrued = v.billed.Add(x.Actual), v.pay.Add(x.SafeToPay), v.dispute.Add(x.Withheld), v.accrued.Add(x.Accrued)
	}
	for i := range b.Matches {
		m := &b.Matches[i]
		if m.Contract != "" && detailed[m.Contract] {
			continue
		}
		v := of(m.Currency)
		v.billed = v.billed.Add(m.Actual)
		held := money.Zero
		switch m.Status {
		case schemas.Overbilled, schemas.Unmatched:
			if m.Difference.IsPositive() {
				held = m.Difference
			}
		case schemas.Unbilled:
			v.accrued = v.accrued.Add(m.Expected)
		case schemas.Matched, schemas.WithinTolerance, schemas.Accepted, schemas.Underbilled:
		}
		v.dispute, v.pay = v.dispute.Add(held), v.pay.Add(m.Actual.Sub(held))
	}
	slices.SortFunc(out, func(a, b verdict) int { return cmp.Compare(a.currency, b.currency) })
	return out
}

// rounded is an amount for people, in the places of its currency.
func rounded(d money.Decimal, c money.Currency) string {
	places, ok := money.MinorUnits(c)
	if !ok {
		places = 2
	}
	return string(markup.AppendDecimal(nil, money.RoundTo(d, places, money.HalfEven), places))
}

func signedRounded(d money.Decimal, c money.Currency) string {
	if s := rounded(d, c); !d.IsPositive() {
		return s
	}
	return "+" + rounded(d, c)
}

// quantityRounded is a quantity for people, to three decimal places.
func quantityRounded(d money.Decimal, unit string) string {
	s := string(markup.AppendDecimal(nil, money.RoundTo(d, 3, money.HalfEven), 0))
	if unit != "" {
		s += " " + unit
	}
	return s
}
