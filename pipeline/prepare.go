package pipeline

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// Request is what a person or the schedule asks for.
type Request struct {
	Period schemas.Period
	AsOf   *time.Time
	// Shards is how many ways to divide the accounts; 0 chooses by the size of what was delivered.
	Shards int
	// Workers is how many objects are read at a time to pin them; below 1 it is one.
	Workers int
}

// MaxShards bounds Request.Shards.
const MaxShards = dataset.MaxShards

// Prepare completes r by looking at what has been delivered: it pins the objects of every source by size and digest, and
// so fixes the spec, and with it the run's name and every byte that it will write. It records in the store when each
// object was first seen, for later runs with an as-of.
//
// A version of a snapshot that was decoded before and refused is not pinned if there is an older one: that counts.
func Prepare(ctx context.Context, r *Run, q Request) error {
	r.request, r.refused = q, nil
	for {
		if err := r.fix(ctx, q); err != nil {
			return err
		}
		if more, err := r.refuseVersions(ctx); err != nil || !more {
			return err
		}
	}
}

// fix pins what counts but for the versions that are known to be refused.
func (r *Run) fix(ctx context.Context, q Request) error {
	s := &r.Spec
	*s = Spec{Provider: r.Book.Provider.ID, Period: q.Period, AsOf: q.AsOf, Shards: q.Shards}
	for _, part := range book.Parts() {
		s.Book = append(s.Book, PartDigest{string(part), r.Book.Digest(part)})
	}
	for _, stage := range Stages() {
		for _, step := range stage.Steps {
			s.Code = append(s.Code, PartDigest{stage.Name + "/" + step.Name, step.Version})
		}
	}
	r.versions, r.older = map[string]store.Version{}, map[string]bool{}
	r.planOnce, r.buffers = sync.Once{}, buffers{} // which may be of another number of shards
	for i := range r.Book.Sources {
		p, err := r.pin(ctx, &r.Book.Sources[i], q.Workers)
		if err != nil {
			return err
		}
		s.Sources = append(s.Sources, p)
	}
	if s.Shards == 0 {
		s.Shards = chooseShards(s.Sources)
	}
	if err := r.carryIn(ctx); err != nil {
		return err
	}
	s.Families = families(r)
	if err := r.pinEarlier(ctx); err != nil {
		return err
	}
	var err error
	r.ID, err = s.RunID()
	return err
}

// pin finds the deliveries of one source and fixes their objects.
func (r *Run) pin(ctx context.Context, src *schemas.Source, workers int) (Pinned, error) {
	seen, err := readSightings(ctx, r.Store, r.Spec.Period, src.ID)
	if err != nil {
		return Pinned{}, err
	}
	q := delivery.Query{Period: r.Spec.Period, Arrived: seen.arrived, Digest: seen.digest, Workers: workers, Refused: r.refusedOf(src.ID)}
	if r.Spec.AsOf != nil {
		q.AsOf = *r.Spec.AsOf
	}
	found, err := delivery.Discover(ctx, r.Landing, src, q)
	if err != nil {
		return Pinned{}, err
	}
	p := Pinned{Source: src.ID, Incomplete: found.Incomplete, Objects: []Object{}, Findings: r.waive(found.Findings, &found.Incomplete)}
	p.Incomplete = found.Incomplete
	behind := map[string]bool{} // days of which there are older versions
	for _, d := range found.Deliveries {
		behind[d.Day] = behind[d.Day] || d.Superseded
	}
	for _, d := range found.Deliveries {
		if d.Superseded {
			continue
		}
		if behind[d.Day] {
			r.older[deliveryName(src.ID, d.ID)] = true
		}
		for _, o := range d.Objects {
			p.Objects = append(p.Objects, Object{Key: o.Key, Size: o.Size, Digest: o.Digest, Delivery: d.ID, Version: d.Version, Rows: o.Rows})
			seen.pin(o.Key, o.Digests)
			r.versions[o.Key] = seen.listed[o.Key].Version
		}
	}
	return p, seen.write(ctx, r.Store)
}

// waive turns findings that the book waives, by name and reason, into notes. If no blocking finding is left, the period is
// complete as far as this source is concerned.
func (r *Run) waive(found []schemas.Finding, incomplete *bool) []schemas.Finding {
	blocking, waived := false, false
	for i := range found {
		waived = r.waiveOne(&found[i]) || waived
		blocking = blocking || found[i].Severity == schemas.Blocking
	}
	if waived && !blocking {
		*incomplete = false
	}
	return found
}

// waiveOne turns a finding that the book waives, by name and reason, into a note, and reports whether it did.
func (r *Run) waiveOne(f *schemas.Finding) (waived bool) {
	for _, w := range r.Book.Provider.Waivers {
		if w.Covers(r.Spec.Period, f) {
			f.Severity, waived = schemas.Note, true
			f.Message += fmt.Sprintf(" (waived by %s: %s)", w.Name, w.Reason)
		}
	}
	return waived
}

// chooseShards divides so that a shard holds about a quarter of a million rows, which are sorted in memory, going by bytes. A
// guess that is off costs balance, never memory or rows.
func chooseShards(sources []Pinned) int {
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

// carryIn finds what the run of the period before left for this one. That run becomes part of the spec.
func (r *Run) carryIn(ctx context.Context) error {
	in, err := ReadCarriedIn(ctx, r.Store, r.Spec.Period)
	if in != nil {
		r.carried, r.Spec.Carried = in.accounts, in.parts
	}
	return err
}
