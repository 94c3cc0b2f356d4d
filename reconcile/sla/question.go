package sla

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// Question is one promise in one period, with all that it is judged by.
type Question struct {
	// Versions are those of one promise, in any order. Zone is that which they name.
	Versions []service.SLA
	Zone     *time.Location
	Period   schemas.Period
	// AsOf hides versions that were not known on that day; no day hides none.
	AsOf schemas.Date
	// Service and Region are what is judged; Resources are its parts, none for the whole as one that existed throughout.
	Service   string
	Region    string
	Resources []Resource
	Evidence  service.Evidence
	// Fees are what was charged, of which a credit may be a part.
	Fees []Fee
	// HourlyRate is what an hour costs, for credits by lost time or by hour; nil where that is not known. It is in Currency.
	HourlyRate *money.Decimal
	Currency   money.Currency
	// Credited is what earlier months earned that share a cap with this one.
	Credited money.Decimal
}

// Resource is a part of a service, and when it existed; no time is without end on that side.
type Resource struct {
	ID       string
	From, To time.Time
}

// Fee is an amount that was charged for a service.
type Fee struct {
	service.Place
	SKU      schemas.SKU
	Category schemas.ChargeCategory
	Amount   money.Decimal
	Currency money.Currency
}

// windowOf is the time that one judgement is of.
func (q *Question) windowOf(w service.SLAWindow) span {
	start, end := q.Period.Bounds(q.Zone)
	switch w {
	case service.WindowOfThirtyDays:
		start = end.AddDate(0, 0, -30)
	case service.WindowOfYear:
		start = end.AddDate(-1, 0, 0)
	case service.WindowOfMonth, service.WindowOfHour:
	}
	return spanOf(start, end)
}

// resources are the parts that are judged.
func (q *Question) resources() []Resource {
	if len(q.Resources) == 0 {
		return []Resource{{}}
	}
	return q.Resources
}

func (q *Question) place(resource string) service.Place {
	return service.Place{Service: q.Service, Region: q.Region, Resource: resource}
}

// exists is when a resource existed in the window.
func (x *Resource) exists(window span) spans {
	s := window
	if !x.From.IsZero() {
		s.from = max(s.from, x.From.UnixMicro())
	}
	if !x.To.IsZero() {
		s.to = min(s.to, x.To.UnixMicro())
	}
	return union(spans{s})
}

// Covers reports whether a promise is about a service and a SKU of it.
func Covers(s *service.SLA, service string, sku schemas.SKU) bool {
	return (len(s.Services) == 0 || slices.Contains(s.Services, service)) && (len(s.SKUs) == 0 || slices.Contains(s.SKUs, sku))
}

// base sums the fees that a credit is a percentage of. Fees in several currencies are no sum.
func (r *reader) base(place service.Place) (money.Decimal, money.Currency) {
	sum, currency := money.Zero, r.q.Currency
	c := &r.sla.Credit
	for i := range r.q.Fees {
		f := &r.q.Fees[i]
		due := c.Base == service.BaseDue
		switch {
		case slices.Contains(c.Without, f.Category):
			continue
		case !due && (!Covers(r.sla, f.Service, f.SKU) || f.Service != place.Service || place.Region != "" && f.Region != place.Region):
			continue
		case c.Base == service.BaseResource && !slices.ContainsFunc(r.q.resources(), func(x Resource) bool { return x.ID == f.Resource }):
			continue
		case currency == "":
			currency = f.Currency
		case f.Currency != currency:
			r.doubt("the fees are in %s and %s, of which no percentage can be taken; judge each by itself", currency, f.Currency)
			return money.Zero, currency
		}
		sum = sum.Add(f.Amount)
	}
	return sum, currency
}

// reader reads the evidence by one version of a promise, in one of two ways.
type reader struct {
	q        *Question
	evidence *index
	sla      *service.SLA
	window   span
	// most reads what is doubtful against the provider.
	most   bool
	doubts []string
}

// doubt notes what a person must decide.
func (r *reader) doubt(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(r.doubts, text) {
		r.doubts = append(r.doubts, text)
	}
}

// inForce is the version that holds on the day of a moment, nil where none does: of several the one that was known last, then
// the one that began last.
func (q *Question) inForce(at int64) (out *service.SLA) {
	day := schemas.DateOf(span{from: at}.start(), q.Zone)
	for i := range q.Versions {
		v := &q.Versions[i]
		if !v.Validity.Holds(day, q.AsOf) {
			continue
		}
		if out == nil || cmp.Or(v.Validity.KnownSince.Compare(out.Validity.KnownSince), v.Validity.From.Compare(out.Validity.From), cmp.Compare(v.Version, out.Version)) > 0 {
			out = v
		}
	}
	return out
}

// holds reports whether the version is the one in force at a moment.
func (r *reader) holds(at int64) bool { return r.q.inForce(at) == r.sla }
