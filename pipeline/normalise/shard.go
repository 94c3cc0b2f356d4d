package normalise

import (
	"context"
	"fmt"
	"io"
	"math/bits"
	"strings"
	"sync"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/shuffle"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// Shard gathers one shard's rows from every object, drops duplicates and writes the rest, sorted, as usage.
func Shard(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return nil, err
	}
	files, sources, err := openShuffles(ctx, in, objects)
	defer files.close()
	if err != nil {
		return nil, err
	}
	res := &run.Result{}
	found := in.NewFindings()
	defer found.Close()
	var stats shuffle.ReduceStats
	var left Sorted
	err = split(ctx, in, res, func(usage *divided) error {
		if len(files.open) == 0 {
			return nil
		}
		lent := run.Lent[*shuffle.Reducer](in, "reducers")
		reducer, ok := lent.Take()
		if !ok {
			reducer = new(shuffle.Reducer)
		}
		defer lent.Leave(reducer) // not after the store has waited for its disk
		options := shuffle.ReduceOptions{BudgetBytes: in.Budget(), Spill: shuffle.TempSpill(in.SpillDir()), Progress: in.Handled}
		stats, err = reducer.Reduce(ctx, shuffle.UsageReduction(), files.open, in.Part, options, func(b *dataset.Batch) error {
			if b, err = usage.restated(b); err != nil || b.Rows == 0 {
				return err
			}
			left.Nobody += nullsIn(&b.Columns[schemas.UseAccountId], b.Rows)
			left.Late += int64(b.Rows) - nullsIn(&b.Columns[schemas.UseLatePeriod], b.Rows)
			return usage.write(b)
		}, func(c shuffle.Conflict) error {
			found.Add(conflictFinding(sources[c.Dropped.File], c))
			return nil
		})
		if err != nil {
			return run.ScratchError(err)
		}
		if err = usage.count(&res.Control); err != nil {
			return err
		}
		return files.allArrived(in.Shard, &res.Control, stats.Duplicates)
	})
	if err != nil {
		return nil, err
	}
	res.Control.LateRows = left.Late
	if err := res.Leave(left); err != nil {
		return nil, err
	}
	for _, d := range stats.Duplicates {
		if err := res.Control.Duplicates.Merge(d); err != nil {
			return nil, err
		}
	}
	return res, found.Write(ctx, in, res)
}

// Sorted is what rating needs to know of a shard's usage.
type Sorted struct {
	// Nobody is how many rows belong to no account.
	Nobody int64 `json:"nobody"`
	// Late is how many rows came after the period of their use had been run.
	Late int64 `json:"late,omitempty"`
}

// nullsIn counts the nulls of a column.
func nullsIn(v *dataset.Vector, rows int) int64 {
	if v.Absent {
		return int64(rows)
	}
	n := 0
	for _, w := range v.Nulls {
		n += bits.OnesCount64(w)
	}
	return int64(n)
}

// shuffles are the open shuffle files of a task.
type shuffles struct {
	open    []*shuffle.File
	closers []io.Closer
	// sent is what the objects' tasks say that they sent to each shard, file by file.
	sent [][]byte
}

// allArrived compares what was sent to a shard with what its usage and duplicates are, before anything is written: a result
// that is wrong would stay, and be taken for done by the next run.
func (s *shuffles) allArrived(shard int, kept *run.Control, duplicates []dataset.Totals) error {
	var sent dataset.ShardSum
	for i, all := range s.sent {
		one, err := dataset.ShardSumIn(all, shard)
		if err != nil {
			return fmt.Errorf("what object %d sent to shard %d: %w", i, shard, err)
		}
		sent.Add(one)
	}
	var whole dataset.Totals
	for _, part := range append([]dataset.Totals{kept.Usage, kept.Restated}, duplicates...) {
		if err := whole.Merge(part); err != nil {
			return err
		}
	}
	arrived := dataset.ShardSumOf(whole)
	switch {
	case arrived.Rows != sent.Rows:
		return fmt.Errorf("%w: shard %d has %d rows instead of the %d that were sent to it", run.ErrScratch, shard, arrived.Rows, sent.Rows)
	case arrived != sent:
		return fmt.Errorf("%w: shard %d has other quantities or costs than were sent to it", run.ErrScratch, shard)
	}
	return nil
}

func (s *shuffles) close() {
	for _, c := range s.closers {
		_ = c.Close() // they were only read
	}
}

// mostOpen is how many shuffle files a task keeps open. A month may come in more objects than a process may have files.
const mostOpen = 64

// reader opens one more file, which close closes; beyond the first few it is opened for each read.
func (s *shuffles) reader(ctx context.Context, in *run.Inputs, name string) (io.ReaderAt, int64, error) {
	at, size, err := in.OpenScratch(ctx, name)
	if err != nil || len(s.closers) < mostOpen {
		if err == nil {
			s.closers = append(s.closers, at)
		}
		return at, size, err
	}
	return &reopened{ctx, in, name}, size, at.Close()
}

// reopened is an object that is opened for each read, which takes in a whole block.
type reopened struct {
	ctx  context.Context
	in   *run.Inputs
	name string
}

