package reconcile

import (
	"fmt"

	"daybook/reconcile/bills"
	"daybook/reconcile/tally"
)

// Sums are all that the comparisons need of a shard, or of all of them.
type Sums struct {
	Actuals *Actuals
	Days    *Days
	Use     *bills.Use
	// Margins are by offering.
	Margins *Margins
}

// NewSums returns empty sums of a period, under the contracts with peers.
func NewSums(k Calendar, c *bills.Contracts) *Sums {
	return &Sums{Actuals: NewActuals(k), Days: NewDays(k), Use: bills.NewUse(c), Margins: &Margins{}}
}

// MarshalBinary writes the sums in order, so that equal sums are equal bytes.
func (s *Sums) MarshalBinary() ([]byte, error) {
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
	return nil
}

func (s *Sums) exchange(p *tally.Pack) {
	s.Actuals.exchange(p)
	s.Days.exchange(p)
	s.Use.Exchange(p)
	s.Margins.exchange(p)
}
