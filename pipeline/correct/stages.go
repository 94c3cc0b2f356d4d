package correct

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/rate"
	"daybook/pipeline/run"
	"daybook/schemas/correction"
)

// stage is a way of rating again, which differs from the one before by one part that is replaced by today's.
type stage struct {
	cause correction.Cause
	// at is the place of the cause among all.
	at int
	// recast rates; shared says that it is that of the stage before. without says that what came late is left out.
	recast          *rate.Recast
	shared, without bool
}

// then is the basis of what was charged so far, with its book; no book where the store does not keep one that can be read.
type then struct {
	run    *run.Manifest
	book   *book.Book
	untold string
}

// thenOf is that of a task's run, opened once for all tasks of this process.
func thenOf(ctx context.Context, in *run.Inputs) (*then, error) {
	return run.Shared(in, "what was charged so far", func(in *run.Inputs) (*then, error) {
		set, err := rate.SettingOf(ctx, in)
		if err != nil {
			return nil, err
		}
		m, err := set.Basis(ctx)
		if err != nil || m == nil {
			return &then{untold: "no run before this one stands"}, err
		}
		t := &then{run: m}
		t.book, err = run.OpenBook(ctx, in.Store(), &m.Spec)
		unsound, is := errors.AsType[*run.UnsoundBookError](err)
		switch {
		case errors.Is(err, run.ErrNoBook):
			t.untold = fmt.Sprintf("the store does not keep the book of run %.8s of %s", m.Run, m.Spec.Period)
		case is:
			t.untold = unsound.Error()
		default:
			return t, err
		}
		return t, nil
	})
}

// prepare makes the stages for the accounts of the shard.
func (x *shard) prepare(who []rate.Retaken) error {
	was, err := thenOf(x.ctx, x.in)
	if err != nil {
		return err
	}
	set, err := rate.SettingOf(x.ctx, x.in)
	if err != nil {
		return err
	}
	normalised, err := x.in.Results(x.ctx, "normalise/shard")
	if err != nil {
		return err
	}
	files := rate.FilesOf(normalised)
	x.proof = newEvidence(x, was, set, files)
	if was.run != nil {
		x.basis = was.run.Run
	}
	for _, next := range x.replacing(was) {
		s := stage{cause: next.cause, at: slices.Index(correction.Causes(), next.cause), without: next.without}
		if n := len(x.stages); n > 0 && next.book == nil {
			s.recast, s.shared = x.stages[n-1].recast, true
		} else if s.recast, err = set.Recast(x.ctx, *next.book, who, files); err != nil {
			if next.last {
				return err
			}
			continue // what lies between the books of then and now is no book: it counts for the next cause
		}
		x.stages = append(x.stages, s)
	}
	return nil
}

// replaced is a stage to be: nil is the book of the stage before. The last one has today's.
type replaced struct {
	cause         correction.Cause
	book          *run.Book
	without, last bool
}

// replacing are the stages that the causes are told by: those of which book and usage say the same then and now are left out.
func (x *shard) replacing(was *then) []replaced {
	now := x.in.Book()
	if was.book == nil {
		return []replaced{{cause: correction.Untold, book: &now, last: true}}
	}
	before := run.WholeBook(was.book)
	out := []replaced{{cause: correction.Code, book: &before, without: true}, {cause: correction.Usage}}
	today := now.ForRating()
	var cuts []book.Cut
	for _, c := range book.Cuts() {
		if was.book.Says(c, today) {
			continue
		}
		cuts = append(cuts, c)
		b := run.WholeBook(was.book.With(today, cuts...))
		out = append(out, replaced{cause: correction.Cause(c), book: &b})
	}
	last := &out[len(out)-1]
	last.book, last.last = &now, true
	return out
}
