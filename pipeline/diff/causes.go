package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/run"
	"daybook/schemas"
)

// CauseKind is what two runs' specs differ in.
type CauseKind string

// The kinds, in the order in which they are told: first what people decide, then what was delivered, then what follows.
const (
	Book        CauseKind = "book"
	Deliveries  CauseKind = "deliveries"
	AsOf        CauseKind = "as_of"
	Progress    CauseKind = "period_over"
	Code        CauseKind = "code"
	EarlierRuns CauseKind = "earlier_runs"
	CarriedOver CauseKind = "carried_over"
	Families    CauseKind = "families"
	Shards      CauseKind = "shards"
)

// Cause is one thing in which the specs of two runs differ, so that their charges may differ by it. That it made a difference is
// not said.
type Cause struct {
	Kind CauseKind `json:"kind"`
	// Name is the part of the book, the source, the step of the code or the earlier period; empty where the kind says it all.
	Name string `json:"name,omitempty"`
	// Before and After are what the specs have: digests, versions, days, runs; empty where a spec has nothing of the name.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	// Objects tells of a source's deliveries how their objects differ.
	Objects *Objects `json:"objects,omitempty"`
}

// Objects is how the pinned objects of a source differ: those that only one run has, and those of the same key with other bytes.
type Objects struct {
	Added    int `json:"added,omitempty"`
	Gone     int `json:"gone,omitempty"`
	Replaced int `json:"replaced,omitempty"`
	// Examples are the first of each by their keys.
	AddedExample    string `json:"added_example,omitempty"`
	GoneExample     string `json:"gone_example,omitempty"`
	ReplacedExample string `json:"replaced_example,omitempty"`
}

// String says it in words.
func (o *Objects) String() string {
	var parts []string
	for _, x := range []struct {
		n       int
		what    string
		example string
	}{{o.Added, "more", o.AddedExample}, {o.Gone, "fewer", o.GoneExample}, {o.Replaced, "with other bytes", o.ReplacedExample}} {
		if x.n > 0 {
			such := ", such as "
			if x.n == 1 {
				such = ": "
			}
			parts = append(parts, fmt.Sprintf("%d %s %s%s%s", x.n, schemas.OneOrMany(x.n, "object", "objects"), x.what, such, schemas.ClipValue(x.example)))
		}
	}
	return strings.Join(parts, "; ")
}

// Causes are all in which two specs differ that charges can follow from, in a fixed order. Equal specs have none.
func Causes(before, after *run.Spec) []Cause {
	out := []Cause{}
	out = append(out, parts(Book, before.Book, after.Book)...)
	out = append(out, deliveries(before, after)...)
	one := func(kind CauseKind, x, y string) {
		if x != y {
			out = append(out, Cause{Kind: kind, Before: x, After: y})
		}
	}
	one(AsOf, dayText(before.AsOf), dayText(after.AsOf))
	one(Progress, overText(before.Open), overText(after.Open))
	out = append(out, parts(Code, before.Code, after.Code)...)
	out = append(out, parts(EarlierRuns, earlierOf(before), earlierOf(after))...)
	out = append(out, parts(CarriedOver, before.Carried, after.Carried)...)
	if !slices.Equal(before.Families, after.Families) {
		out = append(out, Cause{Kind: Families, Before: familiesText(before), After: familiesText(after)})
	}
	one(Shards, fmt.Sprint(before.Shards), fmt.Sprint(after.Shards))
	return out
}

// parts compares named digests or versions.
func parts(kind CauseKind, before, after []run.PartDigest) (out []Cause) {
	was, is := map[string]string{}, map[string]string{}
	names := []string{}
	for _, p := range before {
		was[p.Part], names = p.Digest, append(names, p.Part)
	}
	for _, p := range after {
		is[p.Part], names = p.Digest, append(names, p.Part)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if was[name] != is[name] {
			out = append(out, Cause{Kind: kind, Name: name, Before: was[name], After: is[name]})
		}
	}
	return out
}

// deliveries compares what was pinned of each source.
func deliveries(before, after *run.Spec) (out []Cause) {
	var names []schemas.SourceID
	was, is := map[schemas.SourceID][]run.Object{}, map[schemas.SourceID][]run.Object{}
	for _, p := range before.Sources {
		was[p.Source], names = p.Objects, append(names, p.Source)
	}
	for _, p := range after.Sources {
		is[p.Source], names = p.Objects, append(names, p.Source)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if o := objects(was[name], is[name]); o != (Objects{}) {
			out = append(out, Cause{Kind: Deliveries, Name: string(name), Objects: &o})
		}
	}
	return out
}

// objects compares the pinned objects of a source.
func objects(before, after []run.Object) (o Objects) {
	was := make(map[string]string, len(before))
	for i := range before {
		was[before[i].Key] = before[i].Digest
	}
	first := func(n *int, example *string, key string) {
		*n++
		if *n == 1 || key < *example {
			*example = key
		}
	}
	for i := range after {
		switch digest, had := was[after[i].Key]; {
		case !had:
			first(&o.Added, &o.AddedExample, after[i].Key)
		case digest != after[i].Digest:
			first(&o.Replaced, &o.ReplacedExample, after[i].Key)
		}
		delete(was, after[i].Key)
	}
	for key := range was {
		first(&o.Gone, &o.GoneExample, key)
	}
	return o
}

func earlierOf(s *run.Spec) (out []run.PartDigest) {
	for _, e := range s.Earlier {
		out = append(out, run.PartDigest{Part: string(e.Period), Digest: string(e.Run)})
	}
	return out
}

func dayText(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.Format(time.RFC3339)
}

func overText(open bool) string {
	if open {
		return "not yet"
	}
	return "yes"
}

// familiesText says how many accounts are of families.
func familiesText(s *run.Spec) string {
	if len(s.Families) == 0 {
		return ""
	}
	accounts, tops := len(s.Families), map[schemas.AccountID]bool{}
	for _, k := range s.Families {
		tops[k.Root] = true
	}
	return fmt.Sprintf("%d %s under %d", accounts, schemas.OneOrMany(accounts, "account", "accounts"), len(tops))
}

// Words says what differs, in one line and without the kind.
func (c *Cause) Words() string {
	if c.Objects != nil {
		return c.Name + ": " + c.Objects.String()
	}
	short := func(text string) string {
		if len(text) > 12 && strings.Trim(text, "0123456789abcdef") == "" {
			return text[:8]
		}
		return cmp.Or(text, "none")
	}
	text := strings.TrimSpace(c.Name + " " + short(c.Before) + " → " + short(c.After))
	switch c.Kind {
	case Shards:
		text += ", which divides the rows and changes none"
	case Book, Deliveries, AsOf, Progress, Code, EarlierRuns, CarriedOver, Families:
	}
	return text
}
