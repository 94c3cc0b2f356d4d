package book

import (
	"daybook/schemas"
)

// accountRow is an account with the customer it belongs to.
type accountRow struct {
	Customer        string `yaml:"customer"`
	schemas.Account `yaml:",inline"`
}

// subscriptionRow is a subscription with its account.
type subscriptionRow struct {
	Account              schemas.AccountID `yaml:"account"`
	schemas.Subscription `yaml:",inline"`
}

// changeRow is a change with its subscription.
type changeRow struct {
	Subscription   schemas.SubscriptionID `yaml:"subscription"`
	schemas.Change `yaml:",inline"`
}

// The contents of the YAML files that are not one struct of package schemas.
type (
	sourcesFile struct {
		Sources []schemas.Source `yaml:"sources"`
	}
	customersFile struct {
		Customers []schemas.Customer `yaml:"customers"`
	}
	subscriptionsFile struct {
		Subscriptions []subscriptionRow `yaml:"subscriptions"`
	}
	// peerFile is a peer with what we agreed with it and whose its accounts are; both are of this peer without saying so.
	peerFile struct {
		schemas.Peer `yaml:",inline"`
		Contracts    []schemas.Contract `yaml:"contracts,omitempty"`
		Accounts     []schemas.Mapping  `yaml:"accounts,omitempty"`
	}
)

func (l *loader) readProvider(f *file) {
	l.providerAt = place{file: f}
	l.decodeYAML(f, &l.provider)
}

func (l *loader) readSources(f *file) {
	var c sourcesFile
	if l.decodeYAML(f, &c) {
		l.sources.addAll(place{file: f}.field("sources"), c.Sources)
	}
}

func (l *loader) readCatalogue(f *file) {
	var c schemas.Catalogue
	if !l.decodeYAML(f, &c) {
		return
	}
	top := place{file: f}
	l.meters.addAll(top.field("meters"), c.Meters)
	l.offerings.addAll(top.field("offerings"), c.Offerings)
	l.coupons.addAll(top.field("coupons"), c.Coupons)
	l.taxes.addAll(top.field("taxes"), c.Taxes)
	l.units.addAll(top.field("units"), c.Units)
	if _, there := top.field("policy").node(); !there {
		return
	}
	if l.policyAt.file != nil {
		l.complain(top.field("policy"), "keep one of them", "the policy stands in %s already", l.policyAt.file.name)
		return
	}
	l.policy, l.policyAt = c.Policy, top.field("policy")
}

func (l *loader) readCustomers(f *file) {
	var c customersFile
	if !l.decodeYAML(f, &c) {
		return
	}
	for i, customer := range c.Customers {
		at := place{file: f}.field("customers").at(i)
		for j, account := range customer.Accounts {
			l.addAccount(at.field("accounts").at(j), accountRow{customer.ID, account})
		}
		customer.Accounts = nil
		l.customers.add(at, customer)
	}
}

// addAccount takes an account apart, so that whatever file a fact stands in, it is checked in one way.
func (l *loader) addAccount(at place, a accountRow) {
	for i, s := range a.Subscriptions {
		l.addSubscription(at.field("subscriptions").at(i), subscriptionRow{a.ID, s})
	}
	a.Subscriptions = nil
	l.accounts.add(at, a)
}

func (l *loader) addSubscription(at place, s subscriptionRow) {
	for i, c := range s.Changes {
		l.changes.add(at.field("changes").at(i), changeRow{s.ID, c})
	}
	s.Changes = nil
	l.subscriptions.add(at, s)
}

func (l *loader) readSubscriptions(f *file) {
	var c subscriptionsFile
	if !l.decodeYAML(f, &c) {
		return
	}
	for i, s := range c.Subscriptions {
		l.addSubscription(place{file: f}.field("subscriptions").at(i), s)
	}
}

func (l *loader) readCustomerRows(f *file) {
	l.customers.expect(f)
	readTable(l, f, func(at place, v *schemas.Customer) { l.customers.add(at, *v) })
}

func (l *loader) readAccountRows(f *file) {
	l.accounts.expect(f)
	readTable(l, f, func(at place, v *accountRow) { l.accounts.add(at, *v) })
}

func (l *loader) readSubscriptionRows(f *file) {
	l.subscriptions.expect(f)
	readTable(l, f, func(at place, v *subscriptionRow) { l.subscriptions.add(at, *v) })
}

func (l *loader) readChangeRows(f *file) {
	l.changes.expect(f)
	readTable(l, f, func(at place, v *changeRow) { l.changes.add(at, *v) })
}

func (l *loader) readPeer(f *file) {
	var c peerFile
	if !l.decodeYAML(f, &c) {
		return
	}
	top := place{file: f}
	l.peers.add(top, c.Peer)
	for i, contract := range c.Contracts {
		at := top.field("contracts").at(i)
		if contract.Peer != "" && contract.Peer != c.ID {
			l.complain(at.field("peer"), "remove the line: a contract is with the peer of its file", "the contract is with %s, but the file is about %s", contract.Peer, c.ID)
		}
		contract.Peer = c.ID
		l.contracts.add(at, contract)
	}
	for i, m := range c.Accounts {
		at := top.field("accounts").at(i)
		if m.Peer != "" && m.Peer != c.ID {
			l.complain(at.field("peer"), "remove the line: an account is the peer's of its file", "the account is of %s, but the file is about %s", m.Peer, c.ID)
		}
		m.Peer = c.ID
		l.mappings.add(at, m)
	}
}

func (l *loader) readMappingRows(f *file) {
	l.mappings.expect(f)
	readTable(l, f, func(at place, v *schemas.Mapping) { l.mappings.add(at, *v) })
}

func (l *loader) readPlan(f *file) {
	l.planAt = place{file: f}
	var c schemas.Plan
	if !l.decodeYAML(f, &c) {
		return
	}
	l.plan.Policy = c.Policy
	l.planRates.addAll(l.planAt.field("rates"), c.Rates)
	l.planLines.addAll(l.planAt.field("lines"), c.Lines)
}

func (l *loader) readPlanRows(f *file) {
	l.planLines.expect(f)
	readTable(l, f, func(at place, v *schemas.PlanLine) { l.planLines.add(at, *v) })
}
