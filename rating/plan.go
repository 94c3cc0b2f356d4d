package rating

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"daybook/rating/decided"
	"daybook/rating/model"
	"daybook/rating/taxes"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Book is what rating needs to know of a provider.
type Book struct {
	Catalogue schemas.Catalogue
	Customers []schemas.Customer
	// Zone is the provider's: months and civil days of the catalogue begin there.
	Zone *time.Location
	// Decided is what was decided about disputes with customers.
	Decided *decided.Decided
	// Rates and Exchange convert prices and costs into an account's currency; nil converts nothing.
	Rates    *schemas.Rates
	Exchange schemas.Exchange
}

// Spec is which period is rated, as known on which day; no day is everything that is known.
type Spec struct {
	Period schemas.Period
	AsOf   schemas.Date
	// Through is the last day with use, by which a month that is not over is known, for it has no exchange rate of its end
	// yet; see schemas.Rates.PeriodDay. No day is the last of the period.
	Through schemas.Date
	// Quiet leaves the steps out of charges, for runs that explain by rating an account again.
	Quiet bool
	// Unnamed leaves the identifiers of charges out, for those who add charges up and keep none.
	Unnamed bool
}

// Plan is a book compiled for a period. It is read-only, and safe for concurrent use.
type Plan struct {
	book       Book
	spec       Spec
	start, end time.Time
	// rateDay is the day at whose exchange rates the period is converted where the policy takes that of its end.
	rateDay schemas.Date

	policy    schemas.RatingPolicy
	meters    []meter
	meterAt   map[schemas.MeterID]int
	bySKU     map[string][]int // meters that list the SKU
	anySKU    []int            // meters that list none
	columns   []int
	offerings map[schemas.OfferingID]*offering
	included  []included
	// includedFor lists, by meter, which of included have a price for it.
	includedFor map[int][]int
	// accounts are in the order of their identifiers, which ids has side by side: accounts are rated in that order, too.
	accounts []account
	ids      []schemas.AccountID
	units    map[[2]string]money.Decimal
	// discounted says that an offering or a price of the catalogue has discounts, bundled that an offering has parts.
	discounted, bundled bool
	// carries says that a meter carries its level in.
	carries bool
	// sound are the currencies whose amounts can be rounded.
	sound map[money.Currency]bool
}

// offering is an offering with its prices resolved.
type offering struct {
	*schemas.Offering
	tax    string // as taxCategory has it
	prices []*price
	// metered are the prices by meter, periodic those without one, bounded those with a minimum or maximum, and swept the
	// meters that context.swept tells of: what an account is rated by must not cost the length of the catalogue.
	metered           map[int][]*price
	periodic, bounded []*price
	swept             []int
}

// included is an offering that every account has, as a subscription of the whole period.
type included struct {
	offering     *offering
	subscription schemas.Subscription
	segments     [1]segment
}

// include adds an offering to those that every account has.
func (p *Plan) include(o *offering) {
	for m := range o.metered {
		p.includedFor[m] = append(p.includedFor[m], len(p.included))
	}
	p.included = append(p.included, included{
		offering: o, subscription: schemas.Subscription{Offering: o.ID},
		segments: [1]segment{{start: p.start, end: p.end, offering: o, quantity: money.One}},
	})
}

// price is a price with its policy resolved; its terms have been checked.
type price struct {
	// What every charge asks for stands first: a catalogue is larger than a processor's nearest memory.
	*schemas.Price
	offering *offering
	// kernel prices sums without steps; nil where the price has none, or does more to a quantity than price it.
	kernel *model.Kernel
	// events prices the rows of a meter of events likewise.
	events *model.EventKernel
	// unitPrice is that of one unit, where the model has exactly one.
	unitPrice *money.Decimal
	// tabled says that a table may lack a price for some usage, inCredits that the price is one in credits, converts that it is
	// one of another unit than the meter's, joint that it measures several meters at once: capacities and blocks whose units
	// are meters.
	tabled, inCredits, converts, joint bool
	// rounds says that the price has rules of rounding of its own, which go before those of the catalogue in its policy.
	rounds bool
	// common is what all charges of the price say.
	common commonTexts
	meter  int   // -1 on recurring, one-time and joint prices
	meters []int // all that it measures
	// tiers are the texts of its steps, unless there are none.
	tiers  []model.TierText
	policy schemas.RatingPolicy
}

