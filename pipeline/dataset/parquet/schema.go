package parquet

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"daybook/schemas"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// FileColumn is a column of a Parquet file.
type FileColumn struct {
	// Name is the path in the schema, its parts joined by dots: a plain name in a flat file.
	Name string
	// Type is what the column is by nature; it may also be read as text whatever it is. It is 0 if the column cannot be
	// read at all, and then Unreadable says why.
	Type       schemas.ColumnType
	Unreadable string
	// Description is the type in the words of Parquet, for messages: "INT64 TIMESTAMP(NANOS)".
	Description string
	// Naive says that its timestamps are what clocks show somewhere: the file does not say where, and nothing makes them UTC.
	Naive bool

	leaf leaf
	// chunk is the column's place in a row group; value is that of the values of a map, whose keys are in chunk.
	chunk int
	value *leafColumn
}

// leafColumn is one of the columns that a map consists of.
type leafColumn struct {
	leaf  leaf
	chunk int
}

// leaf is what decoding needs to know of a column.
type leaf struct {
	path     string // in the schema, joined by dots
	physical format.Type
	size     int // bytes of a FIXED_LEN_BYTE_ARRAY
	meaning  meaning
	naive    bool // of a timestamp: see FileColumn
	scale    int  // of a decimal
	maxLevel int  // definition level of a value that is not null
	// repeated is the definition level from which on an entry of the map or list is there, 0 if there is none around.
	repeated int
}

// meaning is a logical type as far as it changes what a value is.
type meaning uint8

const (
	meansBytes meaning = iota // text; bytes without a type are taken for text
	meansInteger
	meansUnsigned
	meansBoolean
	meansDecimal
	meansFloat
	meansDate
	meansMillis
	meansMicros
	meansNanos
	meansInt96
	meansUUID
)

var errSchema = errors.New("its schema is damaged")

const schemaDepth = 32

// schemaColumns lists the leaves of a schema in their order.
func schemaColumns(elements []format.SchemaElement) ([]FileColumn, error) {
	if len(elements) == 0 {
		return nil, errSchema
	}
	w := schemaWalk{elements: elements[1:]}
	children := elements[0].NumChildren
	if !children.Valid || children.V < 0 {
		return nil, errSchema
	}
	for range children.V {
		if err := w.walk(nil, nesting{}, schemaDepth); err != nil {
			return nil, err
		}
	}
	if len(w.elements) != 0 {
		return nil, errSchema
	}
	return w.columns, nil
}

type schemaWalk struct {
	elements []format.SchemaElement
	columns  []FileColumn
	chunks   int
}

// nesting is what lies around an element: its definition level, how many repeated groups, and the level at which an
// entry of the innermost of them is there.
type nesting struct{ level, repeats, repeated int }

func (w *schemaWalk) walk(path []string, around nesting, depth int) error {
	if len(w.elements) == 0 || depth == 0 {
		return errSchema
	}
	e := &w.elements[0]
	w.elements = w.elements[1:]
	switch e.RepetitionType.V {
	case format.Optional:
		around.level++
	case format.Repeated:
		around.level++
		around.repeats++
		around.repeated = around.level
	case format.Required:
	default:
		return errSchema
	}
	path = append(slices.Clip(path), e.Name)
	if e.Type.Valid {
		return w.addLeaf(path, around, e)
	}
	if e.NumChildren.V < 0 {
		return errSchema
	}
	first := len(w.columns)
	for range e.NumChildren.V {
		if err := w.walk(path, around, depth-1); err != nil {
			return err
		}
	}
	if isMap(e) {
		w.foldMap(path, around, first)
	}
	return nil
}

func (w *schemaWalk) addLeaf(path []string, around nesting, e *format.SchemaElement) error {
	c := FileColumn{
		Name: strings.Join(path, "."), chunk: w.chunks,
		leaf: leaf{path: strings.Join(path, "."), physical: e.Type.V, size: int(e.TypeLength.V), maxLevel: around.level, repeated: around.repeated},
	}
	w.chunks++
	if err := c.understand(e); err != nil {
		return fmt.Errorf("column %q: %w", c.Name, err)
	}
	if around.repeats > 0 {
		c.Type, c.Unreadable = 0, "it is repeated: a list has no place in a flat row"
	}
	w.columns = append(w.columns, c)
	return nil
}

func isMap(e *format.SchemaElement) bool {
	if _, ok := e.LogicalType.Value.(*format.MapType); ok {
		return true
	}
	return e.ConvertedType.Valid && (e.ConvertedType.V == deprecated.Map || e.ConvertedType.V == deprecated.MapKeyValue)
}

// foldMap makes one column of the keys and values of a map, which stand in the columns from first on: a JSON object, as
// tags are given elsewhere. A map within a list or map, or of lists or records, stays as it is.
func (w *schemaWalk) foldMap(path []string, around nesting, first int) {
	inner := w.columns[first:]
	if around.repeats > 0 || len(inner) != 2 || inner[0].leaf.repeated != around.level+1 || inner[1].leaf.repeated != around.level+1 {
		return
	}
	key, value := inner[0], inner[1]
	if key.leaf.maxLevel != around.level+1 || value.leaf.maxLevel > around.level+2 {
		return
	}
	w.columns = append(w.columns[:first], FileColumn{
		Name: strings.Join(path, "."), Type: schemas.Text, Description: "MAP of " + key.Description + " to " + value.Description,
		leaf: key.leaf, chunk: key.chunk, value: &leafColumn{value.leaf, value.chunk},
	})
}

