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
// objects, which are all of one delivery, or each a delivery of its own: these are taken or refused one by one.
func groups(objects []Object) (ends []int) {
	few := len(objects) <= fewObjects
	first := 0
	for i := range objects {
		o := &objects[i]
		large := few || o.Size > smallObject
		if i > first && (large || !alike(&objects[first], o)) {
			ends, first = append(ends, i), i
		}
		if large || endsGroup(o.Key) || i+1-first == fullGroup || i+1 == len(objects) {
			ends, first = append(ends, i+1), i+1
		}
	}
	return ends
}

// alike reports whether two objects are of one delivery, or each is one of its own.
func alike(a, b *Object) bool {
	return a.Delivery == b.Delivery || a.Delivery == a.Key && b.Delivery == b.Key
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

// DeliveryOf names the delivery that a task decodes objects of. It is empty for a group in which each object is a delivery of its
// own: what is refused of these the task itself leaves out.
func (s *Spec) DeliveryOf(t *Task) string {
	one := OneDelivery(t.pinned(s))
	if one == "" {
		return ""
	}
	return DeliveryName(s.Sources[t.Source].Source, one)
}

// OneDelivery is the delivery of all the objects of a task; empty where each is one of its own.
func OneDelivery(objects []Object) string {
	if n := len(objects); n > 0 && objects[0].Delivery == objects[n-1].Delivery { // those between are alike
		return objects[0].Delivery
	}
	return ""
}
