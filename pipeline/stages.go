package pipeline

import (
	"slices"

	"daybook/pipeline/access"
	"daybook/pipeline/book"
	"daybook/pipeline/challenges"
	"daybook/pipeline/compare"
	"daybook/pipeline/correct"
	"daybook/pipeline/dataset"
	"daybook/pipeline/emit"
	"daybook/pipeline/feeds"
	"daybook/pipeline/ingest"
	"daybook/pipeline/normalise"
	"daybook/pipeline/promise"
	"daybook/pipeline/rate"
	"daybook/pipeline/requests"
	"daybook/pipeline/run"
	"daybook/pipeline/settle"
)

// Stages returns a bill run, in order: the table is the diagram. What a row does not name, its tasks do not get.
func Stages() []run.Stage {
	return []run.Stage{
		{Name: "ingest", Steps: []run.Step{
			{Name: "delivery", Version: "10", Width: run.PerSource, Do: ingest.Source},
		}},
		{Name: "normalise", Steps: []run.Step{
			{
				Name: "object", Version: "33", Width: run.PerObject, Temporary: true, Do: normalise.Object,
				Book: []book.Part{book.PartSources, book.PartCustomers, book.PartPeers, book.PartProvider},
				Spec: []run.Given{run.EarlierPeriods, run.Families}, Balances: decoded,
			},
			{
				Name: "shard", Version: "8", Width: run.PerShard, Do: normalise.Shard,
				Reads: []string{"normalise/object"}, Spec: []run.Given{run.RestatedBills}, Balances: deduplicated, SizeBy: "normalise/object", Size: normalise.SentTo,
			},
		}},
		{Name: "rate", Steps: []run.Step{
			{
				Name: "shard", Version: "32", Width: run.PerShard, Do: rate.Shard, SizeBy: "normalise/shard", Size: normalise.UsageIn,
				Reads: []string{"normalise/object", "normalise/shard"},
				Book:  []book.Part{book.PartSources, book.PartCatalogue, book.PartCustomers, book.PartPeers, book.PartDisputes, book.PartFX, book.PartPromises, book.PartProvider},
				Spec:  []run.Given{run.AsOf, run.Open, run.CarriedOver, run.EarlierRuns, run.RestatedBills, run.Families}, Balances: rated,
			},
		}},
		{Name: "reconcile", Steps: slices.Concat([]run.Step{
			{
				Name: "shard", Version: "21", Width: run.PerShard, Do: compare.Shard, SizeBy: "normalise/shard", Size: normalise.UsageIn,
				Reads: []string{"normalise/object", "normalise/shard", "rate/shard"},
				Book:  []book.Part{book.PartSources, book.PartCatalogue, book.PartCustomers, book.PartPeers, book.PartDisputes, book.PartFX, book.PartPlan, book.PartProvider},
				Spec:  []run.Given{run.AsOf, run.Open}, Balances: earned,
			},
			{
				Name: "total", Version: "22", Width: run.Once, Do: compare.Total,
				Reads: []string{"ingest/delivery", "normalise/object", "reconcile/shard"},
				Book:  []book.Part{book.PartSources, book.PartCatalogue, book.PartPlan, book.PartPeers, book.PartFX, book.PartProvider},
				Spec:  []run.Given{run.AsOf, run.Open, run.EarlierRuns}, Balances: compared,
			},
			{
				Name: "plan", Version: "6", Width: run.Once, Do: compare.Plan,
				Reads: []string{"reconcile/total"},
				Book:  []book.Part{book.PartPlan, book.PartFX, book.PartProvider},
				Spec:  []run.Given{run.AsOf, run.Open, run.EarlierRuns},
			},
			{
				Name: "promises", Version: "4", Width: run.Once, Do: promise.Judge,
				Reads: []string{"normalise/object", "normalise/shard", "rate/shard"},
				Book:  []book.Part{book.PartPromises, book.PartFX, book.PartProvider},
				Spec:  []run.Given{run.AsOf, run.Open, run.EarlierRuns}, Balances: judged,
			},
			{
				Name: "feeds", Version: "1", Width: run.Once, Do: feeds.Total,
				Reads: []string{"ingest/delivery", "normalise/object"},
				Book:  []book.Part{book.PartSources, book.PartProvider},
				Spec:  []run.Given{run.Open, run.EarlierRuns},
			},
		}, corrections(), peerUse(), peerAccess(), peerDetail(), agreements())},
		{Name: "emit", Steps: []run.Step{
			{
				Name: "invoices", Version: "14", Width: run.PerShard, Named: true, Do: emit.Invoices, SizeBy: "rate/shard", Size: normalise.UsageIn,
				Reads: []string{"rate/shard", "reconcile/total"},
				Book:  []book.Part{book.PartCatalogue, book.PartCustomers, book.PartProvider},
				Spec:  []run.Given{run.AsOf}, Balances: invoiced,
			},
			{
				Name: "reports", Version: "40", Width: run.Once, Named: true, Opens: true, Do: emit.Reports,
				Reads: []string{"ingest/delivery", "normalise/object", "normalise/shard", "rate/shard", "reconcile/shard", "reconcile/total", "reconcile/accounts", "reconcile/plan", "reconcile/feeds", "reconcile/use", "reconcile/budgets", "reconcile/anomalies", "reconcile/goals", "reconcile/shared", "reconcile/access", "reconcile/register", "reconcile/detail", "reconcile/bills", "reconcile/promises", "reconcile/chains", "reconcile/settle", "emit/invoices"},
				Book:  []book.Part{book.PartCatalogue, book.PartDisputes, book.PartPeers, book.PartFX, book.PartProvider},
				Spec:  []run.Given{run.AsOf, run.Arrivals, run.EarlierRuns}, Balances: byCustomer,
			},
		}},
	}
}

