package rating_test

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"daybook/rating"
	"daybook/rating/model"
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

// runPrice bills one usage under a price: a quantity, a list of events 1;2;3, labels Column=value@quantity, or a session
// 2024-03-31T00:30/Europe/Berlin+7200.
func (s *setting) runPrice(in []string) (string, error) {
	x, err := s.trialOf(in[0])
	if err != nil {
		return "", err
	}
	v, err := x.bill()
	return v.String(), err
}

// trial is one under the policy of the setting.
func (s *setting) trial() *trial {
	x := newTrial()
	exact := x.catalogue.Policy.Rounding
	if x.catalogue.Policy = s.policy; s.policy.Rounding == nil {
		x.catalogue.Policy.Rounding = exact
	}
	return x
}

// trialOf is one of the setting's price and a usage.
func (s *setting) trialOf(usage string) (*trial, error) {
	x := s.trial()
	p := s.price
	if p.Terms.Model != schemas.ModelFlat && p.Terms.Model != schemas.ModelBlockTiers && p.Terms.Model != schemas.ModelCapacity {
		p.Meter = "u"
	} else {
		x.measure(schemas.Meter{ID: "u"})
	}
	x.sell(p)
	switch {
	case p.Terms.Model == schemas.ModelFlat:
		return x, nil
	case strings.HasPrefix(usage, "["):
		if usage == "[]" {
			return x, nil
		}
		events, err := numbers(strings.Trim(usage, "[]"), ";")
		x.use("u", events...)
		return x, err
	case strings.Contains(usage, "+"):
		return x, x.session(usage)
	case strings.Contains(usage, "@"):
		when, q, _ := strings.Cut(usage, "@")
		v, err := money.ParseDecimal(q)
		x.use("u", v)
		for match := range strings.SplitSeq(when, "&") {
			column, v, _ := strings.Cut(match, "=")
			x.used[0].labels = append(x.used[0].labels, schemas.DimensionMatch{Column: column, Value: v})
		}
		return x, err
	}
	q, err := money.ParseDecimal(usage)
	x.use("u", q)
	return x, err
}

// session uses a session such as 2024-03-31T00:30/Europe/Berlin+7200, in the month in which it starts.
func (x *trial) session(text string) error {
	when, length, _ := strings.Cut(text, "+")
	at, zone, _ := strings.Cut(when, "/")
	var err error
	if x.zone, err = time.LoadLocation(zone); err != nil {
		return err
	}
	start, err := time.ParseInLocation("2006-01-02T15:04", at, x.zone)
	if err != nil {
		return err
	}
	x.period, x.subscription().Start = schemas.PeriodOf(start, x.zone), day("2024-01-01")
	seconds, err := money.ParseDecimal(length)
	x.used = []usedRow{{meter: "u", start: start, quantity: seconds}}
	return err
}

// runSlices bills cumulative quantities slice by slice and returns what each slice costs.
func (s *setting) runSlices(in []string) (string, error) {
	cumulative, err := numbers(strings.Join(in, ";"), ";")
	if err != nil {
		return "", err
	}
	x := s.trial()
	x.slices(s.price, stepsOf(cumulative))
	out, err := x.rate()
	return strings.Join(texts(sliceCharges(out.Charges, len(in))), "|"), err
}

// runChanges bills a quantity that changes inside a period: what is added, and that prorated.
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
	shares := make([]*big.Rat, len(lists[1]))
	for i, v := range lists[1] {
		if shares[i] = new(big.Rat); i < len(lists[0]) && !lists[0][i].IsZero() {
			shares[i].Quo(v.Rat(), lists[0][i].Rat())
		}
	}
	v, err := billedChanges(&changing{terms: s.price.Terms, policy: s.policy}, lists[0], shares)
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

// runCommit bills spends under a commitment: of days, each a window of its own, or of the months of one cycle. A result is
// usage + overage + true-up of the month.
func (s *setting) runCommit(in []string) (string, error) {
	spends, err := numbers(in[0], ";")
	if err != nil {
		return "", err
	}
	c := schemas.Commitment{ID: "c", Amount: *dec(s.args["amount"]), Currency: "EUR", OverageFactor: dec(s.args["factor"]), TrueUp: s.args["true_up"] == "true"}
	x := s.trial()
	x.sell(schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: &money.One}})
	first := firstOf(x.period)
	if s.args["cycle"] == "true" {
		c.Every, c.Validity.From = schemas.Recurrence{Unit: schemas.CycleMonth, Count: len(spends)}, first
		x.account.Commitments = []schemas.Commitment{c}
		var out []string
		for _, spend := range spends {
			x.used = nil
			x.use("m", spend)
			month, carried, err := x.committed()
			if err != nil {
				return "", err
			}
			out, x.carried, x.period = append(out, month), carried, x.period.Next()
		}
		return strings.Join(out, "|"), nil
	}
	if len(spends) > 1 {
		c.Window, c.Validity = schemas.WindowDay, schemas.Validity{From: first, To: first.AddDays(len(spends))}
	}
	x.account.Commitments = []schemas.Commitment{c}
	for i, spend := range spends {
		x.used = append(x.used, usedRow{meter: "m", start: first.AddDays(i).Time(x.zone), quantity: spend})
	}
	out, _, err := x.committed()
	return out, err
}

