package explain

import (
	"context"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Draft asks for a version of the plan for so many months after that of the run.
type Draft struct {
	Version string
	Months  int
	// Steps are what is known to change, as today's book says.
	Steps []schemas.ForecastStep
}

// Drafted is a proposal for a version of the plan.
type Drafted struct {
	Lines []schemas.PlanLine
	// Left are the identifiers of variances of which no month can be told yet, so that they have no lines.
	Left []string
}

// Draft proposes lines of the plan for the months after that of the run: of each offering, region and segment what the month came to, or its
// run rate while it goes on, with what the steps say changes by then. Units stand where the plan counts
// some. Amounts are in the provider's currency. Nothing is written.
func (l *Look) Draft(ctx context.Context, d Draft) (*Drafted, error) {
	var months []schemas.Variance
	for _, o := range l.outputs(&schemas.Variances, "") {
		err := l.scan(ctx, o.Key, scanning{table: &schemas.Variances, column: -1}, func(b *dataset.Batch, _ int) error {
			for i := range b.Rows {
				v, err := varianceAt(cells{b, i})
				if err != nil {
					return err
				}
				months = append(months, *v)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	out := &Drafted{}
	var bases []schemas.PlanLine
	for ; len(months) > 0; months = months[4:] { // units, revenue, cost and margin
		base, left, err := l.base(months[:4])
		if err != nil {
			return nil, err
		}
		if left != "" {
			out.Left = append(out.Left, left)
		} else if base != nil {
			bases = append(bases, *base)
		}
	}
	period := l.Manifest.Spec.Period
	for _, s := range d.Steps { // of what is not sold yet
		known := false
		for i := range bases {
			known = known || bases[i].Offering == s.Offering && bases[i].Region == s.Region && bases[i].Segment == s.Segment && bases[i].Peer == s.Peer
		}
		if !known {
			bases = append(bases, schemas.PlanLine{Offering: s.Offering, Region: s.Region, Segment: s.Segment, Peer: s.Peer, Currency: l.book.Provider.Currency})
		}
	}
	for range d.Months {
		period = period.Next()
		for _, line := range bases {
			line.Version, line.Period = d.Version, period
			for _, s := range d.Steps {
				if s.Offering == line.Offering && s.Region == line.Region && s.Segment == line.Segment && s.Peer == line.Peer && s.From > l.Manifest.Spec.Period && s.From <= period {
					line.Revenue, line.Cost = line.Revenue.Add(s.Revenue), line.Cost.Add(s.Cost)
				}
			}
			if !line.Revenue.IsZero() || !line.Cost.IsZero() || !line.Units.IsZero() {
				out.Lines = append(out.Lines, line)
			}
		}
	}
	return out, nil
}

// base is a line with what the month of an offering, region, segment and peer came to; nil where it came to nothing, and the variance of which
// nothing can be told yet.
func (l *Look) base(four []schemas.Variance) (line *schemas.PlanLine, left string, err error) {
	var came [3]money.Decimal
	for i := range came {
		v := &four[i]
		if v.Measure != []schemas.Measure{schemas.Units, schemas.Revenue, schemas.Cost}[i] {
			return nil, "", fmt.Errorf("variance %s stands where another measure is to be; run %s again", v.ID, v.Period)
		}
		switch {
		case !l.Manifest.Spec.Open:
			came[i] = v.Actual
		case v.RunRate != nil:
			came[i] = *v.RunRate
		case v.Measure != schemas.Units || v.Unit != "":
			return nil, v.ID, nil
		}
	}
	line = &schemas.PlanLine{
		Offering: four[0].Offering, Region: four[0].Region, Segment: four[0].Segment, Peer: four[0].Peer, Unit: four[0].Unit, Units: came[0], Revenue: came[1], Cost: came[2], Currency: l.book.Provider.Currency,
	}
	if line.Offering == "" || came[0].IsZero() && came[1].IsZero() && came[2].IsZero() {
		return nil, "", nil // what is of no offering has no line in a plan
	}
	return line, "", nil
}

// DraftLine is a line of a proposal, under the keys of plan.csv.
type DraftLine struct {
	Version  string `json:"version"`
	Period   string `json:"period"`
	Offering string `json:"offering"`
	Region   string `json:"region,omitempty"`
	Segment  string `json:"segment,omitempty"`
	Peer     string `json:"peer,omitempty"`
	Unit     string `json:"unit,omitempty"`
	Units    string `json:"units,omitempty"`
	Revenue  string `json:"revenue"`
	Cost     string `json:"cost"`
	Currency string `json:"currency"`
}

// Rows are the lines as plan.csv has them; without a unit there are no units.
func (d *Drafted) Rows() []DraftLine {
	out := make([]DraftLine, len(d.Lines))
	for i := range d.Lines {
		p := &d.Lines[i]
		out[i] = DraftLine{
			Version: p.Version, Period: string(p.Period), Offering: string(p.Offering), Region: p.Region, Segment: p.Segment, Peer: string(p.Peer), Unit: p.Unit,
			Revenue: p.Revenue.String(), Cost: p.Cost.String(), Currency: string(p.Currency),
		}
		if p.Unit != "" {
			out[i].Units = p.Units.String()
		}
	}
	return out
}
