package pipeline_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"

	"daybook/pipeline"
	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/correction"
	"daybook/schemas/dispute"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
	"daybook/schemas/peeruse"
)

// fault is one thing that goes wrong somewhere on the way of the rows.
type fault struct {
	// guards names the balance that holds what it spoils, as the table of stages has it; what is checked before a task leaves
	// anything, and is in no manifest, has a name of its own.
	guards string
	what   string
	how    string
	// Spoiled is what is written under some keys, between tasks or for readers, or else a result on its way from its step.
	scratch bool
	at      func(key string) bool
	spoil   func([]byte) ([]byte, error)
	see     func(step string, in *run.Inputs, res *run.Result) error
	says    string
	// world is where; none is the starter book.
	world func() (*world, error)
	// late says that usage of the month before comes after that had been run.
	late bool
}

// faults are all that are planted, for each balance: a row lost, one doubled, and one changed by a cent, up and down.
func faults() (out []fault) {
	everywhere := func(string) bool { return true }
	in := func(dataset string) func(string) bool {
		return func(key string) bool { return strings.HasPrefix(key, "datasets/"+dataset+"/") }
	}
	for _, how := range []string{lost, doubled, more, less} {
		const notWhole, notSent = `is not as it was written: `, `shard 0 has (\d+ rows instead of the \d+ that|other quantities or costs than) were sent to it`
		file := func(guards, what string, table *schemas.Table, column int) fault {
			return fault{guards: guards, what: what, how: how, at: in(table.Name), spoil: spoilParquet(table, how, column), says: `datasets/` + table.Name + `/.*` + notWhole}
		}
		out = append(out, []fault{
			{guards: "delivered = out of scope + rejected + evidence + credentials + payments + sent to shards", what: "row on its way to a shard", scratch: true, at: everywhere, spoil: spoilShuffle(how), says: notSent},
			{guards: "rounded values as delivered = as written + residue", what: "rounded value", see: misrounded(how)},
			{guards: "sent to shards = duplicates + usage + bills of closed months", what: "row that is a duplicate", see: miscounted("normalise/shard", how, func(c *run.Control) *dataset.Totals { return &c.Duplicates })},
			file("usage = usage read by rating", "usage before rating", &schemas.Usage, schemas.UseConsumedQuantity),
			{guards: "charges made = charges written", what: "charge on its way to its file", see: miscounted("rate/shard", how, func(c *run.Control) *dataset.Totals { return &c.Made })},
			file("charges = charges that earn revenue + taxes and prepaid credits", "charge after rating", &schemas.Charges, schemas.ChargeBilledCost),
			file("charges that earn revenue = charges behind margins", "margin", &schemas.Margins, schemas.MarginRevenue),
			{guards: "charges that earn revenue = charges compared with the plan", what: "charge on its way to the plan", see: spoilSums(how, "plan")},
			file("value of charges = actuals of variances + what these do not show", "variance", &schemas.Variances, schemas.VarActual),
			{guards: "revenue of charges = revenue spread over days", what: "charge on its way to its days", see: spoilSums(how, "days")},
			file("revenue of variances = revenue of days", "day", &schemas.Days, schemas.DayRevenue),
			file("usage that peers bill = usage behind peer matches", "peer match", &schemas.PeerMatches, schemas.MatchBilledCost),
			file("usage that peers bill = use by user", "peer use", &peeruse.Uses, peeruse.UseBilledCost),
			governedBy(file("usage that peers with anomalies bill = use by day", "day of a peer", &peeruse.Days, peeruse.DayBilledCost)),
			governedBy(file("usage that peers with a register bill = use by identity and entitlement", "peer access", &access.Uses, access.UseBilledCost)),
			governedBy(file("usage that shared costs take = shared costs", "share", &peeruse.Shares, peeruse.ShareAmount)),
			governedBy(file("value of shared costs that customers bear = shared costs by customer", "customer's share", &schemas.Customers, schemas.EarningShared)),
			{guards: "credentials = credentials read for the register", what: "credential on its way to the register", see: miscounted("reconcile/register", how, func(c *run.Control) *dataset.Totals { return &c.Looked })},
			{guards: "evidence = evidence read by judging", what: "evidence on its way to judging", see: miscounted("reconcile/promises", how, func(c *run.Control) *dataset.Totals { return &c.Judged })},
			{guards: "service credits owed = given by charges + left for later", what: "service credit on a draft", see: miscounted("reconcile/promises", how, func(c *run.Control) *dataset.Totals { return &c.CreditsGiven })},
			{guards: "charges = charges invoiced", what: "line of an invoice", at: func(key string) bool { return strings.HasSuffix(key, ".jsonl") }, spoil: spoilLines(how), says: `does not hold the charges that it was made of: `},
			{guards: "revenue of charges = revenue by customer", what: "line of customers.csv", at: func(key string) bool { return strings.HasSuffix(key, "/customers.csv") }, spoil: spoilCSV(how, "Revenue")},
			{guards: "revenue of charges = revenue by account", what: "line of accounts.csv", at: func(key string) bool { return strings.HasSuffix(key, "/accounts.csv") }, spoil: spoilCSV(how, "Revenue")},
			inDetail(file("rows of bills compared in detail = rows behind peers' bills", "peer's bill", &peerbill.Bills, peerbill.BillBilledCost)),
			inDetail(file("discrepancies = disputed and tolerated of peers' bills", "discrepancy", &peerbill.Discrepancies, peerbill.DiscAmount)),
			inDetail(file("raised disputes = accepted + rejected + open", "dispute", &dispute.Disputes, dispute.DispOpen)),
			inDetail(file("customers' disputes = accepted + rejected + open", "customer's dispute", &dispute.Challenges, dispute.ChalOpen)),
			underAgreement(file("charges of agreements = revenue and cost of cost chains", "cost chain", &intercloud.CostChains, intercloud.ChainRevenue)),
			underAgreement(file("bills and charges under agreements = settlements", "settlement", &intercloud.Settlements, intercloud.SettleExact)),
			underAgreement(file("settlements to be netted = payable", "payable", &intercloud.NetStatements, intercloud.NetPayable)),
			underAgreement(file("payable = netted + paid", "payment", &intercloud.NetStatements, intercloud.NetPays)),
			underAgreement(file("paid = received", "receipt", &intercloud.NetStatements, intercloud.NetReceives)),
			afterwards(file("charged for earlier periods + corrected since + corrections = rated again", "corrected line", &correction.Corrections, correction.RightCost)),
			afterwards(file("differences of lines = their causes", "cause of a correction", &correction.Corrections, correction.DifferenceCost)),
			file("findings that were found", "finding", &schemas.Findings, schemas.FindCost),
		}...)
		if how == lost || how == doubled { // what has no number to be changed
			out = append(out,
				fault{guards: "rows read by rating = rated + partly rated + suspended + unpriced + repeated + voided", what: "row in rating", see: func(step string, _ *run.Inputs, res *run.Result) error {
					if step == "rate/shard" {
						res.Control.RatedRows += map[string]int64{lost: -1, doubled: 1}[how]
					}
					return nil
				}},
				file("objects that were pinned", "delivery", &schemas.Deliveries, schemas.DeliverySize))
		}
		for i := range out {
			if f := &out[i]; f.how == "" {
				f.how = how
			}
		}
	}
	for i := range out {
		if f := &out[i]; f.says == "" {
			f.says = strings.ReplaceAll(f.guards, "+", `\+`) + ": "
		}
	}
	return out
}

