package delivery

import (
	"errors"
	"strings"
	"testing"

	"daybook/schemas"
)

// TestAWSManifests reads the manifests of reports and of exports, wherever the landing place has put them.
func TestAWSManifests(t *testing.T) {
	for _, c := range []struct{ name, key, text, want, refused string }{
		{
			"a report", "rep/20240901-20241001/rep-Manifest.json",
			`{"assemblyId": "b2", "billingPeriod": {"start": "20240901T000000.000Z"}, "reportKeys": ["top/rep/20240901-20241001/b2/rep-1.csv.gz"]}`,
			"2024-09 b2 rep/20240901-20241001/b2/rep-1.csv.gz", "",
		},
		{
			"a report, beside its parts", "20240901-20241001/b2/rep-Manifest.json",
			`{"assemblyId": "b2", "billingPeriod": {"start": "20240901T000000.000Z"}, "reportKeys": ["/x/20240901-20241001/b2/1.csv", "/x/20240901-20241001/b2/2.csv"]}`,
			"2024-09 b2 20240901-20241001/b2/1.csv 20240901-20241001/b2/2.csv", "",
		},
		{
			"an export", "here/exp/metadata/BILLING_PERIOD=2024-09/exp-Manifest.json",
			`{"executionId": "e", "dataFiles": ["s3://bucket/pre/exp/data/BILLING_PERIOD=2024-09/exp-1.parquet"]}`,
			"2024-09  here/exp/data/BILLING_PERIOD=2024-09/exp-1.parquet", "",
		},
		{
			"a version of an export", "here/exp/metadata/BILLING_PERIOD=2024-09/20240903T1200-e/exp-Manifest.json",
			`{"executionId": "e", "dataFiles": ["s3://bucket/pre/exp/data/BILLING_PERIOD=2024-09/20240903T1200-e/exp-1.parquet"]}`,
			"2024-09  here/exp/data/BILLING_PERIOD=2024-09/20240903T1200-e/exp-1.parquet", "",
		},
		{
			"a report for Athena", "rep/20240901-20241001/rep-Manifest.json",
			`{"assemblyId": "b2", "billingPeriod": {"start": "20240901T000000.000Z"}, "reportKeys": ["pre/rep/rep/year=2024/month=9/rep-1.snappy.parquet"]}`,
			"2024-09 b2 rep/rep/year=2024/month=9/rep-1.snappy.parquet", "",
		},
		{
			"a report for Athena of another month", "rep/20240901-20241001/rep-Manifest.json",
			`{"assemblyId": "b2", "billingPeriod": {"start": "20240901T000000.000Z"}, "reportKeys": ["pre/rep/rep/year=2024/month=8/rep-1.snappy.parquet"]}`,
			"", "does not lie below",
		},
		{"no JSON", "a/m.json", "{", "", "not a manifest"},
		{"nothing", "a/m.json", `{"reportKeys": []}`, "", "names 0 objects"},
		{"an export elsewhere", "a/m.json", `{"dataFiles": ["s3://b/a/x"]}`, "", "does not lie in metadata"},
		{"outside", "a/m.json", `{"reportKeys": ["b/x.csv"]}`, "", "does not lie below"},
		{"out of it", "a/m.json", `{"reportKeys": ["a/../x.csv"]}`, "", "does not lie below"},
		{"twice", "a/m.json", `{"reportKeys": ["a/x.csv", "z/a/x.csv"]}`, "", "twice"},
	} {
		m, err := readAWSManifest(c.key, []byte(c.text))
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
		got := string(m.BillingPeriod) + " " + m.Version
		for _, o := range m.Objects {
			got += " " + o.Key
		}
		if got != c.want || !m.Complete {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
