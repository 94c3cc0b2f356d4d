package promise

import (
	"maps"
	"slices"

	"daybook/reconcile/sheet"
	"daybook/reconcile/sla"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// passOn divides the credits of peers that are not ours to keep among those who were charged for what they are about, by what each was
// charged in our currency, and gives each its part in its own.
func (j *judge) passOn() error {
	var parts []service.SLARow
	for i := range j.rows {
		r := &j.rows[i]
		credit, sure := r.Credit()
		if r.Peer == "" || r.Resale != service.ResalePassedOn || !sure || !credit.IsPositive() {
			continue
		}
		var accounts []schemas.AccountID
		var weights []money.Decimal
		for _, account := range slices.Sorted(maps.Keys(j.charged[r.Promise])) {
			if value := j.charged[r.Promise][account].value; value.IsPositive() {
				accounts, weights = append(accounts, account), append(weights, value)
			}
		}
		if len(accounts) == 0 {
			continue
		}
		places, _ := money.MinorUnits(r.Currency)
		amounts, err := sla.PassOn(credit, weights, places)
		if err != nil {
			return err
		}
		for k, account := range accounts {
			part, err := j.partOf(r, account, weights[k], amounts[k])
			if err != nil {
				return err
			}
			parts = append(parts, part)
		}
	}
	j.rows = append(j.rows, parts...)
	return nil
}

// partOf is an account's part of a peer's credit, of which its weight is what it was charged.
func (j *judge) partOf(r *service.SLARow, account schemas.AccountID, weight, amount money.Decimal) (service.SLARow, error) {
	part := *r
	part.ID, part.Account, part.PassedOn, part.Base = resultID(r, account), account, r.ID, weight
	s := sheet.Sheet{Steps: slices.Clone(r.Least.Steps)}
	amount = s.Given("the account's part of the credit, by what it was charged", "part", amount)
	_, last := r.Period.Days()
	to := j.charged[r.Promise][account].currency()
	if rate, ok := j.from.Book.Convert(r.Currency, to, last, j.from.AsOf); ok && to != r.Currency {
		places, _ := money.MinorUnits(to)
		amount = s.ShareRounded("in the account's currency, at the rate of the month's last day", sheet.Named("part", amount), sheet.Named("to", rate.Factor.Num), sheet.Named("from", rate.Factor.Den), places)
		part.Currency = to
	}
	for _, of := range []*service.SLAReading{&part.Least, &part.Most} {
		of.Credit, of.Steps = amount, s.Steps
	}
	return part, s.Err
}

// currency is that of the fees, of which an account has one.
func (f *fees) currency() money.Currency {
	if list := f.list(); len(list) > 0 {
		return list[0].Currency
	}
	return ""
}
