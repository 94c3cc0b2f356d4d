package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"daybook/pipeline/run"
	"daybook/pipeline/source"
	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// Pinning is how the deliveries of a period are looked for and fixed.
type Pinning struct {
	run.Places
	Period schemas.Period
	// AsOf leaves out what arrived later; null leaves out nothing.
	AsOf *time.Time
	// Workers is how many objects are read at a time.
	Workers int
	Waivers []schemas.Waiver
	// Refused tells the versions of a source that were decoded before and refused, and Wanting what of those that were decoded
	// cannot be used, if that is more than the source bears.
	Refused func(schemas.SourceID) func(*delivery.Delivery) *schemas.RefusedError
	Wanting func(schemas.SourceID) func(*delivery.Delivery) string
	// Sources are all of the book's: an object of one is no stray of another.
	Sources []schemas.Source
	// Listed takes the version of each pinned object in the landing place, and Older the names of pinned deliveries of which
	// another version might count instead.
	Listed map[string]store.Version
	Older  map[string]bool
}

// claimed returns what tells the objects of other sources.
func (x *Pinning) claimed(src *schemas.Source) (func(key string) bool, error) {
	var others []func(string) bool
	for i := range x.Sources {
		if x.Sources[i].ID == src.ID {
			continue
		}
		claims, err := delivery.Claims(&x.Sources[i], x.Period)
		if err != nil {
			return nil, err
		}
		others = append(others, claims)
	}
	return func(key string) bool {
		return slices.ContainsFunc(others, func(claims func(string) bool) bool { return claims(key) })
	}, nil
}

// Source finds the deliveries of one source and fixes their objects.
func (x *Pinning) Source(ctx context.Context, src *schemas.Source) (run.Pinned, error) {
	seen, err := readSightings(ctx, x.Store, x.Period, src.ID)
	if err != nil {
		return run.Pinned{}, err
	}
	manifest, err := source.ManifestReader(src.Format)
	if err != nil {
		return run.Pinned{}, fmt.Errorf("source %s: %w", src.ID, err)
	}
	q := delivery.Query{
		Period: x.Period, Arrived: seen.arrived, Digest: seen.digest, Workers: x.Workers,
		Refused: x.Refused(src.ID), Wanting: x.Wanting(src.ID), Manifest: manifest,
	}
	if q.Claimed, err = x.claimed(src); err != nil {
		return run.Pinned{}, err
	}
	if x.AsOf != nil {
		q.AsOf = *x.AsOf
	}
	found, err := delivery.Discover(ctx, x.Landing, src, q)
	if err != nil {
		return run.Pinned{}, err
	}
	out := run.Pinned{Source: src.ID, Objects: []run.Object{}, Findings: waive(x.Waivers, x.Period, found.Findings, &found.Incomplete)}
	out.Incomplete = found.Incomplete
	for _, d := range found.Deliveries {
		if d.Superseded {
			continue
		}
		if d.Others {
			x.Older[run.DeliveryName(src.ID, d.ID)] = true
		}
		for _, o := range d.Objects {
			out.Objects = append(out.Objects, run.Object{Key: o.Key, Size: o.Size, Digest: o.Digest, Delivery: d.ID, Version: d.Version, Rows: o.Rows})
			seen.pin(o.Key, o.Digests)
			x.Listed[o.Key] = seen.listed[o.Key].Version
		}
	}
	return out, seen.write(ctx, x.Store)
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
