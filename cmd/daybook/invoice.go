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
begins with its charge, which daybook explain takes.`,
		Example: `  daybook invoice mycloud acme-prod --period 2024-09
  daybook invoice mycloud acme-prod --period 2024-09 --html > acme.html
  daybook invoice mycloud acme-prod --period 2024-09 --json | jq .totals`,
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
	invoices, err := l.Invoices(cmd.Context(), schemas.AccountID(account))
	if errors.Is(err, explain.ErrNothing) {
		return wrong("%w; daybook explain %s %s shows what the book and the run know of it", err, dir, account)
	}
	if err != nil {
		return err
	}
	if o.html {
		page, err := l.InvoicePage(cmd.Context(), schemas.AccountID(account))
		if err == nil {
			_, err = out.Write(page)
		}
		return err
	}
	for i, raw := range invoices {
		if o.json {
			fmt.Fprintf(out, "%s\n", raw)
			continue
		}
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := printInvoice(out, raw); err != nil {
			return err
		}
	}
	return nil
}

// invoiceText is what is printed of an invoice's JSON.
type invoiceText struct {
	Account     string            `json:"account"`
	Name        string            `json:"account_name"`
	From        string            `json:"from"`
	To          string            `json:"to"`
	Currency    string            `json:"currency"`
	Provisional bool              `json:"provisional"`
	Seller      invoiceParty      `json:"seller"`
	Buyer       invoiceParty      `json:"buyer"`
	Lines       []invoiceTextLine `json:"lines"`
	Taxes       []invoiceTextLine `json:"taxes"`
	Totals      struct {
		Discount string `json:"discount"`
		Net      string `json:"net"`
		Tax      string `json:"tax"`
		Total    string `json:"total"`
	} `json:"totals"`
	Notes   []string `json:"notes"`
	Payment []string `json:"payment"`
}

type invoiceParty struct {
	Name      string `json:"name"`
	LegalName string `json:"legal_name"`
	TaxID     string `json:"tax_id"`
}

type invoiceTextLine struct {
	Charge      string `json:"charge"`
	Description string `json:"description"`
	Region      string `json:"region"`
	Group       string `json:"group"`
	From        string `json:"from"`
	To          string `json:"to"`
	Quantity    string `json:"quantity"`
	Unit        string `json:"unit"`
	UnitPrice   string `json:"unit_price"`
	Discount    string `json:"discount"`
	Amount      string `json:"amount"`
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
	state := ""
	if inv.Provisional {
		state = " (provisional: a delivery is missing or was refused)"
	}
	fmt.Fprintf(out, "DRAFT invoice%s\n", state)
	for _, x := range [][2]string{
		{"from", inv.Seller.String()}, {"to", inv.Buyer.String()}, {"account", inv.Account + "  " + inv.Name}, {"period", inv.From + " to " + inv.To},
	} {
		fmt.Fprintf(out, "  %-8s %s\n", x[0], x[1])
	}
	rows := [][]string{{"", "", "", "", inv.Currency}}
	for i := range inv.Lines {
		rows = append(rows, inv.Lines[i].cells())
	}
	rows = append(rows, []string{"", "", "", "net", inv.Totals.Net})
	for i := range inv.Taxes {
		rows = append(rows, inv.Taxes[i].cells())
	}
	rows = append(rows, []string{"", "", "", "total", inv.Totals.Total})
	fmt.Fprintln(out)
	printRows(out, rows, 3)
	for _, note := range append(inv.Notes, inv.Payment...) {
		fmt.Fprintf(out, "\n%s\n", note)
	}
	return nil
}

// cells are the columns of a line.
func (l *invoiceTextLine) cells() []string {
	named := slices.DeleteFunc([]string{l.Description, l.Region, l.Group}, func(s string) bool { return s == "" })
	what := strings.Join(named, ", ")
	if l.Discount != "" {
		what += " (discount " + l.Discount + ")"
	}
	period := ""
	if l.From != "" {
		period = l.From + " to " + l.To
	}
	quantity := l.Quantity
	if l.Unit != "" && quantity != "" {
		quantity += " " + l.Unit
	}
	if l.UnitPrice != "" {
		quantity += " × " + l.UnitPrice
	}
	return []string{l.Charge[:min(len(l.Charge), shownDigits)], what, period, quantity, l.Amount}
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
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}
