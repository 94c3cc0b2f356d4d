package proof

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"

	"daybook/pipeline/disputed"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

// Verdict is one thing of a proof that was recomputed.
type Verdict struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	// Detail says what was found, or what differs.
	Detail string `json:"detail"`
}

// Holds reports whether all verdicts are that it holds.
func Holds(list []Verdict) bool {
	return !slices.ContainsFunc(list, func(v Verdict) bool { return !v.OK })
}

// ErrNoProof says that a directory is none of a proof.
var ErrNoProof = errors.New("it is no proof of a dispute: it has no " + sumsFile + " and no " + disputeFile)

// Verify recomputes a proof from its files alone.
func Verify(dir fs.FS) ([]Verdict, error) {
	files, wrong, err := readFiles(dir)
	if err != nil {
		return nil, err
	}
	if files[sumsFile] == nil && files[disputeFile] == nil {
		return nil, ErrNoProof
	}
	x := &verifier{}
	for _, text := range wrong {
		x.say("files", errors.New(text), "")
	}
	if len(wrong) == 0 {
		x.say("files", nil, fmt.Sprintf("%d files have the digests of %s, whose own is %x", len(names), sumsFile, sha256.Sum256(files[sumsFile])))
	}
	h, err := parse(files)
	if err != nil {
		x.say("files", err, "")
		return x.out, nil
	}
	x.held = h
	x.records()
	x.arithmetic()
	x.metered()
	x.tariffs()
	x.linesOf()
	x.totals()
	x.standing()
	return x.out, nil
}

// verifier recomputes a proof.
type verifier struct {
	*held
	out []Verdict
	// bad is the first number that cannot be read.
	bad error
}

func (x *verifier) say(what string, err error, detail string) {
	if err == nil && x.bad != nil {
		err = x.bad
	}
	x.bad = nil
	v := Verdict{What: what, OK: err == nil, Detail: detail}
	if err != nil {
		v.Detail = err.Error()
	}
	x.out = append(x.out, v)
}

// number reads a cell; an empty one is none.
func (x *verifier) number(t *table, row []string, name string) money.Decimal {
	text := t.get(row, name)
	if text == "" {
		return money.Zero
	}
	d, err := money.ParseDecimal(text)
	if err != nil && x.bad == nil {
		x.bad = fmt.Errorf("%s %q: %w", name, text, err)
	}
	return d
}

// records holds what usage records count as against the decisions that name them; of two that name one, the later counts.
func (x *verifier) records() {
	want := map[string][2]string{}
	named := func(d *decision, k int, name string) {
		u := &d.Usage[k]
		if u.Quantity == nil && u.Pricing == nil {
			want[name] = [2]string{"void", "void"}
			return
		}
		want[name] = [2]string{text(u.Quantity), text(u.Pricing)}
	}
	decisions := slices.Clone(x.ask.Dispute.Decisions)
	slices.SortStableFunc(decisions, func(a, b decision) int { return a.On.Compare(b.On) })
	for i := range decisions {
		for k := range decisions[i].Usage {
			u := &decisions[i].Usage[k]
			for _, id := range u.Records {
				named(&decisions[i], k, u.Source+"\x00"+id)
			}
			for _, n := range u.Rows {
				named(&decisions[i], k, u.Source+"\x00"+u.Object+"\x00"+n.String())
			}
		}
	}
	var err error
	n := 0
	for _, row := range x.usage.rows {
		get := func(name string) string { return x.usage.get(row, name) }
		at, decided := want[get("Source")+"\x00"+get("Record")]
		if !decided || get("Record") == "" {
			at, decided = want[get("Source")+"\x00"+get("Object")+"\x00"+get("ObjectRow")]
		}
		ours := get("Dispute") == x.ask.Dispute.ID
		switch has := [2]string{get("CountsAs"), get("PricingCountsAs")}; {
		case decided && ours && has == at:
			n++
		case (decided || ours) && err == nil && (get("Dispute") == "" || ours):
			err = fmt.Errorf("row %s of %s counts as %q and %q, and the decisions say %q and %q", get("Row"), usageFile, has[0], has[1], at[0], at[1])
		}
	}
	x.say("decided records", err, fmt.Sprintf("%d of %d records count as the decisions say", n, len(x.usage.rows)))
}

// arithmetic recomputes the steps of each charge, stage by stage.
func (x *verifier) arithmetic() {
	for _, stage := range disputed.Stages() {
		n, bare := 0, 0
		var err error
		for _, row := range x.charges.rows {
			if x.charges.get(row, "Stage") != stage {
				continue
			}
			c := schemas.Charge{
				ID: schemas.ChargeID(x.charges.get(row, "Charge")), Exact: x.number(x.charges, row, "Exact"), Amount: x.number(x.charges, row, "Amount"), Residue: x.number(x.charges, row, "Residue"),
				Steps: x.steps[stage+" "+x.charges.get(row, "Charge")],
			}
			if n++; len(c.Steps) == 0 {
				bare++
			} else if e := model.Check(&c); e != nil && err == nil {
				err = e
			}
		}
		detail := fmt.Sprintf("the steps of %d charges give what they say, and end in their amounts", n-bare)
		if bare > 0 {
			detail += fmt.Sprintf("; %d have none", bare)
		}
		x.say("arithmetic, "+stage, err, detail)
	}
}

