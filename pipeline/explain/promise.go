package explain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/book"
	"daybook/pipeline/promise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/service"
)

// EvidenceLine is a piece of evidence about a service, and the place in a delivery that it came from.
type EvidenceLine struct {
	Source string `json:"source"`
	Object string `json:"object"`
	Row    int64  `json:"row"`
	// Run is that of an earlier month, where that has it.
	Run   schemas.RunID `json:"run,omitempty"`
	Kind  string        `json:"kind"`
	ID    string        `json:"id,omitempty"`
	Start string        `json:"start"`
	End   string        `json:"end,omitempty"`
	Says  string        `json:"says,omitempty"`
}

// EvidenceBehind is the evidence about a service that lies in a promise's window, and what of it is listed.
type EvidenceBehind struct {
	Rows   int64          `json:"rows"`
	Listed []EvidenceLine `json:"listed"`
	More   int64          `json:"more"`
}

// explainPromise explains what became of a promise.
func (l *Look) explainPromise(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	var r *service.SLARow
	err := l.row(ctx, &service.SLAResults, begins, func(c cells) (err error) {
		r, err = rows.SLARowAt(c.b, c.i)
		return err
	})
	if err != nil || r == nil {
		return err
	}
	e.Kind = "promise"
	e.Title = fmt.Sprintf("%s of %s in %s: %s", r.Service, firstText(string(r.Peer), "ours"), r.Period, r.Status)
	l.promiseFacts(e, r)
	e.Steps = Steps(r.Least.Steps)
	e.figure("lost", r.Least.Lost, r.Unit)
	e.figure("of", r.Least.Whole, r.Unit)
	e.figure("available", r.Least.UptimePercent, "%")
	e.figure("credit", r.Least.Credit, string(r.Currency))
	if !r.Most.Credit.Equal(r.Least.Credit) || !r.Most.Lost.Equal(r.Least.Lost) {
		e.figure("lost at most", r.Most.Lost, r.Unit)
		e.figure("available at least", r.Most.UptimePercent, "%")
		e.figure("credit at most", r.Most.Credit, string(r.Currency))
	}
	if o.Check {
		steps := slices.Concat(r.Least.Steps, r.Most.Steps)
		e.check("steps", checkReconciled(steps), fmt.Sprintf("%d steps give what they say", len(steps)))
		if err := l.judgedAgain(ctx, e, r); err != nil {
			return err
		}
	}
	return l.evidenceOf(ctx, e, r, o)
}

// promiseFacts says what was promised, and how its credit stands.
func (l *Look) promiseFacts(e *Explanation, r *service.SLARow) {
	b := l.book
	e.fact("promise", string(r.Promise), "", b.Where(book.KindPromise, string(r.Promise)))
	text := "as it was read"
	if !r.Verified {
		text = "not held against its text"
	}
	e.fact("SLA", string(r.SLA)+", version "+r.Version, text, b.Where(book.KindSLA, string(r.SLA)+"@"+r.Version))
	for i := range b.SLAs {
		if s := &b.SLAs[i]; s.ID == r.SLA && s.Version == r.Version && s.Measure.OpenSLO != "" {
			e.fact("measured by", s.Measure.OpenSLO, "as OpenSLO has it", b.Where(book.KindSLO, s.Measure.OpenSLO))
		}
	}
	e.fact("text", r.URL, dayText("read on ", r.Read), "")
	e.fact("peer", string(r.Peer), "", b.Where(book.KindPeer, string(r.Peer)))
	e.fact("account", string(r.Account), "", b.Where(book.KindAccount, string(r.Account)))
	e.fact("passed on", r.PassedOn, "", "")
	e.fact("region", r.Region, "", "")
	e.fact("resource", r.Resource, "", "")
	e.fact("method", string(r.Method), "", "")
	e.fact("window", timeText(r.From.UnixMicro()), "until "+timeText(r.To.UnixMicro()), "")
	if r.Target != nil {
		e.fact("promised", r.Target.String()+"%", "", "")
	}
	for _, text := range r.Reviews {
		e.fact("to be decided", text, "", "")
	}
	e.fact("incidents", strings.Join(r.Incidents, ", "), "", "")
	for _, id := range r.Problems {
		at := slices.IndexFunc(b.Raised, func(p service.Problem) bool { return string(p.ID) == id })
		if at < 0 {
			continue
		}
		if p, known := b.Raised[at].Known(l.asOf()); known {
			text := fmt.Sprintf("%s, raised by %s on %s", p.State(), p.By, p.Opened)
			text += dayText(", answered on ", p.Answered) + dayText(", resolved on ", p.Resolved)
			e.fact("problem", strings.TrimSpace(id+" "+p.Reference), text, b.Where(book.KindProblem, id))
		}
	}
	if !r.ClaimBy.IsZero() {
		e.fact("claim before", timeText(r.ClaimBy.UnixMicro()), "", "")
	}
	e.fact("credit is", string(r.State), strings.TrimSpace(dayText("claimed on ", r.Claimed)+" "+r.Reference), "")
}

