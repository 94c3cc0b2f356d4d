package ingest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/feed"
)

// Pinning is how deliveries are looked for and fixed. What it has found of a source it keeps, so that looking at several months
// lists each folder once.
type Pinning struct {
	run.Places
	Book *book.Book
	// AsOf leaves out what arrived later; null leaves out nothing.
	AsOf *time.Time
	// Now is when objects must have settled without an as-of; zero takes all for settled.
	Now time.Time
	// Workers is how many objects are read at a time.
	Workers int
	// Refused tells the versions of a source that were decoded before and refused, and Wanting what of those that were decoded
	// cannot be used, if that is more than the source bears.
	Refused func(schemas.SourceID) func(*delivery.Delivery) *schemas.RefusedError
	Wanting func(schemas.SourceID) func(*delivery.Delivery) string
	// Changed says of an object that it was found other than it had been pinned, so that what is known of its digest counts for
	// nothing, and Changing that it goes on changing. Nil knows of none.
	Changed, Changing func(key string) bool
	// Survey reads what an object holds of each month; an object that cannot be read so holds nothing.
	Survey func(ctx context.Context, src *schemas.Source, o *run.Object) (map[schemas.Period]dataset.Totals, error)
	// Late tells, of an object of a source that adds to what was there, the closed months of which it may bring news: of those that
	// it holds rows of, the run at hand takes it as late. Nil knows of none.
	Late func(schemas.SourceID, *run.Object) []schemas.Period
	// Older takes the names of pinned deliveries of which another version might count instead.
	Older map[string]bool
	// Reads says that what was seen and learned is not kept in the store.
	Reads bool

	looked map[filing]*looked
	months map[schemas.SourceID][]schemas.Period
	ways   map[schemas.SourceID]string
}

// filing is a month under which a source files objects.
type filing struct {
	source schemas.SourceID
	month  schemas.Period
}

// looked is what was found there.
type looked struct {
	delivery.Discovery
	seen *sightings
}

// Forget drops what was found of a month, to look again.
func (x *Pinning) Forget(p schemas.Period) {
	maps.DeleteFunc(x.looked, func(f filing, _ *looked) bool { return f.month == p })
}

// claimed returns what tells the objects of other sources that are filed under a month.
func (x *Pinning) claimed(src *schemas.Source, p schemas.Period) (func(key string) bool, error) {
	var others []func(string) bool
	for i := range x.Book.Sources {
		if x.Book.Sources[i].ID == src.ID {
			continue
		}
		claims, err := delivery.Claims(&x.Book.Sources[i], p)
		if err != nil {
			return nil, err
		}
		others = append(others, claims)
	}
	return func(key string) bool {
		return slices.ContainsFunc(others, func(claims func(string) bool) bool { return claims(key) })
	}, nil
}

// Source finds the deliveries of one source and fixes the objects that a period's run has to read: those filed under it, and
// of a source that adds to what was there those filed elsewhere that hold rows of it, because a row belongs to the month that
// it says, whichever object it came in, or that bring news of a month that is closed.
func (x *Pinning) Source(ctx context.Context, src *schemas.Source, p schemas.Period) (run.Pinned, error) {
	own, err := x.look(ctx, src, p)
	if err != nil {
		return run.Pinned{}, err
	}
	incomplete := own.Incomplete
	out := run.Pinned{Source: src.ID, Objects: []run.Object{}, Findings: waive(x.Book.Provider.Waivers, p, slices.Clone(own.Findings), &incomplete)}
	out.Incomplete, out.Expected = incomplete, slices.Clone(own.Expected)
	if own.Incomplete && !incomplete && len(out.Expected) > 0 {
		out.Expected[0].State = feed.Waived
	}
	for _, d := range own.Deliveries {
		if d.Others && !d.Superseded {
			x.Older[run.DeliveryName(src.ID, d.ID)] = true
		}
	}
	for _, o := range own.objects() {
		if delivery.Undated(src) {
			if o.Filed, err = x.filed(ctx, src, own, &o); err != nil {
				return out, err
			}
			if has, err := x.brings(ctx, src, own, &o, p); err != nil || !has && o.Filed != p {
				if err != nil {
					return out, err
				}
				continue
			}
			if o.Filed == p {
				o.Filed = ""
			}
		}
		out.Objects = append(out.Objects, o)
	}
	if src.Semantics == schemas.Append {
		if err := x.elsewhere(ctx, src, p, &out); err != nil {
			return out, err
		}
	}
	return out, x.keep(ctx, own.seen)
}

