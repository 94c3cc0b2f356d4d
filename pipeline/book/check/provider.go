package check

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
)

// seriesName is what the prefix of invoice numbers may look like.
var seriesName = regexp.MustCompile(`^[A-Za-z0-9-]{0,20}$`)

func (c *checker) checkProvider() {
	p, at := &c.Provider, c.ProviderAt
	c.identifier(at.Field("id"), p.ID)
	c.zone(at.Field("time_zone"), p.Zone)
	c.country(at.Field("address").Field("country"), p.Address.Country)
	c.payable(at.Field("currency"), p.Currency)
	seen := map[string]bool{string(p.Currency): true}
	for i, currency := range p.InvoiceCurrencies {
		here := at.Field("invoice_currencies").At(i)
		c.payable(here, currency)
		if seen[string(currency)] && currency != "" {
			c.Complain(here, "remove it", "%s is listed already", currency)
		}
		seen[string(currency)] = true
	}
	c.location(at.Field("landing"), p.Landing)
	c.location(at.Field("store"), p.Store)
	switch store, landing := path.Clean(p.Store), path.Clean(p.Landing); {
	case p.Store == "" || p.Landing == "":
	case store == landing || strings.HasPrefix(store, landing+"/"):
		c.Complain(at.Field("store"), "choose a directory of its own", "results would lie among the deliveries in %q", parse.Clip(p.Landing))
	case strings.HasPrefix(landing, store+"/"):
		c.Complain(at.Field("landing"), "choose a directory of its own", "deliveries would lie among the results in %q", parse.Clip(p.Store))
	}
	if age := p.Exchange.MaxAgeDays; age != nil {
		c.atMost(at.Field("exchange").Field("max_age_days"), int64(*age), mostDays)
	}
	c.atMost(at.Field("invoicing").Field("payment_days"), int64(p.Invoicing.PaymentDays), mostDays)
	c.atMost(at.Field("invoicing").Field("dispute_days"), int64(p.Invoicing.DisputeDays), mostDays)
	if strings.ContainsAny(p.Invoicing.PaymentTerms, "#\r\n") {
		c.Complain(at.Field("invoicing").Field("payment_terms"), "write one sentence, without #", "electronic invoices read it by signs of their own")
	}
	if !seriesName.MatchString(p.Invoicing.Series) {
		c.Complain(at.Field("invoicing").Field("series"), "use at most 20 letters, digits and hyphens", "%q cannot begin an invoice number", parse.Clip(p.Invoicing.Series))
	}
	c.atMost(at.Field("schedule").Field("close_after_days"), int64(p.Schedule.CloseAfterDays), mostDays)
	if w := cronWrong(p.Schedule.Cron); p.Schedule.Cron != "" && w != nil {
		c.Complain(at.Field("schedule").Field("cron"), w.Suggestion, "%s", w.Message)
	}
	for _, severity := range slices.Sorted(maps.Keys(p.FindingLimits)) {
		c.countable(at.Field("finding_limits").Field(string(severity)), p.FindingLimits[severity])
	}
	c.checkWaivers(at.Field("waivers"), p)
}

// location complains of a place that is neither a path nor a URL of a known kind.
func (c *checker) location(at parse.Spot, where string) {
	scheme, _, isURL := strings.Cut(where, "://")
	if !isURL {
		if clean := path.Clean(where); where != "" && (clean == "." || !path.IsAbs(where) && slices.Contains(c.Folders, clean)) {
			c.Complain(at, "choose a directory of its own", "%q is a directory of the book itself", parse.Clip(where))
		}
		return
	}
	if scheme != "file" && scheme != "s3" {
		c.Complain(at, "write a path, file:// or s3://", "%s:// is no place that daybook can open", parse.Clip(scheme))
	}
	if _, err := url.Parse(where); err != nil {
		c.Complain(at, "write it like s3://bucket/prefix", "%q is not a URL", parse.Clip(where))
	}
}

func (c *checker) checkWaivers(list parse.Spot, p *schemas.Provider) {
	for i, w := range p.Waivers {
		at := list.At(i)
		c.refer(at, "source", &c.names.sources, string(w.Source))
		if info, known := w.Code.Info(); known && info.Severity != schemas.Blocking {
			c.Complain(at.Field("code"), "remove the waiver: finding_limits says how many of these a run may have", "a finding of %s keeps no period provisional, so there is nothing to waive", w.Code)
		}
		if w.Period != "" && w.Period < p.FirstPeriod {
			c.Complain(at.Field("period"), "remove the waiver, or correct its month", "%s is before the first period %s", w.Period, p.FirstPeriod)
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
func cronWrong(spec string) *parse.Wrong {
	fields := cronFields()
	parts := strings.Fields(spec)
	if len(parts) != len(fields) {
		return &parse.Wrong{
			Message:    fmt.Sprintf("%q has %d fields, a schedule five", parse.Clip(spec), len(parts)),
			Suggestion: "write minute, hour, day of month, month, day of week, such as 30 2 * * *",
		}
	}
	for i, f := range fields {
		for item := range strings.SplitSeq(parts[i], ",") {
			if !f.holds(item) {
				return &parse.Wrong{
					Message:    fmt.Sprintf("%q is not a %s", parse.Clip(item), f.name),
					Suggestion: fmt.Sprintf("write *, a number from %d to %d, a range such as %d-%d, or */2", f.least, f.most, f.least, f.most),
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
