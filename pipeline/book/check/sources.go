package check

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"daybook/pipeline/book/check/paid"
	"daybook/pipeline/book/parse"
	"daybook/schemas"
)

// placeHolder is {name} in a pattern.
var placeHolder = regexp.MustCompile(`\{([^}]*)\}`)

// placeHolders are those that a pattern may have.
func placeHolders() []string {
	return []string{"period", "year", "month", "day", "first", "last", "next", "version", "sequence"}
}

// FilledByDaybook are the usage columns that no source may fill.
func FilledByDaybook() []int {
	return []int{schemas.UseAccountId, schemas.UsePeerId, schemas.UseSourceId, schemas.UseObjectKey, schemas.UseObjectRow, schemas.UseRecordId, schemas.UseExtra, schemas.UseLatePeriod}
}

func (c *checker) checkSources() {
	for i := range c.Sources.Items {
		s, at := &c.Sources.Items[i], c.Sources.Spots[i]
		c.refer(at, "peer", &c.names.peers, string(s.Peer))
		c.zone(at.Field("zone"), s.Zone)
		c.prefix(at.Field("prefix"), s.Prefix)
		c.pattern(at.Field("pattern"), s.Pattern)
		c.pattern(at.Field("manifest"), s.Manifest)
		c.holdersOnce(at, s)
		c.patternSuits(at, s)
		c.atMost(at.Field("settle_minutes"), int64(s.SettleMinutes), mostMinutes)
		c.atMost(at.Field("expect").Field("due_hours"), int64(s.Expect.DueHours), mostDays*24)
		c.countable(at.Field("expect").Field("objects"), int64(s.Expect.Objects))
		c.countable(at.Field("bearable").Field("rows"), s.Bearable.Rows)
		limits := at.Field("limits")
		c.countable(limits.Field("row_bytes"), s.Limits.RowBytes)
		c.countable(limits.Field("object_bytes"), s.Limits.ObjectBytes)
		c.countable(limits.Field("ratio"), s.Limits.Ratio)
		c.countable(limits.Field("depth"), int64(s.Limits.Depth))
		c.countable(limits.Field("rejected_rows"), s.Limits.RejectedRows)
		if s.Format.IsPayments() {
			paid.Source(c.Reader, at, s)
			continue
		}
		if s.Format.IsEvidence() {
			c.evidenceSource(at)
			c.credentialSource(at, s)
			c.invoiceSource(at, s)
			continue
		}
		c.mapping(at, s, s.Columns, s.Constants)
		c.ignored(at.Field("ignore"), s)
		c.named(at.Field("ignore"), s.Ignore)
		c.named(at.Field("key"), s.Key)
		c.eventTypes(at, s)
		c.mapped(at, s)
		tolerate := at.Field("tolerate")
		c.timeLayouts(tolerate.Field("times"), s.Tolerate.Times)
		c.tolerated(tolerate.Field("null_columns"), s.Tolerate.NullColumns, neverNull)
		c.tolerated(tolerate.Field("absent_columns"), s.Tolerate.AbsentColumns, neverNull)
		c.tolerated(tolerate.Field("other_values"), s.Tolerate.OtherValues, listless)
	}
	c.separateSources()
}

