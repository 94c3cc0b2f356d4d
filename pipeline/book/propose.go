package book

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"

	"daybook/pipeline/book/parse"
	"daybook/schemas/request"
)

// changesFile is where changes of subscriptions stand, a row each.
const changesFile = "changes.csv"

// Propose is the book as it would be with more rows in changes.csv, those of a table of the same form. It is loaded and checked as any
// book is.
func (b *Book) Propose(added []byte) (*Book, parse.Problems, error) {
	texts := Texts{}
	for _, f := range b.files {
		texts[f.name] = f.text
	}
	all, err := changeRows(texts[changesFile])
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", changesFile, err)
	}
	more, err := changeRows(added)
	if err != nil {
		return nil, nil, err
	}
	all.add(more)
	if texts[changesFile], err = all.text(); err != nil {
		return nil, nil, err
	}
	out, problems := Load(fs.FS(texts))
	return out, problems, nil
}

// ChangeTable is a table of changes that are asked for, for [Book.Propose].
func ChangeTable(asked []request.Asked) ([]byte, error) {
	t := changeTable{{"subscription", "id", "on", "time", "kind", "quantity", "offering", "effect", "known_since"}}
	for _, c := range asked {
		quantity, since := "", ""
		if c.Quantity != nil {
			quantity = c.Quantity.String()
		}
		if !c.KnownSince.IsZero() {
			since = c.KnownSince.String()
		}
		t = append(t, []string{string(c.Subscription), c.ID, c.On.String(), c.Time, string(c.Kind), quantity, string(c.Offering), string(c.Effect), since})
	}
	return t.text()
}

// changeTable is a table of changes, its header first.
type changeTable [][]string

func changeRows(text []byte) (changeTable, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\uFEFF"))))
	r.Comment, r.FieldsPerRecord = '#', -1
	rows, err := r.ReadAll()
	return rows, err
}

// add appends rows, under the columns that they have there.
func (t *changeTable) add(more changeTable) {
	if len(*t) == 0 || len(more) == 0 {
		*t = append(*t, more...)
		return
	}
	header := (*t)[0]
	for _, name := range more[0] {
		if !slices.Contains(header, name) {
			header = append(header, name)
		}
	}
	(*t)[0] = header
	for _, row := range more[1:] {
		wide := make([]string, len(header))
		for i, cell := range row[:min(len(row), len(more[0]))] {
			wide[slices.Index(header, more[0][i])] = cell
		}
		*t = append(*t, wide)
	}
}

// text is the table as it is read, every row as wide as the header.
func (t *changeTable) text() ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for _, row := range *t {
		for len(row) < len((*t)[0]) {
			row = append(row, "")
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}
