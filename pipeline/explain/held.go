package explain

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Held is one reason for which a period is not all that it should be: deliveries that are missing, late, refused or not settled, or
// usage that waits for the book to know it; of one code and source.
type Held struct {
	Code     schemas.Code     `json:"code"`
	Severity schemas.Severity `json:"severity"`
	Source   string           `json:"source,omitempty"`
	Findings int64            `json:"findings"`
	Rows     int64            `json:"rows"`
	// Sums are what those rows hold, by unit and by currency.
	Sums []HeldSum `json:"sums,omitempty"`
	// Unsummed is how many findings are in further units, where there are very many.
	Unsummed int64 `json:"unsummed,omitempty"`
	// Examples are the first few, with places and messages.
	Examples []ListedFinding `json:"examples"`
}

// HeldSum is a quantity in a unit, or an amount in a currency.
type HeldSum struct {
	Amount money.Fixed `json:"amount"`
	Unit   string      `json:"unit"`
	Money  bool        `json:"money,omitempty"`
}

// heldExamples and heldSums bound what is kept of each reason.
const heldExamples, heldSums = 3, 50

// holds reports whether findings of a code and severity are a reason.
func holds(code schemas.Code, severity schemas.Severity) bool {
	return severity == schemas.Blocking || severity == schemas.Suspended || code == schemas.CodeUnsettled || code == schemas.CodeLateDelivery
}

// HeldBack reads from the findings of a run what holds it back, the gravest first, then by source and code. Its memory is that of
// the codes and the sources.
func HeldBack(ctx context.Context, s store.Store, m *run.Manifest) ([]Held, error) {
	if !slices.ContainsFunc(m.Codes, func(c run.CodeCount) bool { return holds(c.Code, c.Severity) }) {
		return nil, nil
	}
	type kind struct {
		code     schemas.Code
		severity schemas.Severity
		source   string
	}
	all := map[kind]*Held{}
	l := &Look{Manifest: m, store: s}
	for _, o := range l.outputs(&schemas.Findings, "") {
		err := l.scan(ctx, o.Key, scanning{table: &schemas.Findings, column: -1}, func(b *dataset.Batch, _ int) error {
			for i := range b.Rows {
				c := cells{b, i}
				k := kind{schemas.Code(c.text(schemas.FindCode)), schemas.Severity(c.text(schemas.FindSeverity)), c.text(schemas.FindSourceId)}
				if !holds(k.code, k.severity) {
					continue
				}
				h := all[k]
				if h == nil {
					h = &Held{Code: k.code, Severity: k.severity, Source: k.source, Examples: []ListedFinding{}}
					all[k] = h
				}
				if err := h.add(c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	out := make([]Held, 0, len(all))
	for _, h := range all {
		slices.SortFunc(h.Sums, func(a, b HeldSum) int {
			return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Amount.String(), b.Amount.String()))
		})
		out = append(out, *h)
	}
	rank := func(h *Held) int { return -slices.Index(schemas.Severities, h.Severity) }
	slices.SortFunc(out, func(a, b Held) int {
		return cmp.Or(cmp.Compare(rank(&a), rank(&b)), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Code, b.Code))
	})
	return out, nil
}

// add counts a finding.
func (h *Held) add(c cells) error {
	h.Findings++
	h.Rows += c.integer(schemas.FindRows)
	if len(h.Examples) < heldExamples {
		h.Examples = append(h.Examples, listedAt(c))
	}
	for _, x := range []struct {
		amount, unit int
		money        bool
	}{{schemas.FindQuantity, schemas.FindUnit, false}, {schemas.FindCost, schemas.FindCurrency, true}} {
		v := &c.b.Columns[x.amount]
		if v.IsNull(c.i) || v.Decs[c.i].IsZero() {
			continue
		}
		unit := c.text(x.unit)
		n := slices.IndexFunc(h.Sums, func(s HeldSum) bool { return s.Unit == unit && s.Money == x.money })
		switch {
		case n < 0 && len(h.Sums) == heldSums:
			h.Unsummed++
			continue
		case n < 0:
			n = len(h.Sums)
			h.Sums = append(h.Sums, HeldSum{Unit: unit, Money: x.money})
		}
		sum, err := h.Sums[n].Amount.Add(v.Decs[c.i])
		if err != nil {
			return fmt.Errorf("add up what is held back as %s: %w", h.Code, err)
		}
		h.Sums[n].Amount = sum
	}
	return nil
}

// listedAt is a finding as it is listed.
func listedAt(c cells) ListedFinding {
	return ListedFinding{
		Code: schemas.Code(c.text(schemas.FindCode)), Severity: schemas.Severity(c.text(schemas.FindSeverity)), Source: c.text(schemas.FindSourceId),
		Object: c.text(schemas.FindObjectKey), Row: c.integer(schemas.FindObjectRow), Column: c.text(schemas.FindColumn),
		Account: c.text(schemas.FindAccountId), Value: c.text(schemas.FindValue), Message: c.text(schemas.FindMessage), Rows: c.integer(schemas.FindRows),
	}
}

// Amounts says in one line how many rows are held back and what they hold.
func (h *Held) Amounts() string {
	parts := []string{}
	if h.Rows > 0 {
		parts = append(parts, fmt.Sprintf("%d %s", h.Rows, schemas.OneOrMany(h.Rows, "row", "rows")))
	}
	const shown = 6
	for i, s := range h.Sums {
		if i == shown {
			parts = append(parts, fmt.Sprintf("and %d sums more", len(h.Sums)-shown))
			break
		}
		parts = append(parts, strings.TrimSpace(s.Amount.String()+" "+s.Unit))
	}
	return strings.Join(parts, ", ")
}
