package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/source"
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

// Prepared is a run whose inputs are fixed.
type Prepared struct {
	*Run
	request Request
	// refused are the versions of snapshots that it does not pin, by name, and older names those pinned deliveries that have
	// an older version behind them.
	refused map[string]refusedVersion
	older   map[string]bool
}

// Prepare makes r a run by looking at what has been delivered: it pins the objects of every source by size and digest, and
// so fixes the spec, and with it the run's name and every byte that it will write. It records in the store when each
// object was first seen, for later runs with an as-of. Of r the book and the places must be there, but for scratch.
//
// A version of a snapshot that was decoded before and refused is not pinned if there is an older one: that counts.
func Prepare(ctx context.Context, r *Run, q Request) (*Prepared, error) {
	p := &Prepared{Run: r, request: q}
	return p, p.prepare(ctx)
}

// prepare is Prepare, anew.
func (p *Prepared) prepare(ctx context.Context) error {
	p.refused = nil
	for {
		if err := p.fix(ctx); err != nil {
			return err
		}
		if more, err := p.refuseVersions(ctx); err != nil || !more {
			return err
		}
	}
}

// fix pins what counts but for the versions that are known to be refused.
func (p *Prepared) fix(ctx context.Context) error {
	q, b := &p.request, p.Book
	s := Spec{Provider: b.Provider.ID, Period: q.Period, AsOf: q.AsOf, Shards: q.Shards}
	for _, part := range book.Parts() {
		s.Book = append(s.Book, PartDigest{string(part), b.Digest(part)})
	}
	p.Stages = Stages()
	for _, stage := range p.Stages {
		for _, step := range stage.Steps {
			s.Code = append(s.Code, PartDigest{stage.Name + "/" + step.Name, step.Version})
		}
	}
	p.Listed, p.older = map[string]store.Version{}, map[string]bool{}
	for i := range b.Sources {
		pinned, err := p.pin(ctx, &s, &b.Sources[i])
		if err != nil {
			return err
		}
		s.Sources = append(s.Sources, pinned)
	}
	if s.Shards == 0 {
		s.Shards = chooseShards(s.Sources)
	}
	carried, err := ReadCarriedIn(ctx, p.Store, s.Period)
	if err != nil {
		return err
	}
	if carried != nil {
		s.Carried = carried.parts
	}
	s.Families = families(b)
	if err := pinEarlier(ctx, p.Store, &s); err != nil {
		return err
	}
	return p.Fix(s)
}

// pin finds the deliveries of one source and fixes their objects.
func (p *Prepared) pin(ctx context.Context, s *Spec, src *schemas.Source) (Pinned, error) {
	seen, err := readSightings(ctx, p.Store, s.Period, src.ID)
	if err != nil {
		return Pinned{}, err
	}
	manifest, err := source.ManifestReader(src.Format)
	if err != nil {
		return Pinned{}, fmt.Errorf("source %s: %w", src.ID, err)
	}
	q := delivery.Query{
		Period: s.Period, Arrived: seen.arrived, Digest: seen.digest, Workers: p.request.Workers, Refused: p.refusedOf(src.ID), Manifest: manifest,
	}
	if s.AsOf != nil {
		q.AsOf = *s.AsOf
	}
	found, err := delivery.Discover(ctx, p.Landing, src, q)
	if err != nil {
		return Pinned{}, err
	}
	out := Pinned{Source: src.ID, Objects: []Object{}, Findings: waive(p.Book.Provider.Waivers, s.Period, found.Findings, &found.Incomplete)}
	out.Incomplete = found.Incomplete
	behind := map[string]bool{} // days of which there are older versions
	for _, d := range found.Deliveries {
		behind[d.Day] = behind[d.Day] || d.Superseded
	}
	for _, d := range found.Deliveries {
		if d.Superseded {
			continue
		}
		if behind[d.Day] {
			p.older[deliveryName(src.ID, d.ID)] = true
		}
		for _, o := range d.Objects {
			out.Objects = append(out.Objects, Object{Key: o.Key, Size: o.Size, Digest: o.Digest, Delivery: d.ID, Version: d.Version, Rows: o.Rows})
			seen.pin(o.Key, o.Digests)
			p.Listed[o.Key] = seen.listed[o.Key].Version
		}
	}
	return out, seen.write(ctx, p.Store)
}

// waive turns findings that the book waives, by name and reason, into notes. If no blocking finding is left, the period is
// complete as far as this source is concerned.
func waive(waivers []schemas.Waiver, period schemas.Period, found []schemas.Finding, incomplete *bool) []schemas.Finding {
	blocking, waived := false, false
	for i := range found {
		waived = waiveOne(waivers, period, &found[i]) || waived
		blocking = blocking || found[i].Severity == schemas.Blocking
	}
	if waived && !blocking {
		*incomplete = false
	}
	return found
}

// waiveOne turns a finding that the book waives, by name and reason, into a note, and reports whether it did.
func waiveOne(waivers []schemas.Waiver, period schemas.Period, f *schemas.Finding) (waived bool) {
	for _, w := range waivers {
		if w.Covers(period, f) {
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
