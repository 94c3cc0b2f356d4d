package check

import (
	"strings"
	"testing"
	"time"
)

func TestCron(t *testing.T) {
	for spec, sound := range map[string]bool{
		"30 2 * * *": true, "*/15 0-6 1,15 jan-mar MON": true, "0 0 31 12 0": true, "0 0 ? * *": true, "5/10 * * * *": true,
		"60 * * * *": false, "* 24 * * *": false, "* * 0 * *": false, "* * * 13 *": false, "* * * * 7": false, "* * * *": false,
		"*/0 * * * *": false, "5-1 * * * *": false, "a * * * *": false, "@daily": false, "1,,2 * * * *": false, "1- * * * *": false,
	} {
		if w := cronWrong(spec); (w == nil) != sound {
			t.Errorf("%q: %+v", spec, w)
		}
	}
}

// Every pair of a country and a zone that suggestions offer is one that is read.
func TestSuggestionsAreRead(t *testing.T) {
	for _, z := range zones() {
		if _, err := time.LoadLocation(z); err != nil {
			t.Error(err)
		}
	}
	codes := strings.Fields(countries)
	if len(codes) != 250 {
		t.Errorf("%d countries, want the 249 of ISO 3166 and XK", len(codes))
	}
	for i, c := range codes {
		if !isCountry(c) || i > 0 && codes[i-1] >= c {
			t.Errorf("%s is no country, or out of order", c)
		}
	}
	if isCountry("D ") || isCountry(" D") || isCountry("EU") || isCountry("") {
		t.Error("what is no country is taken for one")
	}
}
