package delivery_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"daybook/pipeline/dataset"
	"daybook/pipeline/source"
	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// report is a real report as it lies in a bucket; its test is skipped where it is not.
const report = "../../../../shared/data/exports/aws_cur/s3layout_my-prefix"

// TestReportInItsLayout finds and decodes a legacy report of AWS from a directory, from memory and from a bucket: all of its rows,
// and what they cost to the last digit.
func TestReportInItsLayout(t *testing.T) {
	if _, err := os.Stat(report); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the report is not here")
	}
	places := map[string]store.Store{"memory": &store.Memory{}, "directory": openPlace(t, t.TempDir())}
	if text := os.Getenv("DAYBOOK_TEST_S3"); text != "" {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		u.Path = path.Join("/", u.Path, path.Base(path.Dir(t.TempDir())), "report")
		places["bucket"] = openPlace(t, u.String())
	}
	rows, cost := laid(t, places)
	for _, manifest := range []string{"{first}-{next}/my-report-Manifest.json", "my-report-Manifest.json"} {
		src := &schemas.Source{
			ID: "cur", Peer: "aws", Format: schemas.AWSCUR, Semantics: schemas.Snapshot, Prefix: "my-prefix/my-report",
			Pattern: "{first}-{next}/{version}/*.csv.gz", Manifest: manifest,
		}
		for name, place := range places {
			found, err := delivery.Discover(t.Context(), place, src, delivery.Query{Period: "2018-08"})
			if err != nil || len(found.Deliveries) != 1 || len(found.Deliveries[0].Objects) != 1 || found.Incomplete {
				t.Errorf("%s, %s: found %+v: %v", name, manifest, found, err)
				continue
			}
			kept, sum := decodedCost(t, place, src, found.Deliveries[0].Objects[0].Key)
			if kept != rows || sum.Cmp(cost) != 0 {
				t.Errorf("%s, %s: %d rows of %s, want %d of %s", name, manifest, kept, sum.FloatString(18), rows, cost.FloatString(18))
			}
		}
	}
}

func openPlace(t *testing.T, at string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// laid puts the files of the report into all places, and returns how many rows they have and what these cost.
func laid(t *testing.T, places map[string]store.Store) (rows int64, cost *big.Rat) {
	t.Helper()
	cost = new(big.Rat)
	err := filepath.WalkDir(report, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		key, err := filepath.Rel(report, file)
		if err != nil {
			return err
		}
		for _, place := range places {
			if _, err := place.Create(t.Context(), path.Join("my-prefix", filepath.ToSlash(key)), bytes.NewReader(body)); err != nil {
				return err
			}
		}
		if path.Ext(key) != ".gz" {
			return nil
		}
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return err
		}
		in := csv.NewReader(z)
		in.FieldsPerRecord = -1 // its header has a comma too few
		all, err := in.ReadAll()
		if err != nil {
			return err
		}
		at := slices.Index(all[0], "lineItem/UnblendedCost")
		for _, r := range all[1:] {
			v, ok := new(big.Rat).SetString(r[at])
			if !ok {
				return fmt.Errorf("cost %q", r[at])
			}
			rows++
			cost.Add(cost, v)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, cost
}

// decodedCost decodes an object, and returns how many of its rows are usage and what these cost.
func decodedCost(t *testing.T, place store.Store, src *schemas.Source, key string) (kept int64, cost *big.Rat) {
	t.Helper()
	body, _, err := store.ReadAll(t.Context(), place, key)
	if err != nil {
		t.Fatal(err)
	}
	cost = new(big.Rat)
	stats, err := source.Decode(t.Context(), src, source.Input{Key: key, Period: "2018-08", Body: bytes.NewReader(body)}, source.Sink{
		Rows: func(b *dataset.Batch) error {
			v := &b.Columns[schemas.UseBilledCost]
			for r := range b.Rows {
				x, ok := new(big.Rat).SetString(v.Decs[r].String())
				if !ok {
					return fmt.Errorf("cost %s", v.Decs[r])
				}
				cost.Add(cost, x)
			}
			return nil
		},
		Finding: func(f schemas.Finding) error {
			if f.Severity != schemas.Note {
				return fmt.Errorf("%s %s: %s", f.Code, f.Column, f.Message)
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range stats.Rounded { // what is beyond 18 places is kept apart
		if r.Column == "BilledCost" {
			left, ok := new(big.Rat).SetString(r.Residue.String())
			if !ok {
				t.Fatal(r.Residue)
			}
			cost.Add(cost, left)
		}
	}
	return stats.Kept, cost
}
