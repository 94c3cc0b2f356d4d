// Package reconcile compares what is with what was to be expected: charges with the business plan, and what we earn with
// what it costs us. Below it, the bills of peers are in bills, promises about services in sla, what providers set off in settlement, and
// what both sides are made of in sheet and tally; anomaly, forecast and ledger each have a rule that any of them may need.
//
// It is pure: it reads no clock, file or network, and its results depend on its arguments alone. Everything that grows
// with the input is an accumulator ([Actuals], [Days], [Margins], and those of the rooms below) whose partial sums are exact, so that any division of
// the rows into shards, added in any order, gives the same totals; the comparisons then run over totals. Differences are
// split by restating one amount step by step into the other, each cause being the difference of two neighbours: so the
// causes add up to the whole by construction, whatever is rounded on the way.
//
// What it finds is rows and findings; an error means that the run cannot go on.
//
// Start with compare.go (actual against plan), and with sums.go for all that a shard leaves.
package reconcile
