package compare

import (
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/reconcile/bills"
	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// DetailColumns are the columns of usage by which the rows of peers' bills are compared.
var DetailColumns = append(slices.Clone(UseColumns),
	schemas.UseAccountId, schemas.UseBillingAccountId, schemas.UseSubAccountId, schemas.UseResourceId, schemas.UseChargePeriodEnd,
	schemas.UseContractedUnitPrice, schemas.UseObjectKey, schemas.UseObjectRow, schemas.UseInvoiceId)

// Detail holds the rows of peers' bills against what our meters counted, for the accounts of one shard, where a contract asks for
// it. Without such a contract nothing is read and nothing written.
func Detail(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	contracts := Contracts(in.Book(), in.Period(), in.AsOf())
	if !contracts.HasDetail() {
		return &run.Result{}, nil
	}
	left, err := comparedIn(ctx, in)
	if err != nil {
		return nil, err
	}
	usage, err := in.Results(ctx, "normalise/shard")
	if err != nil {
		return nil, err
	}
	d := &detailing{in: in, usage: usage, res: &run.Result{}, found: in.NewFindings(), sums: bills.NewBillSums(contracts)}
	d.matching = &Matching{
		Store: in.Store(), Contracts: contracts, FX: Exchange(in.Book(), in.Period(), left.Through, in.AsOf()), Matches: left.Matches,
		Zone: in.Book().Zone(), OwnUse: in.Book().OwnUse, Counted: d.count,
	}
	defer d.found.Close()
	if err := d.write(ctx); err != nil {
		return nil, err
	}
	pack := tally.Write()
	d.sums.Exchange(pack)
	d.res.Sums = pack.Bytes()
	return d.res, d.found.Write(ctx, in, d.res)
}

// comparedIn is what the match of all use left.
func comparedIn(ctx context.Context, in *run.Inputs) (*Compared, error) {
	total, err := in.Results(ctx, "reconcile/total")
	if err != nil {
		return nil, err
	}
	return run.Left[Compared](total[0])
}

// detailing is a shard at work.
type detailing struct {
	in       *run.Inputs
	usage    []*run.Result
	matching *Matching
	sums     *bills.BillSums
	res      *run.Result
	found    run.Findings
}

// write writes the discrepancies, and counts what lies there.
func (d *detailing) write(ctx context.Context) error {
	var off offsets
	out, err := d.in.WriteRead(ctx, &peerbill.Discrepancies, func(write func(*dataset.Batch) error) error {
		w := rows.NewDiscrepancyWriter(write)
		if err := d.match(ctx, w); err != nil {
			return err
		}
		return w.Flush()
	}, off.add)
	if err != nil {
		return err
	}
	d.res.Outputs = append(d.res.Outputs, out)
	d.res.Control.Discrepant = off.Totals
	return nil
}

// match compares the shard.
func (d *detailing) match(ctx context.Context, w *rows.DiscrepancyWriter) error {
	m, r := d.matching, newReached(d, w)
	var keys []string
	err := run.EachOutput(d.usage, schemas.Usage.Name, func(o run.Output) error {
		keys = append(keys, o.Key)
		return nil
	})
	if err != nil {
		return err
	}
	home := d.in.Home()
	before := func(each func(*peerbill.Discrepancy) error) error {
		return DiscrepanciesBefore(ctx, d.in.Store(), d.in.Earlier(), d.in.Period(), func(x *peerbill.Discrepancy) error {
			if x.Account == "" || int(home(x.Account)) != d.in.Part {
				return nil
			}
			return each(x)
		})
	}
	detail, err := m.Match(ctx, keys, before, func(x *peerbill.Discrepancy, at []bills.BillRow) error { return r.add(ctx, x, at) })
	if err == nil {
		err = r.flush(ctx)
	}
	if err != nil {
		return err
	}
	have, err := m.Read.Totals()
	if err != nil {
		return err
	}
	if err := run.ReadWhole(schemas.Usage.Name, &have, d.usage, run.UsageTotals); err != nil {
		return err
	}
	for _, f := range detail.Findings() {
		d.found.Add(f)
	}
	return d.sums.Merge(detail.Sums())
}

// count counts rows of bills that are compared.
func (d *detailing) count(peer schemas.PeerID, invoice string, currency money.Currency, billed money.Fixed, rows int64) error {
	control := &d.res.Control.Detailed
	control.Rows += rows
	if err := control.AddCost(string(currency), billed); err != nil {
		return err
	}
	return d.sums.Numbered(peer, invoice, currency, billed, rows)
}

// EachDetailRow calls each with the rows of a batch of the detail's columns that the comparison of bills takes.
func EachDetailRow(b *dataset.Batch, contracts *bills.Contracts, days *rows.DayFinder, of run.Book, each func(int, *bills.DetailRow) error) error {
	text := func(col, i int) string { return string(b.Columns[col].TextAt(i)) }
	for i := range b.Rows {
		day := days.Find(b.Columns[schemas.UseChargePeriodStart].Ints[i])
		peer := schemas.PeerID(b.Columns[schemas.UsePeerId].TextAt(i))
		if peer == "" && !contracts.Wants(schemas.SKU(b.Columns[schemas.UseSkuId].TextAt(i))) || peer != "" && !contracts.Details(peer, day) {
			continue
		}
		r := bills.DetailRow{
			UseRow: *UseRow(b, i, day), Account: schemas.AccountID(text(schemas.UseAccountId, i)), Resource: text(schemas.UseResourceId, i),
			Start: b.Columns[schemas.UseChargePeriodStart].Ints[i], End: b.Columns[schemas.UseChargePeriodEnd].Ints[i],
			Object: text(schemas.UseObjectKey, i), Row: b.Columns[schemas.UseObjectRow].Ints[i], Invoice: text(schemas.UseInvoiceId, i),
		}
		if err := addNumbers(b, i, &r.UseRow); err != nil {
			return err
		}
		if v := &b.Columns[schemas.UseContractedUnitPrice]; !v.Absent && !v.IsNull(i) {
			r.UnitPrice, r.HasPrice = v.Decs[i], true
		}
		if peer != "" && r.Account == "" {
			r.OurOwn = of.OwnUse(peer, text(schemas.UseBillingAccountId, i), text(schemas.UseSubAccountId, i))
		}
		if err := each(i, &r); err != nil {
			return err
		}
	}
	return nil
}

// offsets adds up what discrepancies come to, by currency.
type offsets struct{ dataset.Totals }

func (o *offsets) add(b *dataset.Batch) error {
	for i := range b.Rows {
		if err := o.AddCost(b.Columns[peerbill.DiscCurrency].StringAt(i), b.Columns[peerbill.DiscAmount].Decs[i]); err != nil {
			return err
		}
	}
	return nil
}

// earlierOutputs are the parts of a dataset of the current run of the month before; none where it has no run.
func earlierOutputs(ctx context.Context, in *run.Inputs, table *schemas.Table) ([]string, error) {
	return outputsBefore(ctx, in.Store(), in.Earlier(), in.Period(), table)
}

func outputsBefore(ctx context.Context, st store.Store, earlier []run.Earlier, p schemas.Period, table *schemas.Table) ([]string, error) {
	at := slices.IndexFunc(earlier, func(e run.Earlier) bool { return e.Period == p.Previous() })
	if at < 0 {
		return nil, nil
	}
	m, err := run.ReadEarlier(ctx, st, earlier[at])
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, o := range m.Outputs {
		if o.Dataset == table.Name {
			keys = append(keys, o.Key)
		}
	}
	return keys, nil
}

// DiscrepanciesBefore calls each for all that the run of the month before a period has, among earlier runs.
func DiscrepanciesBefore(ctx context.Context, st store.Store, earlier []run.Earlier, p schemas.Period, each func(*peerbill.Discrepancy) error) error {
	keys, err := outputsBefore(ctx, st, earlier, p, &peerbill.Discrepancies)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := rows.ReadDiscrepancies(ctx, st, key, each); err != nil {
			return fmt.Errorf("read what the month before found wrong: %w", err)
		}
	}
	return nil
}