// elsewhere adds the objects filed under other months that hold rows of a period.
func (x *Pinning) elsewhere(ctx context.Context, src *schemas.Source, p schemas.Period, out *run.Pinned) error {
	months, known := x.months[src.ID]
	if !known {
		var err error
		if months, err = delivery.Periods(ctx, x.Landing, src); err != nil {
			return err
		}
		if x.months == nil {
			x.months = map[schemas.SourceID][]schemas.Period{}
		}
		x.months[src.ID] = months
	}
	taken := map[string]bool{}
	for i := range out.Objects {
		taken[out.Objects[i].Key] = true
	}
	for _, month := range months {
		if month == p || month < x.Book.Provider.FirstPeriod {
			continue
		}
		l, err := x.look(ctx, src, month)
		if err != nil {
			return err
		}
		for _, o := range l.objects() {
			if taken[o.Key] {
				continue // both months' manifests name it
			}
			has, err := x.brings(ctx, src, l, &o, p)
			if err != nil {
				return err
			}
			if has {
				taken[o.Key], o.Filed = true, month
				out.Objects = append(out.Objects, o)
			}
		}
		if err := x.keep(ctx, l.seen); err != nil {
			return err
		}
	}
	return nil
}

// keep writes what is new, unless nothing is to be written.
func (x *Pinning) keep(ctx context.Context, seen *sightings) error {
	if x.Reads {
		return nil
	}
	return seen.write(ctx, x.Store)
}

// look finds what a source has filed under a month, once.
func (x *Pinning) look(ctx context.Context, src *schemas.Source, p schemas.Period) (*looked, error) {
	under := p
	if delivery.Undated(src) {
		under = undated
	}
	at := filing{src.ID, under}
	if l := x.looked[at]; l != nil {
		return l, nil
	}
	seen, err := readSightings(ctx, x.Store, under, src.ID)
	if err != nil {
		return nil, err
	}
	q := delivery.Query{
		Period: p, Arrived: seen.arrived, Digest: seen.digest, Workers: x.Workers, Changing: x.Changing, Now: x.Now,
		Refused: x.Refused(src.ID), Wanting: x.Wanting(src.ID),
	}
	if x.Changed != nil {
		q.Digest = func(info store.Info) delivery.Digests {
			if x.Changed(info.Key) {
				return delivery.Digests{}
			}
			return seen.digest(info)
		}
	}
	if q.Claimed, err = x.claimed(src, p); err != nil {
		return nil, err
	}
	if x.AsOf != nil {
		q.AsOf = *x.AsOf
	}
	l := &looked{seen: seen}
	if l.Discovery, err = delivery.Discover(ctx, x.Landing, src, q); err != nil {
		return nil, err
	}
	for _, d := range l.Deliveries {
		if !d.Superseded {
			for _, o := range d.Objects {
				seen.pin(o.Key, o.Digests)
			}
		}
	}
	if x.looked == nil {
		x.looked = map[filing]*looked{}
	}
	x.looked[at] = l
	return l, nil
}

// objects are those of the deliveries that count, in order.
func (l *looked) objects() (out []run.Object) {
	for _, d := range l.Deliveries {
		if d.Superseded {
			continue
		}
		for _, o := range d.Objects {
			out = append(out, run.Object{Key: o.Key, Size: o.Size, Digest: o.Digest, Delivery: d.ID, Version: d.Version, Rows: o.Rows})
		}
	}
	return out
}

