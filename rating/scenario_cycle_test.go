package rating_test

import (
	"daybook/rating"
	"daybook/schemas"
)

// cycleScenarios are commitments for several months.
func cycleScenarios() []scenario {
	hundred := []use{gb("2024-09-02", "100")}
	// two meters of one offering, at 1 each.
	two := func(c *schemas.Catalogue, _ *schemas.Account) {
		c.Meters = append(c.Meters, schemas.Meter{ID: "n", SKUs: []schemas.SKU{"net"}, Unit: "GB"})
		c.Offerings[0].Prices = []schemas.Price{perUnit("p", "m", "1"), perUnit("q", "n", "1")}
	}
	promise := func(list ...schemas.Commitment) func(*schemas.Catalogue, *schemas.Account) {
		return func(_ *schemas.Catalogue, a *schemas.Account) { a.Commitments = list }
	}
	each := func(id string, unit schemas.Cycle, amount, from, to string) schemas.Commitment {
		c := schemas.Commitment{ID: id, Amount: *dec(amount), Currency: "EUR", Every: schemas.Recurrence{Unit: unit}, OverageFactor: dec("1.5"), TrueUp: true}
		c.Validity.From = day(from)
		if to != "" {
			c.Validity.To = day(to)
		}
		return c
	}
	soFar := func(id, since, spent string) rating.Carried {
		return rating.Carried{Commitments: []rating.CarriedCommitment{{Commitment: id, Since: day(since), Spent: *dec(spent)}}}
	}
	reduced := func(c *schemas.Catalogue, _ *schemas.Account) {
		c.Offerings[0].TaxCategory = "books"
		c.Taxes = []schemas.TaxRate{{ID: "full", Percent: *dec("19")}, {ID: "reduced", Category: "books", Percent: *dec("7")}}
	}
	year := each("y", schemas.CycleYear, "150", "2024-03-01", "")
	narrow, month := each("n", "", "70", "2024-01-01", ""), each("m", "", "150", "2024-01-01", "")
	narrow.Meters = []schemas.MeterID{"n"}
	return []scenario{
		{
			name: "a year goes on", book: also(two, promise(year)), rows: hundred,
			carried: soFar("y", "2024-03-01", "20.5"), want: []string{"Usage p 09-01 100"}, left: "commitment y since 2024-03-01=120.5 ",
		},
		{
			name: "a year begins, whatever is carried of another", book: also(two, promise(each("y", schemas.CycleYear, "150", "2024-09-01", ""))), rows: hundred,
			carried: soFar("y", "2024-03-01", "200"), want: []string{"Usage p 09-01 100"}, left: "commitment y since 2024-09-01=100 ",
		},
		{
			name: "a year passes its amount inside the month", book: also(two, promise(year)), rows: hundred,
			carried: soFar("y", "2024-03-01", "90"), want: []string{"Usage p 09-01 100", "Purchase overage 09-01 20"}, left: "commitment y since 2024-03-01=190 ",
		},
		{
			name: "a year above its amount goes on above it", book: also(two, promise(year)), rows: hundred,
			carried: soFar("y", "2024-03-01", "190"), want: []string{"Usage p 09-01 100", "Purchase overage 09-01 50"}, left: "commitment y since 2024-03-01=290 ",
		},
		{
			// 73 of 365 days of 150 are 30, of which 10 were spent.
			name: "a year that ends early is held to its part", book: also(two, promise(each("y", schemas.CycleYear, "150", "2024-07-10", "2024-09-21"))),
			carried: soFar("y", "2024-07-10", "10"), want: []string{"Purchase true_up 09-01 20"},
		},
		{
			name: "what a commitment adds counts towards no other", book: also(two, promise(narrow, year, month)), rows: hundred,
			carried: soFar("y", "2024-03-01", "20"), left: "commitment y since 2024-03-01=120 ",
			want: []string{"Usage p 09-01 100", "Purchase true_up 09-01 70", "Purchase true_up 09-01 50"},
		},
		{
			name: "in whatever order they stand", book: also(two, promise(month, year, narrow)), rows: hundred,
			carried: soFar("y", "2024-03-01", "20"), left: "commitment y since 2024-03-01=120 ",
			want: []string{"Usage p 09-01 100", "Purchase true_up 09-01 50", "Purchase true_up 09-01 70"},
		},
		{
			name: "the first year begins with what the book says", book: also(two, func(_ *schemas.Catalogue, a *schemas.Account) {
				a.Commitments = []schemas.Commitment{year}
				a.Commitments[0].Spent = *dec("149")
			}), rows: hundred, want: []string{"Usage p 09-01 100", "Purchase overage 09-01 49.5"}, left: "commitment y since 2024-03-01=249 ",
		},
		{
			name: "a later year does not", book: also(two, func(_ *schemas.Catalogue, a *schemas.Account) {
				a.Commitments = []schemas.Commitment{each("y", schemas.CycleYear, "150", "2023-03-01", "")}
				a.Commitments[0].Spent = *dec("149")
			}), rows: hundred, want: []string{"Usage p 09-01 100"}, left: "commitment y since 2024-03-01=100 ",
		},
		{
			name: "each counts what it is of", book: also(two, func(_ *schemas.Catalogue, a *schemas.Account) {
				m, n := each("m", schemas.CycleQuarter, "50", "2024-07-01", ""), each("n", schemas.CycleHalf, "50", "2024-07-01", "")
				m.Meters, n.Meters = []schemas.MeterID{"m"}, []schemas.MeterID{"n"}
				a.Commitments = []schemas.Commitment{m, n}
			}), rows: []use{gb("2024-09-02", "30"), {sku: "net", unit: "GB", at: "2024-09-02", quantity: "70"}}, carried: soFar("m", "2024-07-01", "15"),
			want: []string{"Usage p 09-01 30", "Usage q 09-01 70", "Purchase true_up 09-01 5", "Purchase overage 09-01 10"}, left: "commitment n since 2024-07-01=70 ",
		},
		{
			// The quarter ends with nothing used in its last month; what is missing to books is taxed as books.
			name: "a true-up is taxed as what it is of", book: also(two, reduced, promise(each("q", schemas.CycleQuarter, "150", "2024-07-01", ""))),
			carried: rating.Carried{Commitments: []rating.CarriedCommitment{{Commitment: "q", Since: day("2024-07-01"), Spent: *dec("50"), Tax: "books"}}},
			want:    []string{"Purchase true_up 09-01 100", "Tax tax 09-01 7"},
		},
		{
			name: "the tax category is carried on", book: also(two, reduced, promise(year)), rows: hundred,
			want: []string{"Usage p 09-01 100", "Tax tax 09-01 7"}, left: "commitment y since 2024-03-01=100 books ",
		},
		{
			name: "not begun, over, or not known yet", book: also(two, func(_ *schemas.Catalogue, a *schemas.Account) {
				unknown := year
				unknown.ID, unknown.Validity.KnownSince = "u", day("2024-12-01")
				a.Commitments = []schemas.Commitment{each("b", schemas.CycleYear, "150", "2024-10-01", ""), each("o", schemas.CycleYear, "150", "2024-01-01", "2024-09-01"), unknown}
			}), rows: hundred, carried: soFar("o", "2024-01-01", "10"), want: []string{"Usage p 09-01 100"},
		},
		{
			// A year's fee that is paid in advance counts when it is billed: 10 of the 30 days from the 1st lie in the old year.
			name: "what is paid in advance counts when it is billed", book: also(func(c *schemas.Catalogue, a *schemas.Account) {
				fee := flat("fee", "60")
				fee.Every, fee.Timing = schemas.Recurrence{Unit: schemas.CycleYear}, schemas.TimingAdvance
				c.Offerings[0].Prices = []schemas.Price{fee}
				a.Subscriptions[0].Start = day("2024-09-01")
			}, promise(each("y", schemas.CycleYear, "150", "2023-09-11", ""))), carried: soFar("y", "2023-09-11", "100"),
			want: []string{"Usage fee 09-01 60", "Purchase true_up 09-01 30"}, left: "commitment y since 2024-09-11=40 ",
		},
		{
			// A seat for 366 a year, paid afterwards, from halfway on two. Of the second half 15 days lie in September, 10 of them in
			// the old year; the first half lies in no part of September, and counts by its 30 days, of which 10 are in the old year.
			name: "what is paid afterwards counts when it is billed", book: also(func(c *schemas.Catalogue, a *schemas.Account) {
				fee := perUnit("fee", "", "366")
				fee.Every, fee.Timing = schemas.Recurrence{Unit: schemas.CycleYear}, schemas.TimingArrears
				c.Offerings[0].Prices = []schemas.Price{fee}
				a.Subscriptions[0].Start = day("2023-09-16")
				a.Subscriptions[0].Changes = []schemas.Change{{On: day("2023-09-16").AddDays(183), Kind: schemas.ChangeQuantity, Quantity: dec("2")}}
			}, promise(each("y", schemas.CycleYear, "400", "2023-09-11", ""))),
			want: []string{"Usage fee 09-16 183", "Usage fee 03-17 366", "Purchase true_up 09-01 95"}, left: "commitment y since 2024-09-11=244 ",
		},
	}
}
