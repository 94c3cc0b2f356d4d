package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/reconcile"
	"daybook/schemas"
	"daybook/schemas/money"
)

// A charge goes to the line that names most of its region, segment and peer, of which the region counts for more than the segment and
// that for more than the peer; and where no line takes it, to a row of its own.
func TestSegments(t *testing.T) {
	for _, x := range []struct{ name, lines, region, segment, peer, row string }{
		{"both", "east/small east/ /small /", "east", "small", "", "east/small/"},
		{"the region before the segment", "east/ /small /", "east", "small", "", "east//"},
		{"the segment", "west/ /small /", "east", "small", "", "/small/"},
		{"neither", "west/ /large /", "east", "small", "", "//"},
		{"an account without a segment", "east/small /small /", "east", "", "", "//"},
		{"nothing that fits, and a segment that the plan names", "west/small", "east", "small", "", "east/small/"},
		{"nothing that fits, and one that it does not", "west/small", "east", "large", "", "east//"},
		{"a line of the segment elsewhere", "west/small east/", "east", "small", "", "east//"},
		{"nothing", "", "east", "small", "", "east//"},
		{"the peer", "//atlas / west//atlas", "east", "small", "atlas", "//atlas"},
		{"another peer", "//atlas /", "east", "small", "boreas", "//"},
		{"our own meters", "//atlas /", "east", "small", "", "//"},
		{"the segment before the peer", "//atlas /small /", "east", "small", "atlas", "/small/"},
		{"the region before segment and peer", "/small/atlas east/", "east", "small", "atlas", "east//"},
		{"all three", "east/small/atlas east/small east//atlas", "east", "small", "atlas", "east/small/atlas"},
		{"region and peer", "east/large/atlas east//atlas east/", "east", "small", "atlas", "east//atlas"},
		{"nothing that fits, and a peer that the plan names", "west//atlas", "east", "small", "atlas", "east//atlas"},
	} {
		plan := &schemas.Plan{}
		for line := range strings.FieldsSeq(x.lines) {
			names := strings.Split(line+"/", "/")
			plan.Lines = append(plan.Lines, schemas.PlanLine{
				Period: month, Offering: "vm", Region: names[0], Segment: names[1], Peer: schemas.PeerID(names[2]), Currency: "EUR",
			})
		}
		c := dayCharge("vm", x.region, "now", "Usage-Based", "50", "EUR", 1, 30)
		c.Segment, c.Peer = x.segment, schemas.PeerID(x.peer)
		actuals := reconcile.NewActuals(calendar, plan)
		must(t, actuals.Add(valued(t, c, ratio("1", "1"), true)))
		rows, _, err := reconcile.Compare(reconcile.Comparison{Period: month, Currency: "EUR", Plan: plan, Actuals: actuals, Through: schemas.NewDate(2022, 9, 30)})
		must(t, err)
		got := ""
		for i := range rows {
			if v := &rows[i]; v.Measure == schemas.Revenue && !v.Actual.IsZero() {
				got += fmt.Sprintf("%s/%s/%s", v.Region, v.Segment, v.Peer)
			}
		}
		if got != x.row {
			t.Errorf("%s: with lines %q, %s/%s/%s goes to %q, want %q", x.name, x.lines, x.region, x.segment, x.peer, got, x.row)
		}
	}
}

