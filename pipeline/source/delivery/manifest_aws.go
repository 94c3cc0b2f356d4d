package delivery

import (
	"fmt"
	"path"
	"strings"
	"time"

	"daybook/pipeline/source/wire"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// awsManifest is the manifest of a legacy report (reportKeys, assemblyId) or of Data Exports (dataFiles, executionId), which AWS
// writes last: User Guide of Cost and Usage Reports and of Data Exports, Understanding report and export delivery.
type awsManifest struct {
	AssemblyID    string `json:"assemblyId"`
	ExecutionID   string `json:"executionId"`
	BillingPeriod struct {
		Start string `json:"start"`
	} `json:"billingPeriod"`
	ReportKeys []string `json:"reportKeys"`
	DataFiles  []string `json:"dataFiles"`
}

// readAWSManifest reads a manifest of AWS. Keys are those of the bucket that AWS wrote to, whose upper folders the landing
// place may have left out or renamed; so of each what follows the manifest's own folder counts, or, of an export, what follows the
// folder that holds both data and metadata.
func readAWSManifest(key string, text []byte) (*Manifest, error) {
	refuse := func(code schemas.Code, format string, args ...any) (*Manifest, error) {
		return nil, &schemas.RefusedError{Code: code, Object: key, Reason: fmt.Sprintf(format, args...)}
	}
	var m awsManifest
	if err := wire.DecodeObject(text, &m); err != nil {
		return refuse(schemas.CodeUnreadableObject, "it is not a manifest: %v", err)
	}
	out := &Manifest{Version: m.AssemblyID, Complete: true}
	files, folder := m.ReportKeys, path.Dir(key)
	if m.ReportKeys == nil {
		files = m.DataFiles
		above, below, is := strings.Cut(folder, "/metadata/")
		partition, _, _ := strings.Cut(below, "/") // of an export that keeps old versions, each has a folder in it
		period, named := strings.CutPrefix(partition, "BILLING_PERIOD=")
		if !is || !named {
			return refuse(schemas.CodeUnreadableObject, "it is the manifest of an export, and does not lie in metadata/BILLING_PERIOD=YYYY-MM")
		}
		out.BillingPeriod, folder = schemas.Period(period), above
	} else if start, err := time.Parse("20060102T150405.000Z", m.BillingPeriod.Start); err == nil {
		out.BillingPeriod = schemas.PeriodOf(start, time.UTC)
	}
	if len(files) == 0 || len(files) > mostObjects {
		return refuse(schemas.CodeUnreadableObject, "the manifest names %d objects, where there are from 1 to %d", len(files), mostObjects)
	}
	seen := map[string]bool{}
	for _, file := range files {
		full, ok := below(folder, file)
		if !ok {
			full, ok = belowMonth(folder, file, out.BillingPeriod)
		}
		if !ok {
			return refuse(schemas.CodeHostileObject, "the manifest names %q, which does not lie below %s", schemas.ClipValue(file), folder)
		}
		if seen[full] {
			return refuse(schemas.CodeManifestMismatch, "the manifest names %s twice", schemas.ClipValue(file))
		}
		seen[full] = true
		out.Objects = append(out.Objects, ManifestObject{Key: full})
	}
	return out, nil
}

// below finds the key at which an object of another bucket lies here: what follows the last folder of that name.
func below(folder, file string) (string, bool) {
	part := "/" + path.Base(folder) + "/"
	i := strings.LastIndex("/"+file, part)
	if i < 0 {
		return "", false
	}
	full := folder + "/" + ("/" + file)[i+len(part):]
	return full, full == path.Clean(full) && strings.HasPrefix(full, folder+"/") && store.CheckKey(full) == nil
}

// belowMonth finds the key of an object of a report for Athena, which lies in the partition of the month as Hive names it, below
// the folder in which that of its manifest lies.
func belowMonth(folder, file string, month schemas.Period) (string, bool) {
	start, err := time.Parse("2006-01", string(month))
	parts := strings.Split(file, "/")
	if err != nil || len(parts) < 4 {
		return "", false
	}
	full := path.Dir(folder) + "/" + strings.Join(parts[len(parts)-4:], "/") // report, year, month, object
	return full, full == path.Clean(full) && strings.HasSuffix(path.Dir(full), start.Format("/year=2006/month=1")) && store.CheckKey(full) == nil
}
