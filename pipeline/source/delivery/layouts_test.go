package delivery

import (
	"context"
	"strings"
	"testing"

	"daybook/schemas"
)

// TestLayouts finds the version that counts in the layouts that the large providers write, with what they leave behind.
func TestLayouts(t *testing.T) {
	azure := func(day, rows string) string {
		return `{"blobCount":1,"byteCount":1,"dataRowCount":` + rows + `,"runInfo":{"submittedTime":"2024-09-0` + day + `T04:00:00Z","startDate":"2024-09-01T00:00:00","endDate":"2024-09-30T00:00:00"},` +
			`"blobs":[{"blobName":"top/peer/20240901-20240930/run` + day + `/part_0.csv","byteCount":1,"dataRowCount":1}]}`
	}
	for _, c := range []struct{ name, pattern, manifest, order, objects, want string }{
		{
			"Azure, month to date: the newest run counts, and parts of others are left", "{first}-{last}/{version}/*.csv", "manifest.json", "manifest",
			"peer/20240901-20240930/run3/manifest.json 3 0: " + azure("3", "1") + "\n peer/20240901-20240930/run3/part_0.csv 3 0: x\n" +
				"peer/20240901-20240930/run2/manifest.json 4 0: " + azure("2", "1") + "\n peer/20240901-20240930/run2/part_0.csv 4 0: x\n peer/20240901-20240930/run2/part_1.csv 2 0: z",
			"peer/20240901-20240930/run2/manifest.json v=run2 day= superseded peer/20240901-20240930/run2/part_0.csv/1/1\n" +
				"peer/20240901-20240930/run3/manifest.json v=run3 day= peer/20240901-20240930/run3/part_0.csv/1/1\n" +
				"warning stray_object peer/20240901-20240930/run2/part_1.csv: no manifest names it\n" +
				"note superseded_version peer/20240901-20240930/run2/manifest.json: version \"run3\" counts instead of version \"run2\"\nincomplete=false",
		},
		{
			"Azure, a sum of rows that is another, and a run without a manifest", "{first}-{last}/{version}/*.csv", "manifest.json", "manifest",
			"peer/20240901-20240930/run2/manifest.json 4 0: " + azure("2", "1") + "\n peer/20240901-20240930/run2/part_0.csv 4 0: x\n" +
				"peer/20240901-20240930/run3/manifest.json 4 0: " + azure("3", "2") + "\n peer/20240901-20240930/run3/part_0.csv 4 0: y\n peer/20240901-20240930/run4/part_0.csv 5 0: z",
			"peer/20240901-20240930/run2/manifest.json v=run2 day= peer/20240901-20240930/run2/part_0.csv/1/1\n" +
				"warning stray_object peer/20240901-20240930/run4/part_0.csv: no manifest names it\n" +
				"blocking manifest_mismatch peer/20240901-20240930/run3/manifest.json: it says that there are 2 rows, and its objects come to 1\nincomplete=true",
		},
		{
			"AWS, a report that keeps its versions", "{first}-{next}/{version}/*.csv", "{first}-{next}/rep-Manifest.json", "",
			`peer/20240901-20241001/rep-Manifest.json 3 0: {"assemblyId":"b2","billingPeriod":{"start":"20240901T000000.000Z"},"reportKeys":["top/peer/20240901-20241001/b2/rep-1.csv"]}` +
				"\n peer/20240901-20241001/b2/rep-1.csv 3 0: y\n peer/20240901-20241001/a1/rep-1.csv 2 0: x\n" +
				`peer/20240901-20241001/b2/rep-Manifest.json 3 0: {"assemblyId":"b2","billingPeriod":{"start":"20240901T000000.000Z"},"reportKeys":["top/peer/20240901-20241001/b2/rep-1.csv"]}`,
			"peer/20240901-20241001/rep-Manifest.json v=b2 day= peer/20240901-20241001/b2/rep-1.csv/1/-1\n" +
				"warning stray_object peer/20240901-20241001/a1/rep-1.csv: no manifest names it\n" +
				"warning stray_object peer/20240901-20241001/b2/rep-Manifest.json: it is not named as the source's pattern says\nincomplete=false",
		},
		{
			"AWS, a part that is not there yet leaves the version before it", "{first}-{next}/{version}/*.csv", "rep-Manifest.json", "arrival",
			`peer/20240901-20241001/a/rep-Manifest.json 3 0: {"assemblyId":"a","billingPeriod":{"start":"20240901T000000.000Z"},"reportKeys":["20240901-20241001/a/1.csv","20240901-20241001/a/2.csv"]}` +
				"\n peer/20240901-20241001/a/1.csv 3 0: y\n peer/20240901-20241001/b/1.csv 2 0: x\n" +
				`peer/20240901-20241001/b/rep-Manifest.json 2 0: {"assemblyId":"b","billingPeriod":{"start":"20240901T000000.000Z"},"reportKeys":["20240901-20241001/b/1.csv"]}`,
			"peer/20240901-20241001/b/rep-Manifest.json v=b day= peer/20240901-20241001/b/1.csv/1/-1\n" +
				"blocking manifest_mismatch peer/20240901-20241001/a/2.csv: the manifest peer/20240901-20241001/a/rep-Manifest.json names it, and it is not there\nincomplete=true",
		},
		{
			"AWS, an export that keeps its versions", "data/BILLING_PERIOD={period}/{version}/*.parquet", "metadata/BILLING_PERIOD={period}/{version}/e-Manifest.json", "",
			`peer/metadata/BILLING_PERIOD=2024-09/20240902T00-x/e-Manifest.json 3 0: {"executionId":"x","dataFiles":["s3://b/top/peer/data/BILLING_PERIOD=2024-09/20240902T00-x/1.parquet"]}` +
				"\n peer/data/BILLING_PERIOD=2024-09/20240902T00-x/1.parquet 3 0: x\n" +
				`peer/metadata/BILLING_PERIOD=2024-09/20240903T00-a/e-Manifest.json 3 0: {"executionId":"a","dataFiles":["s3://b/top/peer/data/BILLING_PERIOD=2024-09/20240903T00-a/1.parquet"]}` +
				"\n peer/data/BILLING_PERIOD=2024-09/20240903T00-a/1.parquet 3 0: y",
			"peer/metadata/BILLING_PERIOD=2024-09/20240902T00-x/e-Manifest.json v=20240902T00-x day= superseded peer/data/BILLING_PERIOD=2024-09/20240902T00-x/1.parquet/1/-1\n" +
				"peer/metadata/BILLING_PERIOD=2024-09/20240903T00-a/e-Manifest.json v=20240903T00-a day= peer/data/BILLING_PERIOD=2024-09/20240903T00-a/1.parquet/1/-1\n" +
				"note superseded_version peer/metadata/BILLING_PERIOD=2024-09/20240902T00-x/e-Manifest.json: version \"20240903T00-a\" counts instead of version \"20240902T00-x\"\nincomplete=false",
		},
		{
			"a manifest that names a key outside of its folder", "{first}-{next}/{version}/*.csv", "rep-Manifest.json", "",
			`peer/20240901-20241001/a/rep-Manifest.json 3 0: {"assemblyId":"a","billingPeriod":{"start":"20240901T000000.000Z"},"reportKeys":["20240901-20241001/a/../../../secret.csv"]}`,
			"blocking hostile_object peer/20240901-20241001/a/rep-Manifest.json: the manifest names \"20240901-20241001/a/../../../secret.csv\", which does not lie below peer/20240901-20241001/a\n" +
				"blocking missing_delivery : for 2024-09 there are 0 objects of at least 1 at peer/{first}-{next}/{version}/*.csv\nincomplete=true",
		},
		{
			"markers: a version counts once its marker is there, and equal parts once", "{period}/{version}/*.csv", "_SUCCESS", "",
			"peer/2024-09/v1/a.csv 2 0: x\n peer/2024-09/v1/b.csv 2 0: x\n peer/2024-09/v1/_SUCCESS 2 0: \n peer/2024-09/v2/a.csv 3 0: y",
			"peer/2024-09/v1/_SUCCESS v=v1 day= peer/2024-09/v1/a.csv/1/-1\n" +
				"warning stray_object peer/2024-09/v2/a.csv: no manifest names it\n" +
				"warning repeated_object peer/2024-09/v1/b.csv: it has the bytes of peer/2024-09/v1/a.csv, and counts once\nincomplete=false",
		},
		{
			"Hive's partitions", "year={year}/month={month}/{version}.csv", "", "",
			"peer/year=2024/month=9/1.csv 2 0: x\n peer/year=2024/month=09/2.csv 2 0: y\n peer/year=2024/month=10/3.csv 2 0: z",
			"peer/2024-09/1 v=1 day= superseded peer/year=2024/month=9/1.csv/1/-1\npeer/2024-09/2 v=2 day= peer/year=2024/month=09/2.csv/1/-1\n" +
				"note superseded_version peer/2024-09/1: version \"2\" counts instead of version \"1\"\nincomplete=false",
		},
	} {
		place, arrived := landing(t, c.objects)
		src := schemas.Source{
			ID: "s", Semantics: schemas.Snapshot, Prefix: "peer", Pattern: c.pattern, Manifest: c.manifest, VersionOrder: schemas.VersionOrder(c.order),
			Expect: schemas.Expect{Every: schemas.EveryMonth},
		}
		got, err := Discover(context.Background(), place, &src, Query{Period: "2024-09", Arrived: arrived})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if have := listing(got); have != c.want {
			t.Errorf("%s:\n%s\nnot\n%s", c.name, have, strings.TrimSpace(c.want))
		}
	}
}
