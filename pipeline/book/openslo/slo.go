package openslo

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"daybook/pipeline/book/parse"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// reader makes a measure of one SLO.
type reader struct {
	*Objects
	spec parse.Spot
	zone string
	sla  service.SLAID
	out  service.SLAMeasure
	// refused says that something was complained of.
	refused bool
}

func (x *reader) refuse(at parse.Spot, suggestion, format string, args ...any) {
	x.refused = true
	x.r.Complain(at, suggestion, format, args...)
}

func (x *reader) read() {
	x.method()
	x.indicator()
	x.window()
	objectives := x.spec.Field("objectives")
	switch {
	case !objectives.At(0).Stands():
		x.refuse(objectives, "add objectives with one target", "the SLO promises nothing")
	case objectives.At(1).Stands():
		x.refuse(objectives.At(1), "make an SLO of each, and an SLA of each that is promised", "a promise is held to one objective, and the SLO has several")
	default:
		x.objective(objectives.At(0))
	}
}

// method is how is measured, by how the budget is counted.
func (x *reader) method() {
	methods := map[string]service.SLAMethod{
		"Occurrences": service.MethodRequests, "Timeslices": service.MethodThreshold, "RatioTimeslices": service.MethodErrorRates,
	}
	at := x.spec.Field("budgetingMethod")
	name, _ := at.Says()
	method, known := methods[name]
	if !known {
		x.refuse(at, parse.DidYouMean(name, slices.Sorted(maps.Keys(methods)), "write Occurrences, Timeslices or RatioTimeslices"), "nothing is measured by the budgeting method %q", parse.Clip(name))
	}
	x.out.Method = method
	if method == service.MethodThreshold {
		x.out.Denominator = service.DenominatorCalendar
	}
}

// indicator holds the SLI, which stands in the SLO or by itself, to what is delivered: how many requests there were, and how many failed,
// or values of the metric that bears its name.
func (x *reader) indicator() {
	inline, ref := x.spec.Field("indicator"), x.spec.Field("indicatorRef")
	name, referred := ref.Says()
	at, named := inline.Field("spec"), inline.Field("metadata").Field("name")
	switch {
	case inline.Stands() == referred:
		x.refuse(inline, "write one of indicator and indicatorRef", "the SLO has no indicator, or two")
		return
	case referred:
		sli, ok := x.slis[name]
		if !ok {
			x.refuse(ref, parse.DidYouMean(name, slices.Sorted(maps.Keys(x.slis)), "add it to a file of slos/"), "there is no SLI %q", parse.Clip(name))
			return
		}
		at, named = sli.Field("spec"), sli.Field("metadata").Field("name")
	}
	ratio, threshold := at.Field("ratioMetric"), at.Field("thresholdMetric")
	switch {
	case threshold.Stands() && ratio.Stands():
		x.refuse(threshold, "keep one of them", "the indicator has thresholdMetric and ratioMetric")
	case threshold.Stands():
		metric, _ := named.Says()
		x.out.Samples = &service.SLASamples{Metric: metric}
	case !ratio.Stands():
		x.refuse(ratio, "add ratioMetric with total, and good or bad", "the indicator measures nothing")
	case ratio.Field("raw").Stands():
		x.refuse(ratio.Field("raw"), "write total, and good or bad, and have them delivered", "a ratio that was computed before does not say of how many requests it is")
	case !ratio.Field("total").Stands():
		x.refuse(ratio, "add total", "the indicator does not say what it is a part of")
	case ratio.Field("good").Stands() == ratio.Field("bad").Stands():
		x.refuse(ratio, "write one of good and bad", "the indicator has neither good nor bad, or both")
	}
}

// window holds the window to a month of the calendar, in the zone of the SLA.
func (x *reader) window() {
	list := x.spec.Field("timeWindow")
	at := list.At(0)
	calendar := at.Field("calendar")
	if !at.Stands() || list.At(1).Stands() {
		x.refuse(list, "write one window of duration 1M with a calendar", "an SLO has one time window")
		return
	}
	if rolling, _ := at.Field("isRolling").Says(); strings.EqualFold(rolling, "true") || !calendar.Stands() {
		x.refuse(at, "write duration 1M with a calendar; for the 30 days up to the end of each month, write method, target and window: thirty_days instead of openslo",
			"a promise is judged once a month, and a rolling window at every moment")
		return
	}
	if duration, _ := at.Field("duration").Says(); duration != "1M" {
		x.refuse(at.Field("duration"), "write 1M; for the 12 months up to the end of each month, write method, target and window: year instead of openslo",
			"a promise is judged by month, and not by %q", parse.Clip(duration))
	}
	text, _ := calendar.Field("startTime").Says()
	start, err := time.Parse(time.DateTime, text)
	if err != nil || start.Day() != 1 || start.Hour()+start.Minute()+start.Second() != 0 {
		x.refuse(calendar.Field("startTime"), "write the first of a month, such as 2024-01-01 00:00:00", "months do not begin at %q", parse.Clip(text))
	}
	if zone, _ := calendar.Field("timeZone").Says(); zone != x.zone {
		x.refuse(calendar.Field("timeZone"), fmt.Sprintf("write %s, or change zone of the SLA", parse.Clip(x.zone)), "the months of SLA %s do not begin in %q", parse.Clip(string(x.sla)), parse.Clip(zone))
	}
}

