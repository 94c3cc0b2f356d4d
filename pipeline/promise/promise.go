package promise

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rate"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/sla"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// Judged is what judging leaves for the reports.
type Judged struct {
	// Promises, Kept, Breached and Reviews count results.
	Promises int `json:"promises,omitempty"`
	Kept     int `json:"kept,omitempty"`
	Breached int `json:"breached,omitempty"`
	Reviews  int `json:"reviews,omitempty"`
}

// Judge says what became of every promise of the book in the period. A book without promises leaves nothing.
func Judge(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	from, taken, err := fromInputs(ctx, in)
	if err != nil {
		return nil, err
	}
	j := newJudge(ctx, from)
	j.in, j.res = in, &run.Result{}
	if err := j.all(); err != nil {
		return nil, err
	}
	j.res.Control = j.control
	if err := run.ReadWhole(service.EvidenceTable.Name, &j.control.Judged, taken, func(c *run.Control) *dataset.Totals { return &c.Evidence }); err != nil {
		return nil, err
	}
	if len(j.promises) == 0 && len(j.problems) == 0 {
		return j.res, nil
	}
	j.find()
	if err := j.write(); err != nil {
		return nil, err
	}
	left := Judged{Promises: len(j.promises)}
	for i := range j.rows {
		switch r := &j.rows[i]; {
		case r.PassedOn != "":
		case r.Status == service.SLAKept:
			left.Kept++
		case r.Status == service.SLABreached:
			left.Breached++
		default:
			left.Reviews++
		}
	}
	if err := j.res.Leave(left); err != nil {
		return nil, err
	}
	return j.res, j.found.Write(ctx, in, j.res)
}

// Again judges the promises of a run once more: what became of each, by identifier, and how credits for earlier months stand.
func Again(ctx context.Context, from *From) ([]service.SLARow, []service.SLACreditRow, error) {
	j := newJudge(ctx, from)
	err := j.all()
	return j.rows, j.owed, err
}

func newJudge(ctx context.Context, from *From) *judge {
	return &judge{ctx: ctx, from: from, zones: map[string]*time.Location{}, promises: from.Book.Promises()}
}

// all judges every promise.
func (j *judge) all() (err error) {
	if err := j.gatherEvidence(); err != nil {
		return err
	}
	if len(j.promises) == 0 {
		return j.linkProblems()
	}
	if err := j.readEarlier(); err != nil {
		return err
	}
	f := j.from
	if j.due, err = rate.CreditsOwed(j.ctx, f.Book, f.Store, f.Earlier, f.Period, f.AsOf); err != nil {
		return err
	}
	for _, step := range []func() error{j.gatherFees, j.judge, j.credits, j.ours} {
		if err := step(); err != nil {
			return err
		}
	}
	slices.SortFunc(j.rows, func(a, b service.SLARow) int { return cmp.Compare(a.ID, b.ID) })
	return j.linkProblems()
}

// write writes what became of promises, what is to be claimed of peers, and how what they owe stands.
func (j *judge) write() error {
	open := slices.DeleteFunc(slices.Concat(j.before, j.rows), func(r service.SLARow) bool { return r.Peer == "" || r.PassedOn != "" || r.State != service.ClaimOpen })
	for _, x := range []struct {
		table *schemas.Table
		fill  func(write func(*dataset.Batch) error) error
	}{
		{&service.SLAResults, func(write func(*dataset.Batch) error) error {
			return rows.AppendSLARows(&service.SLAResults, j.rows, write)
		}},
		{&service.SLAClaims, func(write func(*dataset.Batch) error) error {
			return rows.AppendSLARows(&service.SLAClaims, open, write)
		}},
		{&service.SLACredits, func(write func(*dataset.Batch) error) error { return rows.AppendSLACredits(j.owed, write) }},
		{&service.Problems, func(write func(*dataset.Batch) error) error { return rows.AppendProblems(j.problems, write) }},
	} {
		if of := map[bool]int{true: len(j.from.Book.Problems()), false: len(j.promises)}; of[x.table == &service.Problems] == 0 {
			continue // the book has none
		}
		out, err := j.in.WriteRead(j.ctx, x.table, x.fill, nil)
		if err != nil {
			return err
		}
		j.res.Outputs = append(j.res.Outputs, out)
	}
	return nil
}

// judge is the judging of a run. What it writes is by in and res, which are nil where it writes nothing.
type judge struct {
	ctx     context.Context
	from    *From
	in      *run.Inputs
	res     *run.Result
	control run.Control

	promises []service.Promise
	zones    map[string]*time.Location
	evidence map[owned]*gathered
	bill     *bill
	charged  map[service.PromiseID]map[schemas.AccountID]*fees
	// before are the results of earlier months, and given what bills of earlier months gave of each.
	before []service.SLARow
	given  map[string]money.Decimal
	// ran are the periods of this run and the earlier ones, whose evidence was read.
	ran []schemas.Period

	// due is what we owe accounts for earlier months, and gave what their charges give of it, by result.
	due  map[schemas.AccountID][]service.Owed
	gave map[string]money.Decimal

	rows     []service.SLARow
	owed     []service.SLACreditRow
	problems []service.ProblemRow
	found    run.Findings
}

// owned is a service of a peer, or of ours.
type owned struct {
	peer    schemas.PeerID
	service string
}

// versions are those of an SLA.
func (j *judge) versions(id service.SLAID) (out []service.SLA) {
	for _, s := range j.from.Book.SLAs() {
		if s.ID == id {
			out = append(out, s)
		}
	}
	return out
}

