package compare

import (
	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/reconcile/bills"
	"daybook/schemas"
	"daybook/schemas/money"
)

// feed takes rows out of batches of one file, column by column, for the comparison of bills. What rows have alike in all that contracts
// read of them is looked up once for each combination of codes.
type feed struct {
	detail    *bills.Detail
	contracts *bills.Contracts
	days      *rows.DayFinder
	own       func(peer schemas.PeerID, billing, sub string) bool
	// counted is called with the rows of bills that are compared, in sums; nil if they are not to be counted.
	counted func(peer schemas.PeerID, invoice string, currency money.Currency, billed money.Fixed, rows int64) error

	batch *dataset.Batch
	dicts [len(useCodes{}.codes) + 2]*dataset.Dictionary
	ways  map[useCodes]*way
	// recent are ways seen lately, by a mix of their codes.
	recent [1 << recentBits]*way
	texts  [2][]uint32 // the names of objects and invoices, by code: one more than the Detail's
	// numbers are where the numbers of the batch lie; nil of a column that it lacks.
	numbers [4][]money.Fixed
	row     bills.Numbers
}

const recentBits = 8

// way is a way by the codes of its rows, with what was counted of those of one invoice.
type way struct {
	*bills.Way
	key      useCodes
	peer     schemas.PeerID
	currency money.Currency
	billed   bool
	invoice  uint32
	rows     int64
	sum      money.Fixed
}

// numberColumns are the columns of a row's numbers, in order.
var numberColumns = [4]int{schemas.UseConsumedQuantity, schemas.UsePricingQuantity, schemas.UseListCost, schemas.UseBilledCost}

// of begins a batch. Codes mean the same as long as the dictionaries stay.
func (f *feed) of(b *dataset.Batch) error {
	f.batch = b
	same := f.ways != nil
	for i := range f.dicts {
		if dict := b.Columns[dictColumn(i)].Dict; f.dicts[i] != dict {
			f.dicts[i], same = dict, false
		}
	}
	if !same {
		if err := f.fold(); err != nil {
			return err
		}
		f.ways = map[useCodes]*way{}
		clear(f.recent[:])
		f.texts = [2][]uint32{}
	}
	for i, col := range numberColumns {
		f.numbers[i] = nil
		if v := &b.Columns[col]; !v.Absent {
			f.numbers[i] = v.Decs
		}
	}
	return nil
}

// dictColumn is the i-th column whose codes are kept.
func dictColumn(i int) int {
	if n := len(useCodes{}.codes); i >= n {
		return [2]int{schemas.UseObjectKey, schemas.UseInvoiceId}[i-n]
	}
	return UseColumns[i]
}

// fold counts what has not been counted.
func (f *feed) fold() error {
	for _, w := range f.ways {
		if err := f.count(w); err != nil {
			return err
		}
	}
	return nil
}

// count hands on what was counted of a way.
func (f *feed) count(w *way) error {
	if w.rows == 0 || f.counted == nil {
		return nil
	}
	invoice := ""
	if w.invoice != 0 {
		invoice = f.detail.Text(w.invoice)
	}
	rows, sum := w.rows, w.sum
	w.rows, w.sum = 0, money.Fixed{}
	return f.counted(w.peer, invoice, w.currency, sum, rows)
}

// add takes rows [from, to) of the batch, which are of one account, by its number.
func (f *feed) add(account uint32, from, to int) error {
	b := f.batch
	starts, ends, objectRows := b.Columns[schemas.UseChargePeriodStart].Ints, b.Columns[schemas.UseChargePeriodEnd].Ints, b.Columns[schemas.UseObjectRow].Ints
	resources, prices := &b.Columns[schemas.UseResourceId], &b.Columns[schemas.UseContractedUnitPrice]
	n := &f.row
	n.Account = account
	var last *way
	var day, stretch schemas.Date
	for i := from; i < to; i++ {
		if n.Day = f.days.Find(starts[i]); n.Day != day {
			day, stretch = n.Day, f.contracts.Stretch(n.Day)
		}
		w := f.wayOf(last, i, stretch)
		if last = w; w.Skips() {
			continue
		}
		n.Start, n.End, n.Row = starts[i], ends[i], objectRows[i]
		n.Consumed, n.Priced, n.List, n.Billed = numberAt(f.numbers[0], i), numberAt(f.numbers[1], i), numberAt(f.numbers[2], i), numberAt(f.numbers[3], i)
		n.Resource = 0
		if !resources.Absent {
			n.Resource = f.detail.Resource(resources.TextAt(i))
		}
		if n.OurOwn = false; w.billed {
			n.Object, n.Invoice = f.nameAt(0, i), f.nameAt(1, i)
			if n.HasPrice = !prices.IsNull(i); n.HasPrice {
				n.UnitPrice = prices.Decs[i]
			}
			if account == 0 {
				n.OurOwn = f.own(w.peer, string(b.Columns[schemas.UseBillingAccountId].TextAt(i)), string(b.Columns[schemas.UseSubAccountId].TextAt(i)))
			}
			if err := f.sum(w, n); err != nil {
				return err
			}
		}
		if err := f.detail.Take(w.Way, n); err != nil {
			return err
		}
	}
	return nil
}

// sum counts a row of a bill, with those of the same way and invoice.
func (f *feed) sum(w *way, n *bills.Numbers) error {
	if w.invoice != n.Invoice {
		if err := f.count(w); err != nil {
			return err
		}
		w.invoice = n.Invoice
	}
	sum, ok := money.AddOK(w.sum, n.Billed)
	if !ok {
		return money.ErrOverflow
	}
	w.sum, w.rows = sum, w.rows+1
	return nil
}

func numberAt(list []money.Fixed, i int) (v money.Fixed) {
	if list != nil {
		v = list[i]
	}
	return v
}

// nameAt is the number of the object, or of the invoice, of row i.
func (f *feed) nameAt(which, i int) uint32 {
	v := &f.batch.Columns[dictColumn(len(useCodes{}.codes)+which)]
	if v.IsNull(i) {
		return 0
	}
	code := v.Codes[i]
	if missing := int(code) + 1 - len(f.texts[which]); missing > 0 {
		f.texts[which] = append(f.texts[which], make([]uint32, missing)...)
	}
	at := &f.texts[which][code]
	if *at == 0 {
		*at = f.detail.Name(v.Dict.Value(code)) + 1
	}
	return *at - 1
}

// wayOf finds the way of row i of a day: mostly the one before, or one seen lately.
func (f *feed) wayOf(last *way, i int, day schemas.Date) *way {
	k := codesAt(f.batch, i, day)
	if last != nil && last.key == k {
		return last
	}
	at := &f.recent[k.mix()]
	if *at != nil && (*at).key == k {
		return *at
	}
	w := f.ways[k]
	if w == nil {
		r := UseRow(f.batch, i, day)
		w = &way{Way: f.detail.WayOf(r), key: k, peer: r.Peer, currency: r.Currency}
		w.billed = w.Billed()
		f.ways[k] = w
	}
	*at = w
	return w
}

// mix is a place for the codes among the recent ones.
func (k *useCodes) mix() uint64 {
	h := uint64(0)
	for _, c := range k.codes {
		h = h*31 + uint64(c)
	}
	return dataset.Fold(h, dataset.MixA) >> (64 - recentBits)
}
