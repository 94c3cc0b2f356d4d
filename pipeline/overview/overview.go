// Package overview writes the page that leads to all periods and runs of a store. It decides nothing and is no part of a run: it shows
// what runs left.
//
// Start with Renew.
package overview

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"daybook/pipeline/document/periods"
	"daybook/pipeline/emit"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// Key is where the page lies. It is a view of the store and of no run, so it may differ from store to store as their runs do.
const Key = "reports/index.html"

// What the index shows: the periods of a year and the one before them, and the runs of two weeks of nights.
const (
	mostIndexPeriods = 13
	mostIndexRuns    = 14
)

// Renew writes the index of periods and runs of a provider, for when a run has been committed. The error is a store that cannot be read
// or written.
func Renew(ctx context.Context, s store.Store, provider string) error {
	return renew(ctx, s, Key, func() ([]byte, error) {
		x, err := periodIndex(ctx, s, provider)
		if err != nil {
			return nil, fmt.Errorf("make the index of periods: %w", err)
		}
		return x.HTML(), nil
	})
}

// renew puts what is made in the place of an object, or where there is none. Of several processes the last has it, and one that has found
// another's in between begins anew.
func renew(ctx context.Context, s store.Store, key string, page func() ([]byte, error)) error {
	for range 5 {
		version, err := store.ReadDecoded(ctx, s, key, func([]byte) error { return nil })
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("read %s: %w", key, err)
		}
		body, err := page()
		if err != nil {
			return err
		}
		if _, err = s.Swap(ctx, key, body, version); !errors.Is(err, store.ErrStale) {
			return err
		}
	}
	return nil // others write it all the time, and so it is of now
}

// periodIndex reads the current runs of the newest periods, and the last runs of the newest.
func periodIndex(ctx context.Context, s store.Store, provider string) (*periods.Index, error) {
	x := &periods.Index{Provider: provider}
	periods, err := run.Periods(ctx, s)
	if err != nil {
		return nil, err
	}
	x.Beyond = max(0, len(periods)-mostIndexPeriods)
	for _, p := range periods[:min(len(periods), mostIndexPeriods)] {
		c, _, err := run.ReadCurrent(ctx, s, p)
		if errors.Is(err, run.ErrPointer) {
			continue // status says so, and the next run mends it
		}
		if err != nil {
			return nil, err
		}
		r, err := periodRun(ctx, s, p, c.Run)
		if err != nil {
			return nil, err
		}
		if r == nil {
			continue
		}
		r.Current = true
		x.Current = append(x.Current, *r)
	}
	if len(x.Current) == 0 {
		return x, nil
	}
	newest := x.Current[0]
	entries, err := run.Runs(ctx, s, newest.Period, "")
	if err != nil {
		return nil, err
	}
	x.MoreRuns = max(0, len(entries)-mostIndexRuns)
	for _, e := range entries[:min(len(entries), mostIndexRuns)] {
		r, err := periodRun(ctx, s, e.Period, e.Run)
		if err != nil {
			return nil, err
		}
		if r != nil {
			r.Current = e.Run == newest.Run
			x.Runs = append(x.Runs, *r)
		}
	}
	return x, nil
}

// periodRun is a run in figures; none where its manifest is damaged, which status and explain say.
func periodRun(ctx context.Context, s store.Store, p schemas.Period, id schemas.RunID) (*periods.Run, error) {
	m, err := run.ReadManifest(ctx, s, p, id)
	var damaged *run.DamagedError
	if errors.As(err, &damaged) || errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var f emit.Figures
	if err := json.Unmarshal(m.Summary, &f); err != nil {
		return nil, nil // of a version that left none
	}
	_, err = store.Stat(ctx, s, reportKey(p, id, SinceName))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	return &periods.Run{
		Since:  err == nil,
		Period: p, Run: id, Provisional: m.Provisional, Currency: f.Currency, Places: f.Places, Through: f.Through,
		Revenue: f.Revenue, Expected: f.Expected, Cost: f.Cost, Margin: f.Margin, Accounts: f.Accounts, Invoices: f.Invoices, Items: f.Items, Page: f.Open != "",
	}, nil
}
