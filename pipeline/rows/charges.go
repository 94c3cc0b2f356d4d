package rows

import (
	"cmp"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"
)

// ChargeWriter lays charges out as rows of schemas.Charges. Most texts of a charge are those of its price, so their codes
// are kept by kind of charge, and those of the steps by form; only what is the charge's own is looked at row by row.
type ChargeWriter struct {
	provider *schemas.Provider
	// Start and end bound the billing period, in microseconds.
	Start, End int64
	Period     string
	// Owners says whose accounts are.
	Owners map[schemas.AccountID]Owner
	// Payers are the accounts on whose drafts charges stand, by account, where that is another.
	Payers map[schemas.AccountID]schemas.AccountID

	Batch *dataset.Batch
	kinds map[kindKey]*chargeKind
	// forms are those of steps, by how many steps they have, the last used first; byFormula has all of them.
	forms     map[int][]*codedForm
	byFormula map[string]*codedForm
	failed    error
	// exchange is the rate that was written last, and its day.
	exchange struct {
		coded bool
		day   schemas.Date
		code  uint32
		rate  money.Decimal
		fixed money.Fixed
	}
	// scratch is text on its way into a batch.
	scratch []byte
	owner   codedOwner
	// last is the text that a column was last asked the code of, and that code.
	last [schemas.ChargeColumns]codedText
}

// Owner is whose an account is, as charges show it.
type Owner struct{ Name, Customer, Segment string }

// most kinds and forms are kept; prices with more of them than that do not gain by it.
const (
	mostKinds        = 1 << 14
	mostForms        = 1 << 12
	mostFormsAtATime = 32
)

// kindKey is by what charges of a kind are found.
type kindKey struct {
	price       schemas.PriceID
	sku         schemas.SKU
	description string
}

// chargeKind are charges with the same texts, but for those of account, subscription, region and steps.
type chargeKind struct {
	like  schemas.Charge
	cells []codedCell
}

// codedText is a text and its code in the dictionary of a column; an empty one stands for none.
type codedText struct {
	text string
	code uint32
}

type codedCell struct {
	column int
	code   uint32
}

// codedForm is a form of steps, and the code of its formula.
type codedForm struct {
	*stepsForm
	code uint32
}

// codedOwner are the cells that charges of one account in one currency share: neighbours nearly always do.
type codedOwner struct {
	account  schemas.AccountID
	currency money.Currency
	cells    []codedCell
}

// NewChargeWriter lays charges of the provider out in an empty batch.
func NewChargeWriter(provider *schemas.Provider) ChargeWriter {
	return ChargeWriter{provider: provider, Batch: dataset.NewBatch(&schemas.Charges)}
}

// Trim readies the writer for another part of the dataset. Texts are kept unless they have become very many; those of
// accounts come in no other part.
func (w *ChargeWriter) Trim() {
	w.Batch.Reset()
	w.owner = codedOwner{cells: w.owner.cells[:0]}
	for _, col := range ownerColumns {
		w.Batch.Columns[col].Dict.Reset()
	}
	size := 0
	for i := range w.Batch.Columns {
		if d := w.Batch.Columns[i].Dict; d != nil {
			size += d.Size()
		}
	}
	const most = 8 << 20
	if size > most || len(w.kinds) > mostKinds || len(w.byFormula) > mostForms {
		w.Batch = dataset.NewBatch(&schemas.Charges)
		w.kinds, w.forms, w.byFormula = nil, nil, nil
		clear(w.last[:])
		w.exchange.coded = false
	}
}

// Append adds one charge as an open row, which the caller ends. It fails if an amount does not fit a dataset.
func (w *ChargeWriter) Append(c *schemas.Charge) error {
	w.failed = nil
	for _, x := range w.kind(c).cells {
		w.Batch.AppendCode(x.column, x.code)
	}
	w.money(c)
	w.what(c)
	w.steps(c)
	if w.failed != nil {
		return fmt.Errorf("charge %s of account %s: %w", c.ID, c.Account, w.failed)
	}
	return nil
}

func (w *ChargeWriter) fixed(col int, d money.Decimal) money.Fixed {
	f, err := money.FixedFromDecimal(d)
	if err != nil && w.failed == nil {
		w.failed = fmt.Errorf("%s %s: %w", schemas.Charges.Columns[col].Name, d, err)
	}
	return f
}

// figure is fixed for numbers that need not be what anybody pays: list amounts, quantities and costs may be quotients
// that do not end, and are rounded half to even at the dataset's 18 places. The steps keep them exact.
func (w *ChargeWriter) figure(col int, d money.Decimal) money.Fixed {
	return w.fixed(col, money.RoundTo(d, money.Scale, money.HalfEven))
}

