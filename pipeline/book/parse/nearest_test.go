package parse

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	known := []string{"currency", "country", "per_unit", "graduated", "a", "ab"}
	for word, want := range map[string]string{
		"curency": "currency", "Currency": "currency", "currnecy": "currency", "per-unit": "per_unit", "PER_UNIT": "per_unit",
		"county": "country", "xyz": "", "": "", "b": "", strings.Repeat("x", 1000): "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
}