// Billed is what the comparison of peers' bills leaves for the reports.
type Billed struct {
	Bills    []peerbill.Bill    `json:"bills,omitempty"`
	Invoices []peerbill.Invoice `json:"invoices,omitempty"`
}

// Bills adds up the shards, compares what is of bills as a whole, and writes what each bill comes to.
func Bills(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	contracts := Contracts(in.Book(), in.Period(), in.AsOf())
	if !contracts.HasDetail() {
		return &run.Result{}, nil
	}
	shards, err := in.Results(ctx, "reconcile/detail")
	if err != nil {
		return nil, err
	}
	sums := bills.NewBillSums(contracts)
	for _, res := range shards {
		pack := tally.Read(res.Sums)
		sums.Exchange(pack)
		if err := pack.End(); err != nil {
			return nil, fmt.Errorf("read the sums of %s: %w", res.Task, err)
		}
	}
	rolled, err := rolledBefore(ctx, in)
	if err != nil {
		return nil, err
	}
	said, err := saidOfBills(ctx, in)
	if err != nil {
		return nil, err
	}
	invoices, differ := sums.Invoices(said.lines)
	disputes, err := disputesOf(ctx, in, said, invoices)
	if err != nil {
		return nil, err
	}
	left, err := comparedIn(ctx, in)
	if err != nil {
		return nil, err
	}
	total, err := sums.Total(rolled, disputes.due(), left.Matches)
	if err != nil {
		return nil, err
	}
	res := &run.Result{}
	if err := writeBills(ctx, in, res, total); err != nil {
		return nil, err
	}
	if err := writeInvoices(ctx, in, res, invoices); err != nil {
		return nil, err
	}
	stand, err := disputes.write(ctx, res, total)
	if err != nil {
		return nil, err
	}
	total.Findings = slices.Concat(total.Findings, differ, stand)
	if err := res.Leave(&Billed{total.Bills, invoices}); err != nil {
		return nil, err
	}
	found := in.NewFindings()
	defer found.Close()
	for _, f := range total.Findings {
		found.Add(f)
	}
	return res, found.Write(ctx, in, res)
}

