package rating

import (
	"fmt"
	"time"

	"daybook/rating/model"
	"daybook/rating/taxes"
	"daybook/schemas"
	"daybook/schemas/money"
)

// commitCycle is a cycle of a commitment that lasts longer than the billing period.
type commitCycle struct {
	start, end time.Time
	// to is where the commitment stops to be in force: the cycle's end, or before.
	to time.Time
	// first says that it is the first of the commitment, last that it is the last of those in force in the billing period.
	first, last bool
}

// isLong reports whether a commitment has cycles of its own, longer than the billing period.
func isLong(c *schemas.Commitment) bool { return c.Every.Months() > 1 }

// checkCycle reports a commitment whose cycles cannot be laid out.
func checkCycle(c *schemas.Commitment) error {
	switch {
	case c.Every.Months() == 0:
		return fmt.Errorf("commitment %s is for each %s, which is no whole number of months: state the amount of months, or of a window", c.ID, c.Every.Unit)
	case isLong(c) && c.Validity.From.IsZero():
		return fmt.Errorf("commitment %s is for %d months, but has no day on which the first of them begins: add from", c.ID, c.Every.Months())
	case isLong(c) && c.Window != "":
		return fmt.Errorf("commitment %s is for %d months, and for each %s: leave one of them out", c.ID, c.Every.Months(), c.Window)
	}
	return nil
}

// cyclesOf lists the cycles of a commitment that are in force in the billing period: one, or two where one ends inside it
// and another begins.
func (p *Plan) cyclesOf(c *schemas.Commitment) []commitCycle {
	zone := p.book.Zone
	from, to := later(p.start, c.Validity.From.Time(zone)), p.end
	if !c.Validity.To.IsZero() {
		to = earlier(to, c.Validity.To.Time(zone))
	}
	var out []commitCycle
	for _, r := range (Cycle{Unit: c.Every.Unit, Count: c.Every.Count, Anchor: c.Validity.From, Zone: zone}).between(from, to) {
		y := commitCycle{start: r.start, end: r.end, to: r.end}
		if !c.Validity.To.IsZero() {
			y.to = earlier(y.to, c.Validity.To.Time(zone))
		}
		y.first = p.day(y.start) == c.Validity.From
		y.last = !y.to.Before(to)
		out = append(out, y)
	}
	return out
}

// commitCycles adds the lines of a commitment that runs through several billing periods, and carries on how far it came.
func (b *bill) commitCycles(c *schemas.Commitment, sold []*line) {
	for _, y := range b.plan.cyclesOf(c) {
		run := b.soFar(c, &y)
		spend, counted := money.Zero, !run.Spent.IsZero() || run.Tax != ""
		for _, l := range sold {
			if scoped(c.Offerings, c.Meters, &l.charge) {
				if part, counts := b.partIn(l, c, &y); counts {
					spend, run.Tax, counted = spend.Add(part), l.tax, true
				}
			}
		}
		if !counted {
			run.Tax = b.taxLike(nil, c)
		}
		b.cycleOverage(c, &y, &run, spend)
		if !y.to.After(b.plan.end) {
			b.cycleTrueUp(c, &y, &run, spend)
			continue
		}
		run.Spent = run.Spent.Add(spend)
		b.out.Carried.Commitments = append(b.out.Carried.Commitments, run)
	}
}

// soFar is what the periods before left of a cycle: what they counted, or, of the first cycle, what the book says.
func (b *bill) soFar(c *schemas.Commitment, y *commitCycle) CarriedCommitment {
	out := CarriedCommitment{Commitment: c.ID, Since: b.plan.day(y.start)}
	for _, x := range b.carried.Commitments {
		if x.Commitment == out.Commitment && x.Since == out.Since {
			return x
		}
	}
	if y.first {
		out.Spent = c.Spent
	}
	return out
}

