package document

import (
	"cmp"
	"slices"
	"strings"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/feed"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
	"daybook/schemas/planned"
)

// Report is what the variance report of a period shows. Its rows are final: the report adds, orders and draws them.
type Report struct {
	// Provider is the name at the head of the page.
	Provider string
	Period   schemas.Period
	// Run is the bill run that the figures are of.
	Run schemas.RunID
	// Currency is the provider's, Places the decimal places that its amounts are shown with, at least.
	Currency money.Currency
	Places   int32
	// Through is the last day that the actuals hold.
	Through schemas.Date
	// Provisional says that deliveries are missing or refused; Missing names them, a sentence each.
	Provisional bool
	Missing     []string
	// Outdated says, a sentence each, what has come for earlier months that their runs do not have.
	Outdated []string
	// Offerings and Peers give names to show; what they lack is shown by its identifier.
	Offerings map[schemas.OfferingID]string
	Peers     map[schemas.PeerID]string
	// Revenue, Cost and Margin are the totals of Variances.
	Revenue, Cost, Margin schemas.Variance
	Variances             []schemas.Variance
	Matches               []schemas.PeerMatch
	// Bills are those that are compared in detail; most books have none.
	Bills []peerbill.Bill
	// Margins may be all of them, or only the losses: no others are listed by account.
	Margins  []schemas.MarginRow
	Findings []FindingCount
	// Rounding is what declared rounding left out of delivered values.
	Rounding []RoundedSum
	// Rates convert other currencies to Currency, for ordering amounts and for nothing that is shown. An amount without a
	// rate is ordered by its face.
	Rates map[money.Currency]money.Ratio
	// Days is the revenue of each variance by day, through Through; none where it is not known by day.
	Days []schemas.DayRow
	// Feeds say how far the data of each source go, of a period that goes on; none of one that is over.
	Feeds []Feed
	// Completeness is that of deliveries, of the period and of the twelve months before.
	Completeness []feed.Row
	// Versions are those of the plan, none where it has none, and Changes what each changes against the one before.
	Versions []planned.Version
	Changes  []planned.Change
	// Forecasts are of the month and the year; none where the plan says nothing of its year.
	Forecasts []planned.Forecast
	// Earnings are revenue by customer and account.
	Earnings Earnings
	// PeerPages are the peers that have a page of their own.
	PeerPages []schemas.PeerID
}

// Feed is how far the data of a source go: no day where it has none.
type Feed struct {
	Source  schemas.SourceID
	Through schemas.Date
	// Every is how often it is expected to deliver.
	Every schemas.Cadence
}

// FindingCount is how many findings of a code a run has, and the usage rows that they keep out.
type FindingCount struct {
	Code     schemas.Code
	Severity schemas.Severity
	Findings int64
	Rows     int64
	// Amounts are what the findings are about, by currency, in order.
	Amounts []CurrencyAmount
}

// CurrencyAmount is an amount of money.
type CurrencyAmount struct {
	Currency money.Currency
	Amount   money.Decimal
}

// RoundedSum is what rounding left out of the values of one column of a source that are of one currency or unit.
type RoundedSum struct {
	Source     schemas.SourceID
	Column, Of string
	Values     int64
	Residue    money.Decimal
}

// ownerDeliveries are those who deliver.
const ownerDeliveries = "deliveries"

// planOwner is who set the version of the plan that is compared with.
func (r *Report) planOwner() string {
	for i := range r.Versions {
		if r.Versions[i].Compared && r.Versions[i].By != "" {
			return r.Versions[i].By
		}
	}
	return "the plan"
}

// TopicFinding is that of items that count findings by severity.
const TopicFinding = "Finding"

// Item is one thing that needs attention.
type Item struct {
	// Topic is Delivery, Outdated, Plan, Peer bill, Margin or Finding.
	Topic string
	// Title says what it is about, Detail what was found, and Action what to do about it.
	Title, Detail, Action string
	// Amount is what it is about in money; HasAmount is false where that is unknown.
	HasAmount bool
	Amount    money.Decimal
	Currency  money.Currency
	// Bad is false for what is better than expected but still far from it.
	Bad bool
	// Explain is the identifier that the explain command takes; empty where it takes none.
	Explain string
	// Owner is whose it is to act.
	Owner string

	weight money.Decimal
}

