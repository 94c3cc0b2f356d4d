package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"daybook/pipeline/dataset"
	"daybook/pipeline/emit"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/money"
)

// manyFindings is a run with a finding of every code, and as many things that need attention.
func manyFindings(t *testing.T) *run.Summary {
	t.Helper()
	m := &run.Manifest{Run: "0123456789abcdef", Spec: run.Spec{Period: "2024-09"}}
	m.Control = run.Control{
		Delivered: dataset.Totals{Rows: 1000}, OutOfScope: dataset.Totals{Rows: 1}, Rejected: dataset.Totals{Rows: 1}, Duplicates: dataset.Totals{Rows: 1},
		Usage: dataset.Totals{Rows: 997}, RatedRows: 990, PartlyRows: 1, SuspendedRows: 5, UnpricedRows: 1,
	}
	f := emit.Figures{Currency: "EUR", Places: 2, Items: 40, Revenue: money.MustDecimal("160116.76"), Through: schemas.NewDate(2024, 9, 30)}
	for i, info := range schemas.Codes {
		m.Codes = append(m.Codes, run.CodeCount{
			Code: info.Code, Severity: info.Severity, Findings: int64(100 + i), Rows: int64(i),
			Amounts: map[money.Currency]money.Decimal{"EUR": money.MustDecimal("1.5"), "USD": money.MustDecimal("2")},
		})
		amount := money.NewDecimal(int64(100-i), 0)
		f.Attention = append(f.Attention, emit.AttentionItem{
			Topic: "Plan", Title: "Object storage of the largest of all regions", Currency: "EUR", Amount: &amount,
			Detail: "Revenue is 1.00 where 2.00 was expected, most of it by volume (-1.00), and that is a sentence which nobody wants to be cut at its end.",
		})
	}
	f.Attention = f.Attention[:6]
	var err error
	if m.Summary, err = json.Marshal(&f); err != nil {
		t.Fatal(err)
	}
	return &run.Summary{Manifest: m}
}

// TestSummaryFits prints a run of which everything is wrong: no line is wider than the screen, nothing is cut, the findings stand
// by severity with their counts and amounts.
func TestSummaryFits(t *testing.T) {
	var out bytes.Buffer
	printSummary(&out, manyFindings(t), nil, "file:///s", "")
	text := out.String()
	for line := range strings.Lines(text) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > usualWidth {
			t.Errorf("%d characters: %q", n, line)
		}
	}
	if strings.Contains(text, "…") || !strings.Contains(strings.Join(strings.Fields(text), " "), "nobody wants to be cut at its end.") {
		t.Errorf("a sentence is cut:\n%s", text)
	}
	bySeverity := map[schemas.Severity]int64{}
	codes := map[schemas.Severity]int64{}
	for _, info := range schemas.Codes {
		bySeverity[info.Severity]++
	}
	for i, info := range schemas.Codes {
		codes[info.Severity] += int64(100 + i)
	}
	for _, severity := range schemas.Severities {
		name := fmt.Sprintf("\n  %-10s ", severity)
		at := strings.LastIndex(text, name) // rows that are rejected stand further above
		found := at >= 0
		line := text[max(at, 0)+len(name):]
		if found != (severity != schemas.Note) {
			t.Errorf("%s is shown: %t", severity, found)
		}
		half, cents := bySeverity[severity]*3/2, "00"
		if bySeverity[severity]%2 == 1 {
			cents = "50"
		}
		if !found {
			continue
		}
		line = strings.Join(strings.Fields(line), " ")
		if !strings.HasPrefix(line, count(codes[severity])+" findings, ") || !strings.Contains(line, fmt.Sprintf(" %d.%s EUR, %d.00 USD: ", half, cents, 2*bySeverity[severity])) {
			t.Errorf("%s: %s", severity, line)
		}
	}
}

// TestSummaryOnSmallScreens leaves out things that need attention where there is no room, but for the first.
func TestSummaryOnSmallScreens(t *testing.T) {
	sum := manyFindings(t)
	var f emit.Figures
	if err := json.Unmarshal(sum.Manifest.Summary, &f); err != nil {
		t.Fatal(err)
	}
	for room, want := range map[int]int{-10: 1, 3: 1, 9: 2, 100: 6} {
		lines := screen{width: 100, height: 24}.attentionLines(&f, room)
		shown := strings.Count(strings.Join(lines, "\n"), "Plan: Object storage")
		if shown != want || shown > 1 && len(lines) > room {
			t.Errorf("in %d lines %d things are shown, in %d, not %d", room, shown, len(lines), want)
		}
		if last := lines[len(lines)-1]; !strings.Contains(last, fmt.Sprintf("and %d more", 40-shown)) {
			t.Errorf("the last line is %q", last)
		}
	}
}

// TestSummaryOnOneScreen prints the same on the smallest usual terminal: it fits, with the prompt below it.
func TestSummaryOnOneScreen(t *testing.T) {
	blocking := regexp.MustCompile(`\n  blocking   [\d,]+ findings, [\d,]+ rows, [\d.]+ EUR, [\d.]+ USD`)
	for _, height := range []int{24, 40, 60} {
		var out bytes.Buffer
		printRun(&out, manyFindings(t), nil, "file:///s", "", screen{width: 80, height: height})
		if n := strings.Count(out.String(), "\n"); n >= height {
			t.Errorf("%d lines on a screen of %d:\n%s", n, height, out.String())
		}
		if !blocking.MatchString(out.String()) || !strings.Contains(out.String(), "variance.html") {
			t.Errorf("something is missing:\n%s", out.String())
		}
	}
}

// TestWrap breaks texts at blanks, and makes visible what a terminal would obey.
func TestWrap(t *testing.T) {
	for _, x := range []struct{ first, text, want string }{
		{"  a ", "one two three four", "  a one two|    three four"},
		{"  ", "", ""},
		{"  ", "unbreakable-and-longer-than-the-screen is", "  unbreakable-and-longer-than-the-screen|  is"},
		{"", "\x1b[31m red", "�[31m red"},
	} {
		if got := strings.Join(screen{width: 14}.wrap(x.first, x.text), "|"); got != x.want {
			t.Errorf("%q: %q, want %q", x.text, got, x.want)
		}
	}
}
