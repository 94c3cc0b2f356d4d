package invoice_test

import (
	"math/rand/v2"
	"testing"

	"daybook/rating/invoice"
	"daybook/schemas"
)

// BenchmarkLines makes lines with their parts of charges with graduated prices, and of charges of every model.
func BenchmarkLines(b *testing.B) {
	charges := randomCharges(b, rand.New(rand.NewPCG(3, 1)), randomBook(rand.New(rand.NewPCG(3, 1))))
	var graduated []schemas.Charge
	for i := range charges {
		if charges[i].Model == string(schemas.ModelGraduated) && charges[i].HasQuantity {
			graduated = append(graduated, charges[i])
		}
	}
	for _, c := range []struct {
		name    string
		charges []schemas.Charge
	}{{"graduated", graduated}, {"every model", charges}} {
		b.Run(c.name, func(b *testing.B) {
			terms := terms()
			b.ReportAllocs()
			for b.Loop() {
				d := terms.Begin(&invoice.Buyer{Account: "acme"})
				for i := range c.charges {
					if err := d.Add(&c.charges[i]); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(c.charges)), "ns/charge")
		})
	}
}
