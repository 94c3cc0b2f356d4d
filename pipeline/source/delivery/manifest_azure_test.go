package delivery

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"daybook/schemas"
)

// TestAzureManifests reads the manifests of exports, new and old, wherever the landing place has put them.
func TestAzureManifests(t *testing.T) {
	const run = `"runInfo": {"submittedTime": "2024-09-03T12:00:00Z", "startDate": "2024-09-01T00:00:00", "endDate": "2024-09-30T00:00:00"}`
	for _, c := range []struct{ name, key, text, want, refused string }{
		{
			"a run", "cost/20240901-20240930/202409031200/r/manifest.json",
			`{"byteCount": 9, "blobCount": 2, "dataRowCount": 3, ` + run + `, "blobs": [{"blobName": "top/cost/20240901-20240930/202409031200/r/1.csv", "byteCount": 4, "dataRowCount": 1}, {"blobName": "r/2.csv", "byteCount": 5, "dataRowCount": 2}]}`,
			"2024-09 2024-09-03T12:00:00Z 3 cost/20240901-20240930/202409031200/r/1.csv/4/1 cost/20240901-20240930/202409031200/r/2.csv/5/2", "",
		},
		{
			"one of the first form", "r/manifest.json", `{"manifestVersion": "2021-01-01", "blobCount": 1, "byteCount": 4, "dataRowCount": 1, "blobs": [{"blobName": "a/r/1.csv", "byteCount": 4, "dataRowCount": 1, "headerRowCount": 1}]}`,
			" 0001-01-01T00:00:00Z 1 r/1.csv/4/1", "",
		},
		{"a run of nothing", "r/manifest.json", `{"blobCount": 0, "dataRowCount": 0, "blobs": []}`, " 0001-01-01T00:00:00Z 0", ""},
		{
			"months together", "r/manifest.json", `{"dataRowCount": 1, "runInfo": {"startDate": "2024-08-01", "endDate": "2024-09-30"}, "blobs": [{"blobName": "r/1.csv"}]}`,
			" 0001-01-01T00:00:00Z 1 r/1.csv", "",
		},
		{"no month", "r/manifest.json", `{"dataRowCount": 1, "runInfo": {"startDate": "2024-13-01", "endDate": "2024-13-30"}, "blobs": [{"blobName": "r/1.csv"}]}`, " 0001-01-01T00:00:00Z 1 r/1.csv", ""},
		{"outside", "r/manifest.json", `{"blobs": [{"blobName": "s/1.csv"}]}`, "", "does not lie below r"},
		{"out of it", "r/manifest.json", `{"blobs": [{"blobName": "r/../s/1.csv"}]}`, "", "does not lie below r"},
		{"twice", "r/manifest.json", `{"blobs": [{"blobName": "r/1.csv"}, {"blobName": "x/r/1.csv"}]}`, "", "twice"},
		{"other bytes", "r/manifest.json", `{"byteCount": 5, "blobs": [{"blobName": "r/1.csv", "byteCount": 4}]}`, "", "5 bytes, and its blobs come to 4"},
		{"fewer blobs", "r/manifest.json", `{"blobCount": 2, "blobs": [{"blobName": "r/1.csv"}]}`, "", "there are 2 blobs, and names 1"},
		{"no number", "r/manifest.json", `{"blobs": [{"blobName": "r/1.csv", "dataRowCount": -1}]}`, "", "negative"},
		{"no list", "r/manifest.json", `{"blobs": 7}`, "", "not a manifest"},
	} {
		m, err := ReadManifest(c.key, []byte(c.text))
		if c.refused != "" {
			if refused, is := errors.AsType[*schemas.RefusedError](err); !is || !strings.Contains(refused.Reason, c.refused) {
				t.Errorf("%s: %v, want a refusal that says %s", c.name, err, c.refused)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := fmt.Sprintf("%s %s %d", m.BillingPeriod, m.Created.Format("2006-01-02T15:04:05Z07:00"), *m.Rows)
		for _, o := range m.Objects {
			got += " " + o.Key
			if o.Size != nil {
				got += fmt.Sprintf("/%d/%d", *o.Size, *o.Rows)
			}
		}
		if got != c.want || !m.Complete {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
