package pipeline

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/shuffle"
	"daybook/pipeline/source"
	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// objectPartial is what later steps need to know of a decoded object.
type objectPartial struct {
	// Refused says that the object cannot be trusted, so that its whole delivery counts as not delivered.
	Refused bool `json:"refused"`
	// Why says so in a sentence.
	Why string `json:"why,omitempty"`
	// Refusal is the same in its parts.
	Refusal *schemas.RefusedError `json:"refusal,omitempty"`
	// Waived says that the book lets the period be complete without it.
	Waived bool `json:"waived,omitempty"`
	// LastTime is the latest end of a charge period, in microseconds: how far the period has come.
	LastTime int64 `json:"last_time"`
	// Sent is what was sent to each shard, as dataset.ShardSums has it in bytes.
	Sent []byte `json:"sent,omitempty"`
}

// normaliseObject decodes one pinned object, says whose each row is, sets aside what belongs to another period, and sends
// the rest to shards of accounts in a shuffle file.
func normaliseObject(ctx context.Context, r *Run, t Task) (*Result, error) {
	pinned := &r.Spec.Sources[t.Source]
	src, ok := r.Book.Source(pinned.Source)
	if !ok {
		return nil, fmt.Errorf("the book has no source %q, which the run's spec names", pinned.Source)
	}
	obj := &pinned.Objects[t.Object]
	n := newNormaliser(r, src, obj)
	defer n.found.close()
	out := Output{Dataset: shuffled, Key: t.Key + ".arrow"}
	_, err := store.CreateFrom(ctx, r.Scratch, r.scratchKey(&out), func(w io.Writer) error {
		var err error
		if n.out, err = r.shuffler(w); err != nil {
			return err
		}
		defer r.buffers.shufflers.leave(n.out)
		if err := errors.Join(n.decode(ctx), n.close()); err != nil {
			return n.tooLarge(err)
		}
		_, err = n.out.Close()
		return err
	})
	var refused *schemas.RefusedError
	switch {
	case errors.As(err, &refused):
		return refuse(ctx, r, &t, src.ID, refused)
	case errors.Is(err, store.ErrExists): // it was left by a process that ended before its result
		return nil, fmt.Errorf("%w: %w", ErrScratch, err)
	case err != nil:
		return nil, err
	}
	n.noteOthers()
	n.noteUnrun()
	out.Rows = n.control.Shuffled.Rows
	res := &Result{Outputs: []Output{out}, Control: n.control}
	if res.Partial, err = partial(objectPartial{LastTime: n.last, Sent: n.sent.Bytes()}); err != nil {
		return nil, err
	}
	return res, n.found.write(ctx, r, &t, res)
}

// shuffler returns a writer of a shuffle file on w, one that is done with its last file where there is one.
func (r *Run) shuffler(w io.Writer) (*shuffle.Writer, error) {
	if used, ok := r.buffers.shufflers.take(); ok {
		return used, used.Reset(w)
	}
	return shuffle.NewWriter(w, &schemas.Usage, r.Spec.Shards, shuffle.Options{BudgetBytes: int(r.budget() / 2)})
}

// refuse is the result of an object that cannot be trusted: one finding, and no rows.
func refuse(ctx context.Context, r *Run, t *Task, id schemas.SourceID, why *schemas.RefusedError) (*Result, error) {
	res := &Result{}
	f := why.Finding(id)
	p := objectPartial{Refused: true, Why: string(id) + ": " + why.Error(), Refusal: why, Waived: r.waiveOne(&f)}
	var err error
	if res.Partial, err = partial(p); err != nil {
		return nil, err
	}
	var found findings
	found.add(f)
	return res, found.write(ctx, r, t, res)
}

