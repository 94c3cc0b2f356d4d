package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// Input is one object to decode.
type Input struct {
	// Key is the object's key below the landing place.
	Key string
	// Period is the billing period of its delivery: a row of another one is a finding. Empty checks nothing.
	Period schemas.Period
	// Body is the object from its first byte. It may be nil if At is given.
	Body io.Reader
	// At and Size read the same bytes at any offset; only Parquet needs them.
	At   io.ReaderAt
	Size int64
}

// Sink receives what an object holds. An error from either function ends decoding and is returned as it is.
type Sink struct {
	// Rows takes a batch of schemas.Usage of some ten thousand rows, in the order of the object. It is valid until Rows
	// returns. Columns that the object does not have are absent, x_ObjectRow is filled, and those that need the book
	// (x_AccountId, x_PeerId, x_SourceId, x_ObjectKey) are left to the caller, unless the source maps x_AccountId. A label
	// column keeps its dictionary from batch to batch until that has grown too large to keep, and then begins a new one.
	Rows func(*dataset.Batch) error
	// Finding takes one finding: those of rows in the order of rows, then the notes about the whole object.
	Finding func(schemas.Finding) error
}

// Stats counts what was in an object. Rows = Kept + Rejected, and each rejected row is a finding with Rows 1.
type Stats struct {
	Rows, Kept, Rejected int64
	// Bytes is the size after decompression.
	Bytes int64
}

// RefusedError says that an object cannot be trusted, so its delivery must be refused whole: whatever was decoded of it
// before is void. It is a fact about the input, not a failure of the run; Finding puts it into the findings.
type RefusedError struct {
	// Code is CodeUnreadableObject, CodeHostileObject, CodeMissingColumn or CodeManifestMismatch.
	Code   schemas.Code
	Object string
	// Row is where it showed, or 0.
	Row    int64
	Reason string
}

// Error names the object and the reason.
func (e *RefusedError) Error() string {
	if e.Row > 0 {
		return fmt.Sprintf("object %s, row %d: %s", e.Object, e.Row, e.Reason)
	}
	return fmt.Sprintf("object %s: %s", e.Object, e.Reason)
}

// Finding states the refusal of an object of a source.
func (e *RefusedError) Finding(id schemas.SourceID) schemas.Finding {
	return finding(schemas.Finding{Code: e.Code, Source: id, Object: e.Object, Row: e.Row, Message: e.Reason})
}

// finding completes f with the severity that its code has by default and with what to do about it.
func finding(f schemas.Finding) schemas.Finding {
	info, _ := f.Code.Info()
	if f.Severity == "" {
		f.Severity = info.Severity
	}
	f.Message = f.Message + "; " + info.Fix
	f.Value = clip(f.Value)
	return f
}

// Decode reads an object of a source, whose format is the declared one and whose packing (plain, gzip, zstd) is told by
// its first bytes. It returns what it counted, also beside an error.
//
// The error is a *RefusedError if the object is truncated, damaged, hostile or not in its format, and otherwise what went
// wrong with reading it, the sink or the source's own description.
func Decode(ctx context.Context, src *schemas.Source, in Input, out Sink) (Stats, error) {
	d, err := newDecoder(ctx, src, in, out)
	if err != nil {
		return Stats{}, fmt.Errorf("decode %s of source %s: %w", in.Key, src.ID, err)
	}
	err = d.decode()
	d.close()
	var refused *RefusedError
	if err != nil && !errors.As(err, &refused) {
		err = fmt.Errorf("decode %s of source %s: %w", in.Key, src.ID, err)
	}
	return d.stats, err
}

// decode finds out how the object is packed and runs the decoder of its format.
func (d *decoder) decode() error {
	if d.in.Body == nil {
		if d.in.At == nil {
			return errors.New("no body was given; set Body or At")
		}
		d.in.Body = io.NewSectionReader(d.in.At, 0, d.in.Size)
	}
	kind, err := d.unpack()
	if err != nil {
		return err
	}
	switch {
	case kind == packParquet && d.src.Format != schemas.CloudEvents10:
		err = d.parquet()
	case kind == packParquet:
		return d.refuse(schemas.CodeUnreadableObject, "it is Parquet, not JSON")
	case d.src.Format == schemas.CloudEvents10:
		err = d.events()
	default:
		err = d.csv()
	}
	if err != nil {
		return err
	}
	if err := d.flush(); err != nil {
		return err
	}
	return d.emitNotes()
}

// refuse returns a RefusedError about the object.
func (d *decoder) refuse(code schemas.Code, format string, args ...any) error {
	return &RefusedError{Code: code, Object: d.in.Key, Reason: fmt.Sprintf(format, args...)}
}

// clip cuts a value to what a finding holds, at the start of a character.
func clip(s string) string {
	if most := 200; len(s) > most {
		for most > 200-utf8.UTFMax && !utf8.RuneStart(s[most]) {
			most--
		}
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
