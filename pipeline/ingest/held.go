package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unique"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// Held is what an object holds of each month, as JSON: of very many objects it is kept, and of few asked for. The empty text is
// nothing.
type Held string

// HeldOf writes what an object holds.
func HeldOf(holds map[schemas.Period]dataset.Totals) (Held, error) {
	if len(holds) == 0 {
		return "", nil
	}
	body, err := json.Marshal(holds)
	if err != nil {
		return "", fmt.Errorf("write what an object holds: %w", err)
	}
	return Held(body), nil
}

// Months are what the object holds of each.
func (h Held) Months() (holds map[schemas.Period]dataset.Totals, err error) {
	if h == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(h), &holds); err != nil {
		return nil, fmt.Errorf("read what an object holds: %w", err)
	}
	return holds, nil
}

// MarshalJSON implements [json.Marshaler].
func (h Held) MarshalJSON() ([]byte, error) {
	if h == "" {
		return []byte("{}"), nil
	}
	return []byte(h), nil
}

// UnmarshalJSON implements [json.Unmarshaler]. Objects that hold the same share the text.
func (h *Held) UnmarshalJSON(text []byte) error {
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return err
	}
	switch compact.String() {
	case "{}", "null":
		*h = ""
	default:
		*h = Held(unique.Make(compact.String()).Value())
	}
	return nil
}
