package dataset

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Measures are the columns of a table that control totals add up: a quantity by its unit, a cost by its currency. A
// position below 0 means that the table has none.
type Measures struct{ Quantity, Unit, Cost, Currency int }

// UsageMeasures returns the measures of schemas.Usage: what was consumed, and what was billed for it.
func UsageMeasures() Measures {
	return Measures{
		Quantity: schemas.UseConsumedQuantity, Unit: schemas.UseConsumedUnit,
		Cost: schemas.UseBilledCost, Currency: schemas.UseBillingCurrency,
	}
}

// Totals are control totals: how many rows there are, and the exact sums of their quantities by unit and of their costs
// by currency. Rows without a unit or currency count under the empty text. As JSON they are always the same bytes.
type Totals struct {
	Rows       int64                  `json:"rows"`
	Quantities map[string]money.Fixed `json:"quantities,omitempty"`
	Costs      map[string]money.Fixed `json:"costs,omitempty"`
}

// Merge adds other to t. The error is money.ErrOverflow.
func (t *Totals) Merge(other Totals) error {
	t.Rows += other.Rows
	if err := addSums(&t.Quantities, other.Quantities); err != nil {
		return fmt.Errorf("add up quantities: %w", err)
	}
	if err := addSums(&t.Costs, other.Costs); err != nil {
		return fmt.Errorf("add up costs: %w", err)
	}
	return nil
}

// Less returns t without other, and without the sums that come to nothing then. The error is money.ErrOverflow.
func (t Totals) Less(other Totals) (Totals, error) {
	out := Totals{Rows: t.Rows - other.Rows}
	for _, x := range [...]struct {
		into         *map[string]money.Fixed
		whole, parts map[string]money.Fixed
	}{{&out.Quantities, t.Quantities, other.Quantities}, {&out.Costs, t.Costs, other.Costs}} {
		negated := make(map[string]money.Fixed, len(x.parts))
		for key, part := range x.parts {
			negated[key] = part.Neg()
		}
		if err := errors.Join(addSums(x.into, x.whole), addSums(x.into, negated)); err != nil {
			return Totals{}, err
		}
		maps.DeleteFunc(*x.into, func(_ string, sum money.Fixed) bool { return sum.IsZero() })
	}
	return out, nil
}

// AddQuantity adds the quantity of a row in the given unit. The row itself is counted by whoever adds to Rows.
func (t *Totals) AddQuantity(unit string, quantity money.Fixed) error {
	return addSums(&t.Quantities, map[string]money.Fixed{unit: quantity})
}

// AddCost adds the cost of a row in the given currency.
func (t *Totals) AddCost(currency string, cost money.Fixed) error {
	return addSums(&t.Costs, map[string]money.Fixed{currency: cost})
}

func addSums(sums *map[string]money.Fixed, other map[string]money.Fixed) error {
	for _, key := range slices.Sorted(maps.Keys(other)) {
		sum, err := (*sums)[key].Add(other[key])
		if err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
		if *sums == nil {
			*sums = make(map[string]money.Fixed)
		}
		(*sums)[key] = sum
	}
	return nil
}

// Equal reports whether both are the same; a sum of 0 is the same as none.
func (t Totals) Equal(other Totals) bool { return t.Diff(other) == "" }

// Diff says in one line how t differs from want, or nothing if it does not.
func (t Totals) Diff(want Totals) string {
	var parts []string
	if t.Rows != want.Rows {
		parts = append(parts, fmt.Sprintf("%d rows instead of %d", t.Rows, want.Rows))
	}
	parts = diffSums(parts, "quantity", t.Quantities, want.Quantities)
	parts = diffSums(parts, "cost", t.Costs, want.Costs)
	return strings.Join(parts, "; ")
}

func diffSums(parts []string, what string, have, want map[string]money.Fixed) []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(have)), maps.Keys(want))
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if have[key] != want[key] {
			name := key
			if name == "" {
				name = "(none)"
			}
			parts = append(parts, fmt.Sprintf("%s %s %s instead of %s", what, have[key], name, want[key]))
		}
	}
	return parts
}

// Tally adds up rows of batches by their codes, and becomes Totals at the end. Its zero value is empty. Batches that
// share dictionaries cost least.
type Tally struct {
	rows       int64
	quantities codeSums
	costs      codeSums
	folded     Totals
}

// codeSums are sums by code of one dictionary; the first is that of null.
type codeSums struct {
	dict *Dictionary
	sums []money.Fixed
	used []bool
}

// AddBatch counts all rows of b. The error is money.ErrOverflow.
func (y *Tally) AddBatch(b *Batch, m Measures) error {
	y.rows += int64(b.Rows)
	if err := y.quantities.addColumn(b, m.Quantity, m.Unit, &y.folded.Quantities); err != nil {
		return fmt.Errorf("add up quantities: %w", err)
	}
	if err := y.costs.addColumn(b, m.Cost, m.Currency, &y.folded.Costs); err != nil {
		return fmt.Errorf("add up costs: %w", err)
	}
	return nil
}

