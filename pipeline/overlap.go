package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"daybook/pipeline/normalise"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// Two sources of one peer may turn out to bill the same: an export made twice, a bill as it is invoiced and with commitments
// spread, a peer's own format and FOCUS. Which rows these are shows when they are decoded. Then FOCUS counts rather than others,
// and of the like that whose name comes first, and what the other delivered of the same is refused whole: the run is prepared anew without it, in the way of
// older.go.

// errTwoExports says that two sources bill the same.
var errTwoExports = errors.New("two sources bill the same")

// billing is what a task left of what a source bills.
type billing struct {
	source int
	task   *run.Task
	scopes []normalise.Scope
}

// billings are those of the tasks of a wave whose results are there.
func (p *Prepared) billings(w *run.Wave, result func(i int) (*run.Result, error)) (out []billing, err error) {
	if w.Width() != run.PerObject {
		return nil, nil
	}
	for i := range w.Tasks {
		t := &w.Tasks[i]
		if src := p.sourceOf(t); src == nil || !normalise.Rivalled(p.Book.Sources, src) {
			continue
		}
		res, err := result(i)
		if err != nil {
			return nil, err
		}
		if res == nil {
			continue
		}
		left, err := run.Left[normalise.Decoded](res)
		if err != nil {
			return nil, err
		}
		if len(left.Scopes) > 0 {
			out = append(out, billing{t.Source, t, left.Scopes})
		}
	}
	return out, nil
}

// lesser is 1 for what counts only where there is no FOCUS.
func (p *Prepared) lesser(b *billing) int {
	if p.sourceOf(b.task).Format.IsFOCUS() {
		return 0
	}
	return 1
}

func (p *Prepared) sourceOf(t *run.Task) *schemas.Source {
	src, ok := p.Book.Source(p.Spec.Sources[t.Source].Source)
	if !ok {
		return nil
	}
	return src
}

// twice finds of what was billed what a better source bills, too, and says why it is refused; the other is the same for all of
// a source's.
func (p *Prepared) twice(all []billing) (refused []billing, why []*schemas.RefusedError) {
	slices.SortStableFunc(all, func(a, b billing) int {
		return cmp.Or(cmp.Compare(p.lesser(&a), p.lesser(&b)), cmp.Compare(a.source, b.source))
	})
	out := map[int]bool{} // the places of all that are refused
	for i := range all {
		b := p.sourceOf(all[i].task)
		for j := range all[:i] {
			a := p.sourceOf(all[j].task)
			if all[j].source == all[i].source || a.Peer != b.Peer || out[j] {
				continue
			}
			s := normalise.Overlap(a, b, all[j].scopes, all[i].scopes)
			if s == nil {
				continue
			}
			f := schemas.Finding{Code: schemas.CodeTwoExports, Source: b.ID}
			if covered(p.Book.Provider.Waivers, p.Spec.Period, &f) {
				continue
			}
			out[i] = true
			refused = append(refused, all[i])
			why = append(why, &schemas.RefusedError{
				Code: schemas.CodeTwoExports, Object: p.Objects(all[i].task)[0].Key,
				Reason: fmt.Sprintf("sources %s and %s both bill account %q, sub-account %q, from %s to %s, and would be summed; %s counts", a.ID, b.ID, schemas.ClipValue(s.Billing), schemas.ClipValue(s.Sub),
					time.UnixMicro(s.First).UTC().Format(time.DateOnly), time.UnixMicro(s.Last).UTC().Format(time.DateOnly), a.ID),
			})
			break
		}
	}
	return refused, why
}

// covered reports whether a waiver lets a finding pass.
func covered(waivers []schemas.Waiver, period schemas.Period, f *schemas.Finding) bool {
	for _, w := range waivers {
		if w.Covers(period, f) {
			return true
		}
	}
	return false
}

// refuseTwice adds to p.refused what was decoded before and bills what a better source bills, and reports whether there is any.
// Of a snapshot no version is better, so its source is refused.
func (p *Prepared) refuseTwice(ctx context.Context) (more bool, err error) {
	plan, err := p.Layout()
	if err != nil {
		return false, err
	}
	var all []billing
	for i := range plan {
		w := &plan[i]
		found, err := p.billings(w, func(j int) (*run.Result, error) { return run.ReadResult(ctx, p.Run, &w.Tasks[j]) })
		if err != nil {
			return false, err
		}
		all = append(all, found...)
	}
	refused, why := p.twice(all)
	for i := range refused {
		src := p.sourceOf(refused[i].task)
		if p.refused == nil {
			p.refused = map[string]unusableVersion{}
		}
		if src.Semantics == schemas.Snapshot {
			p.refused[run.DeliveryName(src.ID, "")] = unusableVersion{why: why[i]}
			continue
		}
		for _, o := range p.Objects(refused[i].task) {
			of := *why[i]
			of.Object = o.Key
			p.refused[run.DeliveryName(src.ID, o.Delivery)] = unusableVersion{why: &of}
		}
	}
	if len(refused) > 0 {
		p.look = nil // deliveries of other months are looked at again, too
	}
	return len(refused) > 0, nil
}

// checkTwice returns errTwoExports if a wave has shown that two sources bill the same.
func (p *Prepared) checkTwice(w *run.Wave, results []*run.Result) error {
	all, err := p.billings(w, func(i int) (*run.Result, error) { return results[i], nil })
	if err != nil {
		return err
	}
	if _, why := p.twice(all); len(why) > 0 {
		return fmt.Errorf("%s: %w", why[0].Reason, errTwoExports)
	}
	return nil
}
