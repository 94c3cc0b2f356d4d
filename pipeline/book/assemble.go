package book

import (
	"cmp"
	"slices"
	"strings"

	"daybook/pipeline/book/check"
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/agreed"
	"daybook/schemas/closing"
	"daybook/schemas/dispute"
	"daybook/schemas/intercloud"
	"daybook/schemas/request"
	"daybook/schemas/service"
)

// book puts a sound book together from its lists.
func (l *loader) book() *Book {
	zone, _ := l.Provider.Location() // checked before
	b := &Book{
		Provider: l.Provider, Zone: zone, Sources: l.Sources.Items, Peers: l.Peers.Items, Contracts: l.Contracts.Items,
		Mappings: l.Mappings.Items, Plan: l.Plan, SLAs: l.SLAs.Items, Promises: l.Promises.Items, Agreements: l.Agreements.Items, Raised: l.Raised.Items,
		Identities: l.Identities.Items, Entitlements: l.Entitlements.Items,
		Closings: l.Closings.Items, Sent: l.Sent.Items, Requests: l.Requests.Items,
		Catalogue: schemas.Catalogue{
			Meters: l.Meters.Items, Offerings: l.Offerings.Items, Coupons: l.Coupons.Items, Taxes: l.Taxes.Items,
			Units: l.Units.Items, Policy: l.Policy,
		},
		accounts: make(map[schemas.AccountID]accountAt, len(l.Accounts.Items)),
		aliases:  map[string]schemas.AccountID{},
		owners:   make(map[check.Origin][]owner, len(l.Mappings.Items)),
		rules:    map[schemas.SourceID]*rules{},
		ownUse:   map[check.Origin]bool{},
	}
	b.Plan.Lines, b.Plan.Rates, b.Plan.Versions = l.PlanLines.Items, l.PlanRates.Items, l.PlanVersions.Items
	b.Rates = schemas.NewRates(l.Rates.Items, l.Pivot())
	for _, d := range l.Disputes.Items {
		if d.Account != "" {
			b.Challenges = append(b.Challenges, d)
		} else {
			b.Disputes = append(b.Disputes, d)
		}
	}
	if l.SendingAt.There() {
		b.Sending = &l.Sending
	}
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
	markAll(m, KindSource, &l.Sources, func(s *schemas.Source) string { return string(s.ID) })
	markAll(m, KindMeter, &l.Meters, func(s *schemas.Meter) string { return string(s.ID) })
	markAll(m, KindOffering, &l.Offerings, func(s *schemas.Offering) string { return string(s.ID) })
	markAll(m, KindCustomer, &l.Customers, func(s *schemas.Customer) string { return s.ID })
	markAll(m, KindAccount, &l.Accounts, func(s *check.AccountRow) string { return string(s.ID) })
	markAll(m, KindSubscription, &l.Subscriptions, func(s *check.SubscriptionRow) string { return string(s.ID) })
	markAll(m, KindPeer, &l.Peers, func(s *schemas.Peer) string { return string(s.ID) })
	markAll(m, KindContract, &l.Contracts, func(s *agreed.Contract) string { return string(s.ID) })
	markAll(m, KindCoupon, &l.Coupons, func(s *schemas.Coupon) string { return s.ID })
	markAll(m, KindSLA, &l.SLAs, func(s *service.SLA) string { return string(s.ID) + "@" + s.Version })
	markAll(m, KindProblem, &l.Raised, func(s *service.Problem) string { return string(s.ID) })
	markAll(m, KindPromise, &l.Promises, func(s *service.Promise) string { return string(s.ID) })
	markAll(m, KindDispute, &l.Disputes, func(s *dispute.Dispute) string { return s.ID })
	markAll(m, KindRequest, &l.Requests, func(r *request.Request) string { return RequestKey(r) })
	markAll(m, KindTax, &l.Taxes, func(s *schemas.TaxRate) string { return s.ID })
	markAll(m, KindAgreement, &l.Agreements, func(s *intercloud.Agreement) string { return string(s.ID) })
	markAll(m, KindPlanLine, &l.PlanLines, func(s *schemas.PlanLine) string { return check.PlanKey(*s) })
	markAll(m, KindMapping, &l.Mappings, mappingKey)
	markAll(m, KindChange, &l.Changes, func(c *check.ChangeRow) string { return changeKey(c.Subscription, &c.Change) })
	for name, at := range l.slos.SLOs {
		m.mark(KindSLO, name, at)
	}
	if l.PolicyAt.There() {
		m.mark(KindPolicy, string(KindPolicy), l.PolicyAt)
	}
	for i := range l.Offerings.Items {
		o, at := &l.Offerings.Items[i], l.Offerings.Spots[i].Field("prices")
		for j := range o.Prices {
			m.mark(KindPrice, priceKey(o.ID, o.Prices[j].ID, ""), at.At(j))
			m.mark(KindPrice, priceKey(o.ID, o.Prices[j].ID, o.Prices[j].Version), at.At(j))
		}
	}
	for i := range l.Accounts.Items {
		a, at := &l.Accounts.Items[i], l.Accounts.Spots[i].Field("commitments")
		for j := range a.Commitments {
			m.mark(KindCommitment, commitmentKey(a.ID, a.Commitments[j].ID), at.At(j))
		}
	}
	b.where = m.where
}

