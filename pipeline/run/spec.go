package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/feed"
	"daybook/schemas/money"
)

// Spec is everything that a bill run is a function of. Two runs with equal specs leave equal bytes.
type Spec struct {
	// Provider is the book's own identifier of whose run this is.
	Provider string         `json:"provider"`
	Period   schemas.Period `json:"period"`
	// AsOf limits what counts as known: deliveries that arrived and facts that were recorded by then. Null: all there is.
	AsOf *time.Time `json:"as_of"`
	// Open says that the period was not over when the run was prepared, or by AsOf: what is due to date ends with its data. It is
	// not told by the data alone, for a month may end without any use.
	Open bool `json:"open,omitempty"`
	// Book is the digest of each part of the book, in name order.
	Book []PartDigest `json:"book"`
	// Sources holds what was pinned, in the order of source identifiers.
	Sources []Pinned `json:"sources"`
	// Carried are the digests of what the period before left for this one.
	Carried []PartDigest `json:"carried,omitempty"`
	// Earlier are the runs of the periods before, oldest first: usage that came late for them is rated against them.
	Earlier []Earlier `json:"earlier,omitempty"`
	// Arrived is what has come for earlier periods that their runs do not have, oldest first: those runs are outdated.
	Arrived []Arrived `json:"arrived,omitempty"`
	// Families are the accounts that lie in the shard of another, because their usage may be priced as one, in order.
	Families []Kin `json:"families,omitempty"`
	// Shards is how many ways the accounts are divided. It changes the division of rows into files, never the rows.
	Shards int `json:"shards"`
	// Code names the version of every step's algorithm.
	Code []PartDigest `json:"code"`
}

// BillOf is the month whose bill an object is: the run's own, or a closed one.
func (s *Spec) BillOf(key string) schemas.Period {
	for _, r := range s.Restated() {
		if slices.Contains(r.Objects, key) {
			return r.Period
		}
	}
	return s.Period
}

// PartDigest is a named digest or version.
type PartDigest struct {
	Part   string `json:"part"`
	Digest string `json:"digest"`
}

// Pinned is what one source had delivered when the run began.
type Pinned struct {
	Source   schemas.SourceID  `json:"source"`
	Objects  []Object          `json:"objects"`
	Findings []schemas.Finding `json:"findings"`
	// Incomplete says that an expected delivery is missing or was refused, so the period is provisional.
	Incomplete bool `json:"incomplete"`
	// Expected is what is expected and what came, of the month and then of its days.
	Expected []feed.Expectation `json:"expected,omitempty"`
	// Lists are the documents that hold the objects, in order, where they are too many for a manifest: as it lies in the store,
	// and nowhere else.
	Lists []string `json:"lists,omitempty"`
}

// Object is one pinned object of a delivery.
type Object struct {
	Key    string `json:"key"`
	Size   int64  `json:"size"`
	Digest string `json:"digest"`
	// Delivery and Version name the arrival; Version is empty for append sources.
	Delivery string `json:"delivery"`
	Version  string `json:"version,omitempty"`
	// Rows is what the delivery's manifest promises, or -1.
	Rows int64 `json:"rows"`
	// Filed is the month that the object is filed under, whose run accounts for what of it cannot be read; empty for the
	// run's own.
	Filed schemas.Period `json:"filed,omitempty"`
	// Taken is the latest earlier period whose run had this very object, which took from it what was of its own period and
	// of those before; empty if none had.
	Taken schemas.Period `json:"taken,omitempty"`
	// Restates is the closed month of which it is a bill, where that is another than the run's: with the others of its source and
	// month it takes the place of what earlier runs had of these.
	Restates schemas.Period `json:"restates,omitempty"`
}

// Restated is a month that was closed, and the bill of it that a source has delivered since, whole.
type Restated struct {
	Source  schemas.SourceID `json:"source"`
	Period  schemas.Period   `json:"period"`
	Objects []string         `json:"objects"`
}

// Restated are the bills of closed months that the run takes in the place of those that earlier runs had, by source and month.
func (s *Spec) Restated() (out []Restated) {
	for i := range s.Sources {
		for j := range s.Sources[i].Objects {
			o := &s.Sources[i].Objects[j]
			if o.Restates == "" {
				continue
			}
			if n := len(out); n == 0 || out[n-1].Source != s.Sources[i].Source || out[n-1].Period != o.Restates {
				out = append(out, Restated{Source: s.Sources[i].Source, Period: o.Restates})
			}
			x := &out[len(out)-1]
			x.Objects = append(x.Objects, o.Key)
		}
	}
	return out
}

// CodeOf names the version of every step of a table.
func CodeOf(stages []Stage) (code []PartDigest) {
	for _, stage := range stages {
		for _, step := range stage.Steps {
			code = append(code, PartDigest{Part: stage.Name + "/" + step.Name, Digest: step.Version})
		}
	}
	return code
}

// CodeDigest tells versions of the code apart in eight digits, as far as they write other bytes.
func CodeDigest(code []PartDigest) string {
	sum := sha256.New()
	for _, p := range code {
		fmt.Fprintf(sum, "%s %s\n", p.Part, p.Digest)
	}
	return hex.EncodeToString(sum.Sum(nil)[:4])
}

