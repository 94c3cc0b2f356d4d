package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// Current names the run that readers of a period should read.
type Current struct {
	Period      schemas.Period `json:"period"`
	Run         schemas.RunID  `json:"run"`
	Provisional bool           `json:"provisional"`
	// Previous is the run that this one replaced, if any.
	Previous schemas.RunID `json:"previous,omitempty"`
}

func currentKey(p schemas.Period) string { return fmt.Sprintf("periods/%s/current.json", p) }

// ErrPointer says that a pointer is damaged.
var ErrPointer = errors.New("remove it and run the period again")

// ReadCurrent returns the period's pointer and its version; an error wrapping store.ErrNotFound says that no run of the
// period has been committed.
func ReadCurrent(ctx context.Context, s store.Store, p schemas.Period) (*Current, store.Version, error) {
	body, v, err := store.ReadAll(ctx, s, currentKey(p))
	if err != nil {
		return nil, "", err
	}
	c := new(Current)
	if err := json.Unmarshal(body, c); err != nil {
		return nil, "", fmt.Errorf("%s is damaged; %w: %w", currentKey(p), ErrPointer, err)
	}
	if c.Period != p || !isRunID(c.Run) {
		return nil, "", fmt.Errorf("%s is damaged; %w: it names run %q of period %q", currentKey(p), ErrPointer, c.Run, c.Period)
	}
	return c, v, nil
}

// isRunID reports whether id can be that of a run: sixteen hexadecimal digits.
func isRunID(id schemas.RunID) bool {
	return len(id) == 16 && strings.Trim(string(id), "0123456789abcdef") == ""
}

// ReadPointed returns the manifest of the run that the period points at. An error wrapping store.ErrNotFound says that no
// run of the period has been committed; a run that is pointed at and not there is damage.
func ReadPointed(ctx context.Context, s store.Store, p schemas.Period) (*Manifest, error) {
	c, _, err := ReadCurrent(ctx, s, p)
	if err != nil {
		return nil, err
	}
	m, err := ReadManifest(ctx, s, p, c.Run)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%s is damaged; run the period again: it names run %s, which the store does not have", currentKey(p), c.Run)
	}
	return m, err
}

// point makes the period's readers read m's run. Of two different runs the one that points last is read, and the other is
// still there under its own name. A run of the past (with an as-of) is for looking at, so it never takes the place of
// another.
func point(ctx context.Context, s store.Store, m *Manifest) error {
	for {
		have, version, err := ReadCurrent(ctx, s, m.Spec.Period)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		next := Current{Period: m.Spec.Period, Run: m.Run, Provisional: m.Provisional}
		if have != nil {
			if have.Run == m.Run || m.Spec.AsOf != nil {
				return nil
			}
			next.Previous = have.Run
		}
		body, err := json.MarshalIndent(next, "", "  ")
		if err != nil {
			return err
		}
		_, err = s.Swap(ctx, currentKey(m.Spec.Period), append(body, '\n'), version)
		if !errors.Is(err, store.ErrStale) {
			return err
		}
	}
}
