package explain

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// chargeIDLength is that of a whole identifier; leastPrefix of a beginning that is worth looking for.
const (
	chargeIDLength = 32
	leastPrefix    = 4
)

// explainCharge explains a charge.
func (l *Look) explainCharge(ctx context.Context, e *Explanation, c *schemas.Charge, o Options) error {
	e.Kind, e.ID, e.Title = "charge", string(c.ID), c.Description
	l.chargeFacts(e, c)
	e.Steps = Steps(c.Steps)
	unit := string(c.Currency)
	if c.HasQuantity {
		e.figure("metered", c.Consumed, c.ConsumedUnit)
		e.figure("priced", c.Priced, c.PricingUnit)
	}
	if !c.List.Equal(c.Exact) {
		e.figure("list", c.List, unit)
	}
	e.figure("exact", c.Exact, unit)
	e.figure("amount", c.Amount, unit)
	e.figure("residue", c.Residue, unit)
	if c.HasCost {
		e.figure("peer cost", c.PeerCost, unit)
		e.figure("margin", c.Amount.Sub(c.PeerCost), unit)
	}
	if o.Check {
		e.check("steps", model.Check(c), fmt.Sprintf("%d steps give what they say, and end in the amount and the residue", len(c.Steps)))
	}
	return l.chargeOrigin(ctx, e, c, o)
}

// chargeOrigin shows what a charge was made of: usage, or the account's other charges.
func (l *Look) chargeOrigin(ctx context.Context, e *Explanation, c *schemas.Charge, o Options) error {
	var again *ratedAgain
	var err error
	if c.UsageRows > 0 || c.Corrects != "" || o.Check {
		if again, err = l.rateAgain(ctx, c.Account); err != nil {
			return err
		}
	}
	if o.Check {
		e.check("rating", again.compare(c), "the account's usage, rated again, makes this very charge")
	}
	if c.Model == schemas.ServiceCredit {
		return l.creditOf(ctx, e, c, o)
	}
	if c.Corrects != "" {
		if err := l.correctionOf(ctx, e, c, again, o); err != nil {
			return err
		}
	} else if c.UsageRows > 0 {
		return l.usageOf(ctx, e, c, again, o)
	}
	switch c.Category {
	case schemas.CategoryTax, schemas.CategoryCredit, schemas.CategoryAdjustment:
		return l.chargesOf(ctx, e, o, c.Account, func(x *schemas.Charge) bool {
			return x.ID != c.ID && x.Currency == c.Currency && x.Corrects == c.Corrects && x.Category != schemas.CategoryTax && (c.Category == schemas.CategoryTax || x.Category != c.Category)
		})
	default:
		return nil
	}
}

// twin finds the charge that rating makes now in the place of c: that of the same identifier, or, where the book has
// changed since, the only one of the same price, time and rows. Nil if there is none.
func (x *ratedAgain) twin(c *schemas.Charge) *schemas.Charge {
	if i := slices.IndexFunc(x.charges, func(y schemas.Charge) bool { return y.ID == c.ID }); i >= 0 {
		return &x.charges[i]
	}
	var twin *schemas.Charge
	for i := range x.charges {
		y := &x.charges[i]
		if y.Subscription != c.Subscription || y.Price != c.Price || y.Meter != c.Meter || y.Category != c.Category || !y.Start.Equal(c.Start) || !y.End.Equal(c.End) ||
			y.Region != c.Region || y.SKU != "" && y.SKU != c.SKU || y.Peer != c.Peer || y.UsageRows != c.UsageRows {
			continue
		}
		if twin != nil {
			return nil
		}
		twin = y
	}
	return twin
}

// compare holds the charge against what rating makes now.
func (x *ratedAgain) compare(c *schemas.Charge) error {
	y := x.twin(c)
	if y == nil {
		return errors.New("rated again from the run's usage and today's book, the account has no such charge")
	}
	if !y.Amount.Equal(c.Amount) || !y.Exact.Equal(c.Exact) || !y.Residue.Equal(c.Residue) || y.UsageRows != c.UsageRows {
		return fmt.Errorf("rated again it is %s of %s exactly, from %d %s; the run has %s of %s from %d", y.Amount, y.Exact, y.UsageRows, schemas.OneOrMany(y.UsageRows, "row", "rows"), c.Amount, c.Exact, c.UsageRows)
	}
	same := func(a, b schemas.Step) bool {
		return a.Op == b.Op && a.Out == b.Out && a.Note == b.Note && slices.Equal(a.In, b.In)
	}
	if !slices.EqualFunc(y.Steps, c.Steps, same) {
		return errors.New("rated again it has other steps")
	}
	return nil
}

// errFound ends a scan.
var errFound = errors.New("found")

