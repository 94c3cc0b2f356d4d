package rating_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/rating"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestCheckSeesEveryChange: a charge that was changed anywhere no longer passes.
func TestCheckSeesEveryChange(t *testing.T) {
	c, a := base()
	p := perUnit("p", "m", "0.333")
	p.Discounts = []schemas.Discount{{ID: "d", Percent: dec("10")}}
	c.Offerings[0].Prices = []schemas.Price{p}
	good := rate(t, compile(t, c, a), "a", []use{gb("2024-09-02", "7")}, rating.Carried{}).Charges[0]
	if err := model.Check(&good); err != nil {
		t.Fatal(err)
	}
	cent := money.NewDecimal(1, -2)
	changes := map[string]func(*schemas.Charge){
		"amount":   func(c *schemas.Charge) { c.Amount = c.Amount.Add(cent) },
		"exact":    func(c *schemas.Charge) { c.Exact = c.Exact.Add(cent) },
		"residue":  func(c *schemas.Charge) { c.Residue = c.Residue.Add(cent) },
		"both":     func(c *schemas.Charge) { c.Amount, c.Residue = c.Amount.Add(cent), c.Residue.Sub(cent) },
		"no steps": func(c *schemas.Charge) { c.Steps = nil },
	}
	for i := range good.Steps {
		for k := range good.Steps[i].In {
			changes["operand"+string(rune('a'+i))+string(rune('a'+k))] = func(c *schemas.Charge) { c.Steps[i].In[k].Value += "1" }
		}
		changes["result"+string(rune('a'+i))] = func(c *schemas.Charge) { c.Steps[i].Out += "1" }
		changes["operation"+string(rune('a'+i))] = func(c *schemas.Charge) { c.Steps[i].Op = "unheard" }
		changes["operands"+string(rune('a'+i))] = func(c *schemas.Charge) { c.Steps[i].In = c.Steps[i].In[1:] }
	}
	for name, change := range changes {
		bad := good
		bad.Steps = slices.Clone(good.Steps)
		for i := range bad.Steps {
			bad.Steps[i].In = slices.Clone(good.Steps[i].In)
		}
		change(&bad)
		if err := model.Check(&bad); err == nil {
			t.Errorf("%s was changed and Check did not see it", name)
		}
	}
}

