package peers

import (
	"cmp"

	"daybook/pipeline/document/markup"
	"daybook/schemas/dispute"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

// drawDisputes is how each dispute stands, what may still be challenged, and until when.
func (b *Page) drawDisputes(p *markup.Page) {
	for i := range b.Bills {
		if b.Bills[i].Withheld.IsPositive() {
			p.From(markup.Files("../disputes/" + string(b.Peer) + ".csv"))
			break
		}
	}
	p.Table("What was found too dear and is in no dispute is not raised; what is claimed is what was accepted, rejected and is open. Each deadline is the last day.",
		"Dispute", "Bill", "State?", "Not raised#", "Claimed#", "Accepted#", "Rejected#", "Open#", "Credited#", "Given up#", "Currency?", "Raise by", "Answer by", "Credit by", "Whose?", "Reason")
	shown := b.Disputes[:min(len(b.Disputes), mostLines)]
	for i := range shown {
		x := &shown[i]
		p.RowAt(x.ID)
		p.Head(x.ID)
		p.Cell(string(x.Bill))
		if x.State == dispute.Expired || x.State == dispute.Rejected {
			p.Element("td", "bad", markup.Words(string(x.State)))
		} else {
			p.Cell(markup.Words(string(x.State)))
		}
		for _, d := range []money.Decimal{x.Unraised, x.Claimed, x.Accepted, x.Rejected, x.Open, x.Credited, x.GivenUp} {
			text := ""
			if !d.IsZero() {
				text = rounded(d, x.Currency)
			}
			p.Number(text)
		}
		p.Cell(string(x.Currency))
		p.Cell(x.RaiseBy.String())
		p.Cell(x.AnswerBy.String())
		p.Cell(x.CreditBy.String())
		p.Cell(cmp.Or(x.GivenUpBy, x.By))
		p.Cell(cmp.Or(x.GivenUpReason, x.Answer, x.Reason))
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(b.Disputes), "peer_disputes.csv")
}

// drawDebts is what is owed either way under agreements, gross.
func (b *Page) drawDebts(p *markup.Page) {
	p.From(markup.Files("../net_statements/" + string(b.Peer) + ".csv"))
	p.Table("What "+b.Name+" owes and is owed, before it is netted. A disputed debt, and one in a currency that is not the agreement's, is not.",
		"From", "to", "Agreement?", "For?", "Good", "Amount#", "Currency?", "Due", "Standing?", "Rows#", "State?")
	shown := b.Debts[:min(len(b.Debts), mostLines)]
	for i := range shown {
		x := &shown[i]
		p.Row(x.ID)
		p.Head(x.From)
		p.Cell(x.To)
		p.Cell(string(x.Agreement))
		p.Cell(markup.Words(string(x.Basis)))
		p.Cell(x.Good)
		p.Number(rounded(x.Amount, x.Currency))
		p.Cell(string(x.Currency))
		p.Cell(x.Due.String())
		p.Cell(markup.Words(string(x.Standing)))
		p.Number(markup.Count(x.Rows))
		p.Cell(finality(x.Provisional))
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(b.Debts), "settlements.csv")
}

func finality(provisional bool) string {
	if provisional {
		return "provisional"
	}
	return "final"
}

// drawChoices is what the month's use costs at this peer, against what was billed for it.
func (b *Page) drawChoices(p *markup.Page) {
	p.Table("By its contract of today, against what peers billed for the same use. Rows without a good are all that can be compared; what was not used so is hypothetical.",
		"Agreement", "Good", "Comparison?", "Quantity#", "Billed#", "Its rates#", "Minimums#", "Commitments#", "Moving#", "Total#", "Saving#", "Currency?", "Best?", "Use?", "Why not")
	shown := b.Choices[:min(len(b.Choices), mostLines)]
	for i := range shown {
		x := &shown[i]
		p.Row(x.ID)
		p.Head(string(x.Agreement))
		p.Cell(cmp.Or(x.Good, "all"))
		p.Cell(markup.Words(string(x.Status)))
		quantity := ""
		if x.Unit != "" {
			quantity = quantityRounded(x.Quantity, x.Unit)
		}
		p.Number(quantity)
		b.choice(p, x)
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(b.Choices), "arbitrage.csv")
}

// choice are the amounts of a choice; what cannot be compared has none.
func (b *Page) choice(p *markup.Page, x *intercloud.Choice) {
	compared := x.Status != intercloud.NotComparable
	for _, d := range []money.Decimal{x.Billed, x.Cost, x.Minimum, x.Commitment, x.Egress, x.Total} {
		text := ""
		if compared {
			text = rounded(d, x.Currency)
		}
		p.Number(text)
	}
	if compared {
		p.Change(signedRounded(x.Saving, x.Currency), x.Saving, x.Saving.IsPositive())
	} else {
		p.Number("")
	}
	p.Cell(string(x.Currency))
	best, use := "", "actual"
	if x.Best {
		best = "best"
	}
	if x.Hypothetical {
		use = "hypothetical"
	}
	p.Cell(best)
	p.Cell(use)
	p.Cell(x.Reason)
}
