package rows

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/request"
)

// AppendRequests writes how customers' requests stand in a month in batches.
func AppendRequests(period schemas.Period, list []request.Standing, write func(*dataset.Batch) error) error {
	return AppendRows(len(list), &request.Requests, write, func(w *RowWriter, i int) {
		s := &list[i]
		w.Text(request.ReqRequestId, s.ID)
		w.Text(request.ReqBillingPeriod, string(period))
		w.Text(request.ReqAccountId, string(s.Account))
		w.Text(request.ReqKind, string(s.Kind))
		w.Text(request.ReqState, string(s.State))
		w.Text(request.ReqReceivedOn, dayText(s.Received))
		w.Batch.AppendInt(request.ReqAge, int64(s.Age))
		w.Text(request.ReqBy, s.By)
		w.Text(request.ReqText, s.Text)
		w.Text(request.ReqPeriod, string(s.Month))
		w.Text(request.ReqLines, lines(s.Lines, request.Subject.String))
		w.Text(request.ReqCharges, lines(s.Linked, func(id schemas.ChargeID) string { return string(id) }))
		w.Text(request.ReqFindings, lines(s.Findings, func(c schemas.Code) string { return string(c) }))
		w.Text(request.ReqResults, strings.Join(s.Results, "\n"))
		w.Text(request.ReqDisputes, strings.Join(s.Disputes, "\n"))
		w.Text(request.ReqChanges, lines(s.Changes, request.Asked.String))
		w.Text(request.ReqApplied, lines(s.Applied, request.Asked.String))
		if d := s.Decision; d != nil {
			w.Text(request.ReqOutcome, string(d.Outcome))
			w.Text(request.ReqDecidedOn, dayText(d.On))
			w.Text(request.ReqDecidedBy, d.By)
			w.Text(request.ReqDecision, d.Reason)
		}
		if a := s.Answer; a != nil {
			w.Text(request.ReqAnsweredOn, dayText(a.On))
			w.Text(request.ReqAnsweredBy, a.By)
			w.Text(request.ReqAnswer, a.Text)
		}
		w.Text(request.ReqClosedOn, dayText(s.Done))
		if d := s.At; d != nil {
			w.Text(request.ReqSourceId, string(d.Source))
			w.Text(request.ReqObjectKey, d.Object)
			w.Batch.AppendInt(request.ReqObjectRow, d.Row)
			w.Text(request.ReqDeliveredState, string(d.State))
			w.Text(request.ReqDeliveredOn, dayText(d.Changed))
		}
	})
}

// lines has the texts of some on a line each.
func lines[T any](list []T, text func(T) string) string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = text(list[i])
	}
	return strings.Join(out, "\n")
}

// ReadDelivered calls each for every request of a file of request.Requests that was delivered, as it was.
func ReadDelivered(ctx context.Context, s store.Store, key string, each func(request.Delivered)) error {
	return ScanTable(ctx, s, key, &request.Requests, nil, func(b *dataset.Batch) error {
		for i := range b.Rows {
			text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
			d := request.Delivered{
				ID: text(request.ReqRequestId), Source: schemas.SourceID(text(request.ReqSourceId)), Account: schemas.AccountID(text(request.ReqAccountId)),
				Kind: request.Kind(text(request.ReqKind)), By: text(request.ReqBy), Text: text(request.ReqText), Period: schemas.Period(text(request.ReqPeriod)),
				State: request.State(text(request.ReqDeliveredState)), Object: text(request.ReqObjectKey),
			}
			if d.Source == "" {
				continue
			}
			d.Row = b.Columns[request.ReqObjectRow].Ints[i]
			received, err := schemas.ParseDate(text(request.ReqReceivedOn))
			changed, wrong := schemas.ParseDate(text(request.ReqDeliveredOn))
			if err = cmp.Or(err, wrong); err != nil {
				return fmt.Errorf("%s, row %d: %w", key, i+1, err)
			}
			d.Received, d.Changed = received, changed
			d.Lines, _ = request.ParseLines(text(request.ReqLines))
			each(d)
		}
		return nil
	})
}
