package sla

import (
	"fmt"
	"math/big"

	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// percentPlaces is how many decimal places an availability in percent is shown with.
const percentPlaces = 6

// hundred is 100.
var hundred = money.NewDecimal(100, 0)

// decimal is a fraction as a decimal: exact where it is one, else to the places of datasets.
func decimal(r *big.Rat) money.Decimal {
	places := int32(money.Scale)
	if n, exact := r.FloatPrec(); exact && n <= money.MaxDigits {
		places = int32(n)
	}
	d, err := money.DivRound(money.DecimalFromBig(r.Num(), 0), money.DecimalFromBig(r.Denom(), 0), places, money.HalfEven)
	if err != nil { // a fraction's denominator is not 0
		panic("sla: " + err.Error())
	}
	return d
}

// exact is a fraction as a ratio, of the numbers themselves where they are decimals.
func exact(up, whole *big.Rat) money.Ratio {
	_, a := up.FloatPrec()
	_, b := whole.FloatPrec()
	if a && b {
		return money.Ratio{Num: decimal(up), Den: decimal(whole)}
	}
	q := new(big.Rat).Quo(up, whole)
	return money.Ratio{Num: money.DecimalFromBig(q.Num(), 0), Den: money.DecimalFromBig(q.Denom(), 0)}
}

// reading is what a figure comes to: availability and credit. The whole is above 0.
func (r *reader) reading(f *figure, base money.Decimal, currency money.Currency) (service.SLAReading, error) {
	s := &sheet.Sheet{}
	up := new(big.Rat).Sub(f.whole, f.lost)
	out := service.SLAReading{
		Reported: s.Given("reported by the evidence", f.unit, decimal(f.reported)), Excluded: s.Given("of that excluded", f.unit, decimal(f.excluded)),
		Lost: s.Given("lost", f.unit, decimal(f.lost)), Whole: s.Given("of", f.unit, decimal(f.whole)), Uptime: exact(up, f.whole),
	}
	out.UptimePercent = s.ShareRounded("availability in percent, to six places for the reader",
		sheet.Named("percent", hundred), sheet.Named("not lost", decimal(up)), sheet.Named("whole", out.Whole), percentPlaces)
	w := &worth{reader: r, figure: f, sheet: s, out: &out, base: base}
	if c := &r.sla.Credit; c.Places != nil {
		w.places = *c.Places
	} else if p, ok := money.MinorUnits(currency); ok {
		w.places = p
	} else if currency != "" {
		return out, complaint(r.sla, "currency %q has no minor unit; set credit.places", currency)
	}
	w.credit()
	out.Steps = s.Steps
	return out, s.Err
}

// worth computes the credit of one figure.
type worth struct {
	*reader
	figure *figure
	sheet  *sheet.Sheet
	out    *service.SLAReading
	base   money.Decimal
	places int32
}

func (w *worth) credit() {
	c := &w.sla.Credit
	var amount money.Decimal
	switch {
	case c.Rule == service.CreditNone:
		return
	case c.Rule == service.CreditLostTime:
		amount = w.lostTime()
	case c.Rule == service.CreditShare:
		amount = w.sheet.ShareRounded("credit by the share lost", w.times(w.ofBase()), sheet.Named("lost", w.out.Lost), sheet.Named("whole", w.out.Whole), w.places)
	case c.Rule == service.CreditIncident:
		amount = w.incidents()
	case w.sla.Measure.Window == service.WindowOfHour:
		amount = w.hours()
	default:
		if w.out.CreditPercent = w.rung(w.figure); w.out.CreditPercent.IsZero() {
			return
		}
		amount = w.sheet.ShareRounded("credit", w.ofBase(), sheet.Named("percent of the ladder", w.out.CreditPercent), sheet.Named("hundred", hundred), w.places)
	}
	if amount.IsZero() {
		return
	}
	w.out.Credit = w.bounded(amount)
}

// rung is the percentage of the ladder for a figure, compared unrounded.
func (w *worth) rung(f *figure) money.Decimal {
	up, ok := f.uptime()
	if !ok {
		return money.Zero
	}
	percent, gap := climb(w.sla.Credit.Ladder, up.Mul(up, big.NewRat(100, 1)), w.most)
	if gap {
		w.doubt("an availability of about %s percent lies in a gap of the ladder, %v; have the provider say what it gives", decimalRounded(up), Gaps(w.sla.Credit.Ladder))
	}
	return percent
}

// decimalRounded is a percentage for a message.
func decimalRounded(r *big.Rat) money.Decimal {
	return money.RoundTo(decimal(r), percentPlaces, money.HalfEven)
}

// ofBase is the base of a percentage.
func (w *worth) ofBase() sheet.Amount {
	if len(w.q.Fees) == 0 {
		w.doubt("no fees are known of which the credit is a part; deliver the bill")
	}
	return sheet.Named("fees", w.sheet.Given("fees of which the credit is a part", "fees", w.base))
}

// times is an amount times the SLA's factor.
func (w *worth) times(a sheet.Amount) sheet.Amount {
	if f := w.sla.Credit.Factor; f != nil {
		return sheet.Named("fees times the factor", w.sheet.Multiply("times the factor", a, sheet.Named("factor", *f)))
	}
	return a
}

// hourly is what an hour costs.
func (w *worth) hourly() sheet.Amount {
	if w.q.HourlyRate == nil {
		w.doubt("what an hour costs is not known; give the contract's rate by the hour")
		return sheet.Named("hourly rate", money.Zero)
	}
	return sheet.Named("hourly rate", w.sheet.Given("fee of an hour", "hourly rate", *w.q.HourlyRate))
}

func (w *worth) lostTime() money.Decimal {
	if w.out.Lost.IsZero() {
		return money.Zero
	}
	rate := w.times(w.hourly())
	return w.sheet.ShareRounded("credit for the time lost", rate, sheet.Named("seconds lost", w.out.Lost), sheet.Named("seconds of an hour", money.NewDecimal(3600, 0)), w.places)
}

// hours judges every hour of the window by the ladder.
func (w *worth) hours() money.Decimal {
	sum := money.Zero
	first := w.window.from
	for i := range w.figure.downs { // only an hour with downtime can earn anything
		d := w.figure.downs[i]
		for from := first + max(0, d.from-first)/hour*hour; from < d.to; from += hour {
			first = from + hour
			within := spans{{from, first}}
			f := figure{
				lost:  seconds(w.figure.downs.both(within).whole(w.sla.Measure.WholeSeconds * second)),
				whole: seconds(w.figure.base.both(within).length()),
			}
			if percent := w.rung(&f); !percent.IsZero() {
				w.out.Events++
				sum = sum.Add(percent)
			}
		}
	}
	if sum.IsZero() {
		return sum
	}
	total := w.sheet.Given(fmt.Sprintf("percent of %d hours, added up", w.out.Events), "percent", sum)
	return w.sheet.ShareRounded("credit of the hours", w.hourly(), sheet.Named("percent", total), sheet.Named("hundred", hundred), w.places)
}

// incidents credits every downtime that is long enough.
func (w *worth) incidents() money.Decimal {
	c := &w.sla.Credit
	byDay := map[schemas.Date]int64{}
	for _, d := range w.figure.downs {
		length := d.to - d.from
		if length <= c.LongerSeconds*second {
			continue
		}
		n := int64(1)
		if c.EverySeconds > 0 {
			n = length / (c.EverySeconds * second)
		}
		day := schemas.DateOf(d.start(), w.q.Zone)
		if c.MostPerDay > 0 {
			n = min(n, c.MostPerDay-byDay[day])
		}
		byDay[day] += n
		w.out.Events += n
	}
	if w.out.Events == 0 {
		return money.Zero
	}
	percent := w.sheet.Multiply("percent of the incidents", sheet.Named("credits", money.NewDecimal(w.out.Events, 0)), sheet.Named("percent", *c.Percent))
	return w.sheet.ShareRounded("credit", w.ofBase(), sheet.Named("percent", percent), sheet.Named("hundred", hundred), w.places)
}

// bounded holds a credit to the cap and to the minimum.
func (w *worth) bounded(amount money.Decimal) money.Decimal {
	c := &w.sla.Credit
	limit, bound := money.Zero, false
	if c.CapPercent != nil {
		limit, bound = w.sheet.ShareRounded("cap", w.ofBase(), sheet.Named("percent", *c.CapPercent), sheet.Named("hundred", hundred), w.places), true
	}
	if c.CapAmount != nil && (!bound || c.CapAmount.LessThan(limit)) {
		limit, bound = w.sheet.Given("cap", "cap", *c.CapAmount), true
	}
	if bound && c.CapMonths > 1 {
		limit = w.sheet.Subtract("left of the cap", sheet.Named("cap", limit), sheet.Named("credited before", w.q.Credited))
	}
	if limit.IsNegative() {
		limit = money.Zero
	}
	if bound && amount.GreaterThan(limit) {
		amount = w.sheet.Given("bounded by the cap", "cap", limit)
	}
	if c.Minimum != nil && !amount.GreaterThan(*c.Minimum) {
		amount = w.sheet.Given(fmt.Sprintf("a credit must exceed %s to be given", c.Minimum), "credit", money.Zero)
	}
	return amount
}
