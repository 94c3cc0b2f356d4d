package sla

import (
	"fmt"

	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// Stack takes back what may not be claimed besides: of results of one family, period, peer and region whose promises do not
// add up, the one of the greatest credit keeps it, the first among equals, and the others have none. It changes the results.
func Stack(results []service.SLAResult) {
	best := map[string]*service.SLAResult{}
	for i := range results {
		r := &results[i]
		if r.Family == "" || r.Stacking == service.StackSum || r.Most.Credit.IsZero() {
			continue
		}
		key := schemas.JoinID(string(r.Period), r.Family, string(r.Peer), r.Region, string(r.Currency))
		b := best[key]
		switch {
		case b == nil:
			best[key] = r
		case r.Status == service.SLAReview || b.Status == service.SLAReview:
			undecided(b, r)
		case r.Most.Credit.GreaterThan(b.Most.Credit):
			best[key] = r
			takeBack(b, r)
		default:
			takeBack(r, b)
		}
	}
}

// takeBack leaves a result without a credit, for that of another.
func takeBack(r, kept *service.SLAResult) {
	for _, of := range []*service.SLAReading{&r.Least, &r.Most} {
		s := sheet.Sheet{Steps: of.Steps}
		of.Credit = s.Given("not besides the credit of "+kept.ID, "credit", money.Zero)
		of.Steps = s.Steps
	}
}

// undecided leaves to a person which of two credits is the greater.
func undecided(list ...*service.SLAResult) {
	for _, x := range list {
		x.Status = service.SLAReview
		x.Reviews = append(x.Reviews, fmt.Sprintf("only one credit of the family %s can be claimed, and which is the greatest hangs on what is to be decided", x.Family))
	}
}

// PassOn divides a credit that is passed on among the customers for whom the service was bought, by what each was charged, to
// places, with nothing over. What nobody was charged for is an error.
func PassOn(credit money.Decimal, charged []money.Decimal, places int32) ([]money.Decimal, error) {
	parts, err := money.Allocate(credit, charged, places)
	if err != nil {
		return nil, fmt.Errorf("pass on a service credit of %s: %w", credit, err)
	}
	return parts, nil
}
