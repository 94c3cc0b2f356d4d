package book

import (
	"daybook/schemas"
)

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
	l.providerAt = top(f)
	l.decodeYAML(f, &l.provider)
}

func (l *loader) readSources(f *file) {
	var c sourcesFile
	if l.decodeYAML(f, &c) {
		l.sources.addAll(top(f).field("sources"), c.Sources)
	}
}

func (l *loader) readCatalogue(f *file) {
	var c schemas.Catalogue
	if !l.decodeYAML(f, &c) {
		return
	}
	whole := top(f)
	l.meters.addAll(whole.field("meters"), c.Meters)
	l.offerings.addAll(whole.field("offerings"), c.Offerings)
	l.coupons.addAll(whole.field("coupons"), c.Coupons)
	l.taxes.addAll(whole.field("taxes"), c.Taxes)
	l.units.addAll(whole.field("units"), c.Units)
	if _, there := whole.field("policy").given(); !there {
		return
	}
	if l.policyAt.there() {
		l.complain(whole.field("policy"), "keep one of them", "the policy stands in %s already", l.policyAt.fileName())
		return
	}
	l.policy, l.policyAt = c.Policy, whole.field("policy")
}

func (l *loader) readCustomers(f *file) {
	var c customersFile
	if !l.decodeYAML(f, &c) {
		return
	}
	for i, customer := range c.Customers {
		at := top(f).field("customers").at(i)
		for j, account := range customer.Accounts {
			l.addAccount(at.field("accounts").at(j), accountRow{customer.ID, account})
		}
		customer.Accounts = nil
		l.customers.add(at, customer)
	}
}

// addAccount takes an account apart, so that whatever file a fact stands in, it is checked in one way.
func (l *loader) addAccount(at spot, a accountRow) {
	for i, s := range a.Subscriptions {
		l.addSubscription(at.field("subscriptions").at(i), subscriptionRow{a.ID, s})
	}
	a.Subscriptions = nil
	l.accounts.add(at, a)
}

func (l *loader) addSubscription(at spot, s subscriptionRow) {
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
		l.addSubscription(top(f).field("subscriptions").at(i), s)
	}
}

func (l *loader) readCustomerRows(f *file) {
	l.customers.expect(f)
	readTable(l.reader, f, func(at spot, v *schemas.Customer) { l.customers.add(at, *v) })
}

func (l *loader) readAccountRows(f *file) {
	l.accounts.expect(f)
	readTable(l.reader, f, func(at spot, v *accountRow) { l.accounts.add(at, *v) })
}

func (l *loader) readSubscriptionRows(f *file) {
	l.subscriptions.expect(f)
	readTable(l.reader, f, func(at spot, v *subscriptionRow) { l.subscriptions.add(at, *v) })
}

func (l *loader) readChangeRows(f *file) {
	l.changes.expect(f)
	readTable(l.reader, f, func(at spot, v *changeRow) { l.changes.add(at, *v) })
}

func (l *loader) readPeer(f *file) {
	var c peerFile
	if !l.decodeYAML(f, &c) {
		return
	}
	whole := top(f)
	l.peers.add(whole, c.Peer)
	for i, contract := range c.Contracts {
		at := whole.field("contracts").at(i)
		if contract.Peer != "" && contract.Peer != c.ID {
			l.complain(at.field("peer"), "remove the line: a contract is with the peer of its file", "the contract is with %s, but the file is about %s", contract.Peer, c.ID)
		}
		contract.Peer = c.ID
		l.contracts.add(at, contract)
	}
	for i, m := range c.Accounts {
		at := whole.field("accounts").at(i)
		if m.Peer != "" && m.Peer != c.ID {
			l.complain(at.field("peer"), "remove the line: an account is the peer's of its file", "the account is of %s, but the file is about %s", m.Peer, c.ID)
		}
		m.Peer = c.ID
		l.mappings.add(at, m)
	}
}

func (l *loader) readMappingRows(f *file) {
	l.mappings.expect(f)
	readTable(l.reader, f, func(at spot, v *schemas.Mapping) { l.mappings.add(at, *v) })
}

func (l *loader) readPlan(f *file) {
	l.planAt = top(f)
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
	readTable(l.reader, f, func(at spot, v *schemas.PlanLine) { l.planLines.add(at, *v) })
}