// dayText is a day behind some words, and nothing where there is no day.
func dayText(words string, day schemas.Date) string {
	if day.IsZero() {
		return ""
	}
	return words + day.String()
}

// judgedFrom is what the run's promises were judged by.
func (l *Look) judgedFrom() *promise.From {
	spec := &l.Manifest.Spec
	f := &promise.From{
		Book: run.WholeBook(l.book), Store: l.store, Period: spec.Period, AsOf: l.asOf(), Open: spec.Open, Earlier: spec.Earlier,
	}
	for _, x := range []struct {
		table *schemas.Table
		to    *[]string
	}{{&service.EvidenceTable, &f.Evidence}, {&schemas.Usage, &f.Usage}, {&schemas.Charges, &f.Charges}} {
		for _, o := range l.outputs(x.table, "") {
			*x.to = append(*x.to, o.Key)
		}
	}
	return f
}

// judgedAgain judges all promises of the run anew and holds the row against the result.
func (l *Look) judgedAgain(ctx context.Context, e *Explanation, r *service.SLARow) error {
	again, _, err := promise.Again(ctx, l.judgedFrom())
	if err != nil {
		return err
	}
	e.check("judging", differsFrom(r, again), "the run's evidence and fees, judged again, give the same result")
	return nil
}

// differsFrom says how a result is not among those that were made anew.
func differsFrom(r *service.SLARow, again []service.SLARow) error {
	at := slices.IndexFunc(again, func(x service.SLARow) bool { return x.ID == r.ID })
	if at < 0 {
		return fmt.Errorf("the run's evidence makes no result %s", r.ID)
	}
	x := &again[at]
	if x.Status != r.Status || x.State != r.State || !x.Least.Credit.Equal(r.Least.Credit) || !x.Most.Credit.Equal(r.Most.Credit) || !x.Least.UptimePercent.Equal(r.Least.UptimePercent) {
		return fmt.Errorf("judged again it is %s, %s%% and a credit of %s to %s; the run has %s, %s%% and %s to %s", x.Status, x.Least.UptimePercent, x.Least.Credit, x.Most.Credit,
			r.Status, r.Least.UptimePercent, r.Least.Credit, r.Most.Credit)
	}
	same := func(a, b schemas.Step) bool {
		return a.Op == b.Op && a.Out == b.Out && a.Note == b.Note && slices.Equal(a.In, b.In)
	}
	if !slices.EqualFunc(x.Least.Steps, r.Least.Steps, same) || !slices.EqualFunc(x.Most.Steps, r.Most.Steps, same) {
		return errors.New("judged again it has other steps")
	}
	return nil
}

