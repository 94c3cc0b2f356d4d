package issue_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/pipeline"
	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/correction"
	"daybook/schemas/money"
)

// learned is something that becomes known of months that were issued, and what it is the cause of.
type learned struct {
	cause correction.Cause
	text  string
	apply func(*site)
}

// edited is a text of the book that becomes another.
func edited(cause correction.Cause, file, old, changed string) learned {
	return learned{cause, file + ": " + changed, func(s *site) { s.edit(file, old, changed) }}
}

// lessons draws what may become known in a night; each of a history is another.
func lessons(r *rand.Rand, night int) (all []learned) {
	for range 1 + r.IntN(3) {
		month, account := schemas.Period([]string{"2024-08", "2024-09"}[r.IntN(1+night)]), 2*r.IntN(20)+night
		sku, quantity := []string{"VCPU", "XFER"}[r.IntN(2)], fmt.Sprintf("%d.%03d", r.IntN(900)-150, r.IntN(1000))
		all = append(all, learned{correction.Usage, "use", func(s *site) { s.use(month, account, sku, quantity) }})
	}
	if month := schemas.Period([]string{"2024-08", "2024-09"}[r.IntN(1+night)]); r.IntN(2) == 0 {
		seed := r.Uint64()
		all = append(all, learned{correction.Usage, "a restated bill of " + string(month), func(s *site) { s.restate(month, fmt.Sprintf("v%d", 2+night), seed) }})
	}
	if night == 0 {
		decisions := decidedIn("08", r.IntN(2))
		all = append(all, learned{correction.Dispute, "decided", func(s *site) { s.write("disputes/august.yaml", decisions) }})
		n := 4 * r.IntN(10)
		return append(all,
			edited(correction.Customer, "subscriptions.csv", fmt.Sprintf("sub-%02d-1,compute,2024-01-01,,", n), fmt.Sprintf("sub-%02d-1,compute,2024-01-01,2024-08-%02d,", n, 3+r.IntN(25))),
			edited(correction.Customer, "accounts.csv", "Account 03,EUR,DE", "Account 03,EUR,FR"),
			learned{correction.Customer, "a new offering", func(s *site) {
				s.edit("catalogue/all.yaml", "offerings:\n", "offerings:\n  - {id: ops, name: Operations, tax_category: reduced, prices: [{id: hour, meter: vcpu-hours, currency: USD, model: per_unit, unit_price: 0.02}]}\n")
				s.edit("catalogue/all.yaml", "taxes:\n", "taxes:\n  - {id: de-reduced, name: VAT, country: DE, category: reduced, percent: 7}\n")
				s.edit("subscriptions.csv", "account,id,offering,start,end,quantity\n", "account,id,offering,start,end,quantity\nacc-06,sub-new,ops,2024-08-01,,\n")
			}},
			edited(correction.Meter, "catalogue/all.yaml", "unit: GB, aggregation: sum", "unit: GB, aggregation: "+[]string{"max", "count"}[r.IntN(2)]),
			edited(correction.Price, "catalogue/all.yaml", "unit_price: 0.0415", fmt.Sprintf("unit_price: 0.04%02d", r.IntN(100))),
			edited(correction.Price, "catalogue/all.yaml", "amount: 49.90", fmt.Sprintf("amount: %d.90", 40+r.IntN(20))),
			edited(correction.Policy, "catalogue/all.yaml", "mode: half_up", "mode: "+[]string{"up", "down", "half_even"}[r.IntN(3)]),
			edited(correction.Tax, "catalogue/all.yaml", "country: DE, percent: 19", fmt.Sprintf("country: DE, percent: %d", 15+r.IntN(8))),
			edited(correction.ExchangeRate, "fx.csv", "2024-08-30,EUR,USD,1.1087", fmt.Sprintf("2024-08-30,EUR,USD,1.%04d", 800+r.IntN(600))),
		)
	}
	return append(all,
		learned{correction.Dispute, "decided of both", func(s *site) {
			s.write("disputes/later.yaml", decidedIn("08", 2)+strings.TrimPrefix(decidedIn("09", 0), "disputes:\n"))
		}},
		edited(correction.Customer, "accounts.csv", "Account 09,EUR,DE", "Account 09,EUR,AT"),
		edited(correction.Price, "catalogue/all.yaml", "markup_percent: 15", fmt.Sprintf("markup_percent: %d", 10+r.IntN(10))),
		edited(correction.Price, "catalogue/all.yaml", "unit_price: 0.0825", fmt.Sprintf("unit_price: 0.08%02d", r.IntN(100))),
		edited(correction.Price, "catalogue/all.yaml", "unit_price: 0.0395", fmt.Sprintf("unit_price: 0.03%02d", r.IntN(100))),
		edited(correction.Tax, "catalogue/all.yaml", "taxes:\n", "taxes:\n  - {id: ch, name: MWST, country: CH, percent: 8.1}\n"),
		edited(correction.ExchangeRate, "fx.csv", "2024-09-30,EUR,CHF,0.9439", fmt.Sprintf("2024-09-30,EUR,CHF,0.9%03d", r.IntN(600))),
	)
}

