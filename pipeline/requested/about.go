package requested

import (
	"context"
	"slices"

	stage "daybook/pipeline/requests"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/request"
)

// Thing is something that a request may be about, as explanations name it.
type Thing struct {
	// Kind is charge, account, promise or findings, and ID the identifier: of findings a code.
	Kind, ID string
	// Account and Subscription are a charge's.
	Account      schemas.AccountID
	Subscription schemas.SubscriptionID
	Period       schemas.Period
	Run          schemas.RunID
}

// About are the requests that are about something, and those by which its subscription was changed.
func (d *Desk) About(ctx context.Context, x Thing) (out []Row, err error) {
	var m *run.Manifest
	for i := range d.All {
		s := &d.All[i]
		about := false
		switch x.Kind {
		case "charge":
			about = slices.ContainsFunc(s.Applied, func(c request.Asked) bool { return c.Subscription == x.Subscription })
			if about || s.Account != x.Account || s.Month != x.Period || len(s.Lines)+len(s.Charges) == 0 {
				break
			}
			if m == nil {
				if m, err = run.ReadManifest(ctx, d.store, x.Period, x.Run); err != nil {
					return nil, err
				}
			}
			charges, err := stage.Charges(ctx, d.store, m.FilesOf(&schemas.Charges)(s.Account), s)
			if err != nil {
				return nil, err
			}
			about = slices.ContainsFunc(charges, func(c schemas.Charge) bool { return string(c.ID) == x.ID })
		case "account":
			about = string(s.Account) == x.ID && s.Month == x.Period
		case "promise":
			about = slices.Contains(s.Results, x.ID)
		case "findings":
			about = slices.Contains(s.Findings, schemas.Code(x.ID)) && s.Month == x.Period
		}
		if about {
			out = append(out, rowOf(s))
		}
	}
	return out, nil
}

// Where is the line of the book at which a request stands.
func (d *Desk) Where(r *Row) string {
	return d.book.Where("request", r.key())
}

func (r *Row) key() string {
	if r.Source == "" {
		return r.ID
	}
	return string(r.Source) + "/" + r.ID
}
