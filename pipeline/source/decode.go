package source

import (
	"context"
	"errors"
	"fmt"
	"io"

	"daybook/pipeline/dataset"
	"daybook/pipeline/source/seen"
	"daybook/pipeline/source/wire"
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
	// Rounded takes, just before Rows, those values of the batch that stand rounded in it, as they are in the object. They are
	// valid until Rows returns. Nil is not told.
	Rounded func([]RoundedCell)
}

// Stats counts what was in an object. Rows = Kept + Rejected + LeftOut; each rejected row is a finding with Rows 1, and those that
// the book leaves out are one finding together. Parted are those of Rows beyond the first of each record of the object.
type Stats struct {
	Rows, Kept, Rejected, LeftOut, Parted int64
	// Bytes is the size after decompression.
	Bytes int64
	// Rounded says what rounding did to kept rows, in the order of the usage table and of currencies and units.
	Rounded []Rounded
}

// Decode reads an object of a source, whose format is the declared one and whose packing (plain, gzip, zstd, ZIP) is told by
// its first bytes. It returns what it counted, also beside an error.
//
// The error is a *schemas.RefusedError if the object is truncated, damaged, hostile or not in its format, and otherwise what went
// wrong with reading it, the sink or the source's own description.
func Decode(ctx context.Context, src *schemas.Source, in Input, out Sink) (Stats, error) {
	src, err := seen.Found(ctx, src, in.Key, in.At, in.Size)
	if refused, is := errors.AsType[*schemas.RefusedError](err); is {
		return Stats{}, refused
	}
	var d *decoder
	if err == nil {
		d, err = newDecoder(ctx, src, in, out)
	}
	if err != nil {
		return Stats{}, fmt.Errorf("decode %s of source %s: %w", in.Key, src.ID, err)
	}
	err = d.decode()
	var refused *schemas.RefusedError
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
	var err error
	if d.wire, err = wire.NewReader(d.ctx, d.in.Key, d.in.Body, d.limits); err != nil {
		return err
	}
	defer d.wire.Close()
	if d.wire.Packing == wire.Zip {
		if d.in.At == nil {
			return errors.New("it is a ZIP archive, which is read at any offset; give At and Size")
		}
		if err := d.wire.OpenZip(d.in.At, d.in.Size); err != nil {
			return err
		}
	}
	err = d.text()
	d.stats.Bytes += d.wire.Bytes
	if err != nil {
		return err
	}
	if err := d.flush(); err != nil {
		return err
	}
	if err := d.notes.Emit(d.src.ID, d.in.Key, d.out.Finding); err != nil {
		return err
	}
	if err := d.emitLeftOut(); err != nil {
		return err
	}
	return d.emitRounded()
}

// text runs the decoder of the object's format.
func (d *decoder) text() error {
	read, is, other := d.format.text, "text", "Parquet"
	if d.wire.Packing == wire.Parquet {
		read, is, other = d.format.parquet, other, is
	}
	if read == nil {
		return d.refuse(schemas.CodeUnreadableObject, "it is %s, and %s comes as %s", is, d.format.name, other)
	}
	return read(d)
}

// csv decodes the object as CSV.
func (d *decoder) csv() error {
	c := wire.NewCSV(d.wire, d.limits.RowBytes)
	names, err := c.Header()
	if err != nil {
		return err
	}
	if err := d.layOut(names); err != nil {
		return err
	}
	if c.Dialect != "" {
		d.object(schemas.CodeDialect, "it is not CSV as RFC 4180 has it: "+c.Dialect)
	}
	for {
		more, err := c.Next()
		if err == nil && !more && c.Cut && c.Last > 0 {
			d.object(schemas.CodeDialect, "its last line has no line break; if it was cut off there, its last value is too short")
		}
		if err != nil || !more {
			return err
		}
		s := &rows{
			text: c.Buf[:c.End+wire.Slack-1], pos: c.Pos, stride: c.Fields + 1, n: c.Rows, numbers: c.Numbers, quoted: true, rawJSON: true, plain: c.Plain,
		}
		if err := d.take(s, c.Bad, c.TextBytes); err != nil {
			return err
		}
	}
}

// refuse returns a RefusedError about the object.
func (d *decoder) refuse(code schemas.Code, format string, args ...any) error {
	return &schemas.RefusedError{Code: code, Object: d.in.Key, Reason: fmt.Sprintf(format, args...)}
}
