package pipeline_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"path"
	"regexp"
	"strings"
	"testing"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/dataset/shuffle"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// planting spoils what is written under some keys, always into something sound in itself: what is lost then is lost by a
// step, and no checksum tells.
type planting struct {
	store.Store
	at    func(key string) bool
	spoil func([]byte) ([]byte, error)
	did   int
}

func (p *planting) Create(ctx context.Context, key string, body io.ReadSeeker) (store.Info, error) {
	if !p.at(key) {
		return p.Store.Create(ctx, key, body)
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return store.Info{}, err
	}
	data, err := io.ReadAll(body)
	if err == nil {
		data, err = p.spoil(data)
	}
	if err != nil {
		return store.Info{}, err
	}
	p.did++
	return p.Store.Create(ctx, key, bytes.NewReader(data))
}

// What is done to the first row that has a number in the column: its number grows or falls by a cent.
const (
	lost    = "lost"
	doubled = "doubled"
	more    = "a cent more"
	less    = "a cent less"
)

// spoiled is b with one row spoiled.
func spoiled(b *dataset.Batch, how string, column int) *dataset.Batch {
	out, row := dataset.NewBatch(b.Table), 0
	for row < b.Rows && b.Columns[column].IsNull(row) {
		row++
	}
	out.AppendRange(b, 0, row)
	switch how {
	case doubled:
		out.AppendRange(b, row, row+1)
		out.AppendRange(b, row, row+1)
	case more, less:
		out.AppendRange(b, row, row+1)
		out.Columns[column].Decs[row], _ = out.Columns[column].Decs[row].Add(cent(how))
	}
	out.AppendRange(b, row+1, b.Rows)
	return out
}

func cent(how string) money.Fixed {
	c, _ := money.FixedFromDecimal(money.NewDecimal(1, -2))
	if how == less {
		return c.Neg()
	}
	return c
}

// spoilParquet writes a Parquet file anew with one row spoiled.
func spoilParquet(table *schemas.Table, how string, column int) func([]byte) ([]byte, error) {
	return func(body []byte) ([]byte, error) {
		whole := dataset.NewBatch(table)
		if err := scan(body, table, func(b *dataset.Batch) { whole.AppendRange(b, 0, b.Rows) }); err != nil {
			return nil, err
		}
		var out bytes.Buffer
		w, err := parquet.NewWriter(&out, table, nil, parquet.WriterOptions{})
		if err == nil {
			err = w.Append(spoiled(whole, how, column))
		}
		if err != nil {
			return nil, err
		}
		_, err = w.Close()
		return out.Bytes(), err
	}
}

// spoilShuffle writes a shuffle file of one shard anew with one row spoiled.
func spoilShuffle(how string) func([]byte) ([]byte, error) {
	return func(body []byte) ([]byte, error) {
		f, err := shuffle.Open(bytes.NewReader(body), int64(len(body)), &schemas.Usage)
		if err != nil {
			return nil, err
		}
		whole := dataset.NewBatch(&schemas.Usage)
		var buffer shuffle.BlockBuffer
		for _, block := range f.Blocks(0) {
			if err := f.Read(block, whole, &buffer); err != nil {
				return nil, err
			}
		}
		whole = spoiled(whole, how, schemas.UseConsumedQuantity)
		var out bytes.Buffer
		w, err := shuffle.NewWriter(&out, &schemas.Usage, 1)
		if err == nil {
			err = w.Add(whole, make([]uint16, whole.Rows))
		}
		if err != nil {
			return nil, err
		}
		_, err = w.Close()
		return out.Bytes(), err
	}
}

// TestScratchWithoutResult damages a file between tasks whose task had not written its result when its process ended.
func TestScratchWithoutResult(t *testing.T) {
	w, whole := need(t, starter), new(store.Memory)
	if _, err := w.run(t.Context(), t, night{store: new(store.Memory), scratch: whole, shards: 1, until: "normalise"}); err != nil {
		t.Fatal(err)
	}
	for _, damage := range []func([]byte) []byte{
		func([]byte) []byte { return nil },
		func(body []byte) []byte { return body[:len(body)/2] },
	} {
		scratch := new(store.Memory)
		for key, body := range bodiesOf(t, whole, "") {
			put(t, scratch, key, string(damage(body)))
		}
		mustHeal(t, w, night{store: new(store.Memory), scratch: scratch, shards: 1}, "exists with other bytes")
	}
}

