// Package feeds is the step of the stage reconcile that says how complete the deliveries of each source are, of the period and of the
// twelve months before. The judging is package reconcile/feeds's. Start with Total in total.go.
package feeds
