package rate

import (
	"maps"
	"testing"

	"daybook/rating"
	"daybook/schemas"
)

// TestWhatALaterRunMustKnow: an idle account of which nothing was rated costs no line, and one of which anything was does, be it of
// one earlier period or of several.
func TestWhatALaterRunMustKnow(t *testing.T) {
	one, two := rating.Digest{1}, rating.Digest{2}
	var f factsWriter
	want := map[schemas.AccountID]int{}
	for _, c := range []struct {
		account schemas.AccountID
		again   map[schemas.Period]rating.Digest
		idle    bool
		kept    bool
	}{
		{"idle", nil, true, false},
		{"idle, one period again", map[schemas.Period]rating.Digest{"2024-08": one}, true, true},
		{"idle, two periods again", map[schemas.Period]rating.Digest{"2024-07": one, "2024-08": two}, true, true},
		{"charged", nil, false, true},
		{"charged, one period again", map[schemas.Period]rating.Digest{"2024-08": two}, false, true},
	} {
		if err := f.add(&knownFacts{Account: c.account, Facts: one, Again: c.again}, c.idle); err != nil {
			t.Fatal(err)
		}
		if c.kept {
			want[c.account] = len(c.again)
		}
	}
	known, err := readFacts(f.lines.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got := map[schemas.AccountID]int{}
	for i := range known {
		got[known[i].Account] = len(known[i].Again)
	}
	if !maps.Equal(got, want) || f.rows != int64(len(want)) {
		t.Errorf("%d rows know periods again of %v, want %v", f.rows, got, want)
	}
}
