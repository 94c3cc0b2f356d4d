package document_test

import (
	"strings"
	"testing"

	"daybook/fixtures/browser"
	"daybook/fixtures/walk"
)

// TestInBrowser drives the page as a person does: it searches customers that are not shown, sorts by pointer and by keyboard, filters,
// and looks at it on a telephone.
func TestInBrowser(t *testing.T) {
	b := browser.Open(t)
	r, many := report(), earners(1000)
	r.Earnings, r.Revenue.Actual = many.Earnings, many.Revenue.Actual
	b.Show(r.HTML())
	const table = `document.querySelector('[data-block=customers-packed]')`
	const tools = table + `.parentNode.previousElementSibling`
	if got := b.Eval(table + `.tBodies[0].rows.length`); got != "301" {
		t.Errorf("%s rows are shown of 1,000 customers, and not 300 and their sum", got)
	}

	// Number 42 is among the least, which only the packed rows have.
	search := func(word string) {
		b.Eval(`(i => { i.value = '` + word + `'; i.dispatchEvent(new Event('input')) })(` + tools + `.querySelector('input'))`)
	}
	search("c000042")
	b.Wait(tools+`.querySelector('output').textContent`, "1 of 1,000")
	if got := b.Eval(table + `.tBodies[0].rows[0].innerText.replace(/\s+/g, ' ')`); got != "=Name c000042 42.00 3.00 39.00 0.00" {
		t.Errorf("a search finds %q", got)
	}
	search("")
	b.Eval(`[...` + table + `.querySelectorAll('th button')].find(x => x.textContent === 'Revenue').click()`)
	b.Eval(`[...` + table + `.querySelectorAll('th button')].find(x => x.textContent === 'Revenue').click()`)
	b.Wait(table+`.tBodies[0].rows[0].cells[2].textContent`, "0.00")
	b.Wait(table+`.querySelector('[aria-sort]').textContent`, "Revenue")

	// A column of the plan's table is reached and sorted by keys alone.
	const plan = `[...document.querySelectorAll('#plan ~ .scroll table')][0]`
	b.Eval(plan + `.querySelectorAll('th button')[2].focus()`)
	b.Press("Tab", 9, "")
	if got := b.Eval(`document.activeElement.textContent`); got != "actual" {
		t.Errorf("the key Tab leads to %q", got)
	}
	b.Press("Enter", 13, "\r")
	b.Wait(plan+`.tBodies[0].rows[0].cells[3].textContent`, "131,220.45")
	b.Press("Enter", 13, "\r")
	b.Wait(plan+`.tBodies[0].rows[0].cells[3].textContent`, "4,410.00")
	if got := b.Eval(plan + `.tBodies[0].lastElementChild.className`); got != "total" {
		t.Errorf("the sum stands within the rows: the last is %q", got)
	}
	if got, want := b.Eval(plan+`.querySelector('tr.x .c').title`), "daybook explain . 2024-09/preview/eu-central-1/Revenue --run 3f9a0c1e"; got != want {
		t.Errorf("the row is explained by %q, not by %q", got, want)
	}

	// What needs attention, of one topic.
	const attention = `document.querySelector('#attention table')`
	b.Eval(`(s => { s.value = 'Margin'; s.dispatchEvent(new Event('change')) })(document.querySelector('#attention select'))`)
	if got := b.Eval(`[...` + attention + `.tBodies[0].rows].map(r => r.cells[0].textContent)`); got != "Margin" {
		t.Errorf("of the topic Margin there are %q", got)
	}

	// Nothing is wider than a telephone, and the page broke none of its own rules.
	b.Size(390, 844, true)
	if got := b.Eval(`document.documentElement.scrollWidth`); got != "390" {
		t.Errorf("the page is %s wide on a telephone of 390", got)
	}
	if got := b.Eval(`[...document.querySelectorAll('svg.plot')].filter(s => s.getBoundingClientRect().right > 390).length`); got != "0" {
		t.Errorf("%s pictures are wider than a telephone", got)
	}
}

// TestWithoutScript: what the page shows before its script runs is whole: the histogram, the rows with the most revenue, the links.
func TestWithoutScript(t *testing.T) {
	b := browser.Open(t)
	b.NoScripts()
	b.Show(earners(1000).HTML())
	if got := b.Eval(`document.querySelectorAll('button, input, select').length`); got != "0" {
		t.Errorf("%s controls are there that do nothing", got)
	}
	for selector, want := range map[string]string{
		`#customers-bands rect`: "4", `[data-block] tbody tr`: "301", `#customers a[href="customers.csv"]`: "4",
	} {
		if got := b.Eval(`document.querySelectorAll('` + selector + `').length`); got != want {
			t.Errorf("there are %s %s, and not %s", got, selector, want)
		}
	}
	if got := b.Eval(`document.body.innerText.includes('` + strings.Repeat("A", 300) + `')`); got != "false" {
		t.Error("the packed rows are in sight")
	}
}

// TestFiguresLead: whoever sees a figure can point at it, and knows where it comes from.
func TestFiguresLead(t *testing.T) {
	t.Parallel()
	r, many := report(), earners(1000)
	walk.Figures(t, r.HTML())
	r.Earnings, r.Revenue.Actual = many.Earnings, many.Revenue.Actual
	walk.Figures(t, r.HTML())
}
