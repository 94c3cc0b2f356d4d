package issue_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/small"
	"daybook/pipeline/document"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/correction"
	"daybook/schemas/money"
)

// known is what is known of the two months of the small provider, for a calculation by hand.
type known struct {
	// bug has compute metered as the largest record; late and restated are use that came late and a bill delivered anew, ended an end of
	// seats, cheaper a price of both months, rate a rate of exchange, and decided a decision about a dispute.
	bug, late, restated, ended, cheaper, rate, decided bool
}

// night is what becomes known in one night, cause by cause in their order.
var night = []struct {
	cause correction.Cause
	learn func(*known)
}{
	{correction.Code, func(k *known) { k.bug = false }},
	{correction.Usage, func(k *known) { k.late, k.restated = true, true }},
	{correction.Customer, func(k *known) { k.ended = true }},
	{correction.Price, func(k *known) { k.cheaper = true }},
	{correction.ExchangeRate, func(k *known) { k.rate = true }},
	{correction.Dispute, func(k *known) { k.decided = true }},
}

// learns lets the site learn it.
func (s *site) learns() {
	s.t.Helper()
	s.use("2024-08", 5, "VCPU", "333.125")
	bill, err := os.ReadFile(filepath.Join(s.dir, "landing/peers/atlas/2024-08/v1/bill.csv"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("landing/peers/atlas/2024-08/v2/bill.csv", strings.ReplaceAll(string(bill), ",900010,", ",900005,"))
	s.edit("subscriptions.csv", "acc-01,sub-01-3,seats,2024-01-01,,", "acc-01,sub-01-3,seats,2024-01-01,2024-08-16,")
	s.edit("catalogue/all.yaml", "amount: 49.90", "amount: 44.90")
	s.edit("fx.csv", "2024-08-30,EUR,USD,1.1087", "2024-10-31,EUR,USD,1.0882\n2024-10-31,EUR,CHF,0.9402\n2024-08-30,EUR,USD,1.1187")
	s.write("disputes/machines.yaml", `disputes:
  - id: D-1
    account: acc-06
    period: 2024-08
    amount: 100
    reason: The machines were off
    raised: 2024-10-01
    by: Jo
    decisions:
      - on: 2024-10-02
        by: Ada
        outcome: accepted
        reason: They were
        usage:
          - {source: own, records: [/meters|VCPU-0-6-00]}
          - {source: own, records: [/meters|VCPU-0-6-03], quantity: 7.5}
        goodwill: [{offering: support, amount: 5.005, name: For the trouble}]
`)
}

// line is what a calculation by hand tells apart: of a tax the account alone.
type line struct {
	period  schemas.Period
	account schemas.AccountID
	what    string
}

type byHand map[line]*big.Rat

func rat(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic(text)
	}
	return r
}

// cents rounds half up, away from zero.
func cents(x *big.Rat) *big.Rat {
	n := new(big.Rat).Mul(new(big.Rat).Abs(x), big.NewRat(100, 1))
	n.Add(n, big.NewRat(1, 2))
	whole := new(big.Int).Div(n.Num(), n.Denom())
	if x.Sign() < 0 {
		whole.Neg(whole)
	}
	return new(big.Rat).SetFrac(whole, big.NewInt(100))
}

// less is h without o; what comes to nothing is left out.
func (h byHand) less(o byHand) byHand {
	out := byHand{}
	for k, x := range h {
		out[k] = new(big.Rat).Set(x)
	}
	for k, x := range o {
		if out[k] == nil {
			out[k] = new(big.Rat)
		}
		out[k].Sub(out[k], x)
	}
	maps.DeleteFunc(out, func(_ line, x *big.Rat) bool { return x.Sign() == 0 })
	return out
}

func (h byHand) of(p schemas.Period) byHand {
	out := maps.Clone(h)
	maps.DeleteFunc(out, func(k line, _ *big.Rat) bool { return k.period != p })
	return out
}

// folded is what charges come to by the lines of a calculation by hand.
func folded(a amounts) byHand {
	out := byHand{}
	for k, d := range a {
		at := line{k.period, k.account, strings.Fields(k.line)[0]}
		if k.category == schemas.CategoryTax {
			at.what = "tax"
		}
		if out[at] == nil {
			out[at] = new(big.Rat)
		}
		out[at].Add(out[at], rat(d.String()))
	}
	return out.less(nil)
}

// delivered reads a CSV file of the site by its columns.
func (s *site) delivered(name string) (out []map[string]string) {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		s.t.Fatal(err)
	}
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, cell := range row {
			m[all[0][i]] = cell
		}
		out = append(out, m)
	}
	return out
}

