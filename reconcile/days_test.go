package reconcile_test

import (
	"testing"
	"time"

	"daybook/reconcile"
	"daybook/schemas"
	"daybook/schemas/money"
)

// dayCharge is a charge of the days from first to last of the month.
func dayCharge(offering, region, meter, frequency, amount, currency string, first, last int) *schemas.Charge {
	at := func(day int) time.Time { return time.Date(2022, 9, day, 0, 0, 0, 0, time.UTC) }
	return &schemas.Charge{
		ID: "c", Offering: schemas.OfferingID(offering), Region: region, Meter: schemas.MeterID(meter), Category: "Usage", Frequency: schemas.ChargeFrequency(frequency),
		Amount: money.MustDecimal(amount), Currency: money.Currency(currency), Start: at(first), End: at(last + 1),
	}
}

// made makes a charge one of a model that no price has.
func made(model string, c *schemas.Charge) *schemas.Charge {
	c.Model = model
	return c
}

// TestByDay leads little nights through the 4th of the month from day to day.
func TestByDay(t *testing.T) {
	hours := []int64{10, 0, 30, 60, 900} // the 5th is behind the last day with use
	tests := []struct {
		name    string
		charges []*schemas.Charge
		toDate  [4]string
	}{
		{"use counts on the days on which its meter counted", []*schemas.Charge{dayCharge("vm", "east", "hours", "Usage-Based", "50", "EUR", 1, 30)}, [4]string{"5", "5", "20", "50"}},
		{"and on no other days than its own", []*schemas.Charge{dayCharge("vm", "east", "hours", "Usage-Based", "9", "EUR", 3, 30)}, [4]string{"0", "0", "3", "9"}},
		{"a meter that counted nothing counts evenly", []*schemas.Charge{dayCharge("vm", "east", "silent", "Usage-Based", "10", "EUR", 1, 30)}, [4]string{"2.5", "5", "7.5", "10"}},
		{"a level is for days to come, too", []*schemas.Charge{dayCharge("vm", "east", "level", "Usage-Based", "60", "EUR", 1, 30)}, [4]string{"2", "4", "6", "8"}},
		{"a level that ended is whole", []*schemas.Charge{dayCharge("vm", "east", "level", "Usage-Based", "60", "EUR", 2, 3)}, [4]string{"0", "30", "60", "60"}},
		{"nor does one that took less than nothing", []*schemas.Charge{dayCharge("vm", "east", "back", "Usage-Based", "-10", "EUR", 1, 30)}, [4]string{"-2.5", "-5", "-7.5", "-10"}},
		{"a fee counts day by day", []*schemas.Charge{dayCharge("vm", "east", "", "Recurring", "87", "EUR", 2, 30)}, [4]string{"0", "3", "6", "9"}},
		{"a fee that is planned upfront counts on its first day", []*schemas.Charge{dayCharge("up", "", "", "Recurring", "87", "EUR", 2, 30)}, [4]string{"0", "87", "87", "87"}},
		{"a quarter counts by its days in the month", []*schemas.Charge{dayCharge("vm", "east", "", "Recurring", "60", "EUR", 1, 90)}, [4]string{"2", "4", "6", "8"}},
		{"what is charged once counts on its day", []*schemas.Charge{dayCharge("vm", "east", "", "One-Time", "7", "EUR", 3, 30)}, [4]string{"0", "0", "7", "7"}},
		{"and not before", []*schemas.Charge{dayCharge("vm", "east", "", "One-Time", "7", "EUR", 20, 30)}, [4]string{"0", "0", "0", "0"}},
		{"a true-up counts at its end", []*schemas.Charge{made(schemas.MadeTrueUp, dayCharge("vm", "east", "", "Recurring", "7", "EUR", 1, 3))}, [4]string{"0", "0", "7", "7"}},
		{"and not before", []*schemas.Charge{made(schemas.MadeMinimum, dayCharge("vm", "east", "", "Recurring", "7", "EUR", 1, 30))}, [4]string{"0", "0", "0", "0"}},
		{"what came late counts on the first", []*schemas.Charge{dayCharge("vm", "east", "", "One-Time", "7", "EUR", -3, -3)}, [4]string{"7", "7", "7", "7"}},
		{"thirds are rounded to date, and the last day takes the rest", []*schemas.Charge{dayCharge("vm", "east", "silent", "Usage-Based", "0.01", "EUR", 1, 3)}, [4]string{"0", "0.01", "0.01", "0.01"}},
		{"dollars are converted", []*schemas.Charge{dayCharge("vm", "east", "hours", "Usage-Based", "100", "USD", 1, 30)}, [4]string{"9", "9", "36", "90"}},
		{"what has no rate is left out", []*schemas.Charge{dayCharge("vm", "east", "hours", "Usage-Based", "100", "XAU", 1, 30)}, [4]string{"0", "0", "0", "0"}},
		{"a line for all regions takes those that no other names", []*schemas.Charge{dayCharge("any", "west", "hours", "Usage-Based", "50", "EUR", 1, 30)}, [4]string{"5", "5", "20", "50"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows := byDay(t, hours, tt.charges)
			offering := tt.charges[0].Offering
			n := 0
			for _, r := range rows {
				if r.Offering != offering {
					continue
				}
				same(t, r.Day.String(), r.ToDate, tt.toDate[n])
				want := [4]string{"10", "20", "30", "40"}[n]
				if offering == "up" {
					want = "300"
				}
				same(t, "expected by "+r.Day.String(), r.Expected, want)
				n++
			}
			if n != 4 {
				t.Errorf("%d days, want 4", n)
			}
		})
	}
}

