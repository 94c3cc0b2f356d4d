package check

import (
	"daybook/pipeline/book/parse"
	"daybook/schemas"
)

// pricePolicy complains of choices of a price's own policy that are not made for a price: what is of a whole document, or of rows
// before any price takes them, the catalogue's policy says for all.
func (c *checker) pricePolicy(at parse.Spot, p *schemas.RatingPolicy) {
	c.policyRules(at, p)
	for _, has := range []struct {
		key, why string
		set      bool
	}{
		{"round_at", "lines and documents are rounded for all prices alike", p.RoundAt != ""},
		{"tax_rounding", "a tax is of lines of several prices", p.TaxRounding != ""},
		{"credit_order", "credits pay lines of all prices", p.CreditOrder != nil},
		{"credit_tax", "credits pay lines of all prices", p.CreditTax != ""},
		{"cost_basis", "what rows cost us is known before a price takes them", p.CostBasis != ""},
	} {
		if has.set {
			c.Complain(at.Field(has.key), "write it in the policy of the catalogue", "%s, so %s does nothing at a price", has.why, has.key)
		}
	}
	for i, r := range p.Rounding {
		switch here := at.Field("rounding").At(i); {
		case r.Level != "" && r.Level != schemas.RoundLine:
			c.Complain(here.Field("level"), "write it in the policy of the catalogue", "a price has lines, and no %s, to round", r.Level)
		case c.Policy.RoundAt == schemas.RoundDocument:
			c.Complain(here, "remove it, or round_at: document in the policy of the catalogue", "amounts are rounded at the document, so a rule for the lines of a price does nothing")
		}
	}
}

// policyRules checks the parts of a policy that are more than a choice from a list.
func (c *checker) policyRules(at parse.Spot, p *schemas.RatingPolicy) {
	if p.RoundAt == schemas.RoundTax {
		c.Complain(at.Field("round_at"), "write line or document; taxes are rounded by tax_rounding", "charges are rounded line by line, or as a document")
	}
	for i, r := range p.Rounding {
		here := at.Field("rounding").At(i)
		c.validity(here, r.Validity)
		if r.Places != nil {
			c.atMost(here.Field("places"), int64(*r.Places), mostPlaces)
		}
		if r.Step != nil {
			c.divisor(here.Field("step"), *r.Step)
			if r.Places != nil {
				c.Complain(here.Field("places"), "keep one of them", "a rule rounds either to places or to multiples of a step")
			}
		}
	}
	seen := map[schemas.CreditKey]bool{}
	for i, k := range p.CreditOrder {
		if seen[k] && k != "" {
			c.Complain(at.Field("credit_order").At(i), "remove it", "%s is in the order already", k)
		}
		seen[k] = true
	}
}
