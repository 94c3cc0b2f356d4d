package rating_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// run computes one row of inputs under the setting.
func (s *setting) run(in []string) (string, error) {
	switch s.kind {
	case "price":
		return s.runPrice(in)
	case "slices":
		return s.runSlices(in)
	case "changes":
		return s.runChanges(in)
	case "month":
		return s.runMonth(in)
	case "prorate":
		return s.runProrate(in)
	case "draw":
		return s.runDraw(in)
	case "cycle":
		return s.runCycle(in)
	case "spread", "rollover", "bundle":
		return s.runParts(in)
	case "commit":
		return s.runCommit(in)
	}
	return s.runNumbers(in)
}

// runPrice applies a price to one usage: a quantity, a list of events 1;2;3, labels Column=value@quantity, or a session
// 2024-03-31T00:30/Europe/Berlin+7200.
func (s *setting) runPrice(in []string) (string, error) {
	var u rating.Usage
	var err error
	text := in[0]
	switch {
	case strings.HasPrefix(text, "["):
		if list := strings.Trim(text, "[]"); list != "" {
			u.Events, err = numbers(list, ";")
		} else {
			u.Events = []money.Decimal{}
		}
	case strings.Contains(text, "+"):
		u.Sessions, err = sessions(text)
	case strings.Contains(text, "@"):
		when, q, _ := strings.Cut(text, "@")
		for match := range strings.SplitSeq(when, "&") {
			column, v, _ := strings.Cut(match, "=")
			u.Labels = append(u.Labels, schemas.DimensionMatch{Column: column, Value: v})
		}
		u.Quantity, err = money.ParseDecimal(q)
	default:
		u.Quantity, err = money.ParseDecimal(text)
		u.Cost = u.Quantity
	}
	if err != nil {
		return "", err
	}
	got, err := rating.Total(&s.price, s.policy, u, true)
	if err != nil {
		return "", err
	}
	return got.Amount.String(), checkSteps(got.Steps)
}

// checkSteps recomputes every step.
func checkSteps(steps []schemas.Step) error {
	for i, step := range steps {
		out, err := rating.Recompute(step)
		if err != nil || out != step.Out {
			return fmt.Errorf("step %d %v recomputes to %s: %w", i+1, step, out, err)
		}
	}
	return nil
}

func sessions(text string) ([]rating.Session, error) {
	when, length, _ := strings.Cut(text, "+")
	at, zone, _ := strings.Cut(when, "/")
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, err
	}
	start, err := time.ParseInLocation("2006-01-02T15:04", at, loc)
	if err != nil {
		return nil, err
	}
	seconds, err := money.ParseDecimal(length)
	return []rating.Session{{Start: start, Seconds: seconds}}, err
}

// runSlices bills cumulative quantities slice by slice and returns what each slice costs.
func (s *setting) runSlices(in []string) (string, error) {
	var out []string
	var before rating.Usage
	for i, text := range in {
		q, err := money.ParseDecimal(text)
		if err != nil {
			return "", err
		}
		after := rating.Usage{Quantity: q, Cost: q}
		v, err := rating.Increment(&s.price, s.policy, before, after, i == len(in)-1)
		if err != nil {
			return "", err
		}
		out, before = append(out, v.String()), after
	}
	return strings.Join(out, "|"), nil
}

// runChanges prices a quantity that changes inside a period: the changes in full, and prorated.
func (s *setting) runChanges(in []string) (string, error) {
	var lists [2][]money.Decimal
	for i := range lists {
		if i == len(in) {
			return "", fmt.Errorf("give the changes in full and prorated, each as 1;2;3")
		}
		text := strings.Trim(in[i], "[]")
		if text == "" {
			continue
		}
		var err error
		if lists[i], err = numbers(text, ";"); err != nil {
			return "", err
		}
	}
	v, err := rating.GraduatedProratedByRound(&s.price.Terms, s.policy, lists[0], lists[1])
	return v.String(), err
}