// byDay sums the charges in two shards and compares them with a plan of 300 a month for each offering.
func byDay(t *testing.T, hours []int64, charges []*schemas.Charge) []schemas.DayRow {
	t.Helper()
	counted := make([]money.Fixed, len(hours))
	for i, h := range hours {
		counted[i] = money.FixedFromInt(h)
	}
	sums := noSums()
	for _, c := range charges {
		shard := noSums()
		valued(t, c, ratio("0.9", "1"), c.Currency == "USD")
		must(t, shard.Actuals.Add(c))
		must(t, shard.Days.Add(c))
		must(t, sums.UnmarshalBinary(bytesOf(t, shard)))
	}
	actuals, days := sums.Actuals, sums.Days
	must(t, days.AddMetered("hours", counted))
	must(t, days.AddMetered("back", []money.Fixed{money.FixedFromInt(-1), money.FixedFromInt(3)}))
	through, err := schemas.ParseDate("2022-09-04")
	if err != nil {
		t.Fatal(err)
	}
	line := schemas.PlanLine{Period: month, Offering: "vm", Region: "east", Revenue: money.MustDecimal("300"), Currency: "EUR"}
	anywhere := line
	anywhere.Offering, anywhere.Region = "any", ""
	upfront := anywhere
	upfront.Offering, upfront.Accrual = "up", schemas.AccrueUpfront
	c := reconcile.Comparison{
		Period: month, Currency: "EUR", Plan: &schemas.Plan{Lines: []schemas.PlanLine{line, anywhere, upfront}}, Actuals: actuals, Through: through,
		FX: func(from, _ money.Currency, _ schemas.Date) (schemas.Conversion, bool) {
			return schemas.Conversion{Factor: ratio("0.9", "1")}, from == "USD"
		},
	}
	variances, _, err := reconcile.Compare(c)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := c.ByDay(days, variances)
	if err != nil {
		t.Fatal(err)
	}
	inAll := map[string]money.Decimal{}
	for _, r := range rows {
		inAll[r.Variance] = inAll[r.Variance].Add(r.Revenue)
	}
	for _, v := range variances {
		if v.Measure == schemas.Revenue {
			same(t, v.ID+" in all", inAll[v.ID], v.Actual.String())
		}
	}
	return rows
}
