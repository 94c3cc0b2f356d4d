package rate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"daybook/pipeline/run"
	"daybook/rating"
	"daybook/schemas"
)

// knownFacts is what a run knew of an account when it rated it.
type knownFacts struct {
	Account schemas.AccountID `json:"account"`
	// Facts are those of the run's own period, and Again those by which it rated earlier ones again.
	Facts rating.Digest                    `json:"facts"`
	Again map[schemas.Period]rating.Digest `json:"again,omitempty"`
}

// knownFactsOf is the dataset name of what a run knew of its accounts: a line of JSON for each that was charged, or may have
// been, in their order. Rating alone reads it, to see what the book has learned since.
const knownFactsOf = "facts"

// factsOf digests what the book says of an account in the period of a plan, and of whom its usage is priced with.
func (s *Setting) factsOf(f *rating.Facts, p *rating.Plan, id schemas.AccountID) (d rating.Digest, idle bool) {
	d, idle = f.Of(p, id)
	if root, ok := s.Roots[id]; ok && d != (rating.Digest{}) {
		d = d.With(s.families[root].digest)
	}
	return d, idle
}

// factsWriter gathers what a shard's run knew of its accounts.
type factsWriter struct {
	lines bytes.Buffer
	rows  int64
}

// add takes an account, as far as a later run must know of it: one that is idle, of which nothing was rated, costs nothing.
func (f *factsWriter) add(x *knownFacts, idle bool) error {
	if idle && len(x.Again) == 0 {
		return nil
	}
	line, err := json.Marshal(x)
	if err != nil {
		return err
	}
	f.lines.Write(append(line, '\n'))
	f.rows++
	return nil
}

func (f *factsWriter) write(ctx context.Context, in *run.Inputs) (run.Output, error) {
	return in.WriteObject(ctx, knownFactsOf, in.DatasetKey(knownFactsOf, "json"), f.rows, func(to io.Writer) error {
		_, err := to.Write(f.lines.Bytes())
		return err
	})
}

// Again is why earlier periods of an account are rated again.
type Again struct {
	// From is the first of them at the latest, unless it is only for what came late that they are.
	From schemas.Period
	// Facts are the periods of which the book says something else than what their runs knew, oldest first.
	Facts []schemas.Period
	// Late says that usage of earlier periods came late for the account.
	Late bool
	// Anew is the first period that is rated again though nothing came late and nothing was learned of it: of which the account has, or
	// had, rows on a bill that was delivered anew, or whose usage the code rates otherwise by now. Empty without any.
	Anew schemas.Period
	// claims are rows in earlier runs that are the account's by what the book says now and were not, or were and are not.
	claims []claim
	// kin is its family, where that is rated again with it.
	kin *kin
}

// Any reports whether there is anything to be taken.
func (a *Again) Any() bool { return a.Late || a.From != "" || a.Anew != "" || a.kin != nil }

// Changes reports whether a period may be rated otherwise than before without any usage that came late now: because of what
// the book has learned of it, or of a period before it, for the account or for one of its family.
func (a *Again) Changes(p schemas.Period) bool { return a.From != "" && a.From <= p }

// lookBack compares what the book says today of accounts in earlier periods with what the runs of these knew.
type lookBack struct {
	set   *Setting
	facts *rating.Facts
	// amounts is what charges come out by, as AmountsOf has it.
	amounts string
	// ids are the accounts, in order, and met those that the run at hand knew something of.
	ids []schemas.AccountID
	met []bool
	// since are the facts by which later runs rated periods again, by account: the latest of them counts.
	since map[schemas.AccountID]map[schemas.Period]rating.Digest
	found map[schemas.AccountID]*Again
	// claims are the rows that accounts claim, or give away.
	claims map[schemas.AccountID][]claim
	// gone are accounts that were charged and that the book has no more, with the latest such period; nil if nobody asks.
	gone map[schemas.AccountID]schemas.Period
}

// Learned says of accounts of a list, which is in order, why they are to be rated again, if they are: because the book says
// something else of earlier periods than what their runs knew, or because what was booked for these was held against runs that
// were made anew since. It reads digests alone.
func (s *Setting) Learned(ctx context.Context, ids []schemas.AccountID) (map[schemas.AccountID]*Again, error) {
	l := s.newLookBack(ids)
	return l.found, l.lookAt(ctx, s.Earlier)
}

func (s *Setting) newLookBack(ids []schemas.AccountID) *lookBack {
	return &lookBack{
		set: s, facts: rating.NewFacts(), amounts: s.amounts, ids: ids, met: make([]bool, len(ids)),
		since: map[schemas.AccountID]map[schemas.Period]rating.Digest{}, found: map[schemas.AccountID]*Again{},
		claims: map[schemas.AccountID][]claim{},
	}
}

// lookAt compares with what runs knew, which are given oldest first: what a later one booked comes before what an earlier one knew.
func (l *lookBack) lookAt(ctx context.Context, earlier []run.Earlier) error {
	for _, e := range earlier {
		m, err := l.set.runOf(ctx, e)
		if err == nil {
			err = l.claimsIn(ctx, m)
		}
		if err != nil {
			return err
		}
	}
	for _, e := range slices.Backward(earlier) {
		if err := l.look(ctx, e); err != nil {
			return fmt.Errorf("look back at run %s of %s: %w", e.Run, e.Period, err)
		}
	}
	for _, a := range l.found {
		slices.Reverse(a.Facts)
	}
	for id, claims := range l.claims { // also of those that have been rated again with them: they are again, whatever comes late
		l.again(id).claims = claims
	}
	return nil
}

