package schemas

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"daybook/schemas/money"
)

// Rate says that on Day one unit of Base was worth Value units of Quote, and that daybook could know it from KnownSince
// on (the zero Date: from Day on).
type Rate struct {
	Day Date `yaml:"date"`
	// Base is the currency that one unit is taken of. EUR/USD 1.08 has the base EUR.
	Base money.Currency `yaml:"base"`
	// Quote is the currency that Value is in.
	Quote money.Currency `yaml:"quote"`
	// Value is above zero.
	Value money.Decimal `yaml:"rate"`
	// KnownSince is the day on which the rate was published, where that is later than Day or replaces an earlier figure.
	KnownSince Date `yaml:"known_since,omitempty"`
}

// known returns the first day on which the rate could be used.
func (r Rate) known() Date {
	if r.KnownSince.IsZero() {
		return r.Day
	}
	return r.KnownSince
}

// Rates holds exchange rates for look-up by day. It is read-only, and safe for concurrent use. The zero value holds none.
type Rates struct {
	pivot  money.Currency
	series map[pair][]Rate
}

type pair struct{ base, quote money.Currency }

// NewRates returns the rates for look-up; pivot is the currency that cross rates go through (the base of a published
// list: EUR for the European Central Bank's). The order of rates does not matter, except that of two that are equal in
// day, pair and day of knowledge, the last one counts.
func NewRates(rates []Rate, pivot money.Currency) *Rates {
	r := &Rates{pivot: pivot, series: map[pair][]Rate{}}
	for _, rate := range rates {
		k := pair{rate.Base, rate.Quote}
		r.series[k] = append(r.series[k], rate)
	}
	for _, s := range r.series {
		slices.SortStableFunc(s, func(a, b Rate) int {
			return cmp.Or(a.Day.Compare(b.Day), a.known().Compare(b.known()))
		})
	}
	return r
}

// FXQuery asks for the rate between two currencies.
type FXQuery struct {
	From, To money.Currency
	// Day is the day to convert on; the newest rate on or before it counts.
	Day Date
	// MaxAgeDays bounds how many days before Day the rate may be; 0 asks for that very day.
	MaxAgeDays int
	// AsOf hides rates that were not yet known on that day; the zero Date hides none.
	AsOf Date
}

// Conversion is the answer to an FXQuery: amount × Factor is the amount in the other currency.
type Conversion struct {
	// Factor is exact: an inverse or cross rate is a fraction, not a rounded quotient.
	Factor money.Ratio
	// Legs are the rates that Factor is made of, in order: none between a currency and itself, one, or two through the
	// pivot. A leg whose Base is not the currency converted from is used inverted.
	Legs []Rate
}

// Find returns the conversion, and false where the rates give none. It prefers the quoted pair, then its inverse, then
// the way through the pivot, each on or before the day and no older than asked; so the answer depends on the rates
// alone, never on their order.
func (r *Rates) Find(q FXQuery) (Conversion, bool) {
	if q.From == q.To {
		return Conversion{Factor: money.Ratio{Num: money.One, Den: money.One}}, true
	}
	if leg, factor, ok := r.leg(q.From, q.To, q); ok {
		return Conversion{Factor: factor, Legs: []Rate{leg}}, true
	}
	if r.pivot == "" || r.pivot == q.From || r.pivot == q.To {
		return Conversion{}, false
	}
	first, in, ok := r.leg(q.From, r.pivot, q)
	if !ok {
		return Conversion{}, false
	}
	second, out, ok := r.leg(r.pivot, q.To, q)
	if !ok {
		return Conversion{}, false
	}
	return Conversion{Factor: in.Mul(out), Legs: []Rate{first, second}}, true
}

