package peers_test

import (
	"testing"

	"daybook/fixtures/walk"
)

// TestFiguresLead: whoever sees a figure can point at it, and knows where it comes from.
func TestFiguresLead(t *testing.T) {
	t.Parallel()
	if files := walk.Figures(t, page().HTML()); len(files) < 10 {
		t.Errorf("the page leads to %q alone", files)
	}
}
