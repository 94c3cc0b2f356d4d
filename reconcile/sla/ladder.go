package sla

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"daybook/schemas/money"
	"daybook/schemas/service"
)

// bottom is where a rung of a ladder ends.
func bottom(ladder []service.SLARung, i int) money.Decimal {
	switch {
	case ladder[i].From != nil:
		return *ladder[i].From
	case i+1 < len(ladder):
		return ladder[i+1].Below
	}
	return money.Zero
}

// Gaps lists the stretches of availability below a ladder's top for which it says nothing, as [from,below) in percent.
func Gaps(ladder []service.SLARung) (out []string) {
	for i := range ladder {
		next := money.Zero
		if i+1 < len(ladder) {
			next = ladder[i+1].Below
		}
		if b := bottom(ladder, i); b.GreaterThan(next) {
			out = append(out, fmt.Sprintf("[%s,%s)", next, b))
		}
	}
	return out
}

// climb is what a ladder gives for an availability in percent: the credit of the rung that holds it, 0 above the highest.
// In a gap it is that of the rung above, or of the one below for the reading against the provider, and the bool is true.
func climb(ladder []service.SLARung, percent *big.Rat, most bool) (credit money.Decimal, gap bool) {
	above := money.Zero
	for i, x := range ladder {
		if percent.Cmp(x.Below.Rat()) >= 0 {
			if i == 0 || !most {
				return above, i > 0
			}
			return x.Credit, true
		}
		if percent.Cmp(bottom(ladder, i).Rat()) >= 0 {
			return x.Credit, false
		}
		above = x.Credit
	}
	return above, len(ladder) > 0
}

// Complaint is one thing that keeps a promise from being judged. Its text begins with Key, the key to mend, such as
// measure.method.
type Complaint struct{ Key, Text string }

// Complaints are all that keeps a promise from being judged; none where nothing does. A gap in its ladder is one, though Judge goes on with it: it
// leaves to a person what lies in the gap.
func Complaints(s *service.SLA) (out []Complaint) {
	for _, text := range wrongs(s) {
		out = append(out, Complaint{keyOf(text), text})
	}
	for _, gap := range Gaps(s.Credit.Ladder) {
		text := fmt.Sprintf("credit.ladder: tier gap %s: the text gives no credit for it; have the provider say which, and set from of the rung above or below of the one under it", gap)
		out = append(out, Complaint{keyOf(text), text})
	}
	return out
}

// keyOf is the key that a complaint begins with.
func keyOf(text string) string {
	if end := strings.IndexAny(text, " :"); end >= 0 {
		return text[:end]
	}
	return text
}

// Check returns the complaints as one error; nil where there are none.
func Check(s *service.SLA) error {
	var errs []error
	for _, x := range Complaints(s) {
		errs = append(errs, complaint(s, "%s", x.Text))
	}
	return errors.Join(errs...)
}

func complaint(s *service.SLA, format string, args ...any) error {
	return fmt.Errorf("sla %s, version %s: %s", s.ID, s.Version, fmt.Sprintf(format, args...))
}

// unusable says why nothing can be computed by a promise.
func unusable(s *service.SLA) error {
	var errs []error
	for _, text := range wrongs(s) {
		errs = append(errs, complaint(s, "%s", text))
	}
	return errors.Join(errs...)
}

// wrongs are the reasons for which nothing can be computed by a promise.
func wrongs(s *service.SLA) (out []string) {
	complain := func(wrong bool, format string, args ...any) {
		if wrong {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	m, c := &s.Measure, &s.Credit
	requests := m.Method == service.MethodErrorRates || m.Method == service.MethodRequests
	intervals := m.Method == service.MethodErrorRates || m.Method == service.MethodThreshold
	complain(m.Method == "", "measure.method is empty; it is one of %v", m.Method.Values())
	complain(intervals && m.IntervalSeconds <= 0, "measure.method %s needs interval_seconds", m.Method)
	complain(m.Method == service.MethodThreshold && m.ErrorPercent == nil, "measure.method threshold needs error_percent")
	complain(m.Method == service.MethodThreshold && m.Idle == service.IdleExclude && m.Unmeasured != service.UnmeasuredExclude,
		"measure.idle exclude needs unmeasured exclude: intervals without requests leave the time that counts")
	complain(m.Method == service.MethodRequests && m.Unmeasured != "" && m.Unmeasured != service.UnmeasuredExclude,
		"measure.unmeasured %s: requests that nobody counted have no number; use exclude, or leave it out", m.Unmeasured)
	complain(m.Samples != nil && !requests && !intervals, "measure.samples needs a method that counts, not %s; write requests, threshold or error_rates", m.Method)
	complain(m.Samples != nil && m.Samples.Op == "", "measure.samples needs op")
	complain(m.Method == service.MethodAffected && m.WholeSeconds > 0, "measure.whole_seconds has no effect on method affected; take it out")
	complain(m.Method == service.MethodAffected && m.Combine == service.CombineAllDown, "measure.combine all_down knows no affected share; use method minutes")
	complain(requests && m.Combine == service.CombineAllDown, "measure.combine all_down needs a method of time, not %s", m.Method)
	complain(requests && m.Window == service.WindowOfHour, "measure.window hour needs a method of time, not %s", m.Method)
	complain(m.Window == service.WindowOfHour && m.Combine == service.CombineSerial, "measure.window hour has no effect with combine serial; take one out")
	complain(requests && c.Rule == service.CreditLostTime, "credit.rule lost_time needs a method of time, not %s", m.Method)
	complain(m.Denominator == service.DenominatorThirtyDays && m.Window != "" && m.Window != service.WindowOfMonth, "measure.denominator thirty_days is of a month, not of window %s", m.Window)
	complain(c.Rule == service.CreditIncident && c.Percent == nil, "credit.rule incident needs percent")
	ladder := c.Rule == "" || c.Rule == service.CreditLadder
	complain(ladder && len(c.Ladder) == 0, "credit.rule ladder needs ladder; a promise without a credit has rule none")
	complain(m.Window == service.WindowOfHour && !ladder, "measure.window hour needs credit.rule ladder, not %s", c.Rule)
	for i, x := range c.Ladder {
		complain(i > 0 && !x.Below.LessThan(c.Ladder[i-1].Below), "credit.ladder: %s stands after %s; begin with the highest bound", x.Below, c.Ladder[max(i, 1)-1].Below)
		complain(i > 0 && c.Ladder[i-1].From != nil && c.Ladder[i-1].From.LessThan(x.Below), "credit.ladder: %s and the rung above it overlap; set from of that to %s", x.Below, x.Below)
		complain(x.From != nil && !x.From.LessThan(x.Below), "credit.ladder: from %s is not below %s", x.From, x.Below)
	}
	for i, d := range []*service.SLADeadline{s.Notice, s.Claim} {
		complain(d != nil && (d.Count <= 0 || d.Unit == "" || d.From == ""), "%s needs count, unit and from", []string{"notice", "claim"}[i])
	}
	return out
}

// zoned checks that the question's zone is the promise's.
func zoned(s *service.SLA, zone *time.Location) error {
	if zone == nil || s.Zone != zone.String() {
		return complaint(s, "its months begin in zone %q, and it is judged in %v", s.Zone, zone)
	}
	return nil
}
