package since_test

import (
	"strings"
	"testing"
	"time"

	"daybook/pipeline/document/since"
	"daybook/schemas"
	"daybook/schemas/money"
)

func day(n int) schemas.Date { return schemas.NewDate(2024, time.September, n) }

// TestCompare: a thing is the same by what explains it, or by what it is about; a count of findings has other words every night.
func TestCompare(t *testing.T) {
	t.Parallel()
	b := since.Page{
		Before: "a", Through: day(12), ThroughBefore: day(11),
		Things: []since.Thing{
			{Topic: "Finding", Title: "3 usage rows suspended", Detail: "no_price 3.", Action: "Complete the book."},
			{Topic: "Plan", Title: "Compute", Detail: "Revenue is 5.", Explain: "2024-09/compute//Revenue"},
			{Topic: "Delivery", Detail: "nothing of meter came."},
			{Topic: "Margin", Explain: "2024-09/compute//Revenue"}, // of another topic
		},
	}
	b.Compare([]since.Thing{
		{Topic: "Finding", Title: "2 usage rows suspended", Detail: "no_price 2.", Action: "Complete the book.", Since: day(5)},
		{Topic: "Plan", Title: "Compute", Detail: "Revenue is 4.", Explain: "2024-09/compute//Revenue"},
		{Topic: "Delivery", Detail: "nothing of other came."},
		{Topic: "Delivery", Detail: "nothing of other came."}, // twice the same is one thing
	})
	for i, want := range []struct {
		state string
		since schemas.Date
	}{{"known", day(5)}, {"known", day(11)}, {"new", day(12)}, {"new", day(12)}} {
		if x := &b.Things[i]; b.State(x) != want.state || x.Since != want.since {
			t.Errorf("thing %d is %s since %s, and not %s since %s", i, b.State(x), x.Since, want.state, want.since)
		}
	}
	if len(b.Gone) != 1 || b.Gone[0].Detail != "nothing of other came." {
		t.Errorf("gone is %v", b.Gone)
	}
}

// TestPage: the headline is the news, what is new stands first, and what a delivery has of markup is text.
func TestPage(t *testing.T) {
	t.Parallel()
	amount := func(s string) money.Decimal {
		d, err := money.ParseDecimal(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	b := since.Page{
		Provider: "Cloud", Period: "2024-09", Run: "b", Before: "a", Currency: "EUR", Places: 2, Through: day(12), ThroughBefore: day(11), Command: "daybook explain . {}",
		Measures: []since.Move{{Name: "Revenue", Before: amount("10.005"), Now: amount("7.5")}, {Name: "Cost", Before: amount("1"), Now: amount("2"), Less: true}},
		Causes:   []since.Cause{{Kind: "Deliveries", Words: "meter: 1 object more: <b>"}},
		Things:   []since.Thing{{Topic: "Plan", Title: "old", Explain: "2024-09/x"}, {Topic: "Plan", Title: "fresh", Explain: "2024-09/y", Amount: "-3.1", Currency: "USD"}},
	}
	b.Compare([]since.Thing{{Topic: "Plan", Title: "old", Explain: "2024-09/x", Since: day(2)}})
	page := string(b.HTML())
	for _, want := range []string{
		"<h1>Revenue is 2.50 EUR less than in the run before; 1 thing that needs attention is new.</h1>",
		"Its data go through 2024-09-12, those of the run before through 2024-09-11.",
		`<th scope="row">Revenue</th><td class="n">10.00</td><td class="n">7.50</td><td class="n bad">−2.50</td>`,
		`<td class="n bad">+1.00</td>`, "1 object more: &lt;b&gt;", "<td class=\"n\">10 days</td>", "−3.10 USD", `<td class="strong">new</td>`,
		`href="../a/variances.csv"`, "daybook diff . a b --period 2024-09", `id="2024-09~2fy"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Index(page, "fresh") > strings.Index(page, ">old<") {
		t.Error("what is new stands behind what is known")
	}
	if first := (&since.Page{Period: "2024-09"}); !strings.Contains(string(first.HTML()), "This is the first run of September 2024.") {
		t.Error("the first run does not say so")
	}
}
