package seen

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/source/native"
	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

// Sight is what an object was seen to be.
type Sight struct {
	// Is says how it is written, such as CSV in gzip, or JSON.
	Is string
	// Names are those of its columns, of JSON those of the members of its first object.
	Names []string
	// Format is the format that has these; empty where it is none that is known.
	Format schemas.Format
}

// String says it in a few words.
func (s Sight) String() string {
	if s.Format != "" {
		return fmt.Sprintf("%s as %s, with %d columns", s.Format, s.Is, len(s.Names))
	}
	return fmt.Sprintf("%s of no format that is known, with the columns %s", s.Is, listed(s.Names))
}

// listed are the first names.
func listed(names []string) string {
	const most = 12
	if len(names) > most {
		names = append(slices.Clone(names[:most]), fmt.Sprintf("%d more", len(names)-most))
	}
	return schemas.ClipValue(strings.Join(names, ", "))
}

// Instead says of an object that lacks what its declared format requires which line of the book would read it, as the end of a
// sentence; it is empty where it is rather the object that is wrong.
func Instead(declared schemas.Format, names, missing []string) string {
	f := Format(names)
	switch {
	case f == declared && f != "", f.IsFOCUS() && declared.IsFOCUS() && (f < schemas.FOCUS13 || declared >= schemas.FOCUS13):
		return "" // versions of FOCUS demand the same, but for whom the provider is
	case f != "":
		return fmt.Sprintf("; it has the columns of %s: format: %s of the source would read it", f, f)
	case 2*len(missing) > len(names):
		return fmt.Sprintf("; it has the columns %s: %s would read it", listed(names), asMapped)
	}
	return ""
}

// beginning is how much of JSON is looked at: its first object stands in it.
const beginning = 4 << 20

// Look looks at an object, which key names in refusals. The error is a [*schemas.RefusedError] if it cannot be read.
func Look(ctx context.Context, key string, at io.ReaderAt, size int64, limits schemas.Limits) (Sight, error) {
	limits = limits.WithDefaults()
	r, err := wire.NewReader(ctx, key, io.NewSectionReader(at, 0, size), limits)
	if err != nil {
		return Sight{}, err
	}
	defer r.Close()
	packed := map[wire.Packing]string{wire.Gzip: " in gzip", wire.Zstd: " in zstd", wire.Zip: " in ZIP"}[r.Packing]
	if r.Packing == wire.Parquet {
		f, err := parquet.Open(at, size)
		if err != nil {
			return Sight{}, &schemas.RefusedError{Code: schemas.CodeUnreadableObject, Object: key, Reason: err.Error()}
		}
		var names []string
		for _, c := range f.Columns() {
			names = append(names, c.Name)
		}
		return sight("Parquet", names), nil
	}
	if r.Packing == wire.Zip {
		if err := r.OpenZip(at, size); err != nil {
			return Sight{}, err
		}
	}
	if r.BeginsJSON() {
		names, err := firstObject(key, r)
		return sight("JSON"+packed, names), err
	}
	names, err := wire.NewCSV(r, limits.RowBytes).Header()
	return sight("CSV"+packed, native.Unbracketed(names)), err
}

// Found is a source with the format that its object is found to be in, where the book leaves it out. The error is a
// [*schemas.RefusedError] if it is none that is known.
func Found(ctx context.Context, src *schemas.Source, key string, at io.ReaderAt, size int64) (*schemas.Source, error) {
	if src.Format != "" {
		return src, nil
	}
	if at == nil {
		return src, errors.New("the source has no format, which is found at any offset; give At and Size")
	}
	s, err := Look(ctx, key, at, size, src.Limits)
	if err != nil {
		return src, err
	}
	if s.Format == "" {
		return src, &schemas.RefusedError{Code: schemas.CodeUnreadableObject, Object: key, Reason: fmt.Sprintf("it is %s; %s would read it", s, asMapped)}
	}
	of := *src
	of.Format = s.Format
	return &of, nil
}

// asMapped is the line of the book that reads what is of no format.
const asMapped = "format: mapped and, under mapping of the source, what they mean"

func sight(is string, names []string) Sight { return Sight{is, names, Format(names)} }

// firstObject returns the paths of the members of the first object, those that hold others among them.
func firstObject(key string, r *wire.Reader) ([]string, error) {
	text := make([]byte, beginning)
	n, _, err := r.Fill(text)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimLeft(bytes.TrimPrefix(text[:n], []byte("\uFEFF")), " \t\r\n[")
	var first map[string]any
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&first); err != nil {
		return nil, &schemas.RefusedError{Code: schemas.CodeUnreadableObject, Object: key, Reason: fmt.Sprintf("its first object cannot be read: %v", err)}
	}
	return paths(nil, "", first), nil
}

func paths(names []string, above string, of map[string]any) []string {
	members := make([]string, 0, len(of))
	for name := range of {
		members = append(members, name)
	}
	slices.Sort(members)
	for _, name := range members {
		names = append(names, above+name)
		if inner, is := of[name].(map[string]any); is {
			names = paths(names, above+name+".", inner)
		}
	}
	return names
}
