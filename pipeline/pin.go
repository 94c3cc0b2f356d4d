package pipeline

import (
	"context"
	"fmt"
	"time"

	"daybook/pipeline/source"
	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// pinning is how the deliveries of a period are looked for and fixed.
type pinning struct {
	Places
	period schemas.Period
	// asOf leaves out what arrived later; null leaves out nothing.
	asOf *time.Time
	// workers is how many objects are read at a time.
	workers int
	waivers []schemas.Waiver
	// refused tells the versions of a source that were decoded before and refused.
	refused func(schemas.SourceID) func(*delivery.Delivery) *schemas.RefusedError
	// listed takes the version of each pinned object in the landing place, and older the names of pinned deliveries that have
	// an older version behind them.
	listed map[string]store.Version
	older  map[string]bool
}

// source finds the deliveries of one source and fixes their objects.
func (x *pinning) source(ctx context.Context, src *schemas.Source) (Pinned, error) {
	seen, err := readSightings(ctx, x.Store, x.period, src.ID)
	if err != nil {
		return Pinned{}, err
	}
	manifest, err := source.ManifestReader(src.Format)
	if err != nil {
		return Pinned{}, fmt.Errorf("source %s: %w", src.ID, err)
	}
	q := delivery.Query{
		Period: x.period, Arrived: seen.arrived, Digest: seen.digest, Workers: x.workers, Refused: x.refused(src.ID), Manifest: manifest,
	}
	if x.asOf != nil {
		q.AsOf = *x.asOf
	}
	found, err := delivery.Discover(ctx, x.Landing, src, q)
	if err != nil {
		return Pinned{}, err
	}
	out := Pinned{Source: src.ID, Objects: []Object{}, Findings: waive(x.waivers, x.period, found.Findings, &found.Incomplete)}
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
			x.older[deliveryName(src.ID, d.ID)] = true
		}
		for _, o := range d.Objects {
			out.Objects = append(out.Objects, Object{Key: o.Key, Size: o.Size, Digest: o.Digest, Delivery: d.ID, Version: d.Version, Rows: o.Rows})
			seen.pin(o.Key, o.Digests)
			x.listed[o.Key] = seen.listed[o.Key].Version
		}
	}
	return out, seen.write(ctx, x.Store)
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
