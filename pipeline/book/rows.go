package book

import (
	"daybook/pipeline/book/check"
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/agreed"
	"daybook/schemas/closing"
	"daybook/schemas/dispute"
	"daybook/schemas/intercloud"
	"daybook/schemas/request"
	"daybook/schemas/sending"
	"daybook/schemas/service"
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
		Subscriptions []check.SubscriptionRow `yaml:"subscriptions"`
	}
	slasFile struct {
		SLAs     []service.SLA     `yaml:"slas,omitempty"`
		Promises []service.Promise `yaml:"promises,omitempty"`
	}
	disputesFile struct {
		Disputes []dispute.Dispute `yaml:"disputes"`
	}
	requestsFile struct {
		Requests []request.Request `yaml:"requests"`
	}
	accessFile struct {
		Identities   []access.Identity    `yaml:"identities,omitempty"`
		Entitlements []access.Entitlement `yaml:"entitlements,omitempty"`
	}
	agreementsFile struct {
		Agreements []intercloud.Agreement `yaml:"agreements"`
	}
	// peerFile is a peer with what we agreed with it and whose its accounts are; both are of this peer without saying so.
	peerFile struct {
		schemas.Peer `yaml:",inline"`
		Contracts    []agreed.Contract `yaml:"contracts,omitempty"`
		Accounts     []schemas.Mapping `yaml:"accounts,omitempty"`
	}
)

func (l *loader) readProvider(f *parse.File) {
	l.ProviderAt = parse.Top(f)
	l.DecodeYAML(f, &l.Provider)
}

func (l *loader) readSources(f *parse.File) {
	var c sourcesFile
	if l.DecodeYAML(f, &c) {
		l.Sources.AddAll(parse.Top(f).Field("sources"), c.Sources)
	}
}

func (l *loader) readCatalogue(f *parse.File) {
	var c schemas.Catalogue
	if !l.DecodeYAML(f, &c) {
		return
	}
	whole := parse.Top(f)
	l.Meters.AddAll(whole.Field("meters"), c.Meters)
	l.Offerings.AddAll(whole.Field("offerings"), c.Offerings)
	l.Coupons.AddAll(whole.Field("coupons"), c.Coupons)
	l.Taxes.AddAll(whole.Field("taxes"), c.Taxes)
	l.Units.AddAll(whole.Field("units"), c.Units)
	if _, there := whole.Field("policy").Given(); !there {
		return
	}
	if l.PolicyAt.There() {
		l.Complain(whole.Field("policy"), "keep one of them", "the policy stands in %s already", l.PolicyAt.FileName())
		return
	}
	l.Policy, l.PolicyAt = c.Policy, whole.Field("policy")
}

func (l *loader) readCustomers(f *parse.File) {
	var c customersFile
	if !l.DecodeYAML(f, &c) {
		return
	}
	for i, customer := range c.Customers {
		at := parse.Top(f).Field("customers").At(i)
		for j, account := range customer.Accounts {
			l.addAccount(at.Field("accounts").At(j), check.AccountRow{Customer: customer.ID, Account: account})
		}
		customer.Accounts = nil
		l.Customers.Add(at, customer)
	}
}

// addAccount takes an account apart, so that whatever file a fact stands in, it is checked in one way.
func (l *loader) addAccount(at parse.Spot, a check.AccountRow) {
	for i, s := range a.Subscriptions {
		l.addSubscription(at.Field("subscriptions").At(i), check.SubscriptionRow{Account: a.ID, Subscription: s})
	}
	a.Subscriptions = nil
	l.Accounts.Add(at, a)
}

func (l *loader) addSubscription(at parse.Spot, s check.SubscriptionRow) {
	for i, c := range s.Changes {
		l.Changes.Add(at.Field("changes").At(i), check.ChangeRow{Subscription: s.ID, Change: c})
	}
	s.Changes = nil
	l.Subscriptions.Add(at, s)
}

func (l *loader) readSubscriptions(f *parse.File) {
	var c subscriptionsFile
	if !l.DecodeYAML(f, &c) {
		return
	}
	for i, s := range c.Subscriptions {
		l.addSubscription(parse.Top(f).Field("subscriptions").At(i), s)
	}
}

func (l *loader) readCustomerRows(f *parse.File) {
	l.Customers.Expect(f)
	parse.ReadTable(l.Reader, f, func(at parse.Spot, v *schemas.Customer) { l.Customers.Add(at, *v) })
}

func (l *loader) readAccountRows(f *parse.File) {
	l.Accounts.Expect(f)
	parse.ReadTable(l.Reader, f, func(at parse.Spot, v *check.AccountRow) { l.Accounts.Add(at, *v) })
}

func (l *loader) readSubscriptionRows(f *parse.File) {
	l.Subscriptions.Expect(f)
	parse.ReadTable(l.Reader, f, func(at parse.Spot, v *check.SubscriptionRow) { l.Subscriptions.Add(at, *v) })
}