// commonTexts are the texts that charges of one price share: a charge has many times as much else.
type commonTexts struct {
	offering                                         schemas.OfferingID
	price                                            schemas.PriceID
	version, model, service, serviceCategory, called string
	pricing                                          schemas.PricingCategory
	sku                                              schemas.SKU
	currency                                         money.Currency
}

// charge is one with these texts and nothing else.
func (x *commonTexts) charge() schemas.Charge {
	return schemas.Charge{
		Offering: x.offering, Price: x.price, Version: x.version, Model: x.model, PricingKind: x.pricing, Service: x.service,
		ServiceCategory: x.serviceCategory, SKU: x.sku, Currency: x.currency, Description: x.called,
	}
}

// newPrice is a price without its meters.
func (p *Plan) newPrice(from *schemas.Price, o *offering) *price {
	x := &price{
		Price: from, policy: model.Resolve(from.Policy, p.policy), meter: -1, offering: o, unitPrice: unitPrice(&from.Terms),
		tabled: from.Terms.Model == schemas.ModelDimension && from.Terms.UnitPrice == nil, inCredits: from.CreditUnit != "", converts: from.Convert != nil && from.Convert.Unit != "",
	}
	if x.rounds = len(from.Policy.Rounding) > 0; x.rounds {
		x.policy.Rounding = slices.Concat(from.Policy.Rounding, p.policy.Rounding)
	}
	x.common = commonTexts{
		offering: o.ID, price: from.ID, version: from.Version, model: string(from.Terms.Model), pricing: pricingKind(from.Terms.Model),
		service: o.Service, serviceCategory: o.ServiceCategory, called: describePrice(from, o), sku: from.SKU, currency: from.Currency,
	}
	return x
}

// describePrice is what a charge of a price is called.
func describePrice(x *schemas.Price, o *offering) string {
	if x.Name != "" {
		return x.Name
	}
	return o.Name + " " + string(x.ID)
}

// account is an account with its zone, and the overrides of each of its subscriptions.
type account struct {
	*schemas.Account
	zone      *time.Location
	overrides [][]*price
}

// Compile checks a book and prepares it for a period. The error names the first entry that could not be rated by: the
// book's own check finds all of them.
func Compile(book Book, spec Spec) (*Plan, error) {
	if book.Zone == nil {
		return nil, fmt.Errorf("compile the catalogue for %s: the provider's zone is missing", spec.Period)
	}
	book.Customers = book.Decided.Customers(book.Customers)
	p := &Plan{book: book, spec: spec, policy: model.Resolve(book.Catalogue.Policy)}
	if p.setPeriod(); p.start.IsZero() {
		return nil, fmt.Errorf("compile the catalogue: period %q is not a month; write it as YYYY-MM", spec.Period)
	}
	p.units = make(map[[2]string]money.Decimal, len(book.Catalogue.Units))
	for _, u := range book.Catalogue.Units {
		p.units[[2]string{u.From, u.To}] = u.Factor
	}
	steps := []func() error{p.compileMeters, p.compileOfferings, p.compileAccounts}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("compile the catalogue for %s: %w", spec.Period, err)
		}
	}
	return p, nil
}

// In is the plan of the same book for another period, which shares with it what does not depend on the period. What is known
// is as in p.
func (p *Plan) In(period schemas.Period, through schemas.Date) *Plan {
	out := *p
	out.spec.Period, out.spec.Through = period, through
	out.setPeriod()
	out.included, out.includedFor = nil, map[int][]int{}
	for i := range p.included {
		out.include(p.included[i].offering)
	}
	return &out
}

