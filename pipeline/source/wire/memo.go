package wire

// Memo remembers texts by number, so that what one comes to need be found out only once. Where texts seldom stand again, it gives up.
type Memo struct {
	texts Interner
	// asked and learnt count; off says that it gave up.
	asked, learnt int
	off           bool
}

// The limits of what is remembered: how many texts, and how many bytes of them. After so many are learnt a quarter of what was
// asked for must have been known.
const (
	mostRemembered      = 1 << 13
	mostRememberedBytes = 1 << 20
	fairTrial           = 1 << 11
)

// Find returns the number of text[start:end], and whether it is remembered. Text has Slack behind it.
func (m *Memo) Find(text []byte, start, end uint32) (number uint32, known bool) {
	if m.off || m.texts.Entries == nil {
		return 0, false
	}
	m.asked++
	e := m.texts.Find(text, start, end)
	return e.Value, e.Size > 0
}

// Full reports whether no more is to be learnt before all is forgotten.
func (m *Memo) Full() bool {
	return m.texts.Count >= mostRemembered || len(m.texts.Arena) >= mostRememberedBytes
}

// Forget forgets all texts.
func (m *Memo) Forget() { m.texts.Reset() }

// Learn remembers text[start:end], which is not empty and not known, by a number. It reports false, and does not, where it is full
// or has given up.
func (m *Memo) Learn(text []byte, start, end, number uint32) bool {
	if m.learnt++; m.learnt >= fairTrial && m.asked < m.learnt/3*4 {
		m.off = true
		m.Forget()
	}
	if m.off || m.Full() || end-start > mostRememberedBytes/16 {
		return false
	}
	if m.texts.Entries == nil {
		m.texts.Entries = make([]Entry, 64)
	}
	m.texts.Add(m.texts.Find(text, start, end), text, start, end, number)
	return true
}

// Made holds the texts of rows of a column that is made, and remembers what texts of a field came to. That of row r is
// Text[Pos[2*r]:Pos[2*r+1]].
type Made struct {
	Text []byte
	Pos  []uint32
	memo Memo
	// spans are the remembered results, as places of Text, which holds no others up to kept.
	spans []uint32
	kept  int
}

// Begin forgets all rows, and what is remembered if that is too much.
func (m *Made) Begin() {
	if m.memo.off || m.memo.Full() || m.kept >= mostRememberedBytes {
		m.memo.Forget()
		m.spans, m.kept = m.spans[:0], 0
	}
	m.Text, m.Pos = m.Text[:m.kept], m.Pos[:0]
}

// Again adds a row with the text of the one before.
func (m *Made) Again() {
	n := len(m.Pos)
	m.Pos = append(m.Pos, m.Pos[n-2], m.Pos[n-1])
}

// Remembers reports whether it is of use to ask what is known.
func (m *Made) Remembers() bool { return !m.memo.off }

// Known adds a row of what text[start:end] came to, and reports whether that is known.
func (m *Made) Known(text []byte, start, end uint32) bool {
	number, known := m.memo.Find(text, start, end)
	if known {
		m.Pos = append(m.Pos, m.spans[2*number], m.spans[2*number+1])
	}
	return known
}

// Learn remembers that text[start:end] came to the text of the last row.
func (m *Made) Learn(text []byte, start, end uint32) {
	if n := len(m.Pos); start < end && m.memo.Learn(text, start, end, uint32(len(m.spans)/2)) {
		m.spans = append(m.spans, m.Pos[n-2:]...)
		m.kept = len(m.Text)
	}
}

// Add adds a row of the text that was appended to Text.
func (m *Made) Add(text []byte) {
	m.Pos = append(m.Pos, uint32(len(m.Text)), uint32(len(text)))
	m.Text = text
}

// End puts Slack behind the texts.
func (m *Made) End() { m.Text = append(m.Text, make([]byte, Slack-1)...) }