// corrections are the steps that say how customers' requests and disputes stand, and why earlier periods are corrected.
func corrections() []run.Step {
	return []run.Step{{
		Name: "requests", Version: "1", Width: run.Once, Do: requests.Total,
		Reads: []string{"normalise/object", "rate/shard"},
		Book:  []book.Part{book.PartRequests, book.PartDisputes, book.PartCustomers, book.PartSources, book.PartProvider},
		Spec:  []run.Given{run.AsOf, run.EarlierRuns},
	}, {
		Name: "disputes", Version: "1", Width: run.Once, Do: challenges.Total,
		Book: []book.Part{book.PartDisputes, book.PartCustomers, book.PartProvider},
		Spec: []run.Given{run.AsOf}, Balances: challenged,
	}, {
		Name: "corrections", Version: "3", Width: run.PerShard, Do: correct.Shard, SizeBy: "normalise/shard", Size: normalise.UsageIn,
		Reads: []string{"normalise/object", "normalise/shard", "rate/shard"},
		Book:  []book.Part{book.PartSources, book.PartCatalogue, book.PartCustomers, book.PartPeers, book.PartDisputes, book.PartFX, book.PartPromises, book.PartProvider},
		Spec:  []run.Given{run.AsOf, run.Open, run.CarriedOver, run.EarlierRuns, run.RestatedBills, run.Families, run.CodeVersions}, Balances: corrected,
	}}
}

