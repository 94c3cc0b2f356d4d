package explain

import (
	"context"
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/planned"
)

// explainForecast explains a row of the forecasts.
func (l *Look) explainForecast(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	return l.row(ctx, &planned.Forecasts, begins, func(c cells) error {
		steps, err := c.steps(planned.ForecastSteps)
		if err != nil {
			return err
		}
		unit := c.text(planned.ForecastUnit)
		e.Kind = "forecast"
		e.Title = fmt.Sprintf("%s of the %s, %s", c.text(planned.ForecastMeasure), c.text(planned.ForecastHorizon), firstText(c.text(planned.ForecastOfferingId), "in all"))
		e.fact("region", c.text(planned.ForecastRegionId), "", "")
		e.fact("method", c.text(planned.ForecastMethod), "", "")
		e.fact("data through", c.text(planned.ForecastThrough), "complete: "+c.text(planned.ForecastComplete), "")
		e.fact("months without a run", c.text(planned.ForecastLacking), "", "")
		e.fact("not known", c.text(planned.ForecastWhy), "", "")
		e.Steps = Steps(steps)
		e.figure("actual to date", c.decimal(planned.ForecastActual), unit)
		e.figure("expected to date", c.decimal(planned.ForecastExpected), unit)
		e.figure("variance to date", c.decimal(planned.ForecastVariance), unit)
		e.figure("plan", c.decimal(planned.ForecastPlan), unit)
		for _, x := range []struct {
			name  string
			value *money.Decimal
		}{
			{"forecast", c.optional(planned.ForecastForecast)},
			{"forecast beside plan", c.optional(planned.ForecastDifference)},
			{"from", c.optional(planned.ForecastLow)},
			{"to", c.optional(planned.ForecastHigh)},
		} {
			if x.value != nil {
				e.figure(x.name, *x.value, unit)
			}
		}
		if o.Check {
			e.check("steps", checkReconciled(steps), fmt.Sprintf("%d steps give what they say", len(steps)))
		}
		return nil
	})
}
