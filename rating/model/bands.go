package model

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// band is the time that sessions spend at one rate: rate for each per seconds, a started increment in full.
type band struct {
	pieces    []money.Decimal
	rate, per money.Decimal
	increment money.Decimal
}

// priceRound is (Σ pieces, each rounded up to the increment) × rate ÷ per, the quotient at WorkPlaces.
func (b *band) priceRound() money.Decimal {
	total := money.Zero
	for _, piece := range b.pieces {
		total = total.Add(upToIncrement(piece, b.increment))
	}
	return ShareRound(b.rate, total, b.per)
}

// upToIncrement charges a started increment in full; an increment of 0 charges as measured.
func upToIncrement(seconds, increment money.Decimal) money.Decimal {
	if increment.IsZero() {
		return seconds
	}
	return money.RoundToStep(seconds, increment, money.Ceiling)
}

// add keeps a piece of a session.
func (b *band) add(seconds money.Decimal) { b.pieces = append(b.pieces, seconds) }

// priceBands prices what sessions spent in bands, and the connection fee of each session.
func (m *Model) priceBands(t *Trail, bands []band, sessions int) Number {
	var parts []Operand
	for i := range bands {
		b := &bands[i]
		if len(b.pieces) == 0 {
			continue
		}
		out := b.priceRound()
		n := Given(out)
		if !t.Quiet {
			n = t.Add(OpBand, t.Note("the time in band ", int64(i+1), "", nil), out, Word("seconds", ListText(b.pieces)),
				Fact("rate", b.rate), Fact("rate_seconds", b.per), Fact("increment", b.increment))
		}
		parts = append(parts, In(t.Note("band_", int64(i+1), "", nil), n))
	}
	if fee := OrZero(m.Terms.ConnectFee); !fee.IsZero() && sessions > 0 {
		n := t.Mul("the connection fee", Fact("connect_fee", fee), Count("sessions", int64(sessions)))
		parts = append(parts, In("connection", n))
	}
	if len(parts) == 0 {
		return t.Add(OpGiven, "no time costs nothing", money.Zero, Fact("amount", money.Zero))
	}
	return t.Sum("the sum of the bands", parts...)
}

// sessionsOf returns the sessions of a usage; a bare quantity is one session of that many seconds.
func sessionsOf(u *Usage) []Session {
	if u.Sessions == nil && !u.Quantity.IsZero() {
		return []Session{{Seconds: u.Quantity}}
	}
	return u.Sessions
}

// elapsedBands prices sessions by the seconds since they began. What an increment rounds up reaches into the next band
// and is not charged there again.
func (m *Model) elapsedBands(t *Trail, u *Usage) Number {
	bands := make([]band, len(m.Terms.ElapsedBands))
	for i, b := range m.Terms.ElapsedBands {
		bands[i] = band{rate: b.Rate, per: b.RateSeconds, increment: b.IncrementSeconds}
	}
	sessions := sessionsOf(u)
	for _, s := range sessions {
		m.elapse(bands, s.Seconds)
	}
	return m.priceBands(t, bands, len(sessions))
}

// elapse divides one session among the bands.
func (m *Model) elapse(bands []band, seconds money.Decimal) {
	paid := money.Zero
	for i := range bands {
		from := Higher(m.Terms.ElapsedBands[i].StartSeconds, paid)
		to := seconds
		if i < len(bands)-1 {
			to = Lower(to, m.Terms.ElapsedBands[i+1].StartSeconds)
		}
		if !to.GreaterThan(from) {
			continue
		}
		bands[i].add(to.Sub(from))
		paid = from.Add(upToIncrement(to.Sub(from), bands[i].increment))
	}
}

func checkElapsed(bands []schemas.ElapsedBand) error {
	if len(bands) == 0 {
		return fmt.Errorf("it has no elapsed_bands: add at least one")
	}
	for i, b := range bands {
		switch {
		case i == 0 && !b.StartSeconds.IsZero():
			return fmt.Errorf("band 1 starts at %s seconds: start it at 0", b.StartSeconds)
		case i > 0 && !b.StartSeconds.GreaterThan(bands[i-1].StartSeconds):
			return fmt.Errorf("band %d does not start after the one before: put them in order", i+1)
		case b.IncrementSeconds.IsNegative():
			return fmt.Errorf("the increment of band %d is negative", i+1)
		}
		if err := above(fmt.Sprintf("rate_seconds of band %d", i+1), b.RateSeconds); err != nil {
			return err
		}
	}
	return nil
}
