package check

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/book/check/closed"
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
)

// checker holds a book to the rules between its entries.
type checker struct {
	*parse.Reader
	*Entries
	names identifiers
	// meterAt is what meterOf returns.
	meterAt map[schemas.MeterID]*schemas.Meter
	// guesses bounds the work of suggesting names, which compares each unknown name with all known ones.
	guesses int
}

// identifiers are the names of everything that others refer to.
type identifiers struct{ sources, meters, offerings, coupons, customers, accounts, subscriptions, peers, contracts, planVersions, slas, problems register }

// register is every identifier of one kind, with its first spot.
type register struct {
	kind  string // one of them in words, such as peer
	spots map[string]parse.Spot
	list  []string
}

// mostGuesses is how many comparisons of names are made for suggestions; then they stop.
const mostGuesses = 3_000_000

// All complains of everything that is wrong between the entries of a book. Names come first, then whatever refers to
// them.
func All(r *parse.Reader, e *Entries) {
	r.NoteUnread()
	c := &checker{Reader: r, Entries: e, guesses: mostGuesses}
	if !e.ProviderAt.There() {
		r.Report(parse.Problem{File: "provider.yaml", Line: 1, Column: 1, Message: "the file is missing", Suggestion: "daybook init writes one to begin with"})
		return
	}
	c.registerAll()
	c.checkProvider()
	c.checkSources()
	c.checkMeters()
	c.checkOfferings()
	c.checkCatalogueRest()
	c.checkCustomers()
	c.checkElectronic()
	c.checkSubscriptions()
	c.checkPeers()
	c.checkMappings()
	c.checkPlan()
	c.checkRates()
	closed.Check(c.Reader, &c.Closings, c.Provider.FirstPeriod)
	c.checkSending()
	c.checkSLAs()
	c.checkAccess()
	c.checkRequests(c.checkDisputes())
	c.checkAgreements()
	c.checkCurrencies()
}

func (c *checker) registerAll() {
	registerList(c, &c.names.sources, "source", &c.Sources, func(v *schemas.Source) string { return string(v.ID) })
	registerList(c, &c.names.meters, "meter", &c.Meters, func(v *schemas.Meter) string { return string(v.ID) })
	registerList(c, &c.names.offerings, "offering", &c.Offerings, func(v *schemas.Offering) string { return string(v.ID) })
	registerList(c, &c.names.coupons, "coupon", &c.Coupons, func(v *schemas.Coupon) string { return v.ID })
	registerList(c, &c.names.customers, "customer", &c.Customers, func(v *schemas.Customer) string { return v.ID })
	registerList(c, &c.names.accounts, "account", &c.Accounts, func(v *AccountRow) string { return string(v.ID) })
	registerList(c, &c.names.subscriptions, "subscription", &c.Subscriptions, func(v *SubscriptionRow) string { return string(v.ID) })
	registerList(c, &c.names.peers, "peer", &c.Peers, func(v *schemas.Peer) string { return string(v.ID) })
	registerList(c, &c.names.planVersions, "plan version", &c.PlanVersions, func(v *schemas.PlanVersion) string { return v.ID })
	registerList(c, &c.names.contracts, "contract", &c.Contracts, func(v *agreed.Contract) string { return string(v.ID) })
}

func registerList[T any](c *checker, r *register, kind string, list *parse.List[T], id func(*T) string) {
	r.kind, r.spots = kind, make(map[string]parse.Spot, len(list.Items))
	for i := range list.Items {
		c.register(r, id(&list.Items[i]), list.Spots[i])
	}
}

// isIdentifier reports whether a text can be an identifier: it stands in keys, paths and reports.
func isIdentifier(s string) bool {
	for i := range len(s) {
		switch b := s[i]; {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9':
		case i > 0 && strings.IndexByte("._:@+=-", b) >= 0:
		default:
			return false
		}
	}
	return s != "" && len(s) <= 128
}

