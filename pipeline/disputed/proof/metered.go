package proof

import (
	"fmt"
	"slices"

	"daybook/pipeline/disputed"
	"daybook/schemas"
	"daybook/schemas/money"
)

// taken is what a charge takes of usage records.
type taken struct {
	meter            string
	rows             int64
	sum, most, least money.Decimal
	distinct         map[string]bool
}

// readBy are the columns of usage by what a meter's value says.
var readBy = map[schemas.MeterValue]string{
	"": "ConsumedQuantity", schemas.ValueConsumed: "ConsumedQuantity", schemas.ValuePriced: "PricingQuantity", schemas.ValueEffective: "EffectiveCost", schemas.ValueBilled: "BilledCost",
	schemas.ValueContracted: "ContractedCost", schemas.ValueList: "ListCost",
}

// metered holds what charges take of the records against the records, and adds it up to the quantities metered.
func (x *verifier) metered() {
	usage := map[string][]string{}
	for _, row := range x.usage.rows {
		usage[x.usage.get(row, "Row")] = row
	}
	by, wrong := map[string]*taken{}, map[string]error{}
	for _, row := range x.takes.rows {
		stage := x.takes.get(row, "Stage")
		if err := x.take(by, usage[x.takes.get(row, "Row")], row); err != nil && wrong[stage] == nil {
			wrong[stage] = err
		}
	}
	for _, stage := range disputed.Stages()[disputed.StageAgain:] {
		err, n, listed := wrong[stage], 0, 0
		for _, row := range x.charges.rows {
			if x.charges.get(row, "Stage") != stage {
				continue
			}
			at := by[stage+" "+x.charges.get(row, "Charge")]
			delete(by, stage+" "+x.charges.get(row, "Charge"))
			if at == nil {
				at = &taken{}
			}
			told, e := x.quantity(stage, row, at)
			if e != nil && err == nil {
				err = e
			}
			switch {
			case told:
				n++
			case at.rows > 0:
				listed++
			}
		}
		for name := range by {
			if len(name) > len(stage) && name[:len(stage)+1] == stage+" " && err == nil {
				err = fmt.Errorf("%s takes records for charge %s, which is not in %s", takesFile, name[len(stage)+1:], chargesFile)
			}
		}
		detail := fmt.Sprintf("the records of %d charges add up to the quantities that were metered", n)
		if listed > 0 {
			detail += fmt.Sprintf("; of %d more they are listed, and how the meter makes a quantity of them is not shown", listed)
		}
		x.say("usage, "+stage, err, detail)
	}
}

// take adds a row of takes to its charge, and holds it against the usage record.
func (x *verifier) take(by map[string]*taken, usage, row []string) error {
	get := func(name string) string { return x.takes.get(row, name) }
	name := get("Stage") + " " + get("Charge")
	if usage == nil {
		return fmt.Errorf("charge %s takes row %s, which is not in %s", get("Charge"), get("Row"), usageFile)
	}
	at := by[name]
	if at == nil {
		at = &taken{meter: get("Meter"), distinct: map[string]bool{}}
		by[name] = at
	}
	metered := x.number(x.takes, row, "Metered")
	if at.rows == 0 || metered.GreaterThan(at.most) {
		at.most = metered
	}
	if at.rows == 0 || metered.LessThan(at.least) {
		at.least = metered
	}
	at.rows, at.sum = at.rows+1, at.sum.Add(metered)
	at.distinct[get("Distinct")] = true
	return x.says(usage, row, metered)
}

// says holds what a row of takes says against the record.
func (x *verifier) says(usage, row []string, metered money.Decimal) error {
	get := func(name string) string { return x.takes.get(row, name) }
	m := x.meters[get("Stage")+" "+get("Meter")]
	column, known := readBy[m.Value]
	decidedBy, last := x.usage.get(usage, "Dispute"), get("Stage") == disputed.Stages()[disputed.StageDecision]
	if decidedBy != "" && !last {
		known = known && decidedBy == x.ask.Dispute.ID && get("Stage") == disputed.Stages()[disputed.StageBook]
	}
	want := money.Zero
	if known {
		want = x.number(x.usage, usage, column)
	}
	if decidedBy != "" && last {
		switch counts := map[string]string{"ConsumedQuantity": "CountsAs", "PricingQuantity": "PricingCountsAs"}[column]; {
		case x.usage.get(usage, "CountsAs") == "void":
			return fmt.Errorf("charge %s takes row %s of %s, which is void by decision", get("Charge"), get("Row"), usageFile)
		case counts != "" && x.usage.get(usage, counts) != "":
			want = x.number(x.usage, usage, counts)
		}
	}
	if m.Value == schemas.ValueRows {
		known, want = true, money.One
	}
	if says := x.number(x.takes, row, "Says"); known && !says.Equal(want) {
		return fmt.Errorf("charge %s takes %s of row %s of %s, and that says %s", get("Charge"), says, get("Row"), usageFile, want)
	}
	if m.Unit == "" || m.Unit == get("Unit") {
		if says := x.number(x.takes, row, "Says"); known && !says.Equal(metered) {
			return fmt.Errorf("charge %s meters %s of row %s of %s, and that says %s", get("Charge"), metered, get("Row"), usageFile, says)
		}
	}
	return nil
}

