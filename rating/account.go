package rating

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/rating/model"
	"daybook/rating/taxes"
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
	// Partly is how many rows a meter priced and another, that should have, did not: they are in charges, and in findings
	// that count no rows of them.
	Partly int64
	// Whole is how many rows every meter that takes them priced.
	Whole int64
	// Rows is how many rows came in, each once: those that are whole, partly priced or behind findings, and those that another
	// period answers for.
	Rows int64

	room model.Room // of RateInto
}

// bill is one account's period at work.
type bill struct {
	plan     *Plan
	tally    *Tally
	account  *account
	carried  *Carried
	currency money.Currency
	policy   *schemas.RatingPolicy
	lines    []*line
	joints   []*joint
	states   map[stateKey]*priceState
	room     *model.Room // of the charges' steps and texts
	out      Output
}

// line is a charge while it is made: its trail, the amount so far, and what it belongs to.
type line struct {
	charge  schemas.Charge
	t       model.Trail
	amount  model.Number
	price   *price // nil on adjustments
	sub     *subscription
	phase   *schemas.Phase
	fx      *money.Ratio  // from the price's currency to the account's, where they differ
	windows []windowSpend // for commitments per window
	tax     string        // tax category
	taxes   []taxShare    // of a tax: what each line that it is of has to bear of it, where credits may ask
	rounded bool
}

// Rate makes the charges of the account that the tally holds. The order is that of the design: aggregate, convert,
// allowance and usage discount, price, percentage discounts, fixed discounts, minimum and maximum, commitments,
// service credits, prepaid credits, tax; amounts are rounded where they become a line of an invoice. An error is a fault of the book or
// the call; what is wrong with the usage is in the findings.
func (p *Plan) Rate(t *Tally, carried Carried) (Output, error) {
	var out Output
	t.carried = carried
	if err := p.rate(t, &t.room, &out); err != nil {
		return Output{}, err
	}
	return out, nil
}

// RateInto is Rate in the memory of an earlier output: charges, findings and steps that out held are overwritten, so that
// a night of accounts allocates next to nothing. Texts are not, so those taken from an earlier output stay as they are.
func (p *Plan) RateInto(t *Tally, carried Carried, out *Output) error {
	out.room.Again()
	t.carried = carried
	return p.rate(t, &out.room, out)
}

// rate makes the charges of an account, with their steps and texts in room.
func (p *Plan) rate(t *Tally, room *model.Room, out *Output) error {
	b := &t.bill
	*b = bill{plan: p, tally: t, account: t.account, carried: &t.carried, room: room, lines: b.lines[:0], joints: b.joints[:0]}
	b.out.Charges, b.out.Findings = out.Charges[:0], out.Findings[:0]
	b.out.Rows = t.rows
	b.out.Carried = b.carried.next()
	err := b.run()
	out.Charges, out.Findings, out.Carried = b.out.Charges, b.out.Findings, b.out.Carried
	out.Rows, out.Partly, out.Whole = b.out.Rows, b.out.Partly, b.out.Whole
	b.out = Output{}
	if err != nil {
		return fmt.Errorf("rate account %s for %s: %w", t.id, p.spec.Period, err)
	}
	return nil
}

// run takes the steps one after the other.
func (b *bill) run() error {
	if b.account == nil {
		return b.suspend()
	}
	b.tally.seed(b.carried)
	b.currency, b.policy = b.account.Currency, &b.plan.policy
	for _, step := range [...]func(*bill) error{
		(*bill).usage, (*bill).recurring, // aggregate, convert, allowance, price, and what a price itself says of discounts and bounds
		(*bill).discount, (*bill).bound, (*bill).commit,
		(*bill).round, (*bill).bundles,
		(*bill).redeem, (*bill).giveGoodwill, (*bill).giveCredits, (*bill).drawBeforeTax, (*bill).tax, (*bill).drawAfterTax, (*bill).cash,
		(*bill).carry,
	} {
		if err := step(b); err != nil {
			return err
		}
	}
	b.finish()
	return nil
}

// add keeps a line.
func (b *bill) add(l *line) { b.lines = append(b.lines, l) }

// finish turns the lines into charges.
func (b *bill) finish() {
	b.out.Charges = slices.Grow(b.out.Charges, len(b.lines))
	for _, l := range b.lines {
		c := &l.charge
		if c.Service == "" {
			c.Service = b.plan.serviceName(c.Offering)
		}
		if l.tax != noTax {
			c.TaxCategory = cmp.Or(l.tax, taxes.Standard)
		}
		c.Steps = l.t.Steps
		b.out.Charges = append(b.out.Charges, *c)
	}
	if b.plan.spec.Unnamed {
		return
	}
	b.name(b.out.Charges)
	for i, l := range b.lines {
		l.charge.ID = b.out.Charges[i].ID
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