// put gives several columns a number.
func (w *ChargeWriter) put(f money.Fixed, columns ...int) {
	for _, col := range columns {
		w.Batch.AppendDecimal(col, f)
	}
}

func (w *ChargeWriter) money(c *schemas.Charge) {
	b := w.Batch
	amount := w.fixed(schemas.ChargeBilledCost, c.Amount)
	billed := amount
	w.put(amount, schemas.ChargeBilledCost)
	exact := w.figure(schemas.ChargeContractedCost, c.Exact)
	w.put(exact, schemas.ChargeContractedCost)
	// What is bought to cover charges to come is no cost of its own: FOCUS counts it where it is used.
	if c.Category == schemas.CategoryPurchase {
		amount = money.Fixed{}
	}
	w.put(amount, schemas.ChargeEffectiveCost, schemas.ChargePricingCurrencyEffectiveCost)
	list := exact
	if c.List != c.Exact {
		list = w.figure(schemas.ChargeListCost, c.List)
	}
	w.put(list, schemas.ChargeListCost)
	if c.HasCost {
		w.put(w.figure(schemas.ChargePeerCost, c.PeerCost), schemas.ChargePeerCost)
		w.put(w.figure(schemas.ChargeMargin, c.Amount.Sub(c.PeerCost)), schemas.ChargeMargin)
	}
	w.value(c, billed)
	w.scratch = c.Exact.AppendText(w.scratch[:0])
	b.AppendBytes(schemas.ChargeExactCost, w.scratch)
	w.scratch = c.Residue.AppendText(w.scratch[:0])
	b.AppendBytes(schemas.ChargeResidue, w.scratch)
	if !c.HasQuantity {
		return
	}
	priced := w.figure(schemas.ChargePricingQuantity, c.Priced)
	w.put(priced, schemas.ChargePricingQuantity)
	if c.Category == schemas.CategoryUsage {
		if c.Consumed != c.Priced {
			priced = w.figure(schemas.ChargeConsumedQuantity, c.Consumed)
		}
		w.put(priced, schemas.ChargeConsumedQuantity)
	}
	w.unitPrices(c)
}

// value lays out what the charge, of which the amount is given, comes to in the provider's currency.
func (w *ChargeWriter) value(c *schemas.Charge, amount money.Fixed) {
	v := &c.Value
	if !v.Known {
		return
	}
	if x := &w.exchange; !x.coded || x.day != v.Day || x.rate != v.Rate {
		x.day, x.rate, x.fixed = v.Day, v.Rate, w.fixed(schemas.ChargeExchangeRate, v.Rate)
		x.code, x.coded = w.code(schemas.ChargeExchangeDay, v.Day.String()), true
	}
	w.put(w.exchange.fixed, schemas.ChargeExchangeRate)
	w.Batch.AppendCode(schemas.ChargeExchangeDay, w.exchange.code)
	if v.Currency != c.Currency {
		amount = w.fixed(schemas.ChargeBilledValue, v.Amount)
	}
	w.put(amount, schemas.ChargeBilledValue)
	if c.HasCost {
		w.put(w.figure(schemas.ChargePeerCostValue, v.Cost), schemas.ChargePeerCostValue)
	}
}

// noUnit is the unit of what is only counted.
const noUnit = "Units"

// unitPrices states what one pricing unit costs on average: FOCUS wants unit price × quantity = cost, also where tiers
// and minimums make no one price the price.
func (w *ChargeWriter) unitPrices(c *schemas.Charge) {
	var price money.Fixed
	if c.UnitPrice != nil {
		price = w.figure(schemas.ChargeUnitPrice, *c.UnitPrice)
		w.put(price, schemas.ChargeUnitPrice)
	}
	list, exact := price, price
	if !c.Priced.IsZero() {
		var fits, both bool
		list, fits = w.quotient(c.List, c.Priced)
		if exact, both = list, fits; c.List != c.Exact && !c.Exact.Equal(c.List) {
			exact, both = w.quotient(c.Exact, c.Priced)
		}
		if !fits || !both {
			return
		}
	}
	w.put(list, schemas.ChargeListUnitPrice, schemas.ChargePricingCurrencyListUnitPrice)
	w.put(exact, schemas.ChargeContractedUnitPrice, schemas.ChargePricingCurrencyContractedUnitPrice)
}

