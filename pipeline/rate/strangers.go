package rate

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/rating"
	"daybook/schemas"
)

// origin names, as a source does, whose rows are.
type origin struct {
	Source  schemas.SourceID `json:"source"`
	Billing string           `json:"billing,omitempty"`
	Sub     string           `json:"sub,omitempty"`
	// Late is the period that the rows came late for; empty for the run's own.
	Late schemas.Period `json:"late,omitempty"`
}

func (a origin) compare(b origin) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Billing, b.Billing), cmp.Compare(a.Sub, b.Sub), cmp.Compare(a.Late, b.Late))
}

// OriginColumns are those by which origins are told, and owners today.
func OriginColumns(b run.Book) []int {
	return append(ownerColumns(b), schemas.UseSourceId, schemas.UseBillingAccountId, schemas.UseSubAccountId, schemas.UseLatePeriod, schemas.UseChargePeriodStart)
}

// originAt is that of row i of usage.
func originAt(b *dataset.Batch, i int) origin {
	text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
	return origin{schemas.SourceID(text(schemas.UseSourceId)), text(schemas.UseBillingAccountId), text(schemas.UseSubAccountId), schemas.Period(text(schemas.UseLatePeriod))}
}

// home is the shard that its rows lie in where they are nobody's.
func (a origin) home(shards int) uint16 {
	return dataset.ShardOf([]byte(a.Billing+"\x00"+a.Sub), shards)
}

// knownStranger is an origin whose rows are nobody's, and a digest of whose the book said on each day of the period that they are.
type knownStranger struct {
	origin
	Owners rating.Digest `json:"owners"`
}

// strangersOf is the dataset name of the strangers of a run, which rating alone reads, to see whether the book has learned since
// whose their rows are.
const strangersOf = "strangers"

// ownersOf are those of an origin's rows of a period by what the book says, in the order of their days, and a digest of them.
func (s *Setting) ownersOf(x origin, p schemas.Period) (ids []schemas.AccountID, digest rating.Digest) {
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
	slices.SortFunc(known, func(a, b knownStranger) int { return a.compare(b.origin) })
	out, err := w.in.WriteObject(ctx, strangersOf, w.in.DatasetKey(strangersOf, "json"), int64(len(known)), func(to io.Writer) error {
		return json.NewEncoder(to).Encode(known)
	})
	if err == nil {
		res.Outputs = append(res.Outputs, out)
	}
	return err
}

// claim says that rows of an origin, in the run of a period, are others' by what the book says now than they were then.
type claim struct {
	run schemas.Period
	origin
	// was is the account whose they were, which gives them away; empty where they were nobody's.
	was schemas.AccountID
	// rows is how many were an account's and are to be given away or taken. Those that were nobody's are not counted.
	rows int64
	// owners digests whose they are by what the book says now, day by day.
	owners rating.Digest
}

// period is the one that the rows are of.
func (c *claim) period() schemas.Period { return cmp.Or(c.Late, c.run) }

// claimsIn finds the rows in a run that the book now says are others'.
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
			c := claim{run: m.Spec.Period, origin: known[i].origin}
			owners, digest := l.set.ownersOf(c.origin, c.period())
			if digest == known[i].Owners || !l.set.ran(c.period()) {
				continue
			}
			c.owners = digest
			for _, id := range owners {
				l.claims[id] = append(l.claims[id], c)
			}
		}
	}
	return l.movesIn(ctx, m)
}

// movesIn finds those that were an account's: it gives them away, and another claims them, or nobody.
func (l *lookBack) movesIn(ctx context.Context, m *run.Manifest) error {
	moves, err := l.set.movesIn(ctx, m)
	if err != nil {
		return err
	}
	for i := range moves {
		x := &moves[i]
		c := claim{run: m.Spec.Period, origin: x.origin, was: x.was, rows: x.rows}
		if !l.set.ran(c.period()) {
			continue
		}
		_, c.owners = l.set.ownersOf(c.origin, c.period())
		l.claims[x.was] = append(l.claims[x.was], c)
		if x.now != "" {
			l.claims[x.now] = append(l.claims[x.now], c)
		}
	}
	return nil
}

// factsWith are the facts of an account in a period together with what it claims of it, or gives away: with either it is not idle.
func factsWith(d rating.Digest, idle bool, claims []claim, p schemas.Period) (rating.Digest, bool) {
	h := sha256.New()
	claimed := false
	for i := range claims {
		if c := &claims[i]; c.period() == p {
			claimed = true
			for _, text := range [...]string{string(c.run), string(c.Source), c.Billing, c.Sub, string(c.was), string(c.owners[:])} {
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
