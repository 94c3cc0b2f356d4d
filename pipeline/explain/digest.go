package explain

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// Tables returns every dataset that a run writes as Parquet, in the order in which they come about.
func Tables() []*schemas.Table {
	return []*schemas.Table{
		&schemas.Deliveries, &schemas.Findings, &schemas.Usage, &schemas.Charges, &schemas.Margins, &schemas.Variances, &schemas.PeerMatches, &schemas.Days,
	}
}

// DatasetDigest stands for the rows of a dataset of one run, however they are divided into files: two runs whose digests
// are equal hold the same rows.
type DatasetDigest struct {
	Dataset string `json:"dataset"`
	Rows    int64  `json:"rows"`
	// Digest is the number of rows and the sum of their SHA-256, as dataset.Digest writes it.
	Digest string `json:"digest"`
	Files  int    `json:"files"`
}

// Digests reads all rows of the run's datasets.
func (l *Look) Digests(ctx context.Context) ([]DatasetDigest, error) {
	var out []DatasetDigest
	for _, table := range Tables() {
		var d dataset.Digest
		files := l.outputs(table, "")
		for _, o := range files {
			err := l.scan(ctx, o.Key, scanning{table: table, column: -1}, func(b *dataset.Batch, _ int) error {
				d.AddBatch(b)
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
		out = append(out, DatasetDigest{table.Name, d.Rows(), d.String(), len(files)})
	}
	return out, nil
}
