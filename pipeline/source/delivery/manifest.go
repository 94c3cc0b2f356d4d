package delivery

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// manifest says what a delivery is, in the one format that is read so far:
//
//	{"billing_period": "2024-09", "version": "2", "complete": true,
//	 "objects": [{"key": "part-0.csv.gz", "size": 1234, "sha256": "…", "rows": 100}]}
//
// Keys are relative to the manifest's folder. sha256 and rows may be left out. A delivery of nothing has no objects, and
// says so with "rows": 0 beside them; of other deliveries rows is the sum, and may be left out.
type manifest struct {
	BillingPeriod schemas.Period   `json:"billing_period"`
	Version       string           `json:"version"`
	Complete      bool             `json:"complete"`
	Rows          *int64           `json:"rows"`
	Objects       []manifestObject `json:"objects"`
}

// miscounts says what is wrong with the number of rows that a complete manifest gives for all of its objects, or is empty. A
// list of objects that was cut off or never written must not pass for a delivery of nothing.
func (m *manifest) miscounts() string {
	var sum int64
	for i := range m.Objects {
		if m.Objects[i].Rows == nil {
			return ""
		}
		sum += *m.Objects[i].Rows
	}
	switch {
	case m.Rows == nil && len(m.Objects) > 0 || m.Rows != nil && *m.Rows == sum:
		return ""
	case m.Rows == nil:
		return `it names no objects, and does not say "rows": 0`
	}
	return fmt.Sprintf("it says that there %s %d %s, and its objects come to %d", schemas.OneOrMany(*m.Rows, "is", "are"), *m.Rows, schemas.OneOrMany(*m.Rows, "row", "rows"), sum)
}

type manifestObject struct {
	Key    string `json:"key"`
	Size   *int64 `json:"size"`
	SHA256 string `json:"sha256"`
	Rows   *int64 `json:"rows"`
}

const (
	mostManifestBytes = 16 << 20
	mostObjects       = 1 << 17
)

// readManifest reads the manifest at key. The error is a *schemas.RefusedError if it is no manifest.
func readManifest(ctx context.Context, landing store.Store, key string) (*manifest, error) {
	o, err := landing.Get(ctx, key, 0, mostManifestBytes+1)
	if err != nil {
		return nil, fmt.Errorf("read the manifest %s: %w", key, refuseDenied(key, err))
	}
	defer o.Close()
	text, err := io.ReadAll(o)
	if err != nil {
		return nil, fmt.Errorf("read the manifest %s: %w", key, err)
	}
	return parseManifest(key, text)
}

// parseManifest reads a manifest and makes its keys those of the landing place.
func parseManifest(key string, text []byte) (*manifest, error) {
	refuse := func(code schemas.Code, format string, args ...any) (*manifest, error) {
		return nil, &schemas.RefusedError{Code: code, Object: key, Reason: fmt.Sprintf(format, args...)}
	}
	if len(text) > mostManifestBytes {
		return refuse(schemas.CodeHostileObject, "the manifest is larger than the limit of %d bytes", mostManifestBytes)
	}
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return refuse(schemas.CodeUnreadableObject, "it is not a manifest: %v", err)
	}
	if len(m.Objects) > mostObjects {
		return refuse(schemas.CodeHostileObject, "the manifest names more than %d objects", mostObjects)
	}
	folder := path.Dir(key)
	seen := make(map[string]bool, len(m.Objects))
	for i := range m.Objects {
		o := &m.Objects[i]
		full := path.Join(folder, o.Key)
		if strings.HasPrefix(o.Key, "/") || strings.Contains(o.Key, `\`) || o.Key != path.Clean(o.Key) ||
			folder != "." && !strings.HasPrefix(full, folder+"/") || store.CheckKey(full) != nil {
			return refuse(schemas.CodeHostileObject, "the manifest names %q, which is no plain path below its own folder", schemas.ClipValue(o.Key))
		}
		if seen[full] {
			return refuse(schemas.CodeManifestMismatch, "the manifest names %s twice", schemas.ClipValue(o.Key))
		}
		seen[full] = true
		sum, err := hex.DecodeString(o.SHA256)
		if err != nil || len(sum) != 0 && len(sum) != 32 {
			return refuse(schemas.CodeUnreadableObject, "the manifest gives %s the SHA-256 %q, which is none", schemas.ClipValue(o.Key), schemas.ClipValue(o.SHA256))
		}
		if o.Size != nil && *o.Size < 0 || o.Rows != nil && *o.Rows < 0 {
			return refuse(schemas.CodeUnreadableObject, "the manifest gives %s a negative size or number of rows", schemas.ClipValue(o.Key))
		}
		o.Key, o.SHA256 = full, strings.ToLower(o.SHA256)
	}
	return &m, nil
}
