package book

import (
	"cmp"
	"slices"
	"strings"

	"daybook/schemas"
)

// book puts a sound book together from its lists.
func (l *loader) book() *Book {
	zone, _ := l.provider.Location() // checked before
	b := &Book{
		Provider: l.provider, Zone: zone, Sources: l.sources.items, Peers: l.peers.items, Contracts: l.contracts.items,
		Mappings: l.mappings.items, Plan: l.plan,
		Catalogue: schemas.Catalogue{
			Meters: l.meters.items, Offerings: l.offerings.items, Coupons: l.coupons.items, Taxes: l.taxes.items,
			Units: l.units.items, Policy: l.policy,
		},
		accounts: make(map[schemas.AccountID]accountAt, len(l.accounts.items)),
		aliases:  map[string]schemas.AccountID{},
		owners:   make(map[origin][]owner, len(l.mappings.items)),
		ownUse:   map[origin]bool{},
	}
	b.Plan.Lines, b.Plan.Rates = l.planLines.items, l.planRates.items
	b.Rates = schemas.NewRates(l.rates.items, l.pivot())
	b.files = l.sums
	l.marks(b)
	l.join(b)
	l.index(b)
	sortByID(b)
	return b
}

// marks notes the lines of everything that has an identifier.
func (l *loader) marks(b *Book) {
	m := &marker{files: map[string]int32{}, where: map[Kind]map[string]standing{}}
	for i, f := range l.sums {
		m.files[f.name] = int32(i)
	}
	markAll(m, KindSource, &l.sources, func(s *schemas.Source) string { return string(s.ID) })
	markAll(m, KindMeter, &l.meters, func(s *schemas.Meter) string { return string(s.ID) })
	markAll(m, KindOffering, &l.offerings, func(s *schemas.Offering) string { return string(s.ID) })
	markAll(m, KindCustomer, &l.customers, func(s *schemas.Customer) string { return s.ID })
	markAll(m, KindAccount, &l.accounts, func(s *accountRow) string { return string(s.ID) })
	markAll(m, KindSubscription, &l.subscriptions, func(s *subscriptionRow) string { return string(s.ID) })
	markAll(m, KindPeer, &l.peers, func(s *schemas.Peer) string { return string(s.ID) })
	markAll(m, KindContract, &l.contracts, func(s *schemas.Contract) string { return string(s.ID) })
	markAll(m, KindCoupon, &l.coupons, func(s *schemas.Coupon) string { return s.ID })
	markAll(m, KindTax, &l.taxes, func(s *schemas.TaxRate) string { return s.ID })
	markAll(m, KindPlanLine, &l.planLines, func(s *schemas.PlanLine) string { return planKey(*s) })
	for i := range l.offerings.items {
		o, at := &l.offerings.items[i], l.offerings.spots[i].field("prices")
		for j := range o.Prices {
			m.mark(KindPrice, priceKey(o.ID, o.Prices[j].ID, ""), at.at(j))
			m.mark(KindPrice, priceKey(o.ID, o.Prices[j].ID, o.Prices[j].Version), at.at(j))
		}
	}
	for i := range l.accounts.items {
		a, at := &l.accounts.items[i], l.accounts.spots[i].field("commitments")
		for j := range a.Commitments {
			m.mark(KindCommitment, commitmentKey(a.ID, a.Commitments[j].ID), at.at(j))
		}
	}
	b.where = m.where
}

func markAll[T any](m *marker, kind Kind, list *listed[T], id func(*T) string) {
	for i := range list.items {
		m.mark(kind, id(&list.items[i]), list.spots[i])
	}
}

// join puts changes into their subscriptions, those into their accounts, and those into their customers.
func (l *loader) join(b *Book) {
	changes := map[schemas.SubscriptionID][]schemas.Change{}
	for _, c := range l.changes.items {
		changes[c.Subscription] = append(changes[c.Subscription], c.Change)
	}
	subscriptions := make(map[schemas.AccountID][]schemas.Subscription, len(l.accounts.items))
	for _, s := range l.subscriptions.items {
		s.Changes = changes[s.ID]
		slices.SortStableFunc(s.Changes, func(a, b schemas.Change) int {
			return cmp.Or(a.On.Compare(b.On), strings.Compare(a.Time, b.Time))
		})
		subscriptions[s.Account] = append(subscriptions[s.Account], s.Subscription)
	}
	accounts := make(map[string][]schemas.Account, len(l.customers.items))
	for _, a := range l.accounts.items {
		a.Subscriptions = subscriptions[a.ID]
		slices.SortFunc(a.Subscriptions, func(a, b schemas.Subscription) int { return cmp.Compare(a.ID, b.ID) })
		accounts[a.Customer] = append(accounts[a.Customer], a.Account)
	}
	b.Customers = l.customers.items
	for i := range b.Customers {
		c := &b.Customers[i]
		c.Accounts = accounts[c.ID]
		slices.SortFunc(c.Accounts, func(a, b schemas.Account) int { return cmp.Compare(a.ID, b.ID) })
	}
	slices.SortFunc(b.Customers, func(a, c schemas.Customer) int { return cmp.Compare(a.ID, c.ID) })
}

// index makes the look-ups by account and by a peer's account number.
func (l *loader) index(b *Book) {
	for i := range b.Customers {
		for j, a := range b.Customers[i].Accounts {
			b.accounts[a.ID] = accountAt{i, j}
			for _, alias := range a.Aliases {
				b.aliases[alias] = a.ID
			}
		}
	}
	for _, m := range b.Mappings {
		o := originOf(m)
		b.owners[o] = append(b.owners[o], owner{m.Validity(), m.Account})
	}
	for _, p := range b.Peers {
		for _, number := range p.OwnUse {
			b.ownUse[origin{peer: p.ID, sub: number}] = true
		}
	}
}

// sortByID makes the order of lists independent of the files they came from.
func sortByID(b *Book) {
	slices.SortFunc(b.Sources, func(a, c schemas.Source) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortFunc(b.Catalogue.Meters, func(a, c schemas.Meter) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortFunc(b.Catalogue.Offerings, func(a, c schemas.Offering) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortFunc(b.Peers, func(a, c schemas.Peer) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortFunc(b.Contracts, func(a, c schemas.Contract) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortStableFunc(b.Plan.Lines, func(a, c schemas.PlanLine) int { return cmp.Compare(planKey(a), planKey(c)) })
}
