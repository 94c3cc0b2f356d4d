// Package compare is the stage called reconcile: it sums charges and use by shard, and holds the sums against the plan and
// against what contracts let peers bill. The comparison itself is package reconcile's; here is what reads and writes.
package compare
