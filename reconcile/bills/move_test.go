package bills

import (
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
)

// TestMoveFindsTheRowBeside has use of a day that the peer bills on the day before, on the day after, or on one that lies no day
// beside it; by days and by months.
func TestMoveFindsTheRowBeside(t *testing.T) {
	for _, c := range []struct {
		used, billed string
		found        bool
	}{
		{"2024-09-05", "2024-09-06", true},
		{"2024-09-06", "2024-09-05", true},
		{"2024-09-05", "2024-09-07", false},
		{"2024-09-07", "2024-09-05", false},
		{"2024-09-01", "2024-08-31", true},
		{"2024-09-01", "2024-08-01", true},
		{"2024-08-01", "2024-09-01", true},
		{"2024-07-01", "2024-09-01", false},
	} {
		use := &slot{day: dayOf(t, c.used), metered: money.One, own: &line{}}
		row := &slot{day: dayOf(t, c.billed), bill: []*line{{}}}
		slots := []*slot{use, row}
		if c.billed < c.used {
			slots = []*slot{row, use}
		}
		new(Detail).move(slots)
		if use.moved != c.found || len(use.bill) == 1 != c.found || len(row.bill) == 0 != c.found {
			t.Errorf("used %s and billed %s: moved %v, %d rows beside %d", c.used, c.billed, use.moved, len(use.bill), len(row.bill))
		}
	}
}

func dayOf(t *testing.T, text string) schemas.Date {
	t.Helper()
	d, err := schemas.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
