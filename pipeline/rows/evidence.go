package rows

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// evidenceRows is how many rows of evidence are written at a time.
const evidenceRows = 16 << 10

// EachEvidence writes the rows that each adds in batches of service.EvidenceTable.
func EachEvidence(write func(*dataset.Batch) error, each func(add func(*service.EvidenceRow) error) error) error {
	return inTurn(&service.EvidenceTable, write, func(add func(func(*RowWriter)) error) error {
		return each(func(r *service.EvidenceRow) error { return add(func(w *RowWriter) { w.evidence(r) }) })
	})
}

// inTurn writes the rows that each adds, one after the other, in batches of a table.
func inTurn(table *schemas.Table, write func(*dataset.Batch) error, each func(add func(func(*RowWriter)) error) error) error {
	w := &RowWriter{Batch: dataset.NewBatch(table)}
	flush := func() error {
		if w.err != nil || w.Batch.Rows == 0 {
			return w.err
		}
		if err := write(w.Batch); err != nil {
			return err
		}
		w.Batch = dataset.NewBatch(table)
		return nil
	}
	err := each(func(fill func(*RowWriter)) error {
		fill(w)
		if err := w.Batch.EndRow(); err != nil || w.Batch.Rows < evidenceRows {
			return err
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

func (w *RowWriter) evidence(r *service.EvidenceRow) {
	w.Text(service.EvidenceFormat, string(r.Format))
	w.Text(service.EvidencePeerId, string(r.Peer))
	w.Text(service.EvidenceSourceId, string(r.Source))
	w.Text(service.EvidenceObjectKey, r.Object)
	w.Batch.AppendInt(service.EvidenceObjectRow, r.Row)
	w.Text(service.EvidenceServiceName, r.Service)
	w.Text(service.EvidenceRegionId, r.Region)
	w.Text(service.EvidenceResourceId, r.Resource)
	w.Text(service.EvidenceId, r.ID)
	w.Text(service.EvidenceSeries, r.Series)
	w.Batch.AppendTime(service.EvidenceStart, r.Start.UnixMicro())
	if !r.End.IsZero() {
		w.Batch.AppendTime(service.EvidenceEnd, r.End.UnixMicro())
	}
	if !r.Known.IsZero() {
		w.Batch.AppendTime(service.EvidenceKnown, r.Known.UnixMicro())
	}
	w.Text(service.EvidenceKind, string(r.Kind))
	switch r.Format {
	case schemas.Probes10:
		w.Text(service.EvidenceState, state(r.Up))
	case schemas.Counters10, schemas.Requests10:
		w.Batch.AppendInt(service.EvidenceTotal, r.Total)
		w.Batch.AppendInt(service.EvidenceErrors, r.Errors)
	default:
	}
	w.optional(service.EvidenceShare, r.Share)
	w.optional(service.EvidenceValue, r.Value)
	w.optional(service.EvidenceAmount, r.Amount)
	w.Text(service.EvidenceCurrency, string(r.Currency))
	w.Text(service.EvidenceInvoiceId, r.Invoice)
	w.Text(service.EvidenceAnswer, r.Answer)
	w.Text(service.EvidenceReason, r.Reason)
	w.Text(service.EvidenceAccountId, r.Account)
	w.Text(service.EvidenceBy, r.By)
	w.Text(service.EvidenceLines, r.Lines)
	w.Text(service.EvidenceAbout, string(r.About))
	if !r.Due.IsZero() {
		w.Batch.AppendTime(service.EvidenceDue, r.Due.UnixMicro())
	}
}

func state(up bool) string {
	if up {
		return "up"
	}
	return "down"
}

// ReadEvidence calls each for every row of a file of service.EvidenceTable, in its order. What each gets is valid until it returns.
func ReadEvidence(ctx context.Context, s store.Store, key string, each func(*service.EvidenceRow) error) error {
	return ScanTable(ctx, s, key, &service.EvidenceTable, nil, func(b *dataset.Batch) error {
		for i := range b.Rows {
			r := evidenceAt(b, i)
			if err := each(&r); err != nil {
				return err
			}
		}
		return nil
	})
}

func evidenceAt(b *dataset.Batch, i int) service.EvidenceRow {
	text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
	count := func(col int) int64 {
		if v := &b.Columns[col]; !v.IsNull(i) {
			return v.Ints[i]
		}
		return 0
	}
	r := service.EvidenceRow{
		Format: schemas.Format(text(service.EvidenceFormat)), Peer: schemas.PeerID(text(service.EvidencePeerId)), Source: schemas.SourceID(text(service.EvidenceSourceId)),
		Object: text(service.EvidenceObjectKey), Row: b.Columns[service.EvidenceObjectRow].Ints[i],
		Place: service.Place{Service: text(service.EvidenceServiceName), Region: text(service.EvidenceRegionId), Resource: text(service.EvidenceResourceId)},
		ID:    text(service.EvidenceId), Series: text(service.EvidenceSeries), Kind: service.NoticeKind(text(service.EvidenceKind)),
		Up: text(service.EvidenceState) == state(true), Total: count(service.EvidenceTotal), Errors: count(service.EvidenceErrors),
		Start: TimeOf(b.Columns[service.EvidenceStart].Ints[i]),
	}
	if v := &b.Columns[service.EvidenceEnd]; !v.IsNull(i) {
		r.End = TimeOf(v.Ints[i])
	}
	if v := &b.Columns[service.EvidenceKnown]; !v.IsNull(i) {
		r.Known = TimeOf(v.Ints[i])
	}
	if v := &b.Columns[service.EvidenceShare]; !v.IsNull(i) {
		d := v.Decs[i].Decimal()
		r.Share = &d
	}
	if v := &b.Columns[service.EvidenceValue]; !v.IsNull(i) {
		d := v.Decs[i].Decimal()
		r.Value = &d
	}
	if v := &b.Columns[service.EvidenceAmount]; !v.IsNull(i) {
		d := v.Decs[i].Decimal()
		r.Amount = &d
	}
	if v := &b.Columns[service.EvidenceDue]; !v.IsNull(i) {
		r.Due = TimeOf(v.Ints[i])
	}
	r.Currency, r.Invoice = money.Currency(text(service.EvidenceCurrency)), text(service.EvidenceInvoiceId)
	r.Answer, r.Reason = text(service.EvidenceAnswer), text(service.EvidenceReason)
	r.Account, r.By, r.Lines, r.About = text(service.EvidenceAccountId), text(service.EvidenceBy), text(service.EvidenceLines), schemas.Period(text(service.EvidenceAbout))
	return r
}
