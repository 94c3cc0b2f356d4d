package rows

import (
	"context"
	"errors"
	"fmt"
	"io"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// AccountReader reads some accounts out of a file that is sorted by account: they must be asked for in ascending order, and
// of the file only the row groups that may hold them are read, each once.
type AccountReader struct {
	key     string
	table   *schemas.Table
	columns []int // of the table; none: all
	account int   // the column of accounts

	closer io.Closer
	file   *parquet.Reader
	group  int
	scan   *parquet.Scanner
	batch  *dataset.Batch
	at     int
}

// OpenAccounts opens a file of a table for reading by an account column.
func OpenAccounts(ctx context.Context, s store.Store, key string, table *schemas.Table, account int, columns []int) (*AccountReader, error) {
	at, size, err := store.OpenReaderAt(ctx, s, key)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", key, err)
	}
	f, err := parquet.Open(at, size)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", key, err), at.Close())
	}
	return &AccountReader{key: key, table: table, columns: columns, account: account, closer: at, file: f, batch: dataset.NewBatch(table)}, nil
}

// Close closes the file.
func (a *AccountReader) Close() error { return a.closer.Close() }

// Read calls each with the runs of rows [from, to) of batches that belong to the account. A batch is valid during the call.
func (a *AccountReader) Read(id schemas.AccountID, each func(b *dataset.Batch, from, to int) error) error {
	for {
		v := &a.batch.Columns[a.account]
		for a.at < a.batch.Rows {
			if v.IsNull(a.at) || string(v.TextAt(a.at)) < string(id) {
				a.at = v.RunEnd(a.at, a.batch.Rows)
				continue
			}
			if string(v.TextAt(a.at)) > string(id) {
				return nil
			}
			from := a.at
			a.at = v.RunEnd(from, a.batch.Rows)
			if err := each(a.batch, from, a.at); err != nil {
				return err
			}
		}
		if more, err := a.next(id); err != nil || !more {
			return err
		}
	}
}

// ReadNobody calls each with the runs of rows [from, to) of batches that belong to no account, which stand before all others;
// it is for a reader that has read nothing yet.
func (a *AccountReader) ReadNobody(each func(b *dataset.Batch, from, to int) error) error {
	for {
		v := &a.batch.Columns[a.account]
		for a.at < a.batch.Rows {
			if !v.IsNull(a.at) {
				return nil
			}
			from := a.at
			a.at = v.RunEnd(from, a.batch.Rows)
			if err := each(a.batch, from, a.at); err != nil {
				return err
			}
		}
		more, err := a.batchOf(func() bool { return a.group < a.file.Groups() })
		if err != nil || !more {
			return err
		}
	}
}

// next reads the next batch that may hold the account or one after it; false where there is none that holds it.
func (a *AccountReader) next(id schemas.AccountID) (bool, error) {
	column := a.file.Column(a.table.Columns[a.account].Name)
	return a.batchOf(func() bool {
		for a.group < a.file.Groups() && a.file.Below(a.group, column, []byte(id)) {
			a.group++
		}
		return a.group < a.file.Groups() && a.file.MayHold(a.group, column, []byte(id))
	})
}

// batchOf reads the next batch, of the row group that find goes to where none is open; false where that finds none.
func (a *AccountReader) batchOf(find func() bool) (bool, error) {
	for {
		if a.scan == nil {
			if !find() {
				return false, nil
			}
			var err error
			options := parquet.ScanOptions{From: a.file.From(a.table, a.columns...), Groups: []int{a.group}}
			if a.scan, err = a.file.Scan(a.table, options); err != nil {
				return false, fmt.Errorf("read %s: %w", a.key, err)
			}
			a.group++
		}
		more, err := a.scan.Next(a.batch)
		if err != nil {
			return false, fmt.Errorf("read %s: %w", a.key, err)
		}
		if faults := a.scan.Faults(); len(faults) > 0 {
			return false, fmt.Errorf("read %s: row %d, column %s: %w", a.key, faults[0].Row, a.table.Columns[faults[0].Column].Name, faults[0].Err)
		}
		if a.at = 0; more {
			return true, nil
		}
		a.batch.Rows, a.scan = 0, nil
	}
}
