package bills

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
)

// TestUncoveredAreBounded bills more SKUs than are kept apart: whatever the order of rows and their division, the first in
// order have their own sums, the others one, every amount is in one match, and lineage finds the match of every row.
func TestUncoveredAreBounded(t *testing.T) {
	const skus, most = 40, 7
	covered := agreed.ContractRate{Service: "covered", Unit: "h", Price: money.One}
	contracts := NewContracts([]agreed.Contract{{ID: "c", Peer: "p", Currency: "EUR", Rates: []agreed.ContractRate{covered}}}, nil, "2024-09", schemas.Date{})
	day, err := schemas.ParseDate("2024-09-05")
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		var rows []*UseRow
		var billed money.Fixed
		for i := range 10 * skus {
			row := &UseRow{
				Peer: "p", Service: []string{"covered", "other"}[i%2], SKU: schemas.SKU(fmt.Sprintf("s%02d", i/2%skus)), Category: schemas.CategoryUsage,
				Day: day, PricingUnit: "h", Currency: "EUR", UseSums: UseSums{Billed: money.FixedFromInt(int64(i)), Rows: 1},
			}
			rows = append(rows, row)
			if billed, err = billed.Add(row.Billed); err != nil {
				t.Fatal(err)
			}
		}
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		whole := NewUse(contracts)
		whole.most = most
		parts := int(seed%4) + 1
		for part := range parts {
			u := NewUse(contracts)
			u.most = most
			for i := part; i < len(rows); i += parts {
				if err := u.Add(rows[i]); err != nil {
					t.Fatal(err)
				}
			}
			p := tally.Write()
			u.Exchange(p)
			q := tally.Read(p.Bytes())
			whole.Exchange(q)
			if err := q.End(); err != nil {
				t.Fatal(err)
			}
		}
		if len(whole.sums) > most+2 {
			t.Errorf("seed %d: %d sums of %d that are kept apart", seed, len(whole.sums), most)
		}
		p := tally.Write()
		whole.Exchange(p)
		if want == nil {
			want = p.Bytes()
		}
		if !bytes.Equal(p.Bytes(), want) {
			t.Errorf("seed %d: the sums depend on the order of rows, or on their division", seed)
		}
		checkUncovered(t, contracts, whole, rows, billed, most)
	}
}

func checkUncovered(t *testing.T, contracts *Contracts, whole *Use, rows []*UseRow, billed money.Fixed, most int) {
	t.Helper()
	matches, found, err := Match(contracts, whole, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	ids, sum, others := map[string]int64{}, money.Zero, 0
	for i := range matches {
		m := &matches[i]
		ids[m.ID], sum = m.BillRows, sum.Add(m.ActualBilled)
		if m.Service == Others {
			others++
		}
	}
	if !sum.Equal(billed.Decimal()) || len(matches) != most+2 || others != 1 {
		t.Errorf("%d matches of %s, %d of others; want %d of %s", len(matches), sum, others, most+2, billed)
	}
	said := 0
	for i := range found {
		if strings.Contains(found[i].Message, Others) && strings.Contains(found[i].Message, "rows, bills") {
			said++
		}
	}
	if said != 1 {
		t.Errorf("%d findings speak of the others, with their rows", said)
	}
	lineage, err := NewLineage(contracts, whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		ids[lineage.Match(row)]--
	}
	for id, left := range ids {
		if left != 0 {
			t.Errorf("lineage finds %d rows less than match %s has", left, id)
		}
	}
}