// decidedIn is what is decided about disputes of three accounts in a month: records of one are void or another quantity, another pays
// agreed prices, and goodwill is given.
func decidedIn(month string, k int) string {
	n, m := int(month[1]-'8'), map[string]string{"08": "2024-08", "09": "2024-09"}[month]
	use, fee, gift := 3*k+1, 4*k, 5*k+2
	return fmt.Sprintf(`disputes:
  - id: use-%[1]s-%[2]d
    account: acc-%02[3]d
    period: %[4]s
    amount: 100
    reason: The machines were off
    raised: 2024-09-20
    by: Jo
    decisions:
      - on: 2024-09-22
        by: Ada
        outcome: accepted
        reason: They were
        usage:
          - {source: own, records: [/meters|VCPU-%[5]d-%[3]d-%02[6]d, /meters|XFER-%[5]d-%[3]d-%02[6]d]}
          - {source: own, records: [/meters|VCPU-%[5]d-%[3]d-%02[7]d], quantity: 7.5}
  - id: fee-%[1]s-%[2]d
    account: acc-%02[8]d
    period: %[4]s
    amount: 50
    reason: We agreed on less
    raised: 2024-09-20
    by: Jo
    decisions:
      - on: 2024-09-22
        by: Ada
        outcome: partly
        amount: 30
        reason: In part
        prices:
          - {subscription: sub-%02[8]d-1, price: {id: vcpu, meter: vcpu-hours, currency: EUR, model: per_unit, unit_price: 0.0211}}
        goodwill:
          - {offering: support, amount: 5.005, name: For the trouble}
  - id: gift-%[1]s-%[2]d
    account: acc-%02[9]d
    period: %[4]s
    amount: 50
    reason: It was slow
    raised: 2024-09-20
    by: Jo
    decisions:
      - {on: 2024-09-22, by: Ada, outcome: accepted, reason: Sorry, goodwill: [{offering: compute, amount: 3.33}]}
`, month, k, use, m, n, use%3, use%3+3, fee, gift)
}

// bucket is what lines of two months are told apart by: tax is a line of its own.
type bucket struct {
	period   schemas.Period
	account  schemas.AccountID
	currency money.Currency
	category schemas.ChargeCategory
	line     string
}

type amounts map[bucket]money.Decimal

func (a amounts) add(k bucket, d money.Decimal) {
	if a[k] = a[k].Add(d); a[k].IsZero() {
		delete(a, k)
	}
}

// less is a without what b has.
func (a amounts) less(b amounts) amounts {
	out := maps.Clone(a)
	for k, d := range b {
		out.add(k, d.Neg())
	}
	return out
}

func (a amounts) same(b amounts) bool { return len(a.less(b)) == 0 }

