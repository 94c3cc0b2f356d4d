package rating_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"daybook/rating"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// charged bills a subscription month by month up to the month of a day, and returns the charges that had begun by then.
func (x *trial) charged(until schemas.Date) ([]schemas.Charge, error) {
	var all []schemas.Charge
	first := x.subscription().Start.AddMonths(-1)
	if a := x.subscription().Anchor; !a.IsZero() && a.Before(first) {
		first = a
	}
	for p := first.Period(); !firstOf(p).After(until); p = p.Next() {
		x.period = p
		out, err := x.rate()
		if err != nil {
			return nil, err
		}
		for i := range out.Charges {
			if !schemas.DateOf(out.Charges[i].Start, x.zone).After(until) {
				all = append(all, out.Charges[i])
			}
		}
	}
	return all, nil
}

// shareOf is the part of its recurring period that a charge is for: what its step of proration says.
func shareOf(c *schemas.Charge) *big.Rat {
	for _, s := range c.Steps {
		if s.Op != model.OpProrate {
			continue
		}
		var v [4]*big.Rat
		for i := range v {
			v[i] = dec(s.In[i].Value).Rat()
		}
		return new(big.Rat).Quo(v[2].Sub(v[2], v[1]), v[3])
	}
	return big.NewRat(1, 1)
}

// inAdvance sells a fee of one that is due when its recurring period begins.
func inAdvance(every schemas.Recurrence) *trial {
	x := newTrial()
	x.sell(schemas.Price{ID: "p", Currency: "EUR", Every: every, Timing: schemas.TimingAdvance, Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: &money.One}})
	return x
}

// part bills the part num/den of a recurring period: den days, of which the subscription has the first num.
func part(num, den money.Decimal, p schemas.Price) (*trial, error) {
	days := den.IntPart()
	if !num.IsInteger() || !den.IsInteger() || days < 1 || days > 1_000_000 {
		return nil, fmt.Errorf("%s of %s are no days", num, den)
	}
	x := newTrial()
	p.Every, p.Timing = schemas.Recurrence{Unit: schemas.CycleDay, Count: int(days)}, schemas.TimingAdvance
	x.sell(p)
	s := x.subscription()
	s.Start = day("2024-09-01")
	s.End = s.Start.AddDays(int(num.IntPart()))
	return x, nil
}

func proratedFlatOracle(c *oracle) (result, error) {
	r, err := rule(c.Params.Round)
	if err != nil {
		return result{}, err
	}
	of := ratioOf(c.Params.Ratio)
	x, err := part(of.Num, of.Den, schemas.Price{ID: "p", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: c.Params.Amount}})
	if err != nil {
		return result{}, err
	}
	x.roundBy(r)
	x.tax("", zero(c.Params.TaxPct))
	return taxed(x)
}

func ratioOracle(c *oracle) (result, error) {
	x := inAdvance(schemas.Recurrence{Unit: schemas.CycleMonth})
	s := x.subscription()
	var from, to, start schemas.Date
	for _, d := range []struct {
		into *schemas.Date
		text string
	}{{&from, c.Usage.From}, {&to, c.Usage.To}, {&start, c.Params.PeriodStart}} {
		var err error
		if *d.into, err = schemas.ParseDate(d.text); d.text != "" && err != nil {
			return result{}, err
		}
	}
	s.Start, s.End = from, to
	switch c.Params.Rule {
	case "inclusive_days":
		first := day("2024-09-01")
		x.offering().Prices[0].Every = schemas.Recurrence{Unit: schemas.CycleDay, Count: int(zero(c.Params.PeriodDays).IntPart())}
		x.catalogue.Policy.TerminationDay = schemas.TerminationInclusive
		s.Anchor, s.Start = first, first.AddDays(int(c.Usage.ActiveFrom.IntPart())-1)
		s.End = first.AddDays(int(c.Usage.ActiveTo.IntPart()) - 1)
	case "fixed_days":
		if c.Params.FixedDays != 30 {
			return result{}, fmt.Errorf("no month counts as %d days", c.Params.FixedDays)
		}
		x.offering().Prices[0].Prorate, s.Anchor = schemas.ProrateThirty, to.AddMonths(-1)
	case "days_over_period_days", "seconds":
		if s.Anchor = start; start.AddMonths(1).String() != c.Params.PeriodEnd {
			return result{}, fmt.Errorf("from %s to %s is no month", start, c.Params.PeriodEnd)
		}
		if c.Params.Rule == "seconds" {
			x.offering().Prices[0].Prorate = schemas.ProrateSeconds
		}
	default:
		return result{}, fmt.Errorf("no proration is called %q", c.Params.Rule)
	}
	charges, err := x.charged(s.End)
	if err != nil {
		return result{}, err
	}
	share := new(big.Rat)
	for i := range charges {
		share.Add(share, shareOf(&charges[i]))
	}
	places := int(c.Params.Decimals)
	if places == 0 {
		_, fraction, _ := strings.Cut(c.Amount, ".")
		places = len(fraction)
	}
	return result{amount: share.FloatString(places)}, nil // half away from zero
}

