// Package promise is the step of the stage reconcile that judges promises about services: it gathers the evidence, the fees and
// what earlier months left, asks package sla, and writes what became of each promise, what is to be claimed, whether peers'
// bills give the credits that they owe, and what accounts' drafts give of ours.
//
// Start with Judge in promise.go. The judging itself is package sla's; here is what reads and writes.
package promise