// records reads the events of own meters, each once: by month, account and SKU.
func (s *site) records(k known) map[[3]string][]*big.Rat {
	s.t.Helper()
	out, seen := map[[3]string][]*big.Rat{}, map[string]bool{}
	files, err := filepath.Glob(filepath.Join(s.dir, "landing/own/*/*.jsonl"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range files {
		if strings.Contains(name, "more-") && !k.late {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			s.t.Fatal(err)
		}
		for at := range bytes.Lines(text) {
			var e struct {
				ID, Subject, Time string
				Data              struct{ SKU, Quantity string }
			}
			if err := json.Unmarshal(at, &e); err != nil {
				s.t.Fatal(err)
			}
			if seen[e.ID] {
				continue
			}
			seen[e.ID] = true
			quantity := e.Data.Quantity
			if k.decided {
				switch e.ID {
				case "VCPU-0-6-00":
					continue
				case "VCPU-0-6-03":
					quantity = "7.5"
				}
			}
			key := [3]string{e.Time[:7], e.Subject, e.Data.SKU}
			out[key] = append(out[key], rat(quantity))
		}
	}
	return out
}

// tiers prices a quantity by bounds and prices; the last bound is empty.
func tiers(quantity *big.Rat, bounds ...[2]string) *big.Rat {
	total, low := new(big.Rat), new(big.Rat)
	for _, b := range bounds {
		part := new(big.Rat).Set(quantity)
		if b[0] != "" && part.Cmp(rat(b[0])) > 0 {
			part = rat(b[0])
		}
		if part.Sub(part, low); part.Sign() > 0 {
			total.Add(total, part.Mul(part, rat(b[1])))
		}
		if b[0] != "" {
			low = rat(b[0])
		}
	}
	return total
}

// used is what a quantity of an offering costs in a month, in euros.
func used(offering, month string, quantity *big.Rat) *big.Rat {
	switch offering {
	case "compute":
		if month == "2024-08" {
			return tiers(quantity, [2]string{"500", "0.0415"}, [2]string{"2000", "0.0333"}, [2]string{"", "0.0275"})
		}
		return tiers(quantity, [2]string{"500", "0.0395"}, [2]string{"", "0.0301"})
	case "transfer":
		over := new(big.Rat).Sub(quantity, rat("100"))
		switch {
		case over.Sign() <= 0:
			return new(big.Rat)
		case over.Cmp(rat("1000")) <= 0:
			return over.Mul(over, rat("0.0825"))
		}
		return over.Mul(over, rat("0.0615"))
	}
	packs := new(big.Rat).Quo(quantity, rat("50")) // rounded up to whole ones
	n := new(big.Int).Add(packs.Num(), packs.Denom())
	n.Sub(n, big.NewInt(1)).Div(n, packs.Denom())
	return packs.Mul(new(big.Rat).SetInt(n), rat("4.15"))
}

// metered is what of records counts.
func metered(k known, sku string, records []*big.Rat) *big.Rat {
	if k.bug && sku == "VCPU" {
		return slices.MaxFunc(records, (*big.Rat).Cmp)
	}
	sum := new(big.Rat)
	for _, q := range records {
		sum.Add(sum, q)
	}
	return sum
}

// fee is the part of a monthly amount for the days of a month that a subscription lasts.
func fee(k known, sub map[string]string, month string) *big.Rat {
	p := schemas.Period(month)
	first, last := p.Days()
	days := last.Sub(first) + 1
	start, end := first, last.AddDays(1)
	if d, _ := schemas.ParseDate(sub["start"]); d.After(start) {
		start = d
	}
	until := sub["end"]
	if sub["id"] == "sub-01-3" {
		until = map[bool]string{true: "2024-08-16"}[k.ended]
	}
	if d, err := schemas.ParseDate(until); err == nil && d.Before(end) {
		end = d
	}
	amount := rat("49.90")
	if k.cheaper {
		amount = rat("44.90")
	}
	if sub["offering"] == "seats" {
		amount = new(big.Rat).Mul(rat("12.35"), rat(sub["quantity"]))
	}
	return amount.Mul(amount, big.NewRat(int64(max(end.Sub(start), 0)), int64(days)))
}

// calculated is what the two months come to, line by line, by what is known of them.
func (s *site) calculated(k known) byHand {
	s.t.Helper()
	out := byHand{}
	records := s.records(k)
	accounts := map[string]map[string]string{}
	for _, a := range s.delivered("accounts.csv") {
		accounts[a["id"]] = a
	}
	for _, month := range small.Months {
		costs := map[string]*big.Rat{}
		version := map[bool]string{true: "v2", false: "v1"}[k.restated && month == "2024-08"]
		for _, row := range s.delivered("landing/peers/atlas/" + month + "/" + version + "/bill.csv") {
			id := "acc-" + strings.TrimPrefix(row["SubAccountId"], "9000")
			if costs[id] == nil {
				costs[id] = new(big.Rat)
			}
			costs[id].Add(costs[id], rat(row["EffectiveCost"]))
		}
		rate := map[string]string{"2024-08USD": "1.1087", "2024-08CHF": "0.9402", "2024-09USD": "1.1196", "2024-09CHF": "0.9439"}
		if k.rate {
			rate["2024-08USD"] = "1.1187"
		}
		net := map[string]*big.Rat{}
		add := func(id, what string, euros *big.Rat) {
			if r := rate[month+accounts[id]["currency"]]; r != "" {
				euros = new(big.Rat).Mul(euros, rat(r))
			}
			at := line{schemas.Period(month), schemas.AccountID(id), what}
			if out[at] == nil {
				out[at] = new(big.Rat)
			}
			if net[id] == nil {
				net[id] = new(big.Rat)
			}
			out[at].Add(out[at], cents(euros))
			net[id].Add(net[id], cents(euros))
		}
		for _, sub := range s.delivered("subscriptions.csv") {
			id, offering := sub["account"], sub["offering"]
			switch sku := map[string]string{"compute": "VCPU", "transfer": "XFER", "transfer-packs": "XFER"}[offering]; {
			case sku != "":
				if r := records[[3]string{month, id, sku}]; len(r) > 0 {
					add(id, offering, used(offering, month, metered(k, sku, r)))
				}
			case offering == "object-storage":
				if costs[id] != nil {
					add(id, offering, new(big.Rat).Mul(costs[id], rat("1.15")))
				}
			default:
				add(id, offering, fee(k, sub, month))
			}
		}
		if k.decided && month == "2024-08" {
			add("acc-06", "support", rat("-5.005"))
		}
		for id, sum := range net {
			if accounts[id]["country"] == "DE" {
				out[line{schemas.Period(month), schemas.AccountID(id), "tax"}] = cents(sum.Mul(sum, rat("0.19")))
			}
		}
	}
	return out.less(nil)
}

// TestOneNight closes two months, which a meter's bug has spoilt, and learns in one night of use that came late, a bill delivered
// anew, an end before the first month's, a price of both, a rate of exchange and a decision about a dispute. By a calculation that shares no code
// with rating, what was issued is right as it was known, each cause changes what it changes by itself, and issued and corrected are right as known
// now, on the charges and on the documents: as notes, and as corrections on the next invoices. It is told once, and nothing issued moves.
func TestOneNight(t *testing.T) {
	t.Parallel()
	for _, corrections := range []string{"note", "next_invoice"} {
		t.Run(corrections, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, bothMonths)
			s.write("closings.csv", "period,issued,by,reason,notes\n2024-08,2024-09-03,Controller,,\n2024-09,2024-10-02,Controller,,\n2024-10,2024-11-02,Controller,,\n"+
				"2024-08,2024-11-05,Controller,late,true\n2024-09,2024-11-06,Controller,late,true\n")
			s.edit("provider.yaml", "payment_days: 14", "payment_days: 14, corrections: "+corrections)
			s.edit("provider.yaml", "first_period:", "finding_limits: {suspended: 99}\nfirst_period:")
			k := known{bug: true}
			rated := amounts{}
			s.ratedIn(s.buggy("2024-08"), true, rated)
			s.close("2024-08")
			s.oneNight(k, rated, corrections)
		})
	}
}

