// Package requests is the step of the stage reconcile that says how customers' requests stand, and which charges they are about. The
// judging is package reconcile/requests'. Start with [Total].
package requests

import (
	"context"
	"errors"
	"slices"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/reconcile/requests"
	"daybook/schemas"
	"daybook/schemas/request"
	"daybook/schemas/service"
)

// Total writes how the requests stand of a book that has some, or to which some are delivered.
func Total(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	res := &run.Result{}
	b := in.Book()
	delivers := slices.ContainsFunc(b.Sources(), func(s schemas.Source) bool { return s.Format == schemas.CustomerRequests10 })
	if len(b.Requests()) == 0 && !delivers {
		return res, nil
	}
	_, day := in.Period().Days()
	if !in.AsOf().IsZero() {
		day = in.AsOf()
	}
	q := requests.Question{
		Period: in.Period(), AsOf: in.AsOf(), Day: day, Book: b.Requests(), Disputes: b.Challenges(), Changes: Applied(b.Accounts()),
		Known: func(id schemas.AccountID) bool {
			_, _, known := b.Account(id)
			return known
		},
	}
	earlier := map[schemas.Period]*run.Manifest{}
	for _, e := range in.Earlier() {
		m, err := run.ReadEarlier(ctx, in.Store(), e)
		if err != nil {
			return nil, err
		}
		earlier[e.Period] = m
		for _, o := range m.Outputs {
			if o.Dataset != request.Requests.Name {
				continue
			}
			if err := rows.ReadDelivered(ctx, in.Store(), o.Key, func(d request.Delivered) { q.Delivered = append(q.Delivered, d) }); err != nil {
				return nil, err
			}
		}
	}
	if err := delivered(ctx, in, &q); err != nil {
		return nil, err
	}
	stand, findings := q.Stand()
	if err := link(ctx, in, stand, earlier); err != nil {
		return nil, err
	}
	out, err := in.WriteRead(ctx, &request.Requests, func(write func(*dataset.Batch) error) error {
		return rows.AppendRequests(in.Period(), stand, write)
	}, nil)
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	found := in.NewFindings()
	defer found.Close()
	for i := range findings {
		found.Add(findings[i])
	}
	return res, found.Write(ctx, in, res)
}

// Applied are the changes of subscriptions that have a request's number, by that.
func Applied(accounts func(func(*schemas.Account, *schemas.Customer) bool)) map[string][]request.Asked {
	out := map[string][]request.Asked{}
	for a := range accounts {
		for i := range a.Subscriptions {
			s := &a.Subscriptions[i]
			for _, c := range s.Changes {
				if c.Request != "" {
					out[c.Request] = append(out[c.Request], request.Asked{Subscription: s.ID, Change: c})
				}
			}
		}
	}
	return out
}

// delivered takes what is delivered for the month.
func delivered(ctx context.Context, in *run.Inputs, q *requests.Question) error {
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return err
	}
	if objects, err = normalise.Taken(objects); err != nil {
		return err
	}
	zone := in.Book().Zone()
	return run.EachOutput(objects, service.EvidenceTable.Name, func(o run.Output) error {
		return rows.ReadEvidence(ctx, in.Store(), o.Key, func(r *service.EvidenceRow) error {
			if r.Format == schemas.CustomerRequests10 {
				q.Delivered = append(q.Delivered, of(r, zone))
			}
			return nil
		})
	})
}

func of(r *service.EvidenceRow, zone *time.Location) request.Delivered {
	lines, _ := request.ParseLines(r.Lines) // what is none was rejected
	return request.Delivered{
		ID: r.ID, Source: r.Source, Account: schemas.AccountID(r.Account), Kind: request.Kind(r.Kind), Received: schemas.DateOf(r.Known, zone), By: r.By,
		Text: r.Reason, Period: r.About, Lines: lines, State: request.State(r.Answer), Changed: schemas.DateOf(r.Start, zone), Object: r.Object, Row: r.Row,
	}
}

// link finds the charges that requests are about, in the run at hand or in that of an earlier month, and reads those of their accounts alone.
func link(ctx context.Context, in *run.Inputs, stand []request.Standing, earlier map[schemas.Period]*run.Manifest) error {
	shards, err := in.Results(ctx, "rate/shard")
	if err != nil {
		return err
	}
	var now []string
	err = run.EachOutput(shards, schemas.Charges.Name, func(o run.Output) error {
		now = append(now, o.Key)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range stand {
		s := &stand[i]
		var files []string
		if m := earlier[s.Month]; m != nil {
			files = m.FilesOf(&schemas.Charges)(s.Account)
		} else if s.Month == in.Period() {
			files = now
		}
		charges, err := Charges(ctx, in.Store(), files, s)
		if err != nil {
			return err
		}
		s.Linked = slices.Clone(s.Charges)
		for k := range charges {
			if !slices.Contains(s.Linked, charges[k].ID) {
				s.Linked = append(s.Linked, charges[k].ID)
			}
		}
	}
	return nil
}

// Charges are those in files of charges that a request is about, in the order of the files.
func Charges(ctx context.Context, s store.Store, files []string, r *request.Standing) (out []schemas.Charge, err error) {
	if len(r.Lines) == 0 && len(r.Charges) == 0 {
		return nil, nil
	}
	for _, key := range files {
		file, err := rows.OpenAccounts(ctx, s, key, &schemas.Charges, schemas.ChargeBillingAccountId, nil)
		if err != nil {
			return nil, err
		}
		err = file.Read(r.Account, func(b *dataset.Batch, from, to int) error {
			for i := from; i < to; i++ {
				c, err := rows.ChargeAt(b, i)
				if err != nil {
					return err
				}
				if slices.Contains(r.Charges, c.ID) || slices.ContainsFunc(r.Lines, func(l request.Subject) bool { return l.Names(c) }) {
					out = append(out, *c)
				}
			}
			return nil
		})
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
	}
	return out, nil
}