// mapping complains of what a source, or a type of its events, fills wrongly.
func (c *checker) mapping(at parse.Spot, s *schemas.Source, columns, constants map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		c.target(at.Field("columns").Field(name), name)
		if columns[name] == "" {
			c.Complain(at.Field("columns").Field(name), "name the source's column, or remove the line", "nothing is named that %s comes from", parse.Clip(name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(constants)) {
		c.target(at.Field("constants").Field(name), name)
		c.constant(at.Field("constants").Field(name), s, name, constants[name])
		if _, both := columns[name]; both {
			c.Complain(at.Field("constants").Field(name), "keep one of them", "%s is filled by columns already", name)
		}
	}
}

// prefix complains of a folder that would leave the landing place.
func (c *checker) prefix(at parse.Spot, prefix string) {
	clean := path.Clean(strings.TrimSuffix(prefix, "/"))
	switch {
	case prefix == "":
	case strings.Contains(prefix, `\`):
		c.Complain(at, "write "+strings.ReplaceAll(prefix, `\`, "/"), "%q has backslashes, and folders are divided by slashes", parse.Clip(prefix))
	case strings.HasPrefix(prefix, "/"), strings.Contains(prefix, "://"),
		slices.Contains(strings.Split(prefix, "/"), ".."):
		c.Complain(at, "write a path with slashes from the landing place down, such as peers/atlas", "%q leaves the landing place", parse.Clip(prefix))
	case clean != strings.TrimSuffix(prefix, "/"):
		c.Complain(at, "write "+clean, "%q is not a plain path", parse.Clip(prefix))
	}
}

func (c *checker) pattern(at parse.Spot, pattern string) {
	if slices.Contains(strings.Split(pattern, "/"), "..") || strings.HasPrefix(pattern, "/") {
		c.Complain(at, "write a path below the prefix", "%q leaves the prefix", parse.Clip(pattern))
	}
	for _, m := range placeHolder.FindAllStringSubmatch(pattern, -1) {
		if !slices.Contains(placeHolders(), m[1]) {
			c.Complain(at, parse.DidYouMean(m[1], placeHolders(), ""), "{%s} is not a place holder", parse.Clip(m[1]))
		}
	}
	if rest := placeHolder.ReplaceAllString(pattern, ""); strings.ContainsAny(rest, "{}") {
		c.Complain(at, "close every brace", "%q has a brace that stands alone", parse.Clip(pattern))
	}
}

// holdersOnce complains of a pattern that holds a day or a version twice: which of two would count is not for us to say.
func (c *checker) holdersOnce(at parse.Spot, s *schemas.Source) {
	manifest := s.Manifest
	if manifest != "" && !strings.Contains(manifest, "/") {
		manifest = path.Join(path.Dir(s.Pattern), manifest) // it lies beside its objects
	}
	for _, holder := range []string{"{day}", "{version}", "{sequence}"} {
		if strings.Count(s.Pattern, holder) > 1 {
			c.Complain(at.Field("pattern"), "keep the first, and write * for the other", "the pattern holds %s twice", holder)
		} else if strings.Count(manifest, holder) > 1 {
			c.Complain(at.Field("manifest"), "keep the first, and write * for the other", "the manifest's path %s holds %s twice", parse.Clip(manifest), holder)
		}
	}
}

// patternSuits complains of a pattern from which a period, a version or a day cannot be read though they are needed.
func (c *checker) patternSuits(at parse.Spot, s *schemas.Source) {
	has := func(holder string) bool {
		return strings.Contains(s.Pattern, "{"+holder+"}") || strings.Contains(s.Manifest, "{"+holder+"}")
	}
	month := has("period") || has("year") && has("month") || has("first") || has("last") || has("day")
	unknown := slices.ContainsFunc(placeHolder.FindAllStringSubmatch(s.Pattern, -1), func(m []string) bool { return !slices.Contains(placeHolders(), m[1]) })
	switch {
	case s.Pattern == "" || month || unknown:
	case s.Semantics != schemas.Append:
		c.Complain(at.Field("pattern"), "add {period}, or {year} and {month}", "the pattern does not say of which month an object is")
	case s.Expect.Every != "":
		c.Complain(at.Field("expect").Field("every"), "add {period} to the pattern, or expect nothing", "deliveries are expected, but the pattern does not say of which month an object is")
	}
	if s.Expect.Every == schemas.EveryDay && !has("day") {
		c.Complain(at.Field("expect").Field("every"), "add {day} to the pattern, or expect a delivery every month", "a delivery is expected every day, but the pattern has no {day}")
	}
	if s.View != "" && s.Format != schemas.AzureCost {
		c.Complain(at.Field("view"), "remove it", "only %s delivers a bill in several views, and the format is %s", schemas.AzureCost, declared(s))
	}
	if s.VersionOrder == schemas.ByManifest && s.Manifest == "" {
		c.Complain(at.Field("version_order"), "add manifest, or order them by text or arrival", "versions are ordered by their manifests, and the source names none")
	}
	if s.Semantics == schemas.Append && has("version") {
		c.Complain(at.Field("semantics"), "write snapshot if a newer version replaces the older", "the source adds up its objects, but its pattern has a {version}")
	}
	if s.Semantics != schemas.Append && has("sequence") {
		c.Complain(at.Field("pattern"), "remove {sequence}, or write append if the objects add up", "the objects of a snapshot are all those of its version, and follow no sequence")
	}
}

// target complains of a usage column that is not there, or not for a source to fill.
func (c *checker) target(at parse.Spot, name string) {
	i := schemas.Usage.Index(name)
	switch {
	case i < 0:
		c.Complain(at, parse.DidYouMean(name, usageNames(nil), "the columns are those of FOCUS 1.2"), "usage has no column %s", parse.Clip(name))
	case slices.Contains(FilledByDaybook(), i):
		c.Complain(at, "remove it", "%s is filled by daybook itself", name)
	}
}

// ignored complains of a column of FOCUS that is dropped though it says when the use was. The paths of events, and columns of
// which the book says what they mean, are another matter.
func (c *checker) ignored(list parse.Spot, s *schemas.Source) {
	for i, name := range s.Ignore {
		for _, use := range []int{schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd} {
			column := schemas.Usage.Columns[use].Name
			if s.Format != schemas.CloudEvents10 && s.Format != schemas.Mapped && s.Columns[column] == "" && s.Constants[column] == "" && schemas.LooseName(name) == schemas.LooseName(column) {
				c.Complain(list.At(i), "remove it", "%s cannot be ignored: it says when the use was", parse.Clip(name))
			}
		}
	}
}

// named complains of entries that name nothing.
func (c *checker) named(list parse.Spot, names []string) {
	for i, name := range names {
		if name == "" {
			c.Complain(list.At(i), "name a column of the source, or remove the entry", "the entry names nothing")
		}
	}
}

// tolerated complains of names that are neither usage columns nor *, and of columns of which a tolerance says nothing, with the
// reason that why gives.
func (c *checker) tolerated(list parse.Spot, names []string, why func(use int) string) {
	for i, name := range names {
		use := schemas.Usage.Index(name)
		switch {
		case name == "*":
		case use < 0:
			c.Complain(list.At(i), parse.DidYouMean(name, usageNames(nil), "the columns are those of FOCUS 1.2, or * for all"), "usage has no column %s", parse.Clip(name))
		case slices.Contains(FilledByDaybook(), use):
			c.Complain(list.At(i), "remove it", "%s is filled by daybook itself", name)
		case why(use) != "":
			c.Complain(list.At(i), "remove it", "%s", why(use))
		}
	}
}

// neverNull says of a column why no row is without it.
func neverNull(use int) string {
	if column := schemas.Usage.Columns[use]; column.Required {
		return column.Name + " cannot be missing: it says when the use was"
	}
	return ""
}

// listless says of a column why no value lies outside its list.
func listless(use int) string {
	if use == schemas.UseBillingCurrency || use == schemas.UseServiceCategory || schemas.ClosedList(use) != nil {
		return ""
	}
	return schemas.Usage.Columns[use].Name + " takes any value, so none is another"
}

// usageNames returns the usage columns that keep says, or all.
func usageNames(keep func(schemas.Column) bool) []string {
	var out []string
	for _, col := range schemas.Usage.Columns {
		if keep == nil || keep(col) {
			out = append(out, col.Name)
		}
	}
	return out
}

// separateSources complains of two sources that would read the same objects, and so bill them twice.
func (c *checker) separateSources() {
	type reads struct{ prefix, pattern string }
	seen := map[reads]parse.Spot{}
	for i, s := range c.Sources.Items {
		key := reads{path.Clean(s.Prefix), s.Pattern}
		if s.Pattern == "" {
			continue
		}
		if first, twice := seen[key]; twice {
			c.Complain(c.Sources.Spots[i].Field("pattern"), "give each source a prefix of its own", "the source at %s reads the same objects", first.Where())
			continue
		}
		seen[key] = c.Sources.Spots[i]
	}
}
