package explain

import (
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/bills"
	"daybook/schemas"
	"daybook/schemas/money"
)

// explainMatch explains a row of the peer matches.
func (l *Look) explainMatch(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	var m *schemas.PeerMatch
	err := l.row(ctx, &schemas.PeerMatches, begins, func(c cells) (err error) {
		m, err = matchAt(c)
		return err
	})
	if err != nil || m == nil {
		return err
	}
	e.Kind = "match"
	l.matchFacts(e, m)
	e.Steps = Steps(m.Steps)
	e.figure("billed", m.ActualBilled, string(m.BilledCurrency))
	e.figure("actual", m.Actual, string(m.Currency))
	e.figure("expected", m.Expected, string(m.Currency))
	e.figure("difference", m.Difference, string(m.Currency))
	e.figure("by quantity", m.QuantityPart, string(m.Currency))
	e.figure("by price", m.PricePart, string(m.Currency))
	use, err := l.wholeUse(ctx)
	if err != nil {
		return err
	}
	if o.Check {
		e.check("steps", checkReconciled(m.Steps), fmt.Sprintf("%d steps give what they say", len(m.Steps)))
		if err := l.matchAgain(ctx, e, m, use); err != nil {
			return err
		}
	}
	return l.matchUsage(ctx, e, m, use, o)
}

func matchAt(c cells) (*schemas.PeerMatch, error) {
	m := &schemas.PeerMatch{
		ID: c.text(schemas.MatchMatchId), Period: schemas.Period(c.text(schemas.MatchBillingPeriod)), Peer: schemas.PeerID(c.text(schemas.MatchPeerId)),
		Contract: schemas.ContractID(c.text(schemas.MatchContractId)), Service: c.text(schemas.MatchServiceName), SKU: schemas.SKU(c.text(schemas.MatchSkuId)),
		Region: c.text(schemas.MatchRegionId), Category: schemas.ChargeCategory(c.text(schemas.MatchChargeCategory)), Basis: schemas.RateBasis(c.text(schemas.MatchBasis)),
		Status: schemas.MatchStatus(c.text(schemas.MatchStatusColumn)), Metered: c.decimal(schemas.MatchMeteredQuantity), Billed: c.decimal(schemas.MatchBilledQuantity),
		Unit: c.text(schemas.MatchUnit), Expected: c.decimal(schemas.MatchExpected), Actual: c.decimal(schemas.MatchActual),
		Currency: money.Currency(c.text(schemas.MatchCurrency)), ActualBilled: c.decimal(schemas.MatchBilledCost),
		BilledCurrency: money.Currency(c.text(schemas.MatchBillingCurrency)), Difference: c.decimal(schemas.MatchDifference),
		QuantityPart: c.decimal(schemas.MatchQuantityPart), PricePart: c.decimal(schemas.MatchPricePart),
		BillRows: c.integer(schemas.MatchBillRows), MeterRows: c.integer(schemas.MatchMeterRows),
	}
	var err error
	if m.From, err = schemas.ParseDate(c.text(schemas.MatchFrom)); err != nil {
		return nil, fmt.Errorf("match %s: %w", m.ID, err)
	}
	m.Steps, err = c.steps(schemas.MatchSteps)
	return m, err
}

func (l *Look) matchFacts(e *Explanation, m *schemas.PeerMatch) {
	b, name := l.book, ""
	if peer, ok := b.Peer(m.Peer); ok {
		name = peer.Name
	}
	e.Title = fmt.Sprintf("Bill of %s for %s: %s", firstText(name, string(m.Peer)), firstText(m.Service, "no service named"), m.Status)
	e.fact("peer", string(m.Peer), name, b.Where(book.KindPeer, string(m.Peer)))
	e.fact("contract", string(m.Contract), "basis "+string(m.Basis), b.Where(book.KindContract, string(m.Contract)))
	e.fact("service", m.Service, "", "")
	e.fact("SKU", string(m.SKU), "", "")
	e.fact("region", m.Region, "", "")
	e.fact("category", string(m.Category), "", "")
	e.fact("rate from", m.From.String(), "", "")
	e.fact("rows", fmt.Sprintf("%d of the bill, %d of our meters", m.BillRows, m.MeterRows), "", "")
	if m.BilledCurrency != m.Currency {
		l.exchangeOn(e, m.BilledCurrency, m.Currency, l.rateDay())
	}
}

// through is the last day with use, as the run's summary has it.
func (l *Look) through() schemas.Date { return normalise.ThroughIn(l.Manifest, l.book.Zone) }

// rateDay is the day at whose exchange rates the period was converted, where the policy takes that of its end.
func (l *Look) rateDay() schemas.Date {
	return l.book.Rates.PeriodDay(l.book.Provider.Exchange, l.Manifest.Spec.Period, l.through(), l.asOf())
}

func (l *Look) contracts() *bills.Contracts {
	return compare.Contracts(run.WholeBook(l.book), l.Manifest.Spec.Period, l.asOf())
}

// wholeUse sums all usage of the run that a peer bills or a contract counts.
func (l *Look) wholeUse(ctx context.Context) (*bills.Use, error) {
	use := bills.NewUse(l.contracts())
	days := rows.DayFinder{Zone: l.book.Zone}
	for _, o := range l.outputs(&schemas.Usage, "") {
		q := scanning{table: &schemas.Usage, columns: compare.UseColumns, column: -1}
		if err := l.scan(ctx, o.Key, q, func(b *dataset.Batch, _ int) error { return compare.AddUseBatch(b, &days, use) }); err != nil {
			return nil, err
		}
	}
	return use, nil
}

