package rating_test

import (
	"fmt"
	"reflect"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// setField sets the field of a struct that has a name in books. Lists have a short form: tiers are
// up_to:unit_price:flat_fee:percent with commas between, * for the last one's end.
func setField(into any, name, value string) error {
	v := reflect.ValueOf(into).Elem()
	for i := range v.NumField() {
		tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		if tag == name && name != "" {
			return setValue(v.Field(i), value)
		}
	}
	return fmt.Errorf("%T has no field %q", into, name)
}

func setValue(f reflect.Value, value string) error {
	switch x := f.Addr().Interface().(type) {
	case **money.Decimal:
		d, err := money.ParseDecimal(value)
		*x = &d
		return err
	case *money.Decimal:
		d, err := money.ParseDecimal(value)
		*x = d
		return err
	case **int64:
		d, err := money.ParseDecimal(value)
		n := d.IntPart()
		*x = &n
		return err
	case *[]schemas.Tier:
		return eachRow(value, 4, func(d []*money.Decimal) {
			*x = append(*x, schemas.Tier{UpTo: d[0], UnitPrice: zero(d[1]), FlatFee: zero(d[2]), Percent: zero(d[3])})
		})
	case *[]schemas.MarginTier:
		return eachRow(value, 2, func(d []*money.Decimal) {
			*x = append(*x, schemas.MarginTier{UpTo: d[0], Percent: zero(d[1])})
		})
	case *[]schemas.ElapsedBand:
		return eachRow(value, 4, func(d []*money.Decimal) {
			*x = append(*x, schemas.ElapsedBand{StartSeconds: zero(d[0]), Rate: zero(d[1]), RateSeconds: zero(d[2]), IncrementSeconds: zero(d[3])})
		})
	case *[]schemas.UnitBlocks:
		for unit := range strings.SplitSeq(value, ";") {
			name, rows, _ := strings.Cut(unit, "=")
			b := schemas.UnitBlocks{Unit: name}
			if err := eachRow(rows, 3, func(d []*money.Decimal) {
				b.Tiers = append(b.Tiers, schemas.Block{Size: zero(d[0]), Price: zero(d[1]), Max: d[2]})
			}); err != nil {
				return err
			}
			*x = append(*x, b)
		}
		return nil
	case *[]schemas.Capacity: // limit:price of one unit
		return eachRow(value, 2, func(d []*money.Decimal) {
			*x = append(*x, schemas.Capacity{Limits: []schemas.UnitLimit{{Unit: "u", Max: d[0]}}, Price: zero(d[1])})
		})
	case *[]schemas.RuleGroup: // kind:cost with + between, groups with commas between
		return setGroups(x, value)
	case *[]schemas.DayBand: // 08:00-18:00/mon-fri@rate@per
		return setDayBands(x, value)
	case *[]schemas.DimensionPrice: // Column=value@price@flat
		return setDimensions(x, value)
	case *[]schemas.Discount:
		for part := range strings.SplitSeq(value, ",") {
			d, err := discountOf(part)
			if err != nil {
				return err
			}
			*x = append(*x, d)
		}
		return nil
	}
	if f.Kind() == reflect.String {
		f.SetString(value)
		return nil
	}
	return fmt.Errorf("cannot set %s to %q", f.Type(), value)
}

// eachRow reads rows of numbers with colons between; * is no number, and missing ones are, too.
func eachRow(value string, columns int, add func([]*money.Decimal)) error {
	for row := range strings.SplitSeq(value, ",") {
		d := make([]*money.Decimal, columns)
		for i, s := range strings.Split(row, ":") {
			if s == "*" || s == "" {
				continue
			}
			v, err := money.ParseDecimal(s)
			if err != nil || i >= columns {
				return fmt.Errorf("row %q: %w", row, err)
			}
			d[i] = &v
		}
		add(d)
	}
	return nil
}

// discountOf reads 10% or 5.
func discountOf(s string) (schemas.Discount, error) {
	percent, ok := strings.CutSuffix(s, "%")
	v, err := money.ParseDecimal(percent)
	if ok {
		return schemas.Discount{ID: s, Percent: &v}, err
	}
	return schemas.Discount{ID: s, Fixed: &v}, err
}

func setGroups(into *[]schemas.RuleGroup, value string) error {
	for group := range strings.SplitSeq(value, ",") {
		var g schemas.RuleGroup
		for rule := range strings.SplitSeq(group, "+") {
			f := append(strings.Split(rule, ":"), "")
			cost, err := money.ParseDecimal(f[1])
			if err != nil {
				return fmt.Errorf("rule %q: %w", rule, err)
			}
			r := schemas.Rule{Kind: schemas.RuleKind(f[0]), Cost: cost}
			if f[2] != "" {
				r.Level = dec(f[2])
			}
			g.Rules = append(g.Rules, r)
		}
		*into = append(*into, g)
	}
	return nil
}

func setDayBands(into *[]schemas.DayBand, value string) error {
	for row := range strings.SplitSeq(value, ",") {
		when, rate, _ := strings.Cut(row, "@")
		hours, days, _ := strings.Cut(when, "/")
		start, end, _ := strings.Cut(hours, "-")
		d, err := numbers(rate, "@")
		if err != nil || len(d) != 2 {
			return fmt.Errorf("band %q: %w", row, err)
		}
		b := schemas.DayBand{Start: start, End: end, Rate: d[0], RateSeconds: d[1]}
		if days != "" {
			b.Days = strings.Split(days, "+")
		}
		*into = append(*into, b)
	}
	return nil
}

func setDimensions(into *[]schemas.DimensionPrice, value string) error {
	for row := range strings.SplitSeq(value, ",") {
		when, rate, _ := strings.Cut(row, "@")
		d, err := numbers(rate, "@")
		if err != nil || len(d) != 2 {
			return fmt.Errorf("row %q: %w", row, err)
		}
		x := schemas.DimensionPrice{UnitPrice: d[0], FlatFee: d[1]}
		for match := range strings.SplitSeq(when, "&") {
			column, v, _ := strings.Cut(match, "=")
			x.When = append(x.When, schemas.DimensionMatch{Column: column, Value: v})
		}
		*into = append(*into, x)
	}
	return nil
}
