package anomaly

import (
	"cmp"
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// PolicyOf is what a peer's policy says is unusual; nil is by the defaults.
func PolicyOf(p *schemas.AnomalyPolicy) Policy {
	if p == nil {
		return Policy{}
	}
	return Policy{Least: int(p.Least), Score: p.Score, Floor: p.Floor}
}

// Past are the days of a series of which it is known what they came to, oldest first. Of days that nobody knows there is none.
type Past []Day

// JudgeDays compares each day of a period with the days before it that are of the same day of the week, of past and of the period
// itself. A day's amount is known, be it 0.
func JudgeDays(p schemas.Period, s *peeruse.Series, past Past, days []Day, policy Policy) []peeruse.Anomaly {
	out := make([]peeruse.Anomaly, 0, len(days))
	all := append(append(make([]Day, 0, len(past)+len(days)), past...), days...)
	for i, d := range days {
		history := SameWeekday(all[:len(past)+i], d.Day)
		r := Judge(d.Amount, history, policy)
		a := peeruse.Anomaly{Period: p, Series: *s, Day: d.Day, Billed: d.Amount, Points: len(history), Verdict: string(r.Verdict)}
		if a.Known = r.Verdict != Insufficient; a.Known {
			a.Median, a.Deviation, a.Impact, a.Score, a.ImpactPercent = r.Median, r.Deviation, r.Impact, r.Score, r.ImpactPercent
		}
		out = append(out, a)
	}
	return out
}

// Findings are those of days that are unusual, with how far they are from the median as their amount: one for days of a series that
// follow each other and are all above it, or all below.
func Findings(list []peeruse.Anomaly) (out []schemas.Finding) {
	for i := 0; i < len(list); {
		a, end := &list[i], i+1
		if a.Verdict != string(Unusual) {
			i++
			continue
		}
		impact := a.Impact
		for ; end < len(list) && goesOn(&list[end-1], &list[end]); end++ {
			impact = impact.Add(list[end].Impact)
		}
		out = append(out, findingOf(a, list[end-1].Day, impact))
		i = end
	}
	return out
}

// goesOn reports whether a day is unusual in the same way as the day before it.
func goesOn(before, a *peeruse.Anomaly) bool {
	return a.Verdict == string(Unusual) && a.Series == before.Series && a.Day == before.Day.AddDays(1) && a.Impact.IsNegative() == before.Impact.IsNegative()
}

// findingOf is that of the days from a day to a last.
func findingOf(a *peeruse.Anomaly, last schemas.Date, impact money.Decimal) schemas.Finding {
	of := cmp.Or(a.Service, "no service")
	if a.By == schemas.AnomalyByCustomer {
		of += " for " + cmp.Or(a.Customer, "no customer")
	}
	text := fmt.Sprintf("%s bills %s %s for %s on %s; the %d %ss before have a median of %s", a.Peer, a.Billed, a.Currency, of, a.Day, a.Points, a.Day.Weekday(), shown(a.Median))
	if a.Score != nil {
		text += fmt.Sprintf(", from which half of them are at most %s away: a score of %s", shown(a.Deviation), a.Score)
	}
	if last != a.Day {
		text += fmt.Sprintf("; the days to %s are unusual as well, and all of them come to %s from their medians", last, shown(impact))
	}
	return schemas.Remark(schemas.CodeUseAnomaly, string(a.Peer)+"/"+a.Service+"/"+a.Customer+"/"+a.Day.String(), text+"; see peer_use for whose it is", impact, a.Currency)
}

// shown is an amount as messages have it.
func shown(d money.Decimal) string { return money.RoundTo(d, 2, money.HalfEven).String() }