// mustHeal spoils files between tasks. The run fails and leaves nothing of what it read there, so that the next, which has
// them made anew, is like any other.
func mustHeal(t *testing.T, w *world, n night, says string) {
	t.Helper()
	mustFail(t, w, n, run.ErrScratch, says)
	n.scratch = new(store.Memory)
	w.must(t, n)
	_, other := w.must(t, night{shards: n.shards})
	same(t, left(t, n.store), left(t, other))
}

func mustBeUnbalanced(t *testing.T, w *world, n night, says string) {
	t.Helper()
	mustFail(t, w, n, run.ErrUnbalanced, says)
}

func mustFail(t *testing.T, w *world, n night, with error, says string) {
	t.Helper()
	_, err := w.run(t.Context(), t, n)
	if !errors.Is(err, with) || !regexp.MustCompile(says).MatchString(err.Error()) {
		t.Fatalf("the run ended with %v, which does not say %s", err, says)
	}
	committedNothing(t, n.store)
}

// committedNothing fails where a reader of the store would find a run.
func committedNothing(t *testing.T, s store.Store) {
	t.Helper()
	if _, _, err := run.ReadCurrent(t.Context(), s, period); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the run is current: %v", err)
	}
	for key := range bodiesOf(t, s, path.Join("runs", string(period))+"/") {
		if strings.HasSuffix(key, "/manifest.json") {
			t.Errorf("the run left %s", key)
		}
	}
}

// spoilInvoices writes JSON lines of invoices anew with the first invoice of more than one line spoiled.
func spoilInvoices(spoil func(lines []any, totals map[string]any) []any) func([]byte) ([]byte, error) {
	return func(body []byte) ([]byte, error) {
		all := bytes.SplitAfter(body, []byte("\n"))
		for i, one := range all {
			var inv map[string]any
			if err := json.Unmarshal(one, &inv); err != nil {
				return nil, err
			}
			lines, ok := inv["lines"].([]any)
			if !ok || len(lines) < 2 {
				continue
			}
			inv["lines"] = spoil(lines, inv["totals"].(map[string]any))
			one, err := json.Marshal(inv)
			if err != nil {
				return nil, err
			}
			all[i] = append(one, '\n')
			return bytes.Join(all, nil), nil
		}
		return nil, errors.New("no invoice has two lines")
	}
}

// adding adds to an amount of a JSON object.
func adding(to map[string]any, member, what string) {
	to[member] = money.MustDecimal(to[member].(string)).Add(money.MustDecimal(what)).String()
}

// TestInvoicesAddUp plants faults in the invoices of a run that their totals or their parts give away; what only the charges do is
// among the other faults.
func TestInvoicesAddUp(t *testing.T) {
	w := need(t, starter)
	first := func(lines []any) map[string]any { return lines[0].(map[string]any) }
	// alone changes what a line says, which has no parts to give it away.
	alone := func(lines []any, what string) []any {
		delete(first(lines), "parts")
		adding(first(lines), "amount", what)
		return lines
	}
	const adds = `invoice of account \S+ in EUR: .*: it says (net|tax|total|due) [-\d.]+, and its lines sum to [-\d.]+`
	for _, c := range []struct {
		name  string
		spoil func(lines []any, totals map[string]any) []any
		says  string
	}{
		{"line lost", func(lines []any, _ map[string]any) []any { return lines[1:] }, adds},
		{"line doubled", func(lines []any, _ map[string]any) []any { return append(lines, lines[0]) }, adds},
		{"line a cent up", func(lines []any, _ map[string]any) []any { return alone(lines, "0.01") }, adds},
		{"line a cent down", func(lines []any, _ map[string]any) []any { return alone(lines, "-0.01") }, adds},
		{"part a cent up", func(lines []any, _ map[string]any) []any {
			adding(first(lines)["parts"].([]any)[0].(map[string]any), "amount", "0.01")
			return lines
		}, `line 1 says [-\d.]+, and its parts sum to [-\d.]+`},
		{"due a cent down", func(lines []any, totals map[string]any) []any { adding(totals, "due", "-0.01"); return lines }, adds},
		{"net a cent up", func(lines []any, totals map[string]any) []any { adding(totals, "net", "0.01"); return lines }, adds},
		{"tax a cent up", func(lines []any, totals map[string]any) []any { adding(totals, "tax", "0.01"); return lines }, adds},
		{"total a cent down", func(lines []any, totals map[string]any) []any { adding(totals, "total", "-0.01"); return lines }, adds},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := func(key string) bool { return strings.HasSuffix(key, ".jsonl") }
			p := &planting{Store: new(store.Memory), at: at, spoil: spoilInvoices(c.spoil)}
			mustBeUnbalanced(t, w, night{store: p, shards: 1}, c.says)
			if p.did == 0 {
				t.Error("nothing was planted")
			}
		})
	}
}
