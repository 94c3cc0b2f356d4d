// Package settle makes cost chains of what is sold under agreements with other providers, and settles with these, in the stage
// reconcile. The rules are of reconcile/chain, reconcile/goods and reconcile/settlement; here is what they are fed with.
//
// Start with Chains in chains.go and Settle in settle.go.
package settle
