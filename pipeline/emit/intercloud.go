package emit

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/document"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/settle"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

// intercloud writes what is settled with other providers as CSV, and for each of them its net statement. A book without agreements has
// none of it.
func (e *reportEmitter) intercloud() error {
	results, err := e.in.Results(e.ctx, "reconcile/settle")
	if err != nil || len(results[0].Outputs) == 0 {
		return err
	}
	for _, table := range []*schemas.Table{&intercloud.Settlements, &intercloud.NetStatements, &intercloud.Choices} {
		if err := e.asCSV(results, table); err != nil {
			return err
		}
	}
	left, err := run.Left[settle.Settled](results[0])
	if err != nil {
		return err
	}
	others := map[string]bool{}
	for i := range left.Debts {
		others[left.Debts[i].From], others[left.Debts[i].To] = true, true
	}
	delete(others, e.in.Book().Provider().ID)
	for _, party := range slices.Sorted(maps.Keys(others)) {
		grid := statementGrid(party, left)
		e.write("net_statements/"+party+".csv", document.AppendCSV(nil, &grid))
	}
	return e.err
}

// asCSV writes a small dataset as CSV, but for the arithmetic, if the run has it.
func (e *reportEmitter) asCSV(results []*run.Result, table *schemas.Table) error {
	g := document.Grid{Name: table.Name}
	var columns []int
	for i, c := range table.Columns {
		if c.Name != "Steps" {
			columns = append(columns, i)
			g.Columns = append(g.Columns, document.GridColumn{Name: c.Name})
		}
	}
	there := false
	err := run.EachOutput(results, table.Name, func(o run.Output) error {
		there = true
		return rows.ScanTable(e.ctx, e.in.Store(), o.Key, table, nil, func(b *dataset.Batch) error {
			for i := range b.Rows {
				line := make([]document.Cell, len(columns))
				for k, col := range columns {
					line[k] = cellAt(b, col, i)
				}
				g.Rows = append(g.Rows, line)
			}
			return nil
		})
	})
	if err == nil && there {
		e.write(table.Name+".csv", document.AppendCSV(nil, &g))
	}
	return err
}

// cellAt is a value of a batch; null is empty.
func cellAt(b *dataset.Batch, col, i int) document.Cell {
	v := &b.Columns[col]
	switch {
	case v.IsNull(i):
		return document.Cell{}
	case v.Type == schemas.Decimal:
		return number(v.Decs[i].Decimal())
	case v.Type == schemas.Integer:
		return document.Cell{Text: strconv.FormatInt(v.Ints[i], 10), Number: true}
	case v.Type == schemas.Time:
		return document.Cell{Text: rows.TimeOf(v.Ints[i]).Format(time.RFC3339)}
	}
	return document.Cell{Text: v.StringAt(i)}
}

func number(d money.Decimal) document.Cell { return document.Cell{Text: d.String(), Number: true} }

// statementGrid is the net statement of one party, as it is sent to it: every debt that it has or is owed, what of it is netted, and what
// is paid on each due day. Amounts are as the party sees them: above zero it receives.
func statementGrid(party string, left *settle.Settled) document.Grid {
	g := document.Grid{Name: "Net statement"}
	for _, name := range []string{"Month", "Agreement", "Line", "With", "For", "Due", "Standing", "Amount", "Currency", "Provisional", "Reference"} {
		g.Columns = append(g.Columns, document.GridColumn{Name: name})
	}
	add := func(amount money.Decimal, provisional bool, texts ...string) {
		open := "no"
		if provisional {
			open = "yes"
		}
		line := make([]document.Cell, 0, len(g.Columns))
		for _, text := range texts[:7] {
			line = append(line, document.Cell{Text: text})
		}
		g.Rows = append(g.Rows, append(line, number(amount), document.Cell{Text: texts[7]}, document.Cell{Text: open}, document.Cell{Text: texts[8]}))
	}
	for i := range left.Debts {
		x := &left.Debts[i]
		with, amount := x.From, x.Amount
		if party == x.From {
			with, amount = x.To, x.Amount.Neg()
		} else if party != x.To {
			continue
		}
		what := string(x.Basis)
		if x.Good != "" {
			what += " " + x.Good
		}
		add(amount, x.Provisional, string(x.Period), string(x.Agreement), "debt", with, what, x.Due.String(), string(x.Standing), string(x.Currency), x.ID)
	}
	for i := range left.Nets {
		if x := &left.Nets[i]; x.Party == party {
			add(x.Receives.Sub(x.Pays), x.Provisional, string(x.Period), string(x.Agreement), "net", x.Counterparty, x.PaysTo, x.Due.String(), "", string(x.Currency), x.ID)
		}
	}
	return g
}