// quotient is what a unit costs on average, unless no dataset holds that: a minimum charge over next to nothing used has
// no unit price worth stating, and must not end the run.
func (w *ChargeWriter) quotient(cost, quantity money.Decimal) (money.Fixed, bool) {
	price, err := money.DivRound(cost, quantity, money.Scale, money.HalfEven)
	if err != nil {
		w.failed = err
	}
	f, err := money.FixedFromDecimal(price)
	return f, err == nil
}

// what lays out what is the charge's own: its account, time and identifiers.
func (w *ChargeWriter) what(c *schemas.Charge) {
	b := w.Batch
	for _, x := range w.ownerOf(c).cells {
		b.AppendCode(x.column, x.code)
	}
	b.AppendTime(schemas.ChargeBillingPeriodStart, w.Start)
	b.AppendTime(schemas.ChargeBillingPeriodEnd, w.End)
	b.AppendTime(schemas.ChargeChargePeriodStart, c.Start.UnixMicro())
	b.AppendTime(schemas.ChargeChargePeriodEnd, c.End.UnixMicro())
	b.AppendText(schemas.ChargeChargeId, string(c.ID))
	w.text(schemas.ChargeSubscriptionId, string(c.Subscription))
	w.text(schemas.ChargeRegionId, c.Region)
	w.text(schemas.ChargeRegionName, c.Region)
	b.AppendInt(schemas.ChargeUsageRows, c.UsageRows)
}

// ownerColumns are those that ownerOf has the cells of.
var ownerColumns = [...]int{schemas.ChargeBillingAccountId, schemas.ChargeBillingAccountName, schemas.ChargeDraftInvoiceId, schemas.ChargeCustomerId, schemas.ChargeSegment}

// ownerOf returns the cells of a charge's account and currency.
func (w *ChargeWriter) ownerOf(c *schemas.Charge) *codedOwner {
	x := &w.owner
	if len(x.cells) > 0 && x.account == c.Account && x.currency == c.Currency {
		return x
	}
	x.account, x.currency, x.cells = c.Account, c.Currency, x.cells[:0]
	set := func(col int, s string) {
		if s != "" {
			x.cells = append(x.cells, codedCell{col, w.Batch.Columns[col].Dict.CodeOf(s)})
		}
	}
	owner := w.Owners[c.Account]
	set(schemas.ChargeBillingAccountId, string(c.Account))
	set(schemas.ChargeBillingAccountName, owner.Name)
	set(schemas.ChargeCustomerId, owner.Customer)
	set(schemas.ChargeSegment, owner.Segment)
	set(schemas.ChargeDraftInvoiceId, DraftID(schemas.Period(w.Period), cmp.Or(w.Payers[c.Account], c.Account), c.Currency))
	return x
}

// DraftID names the draft of a period on which the charges in a currency stand that an account pays.
func DraftID(p schemas.Period, payer schemas.AccountID, currency money.Currency) string {
	return string(p) + "-" + string(payer) + "-" + string(currency)
}

// text appends a text, or leaves the cell null where there is none.
func (w *ChargeWriter) text(col int, s string) {
	if s != "" {
		w.Batch.AppendCode(col, w.code(col, s))
	}
}

// code returns the code of a text that is not empty. Most texts are those of the charge or kind before.
func (w *ChargeWriter) code(col int, s string) uint32 {
	if x := &w.last[col]; x.text != s {
		*x = codedText{s, w.Batch.Columns[col].Dict.CodeOf(s)}
	}
	return w.last[col].code
}

// kind finds or makes the kind of a charge.
func (w *ChargeWriter) kind(c *schemas.Charge) *chargeKind {
	key := kindKey{c.Price, c.SKU, c.Description}
	if k := w.kinds[key]; k != nil && k.has(c) {
		return k
	}
	k := &chargeKind{like: *c}
	k.like.Steps = nil
	w.describe(k)
	if w.kinds == nil {
		w.kinds = map[kindKey]*chargeKind{}
	}
	w.kinds[key] = k
	return k
}

// has reports whether a charge is of the kind; what the key says is.
func (k *chargeKind) has(c *schemas.Charge) bool {
	x := &k.like
	return c.Offering == x.Offering && c.Version == x.Version && c.Meter == x.Meter && c.Model == x.Model && c.Category == x.Category &&
		c.Class == x.Class && c.Frequency == x.Frequency && c.Service == x.Service && c.ServiceCategory == x.ServiceCategory &&
		c.SkuMeter == x.SkuMeter && c.Peer == x.Peer && c.PricingKind == x.PricingKind && c.HasQuantity == x.HasQuantity &&
		c.ConsumedUnit == x.ConsumedUnit && c.PricingUnit == x.PricingUnit && c.Currency == x.Currency &&
		c.Group == x.Group && c.Corrects == x.Corrects && c.TaxCategory == x.TaxCategory && c.Value.Currency == x.Value.Currency
}

