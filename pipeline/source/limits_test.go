package source

import (
	"errors"
	"strings"
	"testing"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// TestRejectedRows refuses an object once more of its rows are rejected than its source allows, and no sooner.
func TestRejectedRows(t *testing.T) {
	src := plainSource()
	src.Limits.RejectedRows = 100
	for _, c := range []struct {
		bad     int
		refused bool
	}{{100, false}, {101, true}} {
		text := "SkuId,ResourceId\na,b\n" + strings.Repeat("ragged\n", c.bad) + "c,d\n"
		found := 0
		stats, err := Decode(t.Context(), src, Input{Key: "k", Body: &pieces{text, 1 << 10}}, Sink{
			Rows: func(*dataset.Batch) error { return nil }, Finding: func(schemas.Finding) error { found++; return nil },
		})
		var refused *schemas.RefusedError
		if errors.As(err, &refused) != c.refused || err != nil && !c.refused {
			t.Errorf("%d rejected rows: %v", c.bad, err)
		}
		if refused != nil && (refused.Code != schemas.CodeHostileObject || !strings.Contains(refused.Reason, "more than 100")) {
			t.Errorf("%d rejected rows: %s, %s", c.bad, refused.Code, refused.Reason)
		}
		if !c.refused && (stats.Rejected != int64(c.bad) || stats.Kept != 2 || found != c.bad) {
			t.Errorf("%d rejected rows: %+v and %d findings", c.bad, stats, found)
		}
	}
}
