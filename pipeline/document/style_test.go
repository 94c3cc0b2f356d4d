package document

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestFaces holds the styles of pages to their two faces: each colour has a name, which the dark face has as well, and the dark one
// is of screens alone, for paper is light.
func TestFaces(t *testing.T) {
	named := regexp.MustCompile(`--[a-z]+(:|\))`)
	colour := regexp.MustCompile(`#[0-9a-f]{3,8}\b`)
	names := func(text, end string) []string {
		found := map[string]bool{}
		for _, name := range named.FindAllString(text, -1) {
			if name, is := strings.CutSuffix(name, end); is {
				found[name] = true
			}
		}
		return slices.Sorted(maps.Keys(found))
	}
	figures, err := os.ReadFile("markup/page.css")
	if err != nil {
		t.Fatal(err)
	}
	for what, style := range map[string]string{"invoices": invoiceStyle, "pages of figures": string(figures)} {
		var light, dark, used []string
		for line := range strings.Lines(style) {
			switch {
			case strings.HasPrefix(line, ":root"):
				light = names(line, ":")
			case strings.HasPrefix(line, "@media screen and (prefers-color-scheme:dark)"):
				dark = names(line, ":")
			case strings.HasPrefix(line, "@page"), strings.HasPrefix(line, "@media print"):
			default:
				used = append(used, names(line, ")")...)
				if bare := colour.FindString(line); bare != "" && bare != "#0003" { // a shadow
					t.Errorf("%s: a colour of both faces has no name: %s", what, line)
				}
			}
		}
		if len(light) == 0 || !slices.Equal(light, dark) {
			t.Errorf("%s: the light face names %q, and the dark one %q", what, light, dark)
		}
		slices.Sort(used)
		if used = slices.Compact(used); !slices.Equal(used, light) {
			t.Errorf("%s: named are %q, and used %q", what, light, used)
		}
	}
}