// TestCompileRefuses: what a plan cannot rate by is an error that names the entry.
func TestCompileRefuses(t *testing.T) {
	cases := map[string]func(*schemas.Catalogue, *schemas.Account){
		"meter nowhere": func(c *schemas.Catalogue, _ *schemas.Account) {
			c.Offerings[0].Prices = []schemas.Price{perUnit("p", "nowhere", "1")}
		},
		"there is no such model": func(c *schemas.Catalogue, _ *schemas.Account) {
			c.Offerings[0].Prices = []schemas.Price{{ID: "p", Terms: schemas.Terms{Model: "magic"}}}
		},
		"unit_price is missing": func(c *schemas.Catalogue, _ *schemas.Account) {
			c.Offerings[0].Prices = []schemas.Price{{ID: "p", Terms: schemas.Terms{Model: schemas.ModelPerUnit}}}
		},
		"offering x":         func(_ *schemas.Catalogue, a *schemas.Account) { a.Subscriptions[0].Offering = "x" },
		"unique_by":          func(c *schemas.Catalogue, _ *schemas.Account) { c.Meters[0].Aggregation = schemas.AggregateUnique },
		"no label column":    func(c *schemas.Catalogue, _ *schemas.Account) { c.Meters[0].GroupBy = []string{"BilledCost"} },
		"window_aggregation": func(c *schemas.Catalogue, _ *schemas.Account) { c.Meters[0].Window = schemas.WindowHour },
		"not above 0":        func(c *schemas.Catalogue, _ *schemas.Account) { c.Meters[0].Aggregation = schemas.AggregatePercentile },
		"is none of":         func(c *schemas.Catalogue, _ *schemas.Account) { c.Meters[0].Value = "weight" },
		"twice":              func(c *schemas.Catalogue, _ *schemas.Account) { c.Offerings = append(c.Offerings, c.Offerings[0]) },
		"both multiplies": func(c *schemas.Catalogue, _ *schemas.Account) {
			p := perUnit("p", "m", "1")
			p.Convert = &schemas.UnitConversion{Multiply: dec("1"), Divide: dec("1")}
			c.Offerings[0].Prices = []schemas.Price{p}
		},
		"does not group": func(c *schemas.Catalogue, _ *schemas.Account) {
			p := perUnit("p", "m", "1")
			p.Filters = []schemas.Filter{{Column: "RegionId"}}
			c.Offerings[0].Prices = []schemas.Price{p}
		},
		"no minor unit":  func(_ *schemas.Catalogue, a *schemas.Account) { a.Currency = "XAU" },
		"redeems coupon": func(_ *schemas.Catalogue, a *schemas.Account) { a.Coupons = []schemas.Redemption{{Coupon: "x"}} },
		"commitment h counts each hour on its own, but meter levels measures a level": func(c *schemas.Catalogue, a *schemas.Account) {
			c.Meters = append(c.Meters, schemas.Meter{ID: "levels", Aggregation: schemas.AggregateMax})
			a.Commitments = []schemas.Commitment{{ID: "h", Amount: money.One, Currency: a.Currency, Window: schemas.WindowHour, Meters: []schemas.MeterID{"levels"}}}
		},
		"commitment c is in": func(_ *schemas.Catalogue, a *schemas.Account) {
			a.Commitments = []schemas.Commitment{{ID: "c", Currency: "USD"}}
		},
		"for each week, which is no whole number of months": func(_ *schemas.Catalogue, a *schemas.Account) {
			a.Commitments = []schemas.Commitment{{ID: "w", Currency: a.Currency, Every: schemas.Recurrence{Unit: schemas.CycleWeek}}}
		},
		"commitment y is for 12 months, but has no day": func(_ *schemas.Catalogue, a *schemas.Account) {
			a.Commitments = []schemas.Commitment{{ID: "y", Currency: a.Currency, Every: schemas.Recurrence{Unit: schemas.CycleYear}}}
		},
		"commitment y is for 3 months, and for each day": func(_ *schemas.Catalogue, a *schemas.Account) {
			y := schemas.Commitment{ID: "y", Currency: a.Currency, Every: schemas.Recurrence{Unit: schemas.CycleMonth, Count: 3}, Window: schemas.WindowDay}
			y.Validity.From = day("2024-01-01")
			a.Commitments = []schemas.Commitment{y}
		},
		"is not a time": func(_ *schemas.Catalogue, a *schemas.Account) {
			a.Subscriptions[0].Changes = []schemas.Change{{Kind: schemas.ChangePause, Time: "noon"}}
		},
		"has the kind": func(_ *schemas.Catalogue, a *schemas.Account) {
			a.Subscriptions[0].Changes = []schemas.Change{{Kind: "stop"}}
		},
		"is to offering y": func(_ *schemas.Catalogue, a *schemas.Account) {
			a.Subscriptions[0].Changes = []schemas.Change{{Kind: schemas.ChangePlan, Offering: "y"}}
		},
		"percent or fixed": func(_ *schemas.Catalogue, a *schemas.Account) { a.Discounts = []schemas.Discount{{ID: "d"}} },
		"has no credit_price": func(c *schemas.Catalogue, _ *schemas.Account) {
			p := perUnit("p", "m", "1")
			p.CreditUnit = "token"
			c.Offerings[0].Prices = []schemas.Price{p}
		},
		"time zone": func(_ *schemas.Catalogue, a *schemas.Account) { a.TimeZone = "Mars/Olympus" },
		"order of up_to": func(c *schemas.Catalogue, _ *schemas.Account) {
			c.Offerings[0].Prices = []schemas.Price{{ID: "p", Terms: schemas.Terms{Model: schemas.ModelVolume, Tiers: []schemas.Tier{{UpTo: dec("5")}, {UpTo: dec("5")}, {}}}}}
		},
		"no band holds sun": func(c *schemas.Catalogue, _ *schemas.Account) {
			c.Offerings[0].Prices = []schemas.Price{{ID: "p", Terms: schemas.Terms{Model: schemas.ModelTimeOfDay, DayBands: []schemas.DayBand{{Start: "00:00", End: "23:00", RateSeconds: money.One}}}}}
		},
		"special before the": func(c *schemas.Catalogue, _ *schemas.Account) {
			c.Offerings[0].Prices = []schemas.Price{{ID: "p", Terms: schemas.Terms{Model: schemas.ModelDimension, Dimensions: []schemas.DimensionPrice{{}, {When: []schemas.DimensionMatch{{Column: "RegionId", Value: "eu"}}}}}}}
		},
	}
	for want, change := range cases {
		c, a := base()
		change(&c, &a)
		book := rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}
		if _, err := rating.Compile(book, rating.Spec{Period: "2024-09"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", want, err)
		}
	}
}
