package rating

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/schemas"
)

// shared is what a set of labels keeps whose rows several meters take: each may price them or not, so that the rows have
// to be told apart by what becomes of them at each meter.
type shared struct {
	// starts are when the slices of any of the meters begin; nil for a single one. By these slices rows counts the rows, and
	// totals, for one meter after the other, what it accepted.
	starts []int64
	rows   []int64
	totals []totals
	// handed counts what was handed in for each meter: of equal numbers are the same rows.
	handed  []int
	refused []refusal
}

// refusal is what a meter could not add up.
type refusal struct {
	handed, part, slice int
	code                schemas.Code
	totals
}

// share makes room for the rows of a set of labels that several meters take.
func (t *Tally) share(handles []Handle) *shared {
	x := &shared{handed: make([]int, len(handles))}
	for _, h := range handles {
		x.starts = append(x.starts, t.series[t.handles[h].series].starts...)
	}
	slices.Sort(x.starts)
	x.starts = slices.Compact(x.starts)
	n := max(1, len(x.starts))
	x.rows, x.totals = make([]int64, n), make([]totals, n*len(handles))
	return x
}

// of returns the totals of a meter by slice.
func (x *shared) of(part int) []totals { return x.totals[part*len(x.rows) : (part+1)*len(x.rows)] }

// add counts rows that were handed in for a meter, and what the meter said of them.
func (x *shared) add(part int, rows int64, r *Row, code schemas.Code) (schemas.Code, int64) {
	k := 0
	if i, found := slices.BinarySearch(x.starts, r.Start); len(x.starts) > 0 {
		if !found {
			i--
		}
		k = max(i, 0)
	}
	if code == "" && x.of(part)[k].add(rows, r.Quantity, r.Cost, r.HasCost) != nil {
		code = schemas.CodeBadDecimal
	}
	if code != "" {
		x.refused = append(x.refused, refusal{x.handed[part], part, k, code, totals{rows, r.Quantity, r.Cost, r.HasCost}})
	}
	x.handed[part]++
	if part > 0 {
		return code, 0
	}
	x.rows[k] += rows
	return code, rows
}

// lack is what a meter did not price, for one reason: all of it, the rows of it that no meter priced and that are counted
// here and nowhere else, and those that others did.
type lack struct {
	part     int
	code     schemas.Code
	all      totals
	rows     int64
	elsewise int64
}

// suspendShared turns what meters did not price of rows that several of them take into findings, one for each meter and
// reason. Of the rows it counts those that a meter priced and another did not; those that none priced are in the finding of
// the first that is at fault. A meter that the account has not bought is no fault of rows that another one priced.
func (b *bill) suspendShared(c *combo) error {
	x := c.shared
	var lacks []lack
	find := func(part int, code schemas.Code) *lack {
		i := slices.IndexFunc(lacks, func(l lack) bool { return l.part == part && l.code == code })
		if i < 0 {
			i = len(lacks)
			lacks = append(lacks, lack{part: part, code: code})
		}
		return &lacks[i]
	}
	// count takes rows that came to the same end: codes are why a meter did not price them, empty where it did.
	count := func(rows int64, codes []schemas.Code) {
		at, priced := fault(codes)
		switch {
		case at < 0:
			b.out.Whole += rows
		case rows == 0:
		case !priced:
			find(at, codes[at]).rows += rows
		default:
			b.out.Partly += rows
			for part, code := range codes {
				if code != "" && code != schemas.CodeNoSubscription {
					find(part, code).elsewise += rows
				}
			}
		}
	}
	slices.SortStableFunc(x.refused, func(a, b refusal) int { return cmp.Compare(a.handed, b.handed) })
	clean, codesOf := slices.Clone(x.rows), make([][]schemas.Code, len(x.rows))
	for k := range codesOf {
		codesOf[k] = b.sharedCodes(c, k)
	}
	for i := 0; i < len(x.refused); {
		first := &x.refused[i]
		codes := slices.Clone(codesOf[first.slice])
		for ; i < len(x.refused) && x.refused[i].handed == first.handed; i++ {
			codes[x.refused[i].part] = x.refused[i].code
		}
		count(first.rows, codes)
		clean[first.slice] -= first.rows
	}
	for k, codes := range codesOf {
		count(clean[k], codes)
		at, _ := fault(codes)
		for part, code := range codes {
			if code == "" || code == schemas.CodeNoSubscription && part != at {
				continue
			}
			if err := find(part, code).all.merge(&x.of(part)[k]); err != nil {
				return fmt.Errorf("suspend usage of account %s: %w", b.tally.id, err)
			}
		}
	}
	for i := range x.refused {
		if err := find(x.refused[i].part, x.refused[i].code).all.merge(&x.refused[i].totals); err != nil {
			return fmt.Errorf("suspend usage of account %s: %w", b.tally.id, err)
		}
	}
	for i := range lacks {
		if l := &lacks[i]; l.all.rows > 0 && (l.rows > 0 || l.code != schemas.CodeNoSubscription) {
			b.out.Findings = append(b.out.Findings, b.findingOfLack(c, l))
		}
	}
	return nil
}

// fault is the first meter at fault that rows are not priced, -1 for none, and whether any priced them. Not to have been
// bought is a fault where no other is, and no meter priced the rows.
func fault(codes []schemas.Code) (at int, priced bool) {
	at, unbought := -1, -1
	for part, code := range codes {
		switch {
		case code == "":
			priced = true
		case code == schemas.CodeNoSubscription && unbought < 0:
			unbought = part
		case code != schemas.CodeNoSubscription && at < 0:
			at = part
		}
	}
	if at < 0 && !priced {
		at = unbought
	}
	return at, priced
}

// sharedCodes are why the meters did not price the rows of a slice, empty where they did.
func (b *bill) sharedCodes(c *combo, k int) []schemas.Code {
	at := b.plan.start.UnixMicro()
	if starts := c.shared.starts; starts != nil {
		at = starts[k]
	}
	out := make([]schemas.Code, len(c.handles))
	for part, h := range c.handles {
		s := &b.tally.series[b.tally.handles[h].series]
		switch {
		case c.shared.handed[part] == 0: // of a quantity that is asked for one meter alone
			out[part] = schemas.CodeNoSubscription
		case s.meter < 0:
			out[part] = s.code
		case s.priced[s.sliceAt(at)] != nil:
		case s.code != "":
			out[part] = s.code
		case b.subscribed(s.meter, at):
			out[part] = schemas.CodeNoPrice
		default:
			out[part] = schemas.CodeNoSubscription
		}
	}
	return out
}

func (b *bill) findingOfLack(c *combo, l *lack) schemas.Finding {
	all := l.all
	all.rows = l.rows
	f := b.findingOf(c, l.part, l.code, &all)
	if l.elsewise > 0 {
		f.Message += fmt.Sprintf("; of its rows, %d are billed by another meter and not by this one", l.elsewise)
	}
	return f
}

// merge adds what o has.
func (a *totals) merge(o *totals) error { return a.add(o.rows, o.quantity, o.cost, o.hasCost) }

// sharing returns what several meters share of a handle's rows; nil where one takes them.
func (t *Tally) sharing(h Handle) *combo {
	if c := &t.combos[t.handles[h].combo]; c.shared != nil {
		return c
	}
	return nil
}
