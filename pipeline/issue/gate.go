package issue

import (
	"context"
	"fmt"
	"slices"

	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/register"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/closing"
)

// gate finds the run of which a month is closed: its current one, if nothing keeps the month open. All that does is in the error.
func (c *Closer) gate(ctx context.Context, all register.Register, row *closing.Closing) (*run.Manifest, error) {
	p := row.Period
	reasons := c.dated(all, row)
	if _, end := p.Bounds(c.Book.Zone); c.Now.Before(end) {
		reasons = append(reasons, "the month is not over")
	}
	m, err := run.ReadPointed(ctx, c.Store, p)
	if isGone(err) {
		return nil, &GateError{Period: p, Reasons: append(reasons, "it has no run")}
	}
	if err != nil {
		return nil, err
	}
	if m.Spec.Open {
		reasons = append(reasons, fmt.Sprintf("run %.8s was made while the month went on; run it again", m.Run))
	}
	if m.Provisional {
		reasons = append(reasons, fmt.Sprintf("run %.8s is provisional: daybook status says what is missing; wait for it and run again, or name who does without it and why under waivers in provider.yaml", m.Run))
	}
	before, err := c.monthsBefore(ctx, all, p)
	if err != nil {
		return nil, err
	}
	reasons = append(reasons, before...)
	standing, err := pipeline.ReadStanding(ctx, c.Store, c.Book.Provider.ID)
	if err != nil {
		return nil, err
	}
	outdated, err := standing.Outdated(ctx, m)
	if err != nil {
		return nil, err
	}
	for _, x := range outdated {
		reasons = append(reasons, fmt.Sprintf("run %.8s was computed %s; run it again", m.Run, x))
	}
	arrived, err := pipeline.Arrived(ctx, c.Book, c.Places, c.Workers)
	if err != nil {
		return nil, err
	}
	for i := range arrived {
		if arrived[i].Period == p {
			reasons = append(reasons, fmt.Sprintf("run %.8s does not have all that came: %s", m.Run, arrived[i].String()))
		}
	}
	limits := c.beyondLimits(m)
	if len(reasons)+len(limits) > 0 {
		return nil, &GateError{Period: p, Reasons: append(reasons, limits...), Findings: len(reasons) == 0}
	}
	return m, nil
}

// dated says what keeps documents from being issued with the date of a row.
func (c *Closer) dated(all register.Register, row *closing.Closing) (reasons []string) {
	if row.Issued.After(schemas.DateOf(c.Now, c.Book.Zone)) {
		reasons = append(reasons, fmt.Sprintf("closings.csv dates its documents %s, which is still to come", row.Issued))
	}
	if n := len(all); n > 0 && row.Issued.Before(all[n-1].Issued) {
		reasons = append(reasons, fmt.Sprintf("closings.csv dates its documents %s, and documents of %s were issued on %s already: dates do not decrease", row.Issued, all[n-1].Period, all[n-1].Issued))
	}
	return reasons
}

// monthsBefore says which months are to be closed first: those since the first that the book closes that have been run. What a month
// corrects is held against what those before it issued.
func (c *Closer) monthsBefore(ctx context.Context, all register.Register, p schemas.Period) (reasons []string, err error) {
	first := p
	for i := range c.Book.Closings {
		first = min(first, c.Book.Closings[i].Period)
	}
	for i := range all {
		first = min(first, all[i].Period)
	}
	months, err := run.Periods(ctx, c.Store)
	for _, month := range slices.Backward(months) {
		if _, closed := all.Issued(month); month >= first && month < p && !closed {
			reasons = append(reasons, fmt.Sprintf("%s is to be closed before it", month))
		}
	}
	return reasons, err
}

// beyondLimits says of which severity a run has more findings than the book lets pass.
func (c *Closer) beyondLimits(m *run.Manifest) (reasons []string) {
	bySeverity := map[schemas.Severity]int64{}
	for _, code := range m.Codes {
		bySeverity[code.Severity] += code.Findings
	}
	for _, severity := range schemas.Severities {
		if n := bySeverity[severity]; c.Book.Provider.ExceedsLimit(severity, n) {
			reasons = append(reasons, fmt.Sprintf("run %.8s has %d %s %s, more than finding_limits of provider.yaml lets pass", m.Run, n, severity, schemas.OneOrMany(n, "finding", "findings")))
		}
	}
	return reasons
}

// heldIn are the accounts whose documents a finding of a run holds, each with the first such code: those that pay for an account of
// which usage is suspended, or for one with a finding that the book names.
func (c *Closer) heldIn(ctx context.Context, m *run.Manifest) (map[schemas.AccountID]schemas.Code, error) {
	codes := c.Book.Provider.Invoicing.Hold
	holds := func(code schemas.Code, severity schemas.Severity) bool {
		if codes != nil {
			return slices.Contains(codes, code)
		}
		return severity == schemas.Suspended || severity == schemas.Blocking
	}
	if !slices.ContainsFunc(m.Codes, func(x run.CodeCount) bool { return holds(x.Code, x.Severity) }) {
		return nil, nil
	}
	b := c.Book
	if slices.Contains(m.Spec.ChangedParts(b), book.PartCustomers) {
		var err error
		if b, err = run.OpenBook(ctx, c.Store, &m.Spec); err != nil {
			return nil, err
		}
	}
	held := map[schemas.AccountID]schemas.Code{}
	for i := range m.Outputs {
		if m.Outputs[i].Dataset != schemas.Findings.Name {
			continue
		}
		columns := []int{schemas.FindCode, schemas.FindSeverity, schemas.FindAccountId}
		err := rows.ScanTable(ctx, c.Store, m.Outputs[i].Key, &schemas.Findings, columns, func(x *dataset.Batch) error {
			account := &x.Columns[schemas.FindAccountId]
			for i := range x.Rows {
				code := schemas.Code(x.Columns[schemas.FindCode].TextAt(i))
				if account.IsNull(i) || !holds(code, schemas.Severity(x.Columns[schemas.FindSeverity].TextAt(i))) {
					continue
				}
				payer := b.Payer(schemas.AccountID(account.TextAt(i)))
				if have, is := held[payer]; !is || code < have {
					held[payer] = code
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return held, nil
}
