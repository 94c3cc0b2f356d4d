// Package access is the steps of the stage reconcile that say by whom peers' services are used, and whether that was allowed: each
// shard judges the rows of its accounts, and the whole holds the register of identities against what peers have issued.
//
// The judging itself is package reconcile/access's; here is what reads and writes. Start with Shard in shard.go.
package access
