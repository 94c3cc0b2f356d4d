package run

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/schemas"
)

// Findings gathers what a task finds wrong, and counts it by code. Those of a hostile delivery may be as many as its rows,
// so that what does not fit into memory waits in a temporary file.
type Findings struct {
	rows   []schemas.Finding
	bytes  int
	counts map[schemas.Code]CodeCount
	spill  *findingsSpill
	err    error
}

// heldFindings is about how many bytes of findings a task keeps in memory, and findingBytes what one takes without its long
// texts.
const (
	heldFindings = 16 << 20
	findingBytes = 256
)

// NewFindings returns findings that may be any number; close gives back what they hold.
func (in *Inputs) NewFindings() Findings {
	return Findings{spill: &findingsSpill{directory: in.SpillDir()}}
}

// Add takes a finding.
func (f *Findings) Add(x schemas.Finding) {
	if f.counts == nil {
		f.counts = map[schemas.Code]CodeCount{}
	}
	x.Message = clipped(x.Message)
	AddCode(f.counts, CodeCount{Code: x.Code, Severity: x.Severity, Findings: 1, Rows: x.Rows})
	f.rows = append(f.rows, x)
	f.bytes += findingBytes + len(x.Message) + len(x.Value)
	if f.bytes > heldFindings && f.spill != nil && f.err == nil {
		f.err = f.spill.put(f.rows)
		f.rows, f.bytes = f.rows[:0], 0
	}
}

// Close gives back what the findings hold.
func (f *Findings) Close() {
	if f.spill != nil {
		f.spill.close()
	}
}

// clipped cuts a message that quotes a source too long, at the start of a character.
func clipped(message string) string {
	const most = 2000
	if len(message) <= most {
		return message
	}
	return strings.ToValidUTF8(message[:most], "") + "…"
}

// codes returns the counts by code, in the order of schemas.Codes.
func (f *Findings) codes() []CodeCount { return SortedCodes(f.counts) }

// Write writes the findings as the task's part of their dataset, sorted; without any it writes nothing.
func (f *Findings) Write(ctx context.Context, in *Inputs, res *Result) error {
	res.Codes = f.codes()
	if f.err != nil || len(res.Codes) == 0 {
		return f.err
	}
	out, err := in.WriteTable(ctx, &schemas.Findings, func(write func(*dataset.Batch) error) error {
		if f.spill != nil && f.spill.file != nil {
			return f.spill.sorted(ctx, f.rows, write)
		}
		slices.SortStableFunc(f.rows, func(a, b schemas.Finding) int {
			return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Row, b.Row),
				cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Value, b.Value))
		})
		return rows.WriteFindings(f.rows, write)
	})
	if err != nil {
		return err
	}
	res.Outputs = append(res.Outputs, out)
	counted := int64(0)
	for _, c := range res.Codes {
		counted += c.Findings
	}
	if out.Rows != counted {
		return fmt.Errorf("%w: %s has %d findings of the %d that were counted", ErrUnbalanced, out.Key, out.Rows, counted)
	}
	return nil
}