// AddRow counts row i of b.
func (y *Tally) AddRow(b *Batch, i int, m Measures) error {
	y.rows++
	if err := y.quantities.addRow(b, i, m.Quantity, m.Unit, &y.folded.Quantities); err != nil {
		return fmt.Errorf("add up quantities: %w", err)
	}
	if err := y.costs.addRow(b, i, m.Cost, m.Currency, &y.folded.Costs); err != nil {
		return fmt.Errorf("add up costs: %w", err)
	}
	return nil
}

// Totals returns what was added so far.
func (y *Tally) Totals() (Totals, error) {
	if err := y.quantities.fold(&y.folded.Quantities); err != nil {
		return Totals{}, fmt.Errorf("add up quantities: %w", err)
	}
	if err := y.costs.fold(&y.folded.Costs); err != nil {
		return Totals{}, fmt.Errorf("add up costs: %w", err)
	}
	return Totals{Rows: y.rows, Quantities: maps.Clone(y.folded.Quantities), Costs: maps.Clone(y.folded.Costs)}, nil
}

// MoreKeysThan reports whether the rows so far have more than n units, or more than n currencies. Where dictionaries began
// anew between batches, one that came before and after counts twice.
func (y *Tally) MoreKeysThan(n int) bool {
	return y.quantities.moreThan(n-len(y.folded.Quantities)) || y.costs.moreThan(n-len(y.folded.Costs))
}

func (s *codeSums) moreThan(n int) bool {
	if len(s.used) <= n {
		return false
	}
	for _, used := range s.used {
		if used {
			n--
		}
	}
	return n < 0
}

// prepare makes room for the codes of the key column.
func (s *codeSums) prepare(b *Batch, key int, into *map[string]money.Fixed) error {
	var dict *Dictionary
	if key >= 0 {
		dict = b.Columns[key].Dict
	}
	if s.dict != dict {
		if err := s.fold(into); err != nil {
			return err
		}
		s.dict = dict
	}
	need := 1
	if dict != nil {
		need += dict.Len()
	}
	for len(s.sums) < need {
		s.sums, s.used = append(s.sums, money.Fixed{}), append(s.used, false)
	}
	return nil
}

func (s *codeSums) addColumn(b *Batch, value, key int, into *map[string]money.Fixed) error {
	if value < 0 || b.Columns[value].Absent {
		return nil
	}
	if err := s.prepare(b, key, into); err != nil {
		return err
	}
	v := &b.Columns[value]
	for i := 0; i < b.Rows; {
		end := b.Rows
		if key >= 0 {
			end = b.Columns[key].RunEnd(i, b.Rows)
		}
		// Sorted rows come in long runs of one key; others are looked at one by one.
		const long, some = 8, 64
		if end-i < long {
			end = min(b.Rows, i+some)
			if err := s.addSome(b, v, key, i, end); err != nil {
				return err
			}
		} else if v.CountNulls(i, end) < end-i {
			at := codeOf(b, key, i)
			sum, ok := money.Sum(v.Decs[i:end]) // of nulls there are noughts
			if ok {
				s.sums[at], ok = money.AddOK(s.sums[at], sum)
			}
			if !ok {
				return money.ErrOverflow
			}
			s.used[at] = true
		}
		i = end
	}
	return nil
}

// codeOf is the code of row i counted from 1, or 0 for null and where there is no key.
func codeOf(b *Batch, key, i int) uint32 {
	if key < 0 || b.Columns[key].IsNull(i) {
		return 0
	}
	return b.Columns[key].Codes[i] + 1
}

// addSome adds rows [from, to).
func (s *codeSums) addSome(b *Batch, v *Vector, key, from, to int) error {
	for i := from; i < to; i++ {
		if v.IsNull(i) {
			continue
		}
		at := codeOf(b, key, i)
		sum, ok := money.AddOK(s.sums[at], v.Decs[i])
		if !ok {
			return money.ErrOverflow
		}
		s.sums[at], s.used[at] = sum, true
	}
	return nil
}

func (s *codeSums) addRow(b *Batch, i, value, key int, into *map[string]money.Fixed) error {
	if value < 0 || b.Columns[value].IsNull(i) {
		return nil
	}
	if err := s.prepare(b, key, into); err != nil {
		return err
	}
	at := codeOf(b, key, i)
	sum, err := s.sums[at].Add(b.Columns[value].Decs[i])
	s.sums[at], s.used[at] = sum, true
	return err
}

// fold moves the sums to a map by text.
func (s *codeSums) fold(into *map[string]money.Fixed) error {
	for at, used := range s.used {
		if !used {
			continue
		}
		key := ""
		if at > 0 {
			key = string(s.dict.Value(uint32(at - 1)))
		}
		if err := addSums(into, map[string]money.Fixed{key: s.sums[at]}); err != nil {
			return err
		}
	}
	s.sums, s.used = s.sums[:0], s.used[:0]
	return nil
}