func markAll[T any](m *marker, kind Kind, list *parse.List[T], id func(*T) string) {
	for i := range list.Items {
		m.mark(kind, id(&list.Items[i]), list.Spots[i])
	}
}

// join puts changes into their subscriptions, those into their accounts, and those into their customers.
func (l *loader) join(b *Book) {
	changes := map[schemas.SubscriptionID][]schemas.Change{}
	for _, c := range l.Changes.Items {
		changes[c.Subscription] = append(changes[c.Subscription], c.Change)
	}
	subscriptions := make(map[schemas.AccountID][]schemas.Subscription, len(l.Accounts.Items))
	for _, s := range l.Subscriptions.Items {
		s.Changes = changes[s.ID]
		slices.SortStableFunc(s.Changes, func(a, b schemas.Change) int {
			return cmp.Or(a.On.Compare(b.On), strings.Compare(a.Time, b.Time))
		})
		subscriptions[s.Account] = append(subscriptions[s.Account], s.Subscription)
	}
	accounts := make(map[string][]schemas.Account, len(l.Customers.Items))
	for _, a := range l.Accounts.Items {
		a.Subscriptions = subscriptions[a.ID]
		slices.SortFunc(a.Subscriptions, func(a, b schemas.Subscription) int { return cmp.Compare(a.ID, b.ID) })
		accounts[a.Customer] = append(accounts[a.Customer], a.Account)
	}
	b.Customers = l.Customers.Items
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
	for i := range b.Mappings {
		if m := &b.Mappings[i]; m.ByNumber() {
			o := check.OriginOf(*m)
			b.owners[o] = append(b.owners[o], owner{m.Validity(), m.Order, int32(i)})
		}
	}
	for i := range b.Sources {
		if r := newRules(b.Mappings, &b.Sources[i]); r != nil {
			b.rules[b.Sources[i].ID] = r
		}
	}
	for _, p := range b.Peers {
		for _, number := range p.OwnUse {
			b.ownUse[check.Origin{Peer: p.ID, Sub: number}] = true
		}
	}
}

// sortByID makes the order of lists independent of the files they came from.
func sortByID(b *Book) {
	slices.SortFunc(b.Sources, func(a, c schemas.Source) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortFunc(b.Catalogue.Meters, func(a, c schemas.Meter) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortFunc(b.Catalogue.Offerings, func(a, c schemas.Offering) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortFunc(b.Peers, func(a, c schemas.Peer) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortFunc(b.Contracts, func(a, c agreed.Contract) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortStableFunc(b.SLAs, func(a, c service.SLA) int { return cmp.Or(cmp.Compare(a.ID, c.ID), cmp.Compare(a.Version, c.Version)) })
	slices.SortFunc(b.Agreements, func(a, c intercloud.Agreement) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortFunc(b.Raised, func(a, c service.Problem) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortFunc(b.Promises, func(a, c service.Promise) int { return cmp.Compare(a.ID, c.ID) })
	for _, list := range [][]dispute.Dispute{b.Disputes, b.Challenges} {
		slices.SortFunc(list, func(a, c dispute.Dispute) int { return cmp.Compare(a.ID, c.ID) })
	}
	slices.SortFunc(b.Requests, func(a, c request.Request) int {
		return cmp.Or(cmp.Compare(a.ID, c.ID), cmp.Compare(a.Source, c.Source))
	})
	slices.SortFunc(b.Identities, func(a, c access.Identity) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortFunc(b.Entitlements, func(a, c access.Entitlement) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortStableFunc(b.Closings, func(a, c closing.Closing) int {
		return cmp.Or(cmp.Compare(a.Period, c.Period), a.Issued.Compare(c.Issued))
	})
	slices.SortStableFunc(b.Plan.Lines, func(a, c schemas.PlanLine) int { return cmp.Compare(check.PlanKey(a), check.PlanKey(c)) })
}
