package sla

import (
	"cmp"
	"slices"
	"time"
)

// span is a stretch of time in microseconds since 1970; its end is not within.
type span struct{ from, to int64 }

// spans are in order and apart: between two of them is time that neither holds.
type spans []span

const (
	second = int64(1_000_000)
	hour   = 3600 * second
)

func spanOf(from, to time.Time) span { return span{from.UnixMicro(), to.UnixMicro()} }

func (s span) start() time.Time { return time.UnixMicro(s.from).UTC() }

// union is all that any of the stretches holds; what touches becomes one.
func union(lists ...[]span) spans {
	all := slices.Concat(lists...)
	slices.SortFunc(all, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var out spans
	for _, s := range all {
		switch n := len(out); {
		case s.to <= s.from:
		case n > 0 && s.from <= out[n-1].to:
			out[n-1].to = max(out[n-1].to, s.to)
		default:
			out = append(out, s)
		}
	}
	return out
}

// both is what both hold.
func (s spans) both(o spans) (out spans) {
	for i, j := 0, 0; i < len(s) && j < len(o); {
		if x := (span{max(s[i].from, o[j].from), min(s[i].to, o[j].to)}); x.from < x.to {
			out = append(out, x)
		}
		if s[i].to < o[j].to {
			i++
		} else {
			j++
		}
	}
	return out
}

// minus is what s holds and o does not.
func (s spans) minus(o spans) (out spans) {
	j := 0
	for _, x := range s {
		for j < len(o) && o[j].to <= x.from {
			j++
		}
		for k := j; k < len(o) && o[k].from < x.to; k++ {
			if x.from < o[k].from {
				out = append(out, span{x.from, o[k].from})
			}
			x.from = max(x.from, o[k].to)
		}
		if x.from < x.to {
			out = append(out, x)
		}
	}
	return out
}

// atLeast are the stretches that are no shorter.
func (s spans) atLeast(length int64) (out spans) {
	for _, x := range s {
		if x.to-x.from >= length {
			out = append(out, x)
		}
	}
	return out
}

func (s spans) length() (sum int64) {
	for _, x := range s {
		sum += x.to - x.from
	}
	return sum
}

// whole is the length of whole units alone, counted in each stretch by itself; a unit of 0 counts all.
func (s spans) whole(unit int64) (sum int64) {
	if unit <= 0 {
		return s.length()
	}
	for _, x := range s {
		sum += (x.to - x.from) / unit * unit
	}
	return sum
}
