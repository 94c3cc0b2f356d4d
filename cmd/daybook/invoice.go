package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"daybook/pipeline/explain"
	"daybook/schemas"
)

// invoiceOptions are those of the verb invoice.
type invoiceOptions struct {
	places
	look lookOptions
	html bool
	json bool
}

func newInvoice() *cobra.Command {
	var o invoiceOptions
	cmd := &cobra.Command{
		Use:   "invoice BOOK ACCOUNT --period YYYY-MM",
		Short: "Print the draft invoice of an account",
		Long: `invoice prints what a run drafted for an account, one invoice for each currency: lines, taxes and total. Each line
begins with its charge, which daybook explain takes. The account may be cut short as far as no other begins so.

Exit codes: 0 done; 1 broke; 2 there is no such run, or no such invoice in it.`,
		Example: `  daybook invoice mycloud birch-prod --period 2024-09
  daybook invoice mycloud birch-prod --period 2024-09 --html > birch.html
  daybook invoice mycloud birch-prod --period 2024-09 --json | jq .totals`,
		Args: exactly("book (a directory)", "account"),
		RunE: func(cmd *cobra.Command, args []string) error { return runInvoice(cmd, args[0], args[1], o) },
	}
	o.flags(cmd)
	o.look.flags(cmd, "the billing period, YYYY-MM")
	cmd.Flags().BoolVar(&o.html, "html", false, "one page to print")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per invoice, as in the run's files")
	return cmd
}

func runInvoice(cmd *cobra.Command, dir, account string, o invoiceOptions) error {
	if o.html && o.json {
		return wrong("invoice: --html and --json are two ways to print it; choose one")
	}
	l, err := lookAt(cmd, dir, o.look, o.places)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	id := schemas.AccountID(account)
	invoices, err := l.Invoices(cmd.Context(), id)
	if errors.Is(err, explain.ErrNothing) { // what is written out is meant, and else what begins so
		if id, err = accountMeant(l.Book(), account); err != nil {
			return err
		}
		invoices, err = l.Invoices(cmd.Context(), id)
	}
	if errors.Is(err, explain.ErrNothing) {
		return wrong("%w; daybook explain %s %s shows what the book and the run know of it", err, dir, account)
	}
	if err != nil {
		return err
	}
	if o.html {
		page, err := l.InvoicePage(cmd.Context(), id)
		if err == nil {
			err = sayPage(out, page)
		}
		return err
	}
	for i, raw := range invoices {
		if o.json {
			if err := sayEncoded(out, append(raw, '\n')); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			say(out, "\n")
		}
		if err := printInvoice(out, raw); err != nil {
			return err
		}
	}
	return nil
}

// invoiceText is what is printed of an invoice's JSON.
type invoiceText struct {
	Number      string            `json:"number"`
	Kind        string            `json:"kind"`
	Issued      string            `json:"issued"`
	Due         string            `json:"due"`
	Account     string            `json:"account"`
	Name        string            `json:"account_name"`
	From        string            `json:"from"`
	To          string            `json:"to"`
	Currency    string            `json:"currency"`
	Provisional bool              `json:"provisional"`
	Seller      invoiceParty      `json:"seller"`
	Buyer       invoiceParty      `json:"buyer"`
	Lines       []invoiceTextLine `json:"lines"`
	Taxes       []invoiceTextRow  `json:"taxes"`
	Applied     []invoiceTextRow  `json:"applied"`
	Totals      struct {
		Net   string `json:"net"`
		Tax   string `json:"tax"`
		Total string `json:"total"`
		Due   string `json:"due"`
	} `json:"totals"`
	TaxReason   string   `json:"tax_reason"`
	PaymentDays int      `json:"payment_days"`
	Notes       []string `json:"notes"`
	Payment     []string `json:"payment"`
}

type invoiceParty struct {
	Name      string `json:"name"`
	LegalName string `json:"legal_name"`
	TaxID     string `json:"tax_id"`
}

type invoiceTextLine struct {
	Charge      string            `json:"charge"`
	Class       string            `json:"class"`
	Corrects    schemas.Period    `json:"corrects"`
	Description string            `json:"description"`
	Region      string            `json:"region"`
	Group       string            `json:"group"`
	From        string            `json:"from"`
	To          string            `json:"to"`
	Used        string            `json:"used"`
	Unit        string            `json:"unit"`
	Parts       []invoiceTextPart `json:"parts"`
	Left        string            `json:"left"`
	Amount      string            `json:"amount"`
}

type invoiceTextPart struct {
	Kind      string `json:"kind"`
	Text      string `json:"text"`
	Quantity  string `json:"quantity"`
	Unit      string `json:"unit"`
	UnitPrice string `json:"unit_price"`
	Percent   string `json:"percent"`
	Currency  string `json:"price_currency"`
	Factors   []struct {
		Text string `json:"text"`
	} `json:"factors"`
	Amount string `json:"amount"`
}

// invoiceTextRow is a row of taxes, or of what pays the total.
type invoiceTextRow struct {
	Charges     []string       `json:"charges"`
	Corrects    schemas.Period `json:"corrects"`
	Description string         `json:"description"`
	Base        string         `json:"base"`
	Apart       string         `json:"apart"`
	Left        string         `json:"left"`
	Amount      string         `json:"amount"`
}

func (p *invoiceParty) String() string {
	name := p.LegalName
	if name == "" {
		name = p.Name
	}
	if p.TaxID != "" {
		name += ", " + p.TaxID
	}
	return name
}

