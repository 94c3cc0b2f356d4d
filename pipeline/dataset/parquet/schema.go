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
	// Type is what the column is by nature; it may also be read as text whatever it is. What is repeated is read as JSON.
	Type schemas.ColumnType
	// Description is the type in the words of Parquet, for messages: "INT64 TIMESTAMP(NANOS)".
	Description string
	// Naive says that its timestamps are what clocks show somewhere: the file does not say where, and nothing makes them UTC.
	Naive bool

	leaf leaf
	// chunk is the column's place in a row group.
	chunk int
	// nested is the shape of a column that is repeated, and leaves are what it consists of; leaf and chunk are the first of
	// them then.
	nested *node
	leaves []leafColumn
}

// parts returns the leaves that the column consists of.
func (c *FileColumn) parts() []leafColumn {
	if c.nested != nil {
		return c.leaves
	}
	return []leafColumn{{c.leaf, c.chunk}}
}

// Binary reports whether the column's values are binary fractions, which do not hold decimals exactly.
func (c *FileColumn) Binary() bool {
	return c.leaf.meaning == meansFloat && c.nested == nil
}

// leafColumn is one of the columns that a map or list consists of.
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
	repeats  int // the highest repetition level
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
		if err := w.walk(nesting{}, schemaDepth); err != nil {
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
	path     []string
	leaves   []leafColumn // all so far
	// described are the descriptions of the leaves of the nested column at hand.
	described []string
}

// nesting is what lies around an element: its definition level, how many repeated groups, and the level at which an
// entry of the innermost of them is there.
type nesting struct{ level, repeats, repeated int }

// within returns what lies around the children of an element.
func (a nesting) within(e *format.SchemaElement) (nesting, error) {
	switch e.RepetitionType.V {
	case format.Optional:
		a.level++
	case format.Repeated:
		a.level++
		a.repeats++
		a.repeated = a.level
	case format.Required:
	default:
		return a, errSchema
	}
	return a, nil
}

func isOptional(e *format.SchemaElement) bool { return e.RepetitionType.V == format.Optional }
func isRepeated(e *format.SchemaElement) bool { return e.RepetitionType.V == format.Repeated }

// walk reads an element that nothing around repeats, and all below it.
func (w *schemaWalk) walk(around nesting, depth int) error {
	if len(w.elements) == 0 || depth == 0 {
		return errSchema
	}
	e := &w.elements[0]
	if isRepeated(e) || (isMap(e) || isList(e)) && len(w.elements) > 1 && e.NumChildren.V == 1 && isRepeated(&w.elements[1]) {
		return w.addNested(around, depth)
	}
	w.elements = w.elements[1:]
	around, err := around.within(e)
	if err != nil {
		return err
	}
	w.path = append(w.path, e.Name)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	if e.Type.Valid {
		return w.addLeaf(around, e)
	}
	if e.NumChildren.V < 0 {
		return errSchema
	}
	for range e.NumChildren.V {
		if err := w.walk(around, depth-1); err != nil {
			return err
		}
	}
	return nil
}

// newLeaf understands the element of a leaf, which is the next of the file's columns.
func (w *schemaWalk) newLeaf(around nesting, e *format.SchemaElement) (FileColumn, error) {
	name := strings.Join(w.path, ".")
	c := FileColumn{Name: name, chunk: len(w.leaves), leaf: leaf{
		path: name, physical: e.Type.V, size: int(e.TypeLength.V), maxLevel: around.level, repeated: around.repeated, repeats: around.repeats,
	}}
	if err := c.understand(e); err != nil {
		return c, fmt.Errorf("column %q: %w", name, err)
	}
	w.leaves = append(w.leaves, leafColumn{c.leaf, c.chunk})
	return c, nil
}

func (w *schemaWalk) addLeaf(around nesting, e *format.SchemaElement) error {
	c, err := w.newLeaf(around, e)
	w.columns = append(w.columns, c)
	return err
}

// nestedLeaf adds a leaf of a nested column.
func (w *schemaWalk) nestedLeaf(around nesting, e *format.SchemaElement) error {
	c, err := w.newLeaf(around, e)
	w.described = append(w.described, c.Description)
	return err
}

// addNested makes one column of an element that is repeated, or a list or map, and of all below it.
func (w *schemaWalk) addNested(around nesting, depth int) error {
	e := &w.elements[0]
	first := len(w.leaves)
	w.described = w.described[:0]
	n, err := w.nestedNode(around, first, depth)
	if err != nil {
		return err
	}
	path := append(slices.Clone(w.path), e.Name)
	c := FileColumn{
		Name: strings.Join(path, "."), Type: schemas.Text, leaf: w.leaves[first].leaf, chunk: w.leaves[first].chunk,
		nested: n, leaves: slices.Clone(w.leaves[first:]), Description: "repeated " + strings.Join(w.described, ", "),
	}
	switch n.kind {
	case nodeMap:
		c.Description = "MAP of " + strings.Join(w.described, " to ")
		value := n.children[0].children[1]
		value.quoted = value.kind == nodeLeaf && value.repeat == 0
	case nodeList:
		c.Description = "LIST of " + strings.Join(w.described, ", ")
	case nodeLeaf, nodeGroup:
	}
	w.columns = append(w.columns, c)
	return nil
}

func isList(e *format.SchemaElement) bool {
	if _, ok := e.LogicalType.Value.(*format.ListType); ok {
		return true
	}
	return e.ConvertedType.Valid && e.ConvertedType.V == deprecated.List
}

func isMap(e *format.SchemaElement) bool {
	if _, ok := e.LogicalType.Value.(*format.MapType); ok {
		return true
	}
	return e.ConvertedType.Valid && (e.ConvertedType.V == deprecated.Map || e.ConvertedType.V == deprecated.MapKeyValue)
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
	case *format.Float16Type:
		if l.physical == format.FixedLenByteArray && l.size == 2 {
			l.meaning, c.Type = meansFloat, schemas.Decimal
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
