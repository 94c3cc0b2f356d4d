package issue

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"daybook/pipeline/document"
	"daybook/pipeline/register"
	"daybook/schemas"
)

// preceding finds the documents of which later ones hold corrections. It reads those of a month when it is asked for one, once.
type preceding struct {
	c *Closer
	// before are the closings before the one at hand.
	before register.Register
	of     map[schemas.Period]map[register.DraftKey]document.Preceding
}

func (c *Closer) precedingOf(ctx context.Context, x *register.Closing) (*preceding, error) {
	all, err := register.Read(ctx, c.Store, x.Entity)
	if err != nil {
		return nil, err
	}
	before := slices.DeleteFunc(all, func(e register.Entry) bool { return e.Number >= x.Number })
	return &preceding{c: c, before: before, of: map[schemas.Period]map[register.DraftKey]document.Preceding{}}, nil
}

// to are the documents that an invoice corrects, in the order of their periods: those on which what it corrects stands.
func (p *preceding) to(ctx context.Context, inv *schemas.Invoice) (out []document.Preceding, err error) {
	periods := map[schemas.Period]bool{}
	for i := range inv.Lines {
		periods[inv.Lines[i].Corrects] = true
	}
	for i := range inv.Taxes {
		periods[inv.Taxes[i].Corrects] = true
	}
	for i := range inv.Applied {
		periods[inv.Applied[i].Corrects] = true
	}
	delete(periods, "")
	for _, period := range slices.Sorted(maps.Keys(periods)) {
		known, read := p.of[period]
		if !read {
			if known, err = p.read(ctx, period); err != nil {
				return nil, err
			}
			p.of[period] = known
		}
		if d, is := known[register.DraftKey{Account: inv.Account, Currency: inv.Currency}]; is {
			out = append(out, d)
		}
	}
	return out, nil
}

// read reads which document the drafts of a month stand on: one of its own closings, or of a later month's to which it was carried.
func (p *preceding) read(ctx context.Context, period schemas.Period) (map[register.DraftKey]document.Preceding, error) {
	out := map[register.DraftKey]document.Preceding{}
	for i := range p.before {
		e := &p.before[i]
		brought := map[register.DraftKey]bool{}
		for _, b := range e.Brought {
			if b.Period == period {
				brought[b.DraftKey] = true
			}
		}
		if e.Done == nil || e.Period != period && len(brought) == 0 {
			continue
		}
		for k := range e.Done.Objects {
			_, err := register.EachDocument(ctx, p.c.Store, e.Done.Objects[k].Key, func(line []byte) error {
				var d struct {
					register.DraftKey
					Number string       `json:"number"`
					Issued schemas.Date `json:"issued"`
				}
				if err := json.Unmarshal(line, &d); err != nil {
					return err
				}
				if _, have := out[d.DraftKey]; !have && (e.Period == period || brought[d.DraftKey]) {
					out[d.DraftKey] = document.Preceding{Number: d.Number, Date: d.Issued, Period: period}
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