// committed bills a month: usage + overage + true-up, and what it carries on.
func (x *trial) committed() (string, rating.Carried, error) {
	out, err := x.rate()
	of := func(model string) money.Decimal {
		return sumWhere(out.Charges, func(c *schemas.Charge) bool { return c.Model == model })
	}
	usage, over, up := of("per_unit"), of(model.OpOverage), of(model.OpTrueUp)
	return fmt.Sprintf("%s+%s+%s=%s", usage, over, up, sumWhere(out.Charges, everything)), out.Carried, err
}

// runNumbers runs the rules that turn numbers into a number.
func (s *setting) runNumbers(in []string) (string, error) {
	v, err := numbers(strings.Join(in, ";"), ";")
	if err != nil {
		return "", err
	}
	x := s.trial()
	switch s.kind {
	case "round":
		return s.runRound(x, v[0])
	case "discount":
		for part := range strings.SplitSeq(s.args["of"], ",") {
			d, err := discountOf(part)
			if err != nil {
				return "", err
			}
			x.offering().Discounts = append(x.offering().Discounts, d)
		}
		x.fee("p", v[0])
		net, err := x.bill()
		return v[0].Sub(net).String(), err
	case "bound":
		x.offering().Minimum, x.offering().Maximum = s.optional("min"), s.optional("max")
		x.fee("before", v[0])
		x.fee("now", v[1])
		all, err := x.bill()
		return all.Sub(v[0]).String(), err
	case "tax":
		x.catalogue.Taxes = []schemas.TaxRate{{ID: "vat", Percent: *dec(s.args["percent"]), Included: s.args["included"] == "true"}}
		six := int32(6)
		x.roundBy(&schemas.RoundingRule{Level: schemas.RoundTax, Mode: money.HalfEven, Places: &six})
		x.fee("p", v[0])
		out, err := x.rate()
		return sumWhere(out.Charges, isTax).String(), err
	case "convert":
		conv := &schemas.UnitConversion{Round: schemas.QuantityRounding(s.args["round"]), Divide: s.optional("divide"), Multiply: s.optional("multiply")}
		return x.priced("p", func() {
			x.sell(schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Convert: conv, Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: &money.One}})
			x.use("m", v[0])
		})
	case "billable":
		return x.priced("p2", func() {
			x.slices(schemas.Price{Currency: "EUR", FreeQuantity: s.optional("free"), Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: &money.One}}, v)
		})
	case "coupon":
		out, err := rating.CouponAmount(schemas.Coupon{ID: "c", Percent: s.optional("percent"), Fixed: s.optional("fixed"), Total: s.optional("total")}, v[0], v[1])
		return out.String(), err
	case "change":
		credits, charges, _, err := planChange([]planItem{{v[0], v[1]}}, *dec(s.args["days"]), *dec(s.args["of"]), &schemas.RoundingRule{Currency: money.Currency(s.args["currency"])})
		if err != nil {
			return "", err
		}
		return credits[0].String() + "|" + charges[0].String(), nil
	}
	return "", fmt.Errorf("no rule is called %s", s.kind)
}

// runRound bills a fee in a currency, rounded by a rule.
func (s *setting) runRound(x *trial, v money.Decimal) (string, error) {
	r := schemas.RoundingRule{Step: s.optional("step")}
	var err error
	if r.Mode, err = money.ParseMode(s.args["mode"]); err != nil {
		return "", err
	}
	x.roundBy(&r)
	x.fee("p", v)
	x.account.Currency = money.Currency(s.args["currency"])
	x.offering().Prices[0].Currency = x.account.Currency
	out, err := x.bill()
	return out.String(), err
}

// optional is a number of the setting, or nil.
func (s *setting) optional(name string) *money.Decimal {
	if s.args[name] == "" {
		return nil
	}
	return dec(s.args[name])
}

// priced is the quantity that a price was applied to.
func (x *trial) priced(id schemas.PriceID, fill func()) (string, error) {
	fill()
	out, err := x.rate()
	for i := range out.Charges {
		if out.Charges[i].Price == id {
			return out.Charges[i].Priced.String(), err
		}
	}
	return "", fmt.Errorf("no charge of %s: %w", id, err)
}
