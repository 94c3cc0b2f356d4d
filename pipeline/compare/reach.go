package compare

import (
	"slices"

	"daybook/pipeline/normalise"
	"daybook/pipeline/run"
	"daybook/reconcile"
	"daybook/schemas"
)

// calendar tells what of a charge counts in a month to date.
func calendar(b run.Book, p schemas.Period, reach *normalise.Reach) reconcile.Calendar {
	levels := map[schemas.MeterID]bool{}
	for i := range b.Catalogue().Meters {
		m := &b.Catalogue().Meters[i]
		levels[m.ID] = !m.AddsUp()
	}
	return reconcile.Calendar{Period: p, Zone: b.Zone(), Levels: levels, Behind: metersBehind(b, p, reach)}
}

// NewComparison compares actuals with the book's plan as of a day, of data that go so far.
func NewComparison(b run.Book, p schemas.Period, actuals *reconcile.Actuals, fx schemas.FX, reach *normalise.Reach, asOf schemas.Date) reconcile.Comparison {
	return reconcile.Comparison{
		Period: p, Currency: b.Provider().Currency, Plan: b.PlanAsOf(asOf), Whole: b.Plan(), Actuals: actuals, FX: fx, Through: reach.Through,
		Behind: offeringsBehind(b, metersBehind(b, p, reach)),
	}
}

// metersBehind are the meters of which no feed has data of the last day of the run, with the last day of which one has some: the
// day before the period where none has any. A meter that takes what no source of the book can bring is behind nothing.
func metersBehind(b run.Book, p schemas.Period, reach *normalise.Reach) map[schemas.MeterID]schemas.Date {
	if reach.Sources == nil {
		return nil
	}
	first, _ := p.Days()
	out := map[schemas.MeterID]schemas.Date{}
	for i := range b.Catalogue().Meters {
		m, fed, last := &b.Catalogue().Meters[i], false, first.AddDays(-1)
		for k := range b.Sources() {
			s := &b.Sources()[k]
			if !feeds(s, m) {
				continue
			}
			fed = true
			if through := reach.Sources[s.ID]; last.Before(through) {
				last = through
			}
		}
		if fed && last.Before(reach.Through) {
			out[m.ID] = last
		}
	}
	return out
}

// feeds reports whether a source may bring what a meter takes, as far as the book tells.
func feeds(s *schemas.Source, m *schemas.Meter) bool {
	may := func(column string, of []string) bool {
		value, always := s.Constants[column]
		return !always || len(of) == 0 || slices.Contains(of, value)
	}
	skus := make([]string, len(m.SKUs))
	for i, sku := range m.SKUs {
		skus[i] = string(sku)
	}
	return !s.Format.IsEvidence() && (m.Source == "" || m.Source == s.ID) && (m.Peer == "" || m.Peer == s.Peer) && (!m.Own || s.Peer == "") &&
		may("ServiceName", m.Services) && may("SkuId", skus) && may("SkuMeter", m.SkuMeters)
}

// offeringsBehind are the offerings all of whose meters are behind, with the last day of which one of these has data.
func offeringsBehind(b run.Book, meters map[schemas.MeterID]schemas.Date) map[schemas.OfferingID]schemas.Date {
	out := map[schemas.OfferingID]schemas.Date{}
	for i := range b.Catalogue().Offerings {
		o, whole := &b.Catalogue().Offerings[i], false
		last, metered := schemas.Date{}, false
		for k := range o.Prices {
			if o.Prices[k].Meter == "" {
				continue
			}
			through, behind := meters[o.Prices[k].Meter]
			if whole = whole || !behind; !metered || last.Before(through) {
				last = through
			}
			metered = true
		}
		if metered && !whole {
			out[o.ID] = last
		}
	}
	return out
}
