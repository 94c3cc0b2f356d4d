package emit

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybook/pipeline/compare"
	"daybook/pipeline/document"
	"daybook/pipeline/ingest"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/feed"
	"daybook/schemas/money"
)

// report gathers what the variance report shows.
func report(ctx context.Context, in *run.Inputs) (*document.Report, *compare.Compared, error) {
	left, err := comparedOf(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	b := in.Book()
	p := b.Provider()
	places, _ := money.MinorUnits(p.Currency)
	rep := &document.Report{
		Provider: p.Name, Period: in.Period(), Run: in.RunID(), Currency: p.Currency, Places: places, Through: left.Through,
		Provisional: left.Unwhole, Offerings: map[schemas.OfferingID]string{}, Peers: map[schemas.PeerID]string{},
		Revenue: left.Revenue, Cost: left.Cost, Margin: left.Margin, Variances: left.Variances, Matches: left.Matches, Days: left.Days,
		Margins: left.Losses, Rates: map[money.Currency]money.Ratio{},
	}
	for _, f := range left.Feeds {
		rep.Feeds = append(rep.Feeds, document.Feed{Source: f.Source, Through: f.Through, Every: f.Every})
	}
	for i := range b.Catalogue().Offerings {
		o := &b.Catalogue().Offerings[i]
		rep.Offerings[o.ID] = o.Name
	}
	for i := range b.Peers() {
		peer := &b.Peers()[i]
		rep.Peers[peer.ID] = peer.Name
	}
	if err = aboutPlan(ctx, in, rep); err != nil {
		return nil, nil, err
	}
	rep.Changes = left.Changes
	if rep.Findings, err = countFindings(ctx, in); err != nil {
		return nil, nil, err
	}
	reportRates(rep, compare.Exchange(b, rep.Period, rep.Through, in.AsOf()))
	if rep.Rounding, err = rounding(ctx, in); err != nil {
		return nil, nil, err
	}
	for _, a := range in.Arrived() {
		rep.Outdated = append(rep.Outdated, a.String())
	}
	if rep.Completeness, err = completeness(ctx, in); err != nil {
		return nil, nil, err
	}
	rep.Missing, err = missing(ctx, in)
	return rep, left, err
}

// completeness is how complete deliveries are.
func completeness(ctx context.Context, in *run.Inputs) (out []feed.Row, err error) {
	results, err := in.Results(ctx, "reconcile/feeds")
	if err != nil {
		return nil, err
	}
	err = run.EachOutput(results, feed.Completeness.Name, func(o run.Output) error {
		return rows.ReadFeeds(ctx, in.Store(), o.Key, func(r *feed.Row) error {
			out = append(out, *r)
			return nil
		})
	})
	return out, err
}

// aboutPlan takes over the versions of the plan, and what the month and the year come to.
func aboutPlan(ctx context.Context, in *run.Inputs, rep *document.Report) error {
	results, err := in.Results(ctx, "reconcile/plan")
	if err != nil {
		return err
	}
	left, err := run.Left[compare.Planned](results[0])
	if err != nil {
		return err
	}
	rep.Versions, rep.Forecasts = left.Versions, left.Forecasts
	return nil
}

// billsOf are the peers' bills that are compared in detail, and their invoices; none without a contract that asks for it.
func billsOf(ctx context.Context, in *run.Inputs) (*compare.Billed, error) {
	results, err := in.Results(ctx, "reconcile/bills")
	if err != nil || len(results[0].Outputs) == 0 {
		return &compare.Billed{}, err
	}
	return run.Left[compare.Billed](results[0])
}

// reportRates gives the report a rate for every currency it orders amounts in.
func reportRates(rep *document.Report, fx schemas.FX) {
	want := func(c money.Currency) {
		if _, have := rep.Rates[c]; have || c == "" {
			return
		}
		if conv, ok := fx(c, rep.Currency, schemas.Date{}); ok {
			rep.Rates[c] = conv.Factor
		}
	}
	for i := range rep.Matches {
		want(rep.Matches[i].Currency)
		want(rep.Matches[i].BilledCurrency)
	}
	for i := range rep.Margins {
		want(rep.Margins[i].Currency)
	}
	for i := range rep.Findings {
		for _, a := range rep.Findings[i].Amounts {
			want(a.Currency)
		}
	}
}

// countFindings adds up the findings of all earlier steps by code.
func countFindings(ctx context.Context, in *run.Inputs) ([]document.FindingCount, error) {
	codes := map[schemas.Code]run.CodeCount{}
	for _, step := range in.Reads() {
		results, err := in.Results(ctx, step)
		if err != nil {
			return nil, err
		}
		for _, res := range results {
			for _, c := range res.Codes {
				run.AddCode(codes, c)
			}
		}
	}
	var out []document.FindingCount
	for _, c := range run.SortedCodes(codes) {
		count := document.FindingCount{Code: c.Code, Severity: c.Severity, Findings: c.Findings, Rows: c.Rows}
		for _, currency := range slices.Sorted(maps.Keys(c.Amounts)) {
			count.Amounts = append(count.Amounts, document.CurrencyAmount{Currency: currency, Amount: c.Amounts[currency]})
		}
		out = append(out, count)
	}
	return out, nil
}

// rounding is what rounding left out, by source, of the objects whose deliveries count.
func rounding(ctx context.Context, in *run.Inputs) ([]document.RoundedSum, error) {
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return nil, err
	}
	refused, err := normalise.RefusedDeliveries(objects)
	if err != nil {
		return nil, err
	}
	bySource := map[schemas.SourceID]run.Roundings{}
	for _, res := range objects {
		left, err := run.Left[normalise.Decoded](res)
		if err != nil {
			return nil, err
		}
		if len(res.Control.Rounding) > 0 && !refused[run.DeliveryName(left.Source, left.Delivery)] {
			bySource[left.Source] = bySource[left.Source].Plus(res.Control.Rounding)
		}
	}
	var out []document.RoundedSum
	for _, id := range slices.Sorted(maps.Keys(bySource)) {
		for _, r := range bySource[id] {
			out = append(out, document.RoundedSum{Source: id, Column: r.Column, Of: r.Of, Values: r.Values, Residue: r.Residue})
		}
	}
	return out, nil
}

