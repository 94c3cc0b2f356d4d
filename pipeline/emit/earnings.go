package emit

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/document"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// earnings writes revenue by customer and by account as CSV, row by row, gathers what the report shows of it, and counts what was
// written.
func (e *reportEmitter) earnings(to *document.Earnings) error {
	results, err := e.in.Results(e.ctx, "reconcile/accounts")
	if err != nil {
		return err
	}
	left, err := run.Left[compare.Earned](results[0])
	if err != nil {
		return err
	}
	to.Month, to.Known, to.Why = left.Before, left.Known, left.Why
	for _, x := range []struct {
		table   *schemas.Table
		earners *document.Earners
		control *dataset.Totals
	}{
		{&schemas.Customers, &to.Customers, &e.res.Control.ByCustomer},
		{&schemas.Accounts, &to.Accounts, &e.res.Control.ByAccount},
	} {
		key := e.key(x.table.Name + ".csv")
		out, err := e.in.WriteObject(e.ctx, "reports", key, 0, func(w io.Writer) error {
			return writeEarnings(e.ctx, e.in.Store(), w, results, x.table, x.earners)
		})
		if err != nil {
			return err
		}
		e.res.Outputs = append(e.res.Outputs, out)
		if *x.control, err = countEarnings(e.ctx, e.in.Store(), key); err != nil {
			return err
		}
	}
	return e.courses(to)
}

// courses takes over the revenue of the customers that moved most by month, from the runs of the year before.
func (e *reportEmitter) courses(to *document.Earnings) error {
	period, currency := e.in.Period(), e.in.Book().Provider().Currency
	movers := to.Customers.Movers()
	earlier := e.in.Earlier()
	if len(movers) == 0 || len(earlier) == 0 {
		return nil
	}
	for p := earlier[0].Period; p <= period; p = p.Next() {
		to.Months = append(to.Months, p)
	}
	to.Courses = map[string][]*money.Decimal{}
	for _, x := range movers {
		course := make([]*money.Decimal, len(to.Months))
		course[len(course)-1] = &x.Revenue
		to.Courses[x.Customer] = course
	}
	columns := []int{schemas.EarningCustomerId, schemas.EarningCurrency, schemas.EarningRevenue}
	for _, r := range earlier {
		m, err := run.ReadEarlier(e.ctx, e.in.Store(), r)
		if err != nil {
			return err
		}
		month, known := slices.Index(to.Months, r.Period), false
		for _, o := range m.Outputs {
			if o.Dataset != schemas.Customers.Name {
				continue
			}
			known = true
			err := rows.ScanTable(e.ctx, e.in.Store(), o.Key, &schemas.Customers, columns, func(b *dataset.Batch) error {
				for i := range b.Rows {
					course := to.Courses[string(b.Columns[schemas.EarningCustomerId].TextAt(i))]
					if course != nil && money.Currency(b.Columns[schemas.EarningCurrency].TextAt(i)) == currency {
						revenue := b.Columns[schemas.EarningRevenue].Decs[i].Decimal()
						course[month] = &revenue
					}
				}
				return nil
			})
			if err != nil {
				return fmt.Errorf("read what customers brought in %s: %w", r.Period, err)
			}
		}
		for _, course := range to.Courses { // who is not in a month that is known brought nothing in it
			if known && course[month] == nil {
				course[month] = new(money.Decimal)
			}
		}
	}
	return nil
}

// writeEarnings writes the rows of a dataset as CSV and adds them up.
func writeEarnings(ctx context.Context, s store.Store, w io.Writer, results []*run.Result, table *schemas.Table, to *document.Earners) error {
	*to = document.Earners{Table: table} // anew for each try
	grid := document.EarningGrid(table)
	out := bufio.NewWriter(w)
	line := document.AppendCSVHead(nil, &grid)
	if _, err := out.Write(line); err != nil {
		return err
	}
	err := run.EachOutput(results, table.Name, func(o run.Output) error {
		return rows.ReadEarnings(ctx, s, o.Key, table, func(r *schemas.Earning) error {
			to.Add(r)
			line = document.AppendCSVRow(line[:0], document.EarningCells(table, r))
			_, err := out.Write(line)
			return err
		})
	})
	return errors.Join(err, out.Flush())
}

// countEarnings reads back the CSV that lies under a key: how many charges there are behind its rows, and what they come to. It
// knows nothing of the dataset that it was made of.
func countEarnings(ctx context.Context, s store.Store, key string) (t dataset.Totals, err error) {
	object, err := s.Get(ctx, key, 0, -1)
	if err != nil {
		return t, err
	}
	defer object.Close()
	in := csv.NewReader(object)
	in.ReuseRecord = true
	head, err := in.Read()
	if err != nil {
		return t, fmt.Errorf("read %s: %w", key, err)
	}
	at := map[string]int{}
	for _, name := range []string{"Revenue", "Coming", "Charges"} {
		if at[name] = slices.Index(head, name); at[name] < 0 {
			return t, fmt.Errorf("read %s: %w: it has no column %s", key, run.ErrUnbalanced, name)
		}
	}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return t, fmt.Errorf("read %s: %w", key, err)
		}
		charges, err := strconv.ParseInt(record[at["Charges"]], 10, 64)
		if err != nil {
			return t, fmt.Errorf("read %s: %w", key, err)
		}
		t.Rows += charges
		for _, name := range []string{"Revenue", "Coming"} {
			amount, err := money.ParseFixed([]byte(record[at[name]]))
			if err != nil {
				return t, fmt.Errorf("read %s, %s %q: %w", key, name, record[at[name]], err)
			}
			if err := t.AddQuantity(string(schemas.Revenue), amount); err != nil {
				return t, err
			}
		}
	}
}
