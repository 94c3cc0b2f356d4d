// Package whatif rates a month that has been run by another book, and says which customers would pay more and which less, and why.
// Usage stays as the month's current run pinned it, and nothing is left in the store.
//
// Start reading at [Compare]; tally.go adds up, and page.go shows.
package whatif
