package rating_test

import (
	"slices"
	"testing"

	"daybook/rating"
	"daybook/schemas"
)

// TestPool: a family reaches the cheap tier together, and its members' parts add up to what it pays.
func TestPool(t *testing.T) {
	price := &schemas.Price{ID: "p", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelGraduated, Tiers: []schemas.Tier{{UpTo: dec("100"), UnitPrice: *dec("1")}, {UnitPrice: *dec("0.5")}}}}
	for _, c := range []struct {
		quantities []string
		total      string
		shares     []string
	}{
		{[]string{"50", "50", "50"}, "125", []string{"41.67", "41.67", "41.66"}},
		{[]string{"100", "0"}, "100", []string{"100", "0"}},
		{[]string{"120", "-20"}, "100", []string{"100", "0"}},
		{[]string{"0", "0"}, "0", []string{"0", "0"}},
	} {
		var members []rating.PoolMember
		for _, q := range c.quantities {
			members = append(members, rating.PoolMember{Quantity: *dec(q)})
		}
		total, shares, err := rating.Pool(price, schemas.RatingPolicy{}, members, schemas.RoundingRule{Currency: "EUR"})
		if err != nil || total.String() != c.total || !slices.Equal(texts(shares), c.shares) {
			t.Errorf("%v: %s %v (%v), want %s %v", c.quantities, total, texts(shares), err, c.total, c.shares)
		}
	}
}
