package issue

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/register"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Verify checks all that was issued by an entity: the register itself, the runs and the books that it was issued of, and that the
// documents of each run, with the drafts that were left, are its charges: the same identifiers, and the same sum in each currency.
func Verify(ctx context.Context, s store.Store, entity string) (*register.Check, error) {
	runs := map[schemas.RunID]*issuedRun{}
	of := func(c *register.Closing) *issuedRun {
		x := runs[c.Run]
		if x == nil {
			x = &issuedRun{period: c.Period, run: c.Run, manifest: c.Manifest, left: map[register.DraftKey]bool{}, noted: map[string]map[schemas.Period]bool{}, brought: map[run.Earlier]map[string]bool{}, sums: tallied{by: map[money.Currency]money.Fixed{}}}
			runs[c.Run] = x
		}
		return x
	}
	var notes []string
	var lines [][]byte
	var have balances
	check, err := register.Verify(ctx, s, entity, func(c *register.Closing, line []byte) error {
		if len(c.Notes) > 0 {
			lines = append(lines, line)
			return nil
		}
		key, used, err := of(c).document(line)
		if err != nil {
			return err
		}
		return have.document(key, used)
	}, func(e *register.Entry) error {
		wrong, err := have.closed(e)
		if notes = append(notes, wrong...); err != nil {
			return err
		}
		if len(e.Notes) == 0 {
			of(&e.Closing).closed(e)
		} else if wrong := notesDiffer(ctx, s, &e.Closing, lines); wrong != "" && e.Done != nil {
			notes = append(notes, wrong)
		}
		lines = nil
		return nil
	})
	if err != nil {
		return nil, err
	}
	whole := len(check.Wrong) == 0
	check.Wrong = append(check.Wrong, notes...)
	for _, id := range slices.SortedFunc(maps.Keys(runs), func(a, b schemas.RunID) int {
		return compareRuns(runs[a], runs[b])
	}) {
		wrong, err := runs[id].verify(ctx, s, whole, func(e run.Earlier, draft string, corrects schemas.Period) bool {
			x := runs[e.Run]
			return x != nil && x.noted[draft][corrects]
		})
		if err != nil {
			return nil, err
		}
		check.Wrong = append(check.Wrong, wrong...)
	}
	return check, nil
}

// issuedRun is what the documents of one run hold.
type issuedRun struct {
	period   schemas.Period
	run      schemas.RunID
	manifest string
	// left are the drafts of which there is no document.
	left map[register.DraftKey]bool
	// noted are corrections of the run that stand on notes, by draft and month.
	noted map[string]map[schemas.Period]bool
	// brought are the drafts of earlier runs that stand on its documents, by their names.
	brought map[run.Earlier]map[string]bool
	sums    tallied
}

func compareRuns(a, b *issuedRun) int {
	if a.period != b.period {
		return map[bool]int{true: -1, false: 1}[a.period < b.period]
	}
	return map[bool]int{true: -1, false: 1}[a.run < b.run]
}

// tallied counts charges: how many, what they come to by currency, and a digest of their identifiers that does not hang on their
// order.
type tallied struct {
	charges int64
	ids     [sha256.Size]byte
	by      map[money.Currency]money.Fixed
}

func (t *tallied) charge(id string) {
	sum := sha256.Sum256([]byte(id))
	for i, b := range sum {
		t.ids[i] ^= b
	}
	t.charges++
}

// document counts the charges of a document, and returns what of it is no charge: it takes that of a balance.
func (x *issuedRun) document(line []byte) (key register.DraftKey, used money.Fixed, err error) {
	var d struct {
		Account  schemas.AccountID `json:"account"`
		Currency money.Currency    `json:"currency"`
		Lines    []issuedRow       `json:"lines"`
		Taxes    []issuedRow       `json:"taxes"`
		Applied  []issuedRow       `json:"applied"`
	}
	if err := json.Unmarshal(line, &d); err != nil {
		return key, used, err
	}
	key = register.DraftKey{Account: d.Account, Currency: d.Currency}
	d.Applied = slices.DeleteFunc(d.Applied, func(row issuedRow) bool {
		if row.Charge != "" || len(row.Charges) > 0 {
			return false
		}
		if used, err = used.Add(row.Amount); err != nil {
			return false
		}
		return true
	})
	if err != nil {
		return key, used, err
	}
	for _, row := range slices.Concat(d.Lines, d.Taxes, d.Applied) {
		if row.Charge != "" {
			x.sums.charge(row.Charge)
		}
		for _, id := range row.Charges {
			x.sums.charge(id)
		}
		if err := sumOf(x.sums.by, d.Currency, row.Amount); err != nil {
			return key, used, err
		}
	}
	return key, used, nil
}

type issuedRow struct {
	Charge  string      `json:"charge"`
	Charges []string    `json:"charges"`
	Amount  money.Fixed `json:"amount"`
}

