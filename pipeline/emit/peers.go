package emit

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"maps"
	"slices"
	"time"

	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/document"
	"daybook/pipeline/document/peers"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
	"daybook/schemas/peeruse"
	"daybook/schemas/service"
)

// mostExceptions is how many discrepancies the page of a peer lists: those with the largest amounts.
const mostExceptions = 300

// peerPages gathers the pages about peers.
type peerPages struct {
	*reportEmitter
	rep   *document.Report
	pages map[schemas.PeerID]*peers.Page
	use   map[peeruse.Use]int // by all but its sums, where it stands in its page's
}

// peers writes a page for each peer of which there is anything, and all discrepancies as CSV.
func (e *reportEmitter) peers(rep *document.Report, billed *compare.Billed) error {
	g := &peerPages{reportEmitter: e, rep: rep, pages: map[schemas.PeerID]*peers.Page{}, use: map[peeruse.Use]int{}}
	for i := range rep.Matches {
		page := g.of(rep.Matches[i].Peer)
		page.Matches = append(page.Matches, rep.Matches[i])
	}
	for i := range billed.Bills {
		page := g.of(billed.Bills[i].Peer)
		page.Bills = append(page.Bills, billed.Bills[i])
	}
	for i := range billed.Invoices {
		page := g.of(billed.Invoices[i].Peer)
		page.Invoices = append(page.Invoices, billed.Invoices[i])
	}
	for _, gather := range []func() error{g.exceptions, g.promised, g.credits, g.evidence, g.used, g.budgeted, g.shared, g.disputes, g.netted, g.owed, g.chosen} {
		if err := gather(); err != nil {
			return err
		}
	}
	if err := e.used(); err != nil {
		return err
	}
	rep.PeerPages = slices.Sorted(maps.Keys(g.pages))
	for _, id := range rep.PeerPages {
		g.pages[id].Claims = slices.Contains(e.claimed, id)
		e.write("peers/"+document.PeerFile(id), g.pages[id].HTML())
	}
	return e.err
}

// of is the page of a peer.
func (g *peerPages) of(id schemas.PeerID) *peers.Page {
	page := g.pages[id]
	if page == nil {
		page = &peers.Page{
			Provider: g.rep.Provider, Peer: id, Name: cmp.Or(g.rep.Peers[id], string(id)), Period: g.rep.Period, Run: g.rep.Run,
			Command: document.ExplainCommand(g.rep.Run), Provisional: g.rep.Provisional, Zone: g.in.Book().Zone(),
		}
		g.pages[id] = page
	}
	return page
}

// exceptions takes over the discrepancies with the largest amounts, and writes all of them.
func (g *peerPages) exceptions() error {
	var results []*run.Result
	for _, step := range []string{"reconcile/detail", "reconcile/bills"} {
		res, err := g.in.Results(g.ctx, step)
		if err != nil {
			return err
		}
		results = append(results, res...)
	}
	if !slices.ContainsFunc(results, func(r *run.Result) bool { return len(r.Outputs) > 0 }) {
		return nil
	}
	out, err := g.in.WriteObject(g.ctx, "reports", g.key("discrepancies.csv"), 0, func(w io.Writer) error {
		for _, page := range g.pages { // anew for each try
			page.Exceptions, page.AllExceptions = nil, 0
		}
		grid := document.DiscrepancyGrid()
		to := bufio.NewWriter(w)
		line := document.AppendCSVHead(nil, &grid)
		_, err := to.Write(line)
		if err == nil {
			err = run.EachOutput(results, peerbill.Discrepancies.Name, func(o run.Output) error {
				return rows.ReadDiscrepancies(g.ctx, g.in.Store(), o.Key, func(x *peerbill.Discrepancy) error {
					keepException(g.of(x.Peer), x)
					line = document.AppendCSVRow(line[:0], document.DiscrepancyCells(x))
					_, err := to.Write(line)
					return err
				})
			})
		}
		return errors.Join(err, to.Flush())
	})
	for _, page := range g.pages {
		sortExceptions(page)
	}
	g.res.Outputs = append(g.res.Outputs, out)
	return err
}

func keepException(page *peers.Page, x *peerbill.Discrepancy) {
	page.AllExceptions++
	if page.Exceptions = append(page.Exceptions, *x); len(page.Exceptions) >= 2*mostExceptions {
		sortExceptions(page)
	}
}

// sortExceptions puts the largest first, and drops those that are too many.
func sortExceptions(page *peers.Page) {
	slices.SortFunc(page.Exceptions, func(a, b peerbill.Discrepancy) int {
		return cmp.Or(b.Amount.Abs().Cmp(a.Amount.Abs()), cmp.Compare(a.ID, b.ID))
	})
	page.Exceptions = page.Exceptions[:min(len(page.Exceptions), mostExceptions)]
}

