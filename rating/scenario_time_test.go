package rating_test

import (
	"daybook/schemas"
)

func recurring(p schemas.Price, unit schemas.Cycle, timing schemas.Timing) schemas.Price {
	p.Every, p.Timing = schemas.Recurrence{Unit: unit}, timing
	return p
}

// subscribe changes the account's subscription.
func subscribe(f func(*schemas.Subscription)) func(*schemas.Catalogue, *schemas.Account) {
	return func(_ *schemas.Catalogue, a *schemas.Account) { f(&a.Subscriptions[0]) }
}

func timeScenarios() []scenario {
	seats := perUnit("seat", "", "10")
	return []scenario{
		{name: "a month", book: sell(flat("fee", "30")), want: []string{"Usage fee 09-01 30"}},
		{name: "from the 16th", book: also(sell(flat("fee", "30")), subscribe(func(s *schemas.Subscription) { s.Start = day("2024-09-16") })), want: []string{"Usage fee 09-16 15"}},
		{name: "to the 16th", book: also(sell(flat("fee", "30")), subscribe(func(s *schemas.Subscription) { s.End = day("2024-09-16") })), want: []string{"Usage fee 09-01 15"}},
		{
			name: "to the 16th, that day included", book: also(sell(flat("fee", "30")), subscribe(func(s *schemas.Subscription) { s.End = day("2024-09-16") }), func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Policy.TerminationDay = schemas.TerminationInclusive
			}), want: []string{"Usage fee 09-01 16"},
		},
		{name: "over before", book: also(sell(flat("fee", "30")), subscribe(func(s *schemas.Subscription) { s.End = day("2024-08-16") })), want: []string{}},
		{
			name: "more seats on the 11th, fewer on the 21st", book: also(sell(seats), subscribe(func(s *schemas.Subscription) {
				s.Quantity = dec("3")
				s.Changes = []schemas.Change{
					{On: day("2024-09-21"), Kind: schemas.ChangeQuantity, Quantity: dec("1")},
					{On: day("2024-09-11"), Kind: schemas.ChangeQuantity, Quantity: dec("5")},
					{On: day("2024-09-15"), Kind: schemas.ChangeQuantity, Quantity: dec("99"), KnownSince: day("2024-10-05")},
				}
			})), want: []string{"Usage seat 09-01 10", "Usage seat 09-11 16.67", "Usage seat 09-21 3.33"},
		},
		{
			name: "paused for ten days", book: also(sell(flat("fee", "30")), subscribe(func(s *schemas.Subscription) {
				s.Changes = []schemas.Change{{On: day("2024-09-11"), Kind: schemas.ChangePause}, {On: day("2024-09-21"), Kind: schemas.ChangeResume}}
			})), want: []string{"Usage fee 09-01 10", "Usage fee 09-21 10"},
		},
		{
			name: "cancelled", book: also(sell(flat("fee", "30")), subscribe(func(s *schemas.Subscription) {
				s.Changes = []schemas.Change{{On: day("2024-09-11"), Kind: schemas.ChangeCancel}}
			})), want: []string{"Usage fee 09-01 10"},
		},
		{
			name: "a change that counts from the next month", book: also(sell(seats), subscribe(func(s *schemas.Subscription) {
				s.Changes = []schemas.Change{{On: day("2024-09-11"), Kind: schemas.ChangeQuantity, Quantity: dec("5"), Effect: schemas.EffectNextPeriod}}
			})), want: []string{"Usage seat 09-01 10"},
		},
		{
			name: "another plan from the 21st", book: func(c *schemas.Catalogue, a *schemas.Account) {
				c.Offerings = []schemas.Offering{
					{ID: "o", Name: "O", Prices: []schemas.Price{flat("fee", "30"), perUnit("p", "m", "1")}},
					{ID: "big", Name: "Big", Prices: []schemas.Price{flat("bigger", "60"), perUnit("q", "m", "0.5")}},
				}
				a.Subscriptions[0].Changes = []schemas.Change{{On: day("2024-09-21"), Kind: schemas.ChangePlan, Offering: "big"}}
			}, rows: []use{gb("2024-09-02", "10"), gb("2024-09-22", "10")},
			want: []string{"Usage p 09-01 10", "Usage q 09-21 5", "Usage fee 09-01 20", "Usage bigger 09-21 20"},
		},
		{
			name: "a trial of ten days, then half price", book: also(sell(flat("fee", "30"), perUnit("p", "m", "1")), subscribe(func(s *schemas.Subscription) {
				s.Start = day("2024-09-01")
				s.Phases = []schemas.Phase{{Name: "trial", Days: 10, Free: true}, {Name: "intro", Days: 10, Discount: dec("50")}}
			})), rows: []use{gb("2024-09-02", "10"), gb("2024-09-12", "10"), gb("2024-09-22", "10")},
			want: []string{
				"Usage p 09-01 0", "Usage p 09-11 5", "Usage p 09-21 10",
				"Usage fee 09-01 0", "Usage fee 09-11 5", "Usage fee 09-21 10",
			},
		},
		{
			name: "a price of its own for a phase", book: also(func(c *schemas.Catalogue, _ *schemas.Account) {
				trial := flat("trial", "3")
				trial.Phase = "trial"
				c.Offerings[0].Prices = []schemas.Price{trial}
			}, subscribe(func(s *schemas.Subscription) {
				s.Start, s.Phases = day("2024-09-01"), []schemas.Phase{{Name: "trial", Days: 10}}
			})), want: []string{"Usage trial 09-01 1"},
		},
		{
			name: "a recurring price changes inside the month", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				p, q := flat("old", "30"), flat("new", "60")
				p.Validity.To, q.Validity.From = day("2024-09-11"), day("2024-09-11")
				c.Offerings[0].Prices = []schemas.Price{p, q}
			}, want: []string{"Usage old 09-01 10", "Usage new 09-11 40"},
		},
		{
			name: "a year in advance", book: also(sell(recurring(flat("year", "365"), schemas.CycleYear, schemas.TimingAdvance)), subscribe(func(s *schemas.Subscription) { s.Start = day("2023-09-15") })),
			want: []string{"Usage year 09-15 365"},
		},
		{
			name: "a year in arrears that ends here", book: also(sell(recurring(flat("year", "365"), schemas.CycleYear, "")), subscribe(func(s *schemas.Subscription) { s.Start = day("2023-09-15") })),
			want: []string{"Usage year 09-15 365"},
		},
		{
			// From the 11th the year that ends on the 15th has 4 of its 366 days.
			name: "a stub of a year in advance", book: also(sell(recurring(flat("year", "366"), schemas.CycleYear, schemas.TimingAdvance)), subscribe(func(s *schemas.Subscription) {
				s.Start, s.Anchor = day("2024-09-11"), day("2025-09-15")
			})), want: []string{"Usage year 09-11 4", "Usage year 09-15 366"},
		},
		{
			name: "a stub of a quarter in advance that began last month", book: also(sell(recurring(flat("quarter", "90"), schemas.CycleQuarter, schemas.TimingAdvance)), subscribe(func(s *schemas.Subscription) {
				s.Start, s.Anchor = day("2024-08-21"), day("2024-07-15")
			})), want: []string{},
		},
		{
			name: "a quarter that is not due", book: also(sell(recurring(flat("quarter", "90"), schemas.CycleQuarter, schemas.TimingAdvance)), subscribe(func(s *schemas.Subscription) { s.Start = day("2024-08-15") })),
			want: []string{},
		},
		{
			name: "weeks in arrears", book: also(sell(recurring(flat("week", "7"), schemas.CycleWeek, "")), subscribe(func(s *schemas.Subscription) { s.Start = day("2024-09-05") })),
			want: []string{"Usage week 09-05 7", "Usage week 09-12 7", "Usage week 09-19 7"},
		},
		{
			// The first month from the 20th to the 14th is a stub of 25 days of the 31 from 15 August on.
			name: "aligned to the 15th", book: also(sell(recurring(flat("fee", "31"), schemas.CycleMonth, "")), subscribe(func(s *schemas.Subscription) {
				s.Start, s.AnchorDay = day("2024-08-21"), 15
			})), want: []string{"Usage fee 08-21 25"},
		},
		{
			name: "once", book: also(sell(recurring(flat("setup", "99"), "", schemas.TimingOnce)), subscribe(func(s *schemas.Subscription) { s.Start = day("2024-09-20") })),
			want: []string{"Usage setup 09-20 99"},
		},
		{name: "once, long ago", book: sell(recurring(flat("setup", "99"), "", schemas.TimingOnce)), want: []string{}},
		{
			name: "everyone has it", book: func(c *schemas.Catalogue, a *schemas.Account) {
				c.Offerings = []schemas.Offering{{ID: "o", Name: "O", Included: true, Prices: []schemas.Price{flat("fee", "5"), perUnit("p", "m", "1")}}}
				a.Subscriptions = nil
			}, rows: []use{gb("2024-09-02", "2")}, want: []string{"Usage p 09-01 2", "Usage fee 09-01 5"},
		},
		{
			name: "a price agreed with the customer", book: also(sell(perUnit("p", "m", "1")), subscribe(func(s *schemas.Subscription) {
				s.Overrides = []schemas.Price{perUnit("p", "m", "0.8")}
			})), rows: []use{gb("2024-09-02", "10")}, want: []string{"Usage p 09-01 8"},
		},
		{
			name: "an allowance per seat, prorated", book: also(func(c *schemas.Catalogue, _ *schemas.Account) {
				p := perUnit("p", "m", "1")
				p.Allowance = &schemas.Allowance{Quantity: *dec("6"), PerUnit: true, Prorate: true}
				c.Offerings[0].Prices = []schemas.Price{p}
			}, subscribe(func(s *schemas.Subscription) { s.Start, s.Quantity = day("2024-09-16"), dec("2") })),
			rows: []use{gb("2024-09-20", "10")}, want: []string{"Usage p 09-16 4"},
		},
		{
			name: "levels are prorated by the slice", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				c.Meters[0].Aggregation = schemas.AggregateMax
				p, q := perUnit("p", "m", "1"), perUnit("q", "m", "2")
				p.Validity.To, q.Validity.From = day("2024-09-11"), day("2024-09-11")
				c.Offerings[0].Prices = []schemas.Price{p, q}
			}, rows: []use{gb("2024-09-02", "3"), gb("2024-09-12", "6")}, want: []string{"Usage p 09-01 1", "Usage q 09-11 8"},
		},
		{
			name: "tiers start anew with a price", book: func(c *schemas.Catalogue, _ *schemas.Account) {
				terms := schemas.Terms{Model: schemas.ModelGraduated, Tiers: []schemas.Tier{{UpTo: dec("10"), UnitPrice: *dec("2")}, {UnitPrice: *dec("1")}}}
				p := schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Terms: terms, Policy: schemas.RatingPolicy{PriceChange: schemas.ChangeRestart}}
				q := p
				q.ID, p.Validity.To, q.Validity.From = "q", day("2024-09-11"), day("2024-09-11")
				c.Offerings[0].Prices = []schemas.Price{p, q}
			}, rows: []use{gb("2024-09-02", "10"), gb("2024-09-12", "10")}, want: []string{"Usage p 09-01 20", "Usage q 09-11 20"},
		},
	}
}
