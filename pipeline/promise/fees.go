package promise

import (
	"cmp"
	"maps"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/sla"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// feeKey is what fees are told apart by.
type feeKey struct {
	service.Place
	peer     schemas.PeerID
	sub      string
	sku      schemas.SKU
	category schemas.ChargeCategory
	currency money.Currency
}

func (k feeKey) compare(o feeKey) int {
	return cmp.Or(cmp.Compare(k.peer, o.peer), cmp.Compare(k.Service, o.Service), cmp.Compare(k.Region, o.Region), cmp.Compare(k.Resource, o.Resource),
		cmp.Compare(k.sub, o.sub), cmp.Compare(k.sku, o.sku), cmp.Compare(k.category, o.category), cmp.Compare(k.currency, o.currency))
}

// fees are what was charged, added up. Value is that in the provider's currency, as far as there is a rate.
type fees struct {
	sums  map[feeKey]money.Decimal
	value money.Decimal
}

func (f *fees) add(k feeKey, amount money.Decimal) {
	if f.sums == nil {
		f.sums = map[feeKey]money.Decimal{}
	}
	f.sums[k] = f.sums[k].Add(amount)
}

// list are the fees as package sla takes them, in order.
func (f *fees) list() (out []sla.Fee) {
	if f == nil {
		return nil
	}
	for _, k := range slices.SortedFunc(maps.Keys(f.sums), feeKey.compare) {
		out = append(out, sla.Fee{Place: k.Place, SKU: k.sku, Category: k.category, Amount: f.sums[k], Currency: k.currency})
	}
	return out
}

// bill is what peers have billed: by service, SKU, region, sub-account, and resource where a promise names that.
type bill struct {
	fees
	resources map[string]bool
	// peers have rows of the period.
	peers map[schemas.PeerID]bool
	// credits are what the bills give back, by peer, service and currency.
	credits map[creditKey]money.Decimal
}

type creditKey struct {
	peer     schemas.PeerID
	service  string
	currency money.Currency
}

// of picks the fees that a promise of a peer is about.
func (x *bill) of(p *service.Promise, s *service.SLA) *fees {
	out := &fees{}
	for k, amount := range x.sums {
		if k.peer == s.Peer && (len(p.SubAccounts) == 0 || slices.Contains(p.SubAccounts, k.sub)) {
			out.add(k, amount)
		}
	}
	return out
}

// billColumns are the columns of usage that peers' fees are read by.
var billColumns = []int{
	schemas.UsePeerId, schemas.UseServiceName, schemas.UseRegionId, schemas.UseResourceId, schemas.UseSubAccountId, schemas.UseSkuId,
	schemas.UseChargeCategory, schemas.UseBillingCurrency, schemas.UseBilledCost, schemas.UseLatePeriod,
}

// gatherFees adds up what peers billed and what customers were charged, as far as promises are about it.
func (j *judge) gatherFees() error {
	j.bill = &bill{resources: map[string]bool{}, peers: map[schemas.PeerID]bool{}, credits: map[creditKey]money.Decimal{}}
	j.charged, j.gave = map[service.PromiseID]map[schemas.AccountID]*fees{}, map[string]money.Decimal{}
	peers := map[schemas.PeerID]bool{}
	offered := map[schemas.OfferingID][]*service.Promise{}
	for i := range j.promises {
		p := &j.promises[i]
		if peer := j.versions(p.SLA)[0].Peer; peer != "" {
			peers[peer] = true
		}
		for _, x := range p.Resources {
			j.bill.resources[x.ID] = true
		}
		if p.Offering != "" {
			offered[p.Offering] = append(offered[p.Offering], p)
			j.charged[p.ID] = map[schemas.AccountID]*fees{}
		}
	}
	if len(peers) > 0 {
		if err := j.readBill(peers); err != nil {
			return err
		}
	}
	if len(offered)+len(j.due) > 0 {
		return j.readCharges(offered)
	}
	return nil
}

func (j *judge) readBill(peers map[schemas.PeerID]bool) error {
	for _, key := range j.from.Usage {
		if err := rows.ScanTable(j.ctx, j.from.Store, key, &schemas.Usage, billColumns, func(b *dataset.Batch) error {
			for i := range b.Rows {
				j.bill.addRow(b, i, peers)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// addRow adds a row of a peer's bill; what came late is of the bill of an earlier month.
func (x *bill) addRow(b *dataset.Batch, i int, peers map[schemas.PeerID]bool) {
	text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
	cost := &b.Columns[schemas.UseBilledCost]
	if peer := &b.Columns[schemas.UsePeerId]; peer.Absent || peer.IsNull(i) || cost.Absent || cost.IsNull(i) {
		return
	}
	if late := &b.Columns[schemas.UseLatePeriod]; !late.Absent && !late.IsNull(i) {
		return
	}
	k := feeKey{
		peer: schemas.PeerID(text(schemas.UsePeerId)), sub: text(schemas.UseSubAccountId), sku: schemas.SKU(text(schemas.UseSkuId)),
		category: schemas.ChargeCategory(text(schemas.UseChargeCategory)), currency: money.Currency(text(schemas.UseBillingCurrency)),
		Place: service.Place{Service: text(schemas.UseServiceName), Region: text(schemas.UseRegionId)},
	}
	if !peers[k.peer] {
		return
	}
	if resource := text(schemas.UseResourceId); x.resources[resource] {
		k.Resource = resource
	}
	x.peers[k.peer] = true
	amount := cost.Decs[i].Decimal()
	x.add(k, amount)
	if k.category == schemas.CategoryCredit {
		key := creditKey{k.peer, k.Service, k.currency}
		x.credits[key] = x.credits[key].Sub(amount)
	}
}

// chargedColumns are the columns of charges that customers' fees are read by.
var chargedColumns = append(slices.Clone(rows.ComparedCharge), schemas.ChargeSkuId, schemas.ChargeCorrectedPeriod, schemas.ChargePriceId)

// readCharges adds up what accounts are charged for offerings in the period, and the service credits that they are given; these, taxes, and
// corrections of earlier months are no fees of it.
func (j *judge) readCharges(offered map[schemas.OfferingID][]*service.Promise) error {
	for _, key := range j.from.Charges {
		err := rows.ReadCharges(j.ctx, j.from.Store, key, chargedColumns, func(c *schemas.Charge) error { return j.addCharge(c, offered) })
		if err != nil {
			return err
		}
	}
	return nil
}

// addCharge adds one charge.
func (j *judge) addCharge(c *schemas.Charge, offered map[schemas.OfferingID][]*service.Promise) error {
	if c.Model == schemas.ServiceCredit {
		given := c.Amount.Neg()
		j.gave[string(c.Price)] = j.gave[string(c.Price)].Add(given)
		return run.CountCredit(&j.control.CreditsGiven, given, c.Currency)
	}
	if c.Category == schemas.CategoryTax || c.Corrects != "" || c.Model == schemas.PrepaidCredit {
		return nil
	}
	for _, p := range offered[c.Offering] {
		if len(p.Accounts) > 0 && !slices.Contains(p.Accounts, c.Account) {
			continue
		}
		f := j.charged[p.ID][c.Account]
		if f == nil {
			f = &fees{}
			j.charged[p.ID][c.Account] = f
		}
		// The service of our promise is what its evidence calls it, whatever the offering does.
		k := feeKey{Place: service.Place{Service: p.Service, Region: p.Region}, sku: c.SKU, category: c.Category, currency: c.Currency}
		f.add(k, c.Amount)
		if c.Value.Known {
			f.value = f.value.Add(c.Value.Amount)
		}
	}
	return nil
}

// holders are the accounts to which our promise was made and that are charged for its offering, in order.
func (j *judge) holders(p *service.Promise) []schemas.AccountID {
	return slices.Sorted(maps.Keys(j.charged[p.ID]))
}