// evidenceOf lists the evidence about the service whose time lies in the window, of this run and of those before it.
func (l *Look) evidenceOf(ctx context.Context, e *Explanation, r *service.SLARow, o Options) error {
	out := &EvidenceBehind{}
	read := func(keys []string, of schemas.RunID) error {
		for _, key := range keys {
			err := rows.ReadEvidence(ctx, l.store, key, func(x *service.EvidenceRow) error {
				if x.Peer != r.Peer || x.Service != r.Service || !x.Start.Before(r.To) || !x.End.IsZero() && !x.End.After(r.From) || x.End.IsZero() && x.Format == schemas.Counters10 && x.Start.Before(r.From) {
					return nil
				}
				out.Rows++
				if o.Rows < 0 || len(out.Listed) < o.Rows {
					out.Listed = append(out.Listed, evidenceLine(x, of))
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	for _, x := range l.Manifest.Spec.Earlier {
		if _, end := x.Period.Bounds(l.book.Zone); end.Before(r.From) && x.Period != e.Period.Previous() {
			continue
		}
		m, err := run.ReadEarlier(ctx, l.store, x)
		if err != nil {
			return err
		}
		var keys []string
		for _, o := range m.Outputs {
			if o.Dataset == service.EvidenceTable.Name {
				keys = append(keys, o.Key)
			}
		}
		if err := read(keys, x.Run); err != nil {
			return err
		}
	}
	if err := read(l.judgedFrom().Evidence, ""); err != nil {
		return err
	}
	out.More = out.Rows - int64(len(out.Listed))
	e.Evidence = out
	return nil
}

func evidenceLine(x *service.EvidenceRow, of schemas.RunID) EvidenceLine {
	line := EvidenceLine{
		Source: string(x.Source), Object: x.Object, Row: x.Row, Run: of, Kind: string(x.Format), ID: firstText(x.ID, x.Series), Start: timeText(x.Start.UnixMicro()),
	}
	if !x.End.IsZero() {
		line.End = timeText(x.End.UnixMicro())
	}
	switch x.Format {
	case schemas.Probes10:
		line.Says = map[bool]string{true: "up", false: "down"}[x.Up]
	case schemas.Counters10, schemas.Requests10:
		line.Says = fmt.Sprintf("%d errors of %d", x.Errors, x.Total)
	case schemas.Samples10:
		line.Says = x.Value.String()
	case schemas.Notices10:
		line.Says = string(x.Kind)
	default:
		if x.Share != nil {
			line.Says = "share " + x.Share.String()
		}
	}
	return line
}

// creditOf explains a service credit on a draft by what became of the promise, which the run of an earlier month says, and by what drafts
// have given before.
func (l *Look) creditOf(ctx context.Context, e *Explanation, c *schemas.Charge, o Options) error {
	period, _, _ := strings.Cut(string(c.Price), "/")
	at := slices.IndexFunc(l.Manifest.Spec.Earlier, func(x run.Earlier) bool { return string(x.Period) == period })
	if at < 0 {
		return fmt.Errorf("charge %s: %s is no result of a run that this one is held against", c.ID, c.Price)
	}
	if c.Corrects != "" {
		if err := l.givenBefore(ctx, e, c); err != nil {
			return err
		}
	}
	in, err := l.earlierLook(ctx, l.Manifest.Spec.Earlier[at])
	if err != nil {
		return err
	}
	then := &Explanation{ID: string(c.Price), Period: in.Manifest.Spec.Period, Run: in.Manifest.Run}
	err = in.explainPromise(ctx, then, &schemas.Beginning{Text: then.ID}, o)
	if err != nil {
		return err
	}
	if then.Kind == "" { // it is no result any more, and what was given is taken back
		e.fact("promise", string(c.Price), fmt.Sprintf("run %s of %s has no such result", in.Manifest.Run, period), "")
		return nil
	}
	e.fact("promise", string(c.Price), then.Title, "")
	e.Facts = append(e.Facts, then.Facts...)
	e.Promise, e.Evidence = then.Steps, then.Evidence
	for _, v := range then.Checks {
		v.What = "promise: " + v.What
		e.Checks = append(e.Checks, v)
	}
	e.Warnings = append(e.Warnings, then.Warnings...)
	if o.Check {
		if err := in.provePinned(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// earlierLook is a run that this one is held against, looked at with the book that it used where the store keeps that.
func (l *Look) earlierLook(ctx context.Context, x run.Earlier) (*Look, error) {
	m, err := run.ReadEarlier(ctx, l.store, x)
	if err != nil {
		return nil, err
	}
	in := &Look{Manifest: m, book: l.book, store: l.store, landing: l.landing}
	if in.Changed = m.Spec.ChangedParts(l.book); len(in.Changed) > 0 {
		if used, err := run.OpenBook(ctx, l.store, &m.Spec); err == nil {
			in.book = used
		}
	}
	return in, nil
}

// givenBefore lists what drafts of earlier runs gave of the credit that a charge corrects.
func (l *Look) givenBefore(ctx context.Context, e *Explanation, c *schemas.Charge) error {
	e.Corrected = &Corrected{}
	for _, x := range l.Manifest.Spec.Earlier {
		m, err := run.ReadEarlier(ctx, l.store, x)
		if err != nil {
			return err
		}
		for _, key := range m.FilesOf(&schemas.Charges)(c.Account) {
			err := rows.ReadCharges(ctx, l.store, key, rows.BriefCharge, func(y *schemas.Charge) error {
				if y.Account == c.Account && y.Model == schemas.ServiceCredit && y.Price == c.Price {
					e.Corrected.Issued = append(e.Corrected.Issued, CorrectedCharge{
						ID: y.ID, From: timeText(y.Start.UnixMicro()), Until: timeText(y.End.UnixMicro()), Amount: y.Amount, Currency: y.Currency,
					})
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
