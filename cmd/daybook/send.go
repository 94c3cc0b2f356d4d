package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"daybook/pipeline/book"
	"daybook/pipeline/send"
	"daybook/pipeline/send/mail"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// passwordOfMail is the variable of the environment that holds the password for the mail server.
const passwordOfMail = "DAYBOOK_SMTP_PASSWORD" //nolint:gosec // the name, not the password

// sendOptions are those of the verb send.
type sendOptions struct {
	places
	period     string
	list, json bool
}

func newSend() *cobra.Command {
	var o sendOptions
	cmd := &cobra.Command{
		Use:   "send BOOK [NUMBER ...]",
		Short: "Send issued documents to customers: by mail, into a folder or bucket, or to a Peppol access point",
		Long: `send brings issued documents to those whom sending.yaml names, in the forms that it names, and keeps what was sent to whom,
when, and with which digests. What was sent is not sent again: run it as often as you like, of one month or of all.

What a server does not take for now is tried again by the next send; what it refuses for good, and a mail of which nobody heard
whether it was taken, waits until a row of sendings.csv says arrived, again or never. The password for the mail server stands in the
environment, as DAYBOOK_SMTP_PASSWORD.

--list sends nothing: it shows what became of every document, and holds the records against their seals.

Exit codes: 0 done; 1 broke; 2 wrong usage or wrong book; 3 something was not taken; 4 something waits for a decision.`,
		Example: `  daybook send mycloud
  daybook send mycloud --period 2024-09
  daybook send mycloud --list --json`,
		Args: func(cmd *cobra.Command, args []string) error {
			return exactly("book (a directory)")(cmd, args[:min(len(args), 1)])
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runSend(cmd, args, o) },
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&o.period, "period", "", "only the documents of this billing period, YYYY-MM")
	cmd.Flags().BoolVar(&o.list, "list", false, "show what became of every document, and send nothing")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per document and recipient")
	return cmd
}

func runSend(cmd *cobra.Command, args []string, o sendOptions) error {
	dir, numbers := args[0], args[1:]
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	if b.Sending == nil {
		return wrong("the book does not say how documents are sent: add sending.yaml, which FIELDS.md describes")
	}
	s := &send.Sender{Book: b, Now: time.Now, Server: serverOf(b), Token: rand.Text()}
	if s.Store, _, err = openPlace(cmd.Context(), "store", o.store, b.Provider.Store, dir); err != nil {
		return err
	}
	s.Open = func(ctx context.Context, place string) (store.Store, error) {
		into, url, err := openPlace(ctx, "place", "", place, dir)
		if local, is := directoryOf(url); err == nil && is && bookHolds(dir, b.Provider.Store, realPath(local)) {
			return nil, fmt.Errorf("the folder %s is in the book, which has no such directory; write elsewhere", place)
		}
		return into, err
	}
	missing := slices.Clone(numbers)
	if s.Wanted, err = o.wanted(numbers, &missing); err != nil {
		return err
	}
	shown := sendings{cmd: cmd, options: &o, counts: map[send.State]int{}, today: schemas.DateOf(time.Now(), b.Zone)}
	walk := s.Send
	if o.list {
		walk = s.List
	}
	if err := walk(cmd.Context(), shown.show); err != nil {
		return err
	}
	if len(missing) > 0 {
		return wrong("there is no document %q in the register, dated %s or later", missing[0], b.Sending.Since)
	}
	return shown.finish(dir)
}

// wanted says which documents are meant, and takes those that it was asked about off the missing ones.
func (o *sendOptions) wanted(numbers []string, missing *[]string) (func(schemas.Period, string) bool, error) {
	var period schemas.Period
	if o.period != "" {
		var err error
		if period, err = parsePeriod(o.period); err != nil {
			return nil, err
		}
	}
	return func(p schemas.Period, number string) bool {
		*missing = slices.DeleteFunc(*missing, func(n string) bool { return n == number })
		return (period == "" || p == period) && (len(numbers) == 0 || slices.Contains(numbers, number))
	}, nil
}

// serverOf is the mail server of a book, nil where it names none.
func serverOf(b *book.Book) *mail.Server {
	m := b.Sending.Mail
	if m == nil {
		return nil
	}
	return &mail.Server{Address: m.Server, Security: m.Security, User: m.User, Password: os.Getenv(passwordOfMail)}
}

// sendings are shown as they come, and counted.
type sendings struct {
	cmd     *cobra.Command
	options *sendOptions
	counts  map[send.State]int
	today   schemas.Date
	// decide says that something waits for a row of sendings.csv.
	decide bool
}

// show shows what became of one document on the way to one recipient.
func (x *sendings) show(it *send.Item) error {
	x.counts[it.State]++
	x.decide = x.decide || it.State.Waits() && it.Attempt > 0
	out := x.cmd.OutOrStdout()
	if x.options.json {
		return sayJSON(out, it, "")
	}
	if it.State == send.Sent && !x.options.list {
		return nil
	}
	say(out, "%-9s %s to %s by %s", it.State, it.Document, it.Recipient, it.By)
	if it.Attempt > 1 {
		say(out, ", attempt %d", it.Attempt)
	}
	if days := x.today.Sub(it.Issued); it.State == send.Failed || it.State.Waits() {
		say(out, ", since %d day%s", days, plural(days))
	}
	if it.Said != "" {
		say(out, ": %s", it.Said)
	}
	say(out, "\n")
	return nil
}

// finish says how many there are of each state, and what is to be done.
func (x *sendings) finish(dir string) error {
	out, waits, failed := x.cmd.OutOrStdout(), 0, x.counts[send.Failed]
	if !x.options.json {
		x.sum(out)
	}
	for state, n := range x.counts {
		if state.Waits() {
			waits += n
		}
	}
	if x.decide && !x.options.json {
		say(out, "what was tried and is refused or unknown waits for a row of %s/sendings.csv: document,recipient,attempt,outcome,on,by,reason\n", dir)
	}
	switch {
	case waits > 0:
		return &exitError{exitIncomplete, nil}
	case failed > 0:
		return &exitError{exitFindings, nil}
	}
	return nil
}

func (x *sendings) sum(out io.Writer) {
	var parts []string
	for _, state := range send.States() {
		if n := x.counts[state]; n > 0 {
			parts = append(parts, count(int64(n))+" "+string(state))
		}
	}
	if len(parts) == 0 {
		say(out, "nothing is to be sent\n")
		return
	}
	say(out, "%s\n", strings.Join(parts, ", "))
}
