package run

import "daybook/schemas"

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
			if t := &plan[i].Tasks[j]; res.Refused != nil {
				pinned := &s.Sources[t.Source]
				refused[DeliveryName(pinned.Source, pinned.Objects[t.Object].Delivery)] = true
			}
		}
	}
	return refused
}
