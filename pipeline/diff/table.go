package diff

import (
	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/shuffle"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Positions of the columns of compared. Those down to start are the order of rows, and those down to corrects a Key.
const (
	account = iota
	offering
	price
	currency
	provider
	subscription
	meter
	group
	region
	sku
	category
	class
	corrects
	start
	end
	version
	model
	description
	unit
	id
	quantity
	amount
	value
	cost
	side
	columns
)

// compared are the columns of charges that are compared, and which of the runs each row is of.
var compared = func() schemas.Table {
	t := schemas.Table{Name: "compared", Version: "1", Columns: make([]schemas.Column, columns)}
	for to, from := range [side]int{
		account: schemas.ChargeBillingAccountId, offering: schemas.ChargeOfferingId, price: schemas.ChargePriceId,
		currency: schemas.ChargeBillingCurrency, provider: schemas.ChargeProviderCurrency, subscription: schemas.ChargeSubscriptionId,
		meter: schemas.ChargeMeterId, group: schemas.ChargeMeterGroup, region: schemas.ChargeRegionId, sku: schemas.ChargeSkuId,
		category: schemas.ChargeChargeCategory, class: schemas.ChargeChargeClass, corrects: schemas.ChargeCorrectedPeriod,
		start: schemas.ChargeChargePeriodStart, end: schemas.ChargeChargePeriodEnd, version: schemas.ChargePriceVersion,
		model: schemas.ChargeModel, description: schemas.ChargeChargeDescription, unit: schemas.ChargePricingUnit,
		id: schemas.ChargeChargeId, quantity: schemas.ChargePricingQuantity, amount: schemas.ChargeBilledCost,
		value: schemas.ChargeBilledValue, cost: schemas.ChargePeerCost,
	} {
		t.Columns[to] = schemas.Charges.Columns[from]
	}
	t.Columns[side] = schemas.Column{Name: "side", Type: schemas.Integer, Required: true}
	return t
}()

// The runs as the column side has them.
const (
	earlier = iota
	later
)

// sorting puts the charges of both runs into the order of their keys.
func sorting() shuffle.Reduction {
	r := shuffle.Reduction{Table: &compared, Object: account, Row: side, Measures: dataset.Measures{Quantity: -1, Unit: -1, Cost: -1, Currency: -1}}
	for c := account; c <= start; c++ {
		r.Order = append(r.Order, c)
	}
	return r
}

// chargeAt reads row i of a batch of compared.
func chargeAt(b *dataset.Batch, i int) Charge {
	text := func(c int) string { return b.Columns[c].StringAt(i) }
	number := func(c int) (f money.Fixed, has bool) {
		if v := &b.Columns[c]; !v.IsNull(i) {
			return v.Decs[i], true
		}
		return f, false
	}
	c := Charge{
		Key: Key{
			Account: schemas.AccountID(text(account)), Offering: schemas.OfferingID(text(offering)), Price: schemas.PriceID(text(price)),
			Currency: money.Currency(text(currency)), Provider: money.Currency(text(provider)),
			Subscription: schemas.SubscriptionID(text(subscription)), Meter: schemas.MeterID(text(meter)), Group: text(group),
			Region: text(region), SKU: schemas.SKU(text(sku)), Category: schemas.ChargeCategory(text(category)),
			Class: schemas.ChargeClass(text(class)), Corrects: schemas.Period(text(corrects)),
		},
		ID: schemas.ChargeID(text(id)), Version: text(version), Model: text(model), Description: text(description), Unit: text(unit),
		Start: b.Columns[start].Ints[i], End: b.Columns[end].Ints[i],
	}
	c.Amount, _ = number(amount)
	c.Quantity, c.HasQuantity = number(quantity)
	c.Value, c.HasValue = number(value)
	c.Cost, c.HasCost = number(cost)
	return c
}
