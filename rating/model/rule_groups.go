package model

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// ruleGroups adds up groups of rules. A group costs (highest matching flat + field threshold) × product of the matching
// rates × q + service threshold. Of thresholds the one with the highest level reached counts: a field threshold compares
// the value of its column, a service threshold the quantity.
func (m *Model) ruleGroups(t *Trail, u *Usage) Number {
	var few [fewParts]Operand
	parts := few[:0]
	for i := range m.Terms.Groups {
		name := m.Terms.Groups[i].Name
		if name == "" {
			name = t.Note("group_", int64(i+1), "", nil)
		}
		parts = append(parts, In(name, m.ruleGroup(t, &m.Terms.Groups[i], u)))
	}
	if len(parts) == 0 {
		return t.Add(OpGiven, "no rule matches", money.Zero, Fact("amount", money.Zero))
	}
	return t.Sum("the sum of the groups", parts...)
}

func (m *Model) ruleGroup(t *Trail, g *schemas.RuleGroup, u *Usage) Number {
	found := groupCosts(g, u)
	base := Given(found.flat)
	if found.field != nil {
		base = t.Sum("with the threshold of the field", Fact("flat", found.flat), Fact("field_threshold", *found.field))
	}
	amount := t.Mul("for each unit", In("price", base), In("quantity", m.step(u.Quantity)))
	for i := range g.Rules {
		if rule := &g.Rules[i]; rule.Kind == schemas.RuleRate && ruleMatches(rule, u) {
			amount = t.Mul("by a matching rate", In("amount", amount), Fact("rate", rule.Cost))
		}
	}
	if found.service != nil {
		amount = t.Sum("with the threshold of the quantity", In("amount", amount), Fact("service_threshold", *found.service))
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
				found.flat = Higher(found.flat, rule.Cost)
			}
		case schemas.RuleRate:
		case schemas.RuleFieldThreshold:
			level, err := money.ParseDecimal(LabelOf(u.Labels, rule.Column))
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
	return rule.Column == "" || LabelOf(u.Labels, rule.Column) == rule.Value
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
