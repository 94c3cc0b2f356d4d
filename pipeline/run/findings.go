package run

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Findings gathers what a task finds wrong, and counts it by code. Those of a hostile delivery may be as many as its rows,
// so that what does not fit into memory waits in a temporary file.
type Findings struct {
	rows   []schemas.Finding
	bytes  int
	counts map[schemas.Code]CodeCount
	sums   foundSums
	spill  *findingsSpill
	err    error
}

// foundSums are the quantities of findings by unit and their costs by currency. They may be too large for the totals of datasets.
type foundSums map[string]money.Decimal

func (s foundSums) add(what, in string, v money.Fixed) {
	if in != "" && !v.IsZero() {
		s[what+" "+in] = s[what+" "+in].Add(v.Decimal())
	}
}

// addFinding counts what a finding holds.
func (s foundSums) addFinding(f *schemas.Finding) {
	s.add("quantity in", f.Unit, f.Quantity)
	s.add("cost in", string(f.Currency), f.Cost)
}

// addRow counts what a row of the dataset holds.
func (s foundSums) addRow(b *dataset.Batch, i int) {
	for _, x := range [...]struct {
		what    string
		in, sum int
	}{{"quantity in", schemas.FindUnit, schemas.FindQuantity}, {"cost in", schemas.FindCurrency, schemas.FindCost}} {
		if v := &b.Columns[x.sum]; !v.IsNull(i) {
			s.add(x.what, b.Columns[x.in].StringAt(i), v.Decs[i])
		}
	}
}

// diff says which sums are not those of want.
func (s foundSums) diff(want foundSums) string {
	var parts []string
	keys := slices.AppendSeq(slices.Collect(maps.Keys(s)), maps.Keys(want))
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if !s[key].Equal(want[key]) {
			parts = append(parts, fmt.Sprintf("%s %s instead of %s", key, s[key], want[key]))
		}
	}
	return strings.Join(parts, "; ")
}

// heldFindings is about how many bytes of findings a task keeps in memory, and findingBytes what one takes without its long
// texts.
const (
	heldFindings = 16 << 20
	findingBytes = 256
)

// NewFindings returns findings that may be any number; close gives back what they hold.
func (in *Inputs) NewFindings() Findings {
	return Findings{spill: &findingsSpill{directory: in.SpillDir()}}
}

// Add takes a finding.
func (f *Findings) Add(x schemas.Finding) {
	if f.counts == nil {
		f.counts, f.sums = map[schemas.Code]CodeCount{}, foundSums{}
	}
	x.Message = clipped(x.Message)
	AddCode(f.counts, oneOf(x.Code, x.Severity, x.Rows, x.Cost, x.Currency))
	f.sums.addFinding(&x)
	f.rows = append(f.rows, x)
	f.bytes += findingBytes + len(x.Message) + len(x.Value)
	if f.bytes > heldFindings && f.spill != nil && f.err == nil {
		f.err = f.spill.put(f.rows)
		f.rows, f.bytes = f.rows[:0], 0
	}
}

// oneOf counts one finding.
func oneOf(code schemas.Code, severity schemas.Severity, rows int64, cost money.Fixed, currency money.Currency) CodeCount {
	one := CodeCount{Code: code, Severity: severity, Findings: 1, Rows: rows}
	if !cost.IsZero() {
		one.Amounts = map[money.Currency]money.Decimal{currency: cost.Decimal().Abs()}
	}
	return one
}

// equal compares all but the amounts, of which foundSums has more.
func (c CodeCount) equal(o CodeCount) bool {
	return c.Code == o.Code && c.Severity == o.Severity && c.Findings == o.Findings && c.Rows == o.Rows
}

// Close gives back what the findings hold.
func (f *Findings) Close() {
	if f.spill != nil {
		f.spill.close()
	}
}

// clipped cuts a message that quotes a source too long, at the start of a character.
func clipped(message string) string {
	const most = 2000
	if len(message) <= most {
		return message
	}
	return strings.ToValidUTF8(message[:most], "") + "…"
}

// codes returns the counts by code, in the order of schemas.Codes.
func (f *Findings) codes() []CodeCount { return SortedCodes(f.counts) }

// Write writes the findings as the task's part of their dataset, sorted; without any it writes nothing. The error is ErrUnbalanced,
// wrapped, where what lies there then is not what was found: as many of each code, for as many rows, with the same sums.
func (f *Findings) Write(ctx context.Context, in *Inputs, res *Result) error {
	res.Codes = f.codes()
	if f.err != nil || len(res.Codes) == 0 {
		return f.err
	}
	counts, sums := map[schemas.Code]CodeCount{}, foundSums{}
	out, err := in.WriteRead(ctx, &schemas.Findings, func(write func(*dataset.Batch) error) error {
		if f.spill != nil && f.spill.file != nil {
			return f.spill.sorted(ctx, f.rows, write)
		}
		slices.SortStableFunc(f.rows, func(a, b schemas.Finding) int {
			return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Row, b.Row),
				cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Value, b.Value))
		})
		return rows.WriteFindings(f.rows, write)
	}, func(b *dataset.Batch) error {
		for i := range b.Rows {
			text := func(column int) string { return b.Columns[column].StringAt(i) }
			var cost money.Fixed
			if v := &b.Columns[schemas.FindCost]; !v.IsNull(i) {
				cost = v.Decs[i]
			}
			AddCode(counts, oneOf(schemas.Code(text(schemas.FindCode)), schemas.Severity(text(schemas.FindSeverity)), b.Columns[schemas.FindRows].Ints[i],
				cost, money.Currency(text(schemas.FindCurrency))))
			sums.addRow(b, i)
		}
		return nil
	})
	if err != nil {
		return err
	}
	res.Outputs = append(res.Outputs, out)
	if have := SortedCodes(counts); !slices.EqualFunc(have, res.Codes, CodeCount.equal) {
		return fmt.Errorf("%w: %s has findings %+v, and there were %+v", ErrUnbalanced, out.Key, have, res.Codes)
	}
	if diff := sums.diff(f.sums); diff != "" {
		return fmt.Errorf("%w: %s has other findings than there were: %s", ErrUnbalanced, out.Key, diff)
	}
	return nil
}
