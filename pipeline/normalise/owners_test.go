package normalise

import (
	"testing"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// A row goes to the account that its own pair of accounts names, whatever the rows before it named: one sub-account may
// come under several billing accounts, and codes mean other texts in the next batch's dictionaries.
func TestOwnersOfPairs(t *testing.T) {
	dir := t.TempDir()
	if err := book.Init(dir); err != nil {
		t.Fatal(err)
	}
	b, problems, err := book.Open(dir)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	var ids []string
	for account := range b.Accounts {
		ids = append(ids, string(account.ID))
	}
	if len(ids) < 2 {
		t.Fatalf("the starter book has the accounts %q, and two are needed", ids)
	}
	one, two := ids[0], ids[1]
	o := NewOwners(run.WholeBook(b), &schemas.Source{ID: "meter"}, (&run.Spec{Shards: 4}).Home(), 4)
	for _, rows := range [][][3]string{ // billing account, sub-account, and the owner
		{{one, "x", one}, {two, "x", two}, {one, "x", one}, {"y", "x", ""}, {two, "", two}, {"", "", ""}, {"", two, two}, {one, "", one}},
		{{two, "x", two}, {one, "z", one}, {"y", two, two}, {two, "z", two}, {"", "z", ""}},
	} {
		batch := dataset.NewBatch(&schemas.Usage)
		billing, sub := dataset.NewDictionary(), dataset.NewDictionary()
		batch.Columns[schemas.UseBillingAccountId] = labels(billing, rows, 0)
		batch.Columns[schemas.UseSubAccountId] = labels(sub, rows, 1)
		batch.Columns[schemas.UseChargePeriodStart].Ints = make([]int64, len(rows))
		batch.Rows = len(rows)
		shards := make([]uint16, len(rows))
		o.Assign(batch, shards)
		for i, row := range rows {
			got := string(batch.Columns[schemas.UseAccountId].TextAt(i))
			if got != row[2] {
				t.Errorf("row %d of billing account %q and sub-account %q is of %q, want %q", i, row[0], row[1], got, row[2])
			}
			if want := dataset.ShardOf([]byte(row[2]), 4); row[2] != "" && shards[i] != want {
				t.Errorf("row %d of %q went to shard %d, want %d", i, row[2], shards[i], want)
			}
		}
	}
}

// labels returns a column of the rows' texts, null where they are empty.
func labels(d *dataset.Dictionary, rows [][3]string, at int) dataset.Vector {
	v := dataset.Vector{Type: schemas.Label, Dict: d}
	for i, row := range rows {
		v.Codes = append(v.Codes, 0)
		if row[at] == "" {
			v.SetNull(i)
		} else {
			v.Codes[i] = d.Code([]byte(row[at]))
		}
	}
	return v
}