// peerUse are the steps that say who uses what peers bill, hold it against budgets, and divide what is shared of it; and what customers
// earn us, who bear that.
func peerUse() []run.Step {
	return []run.Step{
		{
			Name: "use", Version: "4", Width: run.PerShard, Do: compare.PeerUse, SizeBy: "normalise/shard", Size: normalise.UsageIn,
			Reads: []string{"normalise/object", "normalise/shard"},
			Book:  []book.Part{book.PartPeers, book.PartCustomers, book.PartProvider},
			Spec:  []run.Given{run.AsOf, run.Open}, Balances: used,
		},
		{
			Name: "budgets", Version: "1", Width: run.Once, Do: compare.Budgets,
			Reads: []string{"normalise/object", "reconcile/use"},
			Book:  []book.Part{book.PartSources, book.PartPeers, book.PartFX, book.PartProvider},
			Spec:  []run.Given{run.AsOf, run.Open},
		},
		{
			Name: "anomalies", Version: "1", Width: run.Once, Do: compare.Anomalies,
			Reads: []string{"normalise/object", "reconcile/use"},
			Book:  []book.Part{book.PartSources, book.PartPeers, book.PartProvider},
			Spec:  []run.Given{run.AsOf, run.Open, run.EarlierRuns}, Balances: watched,
		},
		{
			Name: "goals", Version: "1", Width: run.Once, Do: compare.Goals,
			Reads: []string{"normalise/object", "reconcile/total", "reconcile/use"},
			Book:  []book.Part{book.PartSources, book.PartPeers, book.PartFX, book.PartProvider},
			Spec:  []run.Given{run.AsOf, run.Open},
		},
		{
			Name: "shared", Version: "1", Width: run.Once, Do: compare.Shared,
			Reads: []string{"normalise/object", "reconcile/use"},
			Book:  []book.Part{book.PartPeers, book.PartFX, book.PartProvider},
			Spec:  []run.Given{run.AsOf, run.Open}, Balances: shared,
		},
		{
			Name: "accounts", Version: "4", Width: run.Once, Do: compare.Accounts,
			Reads: []string{"reconcile/shard", "reconcile/shared"},
			Book:  []book.Part{book.PartCustomers, book.PartProvider},
			Spec:  []run.Given{run.EarlierRuns}, Balances: borne,
		},
	}
}

// peerAccess are the steps that say by whom what peers bill is used, and whether that was allowed.
func peerAccess() []run.Step {
	return []run.Step{
		{
			Name: "access", Version: "1", Width: run.PerShard, Do: access.Shard, SizeBy: "normalise/shard", Size: normalise.UsageIn,
			Reads: []string{"normalise/object", "normalise/shard"},
			Book:  []book.Part{book.PartAccess, book.PartPeers, book.PartCustomers, book.PartProvider},
			Spec:  []run.Given{run.AsOf}, Balances: accessed,
		},
		{
			Name: "register", Version: "1", Width: run.Once, Do: access.Total,
			Reads: []string{"normalise/object", "reconcile/access"},
			Book:  []book.Part{book.PartAccess, book.PartCustomers, book.PartProvider},
			Spec:  []run.Given{run.AsOf, run.Open}, Balances: looked,
		},
	}
}

// peerDetail are the steps that hold peers' bills against our meters row by row.
func peerDetail() []run.Step {
	return []run.Step{
		{
			Name: "detail", Version: "5", Width: run.PerShard, Do: compare.Detail, SizeBy: "normalise/shard", Size: normalise.UsageIn,
			Reads: []string{"normalise/object", "normalise/shard", "rate/shard", "reconcile/total"},
			Book:  []book.Part{book.PartSources, book.PartCatalogue, book.PartCustomers, book.PartPeers, book.PartDisputes, book.PartFX, book.PartProvider},
			Spec:  []run.Given{run.AsOf, run.Open, run.EarlierRuns, run.Families},
		},
		{
			Name: "bills", Version: "4", Width: run.Once, Do: compare.Bills,
			Reads: []string{"normalise/object", "reconcile/total", "reconcile/detail"},
			Book:  []book.Part{book.PartCatalogue, book.PartDisputes, book.PartPeers, book.PartProvider},
			Spec:  []run.Given{run.AsOf, run.EarlierRuns}, Balances: detailed,
		},
	}
}

// agreements are the steps that make cost chains, and settle with other providers.
func agreements() []run.Step {
	return []run.Step{
		{
			Name: "chains", Version: "2", Width: run.PerShard, Do: settle.Chains, SizeBy: "normalise/shard", Size: normalise.UsageIn,
			Reads: []string{"normalise/shard", "rate/shard", "reconcile/total"},
			Book:  []book.Part{book.PartAgreements, book.PartProvider},
			Spec:  []run.Given{run.AsOf, run.Open}, Balances: chained,
		},
		{
			Name: "settle", Version: "2", Width: run.Once, Do: settle.Settle,
			Reads: []string{"reconcile/chains", "reconcile/total", "reconcile/bills"},
			Book:  []book.Part{book.PartAgreements, book.PartCatalogue, book.PartPeers, book.PartFX, book.PartProvider},
			Spec:  []run.Given{run.AsOf, run.Open}, Balances: settled,
		},
	}
}

