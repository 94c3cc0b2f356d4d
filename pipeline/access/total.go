package access

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	judge "daybook/reconcile/access"
	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/money"
)

// Total holds the register against the peers' lists at the end of the data, says how much of each peer's use it accounts for, and
// makes findings of what is not in order.
func Total(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	res := &run.Result{}
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return nil, err
	}
	if res.Control.Looked, err = credentials(ctx, in, objects, func(*access.Credential) {}); err != nil {
		return nil, err
	}
	register, err := registerOf(ctx, in)
	if err != nil || register == nil {
		return res, err
	}
	at, err := endOf(ctx, in)
	if err != nil {
		return nil, err
	}
	all, err := gather(ctx, in)
	if err != nil {
		return nil, err
	}
	held := register.Held(in.Period(), at)
	cover := register.Cover(in.Period(), held, all.Counted)
	for _, x := range []struct {
		table *schemas.Table
		fill  func(write func(*dataset.Batch) error) error
	}{
		{&access.Identities, func(write func(*dataset.Batch) error) error { return rows.AppendHeld(held, write) }},
		{&access.Coverages, func(write func(*dataset.Batch) error) error { return rows.AppendCoverage(cover, write) }},
	} {
		out, err := in.WriteRead(ctx, x.table, x.fill, nil)
		if err != nil {
			return nil, err
		}
		res.Outputs = append(res.Outputs, out)
	}
	found := in.NewFindings()
	defer found.Close()
	for _, f := range slices.Concat(register.OfUse(all.Wrong), register.OfRegister(held, all.Spent, at)) {
		found.Add(f)
	}
	return res, found.Write(ctx, in, res)
}

// gather merges what the shards left, in order.
func gather(ctx context.Context, in *run.Inputs) (*left, error) {
	shards, err := in.Results(ctx, "reconcile/access")
	if err != nil {
		return nil, err
	}
	all := &left{}
	counted, spent := map[paid]*judge.Counted{}, map[paid]*judge.Spent{}
	for _, res := range shards {
		part, err := run.Left[left](res)
		if err != nil {
			return nil, err
		}
		all.Wrong = append(all.Wrong, part.Wrong...)
		for i := range part.Counted {
			c := &part.Counted[i]
			k := paid{string(c.Peer), c.Currency}
			if counted[k] == nil {
				counted[k] = &judge.Counted{Peer: c.Peer, Currency: c.Currency}
			}
			sum := counted[k]
			if err := addAll(c.Peer, [][2]*money.Fixed{{&sum.Billed, &c.Billed}, {&sum.ByKnown, &c.ByKnown}, {&sum.Entitled, &c.Entitled}}); err != nil {
				return nil, err
			}
		}
		for i := range part.Spent {
			x := &part.Spent[i]
			k := paid{x.Identity, x.Currency}
			if spent[k] == nil {
				spent[k] = &judge.Spent{Identity: x.Identity, Currency: x.Currency}
			}
			if err := addAll(schemas.PeerID(x.Identity), [][2]*money.Fixed{{&spent[k].Billed, &x.Billed}}); err != nil {
				return nil, err
			}
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(counted), paid.compare) {
		all.Counted = append(all.Counted, *counted[k])
	}
	for _, k := range slices.SortedFunc(maps.Keys(spent), paid.compare) {
		all.Spent = append(all.Spent, *spent[k])
	}
	return all, nil
}

// addAll adds the second of each pair to the first.
func addAll(of schemas.PeerID, sums [][2]*money.Fixed) (err error) {
	for _, x := range sums {
		if *x[0], err = x[0].Add(*x[1]); err != nil {
			return fmt.Errorf("add up the use of %s: %w", of, err)
		}
	}
	return nil
}