// ratedIn adds up the charges of a run by what they are for; own leaves corrections out.
func (s *site) ratedIn(m *run.Manifest, own bool, into amounts) {
	s.t.Helper()
	for _, o := range m.Outputs {
		if o.Dataset != schemas.Charges.Name {
			continue
		}
		err := rows.ReadCharges(s.t.Context(), s.Store, o.Key, nil, func(c *schemas.Charge) error {
			p := m.Spec.Period
			if c.Corrects != "" {
				if own {
					return nil
				}
				p = c.Corrects
			}
			into.add(bucket{p, c.Account, c.Currency, c.Category, lineOf(c.Category, string(c.Offering), string(c.Price), string(c.Subscription), c.Description)}, c.Amount)
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// lineOf names a line: a tax by what it is called, for its rate is its line.
func lineOf(category schemas.ChargeCategory, offering, price, subscription, description string) string {
	if category != schemas.CategoryTax {
		description = ""
	}
	return strings.Join([]string{offering, price, subscription, description}, " ")
}

// causesOf reads what a run corrects by cause, and in all.
func (s *site) causesOf(m *run.Manifest) (by map[correction.Cause]amounts, all amounts) {
	s.t.Helper()
	by, all = map[correction.Cause]amounts{}, amounts{}
	for _, c := range correction.Causes() {
		by[c] = amounts{}
	}
	for _, o := range m.Outputs {
		if o.Dataset != correction.Corrections.Name {
			continue
		}
		err := rows.ScanTable(s.t.Context(), s.Store, o.Key, &correction.Corrections, nil, func(b *dataset.Batch) error {
			text := func(col, i int) string { return b.Columns[col].StringAt(i) }
			for i := range b.Rows {
				category := schemas.ChargeCategory(text(correction.ChargeCategory, i))
				k := bucket{
					schemas.Period(text(correction.CorrectedPeriod, i)), schemas.AccountID(text(correction.AccountId, i)), money.Currency(text(correction.BillingCurrency, i)), category,
					lineOf(category, text(correction.OfferingId, i), text(correction.PriceId, i), text(correction.SubscriptionId, i), text(correction.ChargeDescription, i)),
				}
				amount := func(col int) money.Decimal { return b.Columns[col].Decs[i].Decimal() }
				named := 0
				for n, c := range correction.Causes() {
					if d := amount(correction.ByCode + n); !d.IsZero() {
						by[c].add(k, d)
						named++
					}
				}
				all.add(k, amount(correction.DifferenceCost))
				if evidence := strings.Split(text(correction.EvidenceText, i), "; "); len(evidence) != named || slices.ContainsFunc(evidence, func(e string) bool { return strings.HasSuffix(e, ": ") }) {
					s.t.Errorf("%+v: the evidence of %d causes is %q", k, named, evidence)
				}
				if rest := amount(correction.RightCost).Sub(amount(correction.IssuedCost)).Sub(amount(correction.CorrectedCost)); !rest.Equal(amount(correction.DifferenceCost)) {
					s.t.Errorf("%+v: the difference is %s, and what is right less what was charged %s", k, amount(correction.DifferenceCost), rest)
				}
			}
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return by, all
}

// lenient is a site whose months are closed whatever is suspended: use after the end of a subscription is.
func lenient(t *testing.T) *site {
	t.Helper()
	s := newSite(t, bothMonths)
	s.edit("provider.yaml", "first_period:", "finding_limits: {suspended: 99}\nfirst_period:")
	return s
}

// scratch is what two months are rated as where certain things are known from the start.
func scratch(t *testing.T, known []learned, months []schemas.Period) amounts {
	t.Helper()
	s, out := lenient(t), amounts{}
	for i := range known {
		known[i].apply(s)
	}
	for _, p := range months {
		s.ratedIn(s.bill(p), true, out)
	}
	return out
}

// TestCauses issues a month, learns things of it in the next, issues that, and learns more of both in the month after: late usage, ends
// of subscriptions, an offering that the issued book does not have, meters, prices, policies, taxes, exchange rates, drawn anew for each
// history. Each cause is what ratings from scratch differ by that know one more kind of things each, line by line and tax by tax; causes
// add up to the corrections, and what was issued with these to what a rating of all that is known at the end gives. Repeating gives none.
func TestCauses(t *testing.T) {
	t.Parallel()
	months := []schemas.Period{"2024-08", "2024-09"}
	for seed := range effort.Count(t, 2, 500) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(27, uint64(seed)))
			s := lenient(t)
			august := s.bill("2024-08")
			if r.IntN(2) == 0 {
				august = s.buggy("2024-08")
			}
			s.close("2024-08")
			documents, charged, known := bodies(t, s.Store, "register/"), amounts{}, []learned(nil)
			s.ratedIn(august, true, charged)
			for night, in := range []schemas.Period{"2024-09", "2024-10"} {
				lately := slices.DeleteFunc(lessons(r, night), func(learned) bool { return r.IntN(3) == 0 })
				for i := range lately {
					lately[i].apply(s)
				}
				if in == "2024-10" {
					s.deliverNothing(in)
				}
				m := s.bill(in)
				by, all := s.causesOf(m)
				before := scratch(t, known, months[:1+night])
				if want := before.less(charged); !want.same(by[correction.Code]) {
					t.Errorf("%s by the code: what is corrected is %v more than the bug, and %v less", in, by[correction.Code].less(want), want.less(by[correction.Code]))
				}
				for _, cause := range correction.Causes() {
					for _, x := range lately {
						if x.cause == cause {
							known = append(known, x)
						}
					}
					now := scratch(t, known, months[:1+night])
					if want := now.less(before); cause != correction.Code && !want.same(by[cause]) {
						t.Errorf("%s by %s: differs from ratings from scratch, and is\n%v, want\n%v", in, cause, by[cause].less(want), want.less(by[cause]))
					}
					before = now
				}
				s.ratedIn(m, false, charged)
				own := amounts{}
				s.ratedIn(m, true, own)
				corrections := amounts{}
				if s.ratedIn(m, false, corrections); !corrections.less(own).same(all) {
					t.Errorf("%s corrects by %v, and the causes are of %v", in, corrections.less(own), all)
				}
				earlier := maps.Clone(charged)
				maps.DeleteFunc(earlier, func(k bucket, _ money.Decimal) bool { return k.period == in })
				if !earlier.same(before) {
					t.Errorf("%s: issued and corrections less what is right: %v", in, earlier.less(before))
				}
				if slices.ContainsFunc(m.Codes, func(c run.CodeCount) bool { return c.Code == schemas.CodeDecidedGone }) {
					t.Errorf("%s: decisions name records that are not there", in)
				}
				if again := s.bill(in); again.Run != m.Run {
					t.Errorf("%s is another run when it is repeated", in)
				}
				if in == "2024-09" {
					s.close(in)
				}
			}
			for key, body := range documents {
				if now := bodies(t, s.Store, key)[key]; now != body {
					t.Errorf("%s is not as it was issued", key)
				}
			}
			s.verified()
		})
	}
}

// buggy runs a month with a bug of a meter, which the code of later runs does not have.
func (s *site) buggy(p schemas.Period) *run.Manifest {
	s.t.Helper()
	r := &run.Run{Book: s.book(), Places: s.Places}
	right := r.Book
	r.Scratch, r.SpillDir = new(store.Memory), s.t.TempDir()
	prepared, err := pipeline.Prepare(s.t.Context(), r, pipeline.Request{Period: p, Now: s.now, Shards: 3})
	if err != nil {
		s.t.Fatal(err)
	}
	for i := range prepared.Stages {
		for k := range prepared.Stages[i].Steps {
			if x := &prepared.Stages[i].Steps[k]; prepared.Stages[i].Name == "rate" {
				x.Version = "buggy." + x.Version
			}
		}
	}
	prepared.Spec.Code = run.CodeOf(prepared.Stages)
	if err := prepared.Fix(prepared.Spec); err != nil {
		s.t.Fatal(err)
	}
	const meter, wrong = "unit: vCPU-hour, aggregation: sum", "unit: vCPU-hour, aggregation: max"
	s.edit("catalogue/all.yaml", meter, wrong)
	r.Book = s.book()
	s.edit("catalogue/all.yaml", wrong, meter)
	sum, err := pipeline.Execute(s.t.Context(), prepared, 2, "")
	if err == nil {
		err = run.KeepBook(s.t.Context(), s.Store, right)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return sum.Manifest
}

// restate has the peer deliver a month's bill anew: rows of the one before are gone, cost something else, or are of another account, and
// some are new.
func (s *site) restate(p schemas.Period, version string, seed uint64) {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "landing/peers/atlas", string(p), "v1/bill.csv"))
	if err != nil {
		s.t.Fatal(err)
	}
	r, lines := rand.New(rand.NewPCG(28, seed)), strings.SplitAfter(strings.TrimSpace(string(text)), "\n")
	out := lines[:1:1]
	for _, line := range lines[1:] {
		line = strings.TrimSpace(line) + "\n"
		switch r.IntN(4) {
		case 0: // it is gone
		case 1:
			cost := fmt.Sprintf("%d.%04d", 1+r.IntN(90), r.IntN(10000))
			out = append(out, regexp.MustCompile(`,[\d.]+,[\d.]+,EUR`).ReplaceAllString(line, ","+cost+","+cost+",EUR"))
		case 2:
			out = append(out, line, strings.Replace(line, "bucket-", "basket-", 1))
		default:
			out = append(out, line)
		}
	}
	s.write(filepath.Join("landing/peers/atlas", string(p), version, "bill.csv"), strings.Join(out, ""))
}