// Attention returns what needs attention: what keeps the period open first, then by money, largest first, whichever way
// it goes; amounts in other currencies by their worth.
func (r *Report) Attention() []Item {
	var out []Item
	for _, m := range r.Missing {
		out = append(out, Item{Topic: "Delivery", Owner: ownerDeliveries, Title: "A delivery is missing or refused", Detail: strings.TrimSuffix(m, ".") + ".", Action: "Wait for it, have it delivered again, or add it to waivers of the provider, by name and reason.", Bad: true})
	}
	for _, m := range r.Outdated {
		out = append(out, Item{Topic: "Outdated", Owner: "billing", Title: "Something has come for an earlier month", Detail: strings.ToUpper(m[:1]) + m[1:] + ".", Action: "Run that month again, and then those after it.", Bad: true})
	}
	out = append(out, r.graveFindings()...)
	blocking := len(out)
	out = append(out, r.planItems()...)
	for i := range r.Matches {
		if item, ok := r.matchItem(&r.Matches[i]); ok {
			out = append(out, item)
		}
	}
	for i := range r.Margins {
		if item, ok := r.marginItem(&r.Margins[i]); ok {
			out = append(out, item)
		}
	}
	byMoney := out[blocking:]
	for i := range byMoney {
		byMoney[i].weight = r.worth(byMoney[i].Amount, byMoney[i].Currency)
	}
	slices.SortStableFunc(byMoney, func(a, b Item) int { return b.weight.Cmp(a.weight) })
	return out
}

// worth is the size of an amount in the report's currency, for ordering alone.
func (r *Report) worth(amount money.Decimal, c money.Currency) money.Decimal {
	rate, ok := r.Rates[c]
	if !ok || c == r.Currency {
		return amount.Abs()
	}
	v, err := rate.Apply(amount, r.Places, money.HalfEven)
	if err != nil {
		return amount.Abs()
	}
	return v.Abs()
}

// graveFindings say what is kept out: one item for each severity, its codes in its detail. Their money is not known.
func (r *Report) graveFindings() []Item {
	var out []Item
	for _, severity := range []schemas.Severity{schemas.Blocking, schemas.Suspended, schemas.Rejected, outOfScope} {
		if severity == schemas.Blocking && len(r.Missing) > 0 {
			continue // Missing names each
		}
		var codes []string
		findings, rows := int64(0), int64(0)
		for _, f := range r.Findings {
			if f.fate() == severity {
				findings, rows = findings+f.Findings, rows+f.Rows
				count := f.Rows
				if count == 0 {
					count = f.Findings
				}
				codes = append(codes, string(f.Code)+" "+markup.Count(count))
			}
		}
		if findings == 0 {
			continue
		}
		item := Item{Topic: TopicFinding, Owner: ownerDeliveries, Detail: strings.Join(codes, ", ") + ".", Bad: true}
		switch severity {
		case schemas.Blocking:
			item.Title, item.Action = "What keeps the period open", "Correct it, or add it to waivers of the provider, by name and reason."
		case schemas.Suspended:
			item.Owner = "the book"
			item.Title, item.Action = kept(rows, findings)+" suspended", "Complete the book; they are rated on the next run."
		case outOfScope:
			item.Title, item.Action = kept(rows, findings)+" of other periods", "Ask the sources which period they meant; they are billed when delivered there."
		default:
			item.Title, item.Action = kept(rows, findings)+" rejected", "Have the sources correct them."
		}
		out = append(out, item)
	}
	return out
}

// outOfScope is the fate of rows of other periods.
const outOfScope schemas.Severity = "out of scope"

// fate is where the control totals count the rows: under the severity, but a row in no known currency is left out by
// decoding, as what it rejects, and one of another period is out of scope. So page and totals give the same numbers.
func (f *FindingCount) fate() schemas.Severity {
	switch {
	case f.Code == schemas.CodeUnknownCurrency && f.Severity == schemas.Suspended:
		return schemas.Rejected
	case f.Code == schemas.CodeOtherPeriod && f.Severity == schemas.Rejected:
		return outOfScope
	}
	return f.Severity
}

// kept counts what findings keep out: rows, or the findings themselves where they are about none.
func kept(rows, findings int64) string {
	if rows == 0 {
		return markup.Plural(findings, "fact")
	}
	return markup.Plural(rows, "usage row")
}

// planItems has one item for each offering, region, segment and peer whose revenue, cost or margin is material: its largest.
func (r *Report) planItems() []Item {
	var out []Item
	worst := map[placeKey]int{}
	for i := range r.Variances {
		v := &r.Variances[i]
		if !v.Material || v.Measure == schemas.Units {
			continue
		}
		k := placeKey{v.Offering, v.Region, v.Segment, v.Peer}
		at, ok := worst[k]
		if !ok {
			worst[k] = len(out)
			out = append(out, r.planItem(v))
		} else if v.Variance.Abs().GreaterThan(out[at].Amount.Abs()) {
			out[at] = r.planItem(v)
		}
	}
	return out
}

type placeKey struct {
	offering        schemas.OfferingID
	region, segment string
	peer            schemas.PeerID
}

