// Package facts writes entries of the book down as one text, field by field, to be digested: two entries have one digest if
// and only if they say the same, but for names. It knows the entries by their fields alone, and never what is made of them.
package facts

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"reflect"
	"sync"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Digest is one of facts. The zero digest is that of none.
type Digest [16]byte

// MarshalText writes it in hexadecimal digits.
func (d Digest) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText reads what MarshalText wrote; anything else is an error.
func (d *Digest) UnmarshalText(text []byte) error {
	if hex.DecodedLen(len(text)) != len(d) {
		return fmt.Errorf("%q is no digest of facts", text)
	}
	_, err := hex.Decode(d[:], text)
	return err
}

// With digests facts together with others.
func (d Digest) With(more Digest) Digest {
	var t Text
	t.Digest(d)
	t.Digest(more)
	return t.Sum()
}

// Text is what facts are digested as: entries of the book field by field, those at their zero value left out, so that a
// key that the vocabulary gains changes no digest of a book that does not have it.
type Text []byte

// Sum digests what was added.
func (t *Text) Sum() (d Digest) {
	sum := sha256.Sum256(*t)
	copy(d[:], sum[:])
	return d
}

// Word adds a text.
func (t *Text) Word(s string) {
	*t = append(binary.AppendUvarint(*t, uint64(len(s))), s...)
}

// Number adds a whole number.
func (t *Text) Number(n int64) { *t = binary.AppendVarint(*t, n) }

// Digest adds what was digested before.
func (t *Text) Digest(d Digest) { *t = append(*t, d[:]...) }

// Day adds a day; no day is one, too.
func (t *Text) Day(d schemas.Date) { t.Number(int64(d.Sub(schemas.Date{}))) }

// Stretch adds two instants, in microseconds.
func (t *Text) Stretch(start, end time.Time) {
	t.Number(start.UnixMicro())
	t.Number(end.UnixMicro())
}

// Decimal adds a number.
func (t *Text) Decimal(d money.Decimal) { t.Word(d.String()) }

// Optional adds a number, or that there is none.
func (t *Text) Optional(d *money.Decimal) {
	if d == nil {
		t.Word("")
		return
	}
	t.Decimal(*d)
}

// namesOnly are fields that are printed on charges and findings and change none of their amounts, by the type that has them.
var namesOnly = map[string]bool{
	"Meter.Name": true, "Offering.Name": true, "Offering.Service": true, "Offering.ServiceCategory": true,
	"Price.Name": true, "Price.Version": true, "RoundingRule.Version": true,
	"Discount.ID": true, "Discount.Name": true, "Coupon.Name": true, "Grant.Name": true, "Change.ID": true,
}

// Entry adds an entry of the book with all that it holds.
func (t *Text) Entry(v any) { t.value(reflect.ValueOf(v)) }

var (
	decimalType = reflect.TypeFor[money.Decimal]()
	dateType    = reflect.TypeFor[schemas.Date]()
)

func (t *Text) value(v reflect.Value) {
	switch v.Type() {
	case decimalType:
		t.Decimal(v.Interface().(money.Decimal))
		return
	case dateType:
		t.Day(v.Interface().(schemas.Date))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		t.value(v.Elem())
	case reflect.Struct:
		t.fields(v)
	case reflect.Slice:
		t.Number(int64(v.Len()))
		for i := range v.Len() {
			t.value(v.Index(i))
		}
	case reflect.String:
		t.Word(v.String())
	case reflect.Bool:
		t.Word("true") // one that is false is left out
	default:
		*t = fmt.Append(*t, v.Interface(), "\x00")
	}
}

// fields adds those of a struct that hold something, by their names.
func (t *Text) fields(v reflect.Value) {
	for _, f := range telling(v.Type()) {
		if x := v.Field(f.index); !x.IsZero() {
			t.Word(f.name)
			t.value(x)
		}
	}
	t.Word("")
}

// field is one that facts tell of.
type field struct {
	index int
	name  string
}

// told keeps what telling finds: to ask a type for its fields takes longer than to write them down.
var told sync.Map // of reflect.Type to []field

// telling lists the fields of a struct that say more than a name.
func telling(typ reflect.Type) []field {
	if known, ok := told.Load(typ); ok {
		return known.([]field)
	}
	var fields []field
	for i := range typ.NumField() {
		if name := typ.Field(i).Name; !namesOnly[typ.Name()+"."+name] {
			fields = append(fields, field{i, name})
		}
	}
	told.Store(typ, fields)
	return fields
}
