package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"daybook/pipeline/again"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
)

// runAgain does a past run anew, in a directory of its own that goes afterwards.
func runAgain(cmd *cobra.Command, r *run.Run, dir string, o runOptions) (err error) {
	ctx, today := cmd.Context(), r.Book
	if o.asOf != "" || o.until != "" || o.shards != 0 {
		return wrong("--again does a run as it was: --as-of, --until and --shards are those of the run")
	}
	m, err := pastRun(ctx, r.Store, o, dir)
	if err != nil {
		return err
	}
	place, err := os.MkdirTemp(o.scratch, "daybook-again-")
	if err != nil {
		return fmt.Errorf("make a directory for what the run writes; name a place for it with --scratch: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(place)) }()
	aside, err := store.OpenScratch(filepath.Join(place, "store"))
	if err != nil {
		return err
	}
	if r.Scratch, err = store.OpenScratch(filepath.Join(place, "scratch")); err != nil {
		return err
	}
	r.SpillDir = place
	limitMemory(r.Budget * int64(o.workers))
	found, err := again.Do(ctx, r, m, aside, o.workers)
	if gone, ok := errors.AsType[*again.GoneError](err); ok {
		return errors.Join(sayGone(cmd.OutOrStdout(), gone, o.json),
			fmt.Errorf("%w; put them back, or daybook run %s --period %s does %s with what is there now", gone, dir, gone.Period, gone.Period))
	}
	if errors.Is(err, run.ErrNoBook) {
		return fmt.Errorf("run %.8s of %s cannot be done again: %w", m.Run, m.Spec.Period, err)
	}
	if err != nil {
		return err
	}
	result, err := again.Judge(ctx, found, today)
	if err != nil {
		return err
	}
	if o.json {
		err = sayJSON(cmd.OutOrStdout(), result, "  ")
	} else {
		printAgain(cmd.OutOrStdout(), result)
	}
	if err == nil && result.Verdict == again.Differs {
		err = &exitError{code: exitFindings}
	}
	return err
}

// sayGone lists the objects without which a run cannot be done again.
func sayGone(out io.Writer, gone *again.GoneError, asJSON bool) error {
	if asJSON {
		return sayJSON(out, gone, "  ")
	}
	for _, object := range gone.Objects {
		say(out, "%s\n", object)
	}
	return nil
}

// pastRun finds the run that is named, of the period that is named or of any.
func pastRun(ctx context.Context, s store.Store, o runOptions, dir string) (*run.Manifest, error) {
	finder := diffOptions{period: o.period}
	period, id, err := finder.whichPeriod(ctx, s, []string{o.again}, dir)
	if err != nil {
		return nil, err
	}
	return run.ReadManifest(ctx, s, period, id)
}

// printAgain shows how a run came out on one screen.
func printAgain(out io.Writer, a *again.Verdict) {
	say(out, "%s  run %s, done again with the book and the deliveries that it used\n\n", a.Period, a.Run)
	total := int64(a.Objects + len(a.Others))
	switch a.Verdict {
	case again.SameBytes:
		say(out, "  same bytes: all %s objects that it wrote\n", count(total))
		return
	case again.SameRows:
		say(out, "  same rows: every dataset holds what it held; %s of %s objects have other bytes\n", count(int64(len(a.Others))), count(total))
	default:
		say(out, "  differs: %s of %s objects have other bytes\n", count(int64(len(a.Others))), count(total))
	}
	if len(a.Causes) > 0 {
		say(out, "\n  because of\n")
		var rows [][]string
		for i := range a.Causes {
			rows = append(rows, []string{"  " + kindNames[a.Causes[i].Kind], a.Causes[i].Words()})
		}
		printRows(out, rows, len(rows[0]))
	} else {
		say(out, "\n  The specs are the same, so this must not be: what the store holds of the run is damaged, or the code is not what it says.\n"+
			"  The objects:\n")
		for _, key := range a.Others[:min(len(a.Others), 10)] {
			say(out, "    %s\n", key)
		}
	}
	if i := slices.IndexFunc(a.Datasets, func(r again.Rows) bool { return !r.Same }); i >= 0 {
		say(out, "\n")
		rows := [][]string{{"dataset", "rows before", "rows after", ""}}
		for _, r := range a.Datasets {
			verdict := "differ"
			if r.Same {
				verdict = "the same"
			}
			rows = append(rows, []string{r.Dataset, count(r.Before), count(r.After), verdict})
		}
		printRows(out, rows, 1)
	}
	if a.Charges != nil {
		say(out, "\n")
		printDiff(out, a.Charges, "")
	}
}
