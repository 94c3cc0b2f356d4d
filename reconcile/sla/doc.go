// Package sla judges promises about services: from evidence (incidents, probes, counted requests, maintenance notices) to a
// ratio of availability, from that to a credit, and to the deadlines by which it must be claimed. Peers' promises to us and
// ours to customers are judged alike.
//
// A ratio is exact and is compared as it is, never as it is shown. Where evidence or the text of a promise can be read in more
// than one way, the question is computed twice, for the provider and against it, and a person decides: nothing is guessed.
//
// It is pure: it reads no clock, file or network, and knows no promise but those that it is given. It writes no claim.
//
// Start with Judge in judge.go; measure.go has the methods, and credit.go what a breach earns. README.md says how a text becomes a
// promise.
package sla
