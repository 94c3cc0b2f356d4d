package parquet

import (
	"bytes"
	"encoding/binary"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"
	"daybook/schemas"
)

// texts writes each value, or of those that begin as the one before what is its own.
func (e *columnEncoder) texts(v *dataset.Vector, from, to int) {
	if v.Type == schemas.Text { // steps have megabytes, which would be copied again and again while they grow
		const lengths, levels = 4, 64
		e.raw = dataset.WithRoom(e.raw, len(e.raw)+int(v.TextStart(to)-v.TextStart(from))+(to-from)*lengths+(to-from)/4+levels)
	}
	alike := e.alike(v, from, to)
	if alike {
		e.encoding = encodingDeltaByteArray
	}
	for from < to {
		end := textPageEnd(v, from, to)
		page := encodedPage{rows: end - from, nulls: e.nullsIn(v, from, end), kind: v.Type}
		e.level(v, from, end, page.nulls)
		if alike {
			e.ownTexts(&page, v, from, end)
		} else {
			e.wholeTexts(&page, v, from, end)
		}
		page.end = len(e.raw)
		e.pages = append(e.pages, page)
		from = end
	}
}

// wholeTexts appends the values of a page with their lengths.
func (e *columnEncoder) wholeTexts(page *encodedPage, v *dataset.Vector, from, to int) {
	for i := from; i < to; i++ {
		if page.nulls > 0 && v.IsNull(i) {
			continue
		}
		text := v.BytesAt(i)
		e.raw = appendText(e.raw, text)
		page.boundText(text)
	}
}

// ownTexts appends the values of a page as DELTA_BYTE_ARRAY: how many bytes each shares with the one before, how many it
// has besides, and these.
func (e *columnEncoder) ownTexts(page *encodedPage, v *dataset.Vector, from, to int) {
	e.shared, e.apart = e.shared[:0], e.apart[:0]
	var last []byte
	for i := from; i < to; i++ {
		if page.nulls > 0 && v.IsNull(i) {
			continue
		}
		text := v.BytesAt(i)
		shared := dataset.SharedBytes(last, text)
		e.shared, e.apart = append(e.shared, int64(shared)), append(e.apart, int64(len(text)-shared))
		page.boundText(text)
		last = text
	}
	e.raw = packed.AppendDeltas(e.raw, e.shared)
	e.raw = packed.AppendDeltas(e.raw, e.apart)
	k := 0
	for i := from; i < to; i++ {
		if page.nulls > 0 && v.IsNull(i) {
			continue
		}
		e.raw = append(e.raw, v.BytesAt(i)[e.shared[k]:]...)
		k++
	}
}

// alike reports whether values share a quarter of their bytes with the one before, by the first of them. Identifiers that
// begin with who gave them do: what all begin with costs next to nothing then, and compression does not look for it again
// in each value.
func (e *columnEncoder) alike(v *dataset.Vector, from, to int) bool {
	shared, size := 0, 0
	var last []byte
	for i := from; i < min(to, from+wordTrial); i++ {
		if e.nulls > 0 && v.IsNull(i) {
			continue
		}
		text := v.BytesAt(i)
		shared += dataset.SharedBytes(last, text)
		size += len(text)
		last = text
	}
	return shared > 0 && shared >= size/4
}

// textPageEnd returns where the page that begins at row from ends.
func textPageEnd(v *dataset.Vector, from, to int) int {
	end := min(from+pageRows, to)
	if v.Type == schemas.Label {
		size := 0
		for i := from; i < end; i++ {
			if v.IsNull(i) {
				continue
			}
			if size += 4 + len(v.Dict.Value(v.Codes[i])); size > pageBytes {
				return max(i, from+1)
			}
		}
		return end
	}
	start := v.TextStart(from)
	for end > from+1 && int(v.Ends[end-1]-start) > pageBytes {
		end = from + (end-from)/2
	}
	return end
}

// less compares as bytes.Compare does, with the eight first bytes in a word where there are so many.
func less(a, b []byte) bool {
	if len(a) >= 8 && len(b) >= 8 {
		x, y := binary.BigEndian.Uint64(a), binary.BigEndian.Uint64(b)
		if x != y {
			return x < y
		}
	}
	return bytes.Compare(a, b) < 0
}

func appendText(out, text []byte) []byte {
	out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
	return append(out, text...)
}

// boundText widens the bounds of a page to take in a text, which stays valid as long as they.
func (p *encodedPage) boundText(text []byte) {
	if p.leastText == nil {
		p.leastText, p.mostText = text, text
	} else if less(text, p.leastText) {
		p.leastText = text
	} else if less(p.mostText, text) {
		p.mostText = text
	}
}
