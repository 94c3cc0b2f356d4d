package run

import (
	"slices"

	"daybook/schemas"
)

// DeliveryName tells deliveries of all sources apart.
func DeliveryName(source schemas.SourceID, delivery string) string {
	return string(source) + "\x00" + delivery
}

// refusals are the deliveries of which an object could not be trusted. A delivery is refused whole: half of a snapshot is
// no snapshot.
func refusals(s *Spec, plan []Wave, results [][]*Result) map[string]bool {
	refused := map[string]bool{}
	for i := range plan {
		if plan[i].step.Width != PerObject {
			continue
		}
		for j, res := range results[i] {
			for k := range res.Refusals {
				refused[DeliveryName(s.Sources[plan[i].Tasks[j].Source].Source, res.Refusals[k].Delivery)] = true
			}
		}
	}
	return refused
}

// Refuses reports whether the task refused anything that the book does not waive.
func (res *Result) Refuses() bool {
	return slices.ContainsFunc(res.Refusals, func(r Refusal) bool { return !r.Waived })
}
