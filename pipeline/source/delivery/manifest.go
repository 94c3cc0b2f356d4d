package delivery

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"daybook/pipeline/source/wire"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// Manifest is what a delivery says of itself.
type Manifest struct {
	// BillingPeriod is empty if the manifest does not say, and the path at which it lies does.
	BillingPeriod schemas.Period
	Version       string
	Complete      bool
	// Created is when the delivery was made; zero if the manifest does not say.
	Created time.Time
	// Rows is the sum over all objects; nil if the manifest does not say.
	Rows    *int64
	Objects []ManifestObject
}

// ManifestObject is an object that a manifest names.
type ManifestObject struct {
	// Key is that of the landing place.
	Key string
	// Size in bytes and Rows are nil, and SHA256, in lower-case hex, is empty, where the manifest does not say.
	Size, Rows *int64
	SHA256     string
}

// manifest is the form of our own:
//
//	{"billing_period": "2024-09", "version": "2", "complete": true, "created": "2024-10-02T03:00:00Z",
//	 "objects": [{"key": "part-0.csv.gz", "size": 1234, "sha256": "…", "rows": 100}]}
//
// Keys are relative to the manifest's folder. created, sha256 and rows may be left out. A delivery of nothing has no objects, and
// says so with "rows": 0 beside them; of other deliveries rows is the sum, and may be left out.
type manifest struct {
	BillingPeriod schemas.Period   `json:"billing_period"`
	Version       string           `json:"version"`
	Complete      bool             `json:"complete"`
	Created       *time.Time       `json:"created"`
	Rows          *int64           `json:"rows"`
	Objects       []manifestObject `json:"objects"`
}

type manifestObject struct {
	Key    string `json:"key"`
	Size   *int64 `json:"size"`
	SHA256 string `json:"sha256"`
	Rows   *int64 `json:"rows"`
}

// miscounts says what is wrong with the number of rows that a complete manifest gives for all of its objects, or is empty. A
// list of objects that was cut off or never written must not pass for a delivery of nothing.
func (m *Manifest) miscounts() string {
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

const (
	mostManifestBytes = 16 << 20
	mostObjects       = 1 << 17
)

// readManifest reads the manifest at key. The error is a *schemas.RefusedError if it is no manifest.
func readManifest(ctx context.Context, landing store.Store, key string) (*Manifest, error) {
	o, err := landing.Get(ctx, key, 0, mostManifestBytes+1)
	if err != nil {
		return nil, fmt.Errorf("read the manifest %s: %w", key, refuseDenied(key, err))
	}
	defer o.Close()
	text, err := io.ReadAll(o)
	if err != nil {
		return nil, fmt.Errorf("read the manifest %s: %w", key, err)
	}
	if len(text) > mostManifestBytes {
		return nil, &schemas.RefusedError{
			Code: schemas.CodeHostileObject, Object: key, Reason: fmt.Sprintf("the manifest is larger than the limit of %d bytes", mostManifestBytes),
		}
	}
	return ReadManifest(key, text)
}

// ReadManifest reads the text of the manifest at a key, in any of the forms that there are: its members tell which. Its error is a
// [*schemas.RefusedError].
func ReadManifest(key string, text []byte) (*Manifest, error) {
	var members map[string]json.RawMessage
	if err := wire.DecodeObject(text, &members); err != nil {
		return nil, &schemas.RefusedError{Code: schemas.CodeUnreadableObject, Object: key, Reason: fmt.Sprintf("it is not a manifest: %v", err)}
	}
	has := func(name string) bool { _, there := members[name]; return there }
	switch {
	case has("objects"):
	case has("reportKeys"), has("dataFiles"):
		return readAWSManifest(key, text)
	case has("blobs"), has("blobCount"):
		return readAzureManifest(key, text)
	}
	return readOwnManifest(key, text)
}

// readOwnManifest reads a manifest of the form of our own.
func readOwnManifest(key string, text []byte) (*Manifest, error) {
	refuse := func(code schemas.Code, format string, args ...any) (*Manifest, error) {
		return nil, &schemas.RefusedError{Code: code, Object: key, Reason: fmt.Sprintf(format, args...)}
	}
	var m manifest
	if err := wire.DecodeObject(text, &m); err != nil {
		return refuse(schemas.CodeUnreadableObject, "it is not a manifest: %v", err)
	}
	if len(m.Objects) > mostObjects {
		return refuse(schemas.CodeHostileObject, "the manifest names more than %d objects", mostObjects)
	}
	if m.BillingPeriod == "" {
		return refuse(schemas.CodeManifestMismatch, "the manifest does not say of which period it is")
	}
	folder := path.Dir(key)
	seen := make(map[string]bool, len(m.Objects))
	out := &Manifest{BillingPeriod: m.BillingPeriod, Version: m.Version, Complete: m.Complete, Rows: m.Rows}
	if m.Created != nil {
		out.Created = *m.Created
	}
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
		out.Objects = append(out.Objects, ManifestObject{Key: full, Size: o.Size, Rows: o.Rows, SHA256: strings.ToLower(o.SHA256)})
	}
	return out, nil
}