func (l *loader) readChangeRows(f *parse.File) {
	l.Changes.Expect(f)
	parse.ReadTable(l.Reader, f, func(at parse.Spot, v *check.ChangeRow) { l.Changes.Add(at, *v) })
}

func (l *loader) readPeer(f *parse.File) {
	var c peerFile
	if !l.DecodeYAML(f, &c) {
		return
	}
	whole := parse.Top(f)
	l.Peers.Add(whole, c.Peer)
	for i, contract := range c.Contracts {
		at := whole.Field("contracts").At(i)
		if contract.Peer != "" && contract.Peer != c.ID {
			l.Complain(at.Field("peer"), "remove the line: a contract is with the peer of its file", "the contract is with %s, but the file is about %s", contract.Peer, c.ID)
		}
		contract.Peer = c.ID
		l.Contracts.Add(at, contract)
	}
	for i, m := range c.Accounts {
		at := whole.Field("accounts").At(i)
		if m.Peer != "" && m.Peer != c.ID {
			l.Complain(at.Field("peer"), "remove the line: an account is the peer's of its file", "the account is of %s, but the file is about %s", m.Peer, c.ID)
		}
		m.Peer = c.ID
		l.Mappings.Add(at, m)
	}
}

func (l *loader) readMappingRows(f *parse.File) {
	l.Mappings.Expect(f)
	parse.ReadTable(l.Reader, f, func(at parse.Spot, v *schemas.Mapping) { l.Mappings.Add(at, *v) })
}

func (l *loader) readPlan(f *parse.File) {
	l.PlanAt = parse.Top(f)
	var c schemas.Plan
	if !l.DecodeYAML(f, &c) {
		return
	}
	l.Plan.Policy = c.Policy
	l.PlanRates.AddAll(l.PlanAt.Field("rates"), c.Rates)
	l.PlanVersions.AddAll(l.PlanAt.Field("versions"), c.Versions)
	l.PlanLines.AddAll(l.PlanAt.Field("lines"), c.Lines)
}

func (l *loader) readPlanRows(f *parse.File) {
	l.PlanLines.Expect(f)
	parse.ReadTable(l.Reader, f, func(at parse.Spot, v *schemas.PlanLine) { l.PlanLines.Add(at, *v) })
}

func (l *loader) readProblemRows(f *parse.File) {
	l.Raised.Expect(f)
	parse.ReadTable(l.Reader, f, func(at parse.Spot, v *service.Problem) { l.Raised.Add(at, *v) })
}

func (l *loader) readClosingRows(f *parse.File) {
	l.Closings.Expect(f)
	parse.ReadTable(l.Reader, f, func(at parse.Spot, v *closing.Closing) { l.Closings.Add(at, *v) })
}

func (l *loader) readSending(f *parse.File) {
	l.SendingAt = parse.Top(f)
	l.DecodeYAML(f, &l.Sending)
}

func (l *loader) readSendingRows(f *parse.File) {
	l.Sent.Expect(f)
	parse.ReadTable(l.Reader, f, func(at parse.Spot, v *sending.Ruling) { l.Sent.Add(at, *v) })
}

func (l *loader) readPromises(f *parse.File) {
	var c slasFile
	if l.DecodeYAML(f, &c) {
		l.SLAs.AddAll(parse.Top(f).Field("slas"), c.SLAs)
		l.Promises.AddAll(parse.Top(f).Field("promises"), c.Promises)
	}
}

func (l *loader) readObjects(f *parse.File) { l.slos.Read(f) }

func (l *loader) readDisputes(f *parse.File) {
	var c disputesFile
	if l.DecodeYAML(f, &c) {
		l.Disputes.AddAll(parse.Top(f).Field("disputes"), c.Disputes)
	}
}

func (l *loader) readRequests(f *parse.File) {
	var c requestsFile
	if l.DecodeYAML(f, &c) {
		l.Requests.AddAll(parse.Top(f).Field("requests"), c.Requests)
	}
}

func (l *loader) readAccess(f *parse.File) {
	var c accessFile
	if l.DecodeYAML(f, &c) {
		l.Identities.AddAll(parse.Top(f).Field("identities"), c.Identities)
		l.Entitlements.AddAll(parse.Top(f).Field("entitlements"), c.Entitlements)
	}
}

func (l *loader) readIdentityRows(f *parse.File) {
	l.Identities.Expect(f)
	parse.ReadTable(l.Reader, f, func(at parse.Spot, v *access.Identity) { l.Identities.Add(at, *v) })
}

func (l *loader) readEntitlementRows(f *parse.File) {
	l.Entitlements.Expect(f)
	parse.ReadTable(l.Reader, f, func(at parse.Spot, v *access.Entitlement) { l.Entitlements.Add(at, *v) })
}

func (l *loader) readAgreements(f *parse.File) {
	var c agreementsFile
	if l.DecodeYAML(f, &c) {
		l.Agreements.AddAll(parse.Top(f).Field("agreements"), c.Agreements)
	}
}
