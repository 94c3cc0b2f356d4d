package reconcile

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// ToDate says how much of a charge counts in a month to date, as the comparison with the plan has it.
type ToDate struct {
	Calendar
	Through  schemas.Date
	accruals map[placeOf]schemas.Accrual
}

// NewToDate is by the plan's accrual of each line, through a day.
func NewToDate(k Calendar, plan *schemas.Plan, through schemas.Date) *ToDate {
	k.first, k.last = k.Period.Days()
	t := &ToDate{Calendar: k, Through: through, accruals: map[placeOf]schemas.Accrual{}}
	for i := range plan.Lines {
		if l := &plan.Lines[i]; l.Period == k.Period {
			t.accruals[placeOfLine(l)] = accrualOf(&plan.Policy, l)
		}
	}
	t.accruals[placeOf{}] = accrualOf(&plan.Policy, nil)
	return t
}

// accrualOf is that of a line of the plan; nil stands for what is not planned.
func accrualOf(p *schemas.PlanPolicy, l *schemas.PlanLine) schemas.Accrual {
	a := p.Accrual
	if l != nil && l.Accrual != "" {
		a = l.Accrual
	}
	if a == "" {
		a = schemas.AccrueLinear
	}
	return a
}

// of is the part of a charge's value that counts, at the places of datasets. Where t is nil, all of it does.
func (t *ToDate) of(c *schemas.Charge, value money.Fixed) (money.Fixed, error) {
	if t == nil || value.IsZero() {
		return value, nil
	}
	accrual := t.accruals[placeOf{}]
	for _, line := range placeOfCharge(c).lines() {
		if of, ok := t.accruals[line]; ok {
			accrual = of
			break
		}
	}
	s := t.stretchOf(c)
	switch gone, of := s.gone(t.Through, accrual); {
	case gone == of:
		return value, nil
	case gone == 0 || s.Due == dueAtEnd:
		return money.Fixed{}, nil
	default:
		part, err := money.MulDivRound(value.Decimal(), days(gone), days(of), money.Scale, money.HalfEven)
		if err != nil {
			return money.Fixed{}, err
		}
		return money.FixedFromDecimal(part)
	}
}
