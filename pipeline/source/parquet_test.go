package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// TestPeersParquet: identifiers keep their digits whatever type they were given, a clock's times are those of the source's
// zone, and a codec of the format is read.
func TestPeersParquet(t *testing.T) {
	for codec := range batches.PeerCodecs {
		body := batches.PeerFile(t, []batches.PeerRow{{
			Account: 100200300401, Sku: 7_000_000_000_000, Start: 1_725_150_600_000, End: 1_725_154_200_000, Region: "eu",
		}}, codec)
		src := &schemas.Source{
			ID: "s", Format: schemas.FOCUS12, Zone: "Europe/Berlin",
			Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}},
		}
		got := decodeBytes(t, src, body)
		if len(got.rows) != 1 || !strings.Contains(got.rows[0], "SubAccountId=100200300401 ") ||
			!strings.Contains(got.rows[0], "SkuId=7000000000000 ") || !strings.Contains(got.rows[0], "ChargePeriodStart=2024-08-31T22:30:00Z ") {
			t.Errorf("%q, %v", got.rows, summary(got.findings))
		}
	}
}

// TestParquetRatio: a file that is nearly nothing and would be millions of rows is refused, unless its source says otherwise.
func TestParquetRatio(t *testing.T) {
	rows := make([]batches.PeerRow, 200_000)
	for i := range rows {
		rows[i].End = 1
		rows[i].Region = strings.Repeat("a region of a name that is long enough to make much of little ", 8)
	}
	body := batches.PeerFile(t, rows, "gzip")
	src := &schemas.Source{ID: "s", Format: schemas.FOCUS12, Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}}}
	read := 0
	decode := func() error {
		_, err := Decode(context.Background(), src, Input{Key: "k", At: bytes.NewReader(body), Size: int64(len(body))}, Sink{
			Rows: func(b *dataset.Batch) error { read += b.Rows; return nil }, Finding: func(f schemas.Finding) error { return fmt.Errorf("%+v", f) },
		})
		return err
	}
	err := decode()
	var refused *schemas.RefusedError
	if !errors.As(err, &refused) || refused.Code != schemas.CodeHostileObject || !strings.Contains(refused.Reason, "limits.ratio") {
		t.Fatalf("%d bytes: the error is %v", len(body), err)
	}
	src.Limits.Ratio, read = 1<<40, 0
	if err := decode(); err != nil || read != len(rows) {
		t.Errorf("%d rows are read; %v", read, err)
	}
}