// runProrate takes the part from..to of a period start..end: 100 2024-02-10 2024-02-20.
func (s *setting) runProrate(in []string) (string, error) {
	zone := time.UTC
	if s.args["zone"] != "" {
		var err error
		if zone, err = time.LoadLocation(s.args["zone"]); err != nil {
			return "", err
		}
	}
	var at [4]time.Time
	for i, text := range [4]string{in[1], in[2], s.args["start"], s.args["end"]} {
		t, err := time.ParseInLocation("2006-01-02T15:04", text, zone)
		if err != nil {
			t, err = time.ParseInLocation(time.DateOnly, text, zone)
		}
		if err != nil {
			return "", err
		}
		at[i] = t
	}
	amount, err := money.ParseDecimal(in[0])
	if err != nil {
		return "", err
	}
	part := rating.Part{From: at[0], To: at[1], Start: at[2], End: at[3], Zone: zone}
	how := schemas.Proration(s.args["how"])
	return part.Ratio(how).String() + "=" + money.RoundTo(rating.ProrateRound(amount, how, part), 6, money.HalfEven).String(), nil
}

// runDraw pays dues such as compute:10;5 from grants such as a:50:priority:created:expires:scope.
func (s *setting) runDraw(in []string) (string, error) {
	var dues []rating.Due
	for part := range strings.SplitSeq(in[0], ";") {
		scope, v, ok := strings.Cut(part, ":")
		if !ok {
			scope, v = "", part
		}
		d, err := money.ParseDecimal(v)
		if err != nil {
			return "", err
		}
		dues = append(dues, rating.Due{Offering: schemas.OfferingID(scope), Amount: d})
	}
	var grants []schemas.Grant
	for _, text := range in[1:] {
		f := append(strings.Split(text, ":"), "", "", "", "", "")
		v, err := money.ParseDecimal(f[1])
		if err != nil {
			return "", err
		}
		g := schemas.Grant{ID: f[0], Amount: v}
		g.Priority, _ = strconv.Atoi(f[2])
		for i, into := range []*schemas.Date{&g.Created, &g.Expires} {
			if n, err := strconv.Atoi(f[3+i]); err == nil {
				*into = schemas.NewDate(2024, 1, n)
			}
		}
		if f[5] != "" {
			g.Offerings = []schemas.OfferingID{schemas.OfferingID(f[5])}
		}
		grants = append(grants, g)
	}
	var order []schemas.CreditKey
	for k := range strings.SplitSeq(s.args["order"], ",") {
		order = append(order, schemas.CreditKey(k))
	}
	drawn, left := rating.Draw(dues, grants, order)
	var out []string
	for _, d := range drawn {
		out = append(out, fmt.Sprintf("%s→%d:%s", d.Grant, d.Due+1, d.Amount))
	}
	for i := range grants {
		out = append(out, fmt.Sprintf("%s=%s", grants[i].ID, left[i]))
	}
	return strings.Join(out, "|"), nil
}

// runCycle lists the boundaries of a cycle: first and last index.
func (s *setting) runCycle(in []string) (string, error) {
	anchor, err := schemas.ParseDate(s.args["anchor"])
	if err != nil {
		return "", err
	}
	count, _ := strconv.Atoi(s.args["count"])
	c := rating.Cycle{Unit: schemas.Cycle(s.args["unit"]), Count: count, Anchor: anchor, Zone: time.UTC}
	if s.args["zone"] != "" {
		if c.Zone, err = time.LoadLocation(s.args["zone"]); err != nil {
			return "", err
		}
	}
	n, err := strconv.Atoi(in[0])
	return c.Start(n).Format("2006-01-02T15:04Z07:00"), err
}