// look compares with what one run knew.
func (l *lookBack) look(ctx context.Context, e run.Earlier) error {
	m, err := l.set.runOf(ctx, e)
	if err != nil {
		return err
	}
	plan, stands := l.set.planIn(m), map[schemas.Period]bool{}
	otherwise := AmountsOf(m.Spec.Code) != l.amounts
	for _, later := range m.Spec.Earlier {
		stands[later.Period] = l.set.stands(m, later.Period) && !otherwise
	}
	clear(l.met)
	for _, o := range m.Outputs {
		if o.Dataset != knownFactsOf || !l.wants(m, o.Key) {
			continue
		}
		var known []knownFacts
		err := readPart(ctx, l.set.Store, run.PartDigest{Part: o.Key, Digest: o.Digest}, func(body []byte) (err error) {
			known, err = readFacts(body)
			return err
		})
		if err != nil {
			return err
		}
		l.lookAtPart(plan, e.Period, known, stands)
		for i := range known {
			if _, ours := slices.BinarySearch(l.ids, known[i].Account); ours && otherwise {
				a := l.again(known[i].Account)
				a.Anew = first(a.Anew, e.Period)
			}
		}
	}
	for i, id := range l.ids {
		if !l.met[i] {
			l.compare(plan, e.Period, id, rating.Digest{}, false)
		}
	}
	return nil
}

// wants reports whether a part of a run may have accounts of the list: looking at few, their own parts are enough.
func (l *lookBack) wants(m *run.Manifest, key string) bool {
	const few = 16
	if len(l.ids) > few {
		return true
	}
	home := m.Spec.Home()
	return slices.ContainsFunc(l.ids, func(id schemas.AccountID) bool {
		return strings.Contains(key, fmt.Sprintf("/part-%04d.", home(id)))
	})
}

// lookAtPart compares with what a part of a run knew.
func (l *lookBack) lookAtPart(plan *rating.Plan, p schemas.Period, known []knownFacts, stands map[schemas.Period]bool) {
	for i := range known {
		x := &known[i]
		at, ours := slices.BinarySearch(l.ids, x.Account)
		if !ours {
			if l.gone != nil && x.Facts != (rating.Digest{}) {
				l.gone[x.Account] = max(l.gone[x.Account], p)
			}
			continue
		}
		l.met[at] = true
		l.later(x, stands)
		l.compare(plan, p, x.Account, x.Facts, true)
	}
}

// readFacts reads what a part of a run knew.
func readFacts(body []byte) (known []knownFacts, err error) {
	for lines := json.NewDecoder(bytes.NewReader(body)); ; {
		var x knownFacts
		if err := lines.Decode(&x); errors.Is(err, io.EOF) {
			return known, nil
		} else if err != nil {
			return nil, err
		}
		known = append(known, x)
	}
}

// later takes what a run booked for earlier periods of an account: if that still stands, it is what is known of them.
func (l *lookBack) later(x *knownFacts, stands map[schemas.Period]bool) {
	for p, d := range x.Again {
		if !l.set.ran(p) {
			continue // too far back to be rated again
		}
		if !stands[p] {
			a := l.again(x.Account)
			a.From = first(a.From, p)
			continue
		}
		known := l.since[x.Account]
		if known == nil {
			known = map[schemas.Period]rating.Digest{}
			l.since[x.Account] = known
		}
		if _, later := known[p]; !later {
			known[p] = d
		}
	}
}

// compare holds what was known of an account in a period against what the book says now. One of which nothing was known was
// not charged, and is not, unless it has something of its own in the period.
func (l *lookBack) compare(plan *rating.Plan, p schemas.Period, id schemas.AccountID, was rating.Digest, known bool) {
	if since, ok := l.since[id][p]; ok {
		was, known = since, true
	}
	is, idle := l.set.factsOf(l.facts, plan, id)
	is, idle = factsWith(is, idle, l.claims[id], p)
	if is == was || !known && idle {
		return
	}
	a := l.again(id)
	a.From, a.Facts = first(a.From, p), append(a.Facts, p)
}

func (l *lookBack) again(id schemas.AccountID) *Again {
	a := l.found[id]
	if a == nil {
		a = &Again{}
		l.found[id] = a
	}
	return a
}

// AmountsOf is what the version of rating says before its first point, empty where it has none: versions that are alike in it make the
// same charges of the same usage and facts, and when it changes what is closed is rated again.
func AmountsOf(code []run.PartDigest) string {
	for _, p := range code {
		if p.Part == "rate/shard" {
			return amountsOf(p.Digest)
		}
	}
	return ""
}

func amountsOf(version string) string {
	amounts, _, is := strings.Cut(version, ".")
	if !is {
		return ""
	}
	return amounts
}

// stands reports whether what a run booked for an earlier period was held against the very runs that there are now.
func (s *Setting) stands(m *run.Manifest, p schemas.Period) bool {
	between := func(list []run.Earlier) []run.Earlier {
		return slices.DeleteFunc(slices.Clone(list), func(e run.Earlier) bool { return e.Period < p || e.Period >= m.Spec.Period })
	}
	return slices.Equal(between(m.Spec.Earlier), between(s.Earlier))
}

// learnedOf is what a task's run has learned of all accounts of the book, looked up once for all tasks of this process.
func learnedOf(ctx context.Context, in *run.Inputs) (*lookBack, error) {
	return run.Shared(in, "what the book learned of earlier periods", func(in *run.Inputs) (*lookBack, error) {
		set, err := SettingOf(ctx, in)
		if err != nil {
			return nil, err
		}
		l := set.newLookBack(set.Plan.Accounts())
		l.amounts = amountsOf(in.Version())
		l.gone = map[schemas.AccountID]schemas.Period{}
		return l, l.lookAt(ctx, set.Earlier)
	})
}
