package rate

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/rating"
	"daybook/schemas"
)

// move says that so many rows of an origin, in a run, were one account's and are another's by what the book says now, or nobody's.
type move struct {
	origin
	was, now schemas.AccountID
	rows     int64
}

func (a *move) compare(b *move) int {
	return cmp.Or(a.origin.compare(b.origin), cmp.Compare(a.was, b.was), cmp.Compare(a.now, b.now))
}

// knownOwners is by what a run told whose the rows of a source are: a digest of what the book said of it.
type knownOwners struct {
	Source schemas.SourceID `json:"source"`
	Owners rating.Digest    `json:"owners"`
	// Names says that the names of accounts are part of it.
	Names bool `json:"names,omitempty"`
}

// ownersKnown is the dataset name of what a run knew of owners, which rating alone reads, to see whether any may be others by now.
// A run of a book that says nothing of them leaves none.
const ownersKnown = "owners"

// ownersSaid digests what the book says of whose the rows of a source are.
func (s *Setting) ownersSaid(src *schemas.Source, names bool) (d rating.Digest) {
	copy(d[:], s.Book.OwnersDigest(src, names))
	return d
}

// writeOwners leaves what the run knew of owners for later ones, which the first shard does for all.
func (w *rater) writeOwners(ctx context.Context, res *run.Result) error {
	if w.in.Shard != 0 {
		return nil
	}
	byBilling, err := normalise.ByBilling(ctx, w.in)
	if err != nil {
		return err
	}
	var known []knownOwners
	sources := w.set.Book.Sources()
	for i := range sources {
		src := &sources[i]
		x := knownOwners{Source: src.ID, Names: byBilling[src.ID]}
		if x.Owners = w.set.ownersSaid(src, x.Names); x.Owners != (rating.Digest{}) {
			known = append(known, x)
		}
	}
	if len(known) == 0 {
		return nil
	}
	out, err := w.in.WriteObject(ctx, ownersKnown, w.in.DatasetKey(ownersKnown, "json"), int64(len(known)), func(to io.Writer) error {
		return json.NewEncoder(to).Encode(known)
	})
	if err == nil {
		res.Outputs = append(res.Outputs, out)
	}
	return err
}

// movesIn finds the rows of a run that were an account's and are not any more, in order; once for all who ask. Where the book
// says of owners what it said then nothing is read.
func (s *Setting) movesIn(ctx context.Context, m *run.Manifest) ([]move, error) {
	s.mu.Lock()
	found, known := s.moves[m.Spec.Period]
	s.mu.Unlock()
	if known {
		return found, nil
	}
	changed, err := s.saysElse(ctx, m)
	if err == nil && len(changed) > 0 {
		found, err = s.findMoves(ctx, m, changed)
	}
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.moves == nil {
		s.moves = map[schemas.Period][]move{}
	}
	s.moves[m.Spec.Period] = found
	return found, nil
}

// saysElse are the sources of a run's usage of whose owners the book says something else now.
func (s *Setting) saysElse(ctx context.Context, m *run.Manifest) (map[schemas.SourceID]bool, error) {
	known := map[schemas.SourceID]knownOwners{}
	for _, o := range m.Outputs {
		if o.Dataset != ownersKnown {
			continue
		}
		var all []knownOwners
		err := readPart(ctx, s.Store, run.PartDigest{Part: o.Key, Digest: o.Digest}, func(body []byte) error {
			all = nil
			return json.Unmarshal(body, &all)
		})
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			known[x.Source] = x
		}
	}
	changed := map[schemas.SourceID]bool{}
	for i := range m.Sources {
		id := m.Sources[i].Source
		src, ok := s.Book.Source(id)
		if ok && m.Sources[i].Control.Shuffled.Rows > 0 && s.ownersSaid(src, known[id].Names) != known[id].Owners {
			changed[id] = true
		}
	}
	return changed, nil
}

// findMoves reads whose the rows of the changed sources were in a run, and asks the book whose they are.
func (s *Setting) findMoves(ctx context.Context, m *run.Manifest, changed map[schemas.SourceID]bool) ([]move, error) {
	f := mover{
		set: s, changed: changed, days: rows.DayFinder{Zone: s.Book.Zone()}, pairs: map[[4]uint32]*pair{}, said: map[saidBy]schemas.AccountID{},
		found: map[move]int64{},
	}
	scan := rows.TableScan{Batch: dataset.NewBatch(&schemas.Usage), Columns: append(OriginColumns(s.Book), schemas.UseAccountId)}
	for _, o := range m.Outputs {
		if o.Dataset != schemas.Usage.Name {
			continue
		}
		if err := scan.Scan(ctx, s.Store, o.Key, f.batch); err != nil {
			return nil, err
		}
	}
	var out []move
	for x, n := range f.found {
		x.rows = n
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b move) int { return a.compare(&b) })
	return out, nil
}

