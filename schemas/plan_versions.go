package schemas

import (
	"cmp"
	"slices"
)

// PlanVersion is a state of the plan: the lines that bear its name, over those of the versions known before. What a run has
// compared with is not changed any more: what is decided later is a version of its own.
type PlanVersion struct {
	ID string `yaml:"id"`
	// KnownSince is the day on which it was decided. A run as of a day compares with the last version known by then, and a run
	// without one with the last of all. No two versions are known since the same day.
	KnownSince Date `yaml:"known_since"`
	// By is who decided it, and Reason why.
	By     string `yaml:"by"`
	Reason string `yaml:"reason"`
}

// AsOf is the plan as it was known on a day (no day: now): each line as the last version known by then has it, and the versions
// known by then, in the order in which they became known. A plan without versions is itself on every day. The rest is shared
// with p.
func (p *Plan) AsOf(day Date) *Plan {
	if len(p.Versions) == 0 {
		return p
	}
	out := *p
	out.Versions = slices.DeleteFunc(slices.Clone(p.Versions), func(v PlanVersion) bool { return !Validity{KnownSince: v.KnownSince}.Known(day) })
	slices.SortFunc(out.Versions, func(a, b PlanVersion) int {
		return cmp.Or(a.KnownSince.Compare(b.KnownSince), cmp.Compare(a.ID, b.ID))
	})
	out.Lines = nil
	at := map[PlanLine]int{}
	for _, v := range out.Versions {
		for _, l := range p.Lines {
			if l.Version != v.ID {
				continue
			}
			if i, planned := at[l.Place()]; planned {
				out.Lines[i] = l
				continue
			}
			at[l.Place()] = len(out.Lines)
			out.Lines = append(out.Lines, l)
		}
	}
	return &out
}

// Place is what the line is for, and nothing of what it expects of it.
func (l *PlanLine) Place() PlanLine {
	return PlanLine{Period: l.Period, Offering: l.Offering, Region: l.Region, Segment: l.Segment, Peer: l.Peer}
}

// Version names the last of the plan's versions that were known; empty where it has none.
func (p *Plan) Version() string {
	if len(p.Versions) == 0 {
		return ""
	}
	return p.Versions[len(p.Versions)-1].ID
}
