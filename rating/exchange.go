package rating

import (
	"fmt"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// exchange converts an amount by an exact factor, which is a fraction where a rate is used inverted.
func exchange(t *model.Trail, note string, amount model.Number, factor money.Ratio) model.Number {
	if !factor.Num.Equal(money.One) {
		amount = t.Mul(note, model.In("amount", amount), model.Fact("rate", factor.Num))
	}
	if !factor.Den.Equal(money.One) {
		amount = t.DivRound(note, model.In("amount", amount), model.Fact("rate", factor.Den), model.WorkPlaces, money.HalfEven)
	}
	return amount
}

// rate is the factor of conversion.
func (b *bill) rate(from, to money.Currency, l *line) (money.Ratio, bool) {
	found, ok := b.conversion(from, to, l)
	return found.Factor, ok
}

// conversion finds the exchange rate for a line by the provider's policy for the day.
func (b *bill) conversion(from, to money.Currency, l *line) (schemas.Conversion, bool) {
	if from == to {
		return schemas.Conversion{Factor: money.Ratio{Num: money.One, Den: money.One}}, true
	}
	return b.plan.convert(from, to, b.plan.rateDayOf(&l.charge))
}

// rateDayOf is the day whose exchange rate a charge is converted at.
func (p *Plan) rateDayOf(c *schemas.Charge) schemas.Date {
	if p.book.Exchange.Day == schemas.AtUsage {
		return p.day(c.Start)
	}
	return p.rateDay
}

func (p *Plan) convert(from, to money.Currency, day schemas.Date) (schemas.Conversion, bool) {
	if p.book.Rates == nil {
		return schemas.Conversion{}, false
	}
	return p.book.Rates.Find(schemas.FXQuery{
		From: from, To: to, Day: day, MaxAgeDays: p.book.Exchange.MaxAge(), AsOf: p.spec.AsOf,
	})
}

// ratesNote names the rates of a conversion, where anyone will read it.
func ratesNote(t *model.Trail, what string, c schemas.Conversion) string {
	if t.Quiet {
		return ""
	}
	for _, leg := range c.Legs {
		what += fmt.Sprintf(", %s/%s %s of %s", leg.Base, leg.Quote, leg.Value, leg.Day)
	}
	return what
}

// convertAmount converts the peers' cost of a line into the account's currency, at the places of the datasets.
func (b *bill) convertAmount(amount money.Decimal, from money.Currency, l *line) (money.Decimal, schemas.Code) {
	if from == b.currency {
		return amount, ""
	}
	found, ok := b.conversion(from, b.currency, l)
	if !ok {
		return money.Zero, schemas.CodeNoRate
	}
	cost := exchange(&l.t, ratesNote(&l.t, "the peers' cost from "+string(from)+" into "+string(b.currency), found), model.Given(amount), found.Factor)
	return l.t.Round("at the places of the datasets", model.In("cost", cost), money.Scale, money.HalfEven).V, ""
}

// toAccount converts the line's amount from the price's credits and currency into the account's currency.
func (b *bill) toAccount(l *line) schemas.Code {
	b.payInCredits(l)
	if l.charge.Currency == b.currency {
		return ""
	}
	found, ok := b.conversion(l.charge.Currency, b.currency, l)
	if !ok {
		return schemas.CodeNoRate
	}
	factor := found.Factor
	l.amount = exchange(&l.t, ratesNote(&l.t, "from "+string(l.charge.Currency)+" into "+string(b.currency), found), l.amount, factor)
	l.charge.List = model.ShareRound(l.charge.List, factor.Num, factor.Den)
	if p := l.charge.UnitPrice; p != nil {
		v := model.ShareRound(*p, factor.Num, factor.Den)
		l.charge.UnitPrice = &v
	}
	l.charge.Currency, l.fx = b.currency, &factor
	return ""
}