const identifierHint = "use letters, digits and . _ : @ + = -, beginning with a letter or digit, at most 128"

func (c *checker) register(r *register, id string, at parse.Spot) {
	if id == "" {
		return // the missing identifier has been complained of
	}
	c.identifier(at.Field("id"), id)
	if first, twice := r.spots[id]; twice {
		c.Complain(at.Field("id"), "rename one of them", "there are two of %s %s; the first is at %s", r.kind, parse.Clip(id), first.Where())
		return
	}
	r.spots[id] = at
	r.list = append(r.list, id)
}

// refer complains of a name under a key (or, without one, at the spot itself) that the book does not have. It reports
// whether the name can be looked up.
func (c *checker) refer(at parse.Spot, key string, r *register, id string) bool {
	if id == "" {
		return false
	}
	if _, ok := r.spots[id]; ok {
		return true
	}
	if key != "" {
		at = at.Field(key)
	}
	c.Complain(at, c.suggest(id, r), "there is no %s %q in the book", r.kind, parse.Clip(id))
	return false
}

// suggest is didYouMean within the budget of guesses.
func (c *checker) suggest(id string, r *register) string {
	alternative := fmt.Sprintf("add the %s, or correct the name", r.kind)
	if c.guesses < len(r.list) {
		return alternative
	}
	c.guesses -= len(r.list)
	return parse.DidYouMean(id, r.list, alternative)
}

// validity complains of a stretch of time that ends before it begins.
func (c *checker) validity(at parse.Spot, v schemas.Validity) {
	if !lasts(v) {
		c.Complain(at.Field("to"), "to is the first day no longer in force", "it ends on %s, which is not after its first day %s", v.To, v.From)
	}
}

// lasts reports whether a stretch of time has a first day.
func lasts(v schemas.Validity) bool { return v.To.IsZero() || v.To.After(v.From) }

// Overlap reports whether two stretches of time share a day, and which is the first such day.
func Overlap(a, b schemas.Validity) (schemas.Date, bool) {
	from := a.From
	if b.From.After(from) {
		from = b.From
	}
	return from, (a.To.IsZero() || from.Before(a.To)) && (b.To.IsZero() || from.Before(b.To))
}

// zone complains of a time zone that is not in the IANA database.
func (c *checker) zone(at parse.Spot, name string) {
	if name == "" {
		return
	}
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		c.Complain(at, parse.DidYouMean(name, zones(), "write it like Europe/Berlin"), "there is no time zone %q in the IANA database", parse.Clip(name))
	}
}

// zones are the names that suggestions for a mistyped zone come from; any IANA name is read.
func zones() []string {
	return strings.Fields(`UTC Africa/Cairo Africa/Johannesburg Africa/Lagos Africa/Nairobi America/Bogota America/Chicago
		America/Denver America/Halifax America/Los_Angeles America/Mexico_City America/New_York America/Sao_Paulo
		America/Toronto America/Vancouver Asia/Bangkok Asia/Dubai Asia/Hong_Kong Asia/Jakarta Asia/Jerusalem Asia/Kolkata
		Asia/Manila Asia/Riyadh Asia/Seoul Asia/Shanghai Asia/Singapore Asia/Taipei Asia/Tokyo Australia/Brisbane
		Australia/Perth Australia/Sydney Europe/Amsterdam Europe/Athens Europe/Berlin Europe/Brussels Europe/Bucharest
		Europe/Budapest Europe/Copenhagen Europe/Dublin Europe/Helsinki Europe/Istanbul Europe/Kyiv Europe/Lisbon
		Europe/London Europe/Luxembourg Europe/Madrid Europe/Oslo Europe/Paris Europe/Prague Europe/Rome Europe/Stockholm
		Europe/Vienna Europe/Warsaw Europe/Zurich Pacific/Auckland`)
}

