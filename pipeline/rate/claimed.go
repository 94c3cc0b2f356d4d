package rate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// claimed calls with rows of a run that were nobody's or another account's, and are an account's by what the book says now.
func (s *Setting) claimed(ctx context.Context, m *run.Manifest, id schemas.AccountID, claims []claim, columns []int, each func(b *dataset.Batch, from, to int) error) error {
	if columns != nil { // else all
		columns = slices.Concat(columns, OriginColumns(s.Book))
	}
	// What is wanted of whom, and how many rows of it where they are counted.
	wanted, counts := map[schemas.AccountID]map[origin]bool{}, map[schemas.AccountID]int64{}
	var givers []schemas.AccountID
	for i := range claims {
		c := &claims[i]
		if c.run != m.Spec.Period || c.was == id {
			continue
		}
		if wanted[c.was] == nil {
			wanted[c.was] = map[origin]bool{}
			givers = append(givers, c.was)
		}
		wanted[c.was][c.origin] = true
		counts[c.was] += c.rows
	}
	slices.Sort(givers)
	for _, was := range givers {
		g := giver{id: id, each: each, owns: s.ownsNow(id, wanted[was])}
		for _, key := range filesOf(m, was, wanted[was]) {
			file, err := rows.OpenAccounts(ctx, s.Store, key, &schemas.Usage, schemas.UseAccountId, columns)
			if err != nil {
				return err
			}
			if was == "" {
				err = file.ReadNobody(g.rows)
			} else {
				err = file.Read(was, g.rows)
			}
			_ = file.Close() // it was only read
			if err != nil {
				return err
			}
		}
		if was != "" && g.given != counts[was] {
			return fmt.Errorf("%s, account %s: %w: %d rows are to come from account %s, and %d do", m.Spec.Period, id, run.ErrLostRows, counts[was], was, g.given)
		}
	}
	return nil
}

// filesOf are the files of a run in which rows of these origins lie that were an account's, or nobody's.
func filesOf(m *run.Manifest, was schemas.AccountID, wanted map[origin]bool) (keys []string) {
	if was != "" {
		return m.FilesOf(&schemas.Usage)(was)
	}
	parts := map[string]bool{}
	for x := range wanted {
		parts[fmt.Sprintf("/part-%04d.parquet", x.home(m.Spec.Shards))] = true
	}
	for _, o := range m.Outputs {
		if at := strings.LastIndex(o.Key, "/part-"); o.Dataset == schemas.Usage.Name && at >= 0 && parts[o.Key[at:]] {
			keys = append(keys, o.Key)
		}
	}
	return keys
}

// ownsNow reports of rows whether they are of the origins and an account's by what the book says now.
func (s *Setting) ownsNow(id schemas.AccountID, wanted map[origin]bool) func(b *dataset.Batch, i int) bool {
	days := rows.DayFinder{Zone: s.Book.Zone()}
	return func(b *dataset.Batch, i int) bool {
		x := originAt(b, i)
		src, ok := s.Book.Source(x.Source)
		if !ok || !wanted[x] {
			return false
		}
		owner, ok := s.Book.Owner(src, identityOf(b, i), days.Find(b.Columns[schemas.UseChargePeriodStart].Ints[i]))
		return ok && owner == id
	}
}

// giver hands rows of nobody or of another on as an account's.
type giver struct {
	id    schemas.AccountID
	owns  func(b *dataset.Batch, i int) bool
	each  func(b *dataset.Batch, from, to int) error
	given int64
}

func (g *giver) rows(b *dataset.Batch, from, to int) error {
	was := b.Columns[schemas.UseAccountId]
	defer func() { b.Columns[schemas.UseAccountId] = was }()
	given := dataset.Vector{Type: schemas.Label, Dict: dataset.NewDictionary(), Codes: make([]uint32, b.Rows)}
	given.Dict.Code([]byte(g.id))
	b.Columns[schemas.UseAccountId] = given
	return stretches(b, from, to, g.owns, func(from, to int) error {
		g.given += int64(to - from)
		return g.each(b, from, to)
	}, nil)
}

// stretches calls in turn with the rows that are so, and with those that are not, where anybody asks for these.
func stretches(b *dataset.Batch, from, to int, is func(b *dataset.Batch, i int) bool, yes, no func(from, to int) error) error {
	for from < to {
		so, end := is(b, from), from+1
		for end < to && is(b, end) == so {
			end++
		}
		do := yes
		if !so {
			do = no
		}
		if do != nil {
			if err := do(from, end); err != nil {
				return err
			}
		}
		from = end
	}
	return nil
}

// Kept calls read, which calls with the rows of a run that were an account's, for those that still are by what the book says now;
// those that it gives away go to gone, where that is asked for.
func (e *earlierRun) Kept(set *Setting, id schemas.AccountID, why *Again, read func(func(b *dataset.Batch, from, to int) error) error, each, gone func(b *dataset.Batch, from, to int) error) error {
	given := map[origin]bool{}
	count := int64(0)
	for i := range why.claims {
		if c := &why.claims[i]; c.run == e.Period && c.was == id {
			given[c.origin] = true
			count += c.rows
		}
	}
	if len(given) == 0 {
		return read(each)
	}
	owns, left := set.ownsNow(id, given), int64(0)
	err := read(func(b *dataset.Batch, from, to int) error {
		leaves := func(b *dataset.Batch, i int) bool { return given[originAt(b, i)] && !owns(b, i) }
		return stretches(b, from, to, leaves, func(from, to int) error {
			left += int64(to - from)
			if gone == nil {
				return nil
			}
			return gone(b, from, to)
		}, func(from, to int) error { return each(b, from, to) })
	})
	if err == nil && left != count {
		err = fmt.Errorf("%s, account %s: %w: %d rows are to go to others, and %d do", e.Period, id, run.ErrLostRows, count, left)
	}
	return err
}

// readKept reads the rows of an earlier run that were the account's and still are.
func (s *taking) readKept(run *earlierRun, pass int, each, gone func(b *dataset.Batch, from, to int) error) error {
	read := func(each func(b *dataset.Batch, from, to int) error) error { return run.usage[pass].read(s.id, each) }
	return run.Kept(s.set, s.id, &s.again, read, each, gone)
}

// leave takes rows of a run that were the account's: those that are nobody's now are to be told of.
func (s *taking) leave(of schemas.Period, b *dataset.Batch, from, to int) error {
	days := rows.DayFinder{Zone: s.set.Book.Zone()}
	for i := from; i < to; i++ {
		x := originAt(b, i)
		src, known := s.set.Book.Source(x.Source)
		if !known {
			continue
		}
		if _, is := s.set.Book.Owner(src, identityOf(b, i), days.Find(b.Columns[schemas.UseChargePeriodStart].Ints[i])); is {
			continue
		}
		p := cmp.Or(x.Late, of)
		if s.left[p] == nil {
			s.left[p] = &nobody{}
		}
		if err := s.left[p].add(s.set, b, i, i+1, true); err != nil {
			return err
		}
	}
	return nil
}
