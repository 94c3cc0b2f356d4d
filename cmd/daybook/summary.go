package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"daybook/pipeline/document"
	"daybook/pipeline/emit"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/money"
)

// insteadText says that readers go on reading another run than this one, and why; it is empty where they read this one.
func insteadText(sum *run.Summary) string {
	switch {
	case sum.Instead == nil:
		return ""
	case sum.Manifest.Spec.AsOf != nil:
		return fmt.Sprintf("Readers go on reading run %s: a run with --as-of is for looking at.", sum.Instead.Run)
	}
	return fmt.Sprintf("Readers go on reading run %s, which became current while this one was at work: deliveries or the book have changed since this one began.", sum.Instead.Run)
}

// printSummary shows a run on one screen: what went where, what needs attention, where to look, and which later periods have
// to follow, as commands. Where the screen is too small for all, things that need attention are left to the report. Until is the
// stage after which it stopped, or empty.
func printSummary(w io.Writer, sum *run.Summary, later []string, storeURL, until string) {
	printRun(w, sum, later, storeURL, until, screenOf(w))
}

func printRun(w io.Writer, sum *run.Summary, later []string, storeURL, until string, s screen) {
	m := sum.Manifest
	printState(w, sum, until)
	rows, codes := rowLines(&m.Control), s.codeLines(m.Codes)
	if until != "" {
		if m.Control.Delivered.Rows == 0 { // none has been read, or there is none
			rows = s.pinnedLines(m)
		}
		printBlocks(w, s, rows, codes)
		say(w, "\n  stopped after %s, so nothing was committed; without --until the run goes on from here\n", until)
		return
	}
	var f emit.Figures
	var figures, attention []string
	if json.Unmarshal(m.Summary, &f) == nil {
		figures = s.figureLines(m, &f)
		const around, blank = 2 + 4 + 1, 4 // the heading, where to look, the prompt; and blank lines
		room := s.height - around - len(figures)
		if least := blank + len(rows) + len(codes) + 6; s.height > 0 && room < least {
			s.brief = true
			rows, codes = s.briefly(rows), s.codeLines(m.Codes)
		} else {
			room -= blank
		}
		attention = s.attentionLines(&f, room-len(rows)-len(codes))
	}
	printBlocks(w, s, rows, figures, attention, codes)
	printWhere(w, m, storeURL)
	if len(later) > 0 {
		say(w, "\n  Later periods were computed without this run of %s. Run again, in this order:\n", m.Spec.Period)
		for _, command := range later {
			say(w, "    %s\n", command)
		}
	}
}

// printState says which run it is, and how it ended.
func printState(w io.Writer, sum *run.Summary, until string) {
	m, state := sum.Manifest, "complete"
	switch {
	case m.Provisional && m.Spec.Open:
		state = "PROVISIONAL: the month goes on, or a delivery is missing or was refused"
	case m.Provisional:
		state = "PROVISIONAL: a delivery is missing or was refused"
	case until != "":
		state = "stopped after " + until
	}
	say(w, "\n%s  run %s  %s\n", m.Spec.Period, m.Run, state)
	switch {
	case sum.Reused:
		say(w, "Nothing has changed since this run was committed, so nothing was done.\n")
	case sum.Raced:
		say(w, "Another process committed this same run first; its results are the ones to read, and nothing is doubled.\n")
	}
	if text := insteadText(sum); text != "" {
		say(w, "%s\n", text)
	}
}

// pinnedLines say what was found of each source, of which no row has been read.
func (s screen) pinnedLines(m *run.Manifest) []string {
	objects, bytes := 0, int64(0)
	for i := range m.Spec.Sources {
		for j := range m.Spec.Sources[i].Objects {
			objects++
			bytes += m.Spec.Sources[i].Objects[j].Size
		}
	}
	return s.wrap("  ", fmt.Sprintf("pinned %s object%s of %d source%s, %s byte%s; no row has been read", count(int64(objects)), plural(objects),
		len(m.Spec.Sources), plural(len(m.Spec.Sources)), count(bytes), plural(bytes)))
}

// printBlocks prints blocks of lines, each with a blank line above it where there is room.
func printBlocks(w io.Writer, s screen, blocks ...[]string) {
	for _, lines := range blocks {
		for i, line := range lines {
			if i == 0 && !s.brief {
				say(w, "\n")
			}
			say(w, "%s\n", line)
		}
	}
}

