package pipeline

import (
	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
)

// Stages returns a bill run, in order: the table is the diagram. What a row does not name, its tasks do not get.
func Stages() []Stage {
	return []Stage{
		{"ingest", []Step{
			{Name: "delivery", Version: "6", Width: PerSource, Do: ingestSource},
		}},
		{"normalise", []Step{
			{
				Name: "object", Version: "11", Width: PerObject, Temporary: true, Do: normaliseObject,
				Book: []book.Part{book.PartSources, book.PartCustomers, book.PartPeers, book.PartProvider},
				Spec: []Given{EarlierPeriods, Families}, Balances: decoded,
			},
			{
				Name: "shard", Version: "5", Width: PerShard, Do: normaliseShard,
				Reads: []string{"normalise/object"}, Balances: deduplicated, SizeBy: "normalise/object", Size: sentTo,
			},
		}},
		{"rate", []Step{
			{
				Name: "shard", Version: "10", Width: PerShard, Do: rateShard, SizeBy: "normalise/shard", Size: usageIn,
				Reads: []string{"normalise/object", "normalise/shard"},
				Book:  []book.Part{book.PartCatalogue, book.PartCustomers, book.PartPeers, book.PartFX, book.PartProvider},
				Spec:  []Given{AsOf, CarriedOver, EarlierRuns, Families}, Balances: rated,
			},
		}},
		{"reconcile", []Step{
			{
				Name: "shard", Version: "8", Width: PerShard, Do: reconcileShard, SizeBy: "normalise/shard", Size: usageIn,
				Reads: []string{"normalise/object", "normalise/shard", "rate/shard"},
				Book:  []book.Part{book.PartCatalogue, book.PartCustomers, book.PartPeers, book.PartFX, book.PartPlan, book.PartProvider},
				Spec:  []Given{AsOf}, Balances: comparedWhole,
			},
			{
				Name: "total", Version: "7", Width: Once, Do: reconcileTotal,
				Reads: []string{"ingest/delivery", "normalise/object", "reconcile/shard"},
				Book:  []book.Part{book.PartCatalogue, book.PartPlan, book.PartPeers, book.PartFX, book.PartProvider},
				Spec:  []Given{AsOf},
			},
		}},
		{"emit", []Step{
			{
				Name: "invoices", Version: "6", Width: PerShard, Named: true, Do: emitInvoices, SizeBy: "rate/shard", Size: usageIn,
				Reads: []string{"rate/shard", "reconcile/total"},
				Book:  []book.Part{book.PartCatalogue, book.PartCustomers, book.PartProvider},
				Spec:  []Given{AsOf}, Balances: invoicedWhole,
			},
			{
				Name: "reports", Version: "9", Width: Once, Named: true, Opens: true, Do: emitReports,
				Reads: []string{"ingest/delivery", "normalise/object", "normalise/shard", "rate/shard", "reconcile/shard", "reconcile/total", "emit/invoices"},
				Book:  []book.Part{book.PartCatalogue, book.PartPeers, book.PartFX, book.PartProvider},
				Spec:  []Given{AsOf},
			},
		}},
	}
}

// The balances of a run, by the step after which they must hold.
var (
	decoded = []Balance{{
		"delivered = out of scope + rejected + sent to shards",
		func(c *Control) dataset.Totals { return c.Delivered },
		[]Side{
			func(c *Control) dataset.Totals { return c.OutOfScope },
			func(c *Control) dataset.Totals { return c.Rejected },
			func(c *Control) dataset.Totals { return c.Shuffled },
		},
	}}
	deduplicated = []Balance{{
		"sent to shards = duplicates + usage",
		func(c *Control) dataset.Totals { return c.Shuffled },
		[]Side{
			func(c *Control) dataset.Totals { return c.Duplicates },
			func(c *Control) dataset.Totals { return c.Usage },
		},
	}}
	rated = []Balance{{
		"usage = usage read by rating",
		func(c *Control) dataset.Totals { return c.Usage },
		[]Side{func(c *Control) dataset.Totals { return c.Read }},
	}, {
		"rows read by rating = rated + partly rated + suspended + unpriced + repeated",
		func(c *Control) dataset.Totals { return dataset.Totals{Rows: c.Read.Rows} },
		[]Side{func(c *Control) dataset.Totals {
			return dataset.Totals{Rows: c.RatedRows + c.PartlyRows + c.SuspendedRows + c.UnpricedRows + c.RepeatedRows}
		}},
	}}
	comparedWhole = []Balance{{
		"charges = charges compared with the plan",
		func(c *Control) dataset.Totals { return c.Charged },
		[]Side{func(c *Control) dataset.Totals { return c.Compared }},
	}}
	invoicedWhole = []Balance{{
		"charges = charges invoiced",
		func(c *Control) dataset.Totals { return c.Charged },
		[]Side{func(c *Control) dataset.Totals { return c.Invoiced }},
	}}
)