func (s *site) oneNight(k known, rated amounts, corrections string) {
	t := s.t
	t.Helper()
	if want := s.calculated(k).of("2024-08"); len(folded(rated).less(want)) > 0 || len(want) < 100 {
		t.Fatalf("August as it was known differs from a calculation by hand by %v", folded(rated).less(want))
	}
	m := s.buggy("2024-09")
	if s.ratedIn(m, false, rated); len(folded(rated).less(s.calculated(k))) > 0 {
		t.Errorf("September as it was known differs from a calculation by hand by %v", folded(rated).less(s.calculated(k)))
	}
	s.close("2024-09")
	documents := bodies(t, s.Store, "register/")
	s.learns()
	s.billLike("2024-10")
	s.use("2024-10", 3, "VCPU", "10")
	m = s.bill("2024-10")
	by, _ := s.causesOf(m)
	s.agrees(k, by, rated, m)
	if again := s.bill("2024-10"); again.Run != m.Run {
		t.Error("the same night is another run when it is repeated")
	}
	s.close("2024-10")
	for range 2 {
		for _, p := range []schemas.Period{"2024-08", "2024-09"} {
			if _, err := s.closer().Notes(t.Context(), p); err != nil {
				t.Fatal(err)
			}
		}
	}
	notes := 0
	for _, p := range []schemas.Period{"2024-08", "2024-09"} {
		s.eachNote(p, func(*document.Issued) { notes++ })
		if have, want := folded(s.standing(p)), s.calculated(wholly()).of(p); len(have.less(want)) > 0 {
			t.Errorf("documents for %s come to other than a calculation by hand by %v", p, have.less(want))
		}
	}
	if (notes > 0) != (corrections == "note") {
		t.Errorf("%d notes were issued", notes)
	}
	for key, body := range documents {
		if now := bodies(t, s.Store, key)[key]; now != body {
			t.Errorf("%s is not as it was issued", key)
		}
	}
	s.verified()
	s.deliverNothing("2024-11")
	again := amounts{}
	if s.ratedIn(s.bill("2024-11"), false, again); len(again) > 0 {
		maps.DeleteFunc(again, func(k bucket, _ money.Decimal) bool { return k.period == "2024-11" })
		if len(again) > 0 {
			t.Errorf("the month after corrects once more: %v", again)
		}
	}
}

