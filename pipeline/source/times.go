package source

import (
	"fmt"
	"time"

	"daybook/pipeline/source/remark"
	"daybook/pipeline/source/times"
	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

// clock reads times of one column.
type clock struct {
	times.Clock
	// memo remembers unusual texts, and read what they came to.
	memo wire.Memo
	read []readTime
	// zoned puts naive times into the source's zone.
	zoned times.Zoned
}

// readTime is what an unusual text came to.
type readTime struct {
	micros int64
	notes  []*remark.Note
}

// readTime reads a time as RFC 3339 has it, or in a format of the source's format or of the book. One without an offset is
// of the source's zone. Below a microsecond it is cut, toward the past.
func (d *decoder) readTime(text string) (times.Moment, bool) {
	if t, cut, ok := times.Read(text); ok {
		return times.Moment{Micros: t.UnixMicro(), Cut: cut}, true
	}
	for _, layout := range d.format.times {
		if m, ok := times.ReadLayout(layout, text, d.zone); ok {
			m.Layout = ""
			return m, true
		}
	}
	for _, layout := range d.src.Tolerate.Times {
		if m, ok := times.ReadLayout(layout, text, times.ZoneOf(layout, d.zone)); ok {
			return m, true
		}
	}
	return times.Moment{}, false
}

// setForms finds how the book says that the times of columns are written.
func (d *decoder) setForms() error {
	for use := range d.rules {
		r := d.rules[use].read
		if r == nil || schemas.Usage.Columns[use].Type != schemas.Time || r.Layout == "" && r.Epoch == "" && r.Plus == "" {
			continue
		}
		zone := times.ZoneOf(r.Layout, d.zone)
		if r.Zone != "" {
			var err error
			if zone, err = time.LoadLocation(r.Zone); err != nil {
				return fmt.Errorf("the zone of %s is not known: %w", schemas.Usage.Columns[use].Name, err)
			}
		}
		d.forms[use] = &times.Form{Layout: r.Layout, Epoch: r.Epoch, Zone: zone, Plus: r.Plus}
	}
	return nil
}

// formatTime writes microseconds since 1970 as RFC 3339.
func formatTime(micros int64) []byte {
	return time.UnixMicro(micros).UTC().AppendFormat(nil, time.RFC3339Nano)
}
