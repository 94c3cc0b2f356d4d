package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
	// Digest seals the pointer as it lies in the store.
	Digest string `json:"digest"`
}

func currentKey(p schemas.Period) string { return fmt.Sprintf("periods/%s/current.json", p) }

// ErrPointer says that a pointer is damaged. The next run of the period mends it.
var ErrPointer = errors.New("run the period again")

// ReadCurrent returns the period's pointer and its version; an error wrapping store.ErrNotFound says that no run of the
// period has been committed, and one wrapping ErrPointer that the pointer of that version is damaged.
func ReadCurrent(ctx context.Context, s store.Store, p schemas.Period) (*Current, store.Version, error) {
	var c *Current
	v, err := store.ReadDecoded(ctx, s, currentKey(p), func(body []byte) error {
		c = new(Current)
		if err := json.Unmarshal(body, c); err != nil {
			return err
		}
		if c.Period != p || !isRunID(c.Run) {
			return fmt.Errorf("it names run %q of period %q", c.Run, c.Period)
		}
		if sealed, sound := Unseal(body); sealed && !sound { // pointers had no seal once
			return errAltered
		}
		return nil
	})
	switch {
	case err != nil && v == "":
		return nil, "", err
	case err != nil:
		return nil, v, fmt.Errorf("%s is damaged; %w: %w", currentKey(p), ErrPointer, err)
	}
	return c, v, nil
}

// isRunID reports whether id can be that of a run: sixteen hexadecimal digits.
func isRunID(id schemas.RunID) bool {
	return len(id) == 16 && strings.Trim(string(id), hexadecimal) == ""
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

// Point makes the period's readers read m's run, if the pointer still has the version that it had when the run was prepared:
// a run that began earlier and ends later must not take the pointer back to older deliveries. Else, and for a run of the past
// (with an as-of), which is for looking at, the run that is current stays so, and comes back; nil says that m's is current.
func Point(ctx context.Context, s store.Store, m *Manifest, prepared store.Version) (*Current, error) {
	have, version, err := ReadCurrent(ctx, s, m.Spec.Period)
	if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, ErrPointer) {
		return nil, err
	}
	next := Current{Period: m.Spec.Period, Run: m.Run, Provisional: m.Provisional}
	if have != nil {
		if have.Run == m.Run {
			return nil, nil
		}
		if m.Spec.AsOf != nil || version != prepared {
			return have, nil
		}
		next.Previous = have.Run
	}
	body, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return nil, err
	}
	_, err = s.Swap(ctx, currentKey(m.Spec.Period), Seal(append(body, '\n')), version)
	if errors.Is(err, store.ErrStale) {
		have, _, err = ReadCurrent(ctx, s, m.Spec.Period)
		if err == nil && have.Run == m.Run {
			return nil, nil
		}
		return have, err
	}
	return nil, err
}

// Periods returns the periods that have a run to read, the newest first.
func Periods(ctx context.Context, s store.Store) ([]schemas.Period, error) {
	var out []schemas.Period
	for info, err := range s.List(ctx, "periods/") {
		if err != nil {
			return nil, fmt.Errorf("list the periods of the store: %w", err)
		}
		name, found := strings.CutSuffix(strings.TrimPrefix(info.Key, "periods/"), "/current.json")
		if p, err := schemas.ParsePeriod(name); found && err == nil {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out, nil
}
