package compare

import (
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/bills"
	"daybook/reconcile/standing"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
	"daybook/schemas/service"
)

// disputes are those with peers at a period; nil where the book has none and no contract gives them deadlines.
type disputes struct {
	in *run.Inputs
	q  standing.Question
}

// disputesOf gathers what they hang on: the decisions of the book, what peers answered up to now, and what earlier runs left.
func disputesOf(ctx context.Context, in *run.Inputs, now *said, invoices []peerbill.Invoice) (*disputes, error) {
	contracts := in.Book().Contracts()
	asked := slices.ContainsFunc(contracts, func(c agreed.Contract) bool { return c.Detail != nil && c.Detail.Disputes != nil })
	if len(in.Book().Disputes()) == 0 && !asked && len(now.answers) == 0 {
		return nil, nil //nolint:nilnil // a book without disputes
	}
	d := &disputes{in: in, q: standing.Question{
		Period: in.Period(), AsOf: in.AsOf(), Contracts: contracts, Disputes: in.Book().Disputes(), Given: map[string]money.Decimal{},
		Issued: map[schemas.PeerID]schemas.Date{}, Detected: map[schemas.ContractID]money.Decimal{},
	}}
	for i := range invoices {
		if x := &invoices[i]; x.Issued.After(d.q.Issued[x.Peer]) {
			d.q.Issued[x.Peer] = x.Issued
		}
	}
	var keys []string
	for _, e := range in.Earlier() {
		m, err := run.ReadEarlier(ctx, in.Store(), e)
		if err != nil {
			return nil, err
		}
		for _, o := range m.Outputs {
			switch o.Dataset {
			case service.EvidenceTable.Name:
				keys = append(keys, o.Key)
			case dispute.Disputes.Name:
				if err := d.earlier(ctx, o.Key, e.Period == in.Period().Previous()); err != nil {
					return nil, err
				}
			}
		}
	}
	before, err := readSaid(ctx, in, keys)
	if err != nil {
		return nil, err
	}
	d.q.Answers = slices.Concat(before.answers, now.answers)
	return d, nil
}

// earlier reads how disputes stood in an earlier period: what its bills credited, and of the period before what was left unraised.
func (d *disputes) earlier(ctx context.Context, key string, last bool) error {
	return rows.ReadDisputes(ctx, d.in.Store(), key, func(s *dispute.Standing) error {
		d.q.Given[s.ID] = d.q.Given[s.ID].Add(s.CreditedNow)
		if last {
			d.q.Before = append(d.q.Before, *s)
		}
		return nil
	})
}

// due is what bills of the period should credit.
func (d *disputes) due() (out []bills.Due) {
	if d == nil {
		return nil
	}
	for _, x := range d.q.Due() {
		out = append(out, bills.Due{Dispute: x.Dispute, Peer: x.Peer, Service: x.Service, Amount: x.Amount, Currency: x.Currency})
	}
	return out
}

// write writes how they stand when the bills are known, and counts what lies there.
func (d *disputes) write(ctx context.Context, res *run.Result, total *bills.Totals) ([]schemas.Finding, error) {
	if d == nil {
		return nil, nil
	}
	d.q.Now = total.Credited
	for i := range total.Bills {
		b := &total.Bills[i]
		d.q.Detected[b.Contract] = d.q.Detected[b.Contract].Add(b.Withheld)
	}
	claimed := &res.Control.Claimed
	for currency, amount := range d.q.Claimed() {
		f, err := money.FixedFromDecimal(amount)
		if err != nil {
			return nil, fmt.Errorf("add up the disputes: %w", err)
		}
		if err := claimed.AddCost(string(currency), f); err != nil {
			return nil, err
		}
	}
	stand, findings := standing.Of(&d.q)
	at := &res.Control.Standing
	out, err := d.in.WriteRead(ctx, &dispute.Disputes, func(write func(*dataset.Batch) error) error {
		return rows.AppendDisputes(stand, write)
	}, func(b *dataset.Batch) error {
		for i := range b.Rows {
			for _, col := range []int{dispute.DispAccepted, dispute.DispRejected, dispute.DispOpen} {
				if err := at.AddCost(b.Columns[dispute.DispCurrency].StringAt(i), b.Columns[col].Decs[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	lost, err := d.lost(ctx, res)
	return append(findings, lost...), err
}

// lost are findings of items of disputes about bills of the period that are no discrepancies of these.
func (d *disputes) lost(ctx context.Context, res *run.Result) (out []schemas.Finding, err error) {
	wanted := map[string]string{}
	for i := range d.q.Disputes {
		if x := &d.q.Disputes[i]; x.Period == d.in.Period() {
			for _, item := range x.Items {
				wanted[item] = x.ID
			}
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	shards, err := d.in.Results(ctx, "reconcile/detail")
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	err = run.EachOutput(slices.Concat(shards, []*run.Result{res}), peerbill.Discrepancies.Name, func(o run.Output) error {
		return rows.ScanTable(ctx, d.in.Store(), o.Key, &peerbill.Discrepancies, []int{peerbill.DiscDiscrepancyId}, func(b *dataset.Batch) error {
			for i := range b.Rows {
				if id := b.Columns[peerbill.DiscDiscrepancyId].TextAt(i); wanted[string(id)] != "" {
					there[string(id)] = true
				}
			}
			return nil
		})
	})
	for i := range d.q.Disputes {
		for _, item := range d.q.Disputes[i].Items {
			if wanted[item] == d.q.Disputes[i].ID && !there[item] {
				out = append(out, schemas.Remark(schemas.CodeDisputeUnknown, d.q.Disputes[i].ID,
					fmt.Sprintf("dispute %s is about %s, and no discrepancy of the period has that name; correct items of the dispute", d.q.Disputes[i].ID, schemas.ClipValue(item)), money.Zero, ""))
			}
		}
	}
	return out, err
}
