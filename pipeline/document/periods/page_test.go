package periods_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"daybook/pipeline/document/periods"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestIndex leads to every period, and says what each run of the newest changed.
func TestIndex(t *testing.T) {
	run := func(id, revenue string, items int, page bool) periods.Run {
		return periods.Run{
			Period: "2024-09", Run: schemas.RunID(id), Currency: "EUR", Places: 2, Through: schemas.NewDate(2024, 9, 12), Revenue: money.MustDecimal(revenue), Expected: money.MustDecimal("1000"),
			Cost: money.MustDecimal("400"), Margin: money.MustDecimal(revenue).Sub(money.MustDecimal("400")), Items: items, Page: page,
		}
	}
	current, before := run("b2", "1200.5", 3, true), run("a1", "1300", 5, false)
	current.Current = true
	x := periods.Index{Provider: "Nord & Co", Current: []periods.Run{current}, Beyond: 2, Runs: []periods.Run{current, before}, MoreRuns: 1}
	page := x.HTML()
	wellFormed(t, page)
	for _, want := range []string{
		"<h1>September 2024: revenue 1,200.50 EUR, 200.50 above plan.</h1>", `<a href="2024-09/b2/variance.html">September 2024</a>`, "2 periods more lie",
		`<td class="n bad">−99.50</td>`, `<code class="cmd">daybook diff . a1 b2 --period 2024-09</code>`, `<a href="2024-09/b2/variance.html">b2, current</a>`,
		`<th scope="row">a1</th>`, "1 run before these;",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the index lacks %q", want)
		}
	}
	none := periods.Index{Provider: "New"}
	if got := string(none.HTML()); !strings.Contains(got, "<h1>No period has been run.</h1>") || strings.Contains(got, "<table") {
		t.Errorf("the index of no run is %s", got)
	}
}

// wellFormed asserts that every element of a page ends.
func wellFormed(t *testing.T, page []byte) {
	t.Helper()
	_, body, _ := strings.Cut(string(page), "<body>")
	d := xml.NewDecoder(strings.NewReader("<body>" + strings.TrimSuffix(strings.ReplaceAll(body, "<br>", "<br/>"), "</html>\n")))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
