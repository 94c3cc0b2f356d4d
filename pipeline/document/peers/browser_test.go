package peers_test

import (
	"testing"

	"daybook/fixtures/browser"
)

// TestByKeys: the page about a peer is used by keys alone, from the heads of its tables, which sort, to what explains its rows; and on a
// telephone nothing is wider than that, by day and by night.
func TestByKeys(t *testing.T) {
	b := browser.Open(t)
	b.Show(page().HTML())
	const lines = `document.querySelector('#lines table')`
	b.Eval(lines + `.querySelectorAll('th button')[5].focus()`)
	b.Press("Tab", 9, "")
	if got := b.Eval(`document.activeElement.textContent`); got != "Billed" {
		t.Errorf("the key Tab leads to %q", got)
	}
	b.Press("Enter", 13, "\r")
	b.Wait(lines+`.tBodies[0].rows[0].cells[6].textContent`, "110 Hours")
	b.Press("Enter", 13, "\r")
	b.Wait(lines+`.tBodies[0].rows[0].cells[6].textContent`, "0 GB")
	b.Eval(`[...` + lines + `.querySelectorAll('th button')].find(x => x.textContent === 'by price').focus()`)
	b.Press("Tab", 9, "")
	if got := b.Eval(`document.activeElement.textContent + ' ' + document.activeElement.closest('tr').id`); got == " " || got[:7] != "explain" {
		t.Errorf("behind the heads the key Tab leads to %q", got)
	}
	b.Size(390, 844, true)
	if got := b.Eval(`document.documentElement.scrollWidth`); got != "390" {
		t.Errorf("the page is %s wide on a telephone of 390", got)
	}
	if got := b.Eval(`[...document.querySelectorAll('svg')].filter(s => s.getBoundingClientRect().right > 390).length`); got != "0" {
		t.Errorf("%s pictures are wider than a telephone", got)
	}
}
