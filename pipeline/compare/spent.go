package compare

import (
	"context"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/reconcile/bills"
	"daybook/schemas"
)

// spentBefore is what was spent in the terms of commitments up to the end of the month before; nothing is read where there are none.
func spentBefore(ctx context.Context, in *run.Inputs, c *bills.Contracts) ([]bills.Spent, error) {
	if !c.Carries() {
		return nil, nil
	}
	return SpentBefore(ctx, in.Store(), in.Earlier(), in.Period(), c)
}

// SpentBefore is what was spent in the terms of commitments up to the end of the month before a period, by the run of that month among
// earlier ones.
func SpentBefore(ctx context.Context, st store.Store, earlier []run.Earlier, p schemas.Period, c *bills.Contracts) ([]bills.Spent, error) {
	if !c.Carries() {
		return nil, nil
	}
	keys, err := outputsBefore(ctx, st, earlier, p, &schemas.PeerMatches)
	if err != nil {
		return nil, err
	}
	var matches []schemas.PeerMatch
	columns := []int{schemas.MatchContractId, schemas.MatchServiceName, schemas.MatchBasis, schemas.MatchMeteredQuantity, schemas.MatchBilledQuantity}
	for _, key := range keys {
		err := rows.ScanTable(ctx, st, key, &schemas.PeerMatches, columns, func(b *dataset.Batch) error {
			for i := range b.Rows {
				matches = append(matches, schemas.PeerMatch{
					Contract: schemas.ContractID(b.Columns[schemas.MatchContractId].StringAt(i)), Service: b.Columns[schemas.MatchServiceName].StringAt(i),
					Basis:   schemas.RateBasis(b.Columns[schemas.MatchBasis].StringAt(i)),
					Metered: b.Columns[schemas.MatchMeteredQuantity].Decs[i].Decimal(), Billed: b.Columns[schemas.MatchBilledQuantity].Decs[i].Decimal(),
				})
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read what was spent of commitments in %s: %w", p.Previous(), err)
		}
	}
	return bills.SpentIn(matches), nil
}