// objective is what is promised, and of what slices.
func (x *reader) objective(at parse.Spot) {
	for _, key := range []string{"indicator", "indicatorRef", "compositeWeight"} {
		if at.Field(key).Stands() {
			x.refuse(at.Field(key), "make an SLO of each indicator, and an SLA of each that is promised", "objectives that are composed of several indicators are not measured")
			return
		}
	}
	x.threshold(at)
	one, hundred := money.NewDecimal(1, 0), money.NewDecimal(100, 0)
	share, percent := at.Field("target"), at.Field("targetPercent")
	switch {
	case share.Stands() == percent.Stands():
		x.refuse(at, "write one of target and targetPercent", "the objective has no target, or two")
	case share.Stands():
		if d, ok := x.number(share, func(d money.Decimal) bool { return !d.IsNegative() && d.LessThan(one) }, "from 0 to below 1, such as 0.9995"); ok {
			d = d.Mul(hundred)
			x.out.Target = &d
		}
	default:
		if d, ok := x.number(percent, func(d money.Decimal) bool { return !d.IsNegative() && d.LessThan(hundred) }, "from 0 to below 100, such as 99.95"); ok {
			x.out.Target = &d
		}
	}
	if x.out.Method == service.MethodThreshold {
		if d, ok := x.number(at.Field("timeSliceTarget"), func(d money.Decimal) bool { return d.IsPositive() && !d.GreaterThan(one) }, "above 0 up to 1, such as 0.95"); ok {
			d = one.Sub(d).Mul(hundred)
			x.out.ErrorPercent = &d
		}
	}
	if x.out.Method == service.MethodThreshold || x.out.Method == service.MethodErrorRates {
		x.slice(at.Field("timeSliceWindow"))
	}
}

// threshold is how values of a metric compare where they are good.
func (x *reader) threshold(at parse.Spot) {
	if x.out.Samples == nil {
		return
	}
	op := at.Field("op")
	name, _ := op.Says()
	if x.out.Samples.Op = service.SampleOp(name); !slices.Contains(x.out.Samples.Op.Values(), name) {
		x.refuse(op, "write one of "+strings.Join(x.out.Samples.Op.Values(), ", "), "values of a metric are not compared by %q", parse.Clip(name))
	}
	value := at.Field("value")
	switch text, there := value.Says(); {
	case !there:
		x.refuse(value, "add value, such as 200", "the objective does not say with what values of the metric are compared")
	case !x.r.Read(value, &x.out.Samples.Value, text):
		x.refused = true
	}
}

// number reads a number that must lie within bounds.
func (x *reader) number(at parse.Spot, within func(money.Decimal) bool, bounds string) (d money.Decimal, ok bool) {
	text, there := at.Says()
	if there && !x.r.Read(at, &d, text) {
		x.refused = true
		return d, false
	}
	if !there || !within(d) {
		x.refuse(at, "write a number "+bounds, "%q is no share of what is promised", parse.Clip(text))
		return d, false
	}
	return d, true
}

// slice is the length of a slice: a number of minutes, or one with its unit.
func (x *reader) slice(at parse.Spot) {
	text, _ := at.Says()
	digits, seconds := text, int64(60)
	if n := len(text) - 1; n > 0 {
		if unit, ok := map[byte]int64{'m': 60, 'h': 60 * 60, 'd': 24 * 60 * 60}[text[n]]; ok {
			digits, seconds = text[:n], unit
		}
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 1 || n*seconds > 31*24*60*60 {
		x.refuse(at, "write minutes, hours or days, such as 5m", "%q is no length of a slice of a month", parse.Clip(text))
		return
	}
	x.out.IntervalSeconds = n * seconds
}