// setPeriod sets what the period alone decides.
func (p *Plan) setPeriod() {
	s := &p.spec
	p.start, p.end = s.Period.Bounds(p.book.Zone)
	if _, p.rateDay = s.Period.Days(); p.book.Rates != nil {
		p.rateDay = p.book.Rates.PeriodDay(p.book.Exchange, s.Period, s.Through, s.AsOf)
	}
}

// Bounds returns the first instant of the period and the first after it.
func (p *Plan) Bounds() (start, end time.Time) { return p.start, p.end }

// Knows reports whether the book has the account.
func (p *Plan) Knows(id schemas.AccountID) bool {
	_, known := slices.BinarySearch(p.ids, id)
	return known
}

// Accounts returns the identifiers of all accounts, sorted: also those without usage have recurring charges.
func (p *Plan) Accounts() []schemas.AccountID { return slices.Clone(p.ids) }

// find returns the place of an account, or where it would be, looking from near on first; nil is one that the book lacks.
func (p *Plan) find(id schemas.AccountID, near int) (int, *account) {
	first, last := 0, near
	if near < len(p.ids) && p.ids[near] <= id {
		step := 1
		for first = near; first+step < len(p.ids) && p.ids[first+step] <= id; step *= 2 {
			first += step
		}
		last = min(first+step, len(p.ids))
	}
	at, known := slices.BinarySearch(p.ids[first:last], id)
	if at += first; !known {
		return at, nil
	}
	return at, &p.accounts[at]
}

func (p *Plan) compileOfferings() error {
	p.offerings = make(map[schemas.OfferingID]*offering, len(p.book.Catalogue.Offerings))
	p.includedFor = map[int][]int{}
	for i := range p.book.Catalogue.Offerings {
		o := &offering{Offering: &p.book.Catalogue.Offerings[i]}
		o.tax = taxes.Category(o.TaxCategory)
		if p.offerings[o.ID] != nil {
			return fmt.Errorf("offering %s is there twice: rename one", o.ID)
		}
		if err := checkDiscounts(o.Discounts); err != nil {
			return fmt.Errorf("offering %s: %w", o.ID, err)
		}
		for j := range o.Prices {
			x, err := p.compilePrice(&o.Prices[j], o)
			if err != nil {
				return fmt.Errorf("offering %s: %w", o.ID, err)
			}
			if x != nil {
				o.prices = append(o.prices, x)
			}
		}
		o.sort()
		p.offerings[o.ID] = o
		p.bundled = p.bundled || len(o.Parts) > 0
		p.discounted = p.discounted || len(o.Discounts) > 0 ||
			slices.ContainsFunc(o.Prices, func(x schemas.Price) bool { return len(x.Discounts) > 0 })
		if o.Included {
			p.include(o)
		}
	}
	return nil
}

// sort files the prices by what they are looked for.
func (o *offering) sort() {
	o.metered = map[int][]*price{}
	for _, x := range o.prices {
		for _, m := range x.meters {
			o.metered[m] = append(o.metered[m], x)
		}
		if len(x.meters) == 0 {
			o.periodic = append(o.periodic, x)
		}
		if x.Minimum != nil || x.Maximum != nil {
			o.bounded = append(o.bounded, x)
		}
	}
	o.swept = sweep(o.prices)
}

// compilePrice returns nil for a price that was not known at the as-of day.
func (p *Plan) compilePrice(from *schemas.Price, o *offering) (*price, error) {
	if !from.Validity.Known(p.spec.AsOf) {
		return nil, nil
	}
	if err := model.CheckTerms(&from.Terms); err != nil {
		return nil, fmt.Errorf("price %s: %w", from.ID, err)
	}
	if err := checkDiscounts(from.Discounts); err != nil {
		return nil, fmt.Errorf("price %s: %w", from.ID, err)
	}
	if err := checkCreditUnit(from); err != nil {
		return nil, fmt.Errorf("price %s: %w", from.ID, err)
	}
	if err := checkConversion(from.Convert); err != nil {
		return nil, fmt.Errorf("price %s: %w", from.ID, err)
	}
	x := p.newPrice(from, o)
	if from.Convert == nil && from.FreeQuantity == nil && from.Allowance == nil {
		if kernel, ok := model.CompileKernel(&from.Terms, x.policy); ok {
			x.kernel = kernel
		}
		x.events = model.CompileEvents(&from.Terms)
	}
	if !p.spec.Quiet {
		x.tiers = model.TierTexts(&from.Terms, &x.policy)
	}
	for _, id := range metersOf(from) {
		at, known := p.meterAt[id]
		if !known {
			return nil, fmt.Errorf("price %s is for meter %s, which is not in the catalogue", from.ID, id)
		}
		x.meters = append(x.meters, at)
	}
	if from.Meter == "" {
		x.joint = len(x.meters) > 0
		return x, nil
	}
	x.meter = x.meters[0]
	for _, f := range from.Filters {
		if !slices.Contains(p.meters[x.meter].GroupBy, f.Column) {
			return nil, fmt.Errorf("price %s filters by %s, by which meter %s does not group: add it to group_by", from.ID, f.Column, from.Meter)
		}
	}
	return x, nil
}

