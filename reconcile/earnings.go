package reconcile

import (
	"cmp"
	"slices"

	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Earnings sums what each account earns in a period and earned in the one before, in the provider's currency. What it holds is
// of the size of the book. The zero value is ready to use; it is not safe for concurrent use.
type Earnings struct {
	sums map[schemas.AccountID]*earned
	// shared is what customers bear of shared costs; nil where none are shared.
	shared map[string]*bears
}

// bears is what a customer bears of shared costs.
type bears struct {
	name string
	cost money.Fixed
}

// Owner is whose an account is.
type Owner struct {
	Customer, CustomerName, AccountName string
}

type earned struct {
	revenue, whole, cost, before money.Fixed
	charges, unvalued            int64
	// was is whose it was the month before.
	was Owner
}

func (e *Earnings) of(id schemas.AccountID) *earned {
	s := e.sums[id]
	if s == nil {
		if e.sums == nil {
			e.sums = map[schemas.AccountID]*earned{}
		}
		s = new(earned)
		e.sums[id] = s
	}
	return s
}

// Add counts charges of an account: how many there are, those that have no exchange rate, what the others come to, how much of that
// counts to date, and what peers charge for it. The error is a sum that overflows.
func (e *Earnings) Add(id schemas.AccountID, charges, unvalued int64, whole, toDate, cost money.Fixed) error {
	s := e.of(id)
	s.charges, s.unvalued = s.charges+charges, s.unvalued+unvalued
	return tally.AddAll("revenue", string(id), []*money.Fixed{&s.revenue, &s.whole, &s.cost}, []money.Fixed{toDate, whole, cost})
}

// AddBefore counts revenue of the month before, when the account was an owner's. The error is a sum that overflows.
func (e *Earnings) AddBefore(id schemas.AccountID, was Owner, revenue money.Fixed) error {
	s := e.of(id)
	s.was = was
	return tally.AddAll("revenue of the month before", string(id), []*money.Fixed{&s.before}, []money.Fixed{revenue})
}

// AddShared counts what a customer bears of shared costs. The error is a sum that overflows.
func (e *Earnings) AddShared(customer, name string, cost money.Fixed) error {
	s := e.shared[customer]
	if s == nil {
		if e.shared == nil {
			e.shared = map[string]*bears{}
		}
		s = &bears{name: name}
		e.shared[customer] = s
	}
	return tally.AddAll("shared cost", customer, []*money.Fixed{&s.cost}, []money.Fixed{cost})
}

// EarningsOf is what the rows of earnings have in common.
type EarningsOf struct {
	Period   schemas.Period
	Currency money.Currency
	// Month is the period before, of which revenue was added; empty where there is none.
	Month schemas.Period
	// Owner finds whose an account is in the book, and reports false where it has none of that name.
	Owner func(schemas.AccountID) (Owner, bool)
}

// Rows returns the earnings by customer and by account, sorted as schemas.Customers and schemas.Accounts say; accounts without
// charges that earn and without revenue before are left out.
func (e *Earnings) Rows(of EarningsOf) (customers, accounts []schemas.Earning) {
	for id, s := range e.sums {
		if s.charges == 0 && s.before.IsZero() {
			continue
		}
		owner, ok := of.Owner(id)
		if !ok {
			owner = s.was
		}
		accounts = append(accounts, of.row(id, cmp.Or(owner, Owner{Customer: string(id)}), s))
	}
	slices.SortFunc(accounts, func(a, b schemas.Earning) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Account, b.Account))
	})
	for i := range accounts {
		a := &accounts[i]
		if n := len(customers); n == 0 || customers[n-1].Customer != a.Customer {
			customers = append(customers, schemas.Earning{
				Period: a.Period, Customer: a.Customer, CustomerName: a.CustomerName, Currency: a.Currency, Month: a.Month,
			})
		}
		c := &customers[len(customers)-1]
		c.Accounts++
		c.Charges, c.Unvalued = c.Charges+a.Charges, c.Unvalued+a.Unvalued
		c.Revenue, c.Coming, c.Before = c.Revenue.Add(a.Revenue), c.Coming.Add(a.Coming), c.Before.Add(a.Before)
		c.Cost, c.Margin = c.Cost.Add(a.Cost), c.Margin.Add(a.Margin)
	}
	customers = e.bear(customers, of)
	for i := range customers {
		compareBefore(&customers[i])
	}
	return customers, accounts
}

// bear adds what customers bear of shared costs, where any are shared, and those customers that earn us nothing and bear something.
func (e *Earnings) bear(customers []schemas.Earning, of EarningsOf) []schemas.Earning {
	if e.shared == nil {
		return customers
	}
	at := map[string]bool{}
	for i := range customers {
		at[customers[i].Customer] = true
	}
	for customer, s := range e.shared {
		if !at[customer] {
			customers = append(customers, schemas.Earning{Period: of.Period, Customer: customer, CustomerName: s.name, Currency: of.Currency, Month: of.Month})
		}
	}
	slices.SortFunc(customers, func(a, b schemas.Earning) int { return cmp.Compare(a.Customer, b.Customer) })
	for i := range customers {
		c := &customers[i]
		cost := money.Zero
		if s := e.shared[c.Customer]; s != nil {
			cost = s.cost.Decimal()
		}
		full := c.Margin.Sub(cost)
		c.Shared, c.Full = &cost, &full
	}
	return customers
}

func (of *EarningsOf) row(id schemas.AccountID, owner Owner, s *earned) schemas.Earning {
	r := schemas.Earning{
		Period: of.Period, Customer: owner.Customer, CustomerName: owner.CustomerName, Account: id, AccountName: owner.AccountName,
		Currency: of.Currency, Revenue: s.revenue.Decimal(), Before: s.before.Decimal(), Month: of.Month, Charges: s.charges, Unvalued: s.unvalued,
	}
	r.Coming = s.whole.Decimal().Sub(r.Revenue)
	r.Cost = s.cost.Decimal()
	r.Margin = r.Revenue.Sub(r.Cost)
	compareBefore(&r)
	return r
}

// compareBefore fills in what has changed since the month before, where there is one.
func compareBefore(r *schemas.Earning) {
	if r.Month == "" {
		return
	}
	r.Change = r.Revenue.Sub(r.Before)
	r.Percent = percentRounded(r.Change, r.Before)
}
