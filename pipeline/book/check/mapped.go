package check

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/intake"
	"daybook/schemas/money"
)

// mapped complains of what the format mapped cannot read by, and of its keys where the format is another.
func (c *checker) mapped(at parse.Spot, s *schemas.Source) {
	if s.Format != schemas.Mapped {
		for _, key := range []string{"mapping", "take"} {
			if _, given := at.Field(key).Given(); given {
				c.Complain(at.Field(key), "remove it, or write format: mapped", "only the format %s reads by it, and the format is %s", schemas.Mapped, declared(s))
			}
		}
		return
	}
	for _, name := range slices.Sorted(maps.Keys(s.Mapping)) {
		r, here := s.Mapping[name], at.Field("mapping").Field(name)
		c.target(here, name)
		if s.Columns[name] != "" || s.Constants[name] != "" {
			c.Complain(here, "keep one of them", "%s is filled by columns or constants already", name)
		}
		if use := schemas.Usage.Index(name); use >= 0 {
			c.reading(here, s, use, &r)
		}
	}
	c.takes(at.Field("take"), s)
	c.sayEnough(at, s)
}

// declared is a source's format as complaints name it.
func declared(s *schemas.Source) schemas.Format { return cmp.Or(s.Format, "left out") }

// sayEnough complains of a mapping that fills nothing that could be billed.
func (c *checker) sayEnough(at parse.Spot, s *schemas.Source) {
	fills := func(uses ...int) bool {
		return slices.ContainsFunc(uses, func(use int) bool {
			name := schemas.Usage.Columns[use].Name
			_, read := s.Mapping[name]
			return read || s.Columns[name] != "" || s.Constants[name] != ""
		})
	}
	for name := range s.Mapping { // one that is misspelt is complained of as such
		if schemas.Usage.Index(name) < 0 {
			return
		}
	}
	start := schemas.Usage.Columns[schemas.UseChargePeriodStart].Name
	switch {
	case s.Constants[start] != "" || !fills(schemas.UseChargePeriodStart):
		c.Complain(at.Field("mapping"), "add "+start+": {from: [the column of the time of use]}", "nothing says when a record's use began")
	case fills(schemas.UseBilledCost, schemas.UseEffectiveCost, schemas.UseListCost, schemas.UseContractedCost) && !fills(schemas.UseBillingCurrency):
		c.Complain(at.Field("mapping"), "add BillingCurrency, or write it under constants", "nothing says in which currency costs are")
	case !fills(schemas.UseConsumedQuantity, schemas.UsePricingQuantity, schemas.UseBilledCost, schemas.UseEffectiveCost):
		c.Complain(at.Field("mapping"), "add ConsumedQuantity, or BilledCost and BillingCurrency", "nothing says how much was used or what it costs")
	}
}

// reading complains of a column that cannot be read as it is said, or of which something is said that means nothing in it.
func (c *checker) reading(at parse.Spot, s *schemas.Source, use int, r *intake.Reading) {
	column := schemas.Usage.Columns[use]
	if len(r.From) == 0 {
		c.Complain(at.Field("from"), "name the source's column", "nothing is named that %s comes from", column.Name)
	}
	for i, name := range r.From {
		if name == "" {
			c.Complain(at.Field("from").At(i), "name a column of the source, or remove the entry", "the entry names nothing")
		} else if slices.Contains(r.From[:i], name) {
			c.Complain(at.Field("from").At(i), "keep one of them", "%s is named twice", parse.Clip(name))
		}
	}
	isTime := column.Type == schemas.Time
	for _, x := range []struct {
		key  string
		said bool
		fits bool
		of   string
	}{
		{"layout", r.Layout != "", isTime, "times"},
		{"epoch", r.Epoch != "", isTime, "times"},
		{"zone", r.Zone != "", isTime, "times"},
		{"plus", r.Plus != "", isTime, "times"},
		{"factor", r.Factor != nil, column.Type == schemas.Decimal, "numbers"},
		{"values", len(r.Values) > 0, !isTime && use != schemas.UseTags && use != schemas.UseSkuPriceDetails, "texts and numbers"},
		{"nulls", len(r.Nulls) > 0, !column.Required, "columns that may be empty"},
	} {
		if x.said && !x.fits {
			c.Complain(at.Field(x.key), "remove it", "it is for %s, and %s is none", x.of, column.Name)
		}
	}
	if isTime {
		c.readingOfTimes(at, r)
	}
	if f := r.Factor; f != nil && (f.IsZero() || f.Equal(money.NewDecimal(1, 0))) {
		c.Complain(at.Field("factor"), "remove it, or write another factor such as 0.001 or -1", "a factor of %s makes no number of any use", f)
	}
	for i, text := range r.Nulls {
		if _, twice := r.Values[text]; twice {
			c.Complain(at.Field("nulls").At(i), "keep one of them", "%q stands for a value, too", parse.Clip(text))
		} else if text == "" {
			c.Complain(at.Field("nulls").At(i), "remove it", "an empty text is null in any case")
		}
	}
	for _, text := range slices.Sorted(maps.Keys(r.Values)) {
		switch here := at.Field("values").Field(text); {
		case text == "":
			c.Complain(here, "remove it", "an empty text is null, and stands for nothing")
		case r.Values[text] == "":
			c.Complain(here, "write it under nulls if it means null", "%q stands for nothing", parse.Clip(text))
		case !isTime:
			c.constant(here, s, column.Name, r.Values[text])
		}
	}
}

// readingOfTimes complains of what is said of times.
func (c *checker) readingOfTimes(at parse.Spot, r *intake.Reading) {
	c.zone(at.Field("zone"), r.Zone)
	day := time.Date(2024, time.November, 28, 17, 45, 39, 0, time.UTC)
	if r.Layout != "" {
		if t, err := time.Parse(r.Layout, day.Format(r.Layout)); err != nil || t.Month() != day.Month() || t.Year() != day.Year() {
			c.Complain(at.Field("layout"), "write how 2 January 2006, 15:04:05 would look, such as 02.01.2006 15:04", "%q is no format of a time", parse.Clip(r.Layout))
		}
	}
	offset := strings.Contains(r.Layout, "07")
	calendar := r.Plus == intake.SpanDay || r.Plus == intake.SpanMonth
	switch {
	case r.Layout != "" && r.Epoch != "":
		c.Complain(at.Field("epoch"), "keep one of them", "a time has a layout or counts from 1970, and not both")
	case r.Zone != "" && !calendar && (r.Layout == "" || offset):
		c.Complain(at.Field("zone"), "remove it, or write layout, too", "the times say their offset, so that the zone changes nothing")
	}
}

// takes complains of entries by which rows cannot be told.
func (c *checker) takes(list parse.Spot, s *schemas.Source) {
	for i := range s.Take {
		t, at := &s.Take[i], list.At(i)
		switch {
		case t.Column == "":
			c.Complain(at.Field("column"), "name a column of the source", "nothing is named by which rows are taken")
		case len(t.Is) == 0 && len(t.Not) == 0:
			c.Complain(at, "add is: and the texts of the rows to take, or not: and those of the others", "nothing says which rows are taken")
		case len(t.Is) > 0 && len(t.Not) > 0:
			c.Complain(at.Field("not"), "remove it; a row that is none of is is left out anyway", "both is and not are given")
		}
	}
}