// PeriodDay returns the day at whose rate a period is converted where the policy takes that of its end: its last one. Only a
// period that goes on is converted at the newest rates there are, for there is none of its end yet: that is one of which
// use has arrived through an earlier day (no day is the last one), that is looked at as of an earlier day, if any, and whose
// end the rates do not reach, as old as they may be. A period that is over and lacks rates lacks them.
func (r *Rates) PeriodDay(e Exchange, p Period, through, asOf Date) Date {
	_, last := p.Days()
	if through.IsZero() || !through.Before(last) || !asOf.IsZero() && !asOf.Before(last) {
		return last
	}
	for _, s := range r.series {
		rate, ok := newest(s, FXQuery{Day: last, MaxAgeDays: math.MaxInt, AsOf: asOf})
		switch {
		case ok && last.Sub(rate.Day) <= e.MaxAge():
			return last
		case ok && rate.Day.After(through):
			through = rate.Day
		}
	}
	return through
}

// Currencies lists those that any rate is of, in order.
func (r *Rates) Currencies() (out []money.Currency) {
	for p := range r.series {
		out = append(out, p.base, p.quote)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Has reports whether any rate, of any day, connects the two currencies.
func (r *Rates) Has(from, to money.Currency) bool {
	direct := func(a, b money.Currency) bool {
		return a == b || len(r.series[pair{a, b}]) > 0 || len(r.series[pair{b, a}]) > 0
	}
	return direct(from, to) || r.pivot != "" && direct(from, r.pivot) && direct(r.pivot, to)
}

// With is r, with those rates of others that connect currencies which r does not connect at all.
func (r *Rates) With(others *Rates) *Rates {
	out := &Rates{r.pivot, maps.Clone(r.series)}
	for p, s := range others.series {
		if !r.Has(p.base, p.quote) {
			out.series[p] = s
		}
	}
	return out
}

// leg finds the rate of one pair, quoted either way round, and the exact factor from one currency to the other.
func (r *Rates) leg(from, to money.Currency, q FXQuery) (Rate, money.Ratio, bool) {
	if rate, ok := newest(r.series[pair{from, to}], q); ok {
		return rate, money.Ratio{Num: rate.Value, Den: money.One}, true
	}
	if rate, ok := newest(r.series[pair{to, from}], q); ok && !rate.Value.IsZero() {
		return rate, money.Ratio{Num: money.One, Den: rate.Value}, true
	}
	return Rate{}, money.Ratio{}, false
}

// newest returns the last rate of a sorted series that the query allows.
func newest(series []Rate, q FXQuery) (Rate, bool) {
	n, _ := slices.BinarySearchFunc(series, q.Day, func(r Rate, day Date) int {
		if r.Day.After(day) {
			return 1
		}
		return -1
	})
	for i := n - 1; i >= 0 && q.Day.Sub(series[i].Day) <= q.MaxAgeDays; i-- {
		if q.AsOf.IsZero() || !series[i].known().After(q.AsOf) {
			return series[i], true
		}
	}
	return Rate{}, false
}

// FX gives the exchange rate from one currency to another on a day, as Rates.Find does under the book's policy. The zero
// day asks for the rate of the period. Nil knows no rates.
type FX func(from, to money.Currency, day Date) (Conversion, bool)

// Rate returns the factor from one currency to another on a day: one between a currency and itself; false where there is no rate.
func (f FX) Rate(from, to money.Currency, day Date) (money.Ratio, bool) {
	if from == to {
		return money.Ratio{Num: money.One, Den: money.One}, true
	}
	if f == nil {
		return money.Ratio{}, false
	}
	c, ok := f(from, to, day)
	return c.Factor, ok
}

// MissingRate is an amount without an exchange rate, and what it is.
type MissingRate struct {
	Currency money.Currency
	Amount   money.Decimal
	What     string
}

// Finding says that the row with the identifier lacks the amount.
func (m MissingRate) Finding(id string, to money.Currency) Finding {
	return Remark(CodeNoRate, id,
		fmt.Sprintf("%s of %s %s has no exchange rate to %s and is left out of the comparison; add the rate to fx.csv", m.What, m.Amount, m.Currency, to),
		m.Amount, m.Currency)
}
