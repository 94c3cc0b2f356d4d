package rate

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/rating"
	"daybook/schemas"
)

// TestMovedRows has rows of a run at random accounts, and asks of each account of the book what it keeps and what it claims: each
// row is that of the account that the book says, and of no other; where it is nobody's it is in none, and one of an account that
// the book does not have stays there. Counts that are wrong by one break the taking.
func TestMovedRows(t *testing.T) {
	dir := t.TempDir()
	if err := book.Init(dir); err != nil {
		t.Fatal(err)
	}
	b, problems, err := book.Open(dir)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	set := &Setting{Period: "2024-10", Book: run.WholeBook(b), Store: new(store.Memory), Earlier: []run.Earlier{{Period: "2024-09", Run: "r"}}}
	m, were, owners := movedRun(t, set)
	l := set.newLookBack(nil)
	if err := l.claimsIn(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	e := &earlierRun{Earlier: set.Earlier[0], Manifest: m}
	columns := append(OriginColumns(set.Book), schemas.UseAccountId)
	files := newLateFiles(t.Context(), set.Store, &schemas.Usage, schemas.UseAccountId, columns, m.FilesOf(&schemas.Usage))
	defer files.close()
	has := map[int64]schemas.AccountID{}
	take := func(id schemas.AccountID, why *Again) error {
		mine := func(b *dataset.Batch, from, to int) error {
			for i := from; i < to; i++ {
				row := b.Columns[schemas.UseChargePeriodStart].Ints[i]
				if other, twice := has[row]; twice {
					t.Errorf("row %d is of %s and of %s", row, other, id)
				}
				has[row] = id
			}
			return nil
		}
		read := func(each func(b *dataset.Batch, from, to int) error) error { return files.read(id, each) }
		if err := e.Kept(set, id, why, read, mine, nil); err != nil {
			return err
		}
		return e.Claimed(t.Context(), set, id, why, columns, mine)
	}
	var ids []schemas.AccountID
	for account := range b.Accounts {
		ids = append(ids, account.ID)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if err := take(id, &Again{claims: l.claims[id]}); err != nil {
			t.Fatal(err)
		}
	}
	for row, owner := range owners {
		_, _, known := b.Account(were[row])
		if want := owner; known && has[int64(row)] != want || !known && has[int64(row)] != "" {
			t.Errorf("row %d, which was of %q and is of %q, is taken by %q", row, were[row], want, has[int64(row)])
		}
	}
	claims := l.claims[ids[0]]
	if len(claims) < 4 {
		t.Fatalf("%d claims of %s: nothing is tested", len(claims), ids[0])
	}
	for i := range claims {
		for _, off := range []int64{-1, 1} {
			wrong := slices.Clone(claims)
			wrong[i].rows += off
			clear(has)
			files.close()
			if err := take(ids[0], &Again{claims: wrong}); !errors.Is(err, run.ErrLostRows) {
				t.Errorf("claim %d of %d, wrong by %d: %v", i, len(claims), off, err)
			}
		}
	}
}

// movedRun is a run whose usage is that of random accounts, with whose each row was, and is by what the book says.
func movedRun(t *testing.T, set *Setting) (m *run.Manifest, were, owners []schemas.AccountID) {
	t.Helper()
	const rows = 400
	random := rand.New(rand.NewPCG(5, 8))
	for range rows {
		were = append(were, []schemas.AccountID{"birch-prod", "birch-test", "cedar-main", "gone"}[random.IntN(4)])
	}
	slices.Sort(were)
	batch := dataset.NewBatch(&schemas.Usage)
	for i, was := range were {
		source, names := schemas.SourceID("compute-meter"), []string{"birch-prod", "birch-test", "cedar-main", "unknown"}
		if random.IntN(2) == 0 {
			source, names = "atlas-bills", []string{"100200300401", "100200300402", "100200300499", "7"}
		}
		sub := names[random.IntN(len(names))]
		src, known := set.Book.Source(source)
		if !known {
			t.Fatalf("the starter has no source %s", source)
		}
		owner, _ := set.Book.Owner(src, schemas.Identity{Sub: sub}, schemas.Date{})
		owners = append(owners, owner)
		for col, text := range map[int]string{schemas.UseAccountId: string(was), schemas.UseSourceId: string(source), schemas.UseSubAccountId: sub} {
			batch.AppendText(col, text)
		}
		batch.AppendTime(schemas.UseChargePeriodStart, int64(i)) // which tells the rows apart here
		for col, c := range schemas.Usage.Columns {
			if c.Required && batch.Columns[col].Len() == batch.Rows {
				fillRequired(batch, col, c.Type)
			}
		}
		if err := batch.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	w, err := parquet.NewWriter(&file, &schemas.Usage, nil, parquet.WriterOptions{})
	if err == nil {
		err = w.Append(batch)
	}
	if err == nil {
		_, err = w.Close()
	}
	const key = "datasets/usage/billing_period=2024-09/x/part-0000.parquet"
	if err == nil {
		_, err = set.Store.Create(t.Context(), key, bytes.NewReader(file.Bytes()))
	}
	if err != nil {
		t.Fatal(fmt.Errorf("write the usage: %w", err))
	}
	// It knew of other accounts, and rows of our own named some that it did not know.
	knew, err := json.Marshal([]knownOwners{{Source: "compute-meter", Owners: rating.Digest{1}, Names: true}})
	if err == nil {
		_, err = set.Store.Create(t.Context(), "owners.json", bytes.NewReader(knew))
	}
	if err != nil {
		t.Fatal(err)
	}
	m = &run.Manifest{Spec: run.Spec{Period: "2024-09", Shards: 1}, Outputs: []run.Output{
		{Dataset: schemas.Usage.Name, Key: key}, {Dataset: ownersKnown, Key: "owners.json", Digest: fmt.Sprintf("%x", sha256.Sum256(knew))},
	}}
	for _, id := range []schemas.SourceID{"atlas-bills", "compute-meter"} {
		c := run.SourceControl{Source: id}
		c.Control.Shuffled.Rows = rows
		m.Sources = append(m.Sources, c)
	}
	return m, were, owners
}
