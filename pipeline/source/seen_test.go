package source

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daybook/pipeline/dataset"
	"daybook/pipeline/source/seen"
	"daybook/schemas"
)

// TestFormatsAreFound reads the files of every format without being told which it is, plain and packed, as it reads them where it
// is told.
func TestFormatsAreFound(t *testing.T) {
	for _, file := range natives(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		told := nativeSource(file)
		if told.View != "" {
			continue // which of two views it is, no column says
		}
		for _, form := range []string{string(text), gzipped(t, string(text)), zstandard(t, string(text))} {
			s, err := seen.Look(t.Context(), file, strings.NewReader(form), int64(len(form)), schemas.Limits{})
			if err != nil || s.Format != told.Format {
				t.Errorf("%s: found %s (%v)", file, s, err)
				continue
			}
			found := *told
			found.Format = ""
			if want, got := keptOf(t, told, form), keptOf(t, &found, form); want != got {
				t.Errorf("%s: %d rows where it is found, and %d where it is told", file, got, want)
			}
		}
	}
}

func keptOf(t *testing.T, src *schemas.Source, text string) int64 {
	t.Helper()
	stats, err := Decode(context.Background(), src, Input{Key: "o", Body: strings.NewReader(text), At: strings.NewReader(text), Size: int64(len(text))}, Sink{
		Rows: func(*dataset.Batch) error { return nil }, Finding: func(schemas.Finding) error { return nil },
	})
	if err != nil {
		t.Errorf("%s: %v", src.Format, err)
	}
	return stats.Kept
}

// TestFoundInRealExports finds the formats of the real files, where they are.
func TestFoundInRealExports(t *testing.T) {
	for pattern, want := range map[string][]schemas.Format{
		"aws_cur/*.csv":   {schemas.AWSCUR, schemas.AWSCUR20},
		"azure/*.csv":     {schemas.AzureCost},
		"gcp/*.csv":       {schemas.GCPBilling},
		"oci/*.csv":       {schemas.OCICost},
		"focus_1_0/*.csv": {schemas.FOCUS10},

		"metering/openshift_metering_payload/*.csv": {schemas.OpenShiftMetering},
	} {
		files, err := filepath.Glob(filepath.Join(exports, pattern))
		if err != nil || len(files) == 0 {
			t.Skip("the exports are not here")
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := seen.Look(t.Context(), file, bytes.NewReader(text), int64(len(text)), schemas.Limits{})
			if err != nil || !slices.Contains(want, s.Format) {
				t.Errorf("%s: found %s (%v)", file, s, err)
			}
		}
	}
}

// TestUnknownColumnsAreRefused says what was seen, and which line of the book would read it.
func TestUnknownColumnsAreRefused(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"when,what\n1,2\n", "it is CSV of no format that is known, with the columns when, what; format: mapped and"},
		{`{"when": {"at": 1}}`, "it is JSON of no format that is known, with the columns when, when.at; format: mapped and"},
		{`{"when": `, "its first object cannot be read"},
		{"", "header"},
	} {
		_, err := Decode(t.Context(), &schemas.Source{ID: "s"}, Input{Key: "o", At: strings.NewReader(c.text), Size: int64(len(c.text))}, Sink{
			Rows: func(*dataset.Batch) error { return nil }, Finding: func(schemas.Finding) error { return nil },
		})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}
