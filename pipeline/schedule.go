package pipeline

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/robfig/cron/v3"

	"daybook/schemas"
)

// Due yields the periods to run at an instant, oldest first: every period that is still open (its last day is no more
// than CloseAfterDays ago), and every earlier one back to the provider's first that is not up to date. Each is judged when its turn
// comes, because running one may make those after it outdated. An open period whose inputs have not changed costs a look and no work.
// Because due periods follow from what is committed and delivered, and not from which ticks were heard, missed nights and
// restarts heal by themselves.
func Due(p *schemas.Provider, now time.Time, upToDate func(schemas.Period) (bool, error)) (iter.Seq2[schemas.Period, error], error) {
	zone, err := p.Location()
	if err != nil {
		return nil, err
	}
	last := schemas.PeriodOf(now, zone)
	first := p.FirstPeriod
	if first == "" {
		first = last.Previous()
	}
	return func(yield func(schemas.Period, error) bool) {
		for period := first; period <= last; period = period.Next() {
			_, end := period.Bounds(zone)
			if !now.Before(end.AddDate(0, 0, p.Schedule.CloseAfterDays)) {
				done, err := upToDate(period)
				if err != nil && !yield(period, fmt.Errorf("look for a run of %s: %w", period, err)) {
					return
				}
				if done || err != nil {
					continue
				}
			}
			if !yield(period, nil) {
				return
			}
		}
	}, nil
}

// ParseSchedule checks a schedule of five cron fields.
func ParseSchedule(spec string) (cron.Schedule, error) {
	s, err := cron.ParseStandard(spec)
	if err != nil {
		return nil, fmt.Errorf("schedule %q: %w; write five fields such as \"30 2 * * *\" (02:30 UTC every night)", spec, err)
	}
	return s, nil
}

// Wake calls tick at each time of the schedule, in UTC, until ctx is done. The schedule only wakes: what to do is tick's
// to find out from the state, so that ticks doubled or lost at a clock change do no harm. A tick that comes while another
// is at work is skipped, and a panic in one is reported and does not end the schedule.
func Wake(ctx context.Context, spec string, tick func(context.Context), report func(error)) error {
	schedule, err := ParseSchedule(spec)
	if err != nil {
		return err
	}
	logger := cronLogger{report}
	// Recover is the innermost wrapper: outside it a panic would leave the skip's token taken, and no tick would run again.
	c := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(logger),
		cron.WithChain(cron.SkipIfStillRunning(logger), cron.Recover(logger)))
	c.Schedule(schedule, cron.FuncJob(func() { tick(ctx) }))
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	return nil
}

// cronLogger passes what goes wrong on; that a tick came is no news.
type cronLogger struct{ report func(error) }

func (l cronLogger) Info(msg string, _ ...any) {
	if msg == "skip" {
		l.report(fmt.Errorf("a tick came while a run was at work; it was skipped, and the next one looks again"))
	}
}

func (l cronLogger) Error(err error, msg string, _ ...any) {
	l.report(fmt.Errorf("schedule: %s: %w", msg, err))
}
