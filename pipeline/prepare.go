package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/ingest"
	"daybook/pipeline/rate"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// Request is what a person or the schedule asks for.
type Request struct {
	Period schemas.Period
	AsOf   *time.Time
	// Now is the time at which the run is prepared, by which a period goes on or is over, and what arrived a moment before may
	// not be whole yet, as sources declare by settle_minutes; without one the period is over, and all is whole. AsOf, where
	// there is one, is asked instead.
	Now time.Time
	// Shards is how many ways to divide the accounts; 0 chooses by the size of what was delivered.
	Shards int
	// Workers is how many objects are read at a time to pin them; below 1 it is one.
	Workers int
	// alone looks at no other month.
	alone bool
}

// MaxShards bounds Request.Shards.
const MaxShards = dataset.MaxShards

// Prepared is a run whose inputs are fixed.
type Prepared struct {
	*run.Run
	request Request
	// refused are the versions of snapshots that it does not pin, by name, and older names those pinned deliveries that have
	// an older version behind them.
	refused map[string]unusableVersion
	older   map[string]bool
	// look is how deliveries are looked for.
	look *ingest.Pinning
	// changed counts how often objects were found other than they had been pinned, by key.
	changed map[string]int
	// current is the version of the period's pointer before anything was looked at.
	current store.Version
}

// Prepare makes r a run by looking at what has been delivered: it pins the objects of every source by size and digest, and
// so fixes the spec, and with it the run's name and every byte that it will write. It records in the store when each
// object was first seen, for later runs with an as-of. A store of another provider is an error. Of r the book and the places must be there, but for scratch.
//
// A version of a snapshot that was decoded before and refused is not pinned if there is an older one: that counts.
func Prepare(ctx context.Context, r *run.Run, q Request) (*Prepared, error) {
	p := &Prepared{Run: r, request: q}
	if err := run.Claim(ctx, r.Store, r.Book.Provider.ID); err != nil {
		return p, err
	}
	return p, p.prepare(ctx)
}

// prepare is Prepare, anew.
func (p *Prepared) prepare(ctx context.Context) error {
	p.refused = nil
	for {
		err := p.fix(ctx)
		if changed, torn := errors.AsType[*run.ChangedError](err); torn && p.tryAgain(changed.Key) {
			continue
		}
		if err != nil {
			return err
		}
		more, err := p.refuseVersions(ctx)
		if err == nil && !more {
			more, err = p.refuseTwice(ctx)
		}
		if err != nil || !more {
			return err
		}
	}
}

// isOpen reports whether the period goes on when a run of it is asked for.
func isOpen(q *Request, b *book.Book) bool {
	_, end := q.Period.Bounds(b.Zone)
	if q.AsOf != nil {
		return q.AsOf.Before(end)
	}
	return !q.Now.IsZero() && q.Now.Before(end)
}

// fix pins what counts but for the versions that are known to be refused.
func (p *Prepared) fix(ctx context.Context) error {
	q, b := &p.request, p.Book
	s := run.Spec{Provider: b.Provider.ID, Period: q.Period, AsOf: q.AsOf, Shards: q.Shards}
	s.Open = isOpen(q, b)
	for _, part := range book.Parts() {
		s.Book = append(s.Book, run.PartDigest{Part: string(part), Digest: b.Digest(part)})
	}
	var err error
	if _, p.current, err = run.ReadCurrent(ctx, p.Store, s.Period); err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, run.ErrPointer) {
		return err
	}
	p.Stages = Stages()
	s.Code = run.CodeOf(p.Stages)
	p.older = map[string]bool{}
	if p.look == nil {
		p.look = p.newLook()
	}
	p.look.Forget(s.Period)
	standing, err := ReadStanding(ctx, p.Store, s.Provider)
	if err != nil {
		return err
	}
	before, err := readEarlier(ctx, standing, s.Period)
	if err != nil {
		return err
	}
	p.look.Older, p.look.Refused, p.look.Wanting = p.older, p.refusedOf, p.wantingOf
	p.look.Late = before.late
	for i := range b.Sources {
		pinned, err := p.look.Source(ctx, &b.Sources[i], s.Period)
		if err != nil {
			return err
		}
		s.Sources = append(s.Sources, pinned)
	}
	if s.Shards == 0 {
		s.Shards = chooseShards(s.Sources)
	}
	if m := before.before(s.Period); m != nil {
		carried, err := rate.CarriedFrom(ctx, p.Store, m)
		if err != nil {
			return err
		}
		s.Carried = carried.Parts
	}
	s.Families = Families(b)
	before.pin(&s)
	if !q.alone {
		p.look.Late = nil // other months' runs would be made of what is theirs alone
		if err := p.restate(ctx, before, &s); err != nil {
			return err
		}
	}
	if !q.alone && q.AsOf == nil {
		if s.Arrived, err = p.arrived(ctx, before.runs); err != nil {
			return err
		}
		restated := s.Restated()
		s.Arrived = slices.DeleteFunc(s.Arrived, func(a run.Arrived) bool {
			has := func(r run.Restated) bool { return r.Source == a.Source && r.Period == a.Period }
			return before.closed[a.Period] && (p.adds(a.Source) || slices.ContainsFunc(restated, has) || before.restatedSince(a.Source, a.Period))
		})
	}
	return p.Fix(s)
}

// adds reports whether deliveries of a source add to what was there: what they bring of a month that is closed is taken as late.
func (p *Prepared) adds(id schemas.SourceID) bool {
	src, ok := p.Book.Source(id)
	return ok && src.Semantics == schemas.Append
}

// chooseShards divides so that a shard holds about a quarter of a million rows, which are sorted in memory, going by bytes. A
// guess that is off costs balance, never memory or rows.
func chooseShards(sources []run.Pinned) int {
	const (
		rowsPerShard       = 250_000
		mostShardsByItself = 1024
	)
	var rows int64
	for i := range sources {
		for j := range sources[i].Objects {
			o := &sources[i].Objects[j]
			rows += o.Size / bytesPerRow(o.Key)
		}
	}
	return int(min(max(1, (rows+rowsPerShard-1)/rowsPerShard), mostShardsByItself))
}

// bytesPerRow guesses what a row takes in an object: events name each of their columns, and what is compressed takes a tenth
// to a fifth.
func bytesPerRow(key string) int64 {
	for _, guess := range []struct {
		suffix string
		bytes  int64
	}{{".csv", 300}, {".json", 700}, {".jsonl", 700}, {".ndjson", 700}} {
		if strings.HasSuffix(strings.ToLower(key), guess.suffix) {
			return guess.bytes
		}
	}
	return 60
}