// inDetail plants a fault where bills are compared in detail.
func inDetail(f fault) fault {
	f.world = detailed
	return f
}

// governedBy plants a fault where the book has a register of identities.
func governedBy(f fault) fault {
	f.world = governed
	return f
}

// underAgreement plants a fault where something is settled.
func underAgreement(f fault) fault {
	f.world = agreed
	return f
}

// afterwards plants a fault where an earlier month is corrected.
func afterwards(f fault) fault {
	f.late, f.world = true, begun
	return f
}

// runBefore runs the month before, of which more comes with the month.
func runBefore(t *testing.T, w *world, n *night, kept store.Store) {
	t.Helper()
	n.landing = new(store.Memory)
	copyStore(t, w.landing(t), n.landing, nil)
	of := func(i int, hours string) string { return strings.ReplaceAll(event(i, hours), "2024-09", "2024-08") }
	put(t, n.landing, "own/compute/2024-08/early.jsonl", of(1, "5000"))
	w.must(t, night{landing: n.landing, store: kept, period: "2024-08", shards: 1})
	put(t, n.landing, "own/compute/2024-09/late.jsonl", of(2, "700"))
}

// TestNothingIsLost plants every fault. Each time the run must fail, name what is out of balance, and commit nothing.
func TestNothingIsLost(t *testing.T) {
	for _, f := range faults() {
		t.Run(f.what+" "+f.how, func(t *testing.T) {
			w := need(t, starter)
			if f.world != nil {
				w = need(t, f.world)
			}
			p, did := &planting{Store: new(store.Memory), at: f.at, spoil: f.spoil}, 0
			n := night{store: p, shards: 1}
			if f.late {
				runBefore(t, w, &n, p.Store)
			}
			switch {
			case f.see != nil:
				n.store = p.Store
				n.stages = watched(func(step string, in *run.Inputs, res *run.Result) error {
					before := sealed(t, res)
					err := f.see(step, in, res)
					if string(before) != string(sealed(t, res)) {
						did++
					}
					return err
				})
			case f.scratch:
				n.store, n.scratch = new(store.Memory), p
			}
			if f.scratch {
				mustHeal(t, w, n, f.says)
			} else {
				mustBeUnbalanced(t, w, n, f.says)
			}
			if p.did+did == 0 {
				t.Error("nothing was planted")
			}
		})
	}
}

