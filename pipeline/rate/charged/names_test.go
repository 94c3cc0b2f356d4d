package charged

import (
	"errors"
	"strings"
	"testing"

	"daybook/schemas"
)

// TestNamedTwice: two charges of one identifier end the run, which names both, however far apart they are; so does an account
// that comes twice, whose charges would have the identifiers of those before.
func TestNamedTwice(t *testing.T) {
	charges := func(ids ...schemas.ChargeID) (out []schemas.Charge) {
		for i, id := range ids {
			out = append(out, schemas.Charge{ID: id, Description: string(rune('A' + i)), Corrects: "2024-08"})
		}
		return out
	}
	var n Names
	if err := n.Check("a", charges("3", "1", "2")); err != nil {
		t.Fatal(err)
	}
	if err := n.Check("b", nil); err != nil {
		t.Fatal(err)
	}
	err := n.Check("c", charges("3", "1", "2", "4", "1", "5"))
	if !errors.Is(err, errSameName) {
		t.Fatalf("two charges of identifier 1: %v", err)
	}
	for _, want := range []string{"account c", ", 1: ", `"B"`, `"E"`, "correction of 2024-08"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %s", err, want)
		}
	}
	if strings.Index(err.Error(), `"B"`) > strings.Index(err.Error(), `"E"`) {
		t.Errorf("%q has the second first", err)
	}
	for _, again := range []schemas.AccountID{"c", "b"} {
		if n.Check(again, nil) == nil {
			t.Errorf("account %s is charged after account c", again)
		}
	}
}
