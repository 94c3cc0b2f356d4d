package source

import (
	"math/bits"

	"daybook/pipeline/source/wire"
)

// shape is the members of an event in the order in which they stood on a line, with all that stood between their values.
// Nearly every line of a delivery has the shape of one before it, and then each name takes one comparison, and none is
// looked up. A line that differs in any byte outside of the values is scanned by event.object, as the first ones are; a
// value that is not a plain string is scanned by event.value in either case, so that the two cannot read a line differently.
type shape struct {
	steps []step
	// tail is what stands behind the last value, with the line feed.
	tail wire.Gap
	// lines counts those that had the shape.
	lines int
}

// step is a value and what stands before it.
type step struct {
	before wire.Gap
	// slot is the place of its start in the row; that of values that no field takes is behind the row, where the next begins.
	slot int
	// plain says that a string without escapes need not be looked at again.
	plain bool
	// width is that of the last string, changes how often it was another of late, and steady says that it seldom is.
	width   int
	changes uint
	steady  bool
	// inner is the shape of an object that is kept as it stands, or ignored, where one was.
	inner *shape
	// node and member say whose value it is; values within inner shapes are nobody's. Depth is how deep values may nest.
	node          *node
	member, depth int
}

// The limits of what is learned: how many shapes are kept, and how many values and bytes between them a shape may have.
const (
	mostShapes     = 4
	mostSteps      = 1024
	mostShapeBytes = 64 << 10
)

// Learning a shape costs credit, which lines give, and more so lines that have a known shape: so that a delivery of ever new
// shapes is not much slower for what is learned in vain.
const (
	firstCredit = mostShapes * shapePrice
	shapePrice  = 128
	hitCredit   = 8
	mostCredit  = 8 * shapePrice
	// coldLines is after how many lines in a row without a known shape most lines are not compared; restLines is how many are
	// not for one that is.
	coldLines, restLines = 64, 16
)

// A text is taken to be of one width if of decideLines lines fewer than mostChanges had another than the one before.
const decideLines, mostChanges = 32, 3

// known scans the event at i if it has a known shape, and returns the place of its line feed, or -1 if it has none.
func (e *eventScanner) known(i int) int {
	if e.misses > coldLines && e.misses%restLines != 0 {
		return -1
	}
	extras := len(e.extras)
	for k, s := range e.shapes {
		if end := e.match(s, i); end >= 0 {
			copy(e.shapes[1:k+1], e.shapes[:k])
			e.shapes[0] = s
			if s.lines++; s.lines%decideLines == 0 {
				s.decide()
			}
			e.credit = min(e.credit+hitCredit, mostCredit)
			e.misses = 0
			return end - 1
		}
		e.startLine(extras)
	}
	return -1
}

// match scans the object at i if it has the shape, and returns the place behind the shape's tail, or -1.
//
// Where a string ends is not known before its marks are looked at, and all that follows would have to wait for it. So a text
// that nearly always has one width is taken to have it, which the machine does ahead of the look that confirms it.
func (e *eventScanner) match(s *shape, i int) int {
	b, row, marks := e.b, e.row, e.marks
	for k := range s.steps {
		t := &s.steps[k]
		if !t.before.Begins(b, i) || t.before.Rest != "" && !t.before.Ends(b, i) {
			return -1
		}
		i += t.before.Size
		if b[i] == '"' && t.plain {
			from := i + 1
			m := (*[2]uint64)(marks[from>>6:])
			width := bits.TrailingZeros64(m[0]>>(from&63) | m[1]<<1<<(^from&63))
			to := row[t.slot : t.slot+2]
			if t.steady && width == t.width && b[from+t.width] == '"' {
				to[0], to[1] = uint32(from), uint32(from+t.width)
				i = from + t.width + 1
				continue
			}
			if width == 64 {
				width = e.stop(from) - from
			}
			if b[from+width] == '"' {
				changed := uint(width ^ t.width)
				t.changes += (changed | -changed) >> 63
				t.width = width
				to[0], to[1] = uint32(from), uint32(from+width)
				i = from + width + 1
				continue
			}
		}
		if t.inner != nil && b[i] == '{' {
			if end := e.match(t.inner, i); end >= 0 {
				row[t.slot], row[t.slot+1] = uint32(i), uint32(end)
				i = end
				continue
			}
		}
		if t.node == nil {
			i = wire.ScanValue(b, i, t.depth)
		} else {
			i = e.value(t.node, t.member, i, t.depth)
		}
		if i < 0 {
			return -1
		}
	}
	if !s.tail.Begins(b, i) || s.tail.Rest != "" && !s.tail.Ends(b, i) {
		return -1
	}
	return i + s.tail.Size
}

// decide says, after decideLines lines, which texts are taken to be of one width.
func (s *shape) decide() {
	for k := range s.steps {
		t := &s.steps[k]
		t.steady = t.changes < mostChanges
		t.changes = 0
		if t.inner != nil {
			t.inner.decide()
		}
	}
}

// learn makes a shape of the event at i, which is in order and ends in the line feed at end.
func (e *eventScanner) learn(i, end int) {
	e.misses++
	e.credit++
	if e.credit < shapePrice || end-i > mostShapeBytes {
		return
	}
	e.credit -= shapePrice
	s := &shape{}
	last, _, ok := e.learnObject(s, e.root, i, i, e.depth)
	if !ok {
		return
	}
	s.tail = wire.NewGap(e.b[last : end+1])
	if len(e.shapes) < mostShapes {
		e.shapes = append(e.shapes, nil)
	}
	copy(e.shapes[1:], e.shapes)
	e.shapes[0] = s
}

// learnObject adds the members of the object at i to s, last being where the last value ended. N is nil within an object that
// is a value. It returns where the last value in it ended, the place behind the object, and whether all went well.
func (e *eventScanner) learnObject(s *shape, n *node, last, i, depth int) (from, next int, ok bool) {
	b := e.b
	if i = wire.SkipBlanks(b, i+1); b[i] == '}' {
		return last, i + 1, true
	}
	for len(s.steps) < mostSteps {
		m, c := 0, &member{field: -1, extra: -1, ignored: true}
		limit := depth - 1
		if n == nil {
			limit = depth
			i = wire.SkipBlanks(b, wire.ScanValue(b, i, 0)) + 1
		} else {
			m, i = e.name(n, i)
			c = &n.members[m]
		}
		switch i = wire.SkipBlanks(b, i); {
		case (n == nil || c.node != nil) && b[i] == '{':
			if last, i, ok = e.learnObject(s, c.node, last, i, depth-1); !ok {
				return last, i, false
			}
		case c.node != nil && b[i] != '"': // null, which must stay so: an object here would be one more of its name
			i = wire.ScanValue(b, i, limit)
		default:
			t := step{before: wire.NewGap(b[last:i]), slot: 2 * e.fields, plain: !c.json && c.extra < 0 && c.packed == nil && c.node == nil, node: n, member: m, depth: depth}
			if c.field >= 0 && !c.ignored {
				t.slot = 2 * c.field
			}
			if b[i] == '{' && (c.json || c.ignored) {
				t.inner = &shape{}
				from, end, ok := e.learnObject(t.inner, nil, i, i, depth-2)
				if !ok {
					return from, end, false
				}
				t.inner.tail = wire.NewGap(b[from:end])
			}
			s.steps = append(s.steps, t)
			i = wire.ScanValue(b, i, limit)
			last = i
		}
		if i < 0 {
			return last, i, false
		}
		if i = wire.SkipBlanks(b, i); b[i] == '}' {
			return last, i + 1, true
		}
		i = wire.SkipBlanks(b, i+1)
	}
	return last, i, false
}
