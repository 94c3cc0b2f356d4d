package rating

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// exchange converts an amount by an exact factor, which is a fraction where a rate is used inverted.
func (t *trail) exchange(note string, amount number, factor money.Ratio) number {
	if !factor.Num.Equal(money.One) {
		amount = t.mul(note, in("amount", amount), fact("rate", factor.Num))
	}
	if !factor.Den.Equal(money.One) {
		amount = t.divRound(note, in("amount", amount), fact("rate", factor.Den), WorkPlaces, money.HalfEven)
	}
	return amount
}

// rate finds the exchange rate for a line by the provider's policy for the day.
func (b *bill) rate(from, to money.Currency, l *line) (money.Ratio, bool) {
	if from == to {
		return money.Ratio{Num: money.One, Den: money.One}, true
	}
	if b.plan.book.Rates == nil {
		return money.Ratio{}, false
	}
	day := b.plan.day(b.plan.end).AddDays(-1)
	if through := b.plan.spec.Through; !through.IsZero() && through.Before(day) {
		day = through
	}
	if b.plan.book.Exchange.Day == schemas.AtUsage {
		day = b.plan.day(l.charge.Start)
	}
	found, ok := b.plan.book.Rates.Find(schemas.FXQuery{
		From: from, To: to, Day: day, MaxAgeDays: b.plan.book.Exchange.MaxAge(), AsOf: b.plan.spec.AsOf,
	})
	return found.Factor, ok
}

// convertAmount converts a cost into the account's currency, outside of the charge's own arithmetic.
func (b *bill) convertAmount(amount money.Decimal, from money.Currency, l *line) (money.Decimal, schemas.Code) {
	if from == b.currency {
		return amount, ""
	}
	factor, ok := b.rate(from, b.currency, l)
	if !ok {
		return money.Zero, schemas.CodeNoRate
	}
	return money.RoundTo(shareRound(amount, factor.Num, factor.Den), money.Scale, money.HalfEven), ""
}

// toAccount converts the line's amount from the price's credits and currency into the account's currency.
func (b *bill) toAccount(l *line) schemas.Code {
	b.payInCredits(l)
	if l.charge.Currency == b.currency {
		return ""
	}
	factor, ok := b.rate(l.charge.Currency, b.currency, l)
	if !ok {
		return schemas.CodeNoRate
	}
	l.amount = l.t.exchange("from "+string(l.charge.Currency)+" into "+string(b.currency), l.amount, factor)
	l.charge.List = shareRound(l.charge.List, factor.Num, factor.Den)
	if p := l.charge.UnitPrice; p != nil {
		v := shareRound(*p, factor.Num, factor.Den)
		l.charge.UnitPrice = &v
	}
	l.charge.Currency, l.fx = b.currency, &factor
	return ""
}
