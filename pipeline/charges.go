package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// chargeWriter lays charges out as rows of schemas.Charges.
type chargeWriter struct {
	provider *schemas.Provider
	// start and end bound the billing period, in microseconds.
	start, end int64
	period     string
	names      map[schemas.AccountID]string
	text       textCell
	failed     error
	// scratch is text on its way into a batch; draft and subcategory are made of what neighbours share.
	scratch     []byte
	draft       joined
	subcategory joined
}

// textCell appends a text, or leaves the cell null where there is none.
type textCell struct{ b *dataset.Batch }

func (t textCell) set(col int, s string) {
	if s != "" {
		t.b.AppendText(col, s)
	}
}

// joined is a text made of parts, kept for as long as the parts stay the same.
type joined struct{ one, other, text string }

// of returns the text for two parts.
func (j *joined) of(one, other, before, between, after string) string {
	if j.text == "" || j.one != one || j.other != other {
		*j = joined{one, other, before + one + between + other + after}
	}
	return j.text
}

// append adds one charge to b as an open row, which the caller ends. It fails if an amount does not fit a dataset.
func (w *chargeWriter) append(b *dataset.Batch, c *schemas.Charge) error {
	w.text, w.failed = textCell{b}, nil
	w.money(b, c)
	w.what(b, c)
	w.lineage(b, c)
	if w.failed != nil {
		return fmt.Errorf("charge %s of account %s: %w", c.ID, c.Account, w.failed)
	}
	return nil
}

func (w *chargeWriter) decimal(b *dataset.Batch, col int, d money.Decimal) {
	f, err := money.FixedFromDecimal(d)
	if err != nil {
		if w.failed == nil {
			w.failed = fmt.Errorf("%s %s: %w", b.Table.Columns[col].Name, d, err)
		}
		return
	}
	b.AppendDecimal(col, f)
}

// figure is decimal for numbers that need not be what anybody pays: list amounts, quantities and costs may be quotients
// that do not end, and are rounded half to even at the dataset's 18 places. The steps keep them exact.
func (w *chargeWriter) figure(b *dataset.Batch, col int, d money.Decimal) {
	w.decimal(b, col, money.RoundTo(d, money.Scale, money.HalfEven))
}

func (w *chargeWriter) money(b *dataset.Batch, c *schemas.Charge) {
	w.decimal(b, schemas.ChargeBilledCost, c.Amount)
	w.figure(b, schemas.ChargeContractedCost, c.Exact)
	// What is bought to cover charges to come is no cost of its own: FOCUS counts it where it is used.
	effective := c.Amount
	if c.Category == "Purchase" {
		effective = money.Zero
	}
	w.decimal(b, schemas.ChargeEffectiveCost, effective)
	w.figure(b, schemas.ChargeListCost, c.List)
	w.text.set(schemas.ChargeBillingCurrency, string(c.Currency))
	w.text.set(schemas.ChargePricingCurrency, string(c.Currency))
	w.decimal(b, schemas.ChargePricingCurrencyEffectiveCost, effective)
	if c.HasCost {
		w.figure(b, schemas.ChargePeerCost, c.PeerCost)
		w.figure(b, schemas.ChargeMargin, c.Amount.Sub(c.PeerCost))
	}
	w.scratch = c.Exact.AppendText(w.scratch[:0])
	b.AppendBytes(schemas.ChargeExactCost, w.scratch)
	w.scratch = c.Residue.AppendText(w.scratch[:0])
	b.AppendBytes(schemas.ChargeResidue, w.scratch)
	if !c.HasQuantity {
		return
	}
	w.figure(b, schemas.ChargePricingQuantity, c.Priced)
	w.text.set(schemas.ChargePricingUnit, cmp.Or(c.PricingUnit, noUnit))
	if c.Category == "Usage" {
		w.figure(b, schemas.ChargeConsumedQuantity, c.Consumed)
		w.text.set(schemas.ChargeConsumedUnit, cmp.Or(c.ConsumedUnit, noUnit))
	}
	w.unitPrices(b, c)
}

// noUnit is the unit of what is only counted.
const noUnit = "Units"

// unitPrices states what one pricing unit costs on average: FOCUS wants unit price × quantity = cost, also where tiers
// and minimums make no one price the price.
func (w *chargeWriter) unitPrices(b *dataset.Batch, c *schemas.Charge) {
	if c.UnitPrice != nil {
		w.figure(b, schemas.ChargeUnitPrice, *c.UnitPrice)
	}
	if c.Priced.IsZero() {
		price := money.Zero
		if c.UnitPrice != nil {
			price = *c.UnitPrice
		}
		for _, col := range [...]int{
			schemas.ChargeListUnitPrice, schemas.ChargeContractedUnitPrice,
			schemas.ChargePricingCurrencyListUnitPrice, schemas.ChargePricingCurrencyContractedUnitPrice,
		} {
			w.figure(b, col, price)
		}
		return
	}
	var price money.Decimal
	for i, u := range [...]struct {
		cost              money.Decimal
		billing, currency int
	}{
		{c.List, schemas.ChargeListUnitPrice, schemas.ChargePricingCurrencyListUnitPrice},
		{c.Exact, schemas.ChargeContractedUnitPrice, schemas.ChargePricingCurrencyContractedUnitPrice},
	} {
		if i == 0 || !u.cost.Equal(c.List) {
			var err error
			if price, err = money.DivRound(u.cost, c.Priced, money.Scale, money.HalfEven); err != nil {
				w.failed = err
				return
			}
		}
		w.decimal(b, u.billing, price)
		w.decimal(b, u.currency, price)
	}
}