func (j *judge) zone(name string) (*time.Location, error) {
	if j.zones[name] == nil {
		zone, err := time.LoadLocation(name)
		if err != nil {
			return nil, fmt.Errorf("the zone of a promise: %w", err)
		}
		j.zones[name] = zone
	}
	return j.zones[name], nil
}

// judge judges peers' promises together, since credits of one family do not add up, and ours account by account.
func (j *judge) judge() error {
	var peers []service.SLARow
	ours := map[schemas.AccountID][]service.SLARow{}
	for i := range j.promises {
		p := &j.promises[i]
		versions := j.versions(p.SLA)
		if versions[0].Peer != "" {
			results, err := j.ask(p, versions, "", j.bill.of(p, &versions[0]))
			if err != nil {
				return err
			}
			peers = append(peers, results...)
			continue
		}
		for _, account := range j.holders(p) {
			results, err := j.ask(p, versions, account, j.charged[p.ID][account])
			if err != nil {
				return err
			}
			ours[account] = append(ours[account], results...)
		}
	}
	stack(peers)
	j.rows = append(j.rows, peers...)
	for _, results := range ours {
		stack(results)
		j.rows = append(j.rows, results...)
	}
	for i := range j.rows {
		if err := j.settle(&j.rows[i]); err != nil {
			return err
		}
	}
	return j.passOn()
}

// stack is sla.Stack for rows.
func stack(list []service.SLARow) {
	slices.SortFunc(list, func(a, b service.SLARow) int { return cmp.Compare(a.ID, b.ID) })
	results := make([]service.SLAResult, len(list))
	for i := range list {
		results[i] = list[i].SLAResult
	}
	sla.Stack(results)
	for i := range list {
		list[i].SLAResult = results[i]
	}
}

// ask judges one promise: account is whom we made it to, none where a peer made it to us.
func (j *judge) ask(p *service.Promise, versions []service.SLA, account schemas.AccountID, of *fees) ([]service.SLARow, error) {
	zone, err := j.zone(versions[0].Zone)
	if err != nil {
		return nil, err
	}
	q := &sla.Question{
		Versions: versions, Zone: zone, Period: j.from.Period, AsOf: j.from.AsOf, Service: p.Service, Region: p.Region,
		Evidence: j.evidence[owned{versions[0].Peer, p.Service}].all(), Fees: of.list(), HourlyRate: p.HourlyRate, Currency: p.Currency,
	}
	for _, x := range p.Resources {
		r := sla.Resource{ID: x.ID}
		if !x.From.IsZero() {
			r.From = x.From.Time(zone)
		}
		if !x.To.IsZero() {
			r.To = x.To.Time(zone)
		}
		q.Resources = append(q.Resources, r)
	}
	q.Credited = j.credited(p.ID, account, versions)
	results, err := sla.Judge(q)
	if err != nil {
		return nil, err
	}
	var out []service.SLARow
	for i := range results {
		r := service.SLARow{SLAResult: results[i], Promise: p.ID, Account: account, Offering: p.Offering}
		r.ID = resultID(&r, account)
		j.noteUnread(&r, zone)
		for k := range versions {
			if versions[k].Version == r.Version {
				r.URL, r.Read = versions[k].URL, versions[k].Read
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// resultID names a result of a promise, for an account where it is ours or is passed on.
func resultID(r *service.SLARow, account schemas.AccountID) string {
	return schemas.JoinID(string(r.Period), string(r.Promise), r.Service, r.Region, r.Resource, string(account))
}

// noteUnread leaves to a person what was judged without the evidence of months that have no run.
func (j *judge) noteUnread(r *service.SLARow, zone *time.Location) {
	var unread []string
	last := schemas.PeriodOf(r.To.Add(-time.Microsecond), zone)
	for p := schemas.PeriodOf(r.From, zone); p <= last; p = p.Next() {
		if !slices.Contains(j.ran, p) {
			unread = append(unread, string(p))
		}
	}
	if n := len(unread); n > 0 {
		r.Status = service.SLAReview
		r.Reviews = append(r.Reviews, fmt.Sprintf("the evidence of %s was not read, because %s no run; run %s first", strings.Join(unread, ", "),
			schemas.OneOrMany(n, "that month has", "these months have"), schemas.OneOrMany(n, "it", "them")))
	}
}

// credited is what a promise earned in the months before that share a cap with this one.
func (j *judge) credited(id service.PromiseID, account schemas.AccountID, versions []service.SLA) money.Decimal {
	months := int64(0)
	for i := range versions {
		months = max(months, versions[i].Credit.CapMonths)
	}
	first := j.from.Period
	for ; months > 1; months-- {
		first = first.Previous()
	}
	sum := money.Zero
	for i := range j.before {
		r := &j.before[i]
		if r.Promise == id && r.Account == account && r.PassedOn == "" && r.Period >= first && (r.State.Due() || r.State == service.ClaimOpen) {
			sum = sum.Add(r.Least.Credit)
		}
	}
	return sum
}

// settle says how the credit of a result stands by what the book knows now. A promise that the book has no more leaves it as it was.
func (j *judge) settle(r *service.SLARow) error {
	i := slices.IndexFunc(j.promises, func(p service.Promise) bool { return p.ID == r.Promise })
	if i < 0 {
		return nil
	}
	zone, err := j.zone(j.versions(j.promises[i].SLA)[0].Zone)
	if err != nil {
		return err
	}
	service.Settle(&j.promises[i], r, zone, j.from.AsOf)
	return nil
}