// rowLines say where the rows went.
func rowLines(c *run.Control) []string {
	lines := []string{fmt.Sprintf("  delivered %15s row%s", count(c.Delivered.Rows), plural(c.Delivered.Rows))}
	for _, part := range []struct {
		name string
		rows int64
	}{
		{"out of scope", c.OutOfScope.Rows},
		{"rejected", c.Rejected.Rows},
		{"evidence", c.Evidence.Rows},
		{"credentials", c.Listed.Rows},
		{"payments", c.Banked.Rows},
		{"duplicates", c.Duplicates.Rows},
		{"usage", c.Usage.Rows},
		{"  rated", c.RatedRows},
		{"  partly rated", c.PartlyRows},
		{"  suspended", c.SuspendedRows},
		{"  nobody's", c.UnpricedRows},
		{"  repeated", c.RepeatedRows},
		{"  void", c.VoidedRows},
		{"of it late", c.LateRows},
	} {
		if part.rows != 0 || part.name == "usage" {
			lines = append(lines, fmt.Sprintf("  %-14s %10s", part.name, count(part.rows)))
		}
	}
	return append(lines, "  control totals of rows, quantities and costs balance")
}

// briefly puts lines of names and numbers behind each other.
func (s screen) briefly(lines []string) []string {
	parts := make([]string, len(lines))
	for i, line := range lines {
		parts[i] = strings.Join(strings.Fields(line), " ")
	}
	return s.wrap("  ", strings.Join(parts, ", "))
}

// figureLines are the money. What is read at a glance is rounded here, and nowhere else: the report has every digit.
func (s screen) figureLines(m *run.Manifest, f *emit.Figures) (lines []string) {
	text := func(d money.Decimal) string { return money.Text(money.RoundTo(d, f.Places, money.HalfEven), f.Places) }
	line := func(name string, amount money.Decimal, note string) {
		first := fmt.Sprintf("  %-10s %15s %s  ", name, text(amount), f.Currency)
		lines = append(lines, s.wrap(first, note)...)
	}
	line("revenue", f.Revenue, fmt.Sprintf("%s expected by %s, %s planned for the month", text(f.Expected), f.Through, text(f.PlanRevenue)))
	if f.Before != nil {
		change := f.Revenue.Sub(*f.Before)
		note := fmt.Sprintf("in %s", m.Spec.Period.Previous())
		if share, err := money.MulDivRound(change, money.NewDecimal(100, 0), f.Before.Abs(), 1, money.HalfEven); err == nil {
			than := "more"
			if share.IsNegative() {
				than = "less"
			}
			note += "; revenue is " + money.Text(share.Abs(), 1) + "% " + than + " than that"
		}
		line("before", *f.Before, note)
	}
	if len(f.Feeds) > 0 {
		lines = append(lines, s.openLines(f, text)...)
	}
	line("cost", f.Cost, "of peers")
	line("margin", f.Margin, "")
	return append(lines, s.wrap("  ", fmt.Sprintf("%s charge%s, %s draft invoice%s for %s account%s", count(f.Charges), plural(f.Charges),
		count(int64(f.Invoices)), plural(f.Invoices), count(int64(f.Accounts)), plural(f.Accounts)))...)
}

// openLines are what is said of a month that goes on: what is to come, and how far the data of feeds go.
func (s screen) openLines(f *emit.Figures, text func(money.Decimal) string) (lines []string) {
	var parts []string
	if f.RunRate != nil {
		part := "run rate " + text(*f.RunRate) + " of " + text(f.RunRatePlan) + " planned"
		if !f.RunRatePlan.Equal(f.PlanRevenue) {
			part += " for lines with data"
		}
		parts = append(parts, part)
	}
	if !f.Coming.IsZero() {
		parts = append(parts, text(f.Coming)+" charged for days to come")
	}
	if !f.Pending.IsZero() {
		parts = append(parts, text(f.Pending)+" of true-ups and minimums if the month ended now")
	}
	if len(parts) > 0 {
		lines = s.wrap("  to come    ", strings.Join(parts, "; "))
	}
	feeds := make([]document.Feed, len(f.Feeds))
	for i, x := range f.Feeds {
		feeds[i] = document.Feed{Source: x.Source, Through: x.Through, Every: x.Every}
	}
	if behind := document.FeedsBehind(feeds, f.Through); behind != "" {
		lines = append(lines, s.wrap("  feeds      ", behind)...)
	}
	return lines
}

