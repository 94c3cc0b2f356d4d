package explain

import (
	"context"
	"errors"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/correction"
	"daybook/schemas/dispute"
	"daybook/schemas/feed"
	"daybook/schemas/intercloud"
	"daybook/schemas/payment"
	"daybook/schemas/peerbill"
	"daybook/schemas/peeruse"
	"daybook/schemas/planned"
	"daybook/schemas/request"
	"daybook/schemas/service"
)

// Tables returns every dataset that a run writes as Parquet, in the order in which they come about.
func Tables() []*schemas.Table {
	return []*schemas.Table{
		&schemas.Deliveries, &feed.Completeness, &schemas.Findings, &schemas.Usage, &schemas.Charges, &schemas.Margins, &schemas.Variances, &schemas.PeerMatches, &schemas.Days, &schemas.Customers, &schemas.Accounts,
		&peeruse.Uses, &peeruse.Budgets, &planned.Versions, &planned.Changes, &planned.Forecasts,
		&peeruse.Days, &peeruse.Anomalies, &peeruse.Integrations, &peeruse.Shares,
		&access.Credentials, &access.Uses, &access.Identities, &access.Coverages, &peerbill.Discrepancies, &peerbill.Bills, &peerbill.Invoices, &dispute.Disputes, &dispute.Challenges, &request.Requests,
		&intercloud.CostChains, &intercloud.Settlements, &intercloud.NetStatements, &intercloud.Choices,
		&service.EvidenceTable, &service.SLAResults, &service.SLAClaims, &service.SLACredits, &service.Problems, &correction.Corrections, &payment.Payments,
	}
}

// onRequest are the datasets that a run has only if its book asks for them, and that nobody misses elsewhere.
func onRequest() []*schemas.Table {
	return []*schemas.Table{
		&planned.Versions, &planned.Changes, &planned.Forecasts,
		&peeruse.Days, &peeruse.Anomalies, &peeruse.Integrations, &peeruse.Shares,
		&access.Credentials, &access.Uses, &access.Identities, &access.Coverages, &peerbill.Invoices, &dispute.Disputes, &dispute.Challenges, &request.Requests,
		&intercloud.CostChains, &intercloud.Settlements, &intercloud.NetStatements, &intercloud.Choices,
		&service.EvidenceTable, &service.SLAResults, &service.SLAClaims, &service.SLACredits, &service.Problems, &correction.Corrections, &payment.Payments,
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
		if len(files) == 0 && slices.Contains(onRequest(), table) {
			continue
		}
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

// FileDigest is what an object of a run is, and what was written.
type FileDigest struct {
	Dataset string `json:"dataset"`
	Key     string `json:"key"`
	Rows    int64  `json:"rows"`
	Size    int64  `json:"size"`
	// Digest is the SHA-256 of the object as it lies in the store, empty where it is gone; Written is that of what the run wrote.
	Digest  string `json:"digest"`
	Written string `json:"written"`
}

// Sound reports whether the object is as it was written.
func (f *FileDigest) Sound() bool { return f.Digest == f.Written }

// FileDigests reads every object that the run wrote for readers, and calls each with what it is, in the order of the manifest.
func (l *Look) FileDigests(ctx context.Context, each func(FileDigest) error) error {
	for i := range l.Manifest.Outputs {
		o := &l.Manifest.Outputs[i]
		digest, err := o.Have(ctx, l.store)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := each(FileDigest{o.Dataset, o.Key, o.Rows, o.Size, digest, o.Digest}); err != nil {
			return err
		}
	}
	return nil
}
