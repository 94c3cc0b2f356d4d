package bills

import (
	"cmp"
	"slices"

	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// Nearly every row of a bill is as it should be. What our meters and the bill have of a charge period is plain where the quantities and
// the amount agree but for what rounding leaves, by numbers of one scale: it is counted, and nothing else. All other periods of a
// thread, and those beside one that the bill lacks, of which a row may be its own, are compared as lines.

// Match calls emit with every discrepancy of the rows that it holds and of all that is from the period before, in the order of
// peerbill.Discrepancies, and the bill's rows that it is of, none of a note. Both arguments of emit are valid during the call. It
// holds no rows any more then.
func (d *Detail) Match(emit func(*peerbill.Discrepancy, []BillRow) error) error {
	return d.match(len(d.before), emit)
}

// MatchThrough is Match, with what is from the period before of accounts up to one.
func (d *Detail) MatchThrough(account schemas.AccountID, emit func(*peerbill.Discrepancy, []BillRow) error) error {
	byAccount := func(a, b before) int { return cmp.Compare(a.account, b.account) }
	if !slices.IsSortedFunc(d.before, byAccount) {
		slices.SortStableFunc(d.before, byAccount)
	}
	n, _ := slices.BinarySearchFunc(d.before, string(account)+"\x00", func(b before, to string) int { return cmp.Compare(b.account, to) })
	return d.match(n, emit)
}

// match matches the rows, and the first n of the period before, which stay until the last share has been matched.
func (d *Detail) match(n int, emit func(*peerbill.Discrepancy, []BillRow) error) error {
	h := &d.held
	for i := range d.before[:n] {
		b := &d.before[i]
		if !d.takes(schemas.AccountID(b.account), b.resource) {
			continue
		}
		e := h.next()
		*e = b.entry
		e.account, e.resource = h.accounts.code([]byte(b.account)), h.resources.code([]byte(b.resource))
		h.use(e)
	}
	if d.share == d.shares-1 {
		d.before = d.before[n:]
	}
	if h.n == 0 {
		return nil
	}
	d.emit = emit
	h.arrange()
	for rest := h.order; len(rest) > 0; {
		n, thread := 1, h.bits.thread(rest[0].key)
		for n < len(rest) && h.bits.thread(rest[n].key) == thread {
			n++
		}
		if err := d.threadOf(rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	h.clear()
	return nil
}

// span is a charge period of a thread: entries [from, bill) of our meters, and [bill, to) of the bill.
type span struct {
	from, bill, to int
	// plain says that both agree; hollow, that the bill has nothing for what our meters counted; asLines, that it is compared so.
	plain, hollow, asLines bool
	actual, expected       money.Fixed
}

// room is memory of threads, which serves again.
type room struct {
	spans []span
	slab  []line
	lines []*line
}

// threadOf compares the entries of a thread.
func (d *Detail) threadOf(list []placed) error {
	h, first := &d.held, d.held.at(list[0].entry)
	kind := h.kind(first)
	metered := kind.term != nil && kind.term.rate.Basis == schemas.BasisMeter && first.account != 0
	judged := kind.pricing != nil && (first.account != 0 || first.ourOwn) && (metered || kind.native)
	spans := d.room.spans[:0]
	for from := 0; from < len(list); {
		s := span{from: from, bill: from}
		for s.to = from; s.to < len(list) && list[s.to].key>>1 == list[from].key>>1; s.to++ {
			if list[s.to].key&1 == 0 {
				s.bill = s.to + 1
			}
		}
		s.plain = judged && d.plain(&s, list, metered)
		s.hollow = metered && !s.plain && s.bill > s.from && !h.hasBill(list[s.bill:s.to])
		spans = append(spans, s)
		from = s.to
	}
	d.room.spans = spans
	n, counted := 0, false
	for i := range spans {
		s := &spans[i]
		s.asLines = !s.plain || i > 0 && spans[i-1].hollow || i+1 < len(spans) && spans[i+1].hollow
		if s.asLines {
			n += s.to - s.from
			continue
		}
		counted = counted || metered
		k := kind
		if metered {
			k = h.kind(h.at(list[s.bill].entry))
		}
		if err := d.agree(k, s); err != nil {
			return err
		}
	}
	if n == 0 {
		return nil
	}
	lines, err := d.linesOf(list, n)
	if err != nil {
		return err
	}
	return d.thread(lines, kind, counted)
}

// hasBill reports whether any of the entries is of the bill of the period.
func (h *held) hasBill(list []placed) bool {
	return slices.ContainsFunc(list, func(p placed) bool { return !h.at(p.entry).earlier })
}

// plain reports whether both sides of a span agree, and sums its amounts.
func (d *Detail) plain(s *span, list []placed, metered bool) bool {
	h := &d.held
	if s.bill == s.to || metered && s.bill == s.from || h.at(list[s.from].entry).day.Before(d.contracts.cuts[0]) {
		return false
	}
	var used, billed money.Fixed
	var ok bool
	for _, p := range list[s.from:s.bill] {
		e := h.at(p.entry)
		if e.earlier || !metered {
			return false
		}
		if used, ok = money.AddOK(used, e.quantity); !ok {
			return false
		}
	}
	var last *entry
	for _, p := range list[s.bill:s.to] {
		e := h.at(p.entry)
		if e.earlier || !h.kind(e).native || last != nil && last.start >= e.start {
			return false // it may repeat the last one
		}
		if billed, ok = money.AddOK(billed, e.quantity); !ok {
			return false
		}
		if s.actual, ok = money.AddOK(s.actual, e.cost); !ok {
			return false
		}
		last = e
	}
	if metered && used != billed {
		return false
	}
	k := h.kind(h.at(list[s.bill].entry))
	if s.expected, ok = d.priceOfFixed(k, billed); !ok {
		return false
	}
	half := k.half
	if n := int64(s.to - s.bill); n > 1 {
		half = halfUnit(k.contract.Currency, n)
	}
	off, err := s.actual.Sub(s.expected)
	return err == nil && off.Abs().Cmp(half) <= 0
}

// priceOfFixed is priceOf in numbers of one scale; false where it does not fit.
func (d *Detail) priceOfFixed(k *kind, q money.Fixed) (money.Fixed, bool) {
	if k.pricing.flat {
		v, err := money.MulWide(q, k.pricing.price).Round(money.ProductScale, money.Scale, money.HalfEven)
		return v, err == nil
	}
	v, err := money.FixedFromDecimal(d.priceOf(k.term, q.Decimal()))
	return v, err == nil
}

// agree counts a plain span in the bill of a kind.
func (d *Detail) agree(k *kind, s *span) error {
	if k.agreed == nil {
		k.agreed = d.sums.bill(billKey{k.contract.ID, k.currency})
	}
	off, err := s.actual.Sub(s.expected)
	if err != nil {
		return err
	}
	b := k.agreed
	b.rows += int64(s.to - s.bill)
	return tally.AddAll("bill", string(k.contract.ID), []*money.Fixed{&b.billed, &b.actual, &b.expected, &b.rounding},
		[]money.Fixed{s.actual, s.actual, s.expected, off})
}

// linesOf are the n lines of the spans of a thread that are compared so; they are valid until the next call.
func (d *Detail) linesOf(list []placed, n int) ([]*line, error) {
	r, h := &d.room, &d.held
	r.slab = slices.Grow(r.slab[:0], n)[:n]
	r.lines = r.lines[:0]
	for i := range r.spans {
		s := &r.spans[i]
		if !s.asLines {
			continue
		}
		for _, p := range list[s.from:s.to] {
			l := &r.slab[len(r.lines)]
			if err := h.line(h.at(p.entry), l); err != nil {
				return nil, err
			}
			r.lines = append(r.lines, l)
		}
	}
	return r.lines, nil
}

// line is an entry with its texts.
func (h *held) line(e *entry, l *line) error {
	*l = line{
		kind: h.kind(e), account: schemas.AccountID(h.accounts.text(e.account)), day: e.day, start: e.start, end: e.end, quantity: e.quantity, cost: e.cost,
		object: h.texts.text(e.object), invoice: h.texts.text(e.invoice), row: e.row, own: e.own, earlier: e.earlier, priced: e.priced, ourOwn: e.ourOwn,
	}
	if !e.earlier {
		l.named = h.resources.text(e.resource)
	}
	if e.byResource {
		l.resource = h.resources.text(e.resource)
	}
	var err error
	if e.priced {
		l.product, err = money.MulWide(e.stated, e.price).Round(money.ProductScale, money.Scale, money.HalfEven)
	}
	return err
}

// Account is the number of an account, for Numbers. It is valid until the rows are matched.
func (d *Detail) Account(id []byte) uint32 { return d.held.accounts.code(id) }

// Resource is the number of a resource's name, which is valid as long.
func (d *Detail) Resource(name []byte) uint32 { return d.held.resources.code(name) }

// Name is the number of another text, valid for good.
func (d *Detail) Name(text []byte) uint32 { return d.held.texts.code(text) }

// Text is the text of such a number.
func (d *Detail) Text(name uint32) string { return d.held.texts.text(name) }

// Held is how many rows are held.
func (d *Detail) Held() int { return d.held.n }