// metersOf lists the meters of a price: its own, or those that its units of measure name.
func metersOf(from *schemas.Price) []schemas.MeterID {
	if from.Meter != "" {
		return []schemas.MeterID{from.Meter}
	}
	var out []schemas.MeterID
	add := func(unit string) {
		if id := schemas.MeterID(unit); !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	if from.Terms.Model == schemas.ModelBlockTiers {
		for _, u := range from.Terms.Blocks {
			add(u.Unit)
		}
	}
	if from.Terms.Model == schemas.ModelCapacity {
		for _, c := range from.Terms.Capacities {
			for _, l := range c.Limits {
				add(l.Unit)
			}
		}
	}
	return out
}

func (p *Plan) compileAccounts() error {
	n := 0
	for i := range p.book.Customers {
		n += len(p.book.Customers[i].Accounts)
	}
	p.accounts, p.ids = make([]account, 0, n), make([]schemas.AccountID, n)
	p.sound = map[money.Currency]bool{}
	for i := range p.book.Customers {
		for j := range p.book.Customers[i].Accounts {
			p.accounts = append(p.accounts, account{Account: &p.book.Customers[i].Accounts[j], zone: p.book.Zone})
			a := &p.accounts[len(p.accounts)-1]
			if a.TimeZone != "" {
				zone, err := time.LoadLocation(a.TimeZone)
				if err != nil {
					return fmt.Errorf("account %s: %w", a.ID, err)
				}
				a.zone = zone
			}
			if err := p.compileSubscriptions(a); err != nil {
				return fmt.Errorf("account %s: %w", a.ID, err)
			}
			if err := p.checkAccount(a); err != nil {
				return fmt.Errorf("account %s: %w", a.ID, err)
			}
		}
	}
	slices.SortStableFunc(p.accounts, func(a, b account) int { return cmp.Compare(a.ID, b.ID) })
	for i := range p.accounts {
		if p.ids[i] = p.accounts[i].ID; i > 0 && p.ids[i] == p.ids[i-1] {
			return fmt.Errorf("account %s is there twice: rename one", p.ids[i])
		}
	}
	return nil
}

// compileSubscriptions checks what an account has bought and compiles the prices that were agreed with it alone.
func (p *Plan) compileSubscriptions(a *account) error {
	if len(a.Subscriptions) > 0 {
		a.overrides = make([][]*price, len(a.Subscriptions))
	}
	for i := range a.Subscriptions {
		s := &a.Subscriptions[i]
		o := p.offerings[s.Offering]
		if o == nil {
			return fmt.Errorf("subscription %s is to offering %s, which is not in the catalogue", s.ID, s.Offering)
		}
		for j := range s.Overrides {
			x, err := p.compilePrice(&s.Overrides[j], o)
			if err != nil {
				return fmt.Errorf("subscription %s: %w", s.ID, err)
			}
			if x != nil {
				a.overrides[i] = append(a.overrides[i], x)
			}
		}
	}
	return nil
}

// day is the civil day of an instant in the provider's zone.
func (p *Plan) day(t time.Time) schemas.Date { return schemas.DateOf(t, p.book.Zone) }
