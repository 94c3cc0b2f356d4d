package explain

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/explain/use"
	"daybook/pipeline/rows"
	"daybook/reconcile"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
)

// ChargesBehind is the charges that a figure adds up.
type ChargesBehind struct {
	Rows int64 `json:"rows"`
	// Sums add up, by currency or unit, the part of each charge that counts.
	Sums   []CurrencySum `json:"sums"`
	Listed []ChargeLine  `json:"listed"`
	// More is how many charges are not listed.
	More int64 `json:"more"`
}

// ChargeLine is one charge; explain takes its identifier.
type ChargeLine struct {
	ID          schemas.ChargeID       `json:"id"`
	Account     schemas.AccountID      `json:"account"`
	Category    schemas.ChargeCategory `json:"category"`
	Description string                 `json:"description"`
	// Counts is what it counts for in the figure, in Unit.
	Counts money.Decimal `json:"counts"`
	Unit   string        `json:"unit"`
}

// chargesBy lists the charges that are wanted, the largest first by the measure, and sums them. An account limits what is
// read to it; unit is that of Units.
func (l *Look) chargesBy(ctx context.Context, e *Explanation, o Options, account schemas.AccountID, m schemas.Measure, unit string, wanted func(*schemas.Charge) bool) error {
	out := &ChargesBehind{}
	q := scanning{table: &schemas.Charges, columns: rows.BriefCharge, column: -1}
	if account != "" {
		q.column, q.text = schemas.ChargeBillingAccountId, string(account)
	}
	for _, object := range l.outputs(&schemas.Charges, account) {
		err := l.scan(ctx, object.Key, q, func(b *dataset.Batch, _ int) error {
			for i := range b.Rows {
				if account != "" && string(b.Columns[schemas.ChargeBillingAccountId].TextAt(i)) != string(account) {
					continue
				}
				c, err := rows.ChargeAt(b, i)
				if err != nil {
					return fmt.Errorf("%s, row %d: %w", object.Key, i+1, err)
				}
				if line, ok := chargeLine(c, m, unit); ok && wanted(c) {
					out.add(&line, o.Rows)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	out.More = out.Rows - int64(len(out.Listed))
	e.Charges = out
	return nil
}

// chargesOf lists charges of one account by their amounts.
func (l *Look) chargesOf(ctx context.Context, e *Explanation, o Options, account schemas.AccountID, wanted func(*schemas.Charge) bool) error {
	return l.chargesBy(ctx, e, o, account, schemas.Revenue, "", wanted)
}

// chargeLine is what a charge counts for in a measure; false where it does not count.
func chargeLine(c *schemas.Charge, m schemas.Measure, unit string) (ChargeLine, bool) {
	line := ChargeLine{ID: c.ID, Account: c.Account, Category: c.Category, Description: c.Description, Counts: c.Amount, Unit: string(c.Currency)}
	switch m {
	case schemas.Units:
		line.Counts, line.Unit = c.Priced, c.PricingUnit
		return line, c.HasQuantity && c.PricingUnit == unit
	case schemas.Cost:
		line.Counts = c.PeerCost
		return line, c.HasCost
	case schemas.Margin:
		line.Counts = c.Amount.Sub(c.PeerCost)
	case schemas.Revenue:
	}
	return line, true
}

func (x *ChargesBehind) add(line *ChargeLine, most int) {
	x.Rows++
	x.Sums = addCurrency(x.Sums, money.Currency(line.Unit), line.Counts)
	if most < 0 {
		x.Listed = append(x.Listed, *line)
		return
	}
	i, _ := slices.BinarySearchFunc(x.Listed, line, func(a ChargeLine, b *ChargeLine) int {
		return cmp.Or(b.Counts.Abs().Cmp(a.Counts.Abs()), -1)
	})
	if i < most {
		x.Listed = slices.Insert(x.Listed, i, *line)
		x.Listed = x.Listed[:min(len(x.Listed), most)]
	}
}

// explainMargin explains a row of the margins: an account's use of an offering, or that of all accounts.
func (l *Look) explainMargin(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	var m *schemas.MarginRow
	err := l.row(ctx, &schemas.Margins, begins, func(c cells) error {
		m = marginAt(c)
		return nil
	})
	if err != nil {
		return err
	}
	if m == nil {
		if m, err = l.marginOfAll(ctx, e); err != nil || m == nil {
			return err
		}
	}
	return l.marginRow(ctx, e, m, o)
}

func marginAt(c cells) *schemas.MarginRow {
	return &schemas.MarginRow{
		ID: c.text(schemas.MarginMarginId), Account: schemas.AccountID(c.text(schemas.MarginAccountId)),
		Offering: schemas.OfferingID(c.text(schemas.MarginOfferingId)), Currency: money.Currency(c.text(schemas.MarginCurrency)),
		Revenue: c.decimal(schemas.MarginRevenue), Cost: c.decimal(schemas.MarginCost), Margin: c.decimal(schemas.MarginMargin),
		Charges: c.integer(schemas.MarginCharges),
	}
}

// marginOfAll adds up the margins of all accounts on the offering and currency that the identifier names; nil where it
// names none.
func (l *Look) marginOfAll(ctx context.Context, e *Explanation) (sum *schemas.MarginRow, err error) {
	for _, out := range l.outputs(&schemas.Margins, "") {
		err := l.scan(ctx, out.Key, scanning{table: &schemas.Margins, column: -1}, func(b *dataset.Batch, _ int) error {
			for i := range b.Rows {
				m := marginAt(cells{b, i})
				if reconcile.MarginID(e.Period, "", m.Offering, m.Currency) != e.ID {
					continue
				}
				if sum == nil {
					sum = &schemas.MarginRow{ID: e.ID, Offering: m.Offering, Currency: m.Currency}
				}
				sum.Revenue, sum.Cost, sum.Margin = sum.Revenue.Add(m.Revenue), sum.Cost.Add(m.Cost), sum.Margin.Add(m.Margin)
				sum.Charges += m.Charges
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return sum, nil
}

func (l *Look) marginRow(ctx context.Context, e *Explanation, m *schemas.MarginRow, o Options) error {
	b, unit := l.book, string(m.Currency)
	e.Kind, e.Title = "margin", fmt.Sprintf("Margin of %s on %s", firstText(string(m.Account), "all accounts"), firstText(string(m.Offering), "no offering"))
	e.fact("account", string(m.Account), "", b.Where(book.KindAccount, string(m.Account)))
	e.fact("offering", string(m.Offering), "", b.Where(book.KindOffering, string(m.Offering)))
	e.figure("revenue", m.Revenue, unit)
	e.figure("peer cost", m.Cost, unit)
	e.figure("margin", m.Margin, unit)
	step := schemas.Step{Op: sheet.OpSubtract, Note: "margin", Out: m.Margin.String(), In: []schemas.Operand{
		{Name: "revenue", Value: m.Revenue.String()}, {Name: "peer cost", Value: m.Cost.String()},
	}}
	e.Steps = Steps([]schemas.Step{step})
	err := l.chargesBy(ctx, e, o, m.Account, schemas.Margin, "", func(c *schemas.Charge) bool {
		return c.Offering == m.Offering && c.Currency == m.Currency && c.EarnsRevenue()
	})
	if err != nil || !o.Check {
		return err
	}
	e.check("steps", checkReconciled([]schemas.Step{step}), "revenue less cost is the margin")
	var differs error
	if sum := sumOf(e.Charges.Sums, m.Currency); !sum.Equal(m.Margin) || e.Charges.Rows != m.Charges {
		differs = fmt.Errorf("%d %s %s, the report has %d and %s", e.Charges.Rows, schemas.OneOrMany(e.Charges.Rows, "charge leaves", "charges leave"), sum, m.Charges, m.Margin)
	}
	e.check("charges", differs, fmt.Sprintf("%d %s up to it", e.Charges.Rows, schemas.OneOrMany(e.Charges.Rows, "charge adds", "charges add")))
	return nil
}

func sumOf(list []CurrencySum, c money.Currency) money.Decimal {
	for _, x := range list {
		if x.Currency == c {
			return x.Amount
		}
	}
	return money.Zero
}

// explainAccount lists what an account is charged.
func (l *Look) explainAccount(ctx context.Context, e *Explanation, a *schemas.Account, customer *schemas.Customer, o Options) error {
	b := l.book
	e.Kind, e.ID, e.Title = "account", string(a.ID), "Charges of "+firstText(a.Name, customer.Name)
	e.fact("account", string(a.ID), a.Name, b.Where(book.KindAccount, string(a.ID)))
	e.fact("customer", customer.ID, customer.Name, b.Where(book.KindCustomer, customer.ID))
	for i := range a.Subscriptions {
		s := &a.Subscriptions[i]
		e.fact("subscription", string(s.ID), string(s.Offering)+" from "+s.Start.String(), b.Where(book.KindSubscription, string(s.ID)))
	}
	for i := range a.Commitments {
		m := &a.Commitments[i]
		e.fact("commitment", m.ID, describeCommitment(m), b.WhereCommitment(a.ID, m.ID))
	}
	if err := l.chargesOf(ctx, e, o, a.ID, func(*schemas.Charge) bool { return true }); err != nil {
		return err
	}
	for _, sum := range e.Charges.Sums {
		e.figure("charged", sum.Amount, string(sum.Currency))
	}
	if !o.Check {
		return nil
	}
	p := newProof()
	err := l.account(ctx, a.ID, nil, func(b *dataset.Batch, from, to int) error {
		for i := from; i < to; i++ {
			p.add(b, i)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return l.prove(ctx, e, p)
}

// ListedFinding is a finding as explain lists it.
type ListedFinding struct {
	Code     schemas.Code     `json:"code"`
	Severity schemas.Severity `json:"severity"`
	Source   string           `json:"source,omitempty"`
	Object   string           `json:"object,omitempty"`
	Row      int64            `json:"row,omitempty"`
	Column   string           `json:"column,omitempty"`
	Account  string           `json:"account,omitempty"`
	Value    string           `json:"value,omitempty"`
	Message  string           `json:"message"`
	Rows     int64            `json:"rows"`
	// Explain is the identifier, or its beginning, by which what the finding is about is explained; empty where there is none.
	Explain string `json:"explain,omitempty"`
}

// Listed is a finding as explain lists it.
func Listed(f *schemas.Finding) ListedFinding {
	return ListedFinding{
		Code: f.Code, Severity: f.Severity, Source: string(f.Source), Object: f.Object, Row: f.Row, Column: f.Column,
		Account: string(f.Account), Value: f.Value, Message: f.Message, Rows: f.Rows,
	}
}

// explainFindings lists the findings of a code, or all, in the order of the dataset, those that stand for most rows first
// where not all are listed.
func (l *Look) explainFindings(ctx context.Context, e *Explanation, o Options) error {
	e.Kind, e.Title = "findings", "Findings"
	if info, ok := schemas.Code(e.ID).Info(); ok {
		e.Title = "Findings: " + info.Meaning
		e.fact("what to do", info.Fix, "", "")
	}
	for _, out := range l.outputs(&schemas.Findings, "") {
		err := l.scan(ctx, out.Key, scanning{table: &schemas.Findings, column: -1}, func(b *dataset.Batch, _ int) error {
			for i := range b.Rows {
				c := cells{b, i}
				if code := c.text(schemas.FindCode); code == e.ID || e.ID == allFindings {
					f := listedAt(c)
					f.Explain = use.Called(e.Period, f.Code, f.Value)
					e.Findings = append(e.Findings, f)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	e.figure("findings", money.NewDecimal(int64(len(e.Findings)), 0), "")
	if o.Rows >= 0 && len(e.Findings) > o.Rows {
		slices.SortStableFunc(e.Findings, func(a, b ListedFinding) int { return cmp.Compare(b.Rows, a.Rows) })
		e.Findings = e.Findings[:o.Rows]
	}
	return nil
}