// mayBeCharge reports whether a text may be the identifier of a charge, or a beginning of one that is worth looking for.
func mayBeCharge(text string) bool {
	return len(text) >= leastPrefix && strings.Trim(text, "0123456789abcdef") == ""
}

// findCharges offers the identifiers of all charges, which it reads by that column alone, and then reads the charges that fit, each
// by its row group.
func (l *Look) findCharges(ctx context.Context, begins *schemas.Beginning) (map[string]*schemas.Charge, error) {
	if !mayBeCharge(begins.Text) {
		return nil, nil
	}
	type place struct {
		key   string
		group int
	}
	places := map[string]place{}
	for _, o := range l.outputs(&schemas.Charges, "") {
		if begins.Ambiguous() {
			break
		}
		q := scanning{table: &schemas.Charges, columns: []int{schemas.ChargeChargeId}, column: -1}
		err := l.scan(ctx, o.Key, q, func(b *dataset.Batch, group int) error {
			v := &b.Columns[schemas.ChargeChargeId]
			for i := range b.Rows {
				if text := v.TextAt(i); bytes.HasPrefix(text, []byte(begins.Text)) {
					begins.Offer(string(text))
					places[string(text)] = place{o.Key, group}
				}
			}
			if len(places) > 0 && len(begins.Text) == chargeIDLength || begins.Ambiguous() {
				return errFound
			}
			return nil
		})
		if err != nil && !errors.Is(err, errFound) {
			return nil, err
		}
	}
	found := map[string]*schemas.Charge{}
	for _, id := range begins.Found() {
		at, ok := places[id]
		if !ok { // no charge
			continue
		}
		c, err := l.readCharge(ctx, at.key, at.group, id)
		if err != nil {
			return nil, err
		}
		found[id] = c
	}
	return found, nil
}

