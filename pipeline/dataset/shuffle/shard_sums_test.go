package shuffle

import (
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
)

// The sum of a shard is that of its rows' totals, however they are divided, and any change to them shows.
func TestShardSums(t *testing.T) {
	const shards = 3
	files, all := recordFiles(t, batches.NewRand(8), 3, 200, 300, shards, 300)
	measures := recordsReduction.Measures
	sums := dataset.NewShardSums(shards)
	tallies := make([]dataset.Tally, shards)
	for _, b := range all {
		shard := make([]uint16, b.Rows)
		for i := range shard {
			shard[i] = dataset.ShardOf(b.Columns[0].TextAt(i), shards)
			if err := tallies[shard[i]].AddRow(b, i, measures); err != nil {
				t.Fatal(err)
			}
		}
		sums.AddBatch(b, shard, measures)
	}
	for k := range shards {
		got, err := dataset.ShardSumIn(sums.Bytes(), k)
		if err != nil {
			t.Fatal(err)
		}
		totals, err := tallies[k].Totals()
		if err != nil {
			t.Fatal(err)
		}
		if got != dataset.ShardSumOf(totals) || got.Rows == 0 {
			t.Errorf("shard %d sums up to %v, its totals to %v", k, got, dataset.ShardSumOf(totals))
		}
		rows := int64(0)
		for _, f := range files {
			rows += f.ShardRows(k)
		}
		if rows != got.Rows {
			t.Errorf("shard %d has %d rows, not %d", k, got.Rows, rows)
		}
		var twice dataset.ShardSum
		twice.Add(got)
		twice.Add(got)
		if err := totals.Merge(totals); err != nil || twice != dataset.ShardSumOf(totals) {
			t.Errorf("shard %d twice is %v, not %v", k, twice, dataset.ShardSumOf(totals))
		}
		for unit, d := range totals.Quantities {
			before := dataset.ShardSumOf(totals)
			delete(totals.Quantities, unit)
			totals.Quantities[unit+"s"] = d
			if dataset.ShardSumOf(totals) == before && !d.IsZero() {
				t.Errorf("another unit than %q is no other sum", unit)
			}
			break
		}
	}
	if _, err := dataset.ShardSumIn(sums.Bytes(), shards); err == nil {
		t.Error("there is a shard too many")
	}
}