// ReadAt implements [io.ReaderAt].
func (o *reopened) ReadAt(p []byte, off int64) (int, error) {
	at, _, err := o.in.OpenScratch(o.ctx, o.name)
	if err != nil {
		return 0, err
	}
	defer at.Close()
	return at.ReadAt(p, off)
}

// shuffleIndexes remembers the indexes of shuffle files, so that not every shard reads each of them anew.
type shuffleIndexes struct {
	mu    sync.Mutex
	byKey map[string]*shuffle.File
}

// open opens the shuffle file with the key, which is at the reader.
func (c *shuffleIndexes) open(at io.ReaderAt, size int64, key string) (*shuffle.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f, ok := c.byKey[key]; ok {
		return f.On(at), nil
	}
	f, err := shuffle.Open(at, size, &schemas.Usage)
	if err != nil {
		return nil, err
	}
	if c.byKey == nil {
		c.byKey = map[string]*shuffle.File{}
	}
	c.byKey[key] = f.On(nil)
	return f, nil
}

// openShuffles opens the shuffle file of every object whose delivery was not refused, in the order of objects, with the
// source of each.
func openShuffles(ctx context.Context, in *run.Inputs, objects []*run.Result) (*shuffles, []schemas.SourceID, error) {
	files := &shuffles{}
	indexes, err := run.Shared(in, "shuffle indexes", func(*run.Inputs) (*shuffleIndexes, error) { return new(shuffleIndexes), nil })
	if err != nil {
		return files, nil, err
	}
	refused, err := RefusedDeliveries(objects)
	if err != nil {
		return files, nil, err
	}
	var sources []schemas.SourceID
	for _, res := range objects {
		left, err := run.Left[Decoded](res)
		if err != nil {
			return files, nil, err
		}
		if refused[run.DeliveryName(left.Source, left.Delivery)] {
			continue
		}
		for _, o := range res.Outputs {
			if o.Dataset != run.Shuffled {
				continue
			}
			at, size, err := files.reader(ctx, in, o.Key)
			if err != nil {
				return files, nil, fmt.Errorf("open shuffle file %s: %w", o.Key, err)
			}
			f, err := indexes.open(at, size, o.Key)
			if err == nil && f.Shards() != in.Shards() {
				err = fmt.Errorf("it has %d shards, not %d: %w", f.Shards(), in.Shards(), dataset.ErrDamaged)
			}
			if err != nil {
				return files, nil, fmt.Errorf("open shuffle file %s: %w", o.Key, run.ScratchError(err))
			}
			files.open = append(files.open, f)
			files.sent = append(files.sent, left.Sent)
			sources = append(sources, left.Source)
		}
	}
	return files, sources, nil
}

// RefusedDeliveries are those, by name, of which an object could not be trusted.
func RefusedDeliveries(objects []*run.Result) (map[string]bool, error) {
	refused := map[string]bool{}
	for _, res := range objects {
		left, err := run.Left[Decoded](res)
		if err != nil {
			return nil, err
		}
		for i := range res.Refusals {
			refused[run.DeliveryName(left.Source, res.Refusals[i].Delivery)] = true
		}
	}
	return refused, nil
}

// Taken are the results of objects whose delivery was not refused.
func Taken(objects []*run.Result) (taken []*run.Result, err error) {
	refused, err := RefusedDeliveries(objects)
	if err != nil {
		return nil, err
	}
	for _, res := range objects {
		left, err := run.Left[Decoded](res)
		if err != nil {
			return nil, err
		}
		if !refused[run.DeliveryName(left.Source, left.Delivery)] {
			taken = append(taken, res)
		}
	}
	return taken, nil
}

// SentTo is how many rows objects sent to a shard.
func SentTo(objects []*run.Result, shard int) (rows int64, err error) {
	for _, res := range objects {
		left, err := run.Left[Decoded](res)
		if err != nil {
			return 0, err
		}
		if len(left.Sent) == 0 {
			continue // it was refused
		}
		sent, err := dataset.ShardSumIn(left.Sent, shard)
		if err != nil {
			return 0, fmt.Errorf("what an object of %s sent to shard %d: %w", left.Source, shard, err)
		}
		rows += sent.Rows
	}
	return rows, nil
}

// UsageIn is how many rows of usage a shard has, by what normalised or rated it.
func UsageIn(shards []*run.Result, shard int) (int64, error) {
	c := &shards[shard].Control
	return max(c.Usage.Rows, c.Read.Rows), nil
}

func conflictFinding(id schemas.SourceID, c shuffle.Conflict) schemas.Finding {
	info, _ := schemas.CodeDuplicateConflict.Info()
	return schemas.Finding{
		Code: info.Code, Severity: info.Severity, Source: id, Object: c.Dropped.Object, Row: c.Dropped.Row,
		Message: fmt.Sprintf("the record has the identifier of %s, row %d, and says something else%s; %s", c.Kept.Object, c.Kept.Row, differing(c.Differs), info.Fix),
	}
}

// differing names the columns in which two records differ, as far as they are known.
func differing(columns []int) string {
	if len(columns) == 0 {
		return ""
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = schemas.Usage.Columns[c].Name
	}
	return " in " + strings.Join(names, ", ")
}