// closed notes which drafts a closing left, and which of those that were left it issued.
func (x *issuedRun) closed(e *register.Entry) {
	for i := range e.Left {
		x.left[e.Left[i].DraftKey] = true
	}
	for _, k := range e.Only {
		delete(x.left, k)
	}
	for key, months := range notedOf([]register.Entry{*e}) {
		x.noted[rows.DraftID(x.period, key.Account, key.Currency)] = months
	}
	for _, b := range e.Brought {
		of := run.Earlier{Period: b.Period, Run: b.Run}
		if x.brought[of] == nil {
			x.brought[of] = map[string]bool{}
		}
		x.brought[of][rows.DraftID(b.Period, b.Account, b.Currency)] = true
	}
}

// verify says what of the run is not as it was when its documents were issued, and, if all of these could be read, in what they
// are not its charges.
func (x *issuedRun) verify(ctx context.Context, s store.Store, whole bool, notedThen func(run.Earlier, string, schemas.Period) bool) (wrong []string, err error) {
	m, err := run.ReadManifest(ctx, s, x.period, x.run)
	if _, damaged := errors.AsType[*run.DamagedError](err); damaged || isGone(err) {
		return []string{fmt.Sprintf("the run of which %s was issued cannot be read: %v", x.period, err)}, nil
	}
	if err != nil {
		return nil, err
	}
	if m.Digest != x.manifest {
		wrong = append(wrong, fmt.Sprintf("the manifest of run %s of %s is not the one of which documents were issued", x.run, x.period))
	}
	book, err := run.DamagedBook(ctx, s, &m.Spec)
	if err != nil {
		return nil, err
	}
	wrong = append(wrong, book...)
	left := map[string]bool{}
	for k := range x.left {
		left[rows.DraftID(x.period, k.Account, k.Currency)] = true
	}
	charged := tallied{by: map[money.Currency]money.Fixed{}}
	more, err := charged.run(ctx, s, m, func(draft string, corrects schemas.Period) bool { return !left[draft] && !x.noted[draft][corrects] })
	if err != nil {
		return nil, err
	}
	for e, drafts := range x.brought {
		m, err := run.ReadEarlier(ctx, s, e)
		if err != nil {
			return append(wrong, err.Error()), nil
		}
		if _, err := charged.run(ctx, s, m, func(draft string, corrects schemas.Period) bool {
			return drafts[draft] && !notedThen(e, draft, corrects)
		}); err != nil {
			return nil, err
		}
	}
	wrong, whole = append(wrong, more...), whole && len(more) == 0
	if whole && (charged.charges != x.sums.charges || charged.ids != x.sums.ids || !maps.Equal(nonzero(charged.by), nonzero(x.sums.by))) {
		wrong = append(wrong, fmt.Sprintf("the documents of %s hold %d charges, %s, and run %s has %d, %s, beside what was left",
			x.period, x.sums.charges, sumText(x.sums.by), x.run, charged.charges, sumText(charged.by)))
	}
	return wrong, nil
}

// run counts the charges of a run that stand on drafts of certain names, and says which files of it are not as they were.
func (t *tallied) run(ctx context.Context, s store.Store, m *run.Manifest, takes func(draft string, corrects schemas.Period) bool) (wrong []string, err error) {
	for i := range m.Outputs {
		o := &m.Outputs[i]
		if o.Dataset != schemas.Charges.Name {
			continue
		}
		there, err := o.There(ctx, s, m.Spec.Period)
		damaged, is := errors.AsType[*run.DamagedError](err)
		switch {
		case is:
			wrong = append(wrong, fmt.Sprintf("%s is damaged: %v", damaged.Key, damaged.Reason))
		case err != nil:
			return nil, err
		case !there:
			wrong = append(wrong, o.Key+" is gone")
		default:
			err = t.file(ctx, s, o.Key, takes)
		}
		if err != nil && !is {
			return nil, err
		}
	}
	return wrong, nil
}

// file counts the charges of a file.
func (t *tallied) file(ctx context.Context, s store.Store, key string, takes func(draft string, corrects schemas.Period) bool) error {
	columns := []int{schemas.ChargeCorrectedPeriod, schemas.ChargeBilledCost, schemas.ChargeBillingCurrency, schemas.ChargeDraftInvoiceId, schemas.ChargeChargeId}
	return rows.ScanTable(ctx, s, key, &schemas.Charges, columns, func(b *dataset.Batch) error {
		for i := range b.Rows {
			if !takes(string(b.Columns[schemas.ChargeDraftInvoiceId].TextAt(i)), schemas.Period(b.Columns[schemas.ChargeCorrectedPeriod].StringAt(i))) {
				continue
			}
			t.charge(string(b.Columns[schemas.ChargeChargeId].TextAt(i)))
			currency := money.Currency(b.Columns[schemas.ChargeBillingCurrency].TextAt(i))
			if err := sumOf(t.by, currency, b.Columns[schemas.ChargeBilledCost].Decs[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func nonzero(sums map[money.Currency]money.Fixed) map[money.Currency]money.Fixed {
	out := maps.Clone(sums)
	maps.DeleteFunc(out, func(_ money.Currency, v money.Fixed) bool { return v.IsZero() })
	return out
}

func sumText(sums map[money.Currency]money.Fixed) (text string) {
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		if text != "" {
			text += ", "
		}
		text += sums[currency].String() + " " + string(currency)
	}
	return text
}
