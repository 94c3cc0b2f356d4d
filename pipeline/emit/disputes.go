package emit

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strconv"

	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/document"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// bills writes the invoices of peers and how disputes about their bills stand, and for each
// peer the rows of its bills that are too dear, as they can be sent to it.
func (e *reportEmitter) bills(billed *compare.Billed) error {
	totals, err := e.in.Results(e.ctx, "reconcile/bills")
	if err != nil {
		return err
	}
	for _, table := range []*schemas.Table{&peerbill.Invoices, &dispute.Disputes} {
		if err := e.table(table, totals); err != nil {
			return err
		}
	}
	shards, err := e.in.Results(e.ctx, "reconcile/detail")
	if err != nil {
		return err
	}
	var peers []schemas.PeerID
	for i := range billed.Bills {
		if b := &billed.Bills[i]; b.Withheld.IsPositive() && !slices.Contains(peers, b.Peer) {
			peers = append(peers, b.Peer)
		}
	}
	of := map[string]string{}
	for _, d := range e.in.Book().Disputes() {
		for _, item := range d.Items {
			of[item] = d.ID
		}
	}
	for _, peer := range peers {
		if err := e.disputed(peer, slices.Concat(shards, totals), billed.Invoices, of); err != nil {
			return err
		}
	}
	return e.err
}

// lines writes a CSV of named columns; fill calls add for each row.
func (e *reportEmitter) lines(name string, columns []string, fill func(add func([]document.Cell) error) error) error {
	out, err := e.in.WriteObject(e.ctx, "reports", e.key(name), 0, func(w io.Writer) error {
		var grid document.Grid
		for _, c := range columns {
			grid.Columns = append(grid.Columns, document.GridColumn{Name: c})
		}
		to := bufio.NewWriter(w)
		line := document.AppendCSVHead(nil, &grid)
		_, err := to.Write(line)
		if err == nil {
			err = fill(func(cells []document.Cell) error {
				line = document.AppendCSVRow(line[:0], cells)
				_, err := to.Write(line)
				return err
			})
		}
		return errors.Join(err, to.Flush())
	})
	if err != nil {
		return err
	}
	e.res.Outputs = append(e.res.Outputs, out)
	return nil
}

// table writes a dataset of texts, decimals and integers as CSV, where there is one.
func (e *reportEmitter) table(table *schemas.Table, from []*run.Result) error {
	there := func(r *run.Result) bool {
		return slices.ContainsFunc(r.Outputs, func(o run.Output) bool { return o.Dataset == table.Name })
	}
	if !slices.ContainsFunc(from, there) {
		return nil
	}
	var names []string
	for _, c := range table.Columns {
		names = append(names, c.Name)
	}
	return e.lines(table.Name+".csv", names, func(add func([]document.Cell) error) error {
		return run.EachOutput(from, table.Name, func(o run.Output) error {
			return rows.ScanTable(e.ctx, e.in.Store(), o.Key, table, nil, func(b *dataset.Batch) error {
				for i := range b.Rows {
					cells := make([]document.Cell, len(table.Columns))
					for k := range cells {
						cells[k] = cellOf(&b.Columns[k], table.Columns[k].Type, i)
					}
					if err := add(cells); err != nil {
						return err
					}
				}
				return nil
			})
		})
	})
}

func cellOf(v *dataset.Vector, kind schemas.ColumnType, i int) document.Cell {
	switch {
	case v.IsNull(i):
		return document.Cell{}
	case kind == schemas.Decimal:
		return document.Cell{Text: v.Decs[i].String(), Number: true}
	case kind == schemas.Integer:
		return document.Cell{Text: strconv.FormatInt(v.Ints[i], 10), Number: true}
	}
	return document.Cell{Text: v.StringAt(i)}
}

// disputedColumns are those of the file of what we dispute with a peer.
var disputedColumns = []string{
	"Bill date", "Invoice", "Dispute", "Item", "Service", "SKU", "Region", "Resource", "Charge period from", "Rows", "First row", "Object",
	"Billed quantity", "Counted quantity", "Unit", "Billed", "Due", "Disputed", "Currency", "Reason",
}

// disputed writes the rows of one peer's bills that are too dear, in the order of the shards; of names the dispute that each is in.
func (e *reportEmitter) disputed(peer schemas.PeerID, from []*run.Result, invoices []peerbill.Invoice, of map[string]string) error {
	_, last := e.in.Period().Days()
	return e.lines("disputes/"+string(peer)+".csv", disputedColumns, func(add func([]document.Cell) error) error {
		return run.EachOutput(from, peerbill.Discrepancies.Name, func(o run.Output) error {
			return rows.ReadDiscrepancies(e.ctx, e.in.Store(), o.Key, func(x *peerbill.Discrepancy) error {
				if x.Peer != peer || x.Note || x.Tolerated || !x.Amount.IsPositive() {
					return nil
				}
				day, number := issued(x, invoices, last)
				text := func(s string) document.Cell { return document.Cell{Text: s} }
				amount := func(d money.Decimal) document.Cell { return document.Cell{Text: d.String(), Number: true} }
				count := func(n int64) document.Cell { return document.Cell{Text: strconv.FormatInt(n, 10), Number: true} }
				return add([]document.Cell{
					text(day.String()), text(number), text(of[x.ID]), text(x.ID), text(x.Service), text(string(x.SKU)), text(x.Region), text(x.Resource), text(x.Day.String()),
					count(x.BillRows), count(x.Row), text(x.Object), amount(x.Billed), amount(x.Metered), text(x.Unit), amount(x.Actual), amount(x.Expected),
					amount(x.Amount), text(string(x.Currency)), text(x.Class.Objection()),
				})
			})
		})
	})
}

// issued is the day and number of the invoice that a discrepancy is of: that which its row names, or the only one of its peer;
// without one the last day of the month.
func issued(x *peerbill.Discrepancy, invoices []peerbill.Invoice, last schemas.Date) (schemas.Date, string) {
	var found *peerbill.Invoice
	n := 0
	for i := range invoices {
		v := &invoices[i]
		if v.Peer != x.Peer {
			continue
		}
		if n++; v.Number == x.Invoice || found == nil && x.Invoice == "" {
			found = v
		}
	}
	switch {
	case found == nil, x.Invoice == "" && n > 1:
		return last, x.Invoice
	case found.Issued.IsZero():
		return last, found.Number
	}
	return found.Issued, found.Number
}