// recurrenceOf reads a name of a period, or an ISO 8601 duration of one unit.
func recurrenceOf(name string) (schemas.Recurrence, error) {
	names := map[string]schemas.Cycle{
		"daily": schemas.CycleDay, "weekly": schemas.CycleWeek, "monthly": schemas.CycleMonth, "quarterly": schemas.CycleQuarter,
		"quarter": schemas.CycleQuarter, "half_year": schemas.CycleHalf, "half_yearly": schemas.CycleHalf, "biannual": schemas.CycleHalf,
		"semi_annual": schemas.CycleHalf, "annual": schemas.CycleYear, "yearly": schemas.CycleYear,
		"D": schemas.CycleDay, "W": schemas.CycleWeek, "M": schemas.CycleMonth, "Y": schemas.CycleYear,
	}
	every := schemas.Recurrence{Count: 1}
	if rest, ok := strings.CutPrefix(name, "P"); ok && len(rest) > 1 {
		n, err := strconv.Atoi(rest[:len(rest)-1])
		if err != nil {
			return every, err
		}
		every.Count, name = n, rest[len(rest)-1:]
	} else {
		name = strings.ToLower(name)
	}
	if every.Unit = names[name]; every.Unit == "" {
		return every, fmt.Errorf("no period %q", name)
	}
	return every, nil
}

// billedOracle bills month by month until a target day. The periods are counted from the bill cycle day in the month in which
// the subscription starts, whether that lies before the start or after it. Where the month is too short to have the day, the
// source takes the period that encloses a stub by the calendar from the boundary itself: so the stub is a subscription of its
// own that keeps to the boundary's day.
func billedOracle(c *oracle) (result, error) {
	every, err := recurrenceOf(c.Params.Period)
	if err != nil {
		return result{}, err
	}
	var days [3]schemas.Date
	for i, s := range [3]string{c.Usage.Start, c.Usage.End, c.Usage.Target} {
		if s == "" {
			continue
		}
		if days[i], err = schemas.ParseDate(s); err != nil {
			return result{}, err
		}
	}
	year, month, _ := days[0].Date()
	last := schemas.NewDate(year, month+1, 0)
	s := schemas.Subscription{ID: "s", Offering: "o", Start: days[0], End: days[1], AnchorDay: c.Params.BillCycleDay}
	s.Anchor = schemas.NewDate(year, month, min(s.AnchorDay, last.Day()))
	if s.Anchor != last || s.AnchorDay <= last.Day() || !s.Start.Before(last) || !s.End.IsZero() && s.End.Before(last) {
		total, err := cyclesBilled(every, s, days[2])
		return result{amount: total.RatString()}, err
	}
	stub := s
	stub.AnchorDay, stub.End, s.Start = 0, last, last
	total, err := cyclesBilled(every, stub, days[2])
	if err != nil {
		return result{}, err
	}
	rest, err := cyclesBilled(every, s, days[2])
	return result{amount: total.Add(total, rest).RatString()}, err
}

// cyclesBilled is how many recurring periods a subscription is charged for in advance until a day.
func cyclesBilled(every schemas.Recurrence, s schemas.Subscription, until schemas.Date) (*big.Rat, error) {
	x := inAdvance(every)
	*x.subscription() = s
	charges, err := x.charged(until)
	total := new(big.Rat)
	for i := range charges {
		total.Add(total, shareOf(&charges[i]))
	}
	return total, err
}

