package rate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// CreditsOwed are the service credits that accounts are due in a period for promises of earlier ones: by the results of the earlier runs as
// they stand by what the book knows on a day, less what the drafts of these runs gave. A book without promises owes none.
func CreditsOwed(ctx context.Context, b run.Book, s store.Store, earlier []run.Earlier, in schemas.Period, asOf schemas.Date) (map[schemas.AccountID][]service.Owed, error) {
	if len(b.Promises()) == 0 {
		return nil, nil
	}
	ledger, zones := service.NewLedger(in), map[string]*time.Location{}
	judged := func(r *service.SLARow) error {
		zone := b.Zone()
		if i := slices.IndexFunc(b.Promises(), func(p service.Promise) bool { return p.ID == r.Promise }); i >= 0 {
			p := &b.Promises()[i]
			of := slices.IndexFunc(b.SLAs(), func(s service.SLA) bool { return s.ID == p.SLA })
			var err error
			if zone, err = zoneOf(zones, b.SLAs()[of].Zone); err != nil {
				return err
			}
			service.Settle(p, r, zone, asOf)
		}
		ledger.Judged(r, zone)
		return nil
	}
	for _, e := range earlier {
		m, err := run.ReadEarlier(ctx, s, e)
		if err != nil {
			return nil, err
		}
		ledger.Ran(e.Period)
		for _, o := range m.Outputs {
			switch o.Dataset {
			case service.SLAResults.Name:
				err = rows.ReadSLADue(ctx, s, o.Key, judged)
			case service.SLACredits.Name:
				err = rows.ReadSLACredits(ctx, s, o.Key, ledger.Gave)
			}
			if err != nil {
				return nil, fmt.Errorf("read what run %s of %s says of promises: %w", e.Run, e.Period, err)
			}
		}
	}
	return ledger.Accounts(), nil
}

// zoneOf is a zone by its name, loaded once.
func zoneOf(zones map[string]*time.Location, name string) (*time.Location, error) {
	if zone := zones[name]; zone != nil {
		return zone, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("load time zone %q: %w", name, err)
	}
	zones[name] = zone
	return zone, nil
}

// owed are those of the setting's period, looked up once.
func (s *Setting) owed(ctx context.Context) (map[schemas.AccountID][]service.Owed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.credits == nil {
		credits, err := CreditsOwed(ctx, s.Book, s.Store, s.Earlier, s.Period, s.AsOf)
		if err != nil {
			return nil, err
		}
		if s.credits = credits; credits == nil {
			s.credits = map[schemas.AccountID][]service.Owed{}
		}
	}
	return s.credits, nil
}

// ServiceCredits are those that an account is due in the period.
func (s *Setting) ServiceCredits(ctx context.Context, id schemas.AccountID) ([]rating.ServiceCredit, error) {
	owed, err := s.owed(ctx)
	if err != nil {
		return nil, err
	}
	return s.creditsOf(owed[id]), nil
}

// creditsOf are what is owed in the words of rating.
func (s *Setting) creditsOf(owed []service.Owed) (out []rating.ServiceCredit) {
	for i := range owed {
		o := &owed[i]
		name := o.Service
		if at := slices.IndexFunc(s.Book.Catalogue().Offerings, func(x schemas.Offering) bool { return x.ID == o.Offering }); at >= 0 {
			name = cmp.Or(s.Book.Catalogue().Offerings[at].Name, string(o.Offering))
		}
		text := "Service credit for " + name
		if o.Region != "" {
			text += " in " + o.Region
		}
		if o.Resource != "" {
			text += ", " + o.Resource
		}
		out = append(out, rating.ServiceCredit{
			Result: o.Result, Description: text + ", " + string(o.Of), Offering: o.Offering, Currency: o.Currency, Due: o.Due, Given: o.Given, Booked: o.Booked,
			Bounded: o.FuturePayments,
		})
	}
	return out
}

// creditAsGiven is a service credit that gives again what a charge of an earlier run gave.
func creditAsGiven(c *schemas.Charge) rating.ServiceCredit {
	return rating.ServiceCredit{
		Result: string(c.Price), Description: c.Description, Offering: c.Offering, Currency: c.Currency, Due: c.Exact.Neg(), Booked: c.Corrects,
	}
}

// rateCredits is what a rater does about service credits.
type rateCredits struct {
	owed map[schemas.AccountID][]service.Owed
	// met are the accounts with credits that were rated.
	met map[schemas.AccountID]bool
}

// due are the credits of the account at hand.
func (w *rater) due(id schemas.AccountID) []rating.ServiceCredit {
	owed := w.credits.owed[id]
	if len(owed) == 0 {
		return nil
	}
	w.credits.met[id] = true
	return w.set.creditsOf(owed)
}

// leave counts what the charges of an account do not give of its credits, and says why where that is not for the next draft to mend.
func (w *rater) leave(id schemas.AccountID, charges []schemas.Charge) error {
	for i := range w.credits.owed[id] {
		o := &w.credits.owed[id][i]
		rest, given := o.Rest(), false
		for k := range charges {
			if c := &charges[k]; c.Model == schemas.ServiceCredit && string(c.Price) == o.Result {
				rest, given = rest.Add(c.Amount), true
			}
		}
		if err := run.CountCredit(&w.control.CreditsLeft, rest, o.Currency); err != nil {
			return err
		}
		if given {
			w.control.CreditsLeft.Rows--
			continue
		}
		switch account, _, ok := w.set.Book.Account(id); {
		case !ok:
			w.unbooked(o, rest, fmt.Sprintf("account %s is not in the book any more", id))
		case account.Currency != o.Currency:
			w.unbooked(o, rest, fmt.Sprintf("account %s is billed in %s", id, account.Currency))
		}
	}
	return nil
}

func (w *rater) unbooked(o *service.Owed, rest money.Decimal, why string) {
	f := schemas.Remark(schemas.CodeCreditUnbooked, o.Result, fmt.Sprintf("a service credit of %s %s for %s stands on no draft: %s", rest, o.Currency, o.Of, why), rest, o.Currency)
	f.Account = o.Account
	w.found.Add(f)
}

// leaveGone leaves the credits of the shard's accounts that were not rated, because the book does not have them.
func (w *rater) leaveGone() error {
	home := w.in.Home()
	for _, id := range slices.Sorted(maps.Keys(w.credits.owed)) {
		if w.credits.met[id] || int(home(id)) != w.in.Shard {
			continue
		}
		if err := w.leave(id, nil); err != nil {
			return err
		}
	}
	return nil
}
