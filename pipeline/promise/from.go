package promise

import (
	"context"

	"daybook/pipeline/normalise"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/service"
)

// From is what the promises of a run are judged by: the book, the runs before it, and the objects in the store that hold the run's
// evidence, usage and charges.
type From struct {
	Book    run.Book
	Store   store.Store
	Period  schemas.Period
	AsOf    schemas.Date
	Open    bool
	Earlier []run.Earlier
	// Evidence, Usage and Charges are the keys of the objects.
	Evidence, Usage, Charges []string
}

// fromInputs is that of a task; taken are the results whose evidence counts, which is of no delivery that was refused.
func fromInputs(ctx context.Context, in *run.Inputs) (f *From, taken []*run.Result, err error) {
	f = &From{Book: in.Book(), Store: in.Store(), Period: in.Period(), AsOf: in.AsOf(), Open: in.Open(), Earlier: in.Earlier()}
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return nil, nil, err
	}
	if taken, err = normalise.Taken(objects); err != nil {
		return nil, nil, err
	}
	f.Evidence = keysOf(taken, &service.EvidenceTable)
	normalised, err := in.Results(ctx, "normalise/shard")
	if err != nil {
		return nil, nil, err
	}
	f.Usage = keysOf(normalised, &schemas.Usage)
	charged, err := in.Results(ctx, "rate/shard")
	if err != nil {
		return nil, nil, err
	}
	f.Charges = keysOf(charged, &schemas.Charges)
	return f, taken, nil
}

func keysOf(results []*run.Result, table *schemas.Table) (keys []string) {
	for _, res := range results {
		for _, o := range res.Outputs {
			if o.Dataset == table.Name {
				keys = append(keys, o.Key)
			}
		}
	}
	return keys
}