// brings reports whether an object holds rows for the run of a period: its own, or late ones of a month that is closed.
func (x *Pinning) brings(ctx context.Context, src *schemas.Source, l *looked, o *run.Object, p schemas.Period) (bool, error) {
	all, err := x.contents(ctx, src, l, o)
	if err != nil || all[p].Rows > 0 || x.Late == nil || src.Semantics != schemas.Append {
		return all[p].Rows > 0, err
	}
	return slices.ContainsFunc(x.Late(src.ID, o), func(month schemas.Period) bool { return all[month].Rows > 0 }), nil
}

// contents is what an object holds of each month: learned once, for as long as neither it nor the way that it is read changes.
func (x *Pinning) contents(ctx context.Context, src *schemas.Source, l *looked, o *run.Object) (map[schemas.Period]dataset.Totals, error) {
	read := x.ways[src.ID]
	if read == "" {
		if x.ways == nil {
			x.ways = map[schemas.SourceID]string{}
		}
		read = wayOfReading(x.Book, src)
		x.ways[src.ID] = read
	}
	if have, ok := l.seen.objects[o.Key]; ok && have.Digest == o.Digest && have.Read == read {
		return have.Holds.Months()
	}
	holds, err := x.Survey(ctx, src, o)
	if err != nil {
		return nil, fmt.Errorf("look what %s holds of each month: %w", o.Key, err)
	}
	held, err := HeldOf(holds)
	if err != nil {
		return nil, err
	}
	l.seen.learn(o.Key, o.Digest, read, held)
	return holds, nil
}

// filed is the month by whose run an object is accounted for that is filed under none: the last that it holds rows of, but none
// after that in which it arrived.
func (x *Pinning) filed(ctx context.Context, src *schemas.Source, l *looked, o *run.Object) (schemas.Period, error) {
	all, err := x.contents(ctx, src, l, o)
	arrived := schemas.PeriodOf(l.seen.objects[o.Key].Arrived, x.Book.Zone)
	last := schemas.Period("")
	for p, held := range all {
		if held.Rows > 0 && p <= arrived {
			last = max(last, p)
		}
	}
	return max(cmp.Or(last, arrived), x.Book.Provider.FirstPeriod), err
}

// wayOfReading names all that decides to which months the rows of a source's objects belong.
func wayOfReading(b *book.Book, src *schemas.Source) string {
	body, err := json.Marshal([]any{surveyVersion, b.Zone.String(), src})
	if err != nil {
		return "" // of plain data there is none that cannot be written; and nothing is remembered by no name
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}

// surveyVersion rises when decoding comes to tell other months of a row.
const surveyVersion = 1

// Learned is what a run found an object to hold.
type Learned struct {
	Object *run.Object
	Held   Held
}

// Learn keeps what a run found objects to hold of each month, so that no other has to read them for that.
func Learn(ctx context.Context, s store.Store, b *book.Book, src *schemas.Source, filed schemas.Period, objects []Learned) error {
	if delivery.Undated(src) {
		filed = undated
	}
	seen, err := readSightings(ctx, s, filed, src.ID)
	if err != nil {
		return err
	}
	read := wayOfReading(b, src)
	for i := range objects {
		seen.learn(objects[i].Object.Key, objects[i].Object.Digest, read, objects[i].Held)
	}
	return seen.write(ctx, s)
}

// waive turns findings that the book waives, by name and reason, into notes. If no blocking finding is left, the period is
// complete as far as this source is concerned.
func waive(waivers []schemas.Waiver, period schemas.Period, found []schemas.Finding, incomplete *bool) []schemas.Finding {
	blocking, waived := false, false
	for i := range found {
		waived = WaiveOne(waivers, period, &found[i]) || waived
		blocking = blocking || found[i].Severity == schemas.Blocking
	}
	if waived && !blocking {
		*incomplete = false
	}
	return found
}

// WaiveOne turns a finding that the book waives, by name and reason, into a note, and reports whether it did.
func WaiveOne(waivers []schemas.Waiver, period schemas.Period, f *schemas.Finding) (waived bool) {
	for _, w := range waivers {
		if w.Covers(period, f) {
			f.Severity, waived = schemas.Note, true
			f.Message += fmt.Sprintf(" (waived by %s: %s)", w.Name, w.Reason)
		}
	}
	return waived
}
