package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"daybook/pipeline"
	"daybook/pipeline/book"
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
It never runs two at once. The first look is at once.

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
	due, err := pipeline.Due(&b.Provider, time.Now(), func(p schemas.Period) (bool, error) { return upToDate(ctx, cmd, s, p, arrived) })
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
	if worst == exitDone {
		return nil
	}
	return &exitError{code: worst}
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
func upToDate(ctx context.Context, cmd *cobra.Command, s store.Store, p schemas.Period, arrived map[schemas.Period][]run.Arrived) (bool, error) {
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
	current := map[schemas.Period]schemas.RunID{}
	for _, e := range m.Before() {
		if c, _, err := run.ReadCurrent(ctx, s, e); err == nil {
			current[e] = c.Run
		}
	}
	return len(m.Outdated(current)) == 0, nil
}

// graver reports whether the first exit code is worse news than the second.
func graver(a, b int) bool {
	order := []int{exitDone, exitFindings, exitIncomplete, exitWrong, exitBroke}
	return slices.Index(order, a) > slices.Index(order, b)
}