// normaliser takes the batches of one object.
type normaliser struct {
	r   *Run
	src *schemas.Source
	obj *Object
	out *shuffle.Writer

	owners owners
	// view is the decoder's batch with our own columns beside its own, which are left as they are.
	view dataset.Batch
	// inside and outside take a batch apart that has rows of other periods.
	inside, outside *dataset.Batch
	shards          []uint16
	labels          map[int]*dataset.Dictionary
	// codes are the zeros that every label column of one value shares.
	codes   []uint32
	control Control
	// delivered, shuffled and beyond (the period) become totals of control in the end.
	delivered, shuffled, beyond dataset.Tally
	// sent is what went to each shard.
	sent *dataset.ShardSums
	// seen counts the rows that the decoder accounted for, as usage or as a finding.
	seen int64

	found findings
	last  int64
	// marks label the rows that came late, of periods back to the oldest.
	marks  lateMarks
	oldest schemas.Period
	// others counts rows of other periods.
	others map[schemas.Period]int64
	// start and end bound the period, in microseconds.
	start, end int64
	// billedFrom and billedTo bound the instants at which a bill of that month may begin, in whatever zone the biller lives.
	billedFrom, billedTo int64
}

func newNormaliser(r *Run, src *schemas.Source, obj *Object) *normaliser {
	n := &normaliser{
		r: r, src: src, obj: obj, owners: newOwners(r, src), labels: map[int]*dataset.Dictionary{}, found: r.newFindings(), oldest: oldestLate(r),
		sent: dataset.NewShardSums(r.Spec.Shards),
	}
	start, end := r.bounds()
	n.start, n.end = start.UnixMicro(), end.UnixMicro()
	const eastmost = 14 * time.Hour
	start, end = r.Spec.Period.Bounds(time.UTC)
	n.billedFrom, n.billedTo = start.Add(-eastmost).UnixMicro(), end.Add(-eastmost).UnixMicro()
	return n
}

// decode reads the object and makes sure that it is the one that was pinned: by its version in the landing place where this
// process pinned it, or else by its digest.
func (n *normaliser) decode(ctx context.Context) error {
	version := n.r.versions[n.obj.Key]
	if version != "" {
		switch is, err := n.unchanged(ctx, version); {
		case err != nil:
			return err
		case !is:
			version = ""
		}
	}
	at, size, err := store.OpenReaderAt(ctx, n.r.Landing, n.obj.Key)
	if err != nil {
		return fmt.Errorf("open %s: %w", n.obj.Key, err)
	}
	defer at.Close()
	body := io.Reader(io.NewSectionReader(at, 0, size))
	digest := delivery.NewDigest()
	if version == "" {
		body = io.TeeReader(body, digest)
	}
	in := source.Input{Key: n.obj.Key, Body: body, At: at, Size: size}
	if n.src.Semantics == schemas.Snapshot {
		in.Period = n.r.Spec.Period
	}
	stats, err := source.Decode(ctx, n.src, in, source.Sink{Rows: n.rows, Finding: n.finding})
	if err != nil {
		return err
	}
	if version == "" {
		err = n.checkDigest(body, digest)
	} else if is, lookErr := n.unchanged(ctx, version); lookErr != nil || !is {
		err = cmp.Or(lookErr, fmt.Errorf("%s has changed since the run began; run again", n.obj.Key))
	}
	if err != nil {
		return err
	}
	if stats.Rows == 0 {
		info, _ := schemas.CodeEmptyObject.Info()
		n.found.add(schemas.Finding{
			Code: info.Code, Severity: info.Severity, Source: n.src.ID, Object: n.obj.Key, Message: info.Meaning + "; " + info.Fix,
		})
	}
	if n.seen != stats.Rows {
		return fmt.Errorf("%s: %w: the decoder read %d rows and accounts for %d", n.obj.Key, ErrLostRows, stats.Rows, n.seen)
	}
	if n.obj.Rows >= 0 && stats.Rows != n.obj.Rows {
		return &schemas.RefusedError{
			Code: schemas.CodeManifestMismatch, Object: n.obj.Key,
			Reason: fmt.Sprintf("it has %d %s, and its manifest promises %d", stats.Rows, schemas.OneOrMany(stats.Rows, "row", "rows"), n.obj.Rows),
		}
	}
	return nil
}

// unchanged reports whether the object still has a version. That the landing place does not answer is an error, and no
// change.
func (n *normaliser) unchanged(ctx context.Context, version store.Version) (bool, error) {
	info, err := store.Stat(ctx, n.r.Landing, n.obj.Key)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look whether %s has changed: %w", n.obj.Key, err)
	}
	return info.Version == version, nil
}

