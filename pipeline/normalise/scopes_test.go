package normalise

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestOverlap finds what two sources both bill, and lets pass what they divide between them.
func TestOverlap(t *testing.T) {
	scope := func(billing, sub, service string, first, last int64, kinds string) Scope {
		return Scope{Billing: billing, Sub: sub, Service: service, First: first, Last: last, Billed: kinds != "e", Effective: kinds != "b"}
	}
	one := scope("7", "s", "vm", 10, 20, "be")
	for _, c := range []struct {
		name  string
		a, b  schemas.Format
		other Scope
		is    bool
	}{
		{"the same", schemas.FOCUS10, schemas.FOCUS12, scope("7", "s", "vm", 20, 30, "be"), true},
		{"another account", schemas.FOCUS10, schemas.FOCUS10, scope("8", "s", "vm", 20, 30, "be"), false},
		{"another sub-account", schemas.FOCUS10, schemas.FOCUS10, scope("7", "r", "vm", 20, 30, "be"), false},
		{"another service", schemas.FOCUS10, schemas.FOCUS10, scope("7", "s", "disk", 20, 30, "be"), false},
		{"what another language calls a service", schemas.FOCUS10, schemas.AWSCUR, scope("7", "s", "EC2", 20, 30, "be"), true},
		{"one that may be for some services", schemas.FOCUS10, schemas.Mapped, scope("7", "s", "disk", 20, 30, "be"), false},
		{"one that is for the same", schemas.FOCUS10, schemas.Mapped, scope("7", "s", "vm", 20, 30, "be"), true},
		{"later days", schemas.FOCUS10, schemas.FOCUS10, scope("7", "s", "vm", 21, 30, "be"), false},
		{"the other costs", schemas.AzureCost, schemas.AzureCost, scope("7", "s", "vm", 10, 20, "e"), true},
	} {
		found := Overlap(&schemas.Source{Format: c.a}, &schemas.Source{Format: c.b}, []Scope{one}, []Scope{c.other})
		if (found != nil) != c.is {
			t.Errorf("%s: %+v", c.name, found)
		}
	}
	billed, effective := scope("7", "s", "vm", 10, 20, "b"), scope("7", "s", "vm", 10, 20, "e")
	azure := &schemas.Source{Format: schemas.AzureCost}
	if found := Overlap(azure, azure, []Scope{billed}, []Scope{effective}); found != nil {
		t.Errorf("what is billed and what is effective are %+v", found)
	}
}

// TestScopesDoNotDependOnOrder keeps the same of very many accounts, whatever the order of rows and however they are divided.
func TestScopesDoNotDependOnOrder(t *testing.T) {
	type row struct{ account, service string }
	var rows []row
	for a := range 3 * mostAccounts {
		rows = append(rows, row{fmt.Sprint("a", a), "vm"})
	}
	for s := range 3 * mostInAccount {
		rows = append(rows, row{"one", fmt.Sprint("s", s)})
	}
	var first []Scope
	for round := range 5 {
		r := rand.New(rand.NewPCG(uint64(round), 1))
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		var x scopes
		b := dataset.NewBatch(&schemas.Usage)
		for i, row := range rows {
			b.AppendText(schemas.UseBillingAccountId, row.account)
			b.AppendText(schemas.UseServiceName, row.service)
			b.AppendTime(schemas.UseChargePeriodStart, int64(len(row.account)))
			b.AppendTime(schemas.UseChargePeriodEnd, int64(len(row.account)))
			b.AppendText(schemas.UseSourceId, "s")
			b.AppendText(schemas.UseObjectKey, "o")
			b.AppendInt(schemas.UseObjectRow, int64(i+1))
			b.AppendDecimal(schemas.UseBilledCost, money.FixedFromInt(1))
			if err := b.EndRow(); err != nil {
				t.Fatal(err)
			}
			if r.IntN(50) == 0 || i == len(rows)-1 {
				x.add(b)
				b.Clear()
			}
		}
		all := x.all()
		if round == 0 {
			first = all
		}
		if len(all) < mostAccounts/4 || len(all) > mostAccounts+mostInAccount {
			t.Errorf("%d are kept", len(all))
		}
		if !reflect.DeepEqual(all, first) {
			t.Errorf("round %d keeps other %d than the first %d", round, len(all), len(first))
		}
	}
}