// country complains of a text that is not a country code.
func (c *checker) country(at parse.Spot, code string) {
	if code == "" || isCountry(code) {
		return
	}
	hint := "write two capital letters of ISO 3166, such as DE"
	if up := strings.ToUpper(code); isCountry(up) {
		hint = "write " + up
	} else if code == "UK" {
		hint = "write GB"
	}
	c.Complain(at, hint, "%q is not a country of ISO 3166", parse.Clip(code))
}

// countries are the officially assigned codes of ISO 3166-1 alpha-2, and XK for Kosovo, which is used everywhere.
const countries = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV " +
	"BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM " +
	"FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM " +
	"JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR " +
	"MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS " +
	"RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
	"UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "

func isCountry(code string) bool {
	return len(code) == 2 && code[0] != ' ' && code[1] != ' ' && strings.Contains(countries, code)
}

// payable complains of a currency in which nothing can be invoiced.
func (c *checker) payable(at parse.Spot, currency money.Currency) {
	if _, ok := money.MinorUnits(currency); currency != "" && !ok {
		c.Complain(at, "choose a currency that can be paid in", "%s has no minor unit, so no amount in it can be paid", currency)
	}
}

// countable complains of a count below zero.
func (c *checker) countable(at parse.Spot, n int64) {
	if n < 0 {
		c.Complain(at, "write 0 or more", "%d is below zero", n)
	}
}

// The most that counts of the book may be: beyond, a day or an hour could not be computed, or a number not be written.
const (
	mostMonths  = 1200
	mostDays    = 100 * 366
	mostMinutes = mostDays * 24 * 60
	mostPlaces  = money.Scale
)

// atMost complains of a count outside 0 to most.
func (c *checker) atMost(at parse.Spot, n, most int64) {
	if n > most {
		c.Complain(at, fmt.Sprintf("write at most %d", most), "%d is too large", n)
		return
	}
	c.countable(at, n)
}

// leastDivisor is the smallest number that others may be divided by: with less, ordinary quantities turn into numbers that
// no dataset holds.
var leastDivisor = money.NewDecimal(1, -6)

// divisor complains of a size that is not above zero, or next to it.
func (c *checker) divisor(at parse.Spot, d money.Decimal) {
	if d.IsPositive() && d.LessThan(leastDivisor) {
		c.Complain(at, "write at least "+leastDivisor.String(), "%s is too small to divide by", d)
		return
	}
	c.positive(at, d)
}

// once complains of texts that a list holds twice.
func once[T ~string](c *checker, list parse.Spot, values []T) {
	for i, v := range values {
		if v != "" && slices.Contains(values[:i], v) {
			c.Complain(list.At(i), "remove it", "%s is listed already", parse.Clip(string(v)))
		}
	}
}

// identifier complains of a text that cannot be an identifier.
func (c *checker) identifier(at parse.Spot, id string) {
	if id != "" && !isIdentifier(id) {
		c.Complain(at, identifierHint, "%q cannot be an identifier", parse.Clip(id))
	}
}

// twins complains of two entries of a short list with one identifier.
func twins[T any](c *checker, list parse.Spot, items []T, key, what string, id func(*T) string) {
	seen := map[string]int{}
	for i := range items {
		name := id(&items[i])
		if name == "" {
			continue
		}
		if first, twice := seen[name]; twice {
			c.Complain(list.At(i).Field(key), "keep one of them, or rename it", "%s %s stands at line %d already", what, parse.Clip(name), list.At(first).Line())
			continue
		}
		seen[name] = i
	}
}

// positive complains of a decimal that is not above zero.
func (c *checker) positive(at parse.Spot, d money.Decimal) {
	if !d.IsPositive() {
		c.Complain(at, "write a number above zero", "%s is not above zero", d)
	}
}

// notNegative complains of a decimal below zero; nil passes.
func (c *checker) notNegative(at parse.Spot, d *money.Decimal) {
	if d != nil && d.IsNegative() {
		c.Complain(at, "write zero or more", "%s is below zero", d)
	}
}
