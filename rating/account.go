package rating

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Output is what rating one account yields.
type Output struct {
	// Charges are in a fixed order: usage, recurring, adjustments, credits, tax, each by subscription, price, group and
	// time.
	Charges []schemas.Charge
	// Findings carry the rows, quantities and costs that no charge holds.
	Findings []schemas.Finding
	// Carried is what the next period of the account needs.
	Carried Carried
	// Rows is how many rows came in: those behind charges and those behind findings, each once.
	Rows int64
}

// bill is one account's period at work.
type bill struct {
	plan     *Plan
	tally    *Tally
	account  *account
	carried  *Carried
	currency money.Currency
	policy   schemas.RatingPolicy
	lines    []*line
	joints   []*joint
	states   map[stateKey]*priceState
	out      Output
}

// line is a charge while it is made: its trail, the amount so far, and what it belongs to.
type line struct {
	charge  schemas.Charge
	t       trail
	amount  number
	price   *price // nil on adjustments
	sub     *subscription
	phase   *schemas.Phase
	fx      *money.Ratio  // from the price's currency to the account's, where they differ
	windows []windowSpend // for commitments per window
	tax     string        // tax category
	rounded bool
}

// Rate makes the charges of the account that the tally holds. The order is that of the design: aggregate, convert,
// allowance and usage discount, price, percentage discounts, fixed discounts, minimum and maximum, commitments,
// prepaid credits, tax; amounts are rounded where they become a line of an invoice. An error is a fault of the book or
// the call; what is wrong with the usage is in the findings.
func (p *Plan) Rate(t *Tally, carried Carried) (Output, error) {
	b := &bill{plan: p, tally: t, account: t.account, carried: &carried, states: map[stateKey]*priceState{}}
	b.out.Rows = t.rows
	b.out.Carried = carried.next()
	if t.account == nil {
		return b.out, b.suspend()
	}
	t.seed(&carried)
	b.currency, b.policy = t.account.Currency, p.policy
	steps := []func() error{
		b.usage, b.recurring, // aggregate, convert, allowance, price, and what a price itself says of discounts and bounds
		b.discount, b.bound, b.commit,
		b.round, b.bundles,
		b.redeem, b.drawBeforeTax, b.tax, b.drawAfterTax, b.cash,
		b.carry,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return Output{}, fmt.Errorf("rate account %s for %s: %w", t.id, p.spec.Period, err)
		}
	}
	b.finish()
	return b.out, nil
}

// add keeps a line.
func (b *bill) add(l *line) { b.lines = append(b.lines, l) }

// finish turns the lines into charges.
func (b *bill) finish() {
	b.out.Charges = make([]schemas.Charge, 0, len(b.lines))
	for _, l := range b.lines {
		c := &l.charge
		if c.Service == "" {
			c.Service = b.plan.serviceName(c.Offering)
		}
		c.Steps = l.t.steps
		c.ID = chargeID(c)
		b.out.Charges = append(b.out.Charges, *c)
	}
}

// serviceName is the ServiceName, which FOCUS asks of every row, of what is of no service: an offering's own name, or
// that of the account as a whole, for taxes, coupons and commitments.
func (p *Plan) serviceName(id schemas.OfferingID) string {
	if o := p.offerings[id]; o != nil {
		return o.Name
	}
	return "Account"
}