// checkDigest reads what the decoder has left and compares the digest.
func (n *normaliser) checkDigest(body io.Reader, digest hash.Hash) error {
	if _, err := io.Copy(io.Discard, body); err != nil {
		return fmt.Errorf("read %s to its end: %w", n.obj.Key, err)
	}
	if got := hex.EncodeToString(digest.Sum(nil)); got != n.obj.Digest {
		return fmt.Errorf("%s has changed since the run began: its digest was %.12s… and is %.12s…; run again", n.obj.Key, n.obj.Digest, got)
	}
	return nil
}

// tooLarge refuses an object whose sums no dataset can hold: what no bill can reach must not stop those of others.
func (n *normaliser) tooLarge(err error) error {
	if !errors.Is(err, money.ErrOverflow) {
		return err
	}
	return &schemas.RefusedError{Code: schemas.CodeHostileObject, Object: n.obj.Key, Reason: "its quantities or costs come to 10^20 or more, which no dataset holds"}
}

// close folds the tallies into the control totals.
func (n *normaliser) close() error {
	for _, x := range [...]struct {
		tally *dataset.Tally
		into  *dataset.Totals
	}{{&n.delivered, &n.control.Delivered}, {&n.shuffled, &n.control.Shuffled}, {&n.beyond, &n.control.OutOfScope}} {
		t, err := x.tally.Totals()
		if err != nil {
			return err
		}
		if err := x.into.Merge(t); err != nil {
			return err
		}
	}
	return nil
}

// finding takes what the decoder found wrong. A row that is a finding and nothing else is counted with what it holds.
func (n *normaliser) finding(f schemas.Finding) error {
	n.found.add(f)
	if f.Rows == 0 {
		return nil
	}
	n.seen += f.Rows
	if err := addFinding(&n.control.Delivered, &f); err != nil {
		return err
	}
	if f.Code == schemas.CodeOtherPeriod {
		return addFinding(&n.control.OutOfScope, &f)
	}
	return addFinding(&n.control.Rejected, &f)
}

// mostUnits is how many units, and how many currencies, one object may have. Control totals have a sum for each, and go into
// manifests that people read.
const mostUnits = 4096

// rows takes a batch: counts it, fills in what the book knows, and routes each row.
func (n *normaliser) rows(b *dataset.Batch) error {
	n.seen += int64(b.Rows)
	if err := n.delivered.AddBatch(b, dataset.UsageMeasures()); err != nil {
		return err
	}
	if n.delivered.MoreKeysThan(mostUnits) {
		return &schemas.RefusedError{
			Code: schemas.CodeHostileObject, Object: n.obj.Key,
			Reason: fmt.Sprintf("its rows have more than %d units or currencies, where control totals keep a sum of each", mostUnits),
		}
	}
	n.view = dataset.Batch{Table: b.Table, Rows: b.Rows, Columns: append(n.view.Columns[:0], b.Columns...)}
	b = &n.view
	n.label(b, schemas.UseSourceId, string(n.src.ID))
	n.label(b, schemas.UseObjectKey, n.obj.Key)
	n.label(b, schemas.UsePeerId, string(n.src.Peer))
	if cap(n.shards) < b.Rows {
		n.shards = make([]uint16, b.Rows)
	}
	n.shards = n.shards[:b.Rows]
	n.owners.assign(b, n.shards)
	n.r.tell(Event{Kind: RowsDone, Stage: "normalise", Step: "object", Rows: int64(b.Rows)})
	b, err := n.scope(b)
	if err != nil || b.Rows == 0 {
		return err
	}
	n.sent.AddBatch(b, n.shards, dataset.UsageMeasures())
	return n.out.Add(b, n.shards)
}

