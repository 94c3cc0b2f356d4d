// Package service is the vocabulary of promises about services: what a book says was promised (SLA, Promise), what is delivered of them
// as evidence, what became of a promise in a month, and how its credit stands; with the datasets of each.
//
// It judges nothing, and reads and writes no file. Start with SLA in sla.go, Evidence in evidence.go and SLARow in results.go.
package service
