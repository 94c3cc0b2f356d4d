package schemas_test

import (
	"testing"

	"daybook/schemas"
)

// Parts that differ never join to one identifier, and a caller's parts stay as they are.
func TestJoinID(t *testing.T) {
	parts := []string{"a/b", "c%2F", ""}
	for _, c := range []struct {
		parts []string
		want  string
	}{
		{parts, "a%2Fb/c%252F/"},
		{[]string{"a", "b", "c%2F"}, "a/b/c%252F"},
		{[]string{"2022-09", "vm"}, "2022-09/vm"},
	} {
		if got := schemas.JoinID(c.parts...); got != c.want {
			t.Errorf("%q: got %s, want %s", c.parts, got, c.want)
		}
	}
	if parts[0] != "a/b" {
		t.Errorf("JoinID changed its argument to %q", parts)
	}
}
