package bills

import (
	"slices"

	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// A thread is an account's use of one rate, or of one resource under it, and the bill's rows for that. Its slots are its charge
// periods, in order. What is wrong is taken out of it in the order of the classes: rows that repeat one another, rows that are in the
// slot beside their own, and then each slot is compared.

// slot is one charge period of a thread.
type slot struct {
	day     schemas.Date
	metered money.Decimal
	// carried is what was expected of an earlier slot, when its month was compared.
	carried money.Decimal
	own     *line // one of those of our meters; nil where they counted nothing
	earlier bool
	bill    []*line
	billed  money.Decimal // quantity of the bill
	// billedEarlier says that the bill of the month before has rows for it that our meters did not count; moved, that its rows were
	// found in the slot beside it.
	billedEarlier, moved bool
}

// thread compares lines of one thread, of which first is the first kind; counted says that our meters counted any of it beside.
func (d *Detail) thread(lines []*line, first *kind, counted bool) error {
	slots := d.slotsOf(lines)
	metered := lines[0].compares()
	for _, s := range slots {
		if err := d.duplicates(s, metered); err != nil {
			return err
		}
	}
	l := lines[0]
	switch {
	case l.term == nil || l.account == "" && !l.ourOwn:
		class := peerbill.ResourceUnknown
		if l.account == "" && !l.ourOwn {
			class = peerbill.BilledAccountUnknown
		}
		for _, s := range slots {
			for _, l := range s.bill {
				if err := d.unknown(l, class); err != nil {
					return err
				}
			}
		}
		return nil
	case metered:
		known := counted || slices.ContainsFunc(slots, func(s *slot) bool { return s.own != nil })
		d.move(slots)
		return d.compareAll(slots, known)
	}
	for _, s := range slots {
		for _, l := range s.bill {
			s.metered = s.metered.Add(l.quantity.Decimal())
		}
		if err := d.compare(s, first); err != nil {
			return err
		}
	}
	return nil
}

// compares reports whether our meters count what the line is of.
func (l *line) compares() bool {
	return l.term != nil && l.term.rate.Basis == schemas.BasisMeter && l.account != ""
}

func (d *Detail) slotsOf(lines []*line) (out []*slot) {
	first := d.contracts.cuts[0]
	for _, l := range lines {
		if len(out) == 0 || out[len(out)-1].day != l.day {
			out = append(out, &slot{day: l.day, earlier: l.day.Before(first)})
		}
		s := out[len(out)-1]
		switch {
		case l.own:
			s.own = l
			s.metered = s.metered.Add(l.quantity.Decimal())
			s.carried = s.carried.Add(l.cost.Decimal())
		case l.earlier:
			s.billedEarlier = true
		default:
			s.bill = append(s.bill, l)
			s.billed = s.billed.Add(l.quantity.Decimal())
		}
	}
	return out
}

// duplicates takes rows out of a slot that repeat another one: where our meters count, as many as bring the bill nearer to them.
func (d *Detail) duplicates(s *slot, metered bool) error {
	seen := map[sameRow]bool{}
	kept := s.bill[:0:0]
	for _, l := range s.bill {
		as := sameRow{l.kind, l.named, l.start, l.end, l.quantity, l.cost, l.product}
		if !seen[as] || !metered && l.named == "" || metered && !s.nearerWithout(l) {
			seen[as] = true
			kept = append(kept, l)
			continue
		}
		s.billed = s.billed.Sub(l.quantity.Decimal())
		x := d.discrepancy(l.kind, l, peerbill.DuplicateRow)
		x.Billed, x.ActualBilled, x.Actual = l.quantity.Decimal(), l.cost.Decimal(), d.convert(l.cost, l.currency, l.contract)
		x.UsageEffect = d.priceOf(l.term, x.Billed)
		x.RateEffect = x.Actual.Sub(x.UsageEffect)
		if err := d.found(&x, l.kind, []*line{l}); err != nil {
			return err
		}
	}
	s.bill = kept
	return nil
}

// sameRow is what rows have in common that repeat one another.
type sameRow struct {
	kind                    *kind
	resource                string
	start, end              int64
	quantity, cost, product money.Fixed
}

// nearerWithout reports whether the bill is nearer to what our meters counted without a row, which is not the only one.
func (s *slot) nearerWithout(l *line) bool {
	off := s.billed.Sub(s.metered)
	return off.Sub(l.quantity.Decimal()).Abs().LessThan(off.Abs())
}

// move finds rows of the bill that lie one charge period beside that of their use: those of a period that has none counted, and
// otherwise the one row without which its own period is nearer to what was counted.
func (d *Detail) move(slots []*slot) {
	for i, s := range slots {
		if s.own == nil || len(s.bill) > 0 || s.metered.IsZero() {
			continue
		}
		for _, k := range []int{i + 1, i - 1} {
			if k < 0 || k >= len(slots) || !beside(s.day, slots[k].day) {
				continue
			}
			n := slots[k]
			if n.own == nil && len(n.bill) > 0 {
				s.bill, n.bill, s.moved = n.bill, nil, true
			} else if best := n.spare(); best >= 0 {
				s.bill, s.moved = []*line{n.bill[best]}, true
				n.billed = n.billed.Sub(n.bill[best].quantity.Decimal())
				n.bill = slices.Delete(n.bill, best, best+1)
			} else if n.billedEarlier && n.own == nil && !s.earlier {
				s.moved, n.billedEarlier = true, false
			}
			if s.moved {
				break
			}
		}
	}
}

// beside reports whether two charge periods follow one another, by days or by months.
func beside(a, b schemas.Date) bool {
	if a.After(b) {
		a, b = b, a
	}
	return b.Sub(a) == 1 || a.Day() == 1 && b.Day() == 1 && a.AddMonths(1) == b
}

// spare is the row of a slot without which it comes nearest to what was counted; below zero where it is nearer with all.
func (s *slot) spare() int {
	best, nearest := -1, s.billed.Sub(s.metered).Abs()
	if len(s.bill) < 2 {
		return best
	}
	for i, l := range s.bill {
		if off := s.billed.Sub(l.quantity.Decimal()).Sub(s.metered).Abs(); off.LessThan(nearest) {
			best, nearest = i, off
		}
	}
	return best
}

// compareAll compares the slots of a thread that our meters count; known says that they saw its resource at all.
func (d *Detail) compareAll(slots []*slot, known bool) error {
	for _, s := range slots {
		switch {
		case s.own != nil && len(s.bill) > 0:
			if err := d.compare(s, s.bill[0].kind); err != nil {
				return err
			}
		case s.own != nil && !s.earlier:
			if err := d.missing(s); err != nil {
				return err
			}
		default:
			for _, l := range s.bill {
				class := peerbill.MissingInMeter
				if !known && l.contract.Detail.By == agreed.ByResource {
					class = peerbill.ResourceUnknown
				}
				if err := d.unknown(l, class); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// priceOf is what a quantity costs under a rate, by what our meters count; 0 where no rate covers it.
func (d *Detail) priceOf(t *term, q money.Decimal) money.Decimal {
	p := d.pricings[t]
	if p == nil {
		return money.Zero
	}
	if p.flat {
		return money.RoundTo(q.Mul(p.price.Decimal()), matchPlaces, money.HalfEven)
	}
	return apply(p.base, q)
}

// priceBeside is what a quantity costs that stands beside another one that our meters counted.
func (d *Detail) priceBeside(t *term, q, metered, expected money.Decimal) money.Decimal {
	p := d.pricings[t]
	if p == nil || p.flat {
		return d.priceOf(t, q)
	}
	return expected.Add(apply(p.step, q.Sub(metered)))
}

func apply(r money.Ratio, q money.Decimal) money.Decimal {
	v, err := r.Apply(q, matchPlaces, money.HalfEven)
	if err != nil { // a denominator of zero, which no slope has
		return money.Zero
	}
	return v
}

// discrepancy begins one of a line or slot of a kind.
func (d *Detail) discrepancy(k *kind, l *line, class peerbill.Class) peerbill.Discrepancy {
	x := peerbill.Discrepancy{
		Period: d.contracts.period, Peer: k.peer, Contract: k.contract.ID, Service: k.service, SKU: k.sku, Region: k.region, Account: l.account,
		Resource: l.resource, Day: l.day, Class: class, Currency: k.contract.Currency, BilledCurrency: k.currency,
	}
	if k.term != nil {
		x.Unit = k.term.rate.Unit
	}
	return x
}

// unknown files a row of the bill that nothing of ours stands against: all of it is wrong.
func (d *Detail) unknown(l *line, class peerbill.Class) error {
	x := d.discrepancy(l.kind, l, class)
	x.Billed, x.ActualBilled, x.Actual = l.quantity.Decimal(), l.cost.Decimal(), d.convert(l.cost, l.currency, l.contract)
	x.UsageEffect = d.priceOf(l.term, x.Billed)
	e := d.effects([]*line{l}, x.Actual, x.UsageEffect)
	x.RateEffect, x.OtherEffect = e.rate, e.other
	var notes []peerbill.Class
	if l.term == nil && class == peerbill.BilledAccountUnknown {
		notes = append(notes, peerbill.ResourceUnknown)
	}
	if l.currency != l.contract.Currency {
		notes = append(notes, peerbill.WrongCurrency)
	}
	if l.term != nil {
		notes = append(notes, e.classes()...)
	}
	return d.found(&x, l.kind, []*line{l}, notes...)
}

// missing files what our meters counted and the bill lacks; where the bill of the month before has it, that was of a wrong period.
func (d *Detail) missing(s *slot) error {
	own := s.own
	class := peerbill.MissingInBill
	if s.moved {
		class = peerbill.WrongPeriod
	}
	x := d.discrepancy(own.kind, own, class)
	x.Metered, x.Expected = s.metered, d.priceOf(own.term, s.metered)
	x.UsageEffect = x.Expected.Neg()
	if x.Expected.IsZero() {
		return nil
	}
	return d.found(&x, own.kind, nil)
}

// effects are what makes an amount differ from the price of its quantity.
type effects struct {
	rate, other money.Decimal
	// half and whole are half a minor unit and a whole one for each row.
	half, whole money.Decimal
	// off is by how much the amount is not its quantity by its price; nominal says that it is right but for its currency.
	off     money.Decimal
	nominal bool
}

// effects of lines whose quantity is priced at atBilled. Where the amount is that price but for a minor unit, the rate is right;
// otherwise it is as the peer states it, or as its amount says.
func (d *Detail) effects(lines []*line, actual, atBilled money.Decimal) effects {
	var e effects
	places, _ := money.MinorUnits(lines[0].contract.Currency)
	n := int64(len(lines))
	e.half, e.whole = money.NewDecimal(5*n, -places-1), money.NewDecimal(n, -places)
	byRate, nominal, foreign := money.Zero, money.Zero, false
	for _, l := range lines {
		if l.priced {
			byRate = byRate.Add(l.product.Decimal())
		} else {
			byRate = byRate.Add(d.convert(l.cost, l.currency, l.contract))
		}
		nominal = nominal.Add(l.cost.Decimal())
		foreign = foreign || l.currency != l.contract.Currency
	}
	if actual.Sub(atBilled).Abs().GreaterThan(e.whole) {
		e.rate = byRate.Sub(atBilled)
	} else {
		byRate = atBilled
	}
	e.other = actual.Sub(byRate)
	e.off = e.other.Abs()
	if off := nominal.Sub(atBilled).Abs(); foreign && !off.GreaterThan(e.whole) {
		e.nominal, e.off = true, off
	}
	return e
}

// classes are those of the effects.
func (e *effects) classes() (out []peerbill.Class) {
	if !e.nominal && (!e.rate.IsZero() || e.off.GreaterThan(e.whole)) {
		out = append(out, peerbill.WrongRate)
	}
	if e.off.GreaterThan(e.half) && !e.off.GreaterThan(e.whole) {
		out = append(out, peerbill.WrongRounding)
	}
	return out
}

// compare holds the rows of a slot against what our meters counted in it.
func (d *Detail) compare(s *slot, k *kind) error {
	if len(s.bill) == 0 {
		return nil
	}
	first := s.bill[0]
	x := d.discrepancy(k, first, "")
	named := k.rated()
	x.Service, x.SKU, x.Region, x.Day = named.service, named.sku, named.region, s.day
	foreign := false
	for _, l := range s.bill {
		x.Billed = x.Billed.Add(l.quantity.Decimal())
		x.Actual = x.Actual.Add(d.convert(l.cost, l.currency, l.contract))
		x.ActualBilled = x.ActualBilled.Add(l.cost.Decimal())
		foreign = foreign || l.currency != l.contract.Currency
	}
	x.Metered = s.metered
	x.Expected = d.priceOf(k.term, s.metered)
	if s.earlier && !s.carried.IsZero() {
		x.Expected = s.carried
	}
	atBilled := d.priceBeside(k.term, x.Billed, s.metered, x.Expected)
	e := d.effects(s.bill, x.Actual, atBilled)
	x.UsageEffect, x.RateEffect, x.OtherEffect = atBilled.Sub(x.Expected), e.rate, e.other
	var classes []peerbill.Class
	if foreign {
		classes = append(classes, peerbill.WrongCurrency)
	}
	if s.moved {
		classes = append(classes, peerbill.WrongPeriod)
	}
	all := e.classes()
	rounding := slices.Contains(all, peerbill.WrongRounding)
	if slices.Contains(all, peerbill.WrongRate) {
		classes = append(classes, peerbill.WrongRate)
	}
	switch x.Billed.Cmp(s.metered) {
	case 1:
		classes = append(classes, peerbill.OverUsage)
	case -1:
		classes = append(classes, peerbill.UnderUsage)
	}
	if rounding {
		classes = append(classes, peerbill.WrongRounding)
	}
	if s.earlier && !s.moved {
		classes = append([]peerbill.Class{peerbill.LateArrival}, classes...)
	}
	if len(classes) == 0 {
		return d.agreed(&x, s.bill)
	}
	x.Class = classes[0]
	return d.found(&x, first.kind, s.bill, classes[1:]...)
}

// agreed counts rows that agree but for what rounding leaves.
func (d *Detail) agreed(x *peerbill.Discrepancy, rows []*line) error {
	more := billLine{billKey: billKey{x.Contract, x.BilledCurrency}, rows: int64(len(rows))}
	if err := fixedAll([]*money.Fixed{&more.billed, &more.actual, &more.expected, &more.rounding},
		x.ActualBilled, x.Actual, x.Expected, x.Actual.Sub(x.Expected)); err != nil {
		return err
	}
	return d.sums.addBill(&more)
}

// found files a discrepancy with the second causes of the same rows.
func (d *Detail) found(x *peerbill.Discrepancy, k *kind, rows []*line, notes ...peerbill.Class) error {
	x.Amount = x.Actual.Sub(x.Expected)
	x.BillRows = int64(len(rows))
	if len(rows) > 0 {
		x.Object, x.Row, x.Invoice = rows[0].object, rows[0].row, rows[0].invoice
	}
	x.ID = discrepancyID(x)
	measure := x.Amount
	if x.Class == peerbill.WrongCurrency || x.Class == peerbill.WrongPeriod {
		measure = x.Actual.Abs().Add(x.Amount.Abs())
	}
	x.Tolerated = !k.contract.Tolerance.Beyond(measure, x.Expected)
	if err := d.sums.discrepancy(x, rows); err != nil {
		return err
	}
	d.at = d.at[:0]
	for _, l := range rows {
		d.at = append(d.at, BillRow{l.object, l.row})
	}
	if err := d.emit(x, d.at); err != nil {
		return err
	}
	for _, class := range notes {
		note := *x
		note.Class, note.Note, note.Tolerated, note.Amount = class, true, true, money.Zero
		note.ID = discrepancyID(&note)
		if err := d.emit(&note, nil); err != nil {
			return err
		}
	}
	return nil
}

// discrepancy counts one in the bill that it is of; rows in several currencies are of as many bills.
func (s *BillSums) discrepancy(x *peerbill.Discrepancy, rows []*line) error {
	more := billLine{billKey: billKey{x.Contract, x.BilledCurrency}}
	err := fixedAll([]*money.Fixed{&more.actual, &more.expected}, x.Actual, x.Expected)
	if err != nil {
		return err
	}
	amount, err := money.FixedFromDecimal(x.Amount)
	if err != nil {
		return err
	}
	switch {
	case x.Tolerated:
		more.tolerated = amount
	default:
		more.disputed, more.discrepancies = amount, 1
		if amount.Sign() > 0 {
			more.withheld = amount
		}
	}
	first := s.contracts.cuts[0]
	switch {
	case x.Class == peerbill.MissingInBill:
		more.accrued = more.expected
	case x.Day.Before(first) && (x.Class == peerbill.LateArrival || x.Class == peerbill.WrongPeriod):
		more.laterBilled, more.laterAccrued = more.actual, more.expected
	}
	if err := s.addBill(&more); err != nil {
		return err
	}
	for _, l := range rows {
		b := s.bill(billKey{x.Contract, l.currency})
		b.rows++
		if err := tally.AddAll("bill", string(x.Contract), []*money.Fixed{&b.billed}, []money.Fixed{l.cost}); err != nil {
			return err
		}
	}
	return nil
}

func fixedAll(to []*money.Fixed, from ...money.Decimal) error {
	for i, v := range from {
		f, err := money.FixedFromDecimal(v)
		if err != nil {
			return err
		}
		*to[i] = f
	}
	return nil
}
