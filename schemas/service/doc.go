// Package service is the vocabulary of promises about services: what is delivered of them as evidence, what became of a promise in a
// month, and how its credit stands; with the datasets of each. What was promised itself, schemas.SLA and schemas.Promise, is of the
// book and stands above.
//
// It judges nothing, and reads and writes no file. Start with Evidence in evidence.go and SLARow in results.go.
package service