// scope sets aside the rows of an append source that belong to another period; their own period's run takes them, unless
// that has been: then they are late, and marked. A bill
// says to which billing period a row belongs, whenever the use was; a meter only says when the use was. What is left of the
// batch comes back, with its shards.
func (n *normaliser) scope(b *dataset.Batch) (*dataset.Batch, error) {
	ends := &b.Columns[schemas.UseChargePeriodEnd]
	outside := 0
	n.marks.begin(b.Rows)
	for i := range b.Rows {
		in := n.inPeriod(b, i)
		if n.late(b, i, in) {
			continue
		}
		if !in {
			outside++
		} else if ends.Ints[i] > n.last {
			n.last = ends.Ints[i]
		}
	}
	n.marks.end(b)
	late := &b.Columns[schemas.UseLatePeriod]
	if outside == 0 || n.src.Semantics == schemas.Snapshot {
		return b, n.shuffled.AddBatch(b, dataset.UsageMeasures())
	}
	if n.inside == nil {
		n.inside, n.outside = dataset.NewBatch(b.Table), dataset.NewBatch(b.Table)
	}
	n.inside.Clear()
	n.outside.Clear()
	kept := n.shards[:0]
	for i := range b.Rows {
		if !n.inPeriod(b, i) && late.IsNull(i) {
			n.outside.AppendRange(b, i, i+1)
			n.note(b, i)
			continue
		}
		n.inside.AppendRange(b, i, i+1)
		kept = append(kept, n.shards[i])
	}
	n.shards = kept
	if err := n.beyond.AddBatch(n.outside, dataset.UsageMeasures()); err != nil {
		return nil, err
	}
	return n.inside, n.shuffled.AddBatch(n.inside, dataset.UsageMeasures())
}

// inPeriod reports whether row i belongs to the period of the run.
func (n *normaliser) inPeriod(b *dataset.Batch, i int) bool {
	if v := &b.Columns[schemas.UseBillingPeriodStart]; !v.Absent && !v.IsNull(i) {
		return v.Ints[i] >= n.billedFrom && v.Ints[i] < n.billedTo
	}
	at := b.Columns[schemas.UseChargePeriodStart].Ints[i]
	return at >= n.start && at < n.end
}

// note counts a row of another period, where no other run will read its object.
func (n *normaliser) note(b *dataset.Batch, i int) {
	if !strings.Contains(n.src.Pattern, "{") {
		return
	}
	v := &b.Columns[schemas.UseBillingPeriodStart]
	billed := !v.Absent && !v.IsNull(i)
	if !billed {
		v = &b.Columns[schemas.UseChargePeriodStart]
	}
	p := schemas.PeriodOf(timeOf(v.Ints[i]), n.r.Book.Zone)
	if !billed && n.looksFor(p) {
		return // see noteUnrun
	}
	if n.others == nil {
		n.others = map[schemas.Period]int64{}
	}
	n.others[p]++
}

// noteOthers says which rows of other periods lie where only this period's run looks. They are counted out of scope.
func (n *normaliser) noteOthers() {
	for _, p := range slices.Sorted(maps.Keys(n.others)) {
		info, _ := schemas.CodeOtherPeriod.Info()
		n.found.add(schemas.Finding{
			Code: info.Code, Severity: schemas.Warning, Source: n.src.ID, Object: n.obj.Key, Value: string(p),
			Message: fmt.Sprintf("%d %s of %s, whose run does not look here; have %s delivered with that period", n.others[p],
				schemas.OneOrMany(n.others[p], "row is", "rows are"), p, schemas.OneOrMany(n.others[p], "it", "them")),
		})
	}
}

// label gives every row of b the same text in a label column; empty text leaves the column absent.
func (n *normaliser) label(b *dataset.Batch, col int, text string) {
	if text == "" {
		return
	}
	if n.labels[col] == nil {
		n.labels[col] = dataset.NewDictionary()
		n.labels[col].Code([]byte(text))
	}
	n.codes = zeros(n.codes, b.Rows)
	b.Columns[col] = dataset.Vector{Type: schemas.Label, Dict: n.labels[col], Codes: n.codes}
}

// zeros returns a slice of n zeros, reusing codes.
func zeros(codes []uint32, n int) []uint32 {
	if cap(codes) < n {
		return make([]uint32, n)
	}
	codes = codes[:n]
	clear(codes)
	return codes
}