func (r *Report) planItem(v *schemas.Variance) Item {
	item := Item{
		Topic: "Plan", Owner: r.planOwner(), Title: r.offering(v.Offering), HasAmount: true, Amount: v.Variance, Currency: money.Currency(v.Unit),
		Bad: !v.Favourable, Explain: v.ID,
	}
	if v.Region != "" {
		item.Title += ", " + v.Region
	}
	if v.Segment != "" {
		item.Title += ", " + v.Segment
	}
	if v.Peer != "" {
		item.Title += ", " + string(v.Peer)
	}
	switch v.Status {
	case schemas.Unplanned:
		item.Detail = string(v.Measure) + " of " + r.rounded(v.Actual) + " without a line in the plan."
		item.Action = "Add the line to the plan, or see why it was sold."
	case schemas.Missing:
		item.Detail = "Planned " + string(v.Measure) + " of " + r.rounded(v.Expected) + " to date, and nothing was sold."
		item.Action = "See whether usage was delivered and metered; else take the line out of the plan."
	case schemas.Planned:
		name, part, action := mainCause(&v.Causes)
		item.Detail = string(v.Measure) + " is " + r.rounded(v.Actual) + " where " + r.rounded(v.Expected) + " was expected"
		switch {
		case part.IsZero():
		case part.Equal(v.Causes.Unsplit):
			item.Detail += ", without units to part price and volume by"
			item.Action = action
		default:
			item.Detail += ", most of it by " + name + " (" + r.signedRounded(part) + ")"
			item.Action = action
		}
		item.Detail += "."
	}
	return item
}

// mainCause is the largest cause, with what to look at.
func mainCause(c *schemas.Causes) (name string, part money.Decimal, action string) {
	actions := []string{
		"Compare prices and discounts with those of the plan.",
		"See which accounts bought more or less than planned.",
		"See between which lines customers moved.",
		"Compare exchange rates with those of the plan.",
		"Add the line to the plan.", "See why nothing was sold.", "Plan the line in units, to see whether price or volume moved.",
	}
	for i, x := range causeList(c) {
		if i == 0 || x.part.Abs().GreaterThan(part.Abs()) {
			name, part, action = x.name, x.part, actions[i]
		}
	}
	return name, part, action
}

type namedPart struct {
	name string
	part money.Decimal
}

// causeList names the causes in the order of the report.
func causeList(c *schemas.Causes) []namedPart {
	return []namedPart{
		{"price", c.Price},
		{"volume", c.Volume},
		{"mix", c.Mix},
		{"exchange rates", c.FX},
		{"unplanned lines", c.Unplanned},
		{"missing lines", c.Missing},
		{"unsplit", c.Unsplit},
	}
}

func (r *Report) matchItem(m *schemas.PeerMatch) (Item, bool) {
	var code schemas.Code
	item := Item{Topic: "Peer bill", Owner: r.peer(m.Peer), HasAmount: true, Amount: m.Difference, Currency: m.Currency, Bad: true, Explain: m.ID}
	expected, actual := r.rounded(m.Expected), r.rounded(m.Actual)
	switch m.Status {
	case schemas.Overbilled:
		code = schemas.CodePeerOverbilled
		item.Detail = "Billed " + actual + " where " + expected + " is expected: " +
			r.signedRounded(m.QuantityPart) + " by quantity, " + r.signedRounded(m.PricePart) + " by price."
	case schemas.Underbilled:
		code = schemas.CodePeerUnderbilled
		item.Bad = false
		item.Detail = "Billed " + actual + " where " + expected + " is expected."
	case schemas.Unmatched:
		code = schemas.CodePeerUnmatched
		item.Detail = "Billed " + actual + " that no contract line covers."
	case schemas.Unbilled:
		code = schemas.CodePeerUnbilled
		item.Bad = false
		item.Detail = "Our meter saw use worth " + expected + " that is not billed."
	case schemas.Matched, schemas.WithinTolerance, schemas.Accepted:
		return item, false
	}
	item.Title = r.peer(m.Peer) + ": " + cmp.Or(m.Service, "no service named")
	for _, s := range []string{string(m.SKU), m.Region} {
		if s != "" {
			item.Title += ", " + s
		}
	}
	if info, ok := code.Info(); ok {
		item.Action = markup.Sentence(info.Fix)
	}
	return item, !m.Difference.IsZero()
}

func (r *Report) marginItem(m *schemas.MarginRow) (Item, bool) {
	revenue, cost := m.Own()
	return Item{
		Topic: "Margin", Owner: "prices", Title: r.offering(m.Offering) + " for " + string(m.Account), HasAmount: true, Amount: revenue.Sub(cost), Currency: m.Currency, Bad: true,
		Detail:  "Revenue " + r.rounded(revenue) + " costs " + r.rounded(cost) + ".",
		Action:  "Look at the price against the contract rate.",
		Explain: m.ID,
	}, m.Loss()
}

func (r *Report) offering(id schemas.OfferingID) string {
	return cmp.Or(r.Offerings[id], string(id), "no offering")
}

func (r *Report) peer(id schemas.PeerID) string { return cmp.Or(r.Peers[id], string(id)) }

// rounded and signedRounded are amounts for people, to the places of the currency; the files beside the page hold them in
// full.
func (r *Report) rounded(d money.Decimal) string {
	return string(markup.AppendDecimal(nil, money.RoundTo(d, r.Places, money.HalfEven), r.Places))
}

func (r *Report) signedRounded(d money.Decimal) string {
	return string(markup.AppendSigned(nil, money.RoundTo(d, r.Places, money.HalfEven), r.Places))
}
