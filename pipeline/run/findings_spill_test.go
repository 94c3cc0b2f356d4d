package run

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
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

// TestFindingsAreCounted loses, doubles and changes findings between where they are found and where they lie.
func TestFindingsAreCounted(t *testing.T) {
	cost, _ := money.FixedFromDecimal(money.NewDecimal(5, 0))
	finding := func(row int64) schemas.Finding {
		return schemas.Finding{Code: schemas.CodeBadJSON, Severity: schemas.Rejected, Source: "s", Object: "o", Row: row, Message: "it is none", Rows: 1, Cost: cost, Currency: "EUR"}
	}
	for _, c := range []struct {
		name  string
		spoil func(f *Findings)
		says  string
	}{
		{"nothing", func(*Findings) {}, ""},
		{"lost", func(f *Findings) { f.rows = f.rows[1:] }, "has findings [{Code:bad_json Severity:rejected Findings:1 Rows:1 Amounts:map[EUR:5]}], and there were [{Code:bad_json Severity:rejected Findings:2 Rows:2 Amounts:map[EUR:10]}]"},
		{"doubled", func(f *Findings) { f.rows = append(f.rows, f.rows[0]) }, "Findings:3 Rows:3 Amounts:map[EUR:15]}], and there were"},
		{"of more rows", func(f *Findings) { f.rows[0].Rows = 2 }, "Findings:2 Rows:3 Amounts:map[EUR:10]}], and there were"},
		{"of another code", func(f *Findings) { f.rows[0].Code = schemas.CodeBadTime }, "Code:bad_time"},
		{"of another amount", func(f *Findings) { f.rows[0].Cost = money.Fixed{} }, "cost in EUR 5 instead of 10"},
		{"of another unit", func(f *Findings) { f.rows[0].Unit, f.rows[0].Quantity = "GB", cost }, "quantity in GB 5 instead of 0"},
	} {
		r := &Run{Stages: []Stage{{"normalise", []Step{{Name: "shard", Width: PerShard}}}}, Places: Places{Store: new(store.Memory), SpillDir: t.TempDir()}}
		if err := r.Fix(Spec{Period: "2024-09"}); err != nil {
			t.Fatal(err)
		}
		in, err := r.inputs(Task{Stage: "normalise", Step: "shard", Key: strings.Repeat("0", 32)})
		if err != nil {
			t.Fatal(err)
		}
		found := in.NewFindings()
		found.Add(finding(1))
		found.Add(finding(2))
		c.spoil(&found)
		err = found.Write(t.Context(), in, new(Result))
		if c.says == "" && err != nil || c.says != "" && (!errors.Is(err, ErrUnbalanced) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
}
