package quote

import (
	"context"
	"fmt"
	"slices"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// use adds the use up.
func (x *quoter) use(ctx context.Context, account *schemas.Account) error {
	switch {
	case (x.ask.Meter != "" || x.ask.SKU != "") && x.ask.Source != "":
		return ask("either a usage file or a meter with a quantity, not both")
	case x.ask.Source != "":
		return x.file(ctx)
	case x.ask.Meter != "" || x.ask.SKU != "":
		x.tally.Begin(x.ask.Account)
		return x.hypothetical(account)
	case x.ask.Offering != "":
		x.tally.Begin(x.ask.Account)
		return nil
	}
	return ask("say what is used: a usage file and its source, or a meter and a quantity")
}

// hypothetical adds a quantity of a meter, in a row such as the meter takes.
func (x *quoter) hypothetical(account *schemas.Account) error {
	m, err := x.meter()
	if err != nil {
		return err
	}
	x.hypothesis = m
	labels, err := x.labels(m, account)
	if err != nil {
		return err
	}
	for _, h := range x.tally.Resolve(labels) {
		if x.tally.Held(h, 0).Meter == m.ID {
			return x.add(m, h)
		}
	}
	return x.notTaken(m)
}

// add adds the quantity as the meter's aggregation wants it.
func (x *quoter) add(m *schemas.Meter, h rating.Handle) error {
	start := x.ask.Day.Time(x.book.Zone)
	row := rating.Row{Start: start.UnixMicro(), End: x.ask.Day.AddDays(1).Time(x.book.Zone).UnixMicro()}
	whole := m.Aggregation == schemas.AggregateCount || m.Aggregation == schemas.AggregateUnique
	if whole && (!x.ask.Quantity.IsInteger() || x.ask.Quantity.IsNegative() || x.ask.Quantity.GreaterThan(money.NewDecimal(mostCounted, 0))) {
		return ask("meter %s counts, so its quantity is a whole number from 0 to %d, not %s", m.ID, mostCounted, x.ask.Quantity)
	}
	code := schemas.Code("")
	switch m.Aggregation {
	case schemas.AggregateCount:
		if n := x.ask.Quantity.IntPart(); n > 0 {
			code = x.tally.AddTotal(h, n, &row)
		}
	case schemas.AggregateUnique:
		for n := range x.ask.Quantity.IntPart() {
			row.ID = fmt.Append(row.ID[:0], n)
			if code = x.tally.Add(h, &row); code != "" {
				break
			}
		}
	default:
		var err error
		if row.Quantity, err = money.FixedFromDecimal(x.ask.Quantity); err != nil {
			return ask("quantity %s: %v", x.ask.Quantity, err)
		}
		if isCost(m.Value) {
			row.Cost, row.HasCost = row.Quantity, true
		}
		code = x.tally.Add(h, &row)
	}
	x.out.Rows.Taken = x.tally.Rows()
	if code != "" {
		info, _ := code.Info()
		return ask("the quantity cannot be metered: %s; %s", info.Meaning, info.Fix)
	}
	return nil
}

// mostCounted bounds a hypothetical count.
const mostCounted = 1_000_000

func isCost(v schemas.MeterValue) bool {
	return slices.Contains([]schemas.MeterValue{schemas.ValueEffective, schemas.ValueBilled, schemas.ValueContracted, schemas.ValueList}, v)
}

// labels are those of a row that the meter takes, with the dimensions asked for.
func (x *quoter) labels(m *schemas.Meter, account *schemas.Account) ([]string, error) {
	values := map[int]string{
		schemas.UseSourceId: string(m.Source), schemas.UsePeerId: string(m.Peer),
		schemas.UseConsumedUnit: m.Unit, schemas.UsePricingUnit: m.Unit, schemas.UseBillingCurrency: string(account.Currency),
	}
	if src, ok := x.book.Source(m.Source); ok && m.Peer == "" {
		values[schemas.UsePeerId] = string(src.Peer)
	}
	if x.ask.SKU != "" {
		values[schemas.UseSkuId] = string(x.ask.SKU)
	} else if len(m.SKUs) > 0 {
		values[schemas.UseSkuId] = string(m.SKUs[0])
	}
	if len(m.Services) > 0 {
		values[schemas.UseServiceName] = m.Services[0]
	}
	if len(m.SkuMeters) > 0 {
		values[schemas.UseSkuMeter] = m.SkuMeters[0]
	}
	for i := range m.Filters {
		if f := &m.Filters[i]; len(f.Values) > 0 && f.Op != schemas.FilterNotIn {
			values[schemas.Usage.Index(f.Column)] = f.Values[0]
		}
	}
	columns := x.plan.Columns()
	for name, value := range x.ask.Dimensions {
		column := schemas.Usage.Index(name)
		if !slices.Contains(columns, column) {
			looked := make([]string, len(columns))
			for i, c := range columns {
				looked[i] = schemas.Usage.Columns[c].Name
			}
			return nil, ask("no meter or price of the catalogue looks at %s; %s", name, didYouMean(name, looked, "it looks at"))
		}
		values[column] = value
	}
	out := make([]string, len(columns))
	x.given = map[string]string{}
	for i, c := range columns {
		out[i] = values[c]
		x.given[schemas.Usage.Columns[c].Name] = values[c]
	}
	return out, nil
}