// quantity holds what a charge says of its usage against what the records come to, and reports whether that can be told.
func (x *verifier) quantity(stage string, row []string, at *taken) (bool, error) {
	id := x.charges.get(row, "Charge")
	if rows := x.number(x.charges, row, "UsageRows"); !rows.Equal(money.NewDecimal(at.rows, 0)) {
		return false, fmt.Errorf("charge %s is of %s records, and takes %d", id, rows, at.rows)
	}
	m := x.meters[stage+" "+at.meter]
	if at.rows == 0 || m.Window != "" || x.charges.get(row, "Consumed") == "" {
		return false, nil
	}
	var sum money.Decimal
	switch m.Aggregation {
	case "", schemas.AggregateSum, schemas.AggregateEvents:
		sum = at.sum
	case schemas.AggregateCount:
		sum = money.NewDecimal(at.rows, 0)
	case schemas.AggregateUnique:
		sum = money.NewDecimal(int64(len(at.distinct)), 0)
	case schemas.AggregateMax:
		sum = at.most
	case schemas.AggregateMin:
		sum = at.least
	default:
		return false, nil
	}
	if says := x.number(x.charges, row, "Consumed"); !money.RoundTo(sum, money.Scale, money.HalfEven).Equal(says) {
		return false, fmt.Errorf("the records of charge %s come to %s, and it has metered %s", id, sum, says)
	}
	return true, x.begins(stage, row, sum)
}

// begins holds the quantity that the arithmetic of a charge begins with, if it does so with one, against what was metered: with what earlier
// charges of the price in the month metered, where its tiers run through the month.
func (x *verifier) begins(stage string, row []string, sum money.Decimal) error {
	get := func(row []string, name string) string { return x.charges.get(row, name) }
	id := get(row, "Charge")
	steps := x.steps[stage+" "+id]
	p, known := x.prices[stage+" "+get(row, "Offering")+" "+get(row, "Price")+" "+get(row, "Version")]
	if len(steps) == 0 || len(steps[0].In) != 1 || steps[0].In[0].Name != "quantity" || !known || p.Pooled {
		return nil
	}
	through := sum
	for _, other := range x.charges.rows {
		like := get(other, "Stage") == stage && get(other, "Start") < get(row, "Start")
		for _, name := range []string{"Account", "Subscription", "Offering", "Price", "Meter", "Group"} {
			like = like && get(other, name) == get(row, name)
		}
		if like {
			through = through.Add(x.number(x.charges, other, "Consumed"))
		}
	}
	if first, err := money.ParseDecimal(steps[0].Out); err != nil || !first.Equal(sum) && !first.Equal(through) {
		return fmt.Errorf("the records of charge %s come to %s, and its arithmetic begins with %s", id, sum, steps[0].Out)
	}
	return nil
}

// tariffs holds the numbers of prices in the arithmetic against the prices.
func (x *verifier) tariffs() {
	var err error
	n := 0
	for _, row := range x.charges.rows {
		get := func(name string) string { return x.charges.get(row, name) }
		p, known := x.prices[get("Stage")+" "+get("Offering")+" "+get("Price")+" "+get("Version")]
		if !known {
			continue
		}
		for _, s := range x.steps[get("Stage")+" "+get("Charge")] {
			for _, o := range s.In {
				if !slices.Contains(priceNumbers, o.Name) || o.Value == "0" {
					continue
				}
				if n++; !slices.Contains(p.numbers, o.Value) && err == nil {
					err = fmt.Errorf("charge %s has the %s %s, and price %s in %s has not", get("Charge"), o.Name, o.Value, get("Price"), pricesFile)
				}
			}
		}
	}
	x.say("prices", err, fmt.Sprintf("%d numbers of the arithmetic stand in the prices", n))
}

// priceNumbers are operands that stand in a price.
var priceNumbers = []string{"unit_price", "flat_fee", "markup_percent", "markdown_percent", "multiplier", "package_price", "package_size"}
