package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

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
// to follow, as commands. Until is the stage after which it stopped, or empty.
func printSummary(w io.Writer, sum *run.Summary, later []string, storeURL, until string) {
	m := sum.Manifest
	state := "complete"
	switch {
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
	if until != "" && m.Control.Delivered.Rows == 0 { // none has been read, or there is none
		printPinned(w, m)
	} else {
		printRowsOf(w, m)
	}
	if until != "" {
		printCodes(w, m)
		say(w, "\n  stopped after %s, so nothing was committed; without --until the run goes on from here\n", until)
		return
	}
	printFigures(w, m)
	printCodes(w, m)
	printWhere(w, m, storeURL)
	if len(later) > 0 {
		say(w, "\n  Later periods were computed without this run of %s. Run again, in this order:\n", m.Spec.Period)
		for _, command := range later {
			say(w, "    %s\n", command)
		}
	}
}

// printPinned says what was found of each source, of which no row has been read.
func printPinned(w io.Writer, m *run.Manifest) {
	objects, bytes := 0, int64(0)
	for i := range m.Spec.Sources {
		for j := range m.Spec.Sources[i].Objects {
			objects++
			bytes += m.Spec.Sources[i].Objects[j].Size
		}
	}
	say(w, "\n  pinned %s object%s of %d source%s, %s byte%s; no row has been read\n", count(int64(objects)), plural(objects),
		len(m.Spec.Sources), plural(len(m.Spec.Sources)), count(bytes), plural(bytes))
}

// printRowsOf shows where the rows went.
func printRowsOf(w io.Writer, m *run.Manifest) {
	c := &m.Control
	say(w, "\n  delivered %15s row%s\n", count(c.Delivered.Rows), plural(c.Delivered.Rows))
	for _, part := range []struct {
		name string
		rows int64
	}{
		{"out of scope", c.OutOfScope.Rows},
		{"rejected", c.Rejected.Rows},
		{"duplicates", c.Duplicates.Rows},
		{"usage", c.Usage.Rows},
		{"  rated", c.RatedRows},
		{"  partly rated", c.PartlyRows},
		{"  suspended", c.SuspendedRows},
		{"  nobody's", c.UnpricedRows},
		{"  repeated", c.RepeatedRows},
		{"of it late", c.LateRows},
	} {
		if part.rows != 0 || part.name == "usage" {
			say(w, "  %-14s %10s\n", part.name, count(part.rows))
		}
	}
	say(w, "  control totals of rows, quantities and costs balance\n")
}

func printFigures(w io.Writer, m *run.Manifest) {
	var f emit.Figures
	if len(m.Summary) == 0 || json.Unmarshal(m.Summary, &f) != nil {
		return
	}
	// What is read at a glance is rounded here, and nowhere else: the report has every digit.
	text := func(d money.Decimal) string {
		return money.Text(money.RoundTo(d, f.Places, money.HalfEven), f.Places) + " " + string(f.Currency)
	}
	say(w, "\n  revenue %s (expected by %s: %s; plan for the month: %s)\n", text(f.Revenue), f.Through, text(f.Expected), text(f.PlanRevenue))
	say(w, "  peer cost %s, margin %s\n", text(f.Cost), text(f.Margin))
	say(w, "  %s charge%s, %s draft invoice%s for %s account%s\n", count(f.Charges), plural(f.Charges),
		count(int64(f.Invoices)), plural(f.Invoices), count(int64(f.Accounts)), plural(f.Accounts))
	if f.Items == 0 {
		say(w, "\n  Nothing needs attention.\n")
		return
	}
	say(w, "\n  %d thing%s need%s attention:\n", f.Items, plural(f.Items), map[bool]string{true: "s", false: ""}[f.Items == 1])
	for _, a := range f.Attention {
		amount := ""
		if a.Amount != nil {
			amount = money.Text(money.RoundTo(*a.Amount, f.Places, money.HalfEven), f.Places) + " " + string(a.Currency)
		}
		say(w, "  %18s  %s: %s\n", amount, a.Topic, clip(a.Title+"; "+a.Detail, 100))
	}
	if rest := f.Items - len(f.Attention); rest > 0 {
		say(w, "  %18s  and %d more in the report\n", "", rest)
	}
}

// clip cuts a text to so many characters.
func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

func printCodes(w io.Writer, m *run.Manifest) {
	if len(m.Codes) == 0 {
		return
	}
	var parts []string
	for _, c := range m.Codes {
		if c.Severity != schemas.Note {
			parts = append(parts, fmt.Sprintf("%s %s", count(c.Findings), c.Code))
		}
	}
	if len(parts) > 0 {
		say(w, "\n  findings: %s\n", strings.Join(parts, ", "))
	}
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