// wholly is what is known after the night.
func wholly() (k known) {
	for _, n := range night {
		n.learn(&k)
	}
	return k
}

// agrees holds a run's corrections against calculations that know one more cause each.
func (s *site) agrees(k known, by map[correction.Cause]amounts, rated amounts, m *run.Manifest) {
	s.t.Helper()
	before := s.calculated(k)
	for _, n := range night {
		n.learn(&k)
		now := s.calculated(k)
		if want, have := now.less(before), folded(by[n.cause]); len(want) == 0 || len(want.less(have)) > 0 {
			s.t.Errorf("by %s is corrected\n%v more than a calculation by hand, and that is of %d lines", n.cause, have.less(want), len(want))
		}
		delete(by, n.cause)
		before = now
	}
	for cause, rest := range by {
		if len(rest) > 0 {
			s.t.Errorf("by %s is corrected %v, of which nothing is known", cause, rest)
		}
	}
	s.ratedIn(m, false, rated)
	earlier := maps.Clone(rated)
	maps.DeleteFunc(earlier, func(k bucket, _ money.Decimal) bool { return k.period == "2024-10" })
	if have := folded(earlier); len(have.less(before)) > 0 {
		s.t.Errorf("issued and corrections differ from a calculation by hand by %v", have.less(before))
	}
}