// shownDigits is how much of a charge's identifier a line shows: enough to tell a book's charges apart.
const shownDigits = 12

func printInvoice(out io.Writer, raw []byte) error {
	var inv invoiceText
	if err := json.Unmarshal(raw, &inv); err != nil {
		return fmt.Errorf("read the invoice: %w", err)
	}
	say(out, "%s\n", inv.heading())
	for _, x := range [][2]string{
		{"from", inv.Seller.String()}, {"to", inv.Buyer.String()}, {"account", inv.Account + "  " + inv.Name}, {"period", inv.From + " to " + inv.To},
	} {
		say(out, "  %-8s %s\n", x[0], x[1])
	}
	rows := [][]string{{"", "", "", "", inv.Currency}}
	for i := range inv.Lines {
		rows = append(rows, inv.Lines[i].rows()...)
	}
	rows = append(rows, []string{"", "", "", "net", inv.Totals.Net})
	for i := range inv.Taxes {
		rows = append(rows, inv.Taxes[i].cells())
	}
	if inv.TaxReason != "" {
		rows = append(rows, []string{"", "Tax: " + inv.TaxReason, "", "", ""})
	}
	rows = append(rows, []string{"", "", "", "total", inv.Totals.Total})
	for i := range inv.Applied {
		rows = append(rows, inv.Applied[i].cells())
	}
	if len(inv.Applied) > 0 {
		rows = append(rows, []string{"", "", "", "due", inv.Totals.Due})
	}
	say(out, "\n")
	printRows(out, rows, 3)
	if inv.PaymentDays > 0 && inv.Number == "" {
		say(out, "\nDue %d days after the date of the invoice.\n", inv.PaymentDays)
	}
	for _, note := range append(inv.Notes, inv.Payment...) {
		say(out, "\n")
		sayLines(out, note) // which the book may divide
	}
	return nil
}

// heading says what it is.
func (inv *invoiceText) heading() string {
	switch {
	case inv.Number == "" && inv.Provisional:
		return "DRAFT invoice (provisional: a delivery is missing or was refused)"
	case inv.Number == "":
		return "DRAFT invoice"
	}
	text := strings.ReplaceAll(inv.Kind, "_", " ") + " " + inv.Number + " of " + inv.Issued
	if inv.Due != "" {
		text += ", due " + inv.Due
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// rows are the row of a line, and one below it for each of its parts, unless the one that there is says nothing else.
func (l *invoiceTextLine) rows() [][]string {
	what := []string{correctionOf(l.Class, l.Corrects) + l.Description, l.Region, schemas.GroupValues(l.Group)}
	if l.Used != "" {
		what = append(what, l.Used+" "+l.Unit+" used")
	}
	if l.Left != "" {
		what = append(what, l.Left+" left")
	}
	period := ""
	if l.From != "" {
		period = l.From + " to " + l.To
	}
	named := slices.DeleteFunc(what, func(s string) bool { return s == "" })
	row := []string{l.Charge[:min(len(l.Charge), shownDigits)], strings.Join(named, ", "), period, "", l.Amount}
	if len(l.Parts) == 1 && l.Parts[0].plain() {
		row[3] = l.Parts[0].reckoned()
		return [][]string{row}
	}
	out := [][]string{row}
	for i := range l.Parts {
		p := &l.Parts[i]
		texts := []string{p.Text}
		for _, f := range p.Factors {
			texts = append(texts, f.Text)
		}
		named := slices.DeleteFunc(texts, func(s string) bool { return s == "" })
		sum := p.Amount
		if p.Quantity != "" {
			sum = p.reckoned() + " = " + sum
		}
		out = append(out, []string{"", "  " + strings.Join(named, ", "), "", sum, ""})
	}
	return out
}

// plain reports whether the part says nothing but a quantity and a price.
func (p *invoiceTextPart) plain() bool { return p.Kind == "" && p.Text == "" && len(p.Factors) == 0 }

// reckoned is the quantity and the price of a part.
func (p *invoiceTextPart) reckoned() string {
	if p.Quantity == "" {
		return ""
	}
	text := p.Quantity
	if p.Unit != "" {
		text += " " + p.Unit
	}
	if p.Percent != "" {
		return text + " × " + p.Percent + "%"
	}
	text += " × " + p.UnitPrice
	if p.Currency != "" {
		text += " " + p.Currency
	}
	return text
}

// correctionOf begins what is said of a correction.
func correctionOf(class string, corrects schemas.Period) string {
	switch {
	case corrects != "":
		return "Correction of " + corrects.Name() + ": "
	case class != "":
		return class + ": "
	}
	return ""
}

// cells are the columns of a row; it begins with the first of its charges.
func (r *invoiceTextRow) cells() []string {
	what := correctionOf("", r.Corrects) + r.Description
	if r.Base != "" {
		what += " of " + r.Base
	}
	if r.Apart != "" {
		what += ", " + r.Apart
	}
	if r.Left != "" {
		what += ", " + r.Left + " left"
	}
	charge := ""
	if len(r.Charges) > 0 {
		charge = r.Charges[0][:min(len(r.Charges[0]), shownDigits)]
	}
	return []string{charge, what, "", "", r.Amount}
}

// printRows writes columns of equal width, those from the given one on aligned to the right.
func printRows(out io.Writer, rows [][]string, right int) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i >= right {
				cell, pad = pad+cell, ""
			}
			line.WriteString("  " + cell + pad)
		}
		say(out, "%s\n", strings.TrimRight(line.String(), " "))
	}
}
