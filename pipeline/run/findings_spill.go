package run

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/shuffle"
	"daybook/pipeline/rows"
	"daybook/schemas"
)

// findingsSpill keeps findings in a temporary file, as a shuffle file of one shard, until they are sorted as usage is.
type findingsSpill struct {
	directory string
	file      shuffle.SpillFile // nil until something is put
	out       *shuffle.Writer
	shards    []uint16
}

// put writes findings behind those that were put before.
func (s *findingsSpill) put(found []schemas.Finding) error {
	if s.file == nil {
		var err error
		if s.file, err = shuffle.TempSpill(s.directory)(); err != nil {
			return err
		}
		if s.out, err = shuffle.NewWriter(s.file, &schemas.Findings, 1); err != nil {
			return err
		}
	}
	return rows.WriteFindings(found, func(b *dataset.Batch) error {
		for len(s.shards) < b.Rows {
			s.shards = append(s.shards, 0)
		}
		return s.out.Add(b, s.shards[:b.Rows])
	})
}

// sorted puts the last findings and hands all of them out in order.
func (s *findingsSpill) sorted(ctx context.Context, last []schemas.Finding, write func(*dataset.Batch) error) error {
	if err := s.put(last); err != nil {
		return err
	}
	stats, err := s.out.Close()
	if err != nil {
		return err
	}
	f, err := shuffle.Open(s.file, stats.Bytes, &schemas.Findings)
	if err != nil {
		return err
	}
	how := shuffle.Reduction{
		Table: &schemas.Findings,
		Order: []int{
			schemas.FindSourceId, schemas.FindObjectKey, schemas.FindObjectRow, schemas.FindColumn, schemas.FindCode, schemas.FindAccountId,
		},
		Object: schemas.FindObjectKey, Row: schemas.FindObjectRow, Measures: dataset.Measures{Quantity: -1, Unit: -1, Cost: -1, Currency: -1},
	}
	options := shuffle.ReduceOptions{BudgetBytes: 4 * heldFindings, BatchRows: 8192, Spill: shuffle.TempSpill(s.directory)}
	_, err = new(shuffle.Reducer).Reduce(ctx, how, []*shuffle.File{f}, 0, options, write, nil)
	return err
}

func (s *findingsSpill) close() {
	if s.file != nil {
		_ = s.file.Close() // it was read, and is gone
		s.file = nil
	}
}