// readCharge reads one charge with its steps.
func (l *Look) readCharge(ctx context.Context, key string, group int, id string) (*schemas.Charge, error) {
	var c *schemas.Charge
	err := l.scan(ctx, key, scanning{table: &schemas.Charges, column: -1, group: &group}, func(b *dataset.Batch, _ int) (err error) {
		for i := range b.Rows {
			if string(b.Columns[schemas.ChargeChargeId].TextAt(i)) == id {
				if c, err = rows.ChargeAt(b, i); err != nil {
					return fmt.Errorf("%s: charge %s: %w", key, id, err)
				}
				return errFound
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFound) {
		return nil, err
	}
	if c == nil {
		return nil, fmt.Errorf("%s: charge %s was there and is not: %w", key, id, dataset.ErrDamaged)
	}
	return c, nil
}

// chargeFacts says what a charge is and where its parts stand in the book.
func (l *Look) chargeFacts(e *Explanation, c *schemas.Charge) {
	b := l.book
	name := ""
	if account, customer, ok := b.Account(c.Account); ok {
		if name = account.Name; name == "" {
			name = customer.Name
		}
	}
	e.fact("account", string(c.Account), name, b.Where(book.KindAccount, string(c.Account)))
	e.fact("subscription", string(c.Subscription), "", b.Where(book.KindSubscription, string(c.Subscription)))
	if offering, ok := b.Offering(c.Offering); ok {
		e.fact("offering", string(c.Offering), offering.Name, b.Where(book.KindOffering, string(c.Offering)))
	} else {
		e.fact("offering", string(c.Offering), "", "")
	}
	l.priceFacts(e, c)
	l.commitmentFact(e, c)
	if meter, ok := b.Meter(c.Meter); ok {
		e.fact("meter", string(c.Meter), describeMeter(meter), b.Where(book.KindMeter, string(c.Meter)))
	}
	zone := b.Zone
	e.fact("for", c.Start.In(zone).Format("2006-01-02 15:04"), "until "+c.End.In(zone).Format("2006-01-02 15:04")+" ("+zone.String()+")", "")
	e.fact("category", string(c.Category), string(c.Frequency), "")
	switch {
	case c.Corrects == "":
	case c.Model == schemas.ServiceCredit:
		e.fact("corrects", string(c.Corrects), "its draft gave something else than is due by what is known now, and this is the difference", "")
	default:
		e.fact("corrects", string(c.Corrects), "it was rated again with all that is known of it, and this is the difference to what was charged", "")
	}
	e.fact("SKU", string(c.SKU), c.SkuMeter, "")
	e.fact("region", c.Region, "", "")
	if peer, ok := b.Peer(c.Peer); ok {
		e.fact("peer", string(c.Peer), peer.Name, b.Where(book.KindPeer, string(c.Peer)))
	}
}

// priceFacts names the price, its version and validity, and the exchange rates between its currency and the account's.
func (l *Look) priceFacts(e *Explanation, c *schemas.Charge) {
	if c.Price == "" || c.Model == schemas.ServiceCredit {
		return
	}
	b := l.book
	value := string(c.Price)
	if c.Version != "" {
		value += "@" + c.Version
	}
	if c.Category == schemas.CategoryTax {
		e.fact("tax rate", value, "", b.Where(book.KindTax, string(c.Price)))
		return
	}
	text := c.Model
	p := l.price(c)
	if p != nil {
		if v := p.Validity; !v.From.IsZero() {
			text += ", in force from " + v.From.String()
		}
		if v := p.Validity; !v.To.IsZero() {
			text += " until " + v.To.String()
		}
		if v := p.Validity; !v.KnownSince.IsZero() {
			text += ", known since " + v.KnownSince.String()
		}
		l.exchange(e, p.Currency, c)
	}
	e.fact("price", value, text, b.WherePrice(c.Offering, c.Price, c.Version))
}

// commitmentFact says where the commitment stands that made a charge. The charge names it in its description.
func (l *Look) commitmentFact(e *Explanation, c *schemas.Charge) {
	account, _, ok := l.book.Account(c.Account)
	if !ok || c.PricingKind != schemas.PricingCommitted {
		return
	}
	_, rest, _ := strings.Cut(c.Description, " commitment ")
	id, _, _ := strings.Cut(rest, " ")
	for i := range account.Commitments {
		if m := &account.Commitments[i]; m.ID == id {
			e.fact("commitment", m.ID, describeCommitment(m), l.book.WhereCommitment(c.Account, m.ID))
		}
	}
}

// describeCommitment says what is promised, how often and from when on.
func describeCommitment(m *schemas.Commitment) string {
	text := m.Amount.String() + " " + string(m.Currency)
	if n := m.Every.Months(); n > 1 {
		text += fmt.Sprintf(" in %d months", n)
	}
	if m.Window != "" {
		text += " in each " + string(m.Window)
	}
	if !m.Validity.From.IsZero() {
		text += " from " + m.Validity.From.String()
	}
	return text
}

// price finds the price of a charge in the book: of its subscription, or of its offering.
func (l *Look) price(c *schemas.Charge) *schemas.Price {
	is := func(p schemas.Price) bool { return p.ID == c.Price && p.Version == c.Version }
	if account, _, ok := l.book.Account(c.Account); ok {
		for i := range account.Subscriptions {
			if s := &account.Subscriptions[i]; s.ID == c.Subscription {
				if n := slices.IndexFunc(s.Overrides, is); n >= 0 {
					return &s.Overrides[n]
				}
			}
		}
	}
	if offering, ok := l.book.Offering(c.Offering); ok {
		if n := slices.IndexFunc(offering.Prices, is); n >= 0 {
			return &offering.Prices[n]
		}
	}
	return nil
}

// Exchange is a conversion that a charge used, with the published rates that it is made of.
type Exchange struct {
	From   money.Currency `json:"from"`
	To     money.Currency `json:"to"`
	Factor string         `json:"factor"`
	Legs   []string       `json:"legs"`
}

// exchange adds the conversion from a currency into that of the charge, as rating looked it up.
func (l *Look) exchange(e *Explanation, from money.Currency, c *schemas.Charge) {
	has := slices.ContainsFunc(e.Exchange, func(x Exchange) bool { return x.From == from && x.To == c.Currency })
	if from == "" || from == c.Currency || has {
		return
	}
	day := l.rateDay()
	if l.book.Provider.Exchange.Day == schemas.AtUsage {
		day = schemas.DateOf(c.Start, l.book.Zone)
	}
	l.exchangeOn(e, from, c.Currency, day)
}

// exchangeOn adds the conversion of a day.
func (l *Look) exchangeOn(e *Explanation, from, to money.Currency, day schemas.Date) {
	found, ok := l.book.Convert(from, to, day, l.asOf())
	if !ok {
		return
	}
	x := Exchange{From: from, To: to, Factor: found.Factor.String()}
	for _, r := range found.Legs {
		x.Legs = append(x.Legs, fmt.Sprintf("1 %s = %s %s on %s", r.Base, r.Value, r.Quote, r.Day))
	}
	e.Exchange = append(e.Exchange, x)
}

// describeMeter says in words how a meter makes a quantity.
func describeMeter(m *schemas.Meter) string {
	text := string(cmp.Or(m.Aggregation, schemas.AggregateSum))
	if m.Name != "" {
		text = m.Name + ": " + text
	}
	if m.Window != "" {
		text += " of " + string(m.WindowAggregation) + " per " + string(m.Window)
	}
	text += " of " + string(cmp.Or(m.Value, schemas.ValueConsumed))
	if m.Unit != "" {
		text += " in " + m.Unit
	}
	if len(m.GroupBy) > 0 {
		text += " by " + strings.Join(m.GroupBy, ", ")
	}
	return text
}