// promised takes over what became of peers' promises.
func (g *peerPages) promised() error {
	results, err := g.in.Results(g.ctx, "reconcile/promises")
	if err != nil {
		return err
	}
	return run.EachOutput(results, service.SLAResults.Name, func(o run.Output) error {
		return rows.ReadSLARows(g.ctx, g.in.Store(), o.Key, &service.SLAResults, func(r *service.SLARow) error {
			if r.Peer != "" && r.Account == "" {
				page := g.of(r.Peer)
				page.Promises = append(page.Promises, *r)
			}
			return nil
		})
	})
}

// credits takes over what peers owe for earlier months; what we owe accounts is no peer's matter.
func (g *peerPages) credits() error {
	return g.scan("reconcile/promises", &service.SLACredits, func(b *dataset.Batch, i int) error {
		text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
		if text(service.SLACreditAccountId) != "" {
			return nil
		}
		amount := func(col int) money.Decimal { return b.Columns[col].Decs[i].Decimal() }
		c := service.SLACreditRow{
			Period: schemas.Period(text(service.SLACreditBillingPeriod)), Result: text(service.SLACreditResultId), Of: schemas.Period(text(service.SLACreditOf)),
			Peer: schemas.PeerID(text(service.SLACreditPeerId)), Service: text(service.SLACreditServiceName), Region: text(service.SLACreditRegionId),
			Currency: money.Currency(text(service.SLACreditCurrency)), Expected: amount(service.SLACreditExpected), Before: amount(service.SLACreditBefore),
			Credited: amount(service.SLACreditCredited), Missing: amount(service.SLACreditMissing), Status: service.SLACreditStatus(text(service.SLACreditStatusColumn)),
			Since: dayIn(text(service.SLACreditClaimedOn)),
		}
		if c.Peer == "" || text(service.SLACreditAccountId) != "" { // it is ours to a customer, for a promise of our own or one passed on
			return nil
		}
		page := g.of(c.Peer)
		page.Credits = append(page.Credits, c)
		return nil
	})
}

// dayIn is the day that a dataset says, no day for none.
func dayIn(text string) schemas.Date {
	day, err := schemas.ParseDate(text)
	if err != nil {
		return schemas.Date{}
	}
	return day
}

