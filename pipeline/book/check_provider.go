package book

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"daybook/schemas"
)

// seriesName is what the prefix of invoice numbers may look like.
var seriesName = regexp.MustCompile(`^[A-Za-z0-9-]{0,20}$`)

func (c *checker) checkProvider() {
	p, at := &c.provider, c.providerAt
	c.identifier(at.field("id"), p.ID)
	c.zone(at.field("time_zone"), p.Zone)
	c.country(at.field("address").field("country"), p.Address.Country)
	c.payable(at.field("currency"), p.Currency)
	seen := map[string]bool{string(p.Currency): true}
	for i, currency := range p.InvoiceCurrencies {
		here := at.field("invoice_currencies").at(i)
		c.payable(here, currency)
		if seen[string(currency)] && currency != "" {
			c.complain(here, "remove it", "%s is listed already", currency)
		}
		seen[string(currency)] = true
	}
	c.location(at.field("landing"), p.Landing)
	c.location(at.field("store"), p.Store)
	switch store, landing := path.Clean(p.Store), path.Clean(p.Landing); {
	case p.Store == "" || p.Landing == "":
	case store == landing || strings.HasPrefix(store, landing+"/"):
		c.complain(at.field("store"), "choose a directory of its own", "results would lie among the deliveries in %q", clip(p.Landing))
	case strings.HasPrefix(landing, store+"/"):
		c.complain(at.field("landing"), "choose a directory of its own", "deliveries would lie among the results in %q", clip(p.Store))
	}
	if age := p.Exchange.MaxAgeDays; age != nil {
		c.atMost(at.field("exchange").field("max_age_days"), int64(*age), mostDays)
	}
	c.atMost(at.field("invoicing").field("payment_days"), int64(p.Invoicing.PaymentDays), mostDays)
	if !seriesName.MatchString(p.Invoicing.Series) {
		c.complain(at.field("invoicing").field("series"), "use at most 20 letters, digits and hyphens", "%q cannot begin an invoice number", clip(p.Invoicing.Series))
	}
	c.atMost(at.field("schedule").field("close_after_days"), int64(p.Schedule.CloseAfterDays), mostDays)
	if w := cronWrong(p.Schedule.Cron); p.Schedule.Cron != "" && w != nil {
		c.complain(at.field("schedule").field("cron"), w.suggestion, "%s", w.message)
	}
	for _, severity := range slices.Sorted(maps.Keys(p.FindingLimits)) {
		c.countable(at.field("finding_limits").field(string(severity)), p.FindingLimits[severity])
	}
	c.checkWaivers(at.field("waivers"), p)
}

// location complains of a place that is neither a path nor a URL of a known kind.
func (c *checker) location(at spot, where string) {
	scheme, _, isURL := strings.Cut(where, "://")
	if !isURL {
		if clean := path.Clean(where); where != "" && (clean == "." || !path.IsAbs(where) && slices.Contains(c.folders, clean)) {
			c.complain(at, "choose a directory of its own", "%q is a directory of the book itself", clip(where))
		}
		return
	}
	if scheme != "file" && scheme != "s3" {
		c.complain(at, "write a path, file:// or s3://", "%s:// is no place that daybook can open", clip(scheme))
	}
	if _, err := url.Parse(where); err != nil {
		c.complain(at, "write it like s3://bucket/prefix", "%q is not a URL", clip(where))
	}
}

func (c *checker) checkWaivers(list spot, p *schemas.Provider) {
	for i, w := range p.Waivers {
		at := list.at(i)
		c.refer(at, "source", &c.names.sources, string(w.Source))
		c.refer(at, "account", &c.names.accounts, string(w.Account))
		if w.Period != "" && w.Period < p.FirstPeriod {
			c.complain(at.field("period"), "remove the waiver, or correct its month", "%s is before the first period %s", w.Period, p.FirstPeriod)
		}
	}
}

// cronField is one field of a schedule.
type cronField struct {
	name        string
	least, most int
	words       string
}

func cronFields() []cronField {
	return []cronField{
		{"minute", 0, 59, ""},
		{"hour", 0, 23, ""},
		{"day of month", 1, 31, ""},
		{"month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"},
		{"day of week", 0, 6, "sun mon tue wed thu fri sat"},
	}
}

// cronWrong looks for what is wrong with a schedule of five fields: lists of *, numbers, names and ranges, with steps.
func cronWrong(spec string) *wrong {
	fields := cronFields()
	parts := strings.Fields(spec)
	if len(parts) != len(fields) {
		return &wrong{
			fmt.Sprintf("%q has %d fields, a schedule five", clip(spec), len(parts)),
			"write minute, hour, day of month, month, day of week, such as 30 2 * * *",
		}
	}
	for i, f := range fields {
		for item := range strings.SplitSeq(parts[i], ",") {
			if !f.holds(item) {
				return &wrong{
					fmt.Sprintf("%q is not a %s", clip(item), f.name),
					fmt.Sprintf("write *, a number from %d to %d, a range such as %d-%d, or */2", f.least, f.most, f.least, f.most),
				}
			}
		}
	}
	return nil
}

// holds reports whether one item of a list is right.
func (f cronField) holds(item string) bool {
	span, step, stepped := strings.Cut(item, "/")
	if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1 || n > f.most) {
		return false
	}
	if span == "*" || span == "?" {
		return true
	}
	first, last, ranged := strings.Cut(span, "-")
	a, ok := f.number(first)
	if !ok || !ranged {
		return ok
	}
	b, ok := f.number(last)
	return ok && a <= b
}

func (f cronField) number(text string) (int, bool) {
	if i := slices.Index(strings.Fields(f.words), strings.ToLower(text)); i >= 0 {
		return i + f.least, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= f.least && n <= f.most
}