// describe fills the cells of a kind.
func (w *ChargeWriter) describe(k *chargeKind) {
	c := &k.like
	set := func(col int, s string) {
		if s != "" {
			k.cells = append(k.cells, codedCell{col, w.code(col, s)})
		}
	}
	set(schemas.ChargeBillingAccountType, "Account")
	set(schemas.ChargeBillingCurrency, string(c.Currency))
	set(schemas.ChargeProviderCurrency, string(c.Value.Currency))
	set(schemas.ChargePricingCurrency, string(c.Currency))
	set(schemas.ChargeChargeCategory, string(c.Category))
	set(schemas.ChargeChargeClass, string(c.Class))
	set(schemas.ChargeChargeDescription, c.Description)
	set(schemas.ChargeChargeFrequency, string(c.Frequency))
	set(schemas.ChargeInvoiceIssuerName, w.provider.LegalName)
	set(schemas.ChargeProviderName, w.provider.Name)
	set(schemas.ChargePublisherName, w.provider.Name)
	category := cmp.Or(c.ServiceCategory, "Other")
	set(schemas.ChargeServiceCategory, category)
	set(schemas.ChargeServiceSubcategory, "Other ("+category+")")
	set(schemas.ChargeServiceName, c.Service)
	if c.HasQuantity {
		set(schemas.ChargePricingUnit, cmp.Or(c.PricingUnit, noUnit))
		if c.Category == schemas.CategoryUsage {
			set(schemas.ChargeConsumedUnit, cmp.Or(c.ConsumedUnit, noUnit))
		}
	}
	if c.Category != schemas.CategoryTax { // FOCUS: a tax has no SKU and no pricing category
		set(schemas.ChargePricingCategory, string(c.PricingKind))
	}
	if c.Price != "" && c.Category != schemas.CategoryTax {
		// A price over several SKUs is a SKU of its own, and each SKU's price is told apart: FOCUS gives a price one SKU.
		sku := cmp.Or(string(c.SKU), string(c.Price))
		set(schemas.ChargeSkuId, sku)
		set(schemas.ChargeSkuMeter, cmp.Or(c.SkuMeter, string(c.Meter), string(c.Price)))
		set(schemas.ChargeSkuPriceId, sku+"/"+string(c.Price))
	}
	set(schemas.ChargeOfferingId, string(c.Offering))
	set(schemas.ChargePriceId, string(c.Price))
	set(schemas.ChargePriceVersion, c.Version)
	set(schemas.ChargeMeterId, string(c.Meter))
	set(schemas.ChargeModel, c.Model)
	set(schemas.ChargePeerId, string(c.Peer))
	set(schemas.ChargeMeterGroup, c.Group)
	set(schemas.ChargeCorrectedPeriod, string(c.Corrects))
	set(schemas.ChargeTaxCategory, c.TaxCategory)
}

// steps lays out the arithmetic of a charge by its form, which is one of few.
func (w *ChargeWriter) steps(c *schemas.Charge) {
	of := w.forms[len(c.Steps)]
	var f *codedForm
	for i := range of {
		var ok bool
		if w.scratch, ok = of[i].appendNumbers(w.scratch[:0], c.Steps); ok {
			f = of[i]
			copy(of[1:], of[:i])
			of[0] = f
			break
		}
	}
	if f == nil {
		f = w.form(c.Steps)
		w.scratch, _ = f.appendNumbers(w.scratch[:0], c.Steps)
	}
	w.Batch.AppendCode(schemas.ChargeSteps, f.code)
	if f.numbers > 0 {
		w.Batch.AppendBytes(schemas.ChargeStepNumbers, w.scratch)
	}
}

// form finds or makes the form of steps, and keeps it among the last used.
func (w *ChargeWriter) form(steps []schemas.Step) *codedForm {
	form := newStepsForm(steps)
	f := w.byFormula[form.text]
	if f == nil {
		f = &codedForm{form, w.Batch.Columns[schemas.ChargeSteps].Dict.CodeOf(form.text)}
		if w.byFormula == nil {
			w.byFormula, w.forms = map[string]*codedForm{}, map[int][]*codedForm{}
		}
		w.byFormula[form.text] = f
	}
	of := w.forms[len(steps)]
	if len(of) == mostFormsAtATime {
		of = of[:len(of)-1]
	}
	w.forms[len(steps)] = append([]*codedForm{f}, of...)
	return f
}
