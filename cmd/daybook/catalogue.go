package main

import (
	"encoding/csv"
	"time"

	"github.com/spf13/cobra"

	"daybook/pipeline/document/catalogue"
	"daybook/schemas"
)

// catalogueOptions are those of the verb catalogue.
type catalogueOptions struct {
	on              string
	html, csv, json bool
}

func newCatalogue() *cobra.Command {
	var o catalogueOptions
	cmd := &cobra.Command{
		Use:   "catalogue BOOK",
		Short: "Print what is sold, and at what prices, on a day",
		Long: `catalogue prints the offerings and prices that are in force on a day, as known now: what sales and customers read. Each
number of a price is a row: a tier, a band, a fee. A price that follows from what a peer charges has none. With --html it is a page,
with --csv a table, with --json product offerings of TM Forum's API 620.

Exit codes: 0 done; 1 broke; 2 wrong usage or wrong book.`,
		Example: `  daybook catalogue mycloud --on 2024-10-01
  daybook catalogue mycloud --on 2024-10-01 --html > catalogue.html
  daybook catalogue mycloud --on 2024-10-01 --json | jq '.[].name'`,
		Args: exactly("book (a directory)"),
		RunE: func(cmd *cobra.Command, args []string) error { return runCatalogue(cmd, args[0], o) },
	}
	cmd.Flags().StringVar(&o.on, "on", "", "the day, YYYY-MM-DD; without it, today")
	cmd.Flags().BoolVar(&o.html, "html", false, "one page")
	cmd.Flags().BoolVar(&o.csv, "csv", false, "a table, a row for each number")
	cmd.Flags().BoolVar(&o.json, "json", false, "product offerings of TMF620")
	return cmd
}

func runCatalogue(cmd *cobra.Command, dir string, o catalogueOptions) error {
	if o.html && o.csv || o.html && o.json || o.csv && o.json {
		return wrong("catalogue: --html, --csv and --json are three ways to print it; choose one")
	}
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	on := schemas.DateOf(time.Now(), b.Zone)
	if o.on != "" {
		if on, err = schemas.ParseDate(o.on); err != nil {
			return wrong("--on %q: write a day, such as 2024-10-01", o.on)
		}
	}
	list, out := catalogue.On(b.Provider.Name, &b.Catalogue, on), cmd.OutOrStdout()
	switch {
	case o.html:
		return sayPage(out, list.HTML())
	case o.csv:
		rows := list.Rows()
		for _, row := range rows {
			for i := range row {
				row[i] = visible(row[i])
			}
		}
		return csv.NewWriter(out).WriteAll(rows)
	case o.json:
		return sayJSON(out, list.TMF620(b.Zone), "  ")
	}
	rows := list.Rows()
	for i, r := range rows {
		rows[i] = []string{r[1], r[4], r[6], r[9], r[8], r[7]}
	}
	printRows(out, rows, 5)
	for i := range list.Offerings {
		for k := range list.Offerings[i].Prices {
			for _, note := range list.Offerings[i].Prices[k].Notes {
				say(out, "  %s, %s: %s\n", list.Offerings[i].Name, list.Offerings[i].Prices[k].Called(), note)
			}
		}
	}
	return nil
}
