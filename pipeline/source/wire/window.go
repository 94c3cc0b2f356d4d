package wire

import "bytes"

// BlockBytes is how much text is looked at together: it stays in the second-level cache from the first look at it to the
// last column parsed.
const BlockBytes = 256 << 10

// Slack is how many bytes beyond the text there are: one for a line break and a block of zeros, for text is looked at by
// words and blocks.
const Slack = 65

// Window is the part of an object's text that is in memory: whole rows, and the beginning of the next.
type Window struct {
	// Buf holds the text Buf[Start:End], and Slack bytes behind it.
	Buf        []byte
	Start, End int
	// EOF says that no more text will come, and Cut that its last line lacked a line break, so that one was added.
	EOF, Cut bool
}

// Text returns the unread text.
func (w *Window) Text() []byte { return w.Buf[w.Start:w.End] }

// Fill moves the unread text to the front and reads as much as there is room for. Where the unread text fills more than
// half of the room, it makes more first.
func (w *Window) Fill(read func([]byte) (int, bool, error)) error {
	if w.Buf == nil {
		w.Buf = make([]byte, BlockBytes+Slack)
	}
	rest := w.End - w.Start
	buf := w.Buf
	if rest > (len(w.Buf)-Slack)/2 {
		buf = make([]byte, 2*len(w.Buf))
	}
	copy(buf, w.Buf[w.Start:w.End])
	w.Buf, w.Start, w.End = buf, 0, rest
	n, end, err := read(w.Buf[rest : len(w.Buf)-Slack])
	if err != nil {
		return err
	}
	w.End += n
	if end {
		w.EOF = true
		if w.End > 0 && w.Buf[w.End-1] != '\n' { // there is slack
			w.Buf[w.End] = '\n'
			w.End++
			w.Cut = true
		}
	}
	clear(w.Buf[w.End : w.End+Slack-1])
	return nil
}

// SkipLine passes over the rest of a line that was too long for the window.
func (w *Window) SkipLine(read func([]byte) (int, bool, error)) error {
	for {
		if i := bytes.IndexByte(w.Text(), '\n'); i >= 0 {
			w.Start += i + 1
			return nil
		}
		w.Start = w.End
		if w.EOF {
			return nil
		}
		if err := w.Fill(read); err != nil {
			return err
		}
	}
}
