package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	blocks "daybook/pipeline/document/screen"
	"daybook/pipeline/explain"
	"daybook/pipeline/requested"
	"daybook/schemas"
)

// requestsOptions are those of the verb requests.
type requestsOptions struct {
	places
	html, json bool
}

func newRequests() *cobra.Command {
	var o requestsOptions
	cmd := &cobra.Command{
		Use:   "requests BOOK [NUMBER]",
		Short: "List what customers ask, report or have suffered, or show one request with all that it is linked to",
		Long: `requests lists customers' requests by state and age: open ones first, the oldest at the top. It knows those of the book, and
those that were delivered up to the runs that stand.

With a number it shows one whole: what was written, the charges that it is about, findings about the account and what became of promises
to it, disputes with the documents and notes of the month, changes of subscriptions that are asked for, what was decided, and the answer.
--html writes the page that answers the customer, which has no findings. What a change that is asked for would cost, daybook quote
BOOK --change NUMBER shows.

Exit codes: 0 done; 1 broke; 2 wrong usage or wrong book, or there is no such request.`,
		Example: `  daybook requests mycloud
  daybook requests mycloud R-17
  daybook requests mycloud R-17 --html > answer.html
  daybook requests mycloud --json | jq '.[] | select(.state == "open")'`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				return exactly("book (a directory)", "number of a request")(cmd, args)
			}
			return exactly("book (a directory)")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runRequests(cmd, args, o) },
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.html, "html", false, "print the request as a page that answers the customer")
	cmd.Flags().BoolVar(&o.json, "json", false, "print it as JSON")
	return cmd
}

func runRequests(cmd *cobra.Command, args []string, o requestsOptions) error {
	dir := args[0]
	if len(args) == 1 && o.html {
		return wrong("say which request: daybook requests %s NUMBER --html", dir)
	}
	if o.html && o.json {
		return wrong("requests: --html and --json are two ways to print it; choose one")
	}
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	s, _, err := openPlace(cmd.Context(), "store", o.store, b.Provider.Store, dir)
	if err != nil {
		return err
	}
	today, out := schemas.DateOf(time.Now(), b.Zone), cmd.OutOrStdout()
	desk, err := requested.Read(cmd.Context(), b, s, today)
	if err != nil {
		return err
	}
	if len(args) == 2 {
		return showRequest(cmd, desk, args[1], dir, today, o)
	}
	all := desk.Rows()
	switch {
	case o.json:
		return sayJSON(out, all, "  ")
	case len(all) == 0:
		say(out, "no customer has asked for anything\n")
	default:
		printRows(out, requested.Table(all), 7)
	}
	for i := range desk.Findings {
		say(out, "%s\n", desk.Findings[i].Message)
	}
	return nil
}

func showRequest(cmd *cobra.Command, desk *requested.Desk, id, dir string, today schemas.Date, o requestsOptions) error {
	v, err := desk.Open(cmd.Context(), id, today)
	switch {
	case errors.Is(err, requested.ErrUnknown):
		return wrong("%w; daybook requests %s lists them", err, dir)
	case err != nil:
		return err
	case o.html:
		return sayPage(cmd.OutOrStdout(), v.HTML())
	case o.json:
		return sayJSON(cmd.OutOrStdout(), v, "  ")
	}
	printScreen(cmd.OutOrStdout(), v.Screen())
	return nil
}

// linkRequests adds the requests that are about what is explained.
func linkRequests(ctx context.Context, desk *requested.Desk, e *explain.Explanation) error {
	x := requested.Thing{Kind: e.Kind, ID: e.ID, Period: e.Period, Run: e.Run}
	for _, f := range e.Facts {
		switch f.Name {
		case "account":
			x.Account = schemas.AccountID(f.Value)
		case "subscription":
			x.Subscription = schemas.SubscriptionID(f.Value)
		}
	}
	about, err := desk.About(ctx, x)
	for i := range about {
		r := &about[i]
		e.Facts = append(e.Facts, explain.Fact{Name: "request", Value: r.ID, Text: string(r.State) + ": " + blocks.Clip(r.Text, 60), Where: desk.Where(r)})
	}
	return err
}
