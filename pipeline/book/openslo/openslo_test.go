package openslo_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"daybook/pipeline/book/openslo"
	"daybook/pipeline/book/parse"
	"daybook/schemas/service"
)

const (
	ratio    = "indicator: {spec: {ratioMetric: {counter: true, good: {}, total: {}}}}"
	calendar = "timeWindow: [{duration: 1M, calendar: {startTime: 2024-01-01 00:00:00, timeZone: Europe/Berlin}}]"
)

// measured is the measure that an SLO of the name x in a text leads to, as one line, or what was complained of.
func measured(text, more string) string {
	r := parse.NewReader()
	o := openslo.New(r)
	o.Read(parse.NewFile("slos/x.yaml", []byte(text)))
	var book struct {
		SLAs []service.SLA `yaml:"slas"`
	}
	f := parse.NewFile("slas.yaml", fmt.Appendf(nil, "slas: [{id: a, version: v, zone: Europe/Berlin, measure: {openslo: x%s}}]", more))
	r.DecodeYAML(f, &book)
	o.Fill(parse.Top(f).Field("slas").At(0), &book.SLAs[0])
	if problems := r.Problems(); len(problems) > 0 {
		var out []string
		for _, p := range problems {
			out = append(out, p.Path+": "+p.Message)
		}
		return strings.Join(out, "; ")
	}
	m := &book.SLAs[0].Measure
	out := fmt.Sprintf("%s target %s", m.Method, m.Target)
	if m.IntervalSeconds > 0 {
		out += fmt.Sprintf(" of %d s", m.IntervalSeconds)
	}
	if m.ErrorPercent != nil {
		out += fmt.Sprintf(" errors %s", m.ErrorPercent)
	}
	if m.Samples != nil {
		out += fmt.Sprintf(" samples %q %s %s", m.Samples.Metric, m.Samples.Op, m.Samples.Value)
	}
	return out + strings.TrimRight(fmt.Sprintf(" %s %s %s", m.Denominator, m.Unmeasured, m.Idle), " ")
}

