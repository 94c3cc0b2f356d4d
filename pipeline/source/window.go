package source

import "bytes"

// blockBytes is how much text is looked at together: it stays in the second-level cache from the first look at it to the
// last column parsed.
const blockBytes = 256 << 10

// slack is how many bytes beyond the text there are: one for a line break and a block of zeros, for text is looked at by
// words and blocks.
const slack = 65

// window is the part of an object's text that is in memory: whole rows, and the beginning of the next.
type window struct {
	// buf holds the text buf[start:end], and slack bytes behind it.
	buf        []byte
	start, end int
	// eof says that no more text will come, and cut that its last line lacked a line break, so that one was added.
	eof, cut bool
}

// text returns the unread text.
func (w *window) text() []byte { return w.buf[w.start:w.end] }

// fill moves the unread text to the front and reads as much as there is room for. Where the unread text fills more than
// half of the room, it makes more first.
func (w *window) fill(read func([]byte) (int, bool, error)) error {
	if w.buf == nil {
		w.buf = make([]byte, blockBytes+slack)
	}
	rest := w.end - w.start
	buf := w.buf
	if rest > (len(w.buf)-slack)/2 {
		buf = make([]byte, 2*len(w.buf))
	}
	copy(buf, w.buf[w.start:w.end])
	w.buf, w.start, w.end = buf, 0, rest
	n, end, err := read(w.buf[rest : len(w.buf)-slack])
	if err != nil {
		return err
	}
	w.end += n
	if end {
		w.eof = true
		if w.end > 0 && w.buf[w.end-1] != '\n' { // there is slack
			w.buf[w.end] = '\n'
			w.end++
			w.cut = true
		}
	}
	clear(w.buf[w.end : w.end+slack-1])
	return nil
}

// skipLine passes over the rest of a line that was too long for the window.
func (w *window) skipLine(read func([]byte) (int, bool, error)) error {
	for {
		if i := bytes.IndexByte(w.text(), '\n'); i >= 0 {
			w.start += i + 1
			return nil
		}
		w.start = w.end
		if w.eof {
			return nil
		}
		if err := w.fill(read); err != nil {
			return err
		}
	}
}
