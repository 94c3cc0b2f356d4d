package issue_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/small"
	"daybook/pipeline/document"
	"daybook/pipeline/document/issued"
	"daybook/pipeline/register"
	"daybook/schemas"
	"daybook/schemas/money"
)

// eachIssued calls with every document of a month.
func (s *site) eachIssued(p schemas.Period, each func(*document.Issued)) {
	s.t.Helper()
	all, err := register.Read(s.t.Context(), s.Store, entity)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range all.Of(p) {
		for i := range e.Done.Objects {
			_, err := register.EachDocument(s.t.Context(), s.Store, e.Done.Objects[i].Key, func(line []byte) error {
				d, err := issued.Read(line)
				if err == nil {
					each(d)
				}
				return err
			})
			if err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

// use delivers an event of compute of an account in a month, before its end.
func (s *site) use(p schemas.Period, account int, sku, quantity string) {
	s.t.Helper()
	unit := map[string]string{"VCPU": "vCPU-hour", "XFER": "GB", "NEW": "vCPU-hour"}[sku]
	text := fmt.Sprintf(`{"specversion":"1.0","id":"more-%s-%d-%s","source":"/meters","type":"use","subject":%q,"time":"%s-17T09:00:00Z","data":{"sku":%q,"end":"%s-17T10:00:00Z","quantity":%q,"unit":%q}}`+"\n",
		p, account, sku, small.Account(account), p, sku, p, quantity, unit)
	s.write(fmt.Sprintf("landing/own/%s/more-%d-%s.jsonl", p, account, sku), text)
}

// TestPolicies says of what no document is issued: of zero, of what is below it and carried forward, and of accounts that a finding
// holds, until the finding is gone.
func TestPolicies(t *testing.T) {
	t.Parallel()
	s := newSite(t, bothMonths+"2024-08,2024-10-02,Controller,released\n")
	s.edit("provider.yaml", "payment_days: 14", "payment_days: 14, negative: carry_forward, hold: [unknown_sku]")
	s.edit("provider.yaml", "first_period:", "finding_limits: {suspended: 5}\nfirst_period:")
	s.use("2024-08", 3, "VCPU", "-90000")
	s.use("2024-08", 4, "NEW", "1")
	aug := s.bill("2024-08")
	r := s.close("2024-08")
	carried, held := register.DraftKey{Account: "acc-03", Currency: "EUR"}, register.DraftKey{Account: "acc-04", Currency: "USD"}
	if len(r.Held) != 1 || r.Held[0].DraftKey != held || r.Held[0].Code != schemas.CodeUnknownSKU || r.Held[0].Total.Sign() <= 0 || !r.Decided {
		t.Fatalf("held: %+v", r)
	}
	for _, l := range r.Closings[0].Left {
		if why := map[register.DraftKey]register.Why{carried: register.Carried, held: register.Held}[l.DraftKey]; l.Why != why && (l.Why != register.Zero || !l.Total.IsZero()) {
			t.Errorf("left: %+v", l)
		}
	}
	s.eachIssued("2024-08", func(d *document.Issued) {
		if a := d.Invoice.Account; a == carried.Account || a == held.Account || d.Kind != document.KindInvoice || d.Due != schemas.NewDate(2024, 9, 17) {
			t.Errorf("issued: %s %s of %s, due %s", d.Kind, d.Number, a, d.Due)
		}
	})
	s.verified()

	s.edit("catalogue/all.yaml", "skus: [VCPU]", "skus: [VCPU, NEW]")
	if again := s.bill("2024-08"); again.Run == aug.Run {
		t.Fatal("the month was not rated again")
	}
	s.use("2024-09", 3, "VCPU", "200000")
	s.bill("2024-09")
	var first int64
	if r = s.close("2024-08"); len(r.Held) != 0 || len(r.Closings) != 2 || r.Closings[1].Documents != 1 || r.Closings[1].Run != aug.Run {
		t.Fatalf("released: %+v", r)
	}
	first = r.Closings[1].First
	s.verified()
	if r = s.close("2024-09"); r.Closings[0].First != first+1 || len(r.Closings[0].Brought) != 1 {
		t.Fatalf("the next month: %+v", r)
	}
	s.eachIssued("2024-09", func(d *document.Issued) {
		months := map[schemas.Period]bool{}
		for i := range d.Invoice.Lines {
			months[d.Invoice.Lines[i].From.Period()] = d.Invoice.Lines[i].Class == ""
		}
		if d.Invoice.Account == carried.Account && (!months["2024-08"] || !months["2024-09"] || d.Invoice.From != schemas.NewDate(2024, 8, 1)) {
			t.Errorf("what was carried forward is not on %+v", d)
		}
	})
	s.verified()
}

// TestCarriedOn has a total below zero that takes more than one month to use up: it stands on no document until what the account owes is
// more, and then on that one, with each month that it was for, once; nothing is left of it then.
func TestCarriedOn(t *testing.T) {
	t.Parallel()
	s := newSite(t, bothMonths+"2024-10,2024-11-02,Controller,\n2024-11,2024-12-01,Controller,\n")
	s.edit("provider.yaml", "payment_days: 14", "payment_days: 14, negative: carry_forward")
	s.edit("fx.csv", "2024-08-30,EUR,USD", "2024-11-29,EUR,USD,1.05\n2024-11-29,EUR,CHF,0.93\n2024-10-31,EUR,USD,1.08\n2024-10-31,EUR,CHF,0.94\n2024-08-30,EUR,USD")
	key := register.DraftKey{Account: "acc-03", Currency: "EUR"}
	s.use("2024-08", 3, "VCPU", "-90000")
	sum := money.Zero
	for i, p := range []schemas.Period{"2024-08", "2024-09", "2024-10", "2024-11"} {
		if i > 1 {
			s.billLike(p)
			s.use(p, 3, "VCPU", []string{"20000", "90000"}[i-2])
		}
		charged := owed{}
		s.charged(s.bill(p), p, charged)
		sum = sum.Add(charged[key])
		r := s.close(p)
		left, issued := r.Closings[0].Left, false
		s.eachIssued(p, func(d *document.Issued) {
			if d.Invoice.Account != key.Account {
				return
			}
			if issued = true; !d.Invoice.Total.Decimal().Equal(sum) || d.Invoice.From != schemas.NewDate(2024, 8, 1) || d.Kind != document.KindInvoice {
				t.Errorf("%s: %s %s is of %s from %s on, and all months come to %s", p, d.Kind, d.Number, d.Invoice.Total, d.Invoice.From, sum)
			}
		})
		carried := slices.ContainsFunc(left, func(l register.Left) bool { return l.DraftKey == key && l.Why == register.Carried })
		if last := p == "2024-11"; issued != last || carried == last || sum.IsNegative() == last {
			t.Errorf("%s: of %s in all, a document is issued: %t, carried forward: %t", p, sum, issued, carried)
		}
		s.verified()
	}
}

// billLike has the peer deliver for a month what it did for September.
func (s *site) billLike(p schemas.Period) {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "landing/peers/atlas/2024-09/v1/bill.csv"))
	if err != nil {
		s.t.Fatal(err)
	}
	next := strings.ReplaceAll(string(text), "2024-10", string(p.Next()))
	s.write("landing/peers/atlas/"+string(p)+"/v1/bill.csv", strings.ReplaceAll(next, "2024-09", string(p)))
}
