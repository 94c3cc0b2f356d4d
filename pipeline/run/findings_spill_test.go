package run

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// TestManyFindings writes more findings than are kept in memory, last first: they come out in order, each once, and what
// is held stays small meanwhile.
func TestManyFindings(t *testing.T) {
	const many = 120_000
	r := &Run{Stages: []Stage{{"normalise", []Step{{Name: "shard", Width: PerShard}}}}, Places: Places{Store: new(store.Memory), SpillDir: t.TempDir()}}
	if err := r.Fix(Spec{Period: "2024-09"}); err != nil {
		t.Fatal(err)
	}
	in, err := r.inputs(Task{Stage: "normalise", Step: "shard", Key: strings.Repeat("0", 32)})
	if err != nil {
		t.Fatal(err)
	}
	found := in.NewFindings()
	defer found.Close()
	text := strings.Repeat("x", 200)
	most := 0
	for i := many; i > 0; i-- {
		found.Add(schemas.Finding{
			Code: schemas.CodeBadJSON, Severity: schemas.Rejected, Source: "s", Object: fmt.Sprint(i % 3), Row: int64(i), Message: text, Rows: 1,
		})
		most = max(most, len(found.rows))
	}
	if limit := heldFindings/findingBytes + 1; most > limit {
		t.Errorf("%d findings were held together, want at most %d", most, limit)
	}
	if found.spill.file == nil {
		t.Fatal("nothing was put aside, so this tests nothing")
	}
	var res Result
	if err := found.Write(t.Context(), in, &res); err != nil {
		t.Fatal(err)
	}
	if len(res.Outputs) != 1 || res.Outputs[0].Rows != many || len(res.Codes) != 1 || res.Codes[0].Findings != many {
		t.Fatalf("wrote %+v and counted %+v, want %d findings", res.Outputs, res.Codes, many)
	}
	body, _, err := store.ReadAll(t.Context(), r.Store, res.Outputs[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.Open(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Scan(&schemas.Findings, parquet.ScanOptions{From: f.From(&schemas.Findings)})
	if err != nil {
		t.Fatal(err)
	}
	last, rows := "", 0
	for b := dataset.NewBatch(&schemas.Findings); ; {
		more, err := s.Next(b)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
		for i := range b.Rows {
			at := fmt.Sprintf("%s %09d", b.Columns[schemas.FindObjectKey].TextAt(i), b.Columns[schemas.FindObjectRow].Ints[i])
			if at <= last {
				t.Fatalf("%q stands behind %q", at, last)
			}
			last, rows = at, rows+1
		}
	}
	if rows != many {
		t.Errorf("%d rows, want %d", rows, many)
	}
}