// partIn is what of a line counts towards a cycle, and whether any of its time does. The parts in adjoining cycles add up to
// the line. Time outside the billing period, such as the rest of a year that is paid in advance, is left aside, and a line
// that has no other is of the whole period: it counts when it is billed.
func (b *bill) partIn(l *line, c *schemas.Commitment, y *commitCycle) (part money.Decimal, counts bool) {
	if c.Split == schemas.SplitByPeriod {
		return l.amount.V, y.last
	}
	start, end := later(l.charge.Start, b.plan.start), earlier(l.charge.End, b.plan.end)
	if !start.Before(end) {
		start, end = b.plan.start, b.plan.end
	}
	in := Part{From: later(start, y.start), To: earlier(end, y.to), Start: start, End: end, Zone: b.plan.book.Zone}
	if !in.From.Before(in.To) {
		return money.Zero, false
	}
	return ProrateRound(l.amount.V, schemas.ProrateDays, in), true
}

// promised starts a line of a cycle with what was promised for it, and what was spent with and without the period.
func (b *bill) promised(c *schemas.Commitment, y *commitCycle, run *CarriedCommitment, spend money.Decimal) (l *line, promised, after model.Number) {
	l = b.committed(c)
	l.tax = taxes.Category(run.Tax) // which an earlier run may have carried by its name
	promised = l.t.Add(model.OpGiven, "commitment "+c.ID, c.Amount, model.Fact("commitment", c.Amount))
	promised = prorate(&l.t, promised, c.Prorate, Part{From: y.start, To: y.to, Start: y.start, End: y.end, Zone: b.plan.book.Zone})
	note := "spent since " + run.Since.String() + ", before the period and in it"
	if from, to := later(b.plan.start, y.start), earlier(b.plan.end, y.to); c.Split != schemas.SplitByPeriod && to.Sub(from) < b.plan.end.Sub(b.plan.start) {
		note += fmt.Sprintf(", of each charge the part of its days from %s to %s", b.plan.day(from), b.plan.day(to).AddDays(-1))
	}
	after = l.t.Sum(note, model.Fact("before", run.Spent), model.Fact("spend", spend))
	return l, promised, after
}

// cycleOverage adds what the factor adds to that of the period's spend which lies above the commitment.
func (b *bill) cycleOverage(c *schemas.Commitment, y *commitCycle, run *CarriedCommitment, spend money.Decimal) {
	if c.OverageFactor == nil || c.OverageFactor.Equal(money.One) {
		return
	}
	l, promised, after := b.promised(c, y, run, spend)
	if !after.V.GreaterThan(promised.V) && !run.Spent.GreaterThan(promised.V) {
		return
	}
	extra := l.t.Sub("the factor adds to what its lines charge", model.Fact("factor", *c.OverageFactor), model.Fact("charged", money.One))
	above := func(note string, spent model.Operand) model.Number {
		amount := model.AboveZero(spent.N.V.Sub(promised.V)).Mul(extra.V)
		return l.t.Add(model.OpTier, note, amount, spent, model.In("commitment", promised), model.Word("to", ""), model.In("extra", extra), model.Fact("flat_fee", money.Zero))
	}
	l.amount = above("what lies above it, by that", model.In("spent", after))
	if run.Spent.GreaterThan(promised.V) {
		l.amount = l.t.Sub("less that of the periods before", model.In("overage", l.amount), model.In("before", above("what lay above it before", model.Fact("spent", run.Spent))))
	}
	if !l.amount.V.IsZero() {
		b.addCommitted(l, schemas.MadeOverage, "Overage above commitment "+run.name())
	}
}

// cycleTrueUp adds what a cycle that ends lacks.
func (b *bill) cycleTrueUp(c *schemas.Commitment, y *commitCycle, run *CarriedCommitment, spend money.Decimal) {
	if !c.TrueUp {
		return
	}
	l, promised, after := b.promised(c, y, run, spend)
	if l.amount = l.t.Sub("what is missing to it", model.In("commitment", promised), model.In("spent", after)); l.amount.V.IsPositive() {
		b.addCommitted(l, schemas.MadeTrueUp, "True-up to commitment "+run.name())
	}
}

// name tells the cycles of a commitment apart.
func (c *CarriedCommitment) name() string { return c.Commitment + " of " + c.Since.String() }
