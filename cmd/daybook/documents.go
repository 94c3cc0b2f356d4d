package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"daybook/pipeline/document/form"
	"daybook/pipeline/register"
)

// documentsOptions are those of the verb documents.
type documentsOptions struct {
	places
	period string
	as     string
	out    string
}

func newDocuments() *cobra.Command {
	var o documentsOptions
	cmd := &cobra.Command{
		Use:   "documents BOOK [NUMBER ...]",
		Short: "Write issued documents as files: pages, PDF, JSON or electronic invoices",
		Long: `documents writes the documents of a month, or those with the numbers, into a directory, a file each, named by the
number. Each is made of the document's JSON in the register and of nothing else, so it has the same bytes whenever it is made.

--as says as what:

  html           a page
  pdf            PDF/A-3b for paper and archive
  json           as it stands in the register
  peppol         Peppol BIS Billing 3.0 (UBL)
  xrechnung      XRechnung 3.0 in UBL, xrechnung-cii in CII
  ubl, cii       EN 16931 and nothing else
  factur-x       Factur-X and ZUGFeRD: a PDF that embeds the document in CII

Electronic invoices need the terms with which documents are issued where the provider's book says invoicing: {electronic: true}.
A document that a form cannot express is named with the rule that it would break, and the others are written.

Exit codes: 0 done; 1 broke, or a document cannot be written in this form; 2 wrong usage or wrong book, or there is no such document.`,
		Example: `  daybook documents mycloud --period 2024-09 --as pdf --out invoices
  daybook documents mycloud EX-2024-000001 --as html --out .`,
		Args: func(cmd *cobra.Command, args []string) error {
			return exactly("book (a directory)")(cmd, args[:min(len(args), 1)])
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runDocuments(cmd, args, o) },
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&o.period, "period", "", "write the documents of this billing period, YYYY-MM")
	cmd.Flags().StringVar(&o.as, "as", "html", "the form of the files")
	cmd.Flags().StringVar(&o.out, "out", "", "the directory to write into; it is made if need be")
	return cmd
}

func runDocuments(cmd *cobra.Command, args []string, o documentsOptions) error {
	dir, numbers := args[0], args[1:]
	switch as := form.Form(o.as); {
	case (o.period == "") == (len(numbers) == 0):
		return wrong("documents: name a month with --period, or the numbers of documents")
	case o.out == "":
		return wrong("documents: say with --out where to write")
	case !slices.Contains(as.Values(), o.as):
		return wrong("documents have no form %q; there are %q", o.as, as.Values())
	}
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	s, _, err := openPlace(cmd.Context(), "store", o.store, b.Provider.Store, dir)
	if err != nil {
		return err
	}
	all, err := register.Read(cmd.Context(), s, b.Provider.ID)
	if err != nil {
		return err
	}
	closings := []register.Entry(all)
	if o.period != "" {
		p, err := parsePeriod(o.period)
		if err != nil {
			return err
		}
		if closings = slices.Concat(all.Of(p), all.NotesOf(p)); len(closings) == 0 {
			return wrong("%s is not closed: nothing of it was issued", p)
		}
	}
	if bookHolds(dir, b.Provider.Store, realPath(o.out)) {
		return wrong("documents: %s is in the book, which has no such directory; write elsewhere", quoted(o.out))
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	w := documentFiles{options: &o, cmd: cmd, wanted: map[string]bool{}}
	for _, n := range numbers {
		w.wanted[n] = true
	}
	for i := range closings {
		if err := each(cmd.Context(), s, &closings[i], w.write); err != nil {
			return err
		}
	}
	return w.finish()
}

// documentFiles writes documents as files.
type documentFiles struct {
	options *documentsOptions
	cmd     *cobra.Command
	// wanted are the numbers asked for that have not been seen; none are all.
	wanted           map[string]bool
	written, refused int
}

// write writes one document, if it is asked for.
func (w *documentFiles) write(line []byte) error {
	var d struct {
		Number string `json:"number"`
	}
	if err := json.Unmarshal(line, &d); err != nil {
		return err
	}
	number := d.Number
	if w.options.period == "" && !w.wanted[number] {
		return nil
	}
	delete(w.wanted, number)
	body, extension, err := form.Make(bytes.TrimSuffix(line, []byte{'\n'}), form.Form(w.options.as))
	if err != nil {
		w.refused++
		say(w.cmd.ErrOrStderr(), "%s\n", err)
		return nil
	}
	w.written++
	return os.WriteFile(filepath.Join(w.options.out, filepath.Base(number)+"."+extension), body, 0o644)
}

func (w *documentFiles) finish() error {
	say(w.cmd.OutOrStdout(), "%s document%s in %s\n", count(int64(w.written)), plural(w.written), quoted(w.options.out))
	if missing := slices.Sorted(maps.Keys(w.wanted)); len(missing) > 0 {
		return wrong("there is no document %q in the register", missing[0])
	}
	if w.refused > 0 {
		return fmt.Errorf("%d document%s cannot be written as %s", w.refused, plural(w.refused), w.options.as)
	}
	return nil
}
