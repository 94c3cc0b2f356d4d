package run

import "hash/fnv"

// A collector that writes a file a minute leaves hundreds of thousands of objects a month. A task, its result and its file
// for each would take more time and memory than what is in them, so that small objects are then done in groups.

const (
	// fewObjects of a source are done one by one: their tasks cost little, and each new object is all that a night has to do.
	fewObjects = 256
	// smallObject is how many bytes an object has at most that is done with others.
	smallObject = 64 << 10
	// A group ends behind an object whose key's hash is a multiple of usualGroup, so that it has about as many, or when it is
	// full. An object that comes or goes so changes the group that it lies in, and nearly never another.
	usualGroup, fullGroup = 64, 512
)

// groups divides the objects of a source among tasks: it returns the place behind the last one of each. In a group are only small
// objects, each a delivery of its own, for these are taken or refused one by one.
func groups(objects []Object) (ends []int) {
	few := len(objects) <= fewObjects
	first := 0
	for i := range objects {
		o := &objects[i]
		joins := !few && o.Size <= smallObject && o.Delivery == o.Key
		if !joins && i > first {
			ends, first = append(ends, i), i
		}
		if !joins || endsGroup(o.Key) || i+1-first == fullGroup || i+1 == len(objects) {
			ends, first = append(ends, i+1), i+1
		}
	}
	return ends
}

func endsGroup(key string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // it has no errors
	return h.Sum32()%usualGroup == 0
}

// pinned are the objects of the task.
func (t *Task) pinned(s *Spec) []Object {
	return s.Sources[t.Source].Objects[t.Object : t.Object+t.Objects]
}

// Objects are those that the task decodes.
func (r *Run) Objects(t *Task) []Object { return t.pinned(&r.Spec) }

// DeliveryOf names the delivery that a task decodes an object of. It is empty for a group: each of its objects is a delivery
// of its own, and what is refused of them the task itself leaves out.
func (s *Spec) DeliveryOf(t *Task) string {
	if t.Objects != 1 {
		return ""
	}
	pinned := &s.Sources[t.Source]
	return DeliveryName(pinned.Source, pinned.Objects[t.Object].Delivery)
}

// OneDelivery is the delivery of all of some objects; empty where each is one of its own.
func OneDelivery(objects []Object) string {
	if len(objects) != 1 {
		return ""
	}
	return objects[0].Delivery
}
