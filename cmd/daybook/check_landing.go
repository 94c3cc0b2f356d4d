package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/source"
	"daybook/pipeline/source/delivery"
	objects "daybook/pipeline/source/seen"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// sighting is what was seen of a source.
type sighting struct {
	Source   schemas.SourceID `json:"source"`
	Object   string           `json:"object,omitempty"`
	Declared schemas.Format   `json:"declared,omitempty"`
	Seen     string           `json:"seen,omitempty"`
	// Wrong says why the source does not read it.
	Wrong string `json:"wrong,omitempty"`
}

// checkLanding looks at what was delivered for each source.
func checkLanding(cmd *cobra.Command, b *book.Book, dir string, o checkOptions) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	landing, _, err := openPlace(ctx, "landing", "", b.Provider.Landing, dir)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	misfits := 0
	for i := range b.Sources {
		x, err := look(ctx, landing, &b.Sources[i])
		if err != nil {
			return fmt.Errorf("look at source %s: %w", b.Sources[i].ID, err)
		}
		if x.Wrong != "" {
			misfits++
		}
		if o.json {
			if err := sayJSON(out, x, ""); err != nil {
				return err
			}
			continue
		}
		say(w, "%s\t%s\t%s\n", x.Source, x.Object, x.verdict())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if misfits > 0 {
		return wrong("what was delivered does not fit %d source%s", misfits, plural(misfits))
	}
	return nil
}

// verdict says in a sentence what was seen, and whether it fits.
func (x *sighting) verdict() string {
	switch {
	case x.Object == "":
		return "nothing was delivered"
	case x.Wrong != "" && x.Seen == "":
		return x.Wrong
	case x.Wrong != "":
		return x.Seen + ": " + x.Wrong
	case x.Declared == "":
		return x.Seen + ", which was found"
	default:
		return x.Seen + ", read as " + string(x.Declared)
	}
}

// errEnough ends the decoding of an object of which enough was seen.
var errEnough = errors.New("enough was seen")

// look looks at the newest object of a source.
func look(ctx context.Context, landing store.Store, src *schemas.Source) (*sighting, error) {
	x := &sighting{Source: src.ID, Declared: src.Format}
	newest, err := delivery.Newest(ctx, landing, src)
	if err != nil || newest.Key == "" {
		return x, err
	}
	x.Object = newest.Key
	at, size, err := store.OpenReaderAt(ctx, landing, newest.Key)
	if err != nil {
		return x, err
	}
	defer at.Close()
	s, err := objects.Look(ctx, newest.Key, at, size, src.Limits)
	if refused, is := errors.AsType[*schemas.RefusedError](err); is {
		x.Wrong = refused.Reason
		return x, nil
	}
	if err != nil || src.Format.IsEvidence() {
		x.Seen = s.Is
		return x, err
	}
	x.Seen = s.Is // if it does not fit, why says what would read it
	if s.Format != "" && (src.Format == "" || src.Format == s.Format) {
		x.Seen = s.String()
	}
	_, err = source.Decode(ctx, src, source.Input{Key: newest.Key, At: at, Size: size}, source.Sink{
		Rows: func(*dataset.Batch) error { return errEnough }, Finding: func(schemas.Finding) error { return nil },
	})
	if refused, is := errors.AsType[*schemas.RefusedError](err); is {
		x.Wrong = refused.Reason
		return x, nil
	}
	if errors.Is(err, errEnough) {
		err = nil
	}
	return x, err
}
