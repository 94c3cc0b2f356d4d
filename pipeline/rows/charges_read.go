package rows

import (
	"context"
	"fmt"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// BriefCharge are the columns of a charge without its arithmetic, which is most of its bytes.
var BriefCharge = func() (columns []int) {
	for i := range schemas.ChargeColumns {
		if i != schemas.ChargeSteps && i != schemas.ChargeStepNumbers {
			columns = append(columns, i)
		}
	}
	return columns
}()

// ComparedCharge are the columns of a charge that comparisons sum by, and its name.
var ComparedCharge = []int{
	schemas.ChargeChargeId, schemas.ChargeBillingAccountId, schemas.ChargeOfferingId, schemas.ChargeMeterId, schemas.ChargeRegionId, schemas.ChargeSegment, schemas.ChargePeerId,
	schemas.ChargeChargeCategory, schemas.ChargeChargeFrequency, schemas.ChargeChargePeriodStart, schemas.ChargeChargePeriodEnd,
	schemas.ChargeModel, schemas.ChargeChargeClass, schemas.ChargePricingQuantity, schemas.ChargePricingUnit, schemas.ChargeBilledCost, schemas.ChargeBillingCurrency, schemas.ChargePeerCost,
	schemas.ChargeProviderCurrency, schemas.ChargeExchangeRate, schemas.ChargeExchangeDay, schemas.ChargeBilledValue, schemas.ChargePeerCostValue,
}

// ReadCharges calls each for every charge of a part of the dataset, in its order, with all columns or some. What each gets is
// valid until it returns.
func ReadCharges(ctx context.Context, s store.Store, key string, columns []int, each func(*schemas.Charge) error) error {
	var c schemas.Charge
	known := formulas{}
	return ScanTable(ctx, s, key, &schemas.Charges, columns, func(b *dataset.Batch) error {
		for i := range b.Rows {
			if err := fillCharge(&c, b, i, known); err != nil {
				return fmt.Errorf("%s, row %d: %w", key, i+1, err)
			}
			if err := each(&c); err != nil {
				return err
			}
		}
		return nil
	})
}

// ScanTable reads columns of one file (none named: all of them) batch by batch.
func ScanTable(ctx context.Context, s store.Store, key string, table *schemas.Table, columns []int, each func(*dataset.Batch) error) error {
	t := TableScan{Columns: columns, Batch: dataset.NewBatch(table)}
	return t.Scan(ctx, s, key, each)
}

// TableScan reads columns of the files of a table: those named (none: all of them), of which each has to Load the lazy ones.
// Its batch and buffers serve one file after the other.
type TableScan struct {
	Columns, Lazy []int
	Batch         *dataset.Batch
	buffers       parquet.ScanBuffers
	scanner       *parquet.Scanner
}

// Scan calls each with the batches of the file with the key.
func (t *TableScan) Scan(ctx context.Context, s store.Store, key string, each func(*dataset.Batch) error) error {
	at, size, err := store.OpenReaderAt(ctx, s, key)
	if err != nil {
		return err
	}
	defer at.Close()
	f, err := parquet.Open(at, size)
	if err != nil {
		return fmt.Errorf("open %s: %w", key, err)
	}
	table := t.Batch.Table
	t.scanner, err = f.Scan(table, parquet.ScanOptions{From: f.From(table, t.Columns...), Lazy: t.Lazy, Buffers: &t.buffers})
	if err != nil {
		return fmt.Errorf("read %s: %w", key, err)
	}
	for {
		more, err := t.scanner.Next(t.Batch)
		if err == nil {
			err = t.faults()
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		if !more {
			return nil
		}
		if err := each(t.Batch); err != nil {
			return err
		}
	}
}

// Load reads lazy columns of the batch at hand.
func (t *TableScan) Load(columns ...int) error {
	if err := t.scanner.Load(t.Batch, columns...); err != nil {
		return err
	}
	return t.faults()
}

// faults is the first value that the batch cannot hold.
func (t *TableScan) faults() error {
	faults := t.scanner.Faults()
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("row %d, column %s: %w", faults[0].Row, t.Batch.Table.Columns[faults[0].Column].Name, faults[0].Err)
}

// ChargeAt reads row i of a batch of schemas.Charges.
func ChargeAt(b *dataset.Batch, i int) (*schemas.Charge, error) {
	c := new(schemas.Charge)
	return c, fillCharge(c, b, i, formulas{})
}

// fillCharge is chargeAt into c. What is of columns that were not read stays empty; those of its times always are.
func fillCharge(c *schemas.Charge, b *dataset.Batch, i int, known formulas) error {
	text := func(col int) string { return b.Columns[col].StringAt(i) }
	at := func(col int) time.Time { return time.UnixMicro(b.Columns[col].Ints[i]).UTC() }
	dec := func(col int) (d money.Decimal) {
		if v := &b.Columns[col]; !v.IsNull(i) {
			d = v.Decs[i].Decimal()
		}
		return d
	}
	*c = schemas.Charge{
		ID: schemas.ChargeID(text(schemas.ChargeChargeId)), Account: schemas.AccountID(text(schemas.ChargeBillingAccountId)),
		Subscription: schemas.SubscriptionID(text(schemas.ChargeSubscriptionId)), Offering: schemas.OfferingID(text(schemas.ChargeOfferingId)),
		Price: schemas.PriceID(text(schemas.ChargePriceId)), Version: text(schemas.ChargePriceVersion),
		Meter: schemas.MeterID(text(schemas.ChargeMeterId)), Model: text(schemas.ChargeModel),
		Category: schemas.ChargeCategory(text(schemas.ChargeChargeCategory)), Class: schemas.ChargeClass(text(schemas.ChargeChargeClass)),
		Frequency:   schemas.ChargeFrequency(text(schemas.ChargeChargeFrequency)),
		Description: text(schemas.ChargeChargeDescription), Start: at(schemas.ChargeChargePeriodStart), End: at(schemas.ChargeChargePeriodEnd),
		Service: text(schemas.ChargeServiceName), ServiceCategory: text(schemas.ChargeServiceCategory),
		SKU: schemas.SKU(text(schemas.ChargeSkuId)), SkuMeter: text(schemas.ChargeSkuMeter), Region: text(schemas.ChargeRegionId), Segment: text(schemas.ChargeSegment),
		Peer: schemas.PeerID(text(schemas.ChargePeerId)), PricingKind: schemas.PricingCategory(text(schemas.ChargePricingCategory)),
		HasQuantity: !b.Columns[schemas.ChargePricingQuantity].IsNull(i),
		Consumed:    dec(schemas.ChargeConsumedQuantity), ConsumedUnit: text(schemas.ChargeConsumedUnit),
		Priced: dec(schemas.ChargePricingQuantity), PricingUnit: text(schemas.ChargePricingUnit),
		List: dec(schemas.ChargeListCost), Amount: dec(schemas.ChargeBilledCost), Currency: money.Currency(text(schemas.ChargeBillingCurrency)),
		PeerCost: dec(schemas.ChargePeerCost), HasCost: !b.Columns[schemas.ChargePeerCost].IsNull(i),
		Group:    text(schemas.ChargeMeterGroup),
		Corrects: schemas.Period(text(schemas.ChargeCorrectedPeriod)), TaxCategory: text(schemas.ChargeTaxCategory),
	}
	if v := &b.Columns[schemas.ChargeUsageRows]; !v.Absent {
		c.UsageRows = v.Ints[i]
	}
	if v := &b.Columns[schemas.ChargeUnitPrice]; !v.IsNull(i) {
		p := v.Decs[i].Decimal()
		c.UnitPrice = &p
	}
	if c.Value.Currency = money.Currency(text(schemas.ChargeProviderCurrency)); !b.Columns[schemas.ChargeBilledValue].IsNull(i) {
		c.Value.Known, c.Value.Rate = true, dec(schemas.ChargeExchangeRate)
		c.Value.Amount, c.Value.Cost = dec(schemas.ChargeBilledValue), dec(schemas.ChargePeerCostValue)
	}
	var err error
	if day := text(schemas.ChargeExchangeDay); day != "" {
		if c.Value.Day, err = schemas.ParseDate(day); err != nil {
			return err
		}
	}
	if !b.Columns[schemas.ChargeExactCost].Absent {
		if c.Exact, err = money.ParseDecimal(text(schemas.ChargeExactCost)); err != nil {
			return err
		}
		if c.Residue, err = money.ParseDecimal(text(schemas.ChargeResidue)); err != nil {
			return err
		}
	}
	if !b.Columns[schemas.ChargeSteps].Absent {
		c.Steps, err = known.steps(text(schemas.ChargeSteps), text(schemas.ChargeStepNumbers))
	}
	return err
}
