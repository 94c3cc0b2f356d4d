package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// Entry is a committed run in a store's list of them.
type Entry struct {
	Period schemas.Period
	Run    schemas.RunID
	// Committed is when its manifest was written, by the store's clock: nothing of the run itself says so, for then a run that is
	// done twice would not leave the same bytes.
	Committed time.Time
}

// Runs lists the committed runs of a period whose identifiers begin with a text, the last first: none where none can.
func Runs(ctx context.Context, s store.Store, p schemas.Period, begin string) (out []Entry, err error) {
	if strings.Trim(begin, hexadecimal) != "" {
		return nil, nil
	}
	beginnings := []string{begin}
	if begin == "" {
		// Results of tasks lie beside the runs, and are many more; no run begins as their folder does.
		beginnings = strings.Split(hexadecimal, "")
	}
	for _, begin := range beginnings {
		folder := fmt.Sprintf("runs/%s/", p)
		for info, err := range s.List(ctx, folder+begin) {
			if err != nil {
				return nil, fmt.Errorf("list the runs of %s: %w", p, err)
			}
			id, found := strings.CutSuffix(strings.TrimPrefix(info.Key, folder), "/manifest.json")
			if found && isRunID(schemas.RunID(id)) {
				out = append(out, Entry{p, schemas.RunID(id), info.Modified})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return b.Committed.Compare(a.Committed) })
	return out, nil
}

const hexadecimal = "0123456789abcdef"

// Named finds the committed run of a period that a text names: an identifier, or a beginning that only one has. An error wrapping
// store.ErrNotFound says that there is none, and a *schemas.AmbiguousError that there are several.
func Named(ctx context.Context, s store.Store, p schemas.Period, text string) (schemas.RunID, error) {
	if isRunID(schemas.RunID(text)) {
		return schemas.RunID(text), nil
	}
	nothing := fmt.Errorf("run %q of %s: %w", text, p, store.ErrNotFound)
	if text == "" {
		return "", nothing
	}
	entries, err := Runs(ctx, s, p, text)
	if err != nil {
		return "", err
	}
	b, when := schemas.Beginning{Text: text}, map[string]string{}
	for _, e := range entries {
		b.Offer(string(e.Run))
		when[string(e.Run)] = string(e.Run) + "  committed " + e.Committed.UTC().Format(time.DateTime)
	}
	id, err := b.Meant(func(id string) string { return when[id] })
	if err == nil && id == "" {
		err = nothing
	}
	return schemas.RunID(id), err
}

// Before finds the run with which one that is current is compared when none is named: the one that was current before it, or
// else the one that was committed last before it. The error wraps store.ErrNotFound where there is none.
func Before(ctx context.Context, s store.Store, c *Current) (schemas.RunID, error) {
	if c.Previous != "" {
		_, err := store.Stat(ctx, s, manifestKey(c.Period, c.Previous))
		if !errors.Is(err, store.ErrNotFound) {
			return c.Previous, err
		}
	}
	entries, err := Runs(ctx, s, c.Period, "")
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(entries, func(e Entry) bool { return e.Run == c.Run })
	if at < 0 || at == len(entries)-1 {
		return "", fmt.Errorf("a run of %s before %s: %w", c.Period, c.Run, store.ErrNotFound)
	}
	return entries[at+1].Run, nil
}
