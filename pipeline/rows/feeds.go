package rows

import (
	"context"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/feed"
)

// AppendFeeds writes how complete deliveries are in batches.
func AppendFeeds(list []feed.Row, write func(*dataset.Batch) error) error {
	return AppendRows(len(list), &feed.Completeness, write, func(w *RowWriter, i int) {
		r := &list[i]
		w.Text(feed.FeedBillingPeriod, string(r.Period))
		w.Text(feed.FeedSourceId, string(r.Source))
		if !r.Day.IsZero() {
			w.Text(feed.FeedDay, r.Day.String())
		}
		if x := r.Expectation; x != nil {
			for col, n := range map[int]int{feed.FeedExpected: x.Want, feed.FeedCame: x.Came, feed.FeedLate: x.Late, feed.FeedUnsettled: x.Unsettled, feed.FeedRefused: x.Refused} {
				w.Batch.AppendInt(col, int64(n))
			}
			w.Batch.AppendInt(feed.FeedGaps, x.Gaps)
			w.Text(feed.FeedFirstGap, x.FirstGap)
		}
		if r.Rows != nil {
			w.Batch.AppendInt(feed.FeedRows, *r.Rows)
			w.Text(feed.FeedFresh, yes(*r.Fresh))
		}
		w.Text(feed.FeedState, string(r.State))
		w.Text(feed.FeedComplete, yes(r.State.Whole()))
	})
}

// ReadFeeds calls each for every row of a file of feed.Completeness, in its order.
func ReadFeeds(ctx context.Context, s store.Store, key string, each func(*feed.Row) error) error {
	return ScanTable(ctx, s, key, &feed.Completeness, nil, func(b *dataset.Batch) error {
		for i := range b.Rows {
			text := func(col int) string { return b.Columns[col].StringAt(i) }
			r := feed.Row{Period: schemas.Period(text(feed.FeedBillingPeriod)), Source: schemas.SourceID(text(feed.FeedSourceId)), State: feed.State(text(feed.FeedState))}
			var err error
			if day := text(feed.FeedDay); day != "" {
				if r.Day, err = schemas.ParseDate(day); err != nil {
					return fmt.Errorf("read %s: %w", key, err)
				}
			}
			if !b.Columns[feed.FeedCame].IsNull(i) {
				count := func(col int) int { return int(b.Columns[col].Ints[i]) }
				r.Expectation = &feed.Expectation{
					Day: text(feed.FeedDay), Want: count(feed.FeedExpected), Came: count(feed.FeedCame), Late: count(feed.FeedLate), Unsettled: count(feed.FeedUnsettled),
					Refused: count(feed.FeedRefused), Gaps: b.Columns[feed.FeedGaps].Ints[i], FirstGap: text(feed.FeedFirstGap), State: r.State,
				}
			}
			if !b.Columns[feed.FeedRows].IsNull(i) {
				n, fresh := b.Columns[feed.FeedRows].Ints[i], text(feed.FeedFresh) == "yes"
				r.Rows, r.Fresh = &n, &fresh
			}
			if err := each(&r); err != nil {
				return err
			}
		}
		return nil
	})
}