// writeBills writes what shows over all accounts, and counts what lies there.
func writeBills(ctx context.Context, in *run.Inputs, res *run.Result, total *bills.Totals) error {
	var off offsets
	out, err := in.WriteRead(ctx, &peerbill.Discrepancies, func(write func(*dataset.Batch) error) error {
		w := rows.NewDiscrepancyWriter(write)
		for i := range total.Discrepancies {
			if err := w.Add(&total.Discrepancies[i]); err != nil {
				return err
			}
		}
		return w.Flush()
	}, off.add)
	if err != nil {
		return err
	}
	res.Outputs = append(res.Outputs, out)
	res.Control.Discrepant = off.Totals
	billed, differ := &res.Control.PeerBilled, &res.Control.PeerOff
	out, err = in.WriteRead(ctx, &peerbill.Bills, func(write func(*dataset.Batch) error) error {
		return rows.AppendPeerBills(total.Bills, write)
	}, func(b *dataset.Batch) error {
		for i := range b.Rows {
			billed.Rows += b.Columns[peerbill.BillBillRows].Ints[i]
			if err := billed.AddCost(b.Columns[peerbill.BillBillingCurrency].StringAt(i), b.Columns[peerbill.BillBilledCost].Decs[i]); err != nil {
				return err
			}
			for _, col := range []int{peerbill.BillDisputed, peerbill.BillTolerated} {
				if err := differ.AddCost(b.Columns[peerbill.BillCurrency].StringAt(i), b.Columns[col].Decs[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	res.Outputs = append(res.Outputs, out)
	return nil
}

// rolledBefore is what was tolerated up to the end of the month before, by contract.
func rolledBefore(ctx context.Context, in *run.Inputs) (map[schemas.ContractID]money.Decimal, error) {
	keys, err := earlierOutputs(ctx, in, &peerbill.Bills)
	if err != nil {
		return nil, err
	}
	out := map[schemas.ContractID]money.Decimal{}
	for _, key := range keys {
		err := rows.ScanTable(ctx, in.Store(), key, &peerbill.Bills, []int{peerbill.BillContractId, peerbill.BillRolled}, func(b *dataset.Batch) error {
			for i := range b.Rows {
				id := schemas.ContractID(b.Columns[peerbill.BillContractId].StringAt(i))
				out[id] = out[id].Add(b.Columns[peerbill.BillRolled].Decs[i].Decimal())
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