// The balances of a run, by the step after which they must hold.
var (
	decoded = []run.Balance{{
		What:  "delivered = out of scope + rejected + evidence + credentials + payments + sent to shards",
		Whole: func(c *run.Control) dataset.Totals { return c.Delivered },
		Parts: []run.Side{
			func(c *run.Control) dataset.Totals { return c.OutOfScope },
			func(c *run.Control) dataset.Totals { return c.Rejected },
			func(c *run.Control) dataset.Totals { return c.Evidence },
			func(c *run.Control) dataset.Totals { return c.Listed },
			func(c *run.Control) dataset.Totals { return c.Banked },
			func(c *run.Control) dataset.Totals { return c.Shuffled },
		},
	}, {
		What: "rounded values as delivered = as written + residue", Differs: run.RoundingDiffers,
	}}
	deduplicated = []run.Balance{{
		What:  "sent to shards = duplicates + usage + bills of closed months",
		Whole: func(c *run.Control) dataset.Totals { return c.Shuffled },
		Parts: []run.Side{
			func(c *run.Control) dataset.Totals { return c.Duplicates },
			func(c *run.Control) dataset.Totals { return c.Usage },
			func(c *run.Control) dataset.Totals { return c.Restated },
		},
	}}
	rated = []run.Balance{{
		What:  "usage = usage read by rating",
		Whole: func(c *run.Control) dataset.Totals { return c.Usage },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Read }},
	}, {
		What:  "rows read by rating = rated + partly rated + suspended + unpriced + repeated + voided",
		Whole: func(c *run.Control) dataset.Totals { return dataset.Totals{Rows: c.Read.Rows + c.RestatedRows} },
		Parts: []run.Side{func(c *run.Control) dataset.Totals {
			return dataset.Totals{Rows: c.RatedRows + c.PartlyRows + c.SuspendedRows + c.UnpricedRows + c.RepeatedRows + c.VoidedRows}
		}},
	}, {
		What:  "charges made = charges written",
		Whole: func(c *run.Control) dataset.Totals { return c.Made },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Charged }},
	}}
	earned = []run.Balance{{
		What:  "charges = charges that earn revenue + taxes and prepaid credits",
		Whole: func(c *run.Control) dataset.Totals { return c.Charged },
		Parts: []run.Side{
			func(c *run.Control) dataset.Totals {
				return dataset.Totals{Rows: c.Earning.Rows, Costs: c.Earning.Costs}
			},
			func(c *run.Control) dataset.Totals { return c.Taxes },
		},
	}, {
		What:  "charges that earn revenue = charges behind margins",
		Whole: func(c *run.Control) dataset.Totals { return c.Earning },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Margins }},
	}}
	judged = []run.Balance{{
		What:  "evidence = evidence read by judging",
		Whole: func(c *run.Control) dataset.Totals { return c.Evidence },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Judged }},
	}, {
		What:  "service credits owed = given by charges + left for later",
		Whole: func(c *run.Control) dataset.Totals { return c.CreditsOwed },
		Parts: []run.Side{
			func(c *run.Control) dataset.Totals { return c.CreditsGiven },
			func(c *run.Control) dataset.Totals { return c.CreditsLeft },
		},
	}}
	compared = []run.Balance{{
		What:  "charges that earn revenue = charges compared with the plan",
		Whole: func(c *run.Control) dataset.Totals { return c.Earning },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Compared }},
	}, {
		What:  "value of charges = actuals of variances + what these do not show",
		Whole: func(c *run.Control) dataset.Totals { return c.Valued },
		Parts: []run.Side{
			func(c *run.Control) dataset.Totals { return c.Variances },
			func(c *run.Control) dataset.Totals { return c.Unshown },
		},
	}, {
		What:  "revenue of charges = revenue spread over days",
		Whole: func(c *run.Control) dataset.Totals { return compare.RevenueOf(c.Valued) },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Spread }},
	}, {
		What:  "revenue of variances = revenue of days",
		Whole: func(c *run.Control) dataset.Totals { return compare.RevenueOf(c.Variances) },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Days }},
	}, {
		What:  "usage that peers bill = usage behind peer matches",
		Whole: func(c *run.Control) dataset.Totals { return c.Billed },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Matched }},
	}}
	used = []run.Balance{{
		What:  "usage that peers bill = use by user",
		Whole: func(c *run.Control) dataset.Totals { return c.Used },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.ByUser }},
	}}
	watched = []run.Balance{{
		What:  "usage that peers with anomalies bill = use by day",
		Whole: func(c *run.Control) dataset.Totals { return c.Watched },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.ByDay }},
	}}
	shared = []run.Balance{{
		What:  "usage that shared costs take = shared costs",
		Whole: func(c *run.Control) dataset.Totals { return c.Shared },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Shares }},
	}}
	borne = []run.Balance{{
		What:  "value of shared costs that customers bear = shared costs by customer",
		Whole: func(c *run.Control) dataset.Totals { return c.BorneBy },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Bearing }},
	}}
	accessed = []run.Balance{{
		What:  "usage that peers with a register bill = use by identity and entitlement",
		Whole: func(c *run.Control) dataset.Totals { return c.Accessed },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.ByAccess }},
	}}
	looked = []run.Balance{{
		What:  "credentials = credentials read for the register",
		Whole: func(c *run.Control) dataset.Totals { return c.Listed },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Looked }},
	}}
	detailed = []run.Balance{{
		What:  "rows of bills compared in detail = rows behind peers' bills",
		Whole: func(c *run.Control) dataset.Totals { return c.Detailed },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.PeerBilled }},
	}, {
		What:  "discrepancies = disputed and tolerated of peers' bills",
		Whole: func(c *run.Control) dataset.Totals { return c.Discrepant },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.PeerOff }},
	}, {
		What:  "raised disputes = accepted + rejected + open",
		Whole: func(c *run.Control) dataset.Totals { return c.Claimed },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Standing }},
	}}
	challenged = []run.Balance{{
		What:  "customers' disputes = accepted + rejected + open",
		Whole: func(c *run.Control) dataset.Totals { return c.Challenged },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Answered }},
	}}
	corrected = []run.Balance{{
		What:  "charged for earlier periods + corrected since + corrections = rated again",
		Whole: func(c *run.Control) dataset.Totals { return c.Rerated },
		Parts: []run.Side{
			func(c *run.Control) dataset.Totals { return c.ChargedBefore },
			func(c *run.Control) dataset.Totals { return c.Corrections },
		},
	}, {
		What:  "differences of lines = their causes",
		Whole: func(c *run.Control) dataset.Totals { return c.Differences },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Causes }},
	}}
	chained = []run.Balance{{
		What:  "charges of agreements = revenue and cost of cost chains",
		Whole: func(c *run.Control) dataset.Totals { return c.Chained },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Chains }},
	}}
	settled = []run.Balance{{
		What:  "bills and charges under agreements = settlements",
		Whole: func(c *run.Control) dataset.Totals { return c.Owed },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Debts }},
	}, {
		What:  "settlements to be netted = payable",
		Whole: func(c *run.Control) dataset.Totals { return c.ToNet },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Payable }},
	}, {
		What:  "payable = netted + paid",
		Whole: func(c *run.Control) dataset.Totals { return c.Payable },
		Parts: []run.Side{
			func(c *run.Control) dataset.Totals { return c.Netted },
			func(c *run.Control) dataset.Totals { return c.Paid },
		},
	}, {
		What:  "paid = received",
		Whole: func(c *run.Control) dataset.Totals { return c.Paid },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Receives }},
	}}
	byCustomer = []run.Balance{{
		What:  "revenue of charges = revenue by customer",
		Whole: revenueOfCharges,
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.ByCustomer }},
	}, {
		What:  "revenue of charges = revenue by account",
		Whole: revenueOfCharges,
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.ByAccount }},
	}}
	invoiced = []run.Balance{{
		What:  "charges = charges invoiced",
		Whole: func(c *run.Control) dataset.Totals { return c.Charged },
		Parts: []run.Side{func(c *run.Control) dataset.Totals { return c.Invoiced }},
	}}
)

// revenueOfCharges is what the charges that earn revenue come to in the provider's currency.
func revenueOfCharges(c *run.Control) dataset.Totals {
	t := compare.RevenueOf(c.Valued)
	t.Rows = c.Earning.Rows
	return t
}
