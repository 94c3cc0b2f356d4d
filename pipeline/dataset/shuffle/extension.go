package shuffle

import (
	"encoding/json"
	"errors"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
)

// What goes through a shuffle file is copied half a dozen times on its way, and touches as much of the machine's memory as
// it has bytes. So blocks hold times and integers as steps from the least of them, in one, two or four bytes where these are
// enough, decimals in eight where all have so few digits, and texts without what all of them begin with; texts of one length
// have no ends.
//
// What is left out is not there for a reader of Arrow who does not know of it. So such a column says that it is of an
// extension type, as Arrow has it: its field names the type, and what was left out is that type's metadata. Steps and short
// decimals are stored as bytes of a fixed size, which nobody takes for numbers. Columns of no extension type are what any
// reader of Arrow finds in them.
const (
	// extensionSteps is stored as fixed-size binary of one, two or four bytes: a number n, the least byte first, that
	// stands for least + n*step; its metadata are steps as JSON.
	extensionSteps = "daybook.steps"
	// extensionShort is stored as fixed-size binary of eight bytes: a signed number, the least byte first, of units of the
	// eighteenth digit behind the point. Its metadata are a scale as JSON.
	extensionShort = "daybook.short_decimal"
	// extensionTail is stored as binary, of a fixed size or not: a text without what all texts of the column begin with,
	// which is the metadata.
	extensionTail = "daybook.tail"
)

// steps are the metadata of extensionSteps.
type steps struct {
	Least int64  `json:"least"`
	Step  uint64 `json:"step"`
	Of    string `json:"of"` // the type of what comes out, in Arrow's words
}

// shortScale is the metadata of extensionShort.
const shortScale = `{"scale":18}`

// extension returns what a field of an extension type says.
func extension(name, metadata string) arrow.Metadata {
	return arrow.NewMetadata([]string{ipc.ExtensionTypeKeyName, ipc.ExtensionMetadataKeyName}, []string{name, metadata})
}

// extensionOf returns the name and the metadata of a field's extension type; both are empty if it has none.
func extensionOf(meta arrow.Metadata) (name, metadata string) {
	return metaOf(meta, ipc.ExtensionTypeKeyName), metaOf(meta, ipc.ExtensionMetadataKeyName)
}

// metaOf returns what a field says under a key, or nothing.
func metaOf(meta arrow.Metadata, key string) string {
	if i := meta.FindKey(key); i >= 0 {
		return meta.Values()[i]
	}
	return ""
}

// stepsOf reads the metadata of extensionSteps.
func stepsOf(metadata string) (s steps, err error) {
	if err := json.Unmarshal([]byte(metadata), &s); err != nil {
		return s, errors.Join(err, errBlock)
	}
	return s, nil
}

// fixedBytes returns the values of an array of bytes of a fixed size, one after another, and the size.
func fixedBytes(a *array.FixedSizeBinary) (body []byte, width int, err error) {
	width = a.DataType().(*arrow.FixedSizeBinaryType).ByteWidth
	buffer := a.Data().Buffers()[1]
	if buffer == nil || a.Data().Offset() != 0 || width < 1 || len(buffer.Bytes())/width < a.Len() {
		return nil, 0, errBlock
	}
	return buffer.Bytes()[:a.Len()*width], width, nil
}
