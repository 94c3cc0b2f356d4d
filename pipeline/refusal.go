package pipeline

import (
	"encoding/json"
	"fmt"
)

// deliveryName tells deliveries of all sources apart.
func deliveryName(p *Pinned, o *Object) string { return string(p.Source) + "\x00" + o.Delivery }

// refusals are the deliveries of which an object could not be trusted. A delivery is refused whole: half of a snapshot is
// no snapshot.
func refusals(s *Spec, plan []Wave, results [][]*Result) (map[string]bool, error) {
	for i := range plan {
		if plan[i].Width == PerObject {
			return refusedDeliveries(s, plan[i].Tasks, results[i])
		}
	}
	return nil, nil
}

func refusedDeliveries(s *Spec, tasks []Task, results []*Result) (map[string]bool, error) {
	refused := map[string]bool{}
	for j, res := range results {
		p, err := objectOf(res)
		if err != nil {
			return nil, err
		}
		if p.Refused {
			pinned := &s.Sources[tasks[j].Source]
			refused[deliveryName(pinned, &pinned.Objects[tasks[j].Object])] = true
		}
	}
	return refused, nil
}

// objectOf reads what normalising an object left for later steps.
func objectOf(res *Result) (p objectPartial, err error) {
	if err = json.Unmarshal(res.Partial, &p); err != nil {
		err = fmt.Errorf("%s: read its result: %w", res.Task, err)
	}
	return p, err
}
