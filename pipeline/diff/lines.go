package diff

import (
	"cmp"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Line is what differs of one account, offering and price in one currency. Amounts are as charged, taxes included; Changed is by
// how much more the changed charges come to.
type Line struct {
	Account  schemas.AccountID  `json:"account"`
	Offering schemas.OfferingID `json:"offering,omitempty"`
	Price    schemas.PriceID    `json:"price,omitempty"`
	Currency money.Currency     `json:"currency"`
	Added    Part               `json:"added"`
	Gone     Part               `json:"gone"`
	Changed  Part               `json:"changed"`
	// Difference is Added − Gone + Changed, and Value the same in the provider's currency.
	Difference money.Fixed    `json:"difference"`
	Provider   money.Currency `json:"provider_currency"`
	Value      money.Fixed    `json:"value_difference"`
}

// of reports whether a charge belongs on the line.
func (l *Line) of(k *Key) bool {
	return l.Account == k.Account && l.Offering == k.Offering && l.Price == k.Price && l.Currency == k.Currency && l.Provider == k.Provider
}

// add counts a difference.
func (l *Line) add(d *Difference) error {
	amount, err := d.after().Amount.Sub(d.before().Amount)
	if err != nil {
		return err
	}
	value, err := d.after().Value.Sub(d.before().Value)
	if err != nil {
		return err
	}
	switch d.Kind() {
	case Added:
		err = l.Added.add(1, amount)
	case Gone:
		err = l.Gone.add(1, amount.Neg())
	case Changed:
		err = l.Changed.add(1, amount)
	}
	if err != nil {
		return err
	}
	if l.Difference, err = l.Difference.Add(amount); err != nil {
		return err
	}
	l.Value, err = l.Value.Add(value)
	return err
}

// charges is how many charges differ.
func (l *Line) charges() int64 { return l.Added.Charges + l.Gone.Charges + l.Changed.Charges }

// compareLines puts first what differs most: in the provider's currency, which is one for all, then in its own.
func compareLines(x, y *Line) int {
	return cmp.Or(y.Value.Abs().Cmp(x.Value.Abs()), y.Difference.Abs().Cmp(x.Difference.Abs()), cmp.Compare(y.charges(), x.charges()))
}

// lines keeps those that differ most.
type lines struct {
	most   int // below 0: all, in the order in which they come
	all    int64
	listed []Line
	open   *Line
}

// add counts a difference. Those of a line come one after another.
func (t *lines) add(d *Difference) error {
	k := &d.Latest().Key
	if t.open == nil || !t.open.of(k) {
		t.end()
		t.open = &Line{Account: k.Account, Offering: k.Offering, Price: k.Price, Currency: k.Currency, Provider: k.Provider}
	}
	return t.open.add(d)
}

// end keeps the line at hand, if it is among those that differ most.
func (t *lines) end() {
	if t.open == nil {
		return
	}
	line := *t.open
	t.open = nil
	t.all++
	if t.most < 0 {
		t.listed = append(t.listed, line)
		return
	}
	at, _ := slices.BinarySearchFunc(t.listed, &line, func(x Line, y *Line) int { return cmp.Or(compareLines(&x, y), -1) })
	if at < t.most {
		t.listed = slices.Insert(t.listed, at, line)
		t.listed = t.listed[:min(len(t.listed), t.most)]
	}
}
