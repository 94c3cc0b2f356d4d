package normalise

import (
	"context"
	"errors"
	"fmt"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/ingest"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/source/evidence"
	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// credentials writes a peer's list as it came: all of it is of the period.
func (s *sending) credentials(ctx context.Context) (run.Output, error) {
	return s.in.WriteRead(ctx, &access.Credentials, func(write func(*dataset.Batch) error) error {
		return rows.EachCredential(write, func(add func(*access.Credential) error) error {
			return s.each(func(obj *run.Object) (ingest.Held, error) {
				return s.newNormaliser(obj).facts(ctx, s, func(r *service.EvidenceRow) error {
					return add(&access.Credential{
						Peer: r.Peer, Source: r.Source, Object: r.Object, Row: r.Row, ID: r.ID, Holder: r.Holder, Issued: r.Start, Expires: r.End, Revoked: r.Known,
					})
				})
			})
		})
	}, func(b *dataset.Batch) error {
		s.control.Listed.Rows += int64(b.Rows)
		return nil
	})
}

// evidence writes what concerns the period as it came; the rest is out of scope.
func (s *sending) evidence(ctx context.Context) (run.Output, error) {
	return s.in.WriteRead(ctx, &service.EvidenceTable, func(write func(*dataset.Batch) error) error {
		return rows.EachEvidence(write, func(add func(*service.EvidenceRow) error) error {
			return s.each(func(obj *run.Object) (ingest.Held, error) { return s.newNormaliser(obj).facts(ctx, s, add) })
		})
	}, func(b *dataset.Batch) error {
		s.control.Evidence.Rows += int64(b.Rows)
		return nil
	})
}

// facts adds those of one object, and returns what it holds of each month where its source adds to what was there.
func (n *normaliser) facts(ctx context.Context, s *sending, add func(*service.EvidenceRow) error) (held ingest.Held, err error) {
	holds := map[schemas.Period]dataset.Totals{}
	if err := n.decodeEvidence(ctx, holds, add); err != nil {
		return "", err
	}
	if n.src.Semantics == schemas.Append {
		if n.obj.Filed == "" {
			n.noteLost(holds)
		}
		if held, err = ingest.HeldOf(holds); err != nil {
			return "", err
		}
	}
	return held, s.control.Merge(&n.control)
}

// decodeEvidence counts each row of the object by the months that it is about, and adds those of the period.
func (n *normaliser) decodeEvidence(ctx context.Context, holds map[schemas.Period]dataset.Totals, add func(*service.EvidenceRow) error) error {
	x, err := open(ctx, n.in.Landing(), n.obj)
	if err != nil {
		return err
	}
	defer x.close()
	zone, err := evidenceZone(n.src, n.zone)
	if err != nil {
		return err
	}
	read, err := evidence.Decode(ctx, n.src, evidence.Input{Key: n.obj.Key, Body: x.body}, evidence.Sink{Finding: n.finding, Row: func(r *service.EvidenceRow) error {
		n.seen++
		n.control.Delivered.Rows++
		within := r.Format == schemas.Credentials10
		for _, p := range monthsOf(r, zone) {
			within = within || p == n.in.Period()
			held := holds[p]
			held.Rows++
			holds[p] = held
		}
		if !within {
			n.control.OutOfScope.Rows++
			return nil
		}
		return add(r)
	}})
	if err := x.check(err); err != nil {
		return err
	}
	n.in.Handled(read)
	return n.whole(read, 0)
}

// evidenceZone is the zone by whose months a source's evidence is divided.
func evidenceZone(src *schemas.Source, provider *time.Location) (*time.Location, error) {
	if src.Zone == "" {
		return provider, nil
	}
	zone, err := time.LoadLocation(src.Zone)
	if err != nil {
		return nil, fmt.Errorf("the zone of source %s: %w", src.ID, err)
	}
	return zone, nil
}

// Evidence of a long time is of at most so many months, and a reading of a counter is of those within so long behind it, too:
// what a counter has grown by is told by the reading before.
const (
	mostMonths  = 120
	readAhead   = time.Hour
	oneMicrosec = time.Microsecond
)

// monthsOf are the months that evidence is about: all in which some of its time lies, but for an invoice, which is of the one month
// in which the middle of its billing period lies. What has no end is of the month in which it
// begins and of the one behind that.
func monthsOf(r *service.EvidenceRow, zone *time.Location) (out []schemas.Period) {
	if r.Format.IsAboutBills() && !r.End.IsZero() { // of a billing period, whose ends are the peer's
		return []schemas.Period{schemas.PeriodOf(r.Start.Add(r.End.Sub(r.Start)/2), zone)}
	}
	from, last := r.Start, r.Start
	switch {
	case r.Format == schemas.Counters10:
		last = r.Start.Add(readAhead)
	case r.End.Before(r.Start) && !r.End.IsZero(): // one of the two is wrong
		from = r.End
	case !r.End.IsZero() && r.End.After(r.Start):
		last = r.End.Add(-oneMicrosec)
	}
	p, end := schemas.PeriodOf(from, zone), schemas.PeriodOf(last, zone)
	if r.End.IsZero() && (r.Format == schemas.Incidents10 || r.Format == schemas.Notices10) {
		end = p.Next()
	}
	for ; p <= end && len(out) < mostMonths; p = p.Next() {
		out = append(out, p)
	}
	return out
}

// surveyEvidence is Survey for evidence.
func surveyEvidence(ctx context.Context, src *schemas.Source, x *opened, provider *time.Location) (map[schemas.Period]dataset.Totals, error) {
	zone, err := evidenceZone(src, provider)
	if err != nil {
		return nil, err
	}
	holds := map[schemas.Period]dataset.Totals{}
	_, err = evidence.Decode(ctx, src, evidence.Input{Key: x.obj.Key, Body: x.body}, evidence.Sink{
		Finding: func(schemas.Finding) error { return nil },
		Row: func(r *service.EvidenceRow) error {
			for _, p := range monthsOf(r, zone) {
				held := holds[p]
				held.Rows++
				holds[p] = held
			}
			return nil
		},
	})
	return settled(holds, x.check(err))
}

// settled is what an object holds, once it is known how its decoding ended: one that is refused holds nothing.
func settled(holds map[schemas.Period]dataset.Totals, err error) (map[schemas.Period]dataset.Totals, error) {
	if _, refused := errors.AsType[*schemas.RefusedError](err); refused || errors.Is(err, money.ErrOverflow) {
		return nil, nil
	}
	return holds, err
}