// TestMeasures says what follows from an SLO.
func TestMeasures(t *testing.T) {
	for _, c := range []struct{ method, objective, more, indicator, window, want string }{
		{method: "Occurrences", objective: "target: 0.9995", want: "requests target 99.95"},
		{method: "Occurrences", objective: "targetPercent: 99.95", want: "requests target 99.95"},
		{method: "Occurrences", objective: "target: 0", want: "requests target 0"},
		{method: "Occurrences", objective: "target: 9.995e-1, op: lte, value: 3", more: ", unmeasured: exclude", want: "requests target 99.95  exclude"},
		{method: "Occurrences", objective: "target: 1", want: `spec.objectives[0].target: "1" is no share of what is promised`},
		{method: "Occurrences", objective: "targetPercent: 100", want: `spec.objectives[0].targetPercent: "100" is no share of what is promised`},
		{method: "Timeslices", objective: "target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 5", more: ", idle: exclude", want: "threshold target 99 of 300 s errors 5 calendar  exclude"},
		{method: "Timeslices", objective: "target: 0.99, timeSliceTarget: 1, timeSliceWindow: 5m", want: "threshold target 99 of 300 s errors 0 calendar"},
		{method: "Timeslices", objective: "target: 0.99, timeSliceTarget: 0.33333, timeSliceWindow: 2h", want: "threshold target 99 of 7200 s errors 66.667 calendar"},
		{method: "Timeslices", objective: "target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 31d", want: "threshold target 99 of 2678400 s errors 5 calendar"},
		{method: "Timeslices", objective: "target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 32d", want: `spec.objectives[0].timeSliceWindow: "32d" is no length of a slice of a month`},
		{method: "Timeslices", objective: "target: 0.99, timeSliceTarget: 1.01, timeSliceWindow: 1m", want: `spec.objectives[0].timeSliceTarget: "1.01" is no share of what is promised`},
		{method: "RatioTimeslices", objective: "target: 0.99, timeSliceWindow: 1d", want: "error_rates target 99 of 86400 s"},
		{method: "RatioTimeslices", objective: "target: 0.99, timeSliceWindow: m", want: `spec.objectives[0].timeSliceWindow: "m" is no length of a slice of a month`},
		{method: "RatioTimeslices", objective: "target: 0.99, timeSliceWindow: -5", want: `spec.objectives[0].timeSliceWindow: "-5" is no length of a slice of a month`},
		{method: "Occurrences", objective: "target: 0.9", more: ", error_percent: 3", want: "slas[0].measure.error_percent: it follows from the SLO x"},
		{
			method: "Occurrences", objective: "target: 0.9", indicator: "indicatorRef: y",
			want: "requests target 90",
		},
		{
			method: "Occurrences", objective: "target: 0.9", indicator: "indicatorRef: x",
			want: `spec.indicatorRef: there is no SLI "x"`,
		},
		{
			method: "Occurrences", objective: "target: 0.9", indicator: "indicator: {spec: {}}",
			want: "spec.indicator.spec.ratioMetric: the indicator measures nothing",
		},
		{
			method: "Timeslices", objective: "op: lte, value: 0.2, target: 0.9, timeSliceTarget: 0.5, timeSliceWindow: 5",
			indicator: "indicator: {metadata: {name: latency}, spec: {thresholdMetric: {metricSource: {}}}}",
			want:      `threshold target 90 of 300 s errors 50 samples "latency" lte 0.2 calendar`,
		},
		{
			method: "Occurrences", objective: "op: gt, value: -3, target: 0.9", indicator: "indicatorRef: z", want: `requests target 90 samples "z" gt -3`,
		},
		{
			method: "Occurrences", objective: "op: lt, value: 3, target: 0.9", more: ", samples: {op: lt, value: 3}",
			indicator: "indicatorRef: z", want: "slas[0].measure.samples: it follows from the SLO x",
		},
		{
			method: "Occurrences", objective: "op: eq, target: 0.9", indicator: "indicatorRef: z",
			want: `spec.objectives[0].value: the objective does not say with what values of the metric are compared; spec.objectives[0].op: values of a metric are not compared by "eq"`,
		},
		{
			method: "Occurrences", objective: "op: lte, value: much, target: 0.9", indicator: "indicatorRef: z",
			want: `spec.objectives[0].value: "much" is not a decimal number`,
		},
		{
			method: "Occurrences", objective: "op: lte, value: 1, target: 0.9", indicator: "indicator: {spec: {thresholdMetric: {}, ratioMetric: {}}}",
			want: "spec.indicator.spec.thresholdMetric: the indicator has thresholdMetric and ratioMetric",
		},
		{
			method: "Occurrences", objective: "target: 0.9", window: "timeWindow: [{duration: 1M, isRolling: True, calendar: {}}]",
			want: "spec.timeWindow[0]: a promise is judged once a month, and a rolling window at every moment",
		},
		{
			method: "Occurrences", objective: "target: 0.9", window: "timeWindow: [{duration: 30d}]",
			want: "spec.timeWindow[0]: a promise is judged once a month, and a rolling window at every moment",
		},
	} {
		text := fmt.Sprintf("apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\nspec:\n  budgetingMethod: %s\n  %s\n  %s\n  objectives: [{%s}]\n"+
			"---\napiVersion: openslo/v1\nkind: SLI\nmetadata: {name: y}\nspec: {ratioMetric: {bad: {}, total: {}}}\n"+
			"---\napiVersion: openslo/v1\nkind: SLI\nmetadata: {name: z}\nspec: {thresholdMetric: {metricSource: {}}}\n",
			c.method, cmp.Or(c.indicator, ratio), cmp.Or(c.window, calendar), c.objective)
		if got := measured(text, c.more); got != c.want {
			t.Errorf("%s {%s}%s: %q, want %q", c.method, c.objective, c.more, got, c.want)
		}
	}
}

// TestAliases reads an object that repeats what stands before it, as YAML lets it.
func TestAliases(t *testing.T) {
	text := "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: s}\nspec: {a: 1}\n---\n---\n" +
		"apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: &n x, displayName: *n}\nspec:\n  budgetingMethod: Occurrences\n" +
		"  indicator: {spec: {ratioMetric: {bad: &q {metricSource: {}}, total: *q}}}\n  " + calendar + "\n  objectives: [{target: &t 0.9, value: *t}]\n"
	if got, want := measured(text, ""), "requests target 90"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
