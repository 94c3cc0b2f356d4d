package rating

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// ruleGroups adds up groups of rules. A group costs (highest matching flat + field threshold) × product of the matching
// rates × q + service threshold. Of thresholds the one with the highest level reached counts: a field threshold compares
// the value of its column, a service threshold the quantity.
func (m *model) ruleGroups(t *trail, u *Usage) number {
	var few [fewParts]operand
	parts := few[:0]
	for i := range m.terms.Groups {
		name := m.terms.Groups[i].Name
		if name == "" {
			name = t.note("group_", int64(i+1), "", nil)
		}
		parts = append(parts, in(name, m.ruleGroup(t, &m.terms.Groups[i], u)))
	}
	if len(parts) == 0 {
		return t.add(OpGiven, "no rule matches", money.Zero, fact("amount", money.Zero))
	}
	return t.sum("the sum of the groups", parts...)
}

func (m *model) ruleGroup(t *trail, g *schemas.RuleGroup, u *Usage) number {
	found := groupCosts(g, u)
	base := given(found.flat)
	if found.field != nil {
		base = t.sum("with the threshold of the field", fact("flat", found.flat), fact("field_threshold", *found.field))
	}
	amount := t.mul("for each unit", in("price", base), in("quantity", m.step(u.Quantity)))
	for i := range g.Rules {
		if rule := &g.Rules[i]; rule.Kind == schemas.RuleRate && ruleMatches(rule, u) {
			amount = t.mul("by a matching rate", in("amount", amount), fact("rate", rule.Cost))
		}
	}
	if found.service != nil {
		amount = t.sum("with the threshold of the quantity", in("amount", amount), fact("service_threshold", *found.service))
	}
	return amount
}

// groupRules is what of a group's rules matches, rates aside.
type groupRules struct {
	flat           money.Decimal
	field, service *money.Decimal
}

func groupCosts(g *schemas.RuleGroup, u *Usage) groupRules {
	var found groupRules
	var fieldLevel, serviceLevel *money.Decimal
	for i := range g.Rules {
		rule := &g.Rules[i]
		switch rule.Kind {
		case schemas.RuleFlat:
			if ruleMatches(rule, u) {
				found.flat = higher(found.flat, rule.Cost)
			}
		case schemas.RuleRate:
		case schemas.RuleFieldThreshold:
			level, err := money.ParseDecimal(labelOf(u.Labels, rule.Column))
			if rule.Level == nil || err == nil && reaches(level, *rule.Level, fieldLevel) {
				fieldLevel, found.field = rule.Level, &rule.Cost
			}
		case schemas.RuleServiceThreshold:
			if rule.Level == nil || reaches(u.Quantity, *rule.Level, serviceLevel) {
				serviceLevel, found.service = rule.Level, &rule.Cost
			}
		}
	}
	return found
}

func ruleMatches(rule *schemas.Rule, u *Usage) bool {
	return rule.Column == "" || labelOf(u.Labels, rule.Column) == rule.Value
}

// reaches reports whether v is at or above level, and level above the best found so far.
func reaches(v, level money.Decimal, best *money.Decimal) bool {
	return v.GreaterThanOrEqual(level) && (best == nil || level.GreaterThan(*best))
}

func checkRules(groups []schemas.RuleGroup) error {
	for _, g := range groups {
		for i, rule := range g.Rules {
			switch rule.Kind {
			case schemas.RuleFlat, schemas.RuleRate, schemas.RuleServiceThreshold:
			case schemas.RuleFieldThreshold:
				if rule.Level != nil && rule.Column == "" {
					return fmt.Errorf("rule %d of group %q has a level but no column to compare", i+1, g.Name)
				}
			default:
				return fmt.Errorf("rule %d of group %q has the kind %q: choose one of %v", i+1, g.Name, rule.Kind, rule.Kind.Values())
			}
		}
	}
	return nil
}