func (w *chargeWriter) what(b *dataset.Batch, c *schemas.Charge) {
	set := w.text.set
	set(schemas.ChargeBillingAccountId, string(c.Account))
	set(schemas.ChargeBillingAccountName, w.names[c.Account])
	set(schemas.ChargeBillingAccountType, "Account")
	b.AppendTime(schemas.ChargeBillingPeriodStart, w.start)
	b.AppendTime(schemas.ChargeBillingPeriodEnd, w.end)
	set(schemas.ChargeChargeCategory, c.Category)
	set(schemas.ChargeChargeClass, c.Class)
	set(schemas.ChargeChargeDescription, c.Description)
	set(schemas.ChargeChargeFrequency, c.Frequency)
	b.AppendTime(schemas.ChargeChargePeriodStart, c.Start.UnixMicro())
	b.AppendTime(schemas.ChargeChargePeriodEnd, c.End.UnixMicro())
	set(schemas.ChargeDraftInvoiceId, w.draft.of(string(c.Account), string(c.Currency), w.period+"-", "-", ""))
	set(schemas.ChargeInvoiceIssuerName, w.provider.LegalName)
	set(schemas.ChargeProviderName, w.provider.Name)
	set(schemas.ChargePublisherName, w.provider.Name)
	set(schemas.ChargeRegionId, c.Region)
	set(schemas.ChargeRegionName, c.Region)
	category := cmp.Or(c.ServiceCategory, "Other")
	set(schemas.ChargeServiceCategory, category)
	set(schemas.ChargeServiceSubcategory, w.subcategory.of(category, "", "Other (", ")", ""))
	set(schemas.ChargeServiceName, c.Service)
	if c.Category == "Tax" {
		return // FOCUS: a tax has no SKU and no pricing category
	}
	set(schemas.ChargePricingCategory, c.PricingKind)
	if c.Price != "" {
		// A price over several SKUs is a SKU of its own, and each SKU's price is told apart: FOCUS gives a price one SKU.
		sku := cmp.Or(string(c.SKU), string(c.Price))
		set(schemas.ChargeSkuId, sku)
		set(schemas.ChargeSkuMeter, cmp.Or(c.SkuMeter, string(c.Meter), string(c.Price)))
		w.scratch = append(append(append(w.scratch[:0], sku...), '/'), c.Price...)
		b.AppendBytes(schemas.ChargeSkuPriceId, w.scratch)
	}
}

func (w *chargeWriter) lineage(b *dataset.Batch, c *schemas.Charge) {
	set := w.text.set
	set(schemas.ChargeChargeId, string(c.ID))
	set(schemas.ChargeOfferingId, string(c.Offering))
	set(schemas.ChargePriceId, string(c.Price))
	set(schemas.ChargePriceVersion, c.Version)
	set(schemas.ChargeSubscriptionId, string(c.Subscription))
	set(schemas.ChargeMeterId, string(c.Meter))
	set(schemas.ChargeModel, c.Model)
	set(schemas.ChargePeerId, string(c.Peer))
	set(schemas.ChargeMeterGroup, c.Group)
	set(schemas.ChargeCorrectedPeriod, string(c.Corrects))
	b.AppendInt(schemas.ChargeUsageRows, c.UsageRows)
	var err error
	if w.scratch, err = appendSteps(w.scratch[:0], c.Steps); err != nil {
		w.failed = err
		return
	}
	b.AppendBytes(schemas.ChargeSteps, w.scratch)
}

// briefCharge are the columns of a charge without its arithmetic, which is most of its bytes.
var briefCharge = func() (columns []int) {
	for i := range schemas.ChargeColumns {
		if i != schemas.ChargeSteps {
			columns = append(columns, i)
		}
	}
	return columns
}()

// readCharges calls each for every charge of a part of the dataset, in its order, with all columns or some.
func readCharges(ctx context.Context, s store.Store, key string, columns []int, each func(*schemas.Charge) error) error {
	return scanTable(ctx, s, key, &schemas.Charges, columns, func(b *dataset.Batch) error {
		for i := range b.Rows {
			c, err := chargeAt(b, i)
			if err != nil {
				return fmt.Errorf("%s, row %d: %w", key, i+1, err)
			}
			if err := each(c); err != nil {
				return err
			}
		}
		return nil
	})
}

// scanTable reads columns of one file (none named: all of them) batch by batch.
func scanTable(ctx context.Context, s store.Store, key string, table *schemas.Table, columns []int, each func(*dataset.Batch) error) error {
	t := tableScan{columns: columns, batch: dataset.NewBatch(table)}
	return t.scan(ctx, s, key, each)
}

