package promise

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// credits holds what peers owe for earlier months against what their bills of this one give back: what is due longest is served
// first, by credits for its service, then by those of no service.
func (j *judge) credits() error {
	zone := j.from.Book.Zone()
	left := maps.Clone(j.bill.credits)
	for i := range j.before {
		r := &j.before[i]
		rest := r.Least.Credit.Sub(j.given[r.ID])
		if r.Peer == "" || r.PassedOn != "" || !r.State.Due() || !rest.IsPositive() || r.BookedIn(zone) > j.from.Period {
			continue
		}
		row := service.SLACreditRow{
			Period: j.from.Period, Result: r.ID, Of: r.Period, Peer: r.Peer, Service: r.Service, Region: r.Region, Currency: r.Currency,
			Expected: r.Least.Credit, Before: j.given[r.ID], Missing: rest, Since: r.Claimed, Status: service.CreditCredited,
		}
		for _, service := range []string{r.Service, ""} {
			key := creditKey{r.Peer, service, r.Currency}
			part := left[key]
			if part.GreaterThan(row.Missing) {
				part = row.Missing
			}
			if part.IsPositive() {
				left[key] = left[key].Sub(part)
				row.Credited, row.Missing = row.Credited.Add(part), row.Missing.Sub(part)
			}
		}
		switch {
		case row.Missing.IsZero():
		case !j.bill.peers[r.Peer] || j.from.Open:
			row.Status = service.CreditAwaited
		case row.Credited.IsPositive():
			row.Status = service.CreditPartly
		default:
			row.Status = service.CreditMissing
		}
		j.owed = append(j.owed, row)
	}
	return nil
}

// ours says how the credits that we owe accounts stand by their drafts.
func (j *judge) ours() error {
	owed, given := &j.control.CreditsOwed, j.gave
	for _, account := range slices.Sorted(maps.Keys(j.due)) {
		for i := range j.due[account] {
			o := &j.due[account][i]
			if err := run.CountCredit(owed, o.Rest(), o.Currency); err != nil {
				return err
			}
			row := service.SLACreditRow{
				Period: j.from.Period, Result: o.Result, Of: o.Of, Peer: o.Peer, Account: account, Offering: o.Offering, Service: o.Service, Region: o.Region,
				Currency: o.Currency, Expected: o.Due, Before: o.Given, Credited: given[o.Result], Since: o.Claimed, Status: service.CreditCredited,
			}
			row.Missing = o.Rest().Sub(row.Credited)
			switch {
			case row.Missing.IsZero():
			case o.FuturePayments:
				row.Status = service.CreditAwaited
			case row.Credited.IsZero():
				row.Status = service.CreditMissing
			default:
				row.Status = service.CreditPartly
			}
			j.owed = append(j.owed, row)
		}
	}
	slices.SortStableFunc(j.owed, func(a, b service.SLACreditRow) int {
		return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.Result, b.Result))
	})
	return nil
}

// find makes findings of what is to be looked at.
func (j *judge) find() {
	for i := range j.before {
		j.findClaim(&j.before[i])
	}
	for i := range j.rows {
		r := &j.rows[i]
		if r.PassedOn != "" {
			continue
		}
		what := j.nameOf(r)
		if r.Coverage.Num.LessThan(r.Coverage.Den) {
			j.add(r, schemas.CodeSLAUnmeasured, money.Zero, "%s: part of the time was not measured", what)
		}
		switch r.Status {
		case service.SLAReview:
			j.add(r, schemas.CodeSLAReview, r.Most.Credit, "%s: %s; the credit lies between %s and %s %s", what, strings.Join(r.Reviews, "; "), r.Least.Credit, r.Most.Credit, r.Currency)
		case service.SLABreached:
			text := fmt.Sprintf("%s was available %s percent of the time", what, r.Least.UptimePercent)
			if r.Target != nil {
				text += fmt.Sprintf(", and %s were promised", r.Target)
			}
			j.add(r, schemas.CodeSLABreach, r.Least.Credit, "%s; the credit is %s %s", text, r.Least.Credit, r.Currency)
		case service.SLAKept:
		}
		j.findClaim(r)
	}
	for i := range j.owed {
		c := &j.owed[i]
		if c.Account != "" || c.Status != service.CreditMissing && c.Status != service.CreditPartly {
			continue
		}
		j.found.Add(schemas.Remark(schemas.CodeMissingCredit, c.Result, fmt.Sprintf("%s owes a credit of %s %s for %s of %s, and its bills have given %s; claim the rest of %s",
			c.Peer, c.Expected, c.Currency, c.Service, c.Of, c.Before.Add(c.Credited), c.Missing), c.Missing, c.Currency))
	}
}

// findClaim tells of a credit that a peer owes and that nobody has claimed.
func (j *judge) findClaim(r *service.SLARow) {
	if r.Peer == "" || r.PassedOn != "" {
		return
	}
	switch {
	case r.State == service.ClaimExpired:
		j.add(r, schemas.CodeClaimDue, r.Least.Credit, "%s: a credit of %s %s was not claimed before %s", j.nameOf(r), r.Least.Credit, r.Currency, j.moment(r))
	case r.State == service.ClaimOpen && r.ClaimBy.IsZero():
		j.add(r, schemas.CodeClaimDue, r.Least.Credit, "%s: claim a credit of %s %s", j.nameOf(r), r.Least.Credit, r.Currency)
	case r.State == service.ClaimOpen:
		j.add(r, schemas.CodeClaimDue, r.Least.Credit, "%s: claim a credit of %s %s before %s", j.nameOf(r), r.Least.Credit, r.Currency, j.moment(r))
	}
}

// moment is when a claim is too late, in UTC.
func (j *judge) moment(r *service.SLARow) string {
	return r.ClaimBy.UTC().Format("2006-01-02 15:04 UTC")
}

// nameOf names what a result is about.
func (j *judge) nameOf(r *service.SLARow) string {
	name := r.Service
	if r.Resource != "" {
		name = r.Resource + " of " + name
	}
	if r.Region != "" {
		name += " in " + r.Region
	}
	if r.Peer != "" {
		name += " of " + string(r.Peer)
	}
	return name + " in " + string(r.Period)
}

func (j *judge) add(r *service.SLARow, code schemas.Code, amount money.Decimal, format string, args ...any) {
	f := schemas.Remark(code, r.ID, fmt.Sprintf(format, args...), amount, r.Currency)
	f.Account = r.Account
	if f.Cost.IsZero() {
		f.Currency = ""
	}
	j.found.Add(f)
}
