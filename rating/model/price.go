package model

import (
	"fmt"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Usage is what a price model is applied to. Most models read Quantity alone; the comment of each field names the
// others.
type Usage struct {
	// Quantity is the priced quantity, after conversion, allowance and usage discount.
	Quantity money.Decimal
	// Cost is what peers charge us for it, in the price's currency: cost_plus, markdown, tiered_margin, pass_through.
	Cost money.Decimal
	// Events are amounts in order of time: percentage, and pass_through where Cost is not set.
	Events []money.Decimal
	// Units are the quantities by unit of measure: block_tiers and capacity. A single unit may stand in Quantity.
	Units []UnitQuantity
	// Labels are the values of the group: dimension and rule_groups.
	Labels []schemas.DimensionMatch
	// Sessions have a start and a length: time_of_day, and elapsed_bands, which ignores the start. Without any, Quantity
	// is one session in seconds, started at midnight.
	Sessions []Session
}

// UnitQuantity is a quantity of one unit of measure.
type UnitQuantity struct {
	Unit     string
	Quantity money.Decimal
}

// Session is a stretch of use. Start is read in its own location.
type Session struct {
	Start   time.Time
	Seconds money.Decimal
}

// Model is a price model at work: its numbers and its policy, which it never changes.
type Model struct {
	Terms  *schemas.Terms
	Policy *schemas.RatingPolicy
	// Quantity is u.Quantity with the step that made it, where one did.
	Quantity Number
	// Cost is u.Cost with the step that made it, where one did.
	Cost Number
	// Texts are those of the tiers, where the price has them made.
	Texts []TierText
	// mirrored is set while a negative quantity is priced as its opposite.
	mirrored bool
}

// Price dispatches on the model. The terms have been checked.
func (m *Model) Price(t *Trail, u *Usage) Number {
	q := m.step(u.Quantity)
	switch m.Terms.Model {
	case schemas.ModelFlat:
		return m.flat(t)
	case schemas.ModelPerUnit:
		return m.perUnit(t, q)
	case schemas.ModelGraduated:
		return m.graduated(t, q)
	case schemas.ModelVolume:
		return m.volume(t, q)
	case schemas.ModelStairstep:
		return m.stairstep(t, q)
	case schemas.ModelPackage:
		return m.packages(t, q)
	case schemas.ModelBlockTiers:
		return m.blockTiers(t, u)
	case schemas.ModelCapacity:
		return m.capacity(t, u)
	case schemas.ModelPercentage:
		return m.percentage(t, u)
	case schemas.ModelGraduatedPercentage:
		return m.graduatedPercentage(t, q)
	case schemas.ModelDynamic:
		return m.dynamic(t, q)
	case schemas.ModelPassThrough, schemas.ModelCostPlus, schemas.ModelMarkdown, schemas.ModelTieredMargin:
		return m.peerCost(t, u)
	case schemas.ModelDimension:
		return m.dimension(t, u)
	case schemas.ModelRuleGroups:
		return m.ruleGroups(t, u)
	case schemas.ModelElapsedBands:
		return m.elapsedBands(t, u)
	case schemas.ModelTimeOfDay:
		return m.timeOfDay(t, u)
	}
	return Given(money.Zero)
}

// step returns a value with the step that made it, where it is the quantity or the cost.
func (m *Model) step(v money.Decimal) Number {
	if m.Quantity.At > 0 && v.Equal(m.Quantity.V) {
		return m.Quantity
	}
	if m.Cost.At > 0 && v.Equal(m.Cost.V) {
		return m.Cost
	}
	return Given(v)
}

// CheckTerms reports terms that their model could not price: an unknown model, a missing number, tiers out of order, a
// size that is not above zero.
func CheckTerms(terms *schemas.Terms) error {
	var err error
	switch terms.Model {
	case schemas.ModelFlat:
		err = need("amount", terms.Amount)
	case schemas.ModelPerUnit:
		err = need("unit_price", terms.UnitPrice)
	case schemas.ModelGraduated, schemas.ModelVolume, schemas.ModelStairstep, schemas.ModelGraduatedPercentage:
		err = checkTiers(terms.Tiers)
	case schemas.ModelPackage:
		err = checkPackage(terms)
	case schemas.ModelBlockTiers:
		err = checkBlocks(terms.Blocks)
	case schemas.ModelCapacity:
		err = checkCapacities(terms.Capacities)
	case schemas.ModelPercentage:
		err = need("percent", terms.Percent)
	case schemas.ModelDynamic:
		err = need("multiplier", terms.Multiplier)
	case schemas.ModelPassThrough:
	case schemas.ModelCostPlus:
		err = need("markup_percent", terms.MarkupPercent)
	case schemas.ModelMarkdown:
		err = need("markdown_percent", terms.MarkdownPercent)
	case schemas.ModelTieredMargin:
		err = checkMargins(terms.MarginTiers)
	case schemas.ModelDimension:
		err = checkDimensions(terms)
	case schemas.ModelRuleGroups:
		err = checkRules(terms.Groups)
	case schemas.ModelElapsedBands:
		err = checkElapsed(terms.ElapsedBands)
	case schemas.ModelTimeOfDay:
		err = checkDayBands(terms.DayBands)
	default:
		err = fmt.Errorf("there is no such model: choose one of %v", terms.Model.Values())
	}
	if err != nil {
		return fmt.Errorf("check price model %q: %w", terms.Model, err)
	}
	return nil
}

func need(name string, v *money.Decimal) error {
	if v == nil {
		return fmt.Errorf("%s is missing", name)
	}
	return nil
}

func above(name string, v money.Decimal) error {
	if !v.IsPositive() {
		return fmt.Errorf("%s is %s but must be above zero", name, v)
	}
	return nil
}

// OrZero reads an optional number; nil is 0.
func OrZero(v *money.Decimal) money.Decimal {
	if v == nil {
		return money.Zero
	}
	return *v
}
