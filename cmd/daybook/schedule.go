package main

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/register"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// scheduleOptions are those of the verb schedule.
type scheduleOptions struct {
	run  runOptions
	once bool
}

func newSchedule() *cobra.Command {
	o := scheduleOptions{run: runOptions{memory: defaultMemory}}
	cmd := &cobra.Command{
		Use:   "schedule BOOK",
		Short: "Wake at the book's schedule and run the periods that are due",
		Long: `schedule stays in the foreground and wakes at the book's schedule (cron fields, in UTC). Each time it runs
every period that is due and not committed, so missed nights, restarts and clock changes heal by themselves.
It never runs two at once. The first look is at once. Then it closes the months for which closings.csv of the book has a row whose
date has come, and no others.

With --once the exit code is that of the run that went worst, and 0 if nothing was due.`,
		Example: `  daybook schedule mycloud
  daybook schedule mycloud --once     one look, for an outer cron or a timer unit`,
		Args: exactly("book (a directory)"),
		RunE: func(cmd *cobra.Command, args []string) error { return runSchedule(cmd, args[0], o) },
	}
	o.run.flags(cmd)
	cmd.Flags().IntVar(&o.run.workers, "workers", defaultWorkers(), "tasks at a time")
	cmd.Flags().BoolVar(&o.once, "once", false, "look once and end")
	return cmd
}

func runSchedule(cmd *cobra.Command, dir string, o scheduleOptions) error {
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	if _, err := pipeline.ParseSchedule(b.Provider.Schedule.Cron); err != nil {
		return &exitError{exitWrong, err}
	}
	if o.once {
		return tick(cmd.Context(), cmd, dir, o)
	}
	report := func(err error) { sayError(cmd.ErrOrStderr(), "daybook schedule: ", err) }
	look := func(ctx context.Context) {
		// An exit code without an error has been said in words already, by the summaries.
		if err := tick(ctx, cmd, dir, o); err != nil && !errors.Is(err, errSaid) {
			report(err)
		}
	}
	look(cmd.Context())
	return pipeline.Wake(cmd.Context(), b.Provider.Schedule.Cron, look, report)
}

// tick runs what is due now. It reads the book anew, since the book may have changed since the last tick. A period that
// fails does not keep the others from running.
func tick(ctx context.Context, cmd *cobra.Command, dir string, o scheduleOptions) error {
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	s, _, err := openPlace(ctx, "store", o.run.store, b.Provider.Store, dir)
	if err != nil {
		return err
	}
	arrived, err := o.arrived(ctx, cmd, b, s, dir)
	if err != nil {
		return err
	}
	due, err := pipeline.Due(&b.Provider, time.Now(), func(p schemas.Period) (bool, error) { return upToDate(ctx, cmd, s, b.Provider.ID, p, arrived) })
	if err != nil {
		return err
	}
	worst := exitDone
	for period, err := range due {
		if err := cmp.Or(err, ctx.Err()); err != nil {
			return err
		}
		say(cmd.ErrOrStderr(), "%s is due\n", period)
		o.run.period = string(period)
		err := runRun(cmd, dir, o.run)
		exit := exitOf(ctx, err)
		if exit.err != nil {
			sayError(cmd.ErrOrStderr(), "daybook: "+string(period)+": ", exit.err)
		}
		if graver(exit.code, worst) {
			worst = exit.code
		}
	}
	code, err := o.closeDue(ctx, cmd, b, s, dir)
	if err != nil {
		return err
	}
	if graver(code, worst) {
		worst = code
	}
	if worst == exitDone {
		return nil
	}
	return &exitError{code: worst}
}

// closeDue closes the months for which the book has a row whose date has come and that the register does not have: no other. It
// returns the gravest exit code of them.
func (o *scheduleOptions) closeDue(ctx context.Context, cmd *cobra.Command, b *book.Book, s store.Store, dir string) (worst int, err error) {
	if len(b.Closings) == 0 {
		return exitDone, nil
	}
	all, err := register.Read(ctx, s, b.Provider.ID)
	if err != nil {
		return exitDone, err
	}
	due := map[schemas.Period]int{}
	today := schemas.DateOf(time.Now(), b.Zone)
	for _, row := range b.Closings {
		if !row.Issued.After(today) {
			due[row.Period]++
		}
	}
	worst = exitDone
	for _, period := range slices.Sorted(maps.Keys(due)) {
		if due[period] <= len(all.Of(period)) {
			continue
		}
		say(cmd.ErrOrStderr(), "%s is to be closed\n", period)
		exit := exitOf(ctx, runClose(cmd, dir, closeOptions{places: o.run.places, period: string(period)}))
		if exit.err != nil && !errors.Is(exit.err, errSaid) {
			sayError(cmd.ErrOrStderr(), "daybook: "+string(period)+": ", exit.err)
		}
		if graver(exit.code, worst) {
			worst = exit.code
		}
	}
	return worst, nil
}

// arrived is what has come for months that have been run, by month. Where nothing can be looked for, every month's own run says
// why.
func (o *scheduleOptions) arrived(ctx context.Context, cmd *cobra.Command, b *book.Book, s store.Store, dir string) (map[schemas.Period][]run.Arrived, error) {
	landing, _, err := o.run.openLanding(ctx, b.Provider.Landing, dir)
	if err != nil {
		return nil, err
	}
	all, err := pipeline.Arrived(ctx, b, run.Places{Landing: landing, Store: s}, o.run.workers)
	if err != nil {
		return nil, err
	}
	byMonth := map[schemas.Period][]run.Arrived{}
	for i := range all {
		byMonth[all[i].Period] = append(byMonth[all[i].Period], all[i])
		say(cmd.ErrOrStderr(), "%s\n", all[i].String())
	}
	return byMonth, nil
}

// upToDate reports whether a month has a run of all that has come for it, and of the runs before it that are current. A pointer or
// a manifest that cannot be read makes its month due, whose run mends it, and is in no other's way. A month of which objects are
// gone is not run again by itself, because it would be billed without them.
func upToDate(ctx context.Context, cmd *cobra.Command, s store.Store, entity string, p schemas.Period, arrived map[schemas.Period][]run.Arrived) (bool, error) {
	standing, err := pipeline.ReadStanding(ctx, s, entity)
	if err != nil {
		return false, err
	}
	if standing.Closed(p) && len(standing.Register.Waiting(p, register.Held)) == 0 {
		return true, nil // what was issued stands, and what came since is corrected in the months after it
	}
	m, err := run.ReadPointed(ctx, s, p)
	if err != nil {
		return false, nil
	}
	for _, a := range arrived[p] {
		if a.Gone > 0 {
			say(cmd.ErrOrStderr(), "%s is left as it is\n", p)
			return true, nil
		}
	}
	if len(arrived[p]) > 0 {
		return false, nil
	}
	outdated, err := standing.Outdated(ctx, m)
	return len(outdated) == 0, err
}

// graver reports whether the first exit code is worse news than the second.
func graver(a, b int) bool {
	order := []int{exitDone, exitFindings, exitIncomplete, exitWrong, exitBroke}
	return slices.Index(order, a) > slices.Index(order, b)
}