// TestEveryBalanceHasItsFaults fails for a balance that no fault has been planted for, and for faults of one that is gone.
func TestEveryBalanceHasItsFaults(t *testing.T) {
	planted := map[string][]string{}
	for _, f := range faults() {
		planted[f.guards] = append(planted[f.guards], f.how)
	}
	delete(planted, "findings that were found")
	delete(planted, "objects that were pinned")
	for _, stage := range pipeline.Stages() {
		for _, step := range stage.Steps {
			for _, b := range step.Balances {
				want := []string{lost, doubled, more, less}
				if b.What == "rows read by rating = rated + partly rated + suspended + unpriced + repeated + voided" {
					want = want[:2] // it counts no money
				}
				if !slices.Equal(planted[b.What], want) {
					t.Errorf("%s/%s: %s: planted are %q of %q", stage.Name, step.Name, b.What, planted[b.What], want)
				}
				delete(planted, b.What)
			}
		}
	}
	for what, hows := range planted {
		t.Errorf("%q are planted for %q, which is no balance", hows, what)
	}
}

// miscounted spoils what a step says that it counted.
func miscounted(at, how string, field func(*run.Control) *dataset.Totals) func(string, *run.Inputs, *run.Result) error {
	return func(step string, _ *run.Inputs, res *run.Result) error {
		if step != at {
			return nil
		}
		t := field(&res.Control)
		switch how {
		case lost:
			t.Rows--
		case doubled:
			t.Rows++
		default:
			return t.AddCost("EUR", cent(how))
		}
		return nil
	}
}

// misrounded spoils what an object counted of its rounded values.
func misrounded(how string) func(string, *run.Inputs, *run.Result) error {
	return func(step string, _ *run.Inputs, res *run.Result) error {
		if step != "normalise/object" {
			return nil
		}
		sum := res.Control.Rounding.Of("BilledCost", "EUR")
		switch how {
		case lost:
			sum.Found--
		case doubled:
			sum.Found++
		default:
			sum.Out = sum.Out.Add(cent(how).Decimal())
		}
		return nil
	}
}

// spoilSums spoils what a shard hands to the comparison with the plan or to the days: the sums of all its charges are lost or
// doubled, or a charge of a cent comes to them.
func spoilSums(how, of string) func(string, *run.Inputs, *run.Result) error {
	return func(step string, in *run.Inputs, res *run.Result) error {
		if step != "reconcile/shard" {
			return nil
		}
		reach := &normalise.Reach{}
		whole, spoiled := compare.NewSums(in.Book(), in.Period(), in.AsOf(), reach), compare.NewSums(in.Book(), in.Period(), in.AsOf(), reach)
		parts := map[string][][]byte{lost: nil, doubled: {res.Sums, res.Sums}, more: {res.Sums}, less: {res.Sums}}
		for _, part := range parts[how] {
			if err := spoiled.UnmarshalBinary(part); err != nil {
				return err
			}
		}
		if how == more || how == less {
			c := schemas.Charge{ID: "planted", Category: schemas.CategoryUsage, Frequency: schemas.FrequencyUsageBased, Currency: "EUR", Amount: cent(how).Decimal()}
			c.Offering = in.Book().Catalogue().Offerings[0].ID
			c.Start, c.End = in.Bounds()
			c.Value = schemas.Valued{Currency: "EUR", Known: true, Rate: money.One, Amount: c.Amount}
			if err := errors.Join(spoiled.Actuals.Add(&c), spoiled.Days.Add(&c)); err != nil {
				return err
			}
		}
		err := whole.UnmarshalBinary(res.Sums)
		if of == "days" {
			whole.Days = spoiled.Days
		} else {
			whole.Actuals = spoiled.Actuals
		}
		var failed error
		res.Sums, failed = whole.MarshalBinary()
		return errors.Join(err, failed)
	}
}

// spoilLines spoils the first line of an invoice, and its totals with it.
func spoilLines(how string) func([]byte) ([]byte, error) {
	return spoilInvoices(func(lines []any, totals map[string]any) []any {
		first := lines[0].(map[string]any)
		off := first["amount"].(string)
		switch how {
		case lost:
			off, lines = money.MustDecimal(off).Neg().String(), lines[1:]
		case doubled:
			lines = append(lines, lines[0])
		default:
			off = cent(how).String()
			delete(first, "parts")
			adding(first, "amount", off)
		}
		for _, name := range []string{"net", "total", "due"} {
			adding(totals, name, off)
		}
		return lines
	})
}

// spoilCSV spoils the first line of a CSV file.
func spoilCSV(how, column string) func([]byte) ([]byte, error) {
	return func(body []byte) ([]byte, error) {
		records, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
		if err != nil {
			return nil, err
		}
		at := slices.Index(records[0], column)
		switch how {
		case lost:
			records = slices.Delete(records, 1, 2)
		case doubled:
			records = append(records, records[1])
		default:
			records[1][at] = money.MustDecimal(records[1][at]).Add(cent(how).Decimal()).String()
		}
		var out bytes.Buffer
		err = csv.NewWriter(&out).WriteAll(records)
		return out.Bytes(), err
	}
}
