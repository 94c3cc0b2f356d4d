package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Manifest is what a run leaves for readers: its spec, where every row went, and what was written. It is the last thing a
// run writes, and holds nothing that differs between two runs of one spec.
type Manifest struct {
	Run  schemas.RunID `json:"run"`
	Spec Spec          `json:"spec"`
	// Provisional says that an expected delivery is missing or was refused.
	Provisional bool `json:"provisional"`
	// Control is the sum over all tasks; Sources divides what was read by source.
	Control Control         `json:"control"`
	Sources []SourceControl `json:"sources"`
	Codes   []CodeCount     `json:"codes"`
	// Outputs lists every object of the run that readers may open, by dataset, and of each in the order of the plan: part by part.
	// As a manifest lies in the store they may be too many for it; then Lists are the documents that hold them.
	Outputs []Output `json:"outputs"`
	Lists   []string `json:"lists,omitempty"`
	// Summary is the run in figures, as the reports open with them.
	Summary json.RawMessage `json:"summary,omitempty"`
	// Digest seals the manifest as it lies in the store.
	Digest string `json:"digest"`
}

// SourceControl is where the rows of one source went.
type SourceControl struct {
	Source  schemas.SourceID `json:"source"`
	Objects int              `json:"objects"`
	Control Control          `json:"control"`
}

// ErrUnbalanced says that the control totals do not add up: rows, quantity or cost were lost or invented. Nothing is
// committed then.
var ErrUnbalanced = errors.New("control totals do not balance")

func newManifest(r *Run, plan []Wave, results [][]*Result) (*Manifest, error) {
	m := &Manifest{Run: r.ID, Spec: r.Spec}
	for _, s := range r.Spec.Sources {
		m.Sources = append(m.Sources, SourceControl{Source: s.Source, Objects: len(s.Objects)})
	}
	refused := refusals(&r.Spec, plan, results)
	codes := map[schemas.Code]CodeCount{}
	for i := range plan {
		for j, res := range results[i] {
			if err := m.addControl(&plan[i], j, res, refused); err != nil {
				return nil, err
			}
			m.Provisional = m.Provisional || res.Incomplete
			for _, c := range res.Codes {
				AddCode(codes, c)
			}
			for _, o := range res.Outputs {
				if o.Dataset != Shuffled {
					m.Outputs = append(m.Outputs, o)
				}
			}
			if plan[i].step.Opens {
				m.Summary = res.Partial
			}
		}
	}
	m.Codes = SortedCodes(codes)
	// In the order of the plan, and not of keys: these have the names of tasks in them, which say nothing of the rows.
	slices.SortStableFunc(m.Outputs, func(a, b Output) int { return strings.Compare(a.Dataset, b.Dataset) })
	return m, nil
}

// addControl counts a task's rows. What an object of a refused delivery held does not count: it was not taken.
func (m *Manifest) addControl(w *Wave, part int, res *Result, refused map[string]bool) error {
	if w.step.Width != PerObject {
		return m.Control.Merge(&res.Control)
	}
	t := &w.Tasks[part]
	m.Provisional = m.Provisional || res.Refuses()
	if refused[m.Spec.DeliveryOf(t)] {
		return nil
	}
	if err := m.Sources[t.Source].Control.Merge(&res.Control); err != nil {
		return err
	}
	return m.Control.Merge(&res.Control)
}

// AddCode adds to the count of a code, under the gravest severity that any of its findings has.
func AddCode(codes map[schemas.Code]CodeCount, c CodeCount) {
	sum := codes[c.Code]
	severity := c.Severity
	if slices.Index(schemas.Severities, sum.Severity) > slices.Index(schemas.Severities, severity) {
		severity = sum.Severity
	}
	if sum.Amounts == nil && len(c.Amounts) > 0 {
		sum.Amounts = map[money.Currency]money.Decimal{}
	}
	for currency, amount := range c.Amounts {
		sum.Amounts[currency] = sum.Amounts[currency].Add(amount)
	}
	codes[c.Code] = CodeCount{c.Code, severity, sum.Findings + c.Findings, sum.Rows + c.Rows, sum.Amounts}
}

// SortedCodes returns the counts in the order of schemas.Codes.
func SortedCodes(codes map[schemas.Code]CodeCount) []CodeCount {
	var out []CodeCount
	for _, info := range schemas.Codes {
		if c, ok := codes[info.Code]; ok {
			out = append(out, c)
		}
	}
	return out
}

// manifestKey is where a run's manifest lies.
func manifestKey(p schemas.Period, id schemas.RunID) string {
	return fmt.Sprintf("runs/%s/%s/manifest.json", p, id)
}

// ReadManifest returns the manifest of a committed run; an error wrapping store.ErrNotFound says that there is none, and a
// *DamagedError that it is not as it was written.
func ReadManifest(ctx context.Context, s store.Store, p schemas.Period, id schemas.RunID) (m *Manifest, err error) {
	err = readSealed(ctx, s, p, manifestKey(p, id), func(body []byte) error {
		m = new(Manifest)
		if err := json.Unmarshal(body, m); err != nil {
			return err
		}
		if m.Run != id {
			return fmt.Errorf("it is of run %q", m.Run)
		}
		if sealed, sound := Unseal(body); sealed && !sound { // manifests had no seal once
			return errAltered
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return m, m.gather(ctx, s)
}

// writeManifest commits the run. Of several processes that did the same run at once exactly one commits it, whatever the
// period points at; to the others, already says that it was done. A manifest that differs from the one that is there is a
// *store.ConflictError: the run was computed twice with different results.
func (r *Run) writeManifest(ctx context.Context, m *Manifest) (already bool, err error) {
	lies, err := r.part(ctx, m)
	if err != nil {
		return false, fmt.Errorf("write the manifest of run %s: %w", m.Run, err)
	}
	body, err := json.MarshalIndent(lies, "", "  ")
	if err != nil {
		return false, fmt.Errorf("write the manifest of run %s: %w", m.Run, err)
	}
	body = Seal(append(body, '\n'))
	key := manifestKey(m.Spec.Period, m.Run)
	damaged, _ := r.memory.heal(key)
	// A create of what is there already succeeds, and so does not say who was first; a swap does.
	if _, err = r.Store.Swap(ctx, key, body, damaged); !errors.Is(err, store.ErrStale) {
		return false, err
	}
	_, err = r.Store.Create(ctx, key, bytes.NewReader(body))
	return true, err
}

// FilesOf finds the files of a dataset in which an account's rows lie.
func (m *Manifest) FilesOf(table *schemas.Table) func(schemas.AccountID) []string {
	byShard := map[string][]string{}
	for _, o := range m.Outputs {
		if o.Dataset == table.Name {
			_, part, _ := strings.Cut(o.Key, "/part-")
			byShard[part] = append(byShard[part], o.Key)
		}
	}
	home := m.Spec.Home()
	return func(id schemas.AccountID) []string {
		return byShard[fmt.Sprintf("%04d.parquet", home(id))]
	}
}