// runParts divides: spread discount lines..., rollover used carried..., bundle amount ssp....
func (s *setting) runParts(in []string) (string, error) {
	var v []money.Decimal
	for _, text := range in {
		d, err := money.ParseDecimal(text)
		if err != nil {
			return "", err
		}
		v = append(v, d)
	}
	var parts []money.Decimal
	var err error
	switch s.kind {
	case "spread":
		parts, err = rating.SpreadDiscount(v[0], v[1:], schemas.DiscountSpread(s.args["how"]), 2)
	case "bundle":
		var ssp []schemas.BundlePart
		for _, x := range v[1:] {
			ssp = append(ssp, schemas.BundlePart{SSP: x})
		}
		parts, err = rating.AllocateBundle(v[0], ssp, 2)
	case "rollover":
		periods, _ := strconv.Atoi(s.args["periods"])
		a := schemas.Allowance{Rollover: periods}
		if s.args["limit"] != "" {
			a.RolloverLimit = dec(s.args["limit"])
		}
		var carried []rating.CarriedAllowance
		for i, x := range v[1:] {
			carried = append(carried, rating.CarriedAllowance{Quantity: x, Periods: i + 1})
		}
		for _, c := range rating.Rollover(a, *dec(s.args["own"]), carried, v[0]) {
			parts = append(parts, c.Quantity)
		}
	}
	if len(parts) == 0 {
		return "none", err
	}
	return strings.Join(texts(parts), "|"), err
}

func (s *setting) runCommit(in []string) (string, error) {
	spends, err := numbers(in[0], ";")
	if err != nil {
		return "", err
	}
	amount, factor, trueUp := *dec(s.args["amount"]), dec(s.args["factor"]), s.args["true_up"] == "true"
	due := []rating.Committed{rating.CommitWindows(spends, amount, factor, trueUp)}
	if s.args["cycle"] == "true" {
		due = rating.CommitCycle(spends, amount, factor, trueUp)
	}
	var out []string
	for _, c := range due {
		out = append(out, fmt.Sprintf("%s+%s+%s=%s", c.Utilised, c.Overage, c.TrueUp, c.Charge()))
	}
	return strings.Join(out, "|"), nil
}

// runNumbers runs the rules that turn numbers into a number.
func (s *setting) runNumbers(in []string) (string, error) {
	v, err := money.ParseDecimal(in[0])
	if err != nil {
		return "", err
	}
	var out money.Decimal
	switch s.kind {
	case "round":
		r := schemas.RoundingRule{Currency: money.Currency(s.args["currency"])}
		if r.Mode, err = money.ParseMode(s.args["mode"]); err != nil {
			return "", err
		}
		if s.args["step"] != "" {
			r.Step = dec(s.args["step"])
		}
		out, err = rating.Round(v, r)
	case "discount":
		var list []schemas.Discount
		for part := range strings.SplitSeq(s.args["of"], ",") {
			d, err := discountOf(part)
			if err != nil {
				return "", err
			}
			list = append(list, d)
		}
		var got rating.Priced
		got, err = rating.Discount(v, list, s.policy)
		out = got.Amount
	case "bound":
		var least, most *money.Decimal
		if s.args["min"] != "" {
			least = dec(s.args["min"])
		}
		if s.args["max"] != "" {
			most = dec(s.args["max"])
		}
		out = rating.Bound(v, *dec(in[1]), least, most)
	case "tax":
		out = money.RoundTo(rating.Tax(rating.Taxable{Amount: v, Percent: *dec(s.args["percent"]), Included: s.args["included"] == "true"}), 6, money.HalfEven)
	case "convert":
		c := &schemas.UnitConversion{Round: schemas.QuantityRounding(s.args["round"])}
		if s.args["divide"] != "" {
			c.Divide = dec(s.args["divide"])
		} else {
			c.Multiply = dec(s.args["multiply"])
		}
		out, err = rating.ConvertRound(v, c)
	case "billable":
		out = rating.Billable(v, *dec(in[1]), *dec(s.args["free"]))
	case "coupon":
		c := schemas.Coupon{ID: "c"}
		if s.args["percent"] != "" {
			c.Percent = dec(s.args["percent"])
		} else {
			c.Fixed = dec(s.args["fixed"])
		}
		if s.args["total"] != "" {
			c.Total = dec(s.args["total"])
		}
		out, err = rating.CouponAmount(c, v, *dec(in[1]))
	case "change":
		credit, charge, e := rating.ChangePlanRound(rating.PlanChange{Old: v, New: *dec(in[1])},
			money.Ratio{Num: *dec(s.args["days"]), Den: *dec(s.args["of"])}, schemas.RoundingRule{Currency: money.Currency(s.args["currency"])})
		return credit.String() + "|" + charge.String(), e
	}
	return out.String(), err
}