// attentionLines are the first things that need attention, as many as there is room for, if the screen has an end; one at least.
func (s screen) attentionLines(f *emit.Figures, room int) []string {
	if f.Items == 0 {
		return []string{"  Nothing needs attention."}
	}
	lines := []string{fmt.Sprintf("  %s thing%s need%s attention:", count(int64(f.Items)), plural(f.Items), schemas.OneOrMany(f.Items, "s", ""))}
	shown := 0
	for _, a := range f.Attention {
		amount := ""
		if a.Amount != nil {
			amount = money.Text(money.RoundTo(*a.Amount, f.Places, money.HalfEven), f.Places) + " " + string(a.Currency)
		}
		text := a.Topic + ": " + a.Title
		if !s.brief {
			text += "; " + a.Detail
		}
		item := s.wrap(fmt.Sprintf("  %18s  ", amount), text)
		if s.height > 0 && shown > 0 && len(lines)+len(item)+1 > room {
			break
		}
		lines, shown = append(lines, item...), shown+1
	}
	if rest := f.Items - shown; rest > 0 {
		lines = append(lines, fmt.Sprintf("  %18s  and %s more in the report", "", count(int64(rest))))
	}
	return lines
}

// codeLines are the findings by severity, the gravest first: how many, of how many rows and how much money, and the codes that most
// of them have. Notes, of what the book tolerates, are left to the report.
func (s screen) codeLines(codes []run.CodeCount) (lines []string) {
	for _, severity := range slices.Backward(schemas.Severities) {
		all := run.CodeCount{Severity: severity}
		var of []run.CodeCount
		for _, c := range codes {
			if c.Severity != severity || severity == schemas.Note {
				continue
			}
			of = append(of, c)
			all.Findings, all.Rows = all.Findings+c.Findings, all.Rows+c.Rows
			for currency, amount := range c.Amounts {
				if all.Amounts == nil {
					all.Amounts = map[money.Currency]money.Decimal{}
				}
				all.Amounts[currency] = all.Amounts[currency].Add(amount)
			}
		}
		if len(of) > 0 {
			text := amountsText(&all)
			if !s.brief {
				text += ": " + codesText(of)
			}
			lines = append(lines, s.wrap(fmt.Sprintf("  %-10s ", severity), text)...)
		}
	}
	return lines
}

// mostNamed is how many codes, and currencies, a line of findings names.
const mostNamed = 4

// amountsText says how many findings there are, of how many rows and how much money.
func amountsText(all *run.CodeCount) string {
	parts := []string{fmt.Sprintf("%s finding%s", count(all.Findings), plural(all.Findings))}
	if all.Rows > 0 {
		parts = append(parts, fmt.Sprintf("%s row%s", count(all.Rows), plural(all.Rows)))
	}
	currencies := slices.Sorted(maps.Keys(all.Amounts))
	for _, c := range currencies[:min(len(currencies), mostNamed)] {
		places, _ := money.MinorUnits(c)
		parts = append(parts, money.Text(money.RoundTo(all.Amounts[c], places, money.HalfEven), places)+" "+string(c))
	}
	if more := len(currencies) - mostNamed; more > 0 {
		parts = append(parts, fmt.Sprintf("%d more currenc%s", more, schemas.OneOrMany(more, "y", "ies")))
	}
	return strings.Join(parts, ", ")
}

// codesText names the codes that most findings have.
func codesText(codes []run.CodeCount) string {
	slices.SortStableFunc(codes, func(a, b run.CodeCount) int { return cmp.Compare(b.Findings, a.Findings) })
	var names []string
	for _, c := range codes[:min(len(codes), mostNamed)] {
		names = append(names, fmt.Sprintf("%s %s", c.Code, count(c.Findings)))
	}
	if more := len(codes) - mostNamed; more > 0 {
		names = append(names, fmt.Sprintf("%d more code%s", more, plural(more)))
	}
	return strings.Join(names, ", ")
}

func printWhere(w io.Writer, m *run.Manifest, storeURL string) {
	base, local := directoryOf(storeURL)
	if !local {
		base = withoutQuery(storeURL)
	}
	base = strings.TrimSuffix(base, "/")
	say(w, "\n  look at   %s/reports/%s/%s/variance.html\n", base, m.Spec.Period, m.Run)
	say(w, "            %s/reports/%s/%s/invoices.html\n", base, m.Spec.Period, m.Run)
	say(w, "  in DuckDB %s/reports/%s/%s/open.sql\n", base, m.Spec.Period, m.Run)
}
