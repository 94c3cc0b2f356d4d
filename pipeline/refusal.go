package pipeline

import (
	"encoding/json"
	"fmt"

	"daybook/schemas"
)

// deliveryName tells deliveries of all sources apart.
func deliveryName(source schemas.SourceID, delivery string) string {
	return string(source) + "\x00" + delivery
}

// refusal is why a delivery was not taken.
type refusal struct {
	// waived says that the book lets the period be complete without it.
	waived bool
}

// refusals are the deliveries of which an object could not be trusted. A delivery is refused whole: half of a snapshot is
// no snapshot.
func refusals(s *Spec, plan []Wave, results [][]*Result) (map[string]refusal, error) {
	for i := range plan {
		if plan[i].Width == PerObject {
			return refusedDeliveries(s, plan[i].Tasks, results[i])
		}
	}
	return nil, nil
}

func refusedDeliveries(s *Spec, tasks []Task, results []*Result) (map[string]refusal, error) {
	refused := map[string]refusal{}
	for j, res := range results {
		p, err := objectOf(res)
		if err != nil {
			return nil, err
		}
		if p.Refused {
			pinned := &s.Sources[tasks[j].Source]
			name := deliveryName(pinned.Source, pinned.Objects[tasks[j].Object].Delivery)
			before, again := refused[name]
			refused[name] = refusal{waived: p.Waived && (!again || before.waived)}
		}
	}
	return refused, nil
}

// objectOf returns what normalising an object left for later steps. It is read once: every shard asks for it.
func objectOf(res *Result) (objectPartial, error) {
	res.object.once.Do(func() {
		if err := json.Unmarshal(res.Partial, &res.object.left); err != nil {
			res.object.err = fmt.Errorf("%s: read its result: %w", res.Task, err)
		}
	})
	return res.object.left, res.object.err
}
