package delivery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/feed"
)

// Query says which deliveries of a source are looked for.
type Query struct {
	Period schemas.Period
	// AsOf leaves out what arrived later, and is when objects must have settled. Zero leaves out nothing; then Now is that time,
	// and where it is zero, too, every listing is taken for settled.
	AsOf, Now time.Time
	// Arrived says when an object arrived; nil takes the store's own time of it.
	Arrived func(store.Info) time.Time
	// Digest returns what is known of an object's digests already, so that it need not be read again; nil knows none.
	Digest func(store.Info) Digests
	// Refused says of a delivery whose objects are pinned why what they hold cannot be taken, if that is known, or returns
	// nil. Of a snapshot an older version then counts. Nil knows of none.
	Refused func(*Delivery) *schemas.RefusedError
	// Wanting says of such a delivery, in a few words, what of it cannot be used, if that is known and more than the source
	// declares as bearable. It then counts only where no other version is better. Nil knows of none.
	Wanting func(*Delivery) string
	// Changing says of an object that it changes while it is read: its delivery is not settled. Nil knows of none.
	Changing func(key string) bool
	// Claimed says of an object that is none of this source's whether it is another's; nil knows no others.
	Claimed func(key string) bool
	// Workers is how many objects are read at a time; below 1 it is one.
	Workers int
}

// Discovery is what was found.
type Discovery struct {
	// Deliveries are in the order of their ids, the objects of each in the order of their keys. Superseded ones are among
	// them, as evidence.
	Deliveries []Delivery
	// Findings are in the order in which deliveries are looked at: by day, the newest version first.
	Findings []schemas.Finding
	// Incomplete says that an expected delivery is missing or a delivery was refused.
	Incomplete bool
	// Expected is what is expected and what came, of the month and then of each day, where the names of objects tell days.
	Expected []feed.Expectation
}

// Delivery is one arrival: the unit that is taken or refused as a whole.
type Delivery struct {
	// ID is the key of its manifest, or of its object for an append source, or what its period, day and version make.
	ID      string
	Version string
	// Day is the day it is for, as 2024-09-17, where the pattern says so.
	Day string
	// Superseded says that a newer version counts instead, or another delivery of the same bytes; its objects are not pinned
	// and have no digest.
	Superseded bool
	// Repeats names the object whose bytes are these; then that one counts.
	Repeats string
	// Others says of a version that counts that another may count instead, should this one turn out not to be usable.
	Others bool
	// Arrived is when the last of it arrived.
	Arrived time.Time
	Objects []Pinned
}

// Digests are those of one object, in hex; an empty one is not known.
type Digests struct {
	// Digest is by NewDigest. SHA256 is known only where a manifest promises it.
	Digest, SHA256 string
}

// Pinned is an object as it was when it was looked at.
type Pinned struct {
	Key  string
	Size int64
	Digests
	// Rows is how many rows its manifest promises, or -1.
	Rows int64
}

// Discover finds the deliveries of a period and pins those that count: for a snapshot the newest complete version of each
// scope, for an append source all of them. What is missing, late, refused or superseded is in the findings. A version that
// is refused leaves the newest good one before it in force, and the period incomplete. Errors are failures to read the
// landing place, and patterns that are none.
func Discover(ctx context.Context, landing store.Store, src *schemas.Source, q Query) (Discovery, error) {
	s := &search{ctx: ctx, landing: landing, permissions: store.NewPermissions(landing), src: src, q: q, zone: time.UTC, named: map[string]bool{}}
	if err := s.prepare(); err != nil {
		return Discovery{}, fmt.Errorf("discover deliveries of source %s: %w", src.ID, err)
	}
	err := s.list()
	if err == nil {
		err = s.gather()
	}
	if err == nil {
		err = s.strays()
	}
	if err == nil {
		err = s.choose()
	}
	if err != nil {
		return Discovery{}, fmt.Errorf("discover deliveries of source %s in %s: %w", src.ID, q.Period, err)
	}
	s.expect()
	s.out.Findings = bounded(s.out.Findings)
	slices.SortFunc(s.out.Deliveries, func(a, b Delivery) int { return cmp.Compare(a.ID, b.ID) })
	return s.out, nil
}