// missing says in a sentence each what keeps the period from being complete.
func missing(ctx context.Context, in *run.Inputs) ([]string, error) {
	var out []string
	sources, err := in.Results(ctx, "ingest/delivery")
	if err != nil {
		return nil, err
	}
	for _, res := range sources {
		left, err := run.Left[ingest.Delivered](res)
		if err != nil {
			return nil, err
		}
		out = append(out, left.Missing...)
	}
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return nil, err
	}
	for _, res := range objects {
		for i := range res.Refusals {
			if !res.Refusals[i].Waived {
				out = append(out, res.Refusals[i].Why)
			}
		}
	}
	return out, nil
}

func sortedEntries(entries []document.IndexEntry) []document.IndexEntry {
	slices.SortFunc(entries, func(a, b document.IndexEntry) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Currency, b.Currency))
	})
	return entries
}

// arithmeticSQL puts the numbers of a charge into the places of its formula.
const arithmeticSQL = `-- The arithmetic of a charge with its numbers: select arithmetic(x_Steps, x_StepNumbers) from charges
create or replace macro arithmetic(steps, numbers) as list_reduce(
  list_prepend(steps, list_transform(string_split(coalesce(numbers, ''), ';'), lambda n, i: '{' || i || '}' || n)),
  lambda text, n: replace(text, regexp_extract(n, '^[^}]*.'), regexp_replace(n, '^[^}]*.', '')));
`

// openSQL is a script that makes a view of each dataset of this run, and of no other: paths are relative to the store. Files stand
// in the order of the plan, which is that of their parts: in that of their names they would follow what the tasks are called.
func (e *reportEmitter) openSQL() ([]byte, error) {
	files := map[string][]string{}
	for _, step := range e.in.Reads() {
		results, err := e.in.Results(e.ctx, step)
		if err != nil {
			return nil, err
		}
		for _, res := range results {
			for _, o := range res.Outputs {
				if strings.HasSuffix(o.Key, ".parquet") {
					files[o.Dataset] = append(files[o.Dataset], o.Key)
				}
			}
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "-- The datasets of run %s, period %s, as DuckDB views. Start DuckDB in the store:\n", e.in.RunID(), e.in.Period())
	fmt.Fprintf(&b, "--   cd STORE && duckdb -init %s\n", e.key("open.sql"))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&b, "create or replace view %s as select * from read_parquet([\n", name)
		for i, key := range files[name] {
			comma := ","
			if i == len(files[name])-1 {
				comma = ""
			}
			fmt.Fprintf(&b, "  '%s'%s\n", strings.ReplaceAll(key, "'", "''"), comma)
		}
		b.WriteString("], hive_partitioning = true);\n")
	}
	b.WriteString(arithmeticSQL)
	return b.Bytes(), nil
}
