package reconcile

import (
	"fmt"

	"daybook/reconcile/bills"
	"daybook/reconcile/tally"
	"daybook/schemas"
)

// Sums are all that the comparisons need of a shard, or of all of them.
type Sums struct {
	Actuals *Actuals
	Days    *Days
	Use     *bills.Use
	// Margins are by offering.
	Margins *Margins
}

// NewSums returns empty sums of a period, to be compared with a plan, under the contracts with peers.
func NewSums(k Calendar, plan *schemas.Plan, c *bills.Contracts) *Sums {
	actuals := NewActuals(k, plan)
	return &Sums{Actuals: actuals, Days: newDays(k, actuals.regions), Use: bills.NewUse(c), Margins: &Margins{}}
}

// MarshalBinary writes the sums in order, so that equal sums are equal bytes.
func (s *Sums) MarshalBinary() ([]byte, error) {
	if err := s.Actuals.regions.settle(); err != nil {
		return nil, err
	}
	p := tally.Write()
	s.exchange(p)
	return p.Bytes(), nil
}

// UnmarshalBinary adds the sums of what MarshalBinary wrote, of the same period and contracts, to those already there. The
// error is a sum that overflows, or bytes that MarshalBinary did not write.
func (s *Sums) UnmarshalBinary(data []byte) error {
	p := tally.Read(data)
	s.exchange(p)
	if err := p.End(); err != nil {
		return fmt.Errorf("read sums: %w", err)
	}
	return s.Actuals.regions.settle()
}

func (s *Sums) exchange(p *tally.Pack) {
	s.Actuals.exchange(p)
	s.Days.exchange(p)
	s.Use.Exchange(p)
	s.Margins.exchange(p)
}