// mostAlike bounds the findings of one code and severity that are listed: there may be one for each object, and what is listed
// goes into the run's spec.
const mostAlike = 100

// bounded leaves the first findings of each code and severity, and one that counts the others of these.
func bounded(found []schemas.Finding) []schemas.Finding {
	type kind struct {
		code     schemas.Code
		severity schemas.Severity
	}
	counts, beyond := map[kind]int{}, map[kind]int{} // beyond is where the first of the others stands
	var out []schemas.Finding
	for _, f := range found {
		k := kind{f.Code, f.Severity}
		switch counts[k]++; {
		case counts[k] > mostAlike+1:
			continue
		case counts[k] == mostAlike+1:
			beyond[k] = len(out)
		}
		out = append(out, f)
	}
	for k, at := range beyond {
		if more := counts[k] - mostAlike; more > 1 {
			f := &out[at]
			message := fmt.Sprintf("%d more findings like these, the first of them about %s", more, cmp.Or(f.Object, "the source as a whole"))
			*f = schemas.Finding{Code: k.code, Severity: k.severity, Source: f.Source, Message: message}.WithFix()
		}
	}
	return out
}

// search is one Discover.
type search struct {
	ctx     context.Context
	landing store.Store
	src     *schemas.Source
	q       Query
	zone    *time.Location

	objects, manifests *pattern
	// seen are the objects that had arrived, by key.
	seen map[string]arrival
	keys []string
	// candidates are the deliveries that could count, and named the objects that one of them has or names.
	candidates []candidate
	named      map[string]bool
	// unknown are folders of manifests that do not say yet what is theirs.
	unknown []string
	// pinned are the digests of the objects that have been read, by key.
	pinned map[string]pinning
	// permissions says whether what is known may still be read.
	permissions *store.Permissions
	out         Discovery
}

// arrival is an object of the landing place.
type arrival struct {
	store.Info
	at time.Time
}

// candidate is a delivery that may count.
type candidate struct {
	Delivery
	// digests are what the manifest promises, by key.
	digests map[string]string
	// created is when its manifest says that it was made.
	created time.Time
	// waiting says that it is not complete or settled yet, wrong why it is refused, wanting what of it cannot be used.
	waiting bool
	wrong   *schemas.RefusedError
	// marked says that it has a marker and no manifest.
	marked  bool
	wanting string
	// changing is an object of it that changes while it is read.
	changing string
}

func (s *search) prepare() error {
	if _, err := schemas.ParsePeriod(string(s.q.Period)); err != nil {
		return err
	}
	if s.src.Zone != "" {
		zone, err := time.LoadLocation(s.src.Zone)
		if err != nil {
			return fmt.Errorf("its zone %q is not known: %w", s.src.Zone, err)
		}
		s.zone = zone
	}
	var err error
	if s.objects, err = compilePattern(s.src.Prefix, s.src.Pattern, s.q.Period); err != nil || s.src.Manifest == "" {
		return err
	}
	s.manifests, err = compilePattern(s.src.Prefix, filing(s.src), s.q.Period)
	return err
}

// list lists what had arrived.
func (s *search) list() error {
	s.seen = map[string]arrival{}
	prefix := s.objects.prefix
	if s.manifests != nil {
		prefix = commonPrefix(prefix, s.manifests.prefix)
	}
	var refused *schemas.RefusedError
	for info, err := range s.landing.List(s.ctx, prefix) {
		if errors.Is(err, store.ErrKey) {
			s.refuse(&schemas.RefusedError{Code: schemas.CodeHostileObject, Object: info.Key, Reason: "it is not a plain object: " + err.Error()})
			continue
		}
		// A bucket denies a listing as a whole.
		if err = refuseDenied(cmp.Or(info.Key, strings.TrimSuffix(prefix, "/")), err); errors.As(err, &refused) {
			s.refuse(refused)
			continue
		}
		if err != nil {
			return err
		}
		a := arrival{info, info.Modified}
		if s.q.Arrived != nil {
			a.at = s.q.Arrived(info)
		}
		if s.q.AsOf.IsZero() || !a.at.After(s.q.AsOf) {
			s.seen[info.Key] = a
			s.keys = append(s.keys, info.Key)
		}
	}
	slices.Sort(s.keys)
	return s.ctx.Err()
}

func commonPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

// refuse puts a refusal into the findings.
func (s *search) refuse(why *schemas.RefusedError) {
	s.out.Findings = append(s.out.Findings, why.Finding(s.src.ID))
	s.out.Incomplete = true
}

// gather makes candidates of what was listed.
func (s *search) gather() error {
	if s.manifests != nil {
		return s.gatherManifests()
	}
	versions := map[place]int{}
	for _, key := range s.keys {
		at, ok := s.objects.find(key)
		if !ok {
			continue
		}
		i, known := versions[at]
		if s.src.Semantics == schemas.Append || !known {
			i = len(s.candidates)
			versions[at] = i
			s.candidates = append(s.candidates, candidate{Delivery: Delivery{ID: s.name(key, at), Version: at.version, Day: at.day}})
		}
		s.add(&s.candidates[i], key, -1)
	}
	for i := range s.candidates {
		c := &s.candidates[i]
		c.waiting = s.unsettled(c.Arrived)
	}
	return nil
}

// unsettled reports whether what arrived at a time may not be whole yet. Clocks differ, so that what is of the future by Now
// only waits where the source declares that things take time to settle.
func (s *search) unsettled(arrived time.Time) bool {
	if s.q.AsOf.IsZero() {
		return !s.q.Now.IsZero() && s.src.SettleMinutes > 0 && arrived.After(s.q.Now.Add(-s.src.Settle()))
	}
	return arrived.After(s.q.AsOf.Add(-s.src.Settle()))
}

// name names a delivery without a manifest.
func (s *search) name(key string, at place) string {
	if s.src.Semantics == schemas.Append {
		return key
	}
	return path.Join(s.src.Prefix, cmp.Or(at.day, string(s.q.Period)), at.version)
}

// add puts an object that was seen into a candidate.
func (s *search) add(c *candidate, key string, rows int64) {
	a := s.seen[key]
	s.named[key] = true
	c.Objects = append(c.Objects, Pinned{Key: key, Size: a.Size, Rows: rows})
	if a.at.After(c.Arrived) {
		c.Arrived = a.at
	}
}

// gatherManifests makes a candidate of each manifest.
func (s *search) gatherManifests() error {
	for _, key := range s.keys {
		at, ok := s.manifests.find(key)
		if !ok {
			continue
		}
		s.named[key] = true
		c := candidate{Delivery: Delivery{ID: key, Version: at.version, Day: at.day, Arrived: s.seen[key].at}}
		if c.marked = isMarker(key); c.marked {
			s.beside(&c, at)
			s.candidates = append(s.candidates, c)
			continue
		}
		m, err := readManifest(s.ctx, s.landing, key)
		if err != nil && !errors.As(err, &c.wrong) {
			return err
		}
		if err == nil {
			c.waiting = !m.Complete
			c.digests = map[string]string{}
			for _, o := range m.Objects {
				s.named[o.Key] = true
			}
			c.wrong = s.follow(&c, m, at)
		}
		if c.waiting || c.wrong != nil { // what lies beside it may be its own
			s.unknown = append(s.unknown, path.Dir(key)+"/")
		}
		s.candidates = append(s.candidates, c)
	}
	return nil
}