// RunID is a digest of the spec. A spec that cannot be written as JSON does not exist: its fields are plain data.
func (s *Spec) RunID() (schemas.RunID, error) {
	d, err := digestJSON(s)
	if err != nil {
		return "", fmt.Errorf("digest the run's spec: %w", err)
	}
	return schemas.RunID(d[:16]), nil
}

// digestJSON returns the SHA-256 of v's JSON in hex. Structs marshal in field order and maps by key, so equal values
// have equal digests.
func digestJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// MostEarlier is how many months back usage may come late. Runs that are further back are not looked at.
const MostEarlier = 12

// Earlier names the run that a period had when this run began: what came late for that period is held against it.
type Earlier struct {
	Period schemas.Period `json:"period"`
	Run    schemas.RunID  `json:"run"`
}

// ReadEarlier returns the manifest of an earlier run.
func ReadEarlier(ctx context.Context, s store.Store, e Earlier) (*Manifest, error) {
	m, err := ReadManifest(ctx, s, e.Period, e.Run)
	if err != nil {
		return nil, fmt.Errorf("read the run of %s, which this one is held against: %w", e.Period, err)
	}
	return m, nil
}

// ran reports whether a period had a run when this one began.
func (s *Spec) ran(p schemas.Period) bool { return RanAmong(s.Earlier, p) }

// RanAmong reports whether a period is among those of runs.
func RanAmong(runs []Earlier, p schemas.Period) bool {
	return slices.ContainsFunc(runs, func(e Earlier) bool { return e.Period == p })
}

// earlierPeriods lists the periods that had a run when this one began: what an object's rows are told late by. Which runs
// they are is no matter to it, so that one made anew does not make every object be decoded again.
func (s *Spec) earlierPeriods() (out []schemas.Period) {
	for _, e := range s.Earlier {
		out = append(out, e.Period)
	}
	return out
}

// Kin is an account whose usage may be priced with that of the account at the top of its family, in whose shard it lies.
type Kin struct {
	Account schemas.AccountID `json:"account"`
	Root    schemas.AccountID `json:"root"`
}

// Home finds the shard of an account: that of the account at the top of its family.
func (s *Spec) Home() func(schemas.AccountID) uint16 {
	root := s.Roots()
	return func(id schemas.AccountID) uint16 {
		if r, ok := root[id]; ok {
			id = r
		}
		return dataset.ShardOf([]byte(id), s.Shards)
	}
}

// Roots are the accounts at the top of families by the accounts of these, themselves included.
func (s *Spec) Roots() map[schemas.AccountID]schemas.AccountID {
	if len(s.Families) == 0 {
		return nil
	}
	root := make(map[schemas.AccountID]schemas.AccountID, len(s.Families))
	for _, k := range s.Families {
		root[k.Account], root[k.Root] = k.Root, k.Root
	}
	return root
}

// Arrived is what a source has delivered for a period since its run: objects that the run does not have, or of which it had
// other bytes.
type Arrived struct {
	Period schemas.Period   `json:"period"`
	Run    schemas.RunID    `json:"run"`
	Source schemas.SourceID `json:"source"`
	// Objects is how many there are, of which Replaced were others when the run was made; Example is the first by its key.
	Objects  int    `json:"objects"`
	Replaced int    `json:"replaced,omitempty"`
	Example  string `json:"example"`
	// Holds is what they hold of the period.
	Holds dataset.Totals `json:"holds"`
	// Gone is how many objects of the run are not in the landing place any more, so that it cannot be done again as it was.
	Gone int `json:"gone,omitempty"`
}

// String says what has come, of which month and how much, and what to do about it.
func (a *Arrived) String() string {
	then := "run it again"
	if a.Gone > 0 {
		then = fmt.Sprintf("but %d %s of its run are not in the landing place any more: put them back before you run it again", a.Gone, schemas.OneOrMany(a.Gone, "object", "objects"))
	}
	return fmt.Sprintf("since run %.8s of %s there came %s; %s", a.Run, a.Period, a.Brief(), then)
}

// Brief says what has come and how much of it.
func (a *Arrived) Brief() string {
	what := fmt.Sprintf("%d %s of %s, such as %s", a.Objects, schemas.OneOrMany(a.Objects, "object", "objects"), a.Source, schemas.ClipValue(a.Example))
	if a.Replaced > 0 {
		what += fmt.Sprintf(" (%d of them had other bytes)", a.Replaced)
	}
	held := []string{fmt.Sprintf("%d %s", a.Holds.Rows, schemas.OneOrMany(a.Holds.Rows, "row", "rows"))}
	for _, sums := range []map[string]money.Fixed{a.Holds.Quantities, a.Holds.Costs} {
		for _, unit := range slices.Sorted(maps.Keys(sums)) {
			held = append(held, strings.TrimSpace(sums[unit].String()+" "+unit))
		}
	}
	const shown = 6
	if more := len(held) - shown; more > 0 {
		held = append(held[:shown], fmt.Sprintf("and %d sums more", more))
	}
	return fmt.Sprintf("%s, with %s of it", what, strings.Join(held, ", "))
}