// scan calls each for every row of a dataset that a step wrote.
func (g *peerPages) scan(step string, table *schemas.Table, each func(b *dataset.Batch, i int) error) error {
	results, err := g.in.Results(g.ctx, step)
	if err != nil {
		return err
	}
	return run.EachOutput(results, table.Name, func(o run.Output) error {
		return rows.ScanTable(g.ctx, g.in.Store(), o.Key, table, nil, func(b *dataset.Batch) error {
			for i := range b.Rows {
				if err := each(b, i); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// used adds up who uses what peers bill, by service and user.
func (g *peerPages) used() error {
	err := g.scan("reconcile/use", &peeruse.Uses, func(b *dataset.Batch, i int) error {
		text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
		key := peeruse.Use{
			Customer: text(peeruse.UseCustomerId), Peer: schemas.PeerID(text(peeruse.UsePeerId)), Service: text(peeruse.UseServiceName),
			User: text(peeruse.UseUser), Currency: money.Currency(text(peeruse.UseBillingCurrency)),
		}
		page := g.of(key.Peer)
		at, have := g.use[key]
		if !have {
			at = len(page.Use)
			g.use[key] = at
			page.Use = append(page.Use, key)
		}
		u := &page.Use[at]
		u.Rows += b.Columns[peeruse.UseRows].Ints[i]
		var err error
		u.Billed, err = u.Billed.Add(b.Columns[peeruse.UseBilledCost].Decs[i])
		return err
	})
	for _, page := range g.pages {
		slices.SortFunc(page.Use, func(a, b peeruse.Use) int {
			return cmp.Or(b.Billed.Cmp(a.Billed), cmp.Compare(a.Service, b.Service), cmp.Compare(a.User, b.User), cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Currency, b.Currency))
		})
	}
	return err
}

// budgeted takes over the thresholds of budgets.
func (g *peerPages) budgeted() error {
	return g.scan("reconcile/budgets", &peeruse.Budgets, func(b *dataset.Batch, i int) error {
		text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
		amount := func(col int) money.Decimal { return b.Columns[col].Decs[i].Decimal() }
		page := g.of(schemas.PeerID(text(peeruse.BudgetPeerId)))
		page.Budgets = append(page.Budgets, peeruse.BudgetLine{
			Budget: &schemas.Budget{ID: text(peeruse.BudgetBudgetId), Amount: amount(peeruse.BudgetAmount), Currency: money.Currency(text(peeruse.BudgetCurrency))},
			Peer:   page.Peer, Period: page.Period, Threshold: amount(peeruse.BudgetThreshold), Through: dayIn(text(peeruse.BudgetThrough)),
			Actual: amount(peeruse.BudgetActual), Forecast: amount(peeruse.BudgetForecast),
			ActualOn: dayIn(text(peeruse.BudgetActualOn)), ForecastOn: dayIn(text(peeruse.BudgetForecastOn)),
		})
		return nil
	})
}

// shared takes over who bears what.
func (g *peerPages) shared() error {
	return g.scan("reconcile/shared", &peeruse.Shares, func(b *dataset.Batch, i int) error {
		text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
		amount := func(col int) (d money.Decimal) {
			if v := &b.Columns[col]; !v.IsNull(i) {
				d = v.Decs[i].Decimal()
			}
			return d
		}
		page := g.of(schemas.PeerID(text(peeruse.SharePeerId)))
		page.Shares = append(page.Shares, peeruse.Share{
			ID: text(peeruse.ShareShareId), Peer: page.Peer, Shared: text(peeruse.ShareSharedId), Standing: peeruse.ShareStanding(text(peeruse.ShareStandingColumn)),
			Customer: text(peeruse.ShareCustomerId), Key: schemas.ShareKey(text(peeruse.ShareKey)), Weight: amount(peeruse.ShareWeight), Weights: amount(peeruse.ShareWeights),
			Unit: text(peeruse.ShareUnit), Amount: amount(peeruse.ShareAmount), Currency: money.Currency(text(peeruse.ShareCurrency)),
		})
		return nil
	})
}

// netted takes over what peers receive and pay under agreements.
func (g *peerPages) netted() error {
	return g.scan("reconcile/settle", &intercloud.NetStatements, func(b *dataset.Batch, i int) error {
		text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
		amount := func(col int) money.Decimal { return b.Columns[col].Decs[i].Decimal() }
		id := schemas.PeerID(text(intercloud.NetParty))
		if _, isPeer := g.rep.Peers[id]; !isPeer {
			return nil
		}
		page := g.of(id)
		page.Nets = append(page.Nets, intercloud.Net{
			ID: text(intercloud.NetStatementId), Period: page.Period, Agreement: intercloud.AgreementID(text(intercloud.NetAgreementId)),
			Pattern: intercloud.Pattern(text(intercloud.NetPattern)), Party: string(id), Counterparty: text(intercloud.NetCounterparty),
			Currency: money.Currency(text(intercloud.NetCurrency)), Due: dayIn(text(intercloud.NetDue)), Receivable: amount(intercloud.NetReceivable),
			Payable: amount(intercloud.NetPayable), Netted: amount(intercloud.NetNetted), Receives: amount(intercloud.NetReceives),
			Pays: amount(intercloud.NetPays), PaysTo: text(intercloud.NetPaysTo), Provisional: text(intercloud.NetProvisional) == "yes",
		})
		return nil
	})
}

// evidence notes by the hour what was delivered about peers' services.
func (g *peerPages) evidence() error {
	results, err := g.in.Results(g.ctx, "normalise/shard")
	if err != nil {
		return err
	}
	zone := g.in.Book().Zone()
	_, end := g.in.Bounds()
	err = run.EachOutput(results, service.EvidenceTable.Name, func(o run.Output) error {
		return rows.ReadEvidence(g.ctx, g.in.Store(), o.Key, func(r *service.EvidenceRow) error {
			if r.Peer != "" {
				if r.End.IsZero() { // it goes on
					r.End = end
				}
				g.note(r, zone)
			}
			return nil
		})
	})
	for _, page := range g.pages {
		slices.SortFunc(page.Strips, func(a, b peers.Strip) int {
			return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Region, b.Region))
		})
	}
	return err
}

// note puts one fact on the strip of its service: an incident makes hours bad, and the others that are over good.
func (g *peerPages) note(r *service.EvidenceRow, zone *time.Location) {
	start, end := r.Start.In(zone), r.End.In(zone)
	worst := peers.Good
	switch r.Format {
	case schemas.Incidents10:
		worst = peers.Down
	case schemas.Probes10:
		if !r.Up {
			worst = peers.Down
		}
	case schemas.Requests10:
		switch {
		case r.Errors*2 >= r.Total && r.Total > 0:
			worst = peers.Down
		case r.Errors*100 > r.Total:
			worst = peers.Degraded
		}
	default: // counters are readings of which a difference tells, and the others say nothing of hours
		return
	}
	strip := g.strip(g.of(r.Peer), r.Service, r.Region)
	if r.Format == schemas.Incidents10 {
		strip.Fill(g.rep.Through)
	}
	for at := start.Truncate(time.Hour); at.Before(end); at = at.Add(time.Hour) {
		from, to := at, at.Add(time.Hour)
		if start.After(from) {
			from = start
		}
		if end.Before(to) {
			to = end
		}
		h := worst
		if h == peers.Down && to.Sub(from) < time.Hour/2 {
			h = peers.Degraded
		}
		strip.Note(at, h)
	}
}

// strip is that of a service in a region.
func (g *peerPages) strip(page *peers.Page, name, region string) *peers.Strip {
	at := slices.IndexFunc(page.Strips, func(s peers.Strip) bool { return s.Service == name && s.Region == region })
	if at >= 0 {
		return &page.Strips[at]
	}
	s := peers.Strip{Service: name, Region: region}
	first, last := g.in.Period().Days()
	for day := first; !day.After(last); day = day.AddDays(1) {
		s.Days = append(s.Days, peers.Day{Day: day})
	}
	page.Strips = append(page.Strips, s)
	return &page.Strips[len(page.Strips)-1]
}