// tableScan reads columns of the files of a table: those named (none: all of them), of which each has to Load the lazy ones.
// Its batch and buffers serve one file after the other.
type tableScan struct {
	columns, lazy []int
	batch         *dataset.Batch
	buffers       dataset.ScanBuffers
	scanner       *dataset.Scanner
}

func (t *tableScan) scan(ctx context.Context, s store.Store, key string, each func(*dataset.Batch) error) error {
	at, size, err := store.OpenReaderAt(ctx, s, key)
	if err != nil {
		return err
	}
	defer at.Close()
	f, err := dataset.Open(at, size)
	if err != nil {
		return fmt.Errorf("open %s: %w", key, err)
	}
	table := t.batch.Table
	t.scanner, err = f.Scan(table, dataset.ScanOptions{From: f.From(table, t.columns...), Lazy: t.lazy, Buffers: &t.buffers})
	if err != nil {
		return fmt.Errorf("read %s: %w", key, err)
	}
	for {
		more, err := t.scanner.Next(t.batch)
		if err == nil {
			err = t.faults()
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		if !more {
			return nil
		}
		if err := each(t.batch); err != nil {
			return err
		}
	}
}

// load reads lazy columns of the batch at hand.
func (t *tableScan) load(columns ...int) error {
	if err := t.scanner.Load(t.batch, columns...); err != nil {
		return err
	}
	return t.faults()
}

// faults is the first value that the batch cannot hold.
func (t *tableScan) faults() error {
	faults := t.scanner.Faults()
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("row %d, column %s: %w", faults[0].Row, t.batch.Table.Columns[faults[0].Column].Name, faults[0].Err)
}

// chargeAt reads row i of a batch of schemas.Charges.
func chargeAt(b *dataset.Batch, i int) (*schemas.Charge, error) {
	text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
	at := func(col int) time.Time { return time.UnixMicro(b.Columns[col].Ints[i]).UTC() }
	dec := func(col int) (d money.Decimal) {
		if v := &b.Columns[col]; !v.IsNull(i) {
			d = v.Decs[i].Decimal()
		}
		return d
	}
	c := &schemas.Charge{
		ID: schemas.ChargeID(text(schemas.ChargeChargeId)), Account: schemas.AccountID(text(schemas.ChargeBillingAccountId)),
		Subscription: schemas.SubscriptionID(text(schemas.ChargeSubscriptionId)), Offering: schemas.OfferingID(text(schemas.ChargeOfferingId)),
		Price: schemas.PriceID(text(schemas.ChargePriceId)), Version: text(schemas.ChargePriceVersion),
		Meter: schemas.MeterID(text(schemas.ChargeMeterId)), Model: text(schemas.ChargeModel),
		Category: text(schemas.ChargeChargeCategory), Class: text(schemas.ChargeChargeClass), Frequency: text(schemas.ChargeChargeFrequency),
		Description: text(schemas.ChargeChargeDescription), Start: at(schemas.ChargeChargePeriodStart), End: at(schemas.ChargeChargePeriodEnd),
		Service: text(schemas.ChargeServiceName), ServiceCategory: text(schemas.ChargeServiceCategory),
		SKU: schemas.SKU(text(schemas.ChargeSkuId)), SkuMeter: text(schemas.ChargeSkuMeter), Region: text(schemas.ChargeRegionId),
		Peer: schemas.PeerID(text(schemas.ChargePeerId)), PricingKind: text(schemas.ChargePricingCategory),
		HasQuantity: !b.Columns[schemas.ChargePricingQuantity].IsNull(i),
		Consumed:    dec(schemas.ChargeConsumedQuantity), ConsumedUnit: text(schemas.ChargeConsumedUnit),
		Priced: dec(schemas.ChargePricingQuantity), PricingUnit: text(schemas.ChargePricingUnit),
		List: dec(schemas.ChargeListCost), Amount: dec(schemas.ChargeBilledCost), Currency: money.Currency(text(schemas.ChargeBillingCurrency)),
		PeerCost: dec(schemas.ChargePeerCost), HasCost: !b.Columns[schemas.ChargePeerCost].IsNull(i),
		UsageRows: b.Columns[schemas.ChargeUsageRows].Ints[i], Group: text(schemas.ChargeMeterGroup),
		Corrects: schemas.Period(text(schemas.ChargeCorrectedPeriod)),
	}
	var err error
	if c.Exact, err = money.ParseDecimal(text(schemas.ChargeExactCost)); err != nil {
		return nil, err
	}
	if c.Residue, err = money.ParseDecimal(text(schemas.ChargeResidue)); err != nil {
		return nil, err
	}
	if v := &b.Columns[schemas.ChargeUnitPrice]; !v.IsNull(i) {
		p := v.Decs[i].Decimal()
		c.UnitPrice = &p
	}
	if b.Columns[schemas.ChargeSteps].Absent {
		return c, nil
	}
	return c, json.Unmarshal(b.Columns[schemas.ChargeSteps].TextAt(i), &c.Steps)
}