// matchAgain matches all use anew and holds the row against the result.
func (l *Look) matchAgain(ctx context.Context, e *Explanation, m *schemas.PeerMatch, use *bills.Use) error {
	contracts := l.contracts()
	before, err := compare.SpentBefore(ctx, l.store, l.Manifest.Spec.Earlier, l.Manifest.Spec.Period, contracts)
	if err != nil {
		return err
	}
	rows, _, err := bills.Match(contracts, use, compare.Exchange(run.WholeBook(l.book), l.Manifest.Spec.Period, l.through(), l.asOf()), before)
	if err != nil {
		return err
	}
	differs := fmt.Errorf("the run's usage and today's contracts make no match %s", m.ID)
	for i := range rows {
		if w := &rows[i]; w.ID == m.ID {
			differs = nil
			if !w.Actual.Equal(m.Actual) || !w.Expected.Equal(m.Expected) || w.BillRows != m.BillRows || w.MeterRows != m.MeterRows || w.Status != m.Status {
				differs = fmt.Errorf("matched again it is %s, %s where %s is expected; the report has %s, %s and %s", w.Status, w.Actual, w.Expected, m.Status, m.Actual, m.Expected)
			}
		}
	}
	e.check("match", differs, "the run's usage, summed and matched again, gives the same figures")
	return nil
}

// matchUsage lists the rows of the bill behind a match; where the peer billed nothing, those of our own meters.
func (l *Look) matchUsage(ctx context.Context, e *Explanation, m *schemas.PeerMatch, use *bills.Use, o Options) error {
	lineage, err := bills.NewLineage(l.contracts(), use)
	if err != nil {
		return err
	}
	days := rows.DayFinder{Zone: l.book.Zone}
	u := &UsageBehind{Unit: string(m.BilledCurrency), How: schemas.AggregateSum}
	q := scanning{table: &schemas.Usage, columns: slices.Concat(compare.UseColumns, lineColumns), column: schemas.UsePeerId, text: string(m.Peer)}
	if m.BillRows == 0 {
		q.column, u.Unit = -1, m.Unit
	}
	var rowsProof *proof
	if o.Check {
		rowsProof, q.columns = newProof(), nil // all
	}
	err = l.linesBehind(ctx, e, u, q, o, rowsProof, func(b *dataset.Batch, i int, c cells) (bool, error) {
		if (c.text(schemas.UsePeerId) == "") != (m.BillRows == 0) {
			return false, nil
		}
		row := compare.UseRow(b, i, days.Find(b.Columns[schemas.UseChargePeriodStart].Ints[i]))
		return (row.Peer == "" || row.Peer == m.Peer) && lineage.Match(row) == m.ID, nil
	})
	if err != nil {
		return err
	}
	if o.Check && m.BillRows > 0 {
		var differs error
		if u.Rows != m.BillRows || !u.Sum.Equal(m.ActualBilled) {
			differs = fmt.Errorf("%d %s to %s, the match has %d and %s", u.Rows, schemas.OneOrMany(u.Rows, "row comes", "rows come"), u.Sum, m.BillRows, m.ActualBilled)
		}
		e.check("usage", differs, fmt.Sprintf("%d %s up to what was billed", u.Rows, schemas.OneOrMany(u.Rows, "row of the bill adds", "rows of the bill add")))
	}
	return l.checkSource(ctx, e, o, rowsProof)
}

// matchLine is a row of a bill, which counts by its billed cost, or one of our meters, which counts by its quantity.
func matchLine(c cells, own bool) UsageLine {
	line := usageLine(c)
	value := schemas.UseBilledCost
	line.Quantity, line.Unit = c.shown(schemas.UsePricingQuantity), c.text(schemas.UsePricingUnit)
	if own {
		value = schemas.UseConsumedQuantity
		line.Quantity, line.Unit = c.shown(value), c.text(schemas.UseConsumedUnit)
	} else {
		line.Cost, line.Currency = c.shown(value), c.text(schemas.UseBillingCurrency)
	}
	if v := &c.b.Columns[value]; !v.IsNull(c.i) {
		line.size = v.Decs[c.i]
	}
	line.Metered = line.size.String()
	return line
}

// linesBehind lists the rows of usage that are taken, adds them up, and has them proved if proved is not nil. Those of peers are
// in the currency of their bill, those of our own meters in their unit.
func (l *Look) linesBehind(
	ctx context.Context, e *Explanation, u *UsageBehind, q scanning, o Options, proved *proof, takes func(b *dataset.Batch, i int, c cells) (bool, error),
) error {
	for _, out := range l.outputs(&schemas.Usage, "") {
		before := u.Rows
		err := l.scan(ctx, out.Key, q, func(b *dataset.Batch, _ int) error {
			for i := range b.Rows {
				c := cells{b, i}
				if taken, err := takes(b, i, c); err != nil || !taken {
					if err != nil {
						return err
					}
					continue
				}
				line := matchLine(c, c.text(schemas.UsePeerId) == "")
				u.Rows++
				u.Sum = u.Sum.Add(line.size.Decimal())
				proved.add(b, i)
				u.add(&line, o.Rows)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if u.Rows > before {
			u.Objects = append(u.Objects, out.Key)
		}
	}
	u.end()
	e.Usage = u
	return nil
}