// follow puts the objects that a manifest names into its candidate, or says in what the two differ.
func (s *search) follow(c *candidate, m *Manifest, at place) *schemas.RefusedError {
	mismatch := func(object, format string, args ...any) *schemas.RefusedError {
		return &schemas.RefusedError{Code: schemas.CodeManifestMismatch, Object: object, Reason: fmt.Sprintf(format, args...)}
	}
	if m.BillingPeriod != s.q.Period && (m.BillingPeriod != "" || Undated(s.src)) {
		return mismatch(c.ID, "the manifest is of period %q, and lies with %s", schemas.ClipValue(string(m.BillingPeriod)), s.q.Period)
	}
	if at.version != "" && m.Version != "" && at.version != m.Version {
		return mismatch(c.ID, "the manifest is of version %q, and lies with version %q", schemas.ClipValue(m.Version), at.version)
	}
	c.Version, c.created = cmp.Or(at.version, m.Version), m.Created
	if s.src.VersionOrder == schemas.ByManifest && m.Complete && c.created.IsZero() {
		return mismatch(c.ID, "the manifest does not say when it was created, by which versions are ordered")
	}
	if c.waiting {
		return nil
	}
	if wrong := m.miscounts(); wrong != "" {
		return mismatch(c.ID, "%s", wrong)
	}
	for _, o := range m.Objects {
		a, ok := s.seen[o.Key]
		switch {
		case !ok:
			return mismatch(o.Key, "the manifest %s names it, and it is not there", c.ID)
		case o.Size != nil && *o.Size != a.Size:
			return mismatch(o.Key, "it has %d bytes, and the manifest %s says %d", a.Size, c.ID, *o.Size)
		}
		rows := int64(-1)
		if o.Rows != nil {
			rows = *o.Rows
		}
		c.digests[o.Key] = o.SHA256
		s.add(c, o.Key, rows)
	}
	slices.SortFunc(c.Objects, func(a, b Pinned) int { return cmp.Compare(a.Key, b.Key) })
	return nil
}

// choose takes the candidates that count.
func (s *search) choose() error {
	slices.SortStableFunc(s.candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), s.compareVersions(&b, &a), cmp.Compare(a.ID, b.ID))
	})
	s.pinAhead()
	x := choice{search: s, taken: map[string]string{}, bytes: map[string]string{}}
	for from := 0; from < len(s.candidates); {
		to := from + 1
		for to < len(s.candidates) && s.candidates[to].Day == s.candidates[from].Day {
			to++
		}
		if err := x.day(s.candidates[from:to]); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// compareVersions compares two candidates by age, as the source declares it.
func (s *search) compareVersions(a, b *candidate) int {
	switch s.src.VersionOrder {
	case schemas.ByArrival:
		if c := a.Arrived.Compare(b.Arrived); c != 0 {
			return c
		}
	case schemas.ByManifest:
		if c := a.created.Compare(b.created); c != 0 {
			return c
		}
	case schemas.ByText:
	}
	return naturalCompare(a.Version, b.Version)
}

// waitForRest notes a delivery of which an object changes while it is read: the period is provisional, and others go on.
func (s *search) waitForRest(c *candidate) {
	s.out.Incomplete = true
	s.out.Findings = append(s.out.Findings, schemas.Finding{
		Code: schemas.CodeUnsettled, Source: s.src.ID, Object: c.changing, Value: c.Version, Message: "it changed while it was read",
	}.WithFix())
}

// wait notes a delivery that is not whole yet.
func (s *search) wait(c *candidate) {
	why := "its manifest does not say that it is complete"
	if s.manifests == nil {
		why = fmt.Sprintf("it arrived less than %d minutes before", s.src.SettleMinutes)
	}
	s.out.Findings = append(s.out.Findings, schemas.Finding{
		Code: schemas.CodeUnsettled, Source: s.src.ID, Object: c.ID, Value: c.Version, Message: why,
	}.WithFix())
}

func (s *search) supersede(c *candidate, better string) {
	c.Superseded = true
	s.out.Deliveries = append(s.out.Deliveries, c.Delivery)
	s.out.Findings = append(s.out.Findings, schemas.Finding{
		Code: schemas.CodeSupersededVersion, Source: s.src.ID, Object: c.ID, Value: c.Version,
		Message: fmt.Sprintf("version %q counts instead of version %q", better, c.Version),
	}.WithFix())
}
