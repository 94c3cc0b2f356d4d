package again

import (
	"context"

	"daybook/pipeline/book"
	"daybook/pipeline/diff"
	"daybook/pipeline/explain"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// Verdict says how a past run came out when it was done anew, and where bytes differ, in what.
type Verdict struct {
	Period schemas.Period `json:"period"`
	Run    schemas.RunID  `json:"run"`
	// Verdict is SameBytes, SameRows or Differs.
	Verdict string `json:"verdict"`
	// Objects have the bytes that were written, and Others are those that have not.
	Objects int      `json:"objects"`
	Others  []string `json:"others,omitempty"`
	// Causes are in what the specs differ: versions of the code.
	Causes   []diff.Cause     `json:"causes,omitempty"`
	Datasets []Rows           `json:"datasets,omitempty"`
	Charges  *diff.Comparison `json:"charges,omitempty"`
}

// Rows says of a dataset whether it holds the rows that it held.
type Rows struct {
	Dataset string `json:"dataset"`
	Before  int64  `json:"rows_before"`
	After   int64  `json:"rows_after"`
	Same    bool   `json:"same"`
}

// The verdicts.
const (
	SameBytes = "same bytes"
	SameRows  = "same rows"
	Differs   = "differs"
)

// Judge looks closer where bytes differ: at the rows of each dataset, and at the charges.
func Judge(ctx context.Context, found *Result, b *book.Book) (*Verdict, error) {
	before, after := found.Before, found.After
	out := &Verdict{Period: before.Spec.Period, Run: before.Run, Verdict: SameBytes, Objects: found.Same, Others: found.Different}
	if found.SameBytes() {
		return out, nil
	}
	out.Causes, out.Verdict = diff.Causes(&before.Spec, &after.Spec), SameRows
	digests := [2][]explain.DatasetDigest{}
	for i, m := range []*run.Manifest{before, after} {
		look, err := explain.OpenLook(ctx, b, found.Store, nil, m.Spec.Period, m.Run)
		if err == nil {
			digests[i], err = look.Digests(ctx)
		}
		if err != nil {
			return nil, err
		}
	}
	for i, was := range digests[0] {
		is := digests[1][i]
		rows := Rows{was.Dataset, was.Rows, is.Rows, was.Digest == is.Digest}
		out.Datasets = append(out.Datasets, rows)
		if !rows.Same {
			out.Verdict = Differs
		}
	}
	if out.Verdict == SameRows {
		return out, nil
	}
	const listed = 20
	var err error
	out.Charges, err = diff.Runs(ctx, found.Store, before, after, diff.Options{Lines: listed})
	return out, err
}
