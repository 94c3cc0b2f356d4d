// Package correct is the step of the stage reconcile that says why a run corrects what was charged for earlier periods. It takes the
// accounts of which rating says that it does, and rates them again as they would be by the book and the usage of then, replacing one
// part of these after the other by today's; by what each replacement changes it tells the causes of every difference. It makes no
// charge: those of rating must come to the same.
//
// Start reading at [Shard]; stages.go says what is replaced when, and evidence.go what stands behind it.
package correct
