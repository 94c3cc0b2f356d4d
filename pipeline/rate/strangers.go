package rate

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/rating"
	"daybook/schemas"
)

// stranger names, as a source does, whose rows are that were nobody's when a run was made.
type stranger struct {
	Source  schemas.SourceID `json:"source"`
	Billing string           `json:"billing,omitempty"`
	Sub     string           `json:"sub,omitempty"`
	// Late is the period that the rows came late for; empty for the run's own.
	Late schemas.Period `json:"late,omitempty"`
}

func (a stranger) compare(b stranger) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Billing, b.Billing), cmp.Compare(a.Sub, b.Sub), cmp.Compare(a.Late, b.Late))
}

// home is the shard that its rows lie in.
func (a stranger) home(shards int) uint16 {
	return dataset.ShardOf([]byte(a.Billing+"\x00"+a.Sub), shards)
}

// knownStranger is a stranger, and a digest of whose the book said on each day of the period that its rows are.
type knownStranger struct {
	stranger
	Owners rating.Digest `json:"owners"`
}

// strangersOf is the dataset name of the strangers of a run, which rating alone reads, to see whether the book has learned since
// whose their rows are.
const strangersOf = "strangers"

// ownersOf are those of a stranger's rows of a period by what the book says, in the order of their days, and a digest of them.
func (s *Setting) ownersOf(x stranger, p schemas.Period) (ids []schemas.AccountID, digest rating.Digest) {
	h := sha256.New()
	src, known := s.Book.Source(x.Source)
	first, last := p.Days()
	if known && !s.Book.OwnerByDay(src, x.Billing, x.Sub) {
		last = first
	}
	for day := first; known && !day.After(last); day = day.AddDays(1) {
		id, ok := s.Book.Owner(src, schemas.Identity{Billing: x.Billing, Sub: x.Sub}, day)
		h.Write(append([]byte(id), 0))
		if ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if known { // by their resources and tags the rows may be of others, which each of them says when it is looked at
		accounts, rules := s.Book.RowOwners(src)
		h.Write(rules)
		for _, id := range accounts {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	copy(digest[:], h.Sum(nil))
	return ids, digest
}

// writeStrangers leaves those of a task's run for later ones; without any there is nothing to leave.
func (w *rater) writeStrangers(ctx context.Context, res *run.Result) error {
	if len(w.nobody.names) == 0 {
		return nil
	}
	var known []knownStranger
	for x := range w.nobody.names {
		_, owners := w.set.ownersOf(x, cmp.Or(x.Late, w.in.Period()))
		known = append(known, knownStranger{x, owners})
	}
	slices.SortFunc(known, func(a, b knownStranger) int { return a.compare(b.stranger) })
	out, err := w.in.WriteObject(ctx, strangersOf, w.in.DatasetKey(strangersOf, "json"), int64(len(known)), func(to io.Writer) error {
		return json.NewEncoder(to).Encode(known)
	})
	if err == nil {
		res.Outputs = append(res.Outputs, out)
	}
	return err
}

// claim says that rows of a stranger, in the run of a period, are an account's.
type claim struct {
	run schemas.Period
	stranger
}

// period is the one that the rows are of.
func (c *claim) period() schemas.Period { return cmp.Or(c.Late, c.run) }

// claimsIn finds the rows of nobody in a run that the book now says are somebody's.
func (l *lookBack) claimsIn(ctx context.Context, m *run.Manifest) error {
	for _, o := range m.Outputs {
		if o.Dataset != strangersOf {
			continue
		}
		var known []knownStranger
		err := readPart(ctx, l.set.Store, run.PartDigest{Part: o.Key, Digest: o.Digest}, func(body []byte) error {
			known = nil
			return json.Unmarshal(body, &known)
		})
		if err != nil {
			return err
		}
		for i := range known {
			c := claim{m.Spec.Period, known[i].stranger}
			owners, digest := l.set.ownersOf(c.stranger, c.period())
			if digest == known[i].Owners || !l.set.ran(c.period()) {
				continue
			}
			for _, id := range owners {
				l.claims[id] = append(l.claims[id], c)
			}
		}
	}
	return nil
}

// factsWith are the facts of an account in a period together with what it claims of it: with a claim it is not idle.
func factsWith(d rating.Digest, idle bool, claims []claim, p schemas.Period) (rating.Digest, bool) {
	h := sha256.New()
	claimed := false
	for i := range claims {
		if c := &claims[i]; c.period() == p {
			claimed = true
			for _, text := range [...]string{string(c.run), string(c.Source), c.Billing, c.Sub} {
				h.Write(append([]byte(text), 0))
			}
		}
	}
	if !claimed {
		return d, idle
	}
	var more rating.Digest
	copy(more[:], h.Sum(nil))
	return d.With(more), false
}

// claimed calls with rows of a run that were nobody's and are an account's by what the book says now.
func (s *Setting) claimed(ctx context.Context, m *run.Manifest, id schemas.AccountID, claims []claim, columns []int, each func(b *dataset.Batch, from, to int) error) error {
	wanted := map[stranger]bool{}
	var parts []string
	for i := range claims {
		if c := &claims[i]; c.run == m.Spec.Period {
			wanted[c.stranger] = true
			parts = append(parts, fmt.Sprintf("/part-%04d.parquet", c.home(m.Spec.Shards)))
		}
	}
	if columns != nil { // else all
		columns = slices.Concat(columns, []int{
			schemas.UseSourceId, schemas.UseBillingAccountId, schemas.UseSubAccountId, schemas.UseLatePeriod, schemas.UseChargePeriodStart,
		}, ownerColumns(s.Book))
	}
	days := rows.DayFinder{Zone: s.Book.Zone()}
	g := giver{id: id, each: each, owns: func(b *dataset.Batch, i int) bool {
		text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
		x := stranger{schemas.SourceID(text(schemas.UseSourceId)), text(schemas.UseBillingAccountId), text(schemas.UseSubAccountId), schemas.Period(text(schemas.UseLatePeriod))}
		src, ok := s.Book.Source(x.Source)
		if !ok || !wanted[x] {
			return false
		}
		owner, ok := s.Book.Owner(src, identityOf(b, i), days.Find(b.Columns[schemas.UseChargePeriodStart].Ints[i]))
		return ok && owner == id
	}}
	for _, o := range m.Outputs {
		if o.Dataset != schemas.Usage.Name || !slices.ContainsFunc(parts, func(part string) bool { return strings.HasSuffix(o.Key, part) }) {
			continue
		}
		file, err := rows.OpenAccounts(ctx, s.Store, o.Key, &schemas.Usage, schemas.UseAccountId, columns)
		if err != nil {
			return err
		}
		err = file.ReadNobody(g.rows)
		_ = file.Close() // it was only read
		if err != nil {
			return err
		}
	}
	return nil
}

// giver hands rows of nobody on as an account's.
type giver struct {
	id   schemas.AccountID
	owns func(b *dataset.Batch, i int) bool
	each func(b *dataset.Batch, from, to int) error
}

func (g *giver) rows(b *dataset.Batch, from, to int) error {
	was := b.Columns[schemas.UseAccountId]
	defer func() { b.Columns[schemas.UseAccountId] = was }()
	given := dataset.Vector{Type: schemas.Label, Dict: dataset.NewDictionary(), Codes: make([]uint32, b.Rows)}
	given.Dict.Code([]byte(g.id))
	b.Columns[schemas.UseAccountId] = given
	for from < to {
		end := from
		for end < to && g.owns(b, end) {
			end++
		}
		if end > from {
			if err := g.each(b, from, end); err != nil {
				return err
			}
		}
		from = max(end, from+1)
	}
	return nil
}
