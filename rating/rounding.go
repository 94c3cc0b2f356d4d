package rating

import (
	"fmt"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// round turns the exact amount of every line into one that can be paid, and keeps the residue. The slices of one price
// are rounded cumulatively, so that a period cut in parts costs what the whole costs. With rounding at the document, the
// exact total is rounded and spread over the lines by largest remainder.
func (b *bill) round() error {
	if b.policy.RoundAt == schemas.RoundDocument {
		return b.roundDocument()
	}
	var last *line
	var rule schemas.RoundingRule // of the line before
	before := money.Zero          // what the slices before sum to, of the price that last is of
	for i, l := range b.lines {
		if i == 0 || l.charge.Currency != b.lines[i-1].charge.Currency || l.price.roundsApart() || b.lines[i-1].price.roundsApart() {
			var err error
			if rule, err = b.lineRule(l.price, l.charge.Currency); err != nil {
				return err
			}
		}
		if last == nil || !l.continues(last) {
			l.fix(roundBy(&l.t, model.In("exact", l.amount), &rule))
			last, before = l, l.amount.V
			continue
		}
		sum := l.t.Sum("with the slices before", model.Fact("before", before), model.In("exact", l.amount))
		upper := roundBy(&l.t, model.In("sum", sum), &rule)
		under := roundBy(&l.t, model.Fact("before", before), &rule)
		l.fix(l.t.Sub("less what they were rounded to", model.In("sum", upper), model.In("before", under)))
		last, before = l, sum.V
	}
	return nil
}

// continues reports whether a line is the next slice of what another is a slice of: one price of one subscription, for
// one group. Slices follow each other.
func (l *line) continues(m *line) bool {
	return l.price != nil && l.price == m.price && l.sub == m.sub && l.charge.Meter == m.charge.Meter &&
		l.charge.Group == m.charge.Group && l.charge.Category == m.charge.Category && l.charge.Peer == m.charge.Peer
}

// ruleFor is how a tally found amounts of a currency to be rounded at a level.
type ruleFor struct {
	currency money.Currency
	level    schemas.RoundingLevel
	rule     schemas.RoundingRule
}

// rule finds how amounts of a currency are rounded on the last day of the period: once, for it is the same for all accounts.
func (b *bill) rule(c money.Currency, level schemas.RoundingLevel) (schemas.RoundingRule, error) {
	for i := range b.tally.rules {
		if x := &b.tally.rules[i]; x.currency == c && x.level == level {
			return x.rule, nil
		}
	}
	rule, err := b.ruleOf(b.policy.Rounding, c, level)
	if err == nil {
		b.tally.rules = append(b.tally.rules, ruleFor{c, level, rule})
	}
	return rule, err
}

// roundsApart reports whether a price, nil for none, has rules of rounding of its own.
func (x *price) roundsApart() bool { return x != nil && x.rounds }

// lineRule finds how a line of a price is rounded: by the first rule of the price that covers it, or of the catalogue.
func (b *bill) lineRule(x *price, c money.Currency) (schemas.RoundingRule, error) {
	if !x.roundsApart() {
		return b.rule(c, schemas.RoundLine)
	}
	return b.ruleOf(x.policy.Rounding, c, schemas.RoundLine)
}

// ruleOf finds the rule of a list by which amounts are rounded on the last day of the period.
func (b *bill) ruleOf(list schemas.Rounding, c money.Currency, level schemas.RoundingLevel) (schemas.RoundingRule, error) {
	rule, ok := list.For(c, level, b.plan.day(b.plan.end).AddDays(-1), b.plan.spec.AsOf)
	if !ok {
		return rule, fmt.Errorf("round %s: it has no minor unit; add a rounding rule with places", c)
	}
	return rule, nil
}

// roundBy rounds by a rule and names its version.
func roundBy(t *model.Trail, value model.Operand, rule *schemas.RoundingRule) model.Number {
	if t.Quiet {
		return model.Given(rule.Apply(value.N.V))
	}
	note := t.Label("rounded by rule ", rule.Version)
	if rule.Step != nil && !rule.Step.IsZero() {
		return t.Add(model.OpRoundStep, note, rule.Apply(value.N.V), value, model.Fact("step", *rule.Step), model.Word("mode", rule.Mode.String()))
	}
	return t.Round(note, value, *rule.Places, rule.Mode)
}

// fix fixes the amount of a line. The exact amount is kept to the places of the datasets, and the last step states
// the residue.
func (l *line) fix(amount model.Number) {
	exact := l.amount
	if -exact.V.Exponent() > money.Scale && !money.RoundTo(exact.V, money.Scale, money.HalfEven).Equal(exact.V) {
		exact = l.t.Round("the exact amount as the datasets keep it", model.In("exact", exact), money.Scale, money.HalfEven)
	}
	l.charge.Exact, l.charge.Amount, l.rounded = exact.V, amount.V, true
	if l.t.Quiet {
		l.charge.Residue = exact.V.Sub(amount.V)
		return
	}
	stateAmount(&l.t, amount)
	l.charge.Residue = l.t.Sub("what rounding left", model.In("exact", exact), model.In("amount", amount)).V
}

// stateAmount repeats a result as the one that the charge bills, where it is not the last step.
func stateAmount(t *model.Trail, n model.Number) {
	if n.At != len(t.Steps) && !t.Quiet {
		t.Add(model.OpGiven, "the amount of the charge", n.V, model.In("amount", n))
	}
}

// roundDocument rounds the total of all lines of a currency and spreads it.
func (b *bill) roundDocument() error {
	rule, err := b.rule(b.currency, schemas.RoundDocument)
	if err != nil {
		return err
	}
	exact := make([]money.Decimal, len(b.lines))
	for i, l := range b.lines {
		exact[i] = l.amount.V
	}
	places := int32(0)
	if rule.Places != nil {
		places = *rule.Places
	} else if units, ok := money.MinorUnits(b.currency); ok {
		places = units
	}
	total, parts := SpreadRound(exact, rule, places)
	for i, l := range b.lines {
		n := l.t.Add(model.OpGiven, fmt.Sprintf("its part of the document's rounded total %s, by largest remainder", total), parts[i], model.Fact("amount", parts[i]))
		l.fix(n)
	}
	return nil
}