// TestSegmentsHoldTheirCharges draws plans with regions, segments and peers, and holds every row against the charges that are its own by a
// rule that is written down here once more: to the last digit, revenue and cost, on the row and on its days.
func TestSegmentsHoldTheirCharges(t *testing.T) {
	for seed := range uint64(effort.Count(t, 20, 1_000)) {
		d := dice{rand.New(rand.NewPCG(seed, 11))}
		plan, sums := d.plan(), map[string][2]money.Decimal{}
		all := sumsBy(plan)
		var charges []*schemas.Charge
		for i := range d.IntN(150) {
			c := d.charge(i)
			fx, ok := fxOfTests(c.Currency, "EUR", schemas.Date{})
			charges = append(charges, valued(t, c, fx.Factor, ok))
		}
		for shard := range 3 {
			part := sumsBy(plan)
			for i := shard; i < len(charges); i += 3 {
				must(t, part.Actuals.Add(charges[i]))
				must(t, part.Days.Add(charges[i]))
			}
			must(t, all.UnmarshalBinary(bytesOf(t, part)))
		}
		for _, c := range charges {
			if !c.EarnsRevenue() {
				continue
			}
			row := rowOfCharge(plan, c)
			sum := sums[row]
			if c.Value.Known {
				sum[0] = sum[0].Add(c.Value.Amount)
				if c.HasCost {
					sum[1] = sum[1].Add(c.Value.Cost)
				}
			}
			sums[row] = sum
		}
		comparison := reconcile.Comparison{
			Period: month, Currency: "EUR", Plan: plan, Actuals: all.Actuals, FX: fxOfTests, Through: schemas.NewDate(2022, 9, 1+d.IntN(30)),
		}
		rows, _, err := reconcile.Compare(comparison)
		must(t, err)
		days, err := comparison.ByDay(all.Days, rows)
		must(t, err)
		checkSegments(t, seed, plan, rows, days, charges, sums)
	}
}

func checkSegments(t *testing.T, seed uint64, plan *schemas.Plan, rows []schemas.Variance, days []schemas.DayRow, charges []*schemas.Charge, sums map[string][2]money.Decimal) {
	t.Helper()
	byDay := map[string]money.Decimal{}
	for i := range days {
		byDay[days[i].Variance] = byDay[days[i].Variance].Add(days[i].Revenue)
	}
	taken := reconcile.NewRows(rows)
	for i := range rows {
		v := &rows[i]
		checkVariance(t, v)
		row := fmt.Sprintf("%s/%s/%s/%s", v.Offering, v.Region, v.Segment, v.Peer)
		if v.Measure == schemas.Units || v.Measure == schemas.Margin {
			continue
		}
		want := sums[row][0]
		if v.Measure == schemas.Cost {
			want = sums[row][1]
		}
		if got := v.Actual.Add(v.Unshown); !got.Equal(want) {
			t.Fatalf("seed %d: %s has %s, and its charges come to %s", seed, v.ID, got, want)
		}
		if v.Measure == schemas.Cost { // the last of the two
			delete(sums, row)
			continue
		}
		if !byDay[v.ID].Equal(v.Actual) {
			t.Fatalf("seed %d: the days of %s come to %s, not %s", seed, v.ID, byDay[v.ID], v.Actual)
		}
		for _, c := range charges {
			if got, want := taken.Takes(v, c), rowOfCharge(plan, c) == row; got != want && c.EarnsRevenue() {
				t.Fatalf("seed %d: that %s has the charge of %s in %q to %q of %q is %t", seed, v.ID, c.Offering, c.Region, c.Segment, c.Peer, got)
			}
		}
	}
	if len(sums) > 0 {
		t.Fatalf("seed %d: no rows of %v", seed, sums)
	}
}

// rowOfCharge is the row that a charge belongs to: the most particular line that fits, a region counting for more than a segment, and
// that for more than a peer.
func rowOfCharge(plan *schemas.Plan, c *schemas.Charge) string {
	most, row, segment, peer := -1, "", "", schemas.PeerID("")
	for _, l := range plan.Lines {
		if l.Offering != c.Offering {
			continue
		}
		if l.Segment == c.Segment {
			segment = c.Segment
		}
		if l.Peer == c.Peer {
			peer = c.Peer
		}
		fits := (l.Region == "" || l.Region == c.Region) && (l.Segment == "" || l.Segment == c.Segment) && (l.Peer == "" || l.Peer == c.Peer)
		rank := 4*min(len(l.Region), 1) + 2*min(len(l.Segment), 1) + min(len(l.Peer), 1)
		if fits && rank > most {
			most, row = rank, fmt.Sprintf("%s/%s/%s/%s", l.Offering, l.Region, l.Segment, l.Peer)
		}
	}
	if most >= 0 {
		return row
	}
	return fmt.Sprintf("%s/%s/%s/%s", c.Offering, c.Region, segment, peer)
}
