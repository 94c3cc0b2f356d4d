package delivery

import (
	"fmt"
	"path"
	"time"

	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

// azureManifest is the manifest of an export of Microsoft Cost Management, which it writes last, beside the parts of a run: Cost
// Management, Understand and work with export manifests. Newer ones say which run it was.
type azureManifest struct {
	BlobCount    *int64 `json:"blobCount"`
	ByteCount    *int64 `json:"byteCount"`
	DataRowCount *int64 `json:"dataRowCount"`
	RunInfo      struct {
		SubmittedTime string `json:"submittedTime"`
		StartDate     string `json:"startDate"`
		EndDate       string `json:"endDate"`
	} `json:"runInfo"`
	Blobs []struct {
		BlobName     string `json:"blobName"`
		ByteCount    *int64 `json:"byteCount"`
		DataRowCount *int64 `json:"dataRowCount"`
	} `json:"blobs"`
}

// readAzureManifest reads a manifest of Azure. The names of blobs are those of the container, whose upper folders the landing place
// may have left out or renamed; so of each what follows the manifest's own folder counts.
func readAzureManifest(key string, text []byte) (*Manifest, error) {
	refuse := func(code schemas.Code, format string, args ...any) (*Manifest, error) {
		return nil, &schemas.RefusedError{Code: code, Object: key, Reason: fmt.Sprintf(format, args...)}
	}
	var m azureManifest
	if err := wire.DecodeObject(text, &m); err != nil {
		return refuse(schemas.CodeUnreadableObject, "it is not a manifest: %v", err)
	}
	if len(m.Blobs) > mostObjects {
		return refuse(schemas.CodeHostileObject, "the manifest names more than %d objects", mostObjects)
	}
	out := &Manifest{Complete: true, Rows: m.DataRowCount, BillingPeriod: azureMonth(m.RunInfo.StartDate, m.RunInfo.EndDate)}
	out.Created, _ = time.Parse(time.RFC3339, m.RunInfo.SubmittedTime) // without it, its versions are ordered by their names
	folder, seen := path.Dir(key), map[string]bool{}
	var bytes int64
	for _, b := range m.Blobs {
		full, ok := below(folder, b.BlobName)
		if !ok {
			return refuse(schemas.CodeHostileObject, "the manifest names %q, which does not lie below %s", schemas.ClipValue(b.BlobName), folder)
		}
		if seen[full] {
			return refuse(schemas.CodeManifestMismatch, "the manifest names %s twice", schemas.ClipValue(b.BlobName))
		}
		seen[full] = true
		for _, n := range []*int64{b.ByteCount, b.DataRowCount} {
			if n != nil && *n < 0 {
				return refuse(schemas.CodeUnreadableObject, "the manifest gives %s a negative size or number of rows", schemas.ClipValue(b.BlobName))
			}
		}
		if b.ByteCount != nil {
			bytes += *b.ByteCount
		} else {
			m.ByteCount = nil
		}
		out.Objects = append(out.Objects, ManifestObject{Key: full, Size: b.ByteCount, Rows: b.DataRowCount})
	}
	switch n := int64(len(m.Blobs)); {
	case m.BlobCount != nil && *m.BlobCount != n:
		return refuse(schemas.CodeManifestMismatch, "it says that there %s %d %s, and names %d", schemas.OneOrMany(*m.BlobCount, "is", "are"), *m.BlobCount, schemas.OneOrMany(*m.BlobCount, "blob", "blobs"), n)
	case m.ByteCount != nil && *m.ByteCount != bytes:
		return refuse(schemas.CodeManifestMismatch, "it says that there are %d bytes, and its blobs come to %d", *m.ByteCount, bytes)
	}
	return out, nil
}

// azureMonth is the month of an export from one day to another, or empty where they are not of one.
func azureMonth(start, end string) schemas.Period {
	const month = len("2024-09")
	if len(start) < month || len(end) < month || start[:month] != end[:month] {
		return ""
	}
	p, err := schemas.ParsePeriod(start[:month])
	if err != nil {
		return ""
	}
	return p
}
