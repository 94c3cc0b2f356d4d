package book

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"daybook/schemas"
)

// placeHolder is {name} in a pattern.
var placeHolder = regexp.MustCompile(`\{([^}]*)\}`)

// placeHolders are those that a pattern may have.
func placeHolders() []string {
	return []string{"period", "year", "month", "day", "first", "last", "next", "version"}
}

// filledByDaybook are the usage columns that no source may fill.
func filledByDaybook() []int {
	return []int{schemas.UseAccountId, schemas.UsePeerId, schemas.UseSourceId, schemas.UseObjectKey, schemas.UseObjectRow, schemas.UseRecordId, schemas.UseExtra, schemas.UseLatePeriod}
}

func (c *checker) checkSources() {
	for i := range c.sources.items {
		s, at := &c.sources.items[i], c.sources.spots[i]
		c.refer(at, "peer", &c.names.peers, string(s.Peer))
		c.zone(at.field("zone"), s.Zone)
		c.prefix(at.field("prefix"), s.Prefix)
		c.pattern(at.field("pattern"), s.Pattern)
		c.pattern(at.field("manifest"), s.Manifest)
		c.holdersOnce(at, s)
		c.patternSuits(at, s)
		c.atMost(at.field("settle_minutes"), int64(s.SettleMinutes), mostMinutes)
		c.atMost(at.field("expect").field("due_hours"), int64(s.Expect.DueHours), mostDays*24)
		c.countable(at.field("expect").field("objects"), int64(s.Expect.Objects))
		limits := at.field("limits")
		c.countable(limits.field("row_bytes"), s.Limits.RowBytes)
		c.countable(limits.field("object_bytes"), s.Limits.ObjectBytes)
		c.countable(limits.field("ratio"), s.Limits.Ratio)
		c.countable(limits.field("depth"), int64(s.Limits.Depth))
		c.countable(limits.field("rejected_rows"), s.Limits.RejectedRows)
		for _, name := range slices.Sorted(maps.Keys(s.Columns)) {
			c.target(at.field("columns").field(name), name)
		}
		for _, name := range slices.Sorted(maps.Keys(s.Constants)) {
			c.target(at.field("constants").field(name), name)
			c.constant(at.field("constants").field(name), s, name, s.Constants[name])
			if _, both := s.Columns[name]; both {
				c.complain(at.field("constants").field(name), "keep one of them", "%s is filled by columns already", name)
			}
		}
		c.events(at, s)
		tolerate := at.field("tolerate")
		c.timeLayouts(tolerate.field("times"), s.Tolerate.Times)
		c.usageColumns(tolerate.field("null_columns"), s.Tolerate.NullColumns)
		c.usageColumns(tolerate.field("absent_columns"), s.Tolerate.AbsentColumns)
		c.usageColumns(tolerate.field("other_values"), s.Tolerate.OtherValues)
	}
	c.separateSources()
}