// mover finds moves among the rows of a run.
type mover struct {
	set     *Setting
	changed map[schemas.SourceID]bool
	days    rows.DayFinder
	// pairs are the origins that were met, by the codes of what they name: codes stay while files are scanned into one batch.
	pairs map[[4]uint32]*pair
	// said are owners of what rows say of themselves, where more than their accounts decides.
	said  map[saidBy]schemas.AccountID
	found map[move]int64
}

// pair is an origin, whose its rows are now, and whether that depends on more than its names; skip says that nothing of it has changed.
type pair struct {
	origin
	src        *schemas.Source
	skip, each bool
	now        schemas.AccountID
}

// batch takes a batch of a run's usage.
func (f *mover) batch(b *dataset.Batch) error {
	accounts := &b.Columns[schemas.UseAccountId]
	for from := 0; from < b.Rows; {
		to := accounts.RunEnd(from, b.Rows)
		if !accounts.IsNull(from) {
			was := schemas.AccountID(accounts.TextAt(from))
			if _, _, known := f.set.Book.Account(was); known { // of one that is gone nothing is rated again, so that it keeps its rows
				f.account(b, was, from, to)
			}
		}
		from = to
	}
	return nil
}

// account takes the rows of an account. Those of an origin may stand among those of others, row by row.
func (f *mover) account(b *dataset.Batch, was schemas.AccountID, from, to int) {
	key := pairKey(b, from)
	for from < to {
		next, end := key, from+1
		for ; end < to; end++ {
			if next = pairKey(b, end); next != key {
				break
			}
		}
		x := f.pairAt(key, b, from)
		if !x.skip && !x.each {
			f.count(x, was, x.now, int64(end-from))
		}
		for i := from; i < end && x.each && !x.skip; i++ {
			f.count(x, was, f.ownerOf(x, b, i), 1)
		}
		key, from = next, end
	}
}

func (f *mover) count(x *pair, was, now schemas.AccountID, n int64) {
	if now != was {
		f.found[move{origin: x.origin, was: was, now: now}] += n
	}
}

// pairColumns are those that tell origins apart.
var pairColumns = [4]int{schemas.UseSourceId, schemas.UseBillingAccountId, schemas.UseSubAccountId, schemas.UseLatePeriod}

// pairKey is what row i has there, by its codes.
func pairKey(b *dataset.Batch, i int) (key [4]uint32) {
	for k, c := range pairColumns {
		if v := &b.Columns[c]; v.IsNull(i) {
			key[k] = rows.NoCode
		} else {
			key[k] = v.Codes[i]
		}
	}
	return key
}

// pairAt is that of row i, which has the key.
func (f *mover) pairAt(key [4]uint32, b *dataset.Batch, i int) *pair {
	if x := f.pairs[key]; x != nil {
		return x
	}
	x := &pair{origin: originAt(b, i)}
	f.pairs[key] = x
	if x.skip = !f.changed[x.Source]; x.skip {
		return x
	}
	book := f.set.Book
	x.src, _ = book.Source(x.Source)
	if x.each = book.OwnerByRow(x.src) || book.OwnerByDay(x.src, x.Billing, x.Sub); !x.each {
		x.now, _ = book.Owner(x.src, schemas.Identity{Billing: x.Billing, Sub: x.Sub}, schemas.Date{})
	}
	return x
}

// ownerOf is the owner of row i, which its day, its resource or its tags may decide.
func (f *mover) ownerOf(x *pair, b *dataset.Batch, i int) schemas.AccountID {
	said := saidBy{x.Source, identityOf(b, i), f.days.Find(b.Columns[schemas.UseChargePeriodStart].Ints[i])}
	now, known := f.said[said]
	if !known {
		if len(f.said) >= mostWhys {
			clear(f.said)
		}
		now, _ = f.set.Book.Owner(x.src, said.Identity, said.day)
		f.said[said] = now
	}
	return now
}