// nextDateOracle is the day on which the first charge in advance ends. Days begin at midnight of the account's clock: the clock
// at which the anchor of a case stands goes through unchanged. Years are counted from the anchor, other periods from the
// start on the anchor's day. Where the source skips an anchor that lies later in the first year, the day after it counts.
func nextDateOracle(c *oracle) (result, error) {
	every, err := recurrenceOf(c.Params.Period)
	if err != nil {
		return result{}, err
	}
	every.Count = c.Params.Interval
	x := inAdvance(every)
	if x.zone, err = time.LoadLocation(c.Params.Timezone); err != nil {
		return result{}, err
	}
	anchor, clock, _ := strings.Cut(c.Params.Anchor, "T")
	start, _, _ := strings.Cut(c.Usage.PeriodStart, "T")
	s := x.subscription()
	if s.Start, err = schemas.ParseDate(start); err != nil {
		return result{}, err
	}
	from, err := schemas.ParseDate(anchor)
	if err != nil {
		return result{}, err
	}
	switch every.Unit {
	case schemas.CycleMonth, schemas.CycleQuarter, schemas.CycleHalf:
		s.AnchorDay = from.Day()
	default:
		s.Anchor = from
	}
	charges, err := x.charged(s.Start.AddMonths(12))
	if err != nil || len(charges) == 0 {
		return result{}, fmt.Errorf("no charge: %w", err)
	}
	first := &charges[0]
	if strings.Contains(c.Notes, "the anchor later in the same year is skipped") {
		if schemas.DateOf(first.End, x.zone) != from {
			return result{}, fmt.Errorf("the first period ends on %s, not at the anchor", first.End)
		}
		first = &charges[1]
	}
	return result{amount: first.End.In(x.zone).Format(time.DateOnly) + "T" + clock}, nil
}

// wholePeriodsOracle counts the charges for whole periods of a subscription that starts and ends on the days.
func wholePeriodsOracle(c *oracle) (result, error) {
	every, err := recurrenceOf(c.Params.Period)
	if err != nil {
		return result{}, err
	}
	x := inAdvance(every)
	s := x.subscription()
	if s.Start, err = schemas.ParseDate(c.Usage.From); err != nil {
		return result{}, err
	}
	if s.End, err = schemas.ParseDate(c.Usage.To); err != nil {
		return result{}, err
	}
	charges, err := x.charged(s.End)
	charges = slices.DeleteFunc(charges, func(c schemas.Charge) bool { return !c.Amount.Equal(money.One) })
	return result{amount: strconv.Itoa(len(charges))}, err
}

// advanceOracle lists the days on which charges begin.
func advanceOracle(c *oracle) (result, error) {
	every, err := recurrenceOf(c.Params.Period)
	if err != nil {
		return result{}, err
	}
	x := inAdvance(every)
	s := x.subscription()
	if s.Start, err = schemas.ParseDate(c.Usage.From); err != nil {
		return result{}, err
	}
	var sequence []string
	for until := s.Start; len(sequence) <= c.Params.N; until = until.AddMonths(12) {
		charges, err := x.charged(until)
		if err != nil {
			return result{}, err
		}
		sequence = nil
		for i := range charges {
			sequence = append(sequence, charges[i].Start.Format(time.DateOnly))
		}
	}
	sequence = sequence[:c.Params.N+1]
	return result{sequence[c.Params.N], map[string]any{"sequence": sequence}}, nil
}

// civilDaysOracle counts days by the rule that proration counts them by.
func civilDaysOracle(c *oracle) (result, error) {
	zone, err := time.LoadLocation(c.Params.Timezone)
	if err != nil {
		return result{}, err
	}
	parse := func(s string) time.Time {
		for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", time.RFC3339} {
			if t, e := time.ParseInLocation(layout, s, zone); e == nil {
				return t
			}
		}
		err = fmt.Errorf("%q is no time", s)
		return time.Time{}
	}
	n := rating.CivilDays(parse(c.Usage.From), parse(c.Usage.To), zone)
	return result{amount: strconv.Itoa(n)}, err
}

// volumeProratedOracle bills a quantity that was there for a part of a recurring period.
func volumeProratedOracle(c *oracle) (result, error) {
	terms, err := c.Params.terms("volume")
	if err != nil {
		return result{}, err
	}
	policy, err := c.Params.policy()
	if err != nil {
		return result{}, err
	}
	share := new(big.Rat).Quo(c.Usage.ProratedQty.Rat(), c.Usage.FullQuantity.Rat())
	v, err := billedChanges(&changing{terms: terms, policy: policy}, []money.Decimal{c.Usage.FullQuantity}, []*big.Rat{share})
	return amount(v), err
}

// proratedGraduatedOracle bills a quantity that changes inside a recurring period.
func proratedGraduatedOracle(c *oracle) (result, error) {
	terms, err := c.Params.terms("graduated")
	if err != nil {
		return result{}, err
	}
	var prorated []money.Decimal
	if err := json.Unmarshal(c.Usage.Prorated, &prorated); err != nil {
		return result{}, err
	}
	shares := make([]*big.Rat, len(prorated))
	for i, v := range prorated {
		shares[i] = new(big.Rat).Quo(v.Rat(), c.Usage.Full[i].Rat())
	}
	r, err := rule(c.Params.Round)
	if err != nil {
		return result{}, err
	}
	v, err := billedChanges(&changing{terms: terms, rounding: r}, c.Usage.Full, shares)
	return amount(v), err
}