// prefix complains of a folder that would leave the landing place.
func (c *checker) prefix(at spot, prefix string) {
	clean := path.Clean(strings.TrimSuffix(prefix, "/"))
	switch {
	case prefix == "":
	case strings.Contains(prefix, `\`):
		c.complain(at, "write "+strings.ReplaceAll(prefix, `\`, "/"), "%q has backslashes, and folders are divided by slashes", clip(prefix))
	case strings.HasPrefix(prefix, "/"), strings.Contains(prefix, "://"),
		slices.Contains(strings.Split(prefix, "/"), ".."):
		c.complain(at, "write a path with slashes from the landing place down, such as peers/atlas", "%q leaves the landing place", clip(prefix))
	case clean != strings.TrimSuffix(prefix, "/"):
		c.complain(at, "write "+clean, "%q is not a plain path", clip(prefix))
	}
}

func (c *checker) pattern(at spot, pattern string) {
	if slices.Contains(strings.Split(pattern, "/"), "..") || strings.HasPrefix(pattern, "/") {
		c.complain(at, "write a path below the prefix", "%q leaves the prefix", clip(pattern))
	}
	for _, m := range placeHolder.FindAllStringSubmatch(pattern, -1) {
		if !slices.Contains(placeHolders(), m[1]) {
			c.complain(at, didYouMean(m[1], placeHolders(), ""), "{%s} is not a place holder", clip(m[1]))
		}
	}
	if rest := placeHolder.ReplaceAllString(pattern, ""); strings.ContainsAny(rest, "{}") {
		c.complain(at, "close every brace", "%q has a brace that stands alone", clip(pattern))
	}
}

// holdersOnce complains of a pattern that holds a day or a version twice: which of two would count is not for us to say.
func (c *checker) holdersOnce(at spot, s *schemas.Source) {
	manifest := s.Manifest
	if manifest != "" && !strings.Contains(manifest, "/") {
		manifest = path.Join(path.Dir(s.Pattern), manifest) // it lies beside its objects
	}
	for _, holder := range []string{"{day}", "{version}"} {
		if strings.Count(s.Pattern, holder) > 1 {
			c.complain(at.field("pattern"), "keep the first, and write * for the other", "the pattern holds %s twice", holder)
		} else if strings.Count(manifest, holder) > 1 {
			c.complain(at.field("manifest"), "keep the first, and write * for the other", "the manifest's path %s holds %s twice", clip(manifest), holder)
		}
	}
}

// patternSuits complains of a pattern from which a period, a version or a day cannot be read though they are needed.
func (c *checker) patternSuits(at spot, s *schemas.Source) {
	has := func(holder string) bool {
		return strings.Contains(s.Pattern, "{"+holder+"}") || strings.Contains(s.Manifest, "{"+holder+"}")
	}
	month := has("period") || has("year") && has("month") || has("first") || has("last") || has("day")
	unknown := slices.ContainsFunc(placeHolder.FindAllStringSubmatch(s.Pattern, -1), func(m []string) bool { return !slices.Contains(placeHolders(), m[1]) })
	if s.Pattern != "" && !month && !unknown {
		c.complain(at.field("pattern"), "add {period}, or {year} and {month}", "the pattern does not say of which month an object is")
	}
	if s.Expect.Every == schemas.EveryDay && !has("day") {
		c.complain(at.field("expect").field("every"), "add {day} to the pattern, or expect a delivery every month", "a delivery is expected every day, but the pattern has no {day}")
	}
	if s.Semantics == schemas.Append && has("version") {
		c.complain(at.field("semantics"), "write snapshot if a newer version replaces the older", "the source adds up its objects, but its pattern has a {version}")
	}
}

// target complains of a usage column that is not there, or not for a source to fill.
func (c *checker) target(at spot, name string) {
	i := schemas.Usage.Index(name)
	switch {
	case i < 0:
		c.complain(at, didYouMean(name, usageNames(nil), "the columns are those of FOCUS 1.2"), "usage has no column %s", clip(name))
	case slices.Contains(filledByDaybook(), i):
		c.complain(at, "remove it", "%s is filled by daybook itself", name)
	}
}

// usageColumns complains of names that are neither usage columns nor *.
func (c *checker) usageColumns(list spot, names []string) {
	for i, name := range names {
		if name != "*" && schemas.Usage.Index(name) < 0 {
			c.complain(list.at(i), didYouMean(name, usageNames(nil), "the columns are those of FOCUS 1.2, or * for all"), "usage has no column %s", clip(name))
		}
	}
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
	seen := map[reads]spot{}
	for i, s := range c.sources.items {
		key := reads{path.Clean(s.Prefix), s.Pattern}
		if s.Pattern == "" {
			continue
		}
		if first, twice := seen[key]; twice {
			c.complain(c.sources.spots[i].field("pattern"), "give each source a prefix of its own", "the source at %s reads the same objects", first.where())
			continue
		}
		seen[key] = c.sources.spots[i]
	}
}