// understand finds out what the column's values are, and refuses types that contradict themselves.
func (c *FileColumn) understand(e *format.SchemaElement) error {
	c.Description = e.Type.V.String()
	if e.LogicalType.Value != nil {
		c.Description += " " + e.LogicalType.Value.String()
	}
	l := &c.leaf
	switch l.physical {
	case format.Boolean:
		l.meaning, c.Type = meansBoolean, schemas.Label
	case format.Int32, format.Int64:
		l.meaning, c.Type = meansInteger, schemas.Integer
	case format.Int96:
		l.meaning, c.Type = meansInt96, schemas.Time
	case format.Float, format.Double:
		l.meaning, c.Type = meansFloat, schemas.Decimal
	case format.ByteArray:
		l.meaning, c.Type = meansBytes, schemas.Label
	case format.FixedLenByteArray:
		if l.size <= 0 || l.size > 1<<16 {
			return fmt.Errorf("a value of %d bytes cannot be", l.size)
		}
		l.meaning, c.Type = meansBytes, schemas.Label
	default:
		return fmt.Errorf("physical type %d is unknown", l.physical)
	}
	return c.logical(e)
}

func (c *FileColumn) logical(e *format.SchemaElement) error {
	l := &c.leaf
	integer := l.physical == format.Int32 || l.physical == format.Int64
	switch t := e.LogicalType.Value.(type) {
	case *format.DecimalType:
		if e.ConvertedType.Valid && (e.ConvertedType.V != deprecated.Decimal || e.Scale.V != t.Scale) {
			return errors.New("its old and its new type disagree about the decimal")
		}
		return c.decimal(t.Precision, t.Scale)
	case *format.TimestampType:
		if l.physical != format.Int64 {
			return fmt.Errorf("a timestamp cannot be %v", l.physical)
		}
		return c.timestamp(t, e)
	case *format.DateType:
		if l.physical != format.Int32 {
			return fmt.Errorf("a date cannot be %v", l.physical)
		}
		l.meaning, c.Type = meansDate, schemas.Time
		return nil
	case *format.IntType:
		if integer && !t.IsSigned {
			l.meaning = meansUnsigned
		}
		return nil
	case *format.UUIDType:
		if l.physical == format.FixedLenByteArray && l.size == 16 {
			l.meaning = meansUUID
		}
		return nil
	case nil:
		return c.converted(e, integer)
	}
	return nil
}

func (c *FileColumn) timestamp(t *format.TimestampType, e *format.SchemaElement) error {
	var old deprecated.ConvertedType
	c.Type = schemas.Time
	switch t.Unit.Value.(type) {
	case *format.MilliSeconds:
		c.leaf.meaning, old = meansMillis, deprecated.TimestampMillis
	case *format.MicroSeconds:
		c.leaf.meaning, old = meansMicros, deprecated.TimestampMicros
	case *format.NanoSeconds: // there is no such old type
		c.leaf.meaning, old = meansNanos, -1
	default:
		return errors.New("its timestamp has no unit")
	}
	if e.ConvertedType.Valid && e.ConvertedType.V != old {
		return errors.New("its old and its new type disagree about the timestamp")
	}
	c.Naive = !t.IsAdjustedToUTC
	c.leaf.naive = c.Naive
	return nil
}

// converted reads the type as files had it before there were logical types.
func (c *FileColumn) converted(e *format.SchemaElement, integer bool) error {
	if !e.ConvertedType.Valid {
		return nil
	}
	l := &c.leaf
	switch e.ConvertedType.V {
	case deprecated.Decimal:
		return c.decimal(e.Precision.V, e.Scale.V)
	case deprecated.TimestampMillis, deprecated.TimestampMicros:
		if l.physical != format.Int64 {
			return fmt.Errorf("a timestamp cannot be %v", l.physical)
		}
		l.meaning, c.Type = meansMillis, schemas.Time
		if e.ConvertedType.V == deprecated.TimestampMicros {
			l.meaning = meansMicros
		}
	case deprecated.Date:
		if l.physical != format.Int32 {
			return fmt.Errorf("a date cannot be %v", l.physical)
		}
		l.meaning, c.Type = meansDate, schemas.Time
	case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
		if integer {
			l.meaning = meansUnsigned
		}
	}
	return nil
}

// decimal checks that the declared digits fit the bytes of a value, for a wrong length reads as other numbers.
func (c *FileColumn) decimal(precision, scale int32) error {
	l := &c.leaf
	most := int32(math.MaxInt32)
	switch l.physical {
	case format.Int32:
		most = 9
	case format.Int64:
		most = 18
	case format.FixedLenByteArray:
		// The digits of the largest signed number of so many bytes; log10(2) is just above 0.30102.
		most = int32((8*l.size - 1) * 30103 / 100000)
	case format.ByteArray:
	default:
		return fmt.Errorf("a decimal cannot be %v", l.physical)
	}
	if precision < 1 || precision > most || scale < 0 || scale > precision {
		return fmt.Errorf("DECIMAL(%d,%d) does not fit %v of %d bytes", precision, scale, l.physical, l.size)
	}
	l.meaning, l.scale, c.Type = meansDecimal, int(scale), schemas.Decimal
	return nil
}
