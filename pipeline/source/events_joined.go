package source

import "daybook/pipeline/source/wire"

// Events may stand one behind the other on a line, as where a queue puts records into one object, or as an array on each
// line. Where each ends shows when it is scanned, so that these forms need no reading of their own.

// joins reports whether several events may stand on a line: one behind the other, or as an array. Lines that were made of an
// array have one each.
func (e *eventScanner) joins() bool { return !e.array.OneEach() }

// lead passes over what may stand before an event: blanks, the separators of a sequence, the bracket of an array.
func (e *eventScanner) lead(i int) int {
	for {
		i = wire.SkipBlanks(e.b, i)
		switch c := e.b[i]; {
		case !e.joins():
			return i
		case c == wire.RecordSeparator && !e.within:
			i++
		case c == '[' && !e.within:
			if i = wire.SkipBlanks(e.b, i+1); e.b[i] != ']' {
				e.within = true
				return i
			}
			i++
		default:
			return i
		}
	}
}

// joined takes the event at i if there is more on its line than the event, and returns the place of what follows, or -1.
func (e *eventScanner) joined(i, extras int) int {
	e.startLine(extras)
	if e.b[i] != '{' {
		return -1
	}
	end := e.object(e.root, i, e.depth)
	if end < 0 {
		return -1
	}
	next := wire.SkipBlanks(e.b, end)
	switch c := e.b[next]; {
	case !e.within && (c == '{' || c == '[' || c == wire.RecordSeparator):
	case e.within && c == ',':
		if next = wire.SkipBlanks(e.b, next+1); e.b[next] != '{' {
			return -1
		}
	case e.within && c == ']':
		e.within = false
		next++
	default:
		return -1
	}
	e.last++
	if end-i <= e.rowBytes && e.decodeTexts() {
		e.rows.n++
		e.numbers = append(e.numbers, e.last)
		return next
	}
	e.extras = e.extras[:extras]
	bad := e.wrong
	if bad.Number, bad.Start, bad.End = e.last, i, end; end-i > e.rowBytes {
		bad = longEvent(e.last, i, end)
	}
	e.reject(bad)
	return next
}

// scanJoined takes the whole events out of a window that has no line feed, of an object that goes on.
func (e *eventScanner) scanJoined(w *wire.Window) {
	for {
		w.Start = e.lead(w.Start)
		if w.Start >= w.End {
			w.Start = w.End
			return
		}
		extras := len(e.extras)
		e.beginRow()
		next := e.joined(w.Start, extras)
		if next < 0 {
			e.extras = e.extras[:extras]
			return
		}
		w.Start = next
	}
}
