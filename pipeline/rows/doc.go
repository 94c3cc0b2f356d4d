// Package rows turns the rows of the vocabulary into columns and back: charges and their arithmetic, findings, what reports
// are made of, and the accounts of a sorted file. It knows where columns lie, and nothing of runs, stages or prices.
//
// Start with charges.go and charges_read.go; steps.go says how the arithmetic of a charge is kept.
package rows