// linesOf adds the charges of each line up, stage by stage.
func (x *verifier) linesOf() {
	sums := map[string]money.Decimal{}
	for _, row := range x.charges.rows {
		at := x.charges.get(row, "Line") + " " + x.charges.get(row, "Stage")
		sums[at] = sums[at].Add(x.number(x.charges, row, "Amount"))
	}
	numbers := map[string]bool{}
	for i, row := range x.lines.rows {
		n := x.lines.get(row, "Line")
		numbers[n] = true
		var err error
		var amounts []money.Decimal
		for k, stage := range disputed.Stages() {
			says := x.number(x.lines, row, lineStages[k])
			if sum := sums[n+" "+stage]; !sum.Equal(says) && err == nil {
				err = fmt.Errorf("its charges of the stage %s come to %s, and the line says %s", stage, sum, says)
			}
			amounts = append(amounts, says)
		}
		difference := amounts[len(amounts)-1].Sub(amounts[0])
		if says := x.number(x.lines, row, "Difference"); !says.Equal(difference) && err == nil {
			err = fmt.Errorf("it differs by %s, and says %s", difference, says)
		}
		if n != strconv.Itoa(i+1) && err == nil {
			err = fmt.Errorf("line %q stands at %d", n, i+1)
		}
		x.say("line "+n, err, fmt.Sprintf("%s of %s: %s issued, %s by the decision, %s %s different", x.lines.get(row, "Called"), x.lines.get(row, "Account"), amounts[0], amounts[3], difference, x.lines.get(row, "Currency")))
	}
	for _, row := range x.charges.rows {
		if n := x.charges.get(row, "Line"); !numbers[n] {
			x.say("line "+n, fmt.Errorf("charge %s is of no line", x.charges.get(row, "Charge")), "")
			return
		}
	}
}

// lineStages are the columns of lines by stage.
var lineStages = []string{"Issued", "Again", "Book", "Decision"}

// totals adds the lines up.
func (x *verifier) totals() {
	sums := make([]money.Decimal, len(lineStages))
	for _, row := range x.lines.rows {
		for k, name := range lineStages {
			sums[k] = sums[k].Add(x.number(x.lines, row, name))
		}
	}
	t := &x.ask.Total
	want := []money.Decimal{t.Issued}
	for _, d := range t.By {
		want = append(want, want[len(want)-1].Add(d))
	}
	var err error
	for k := range sums {
		if k >= len(want) || !sums[k].Equal(want[k]) {
			err = fmt.Errorf("the lines of the stage %s come to %s, and %s says otherwise", disputed.Stages()[k], sums[k], disputeFile)
			break
		}
	}
	if last := sums[len(sums)-1]; err == nil && (!t.Now.Equal(last) || !t.Difference.Equal(last.Sub(t.Issued))) {
		err = fmt.Errorf("the lines come to %s now, and %s says %s, different by %s", last, disputeFile, t.Now, t.Difference)
	}
	x.say("total", err, fmt.Sprintf("%s issued, %s now; the difference of %s is what its causes add up to", t.Issued, t.Now, t.Difference))
}

// standing replays the decisions on what was claimed.
func (x *verifier) standing() {
	s, open := &x.ask.Standing, x.ask.Dispute.Amount
	accepted, rejected := money.Zero, money.Zero
	for i := range x.ask.Dispute.Decisions {
		d := &x.ask.Dispute.Decisions[i]
		amount := open
		if d.Amount != nil {
			amount = *d.Amount
		}
		switch open = open.Sub(amount); d.Outcome {
		case string(dispute.RejectedOutcome):
			rejected = rejected.Add(amount)
		case string(dispute.PartlyOutcome):
			accepted, rejected, open = accepted.Add(amount), rejected.Add(open), money.Zero
		default:
			accepted = accepted.Add(amount)
		}
	}
	var err error
	if !s.Claimed.Equal(x.ask.Dispute.Amount) || !s.Accepted.Equal(accepted) || !s.Rejected.Equal(rejected) || !s.Open.Equal(open) {
		err = fmt.Errorf("of %s the decisions accept %s and reject %s, and %s are open; %s says %s, %s, %s and %s", x.ask.Dispute.Amount, accepted, rejected, open, disputeFile, s.Claimed, s.Accepted, s.Rejected, s.Open)
	}
	x.say("claim", err, fmt.Sprintf("%s claimed = %s accepted + %s rejected + %s open", s.Claimed, accepted, rejected, open))
}
