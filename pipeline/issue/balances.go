package issue

import (
	"fmt"
	"maps"
	"slices"

	"daybook/pipeline/register"
	"daybook/rating/invoice"
	"daybook/schemas"
	"daybook/schemas/money"
)

// A note gives back no more than is left of the document that it corrects. What it comes to beyond that the customer has as a balance, and
// the invoices that follow take it, as if it had been paid.

// uses is how much a document takes of a balance: what is due of it, with what was carried forward to it, and no more than there is.
func uses(balance, due money.Fixed, forward []register.Carry) (money.Fixed, error) {
	var err error
	for i := range forward {
		if due, err = due.Add(forward[i].Total); err != nil {
			return money.Fixed{}, err
		}
	}
	switch {
	case balance.Sign() <= 0 || due.Sign() <= 0:
		return money.Fixed{}, nil
	case balance.Decimal().LessThan(due.Decimal()):
		return balance, nil
	}
	return due, nil
}

// usedIn is what the documents of a closing take of balances.
func usedIn(x *register.Closing) map[register.DraftKey]money.Fixed {
	out := map[register.DraftKey]money.Fixed{}
	for _, b := range x.Used {
		out[b.DraftKey] = b.Amount
	}
	return out
}

// use takes an amount of the customer's balance off what is due of a document.
func use(inv *schemas.Invoice, amount money.Fixed) error {
	if amount.IsZero() {
		return nil
	}
	return apply(inv, schemas.AppliedRow{Description: "Balance in your favour, used", Amount: amount.Neg()})
}

// apply adds a row that is no charge to what pays for a document.
func apply(inv *schemas.Invoice, row schemas.AppliedRow) error {
	return invoice.Join(inv, &schemas.Invoice{From: inv.From, Applied: []schemas.AppliedRow{row}, Electronic: inv.Electronic})
}

// balances are those of customers, closing by closing, as a register is checked.
type balances struct {
	before register.Register
	// taken is what the documents of the closing at hand take of them.
	taken map[register.DraftKey]money.Fixed
}

// document notes what a document takes.
func (b *balances) document(key register.DraftKey, amount money.Fixed) (err error) {
	if b.taken == nil {
		b.taken = map[register.DraftKey]money.Fixed{}
	}
	if !amount.IsZero() {
		b.taken[key], err = b.taken[key].Add(amount.Neg())
	}
	return err
}

// closed says which documents of a closing take another amount than it says, or more than the customer has.
func (b *balances) closed(e *register.Entry) (wrong []string, err error) {
	have, err := b.before.InFavour()
	if err != nil {
		return nil, err
	}
	for _, used := range e.Used {
		key, amount := used.DraftKey, used.Amount
		if e.Done != nil && b.taken[key] != amount {
			wrong = append(wrong, fmt.Sprintf("closing %d has %s %s of the balance of account %s on its documents, and they have %s", e.Number, amount, key.Currency, key.Account, b.taken[key]))
		}
		if have[key].Decimal().LessThan(amount.Decimal()) {
			wrong = append(wrong, fmt.Sprintf("closing %d takes %s %s of the balance of account %s, which is %s", e.Number, amount, key.Currency, key.Account, have[key]))
		}
		delete(b.taken, key)
	}
	for _, key := range slices.SortedFunc(maps.Keys(b.taken), compareKeys) {
		wrong = append(wrong, fmt.Sprintf("documents of closing %d take %s %s of a balance of account %s, of which it says nothing", e.Number, b.taken[key], key.Currency, key.Account))
	}
	b.before, b.taken = append(b.before, *e), nil
	return wrong, nil
}
