// Package model prices a quantity by the terms of one price: flat, per unit, by tiers, packages, blocks, capacities, events,
// sessions, costs of peers, tables and rules. It does so exactly, and keeps the steps of its arithmetic on a [Trail], so that
// any figure can be recomputed from what it shows.
//
// It meters nothing, knows no account, period or currency, and rounds nothing but quotients that do not end, at [WorkPlaces].
// It reads no clock, file or network.
//
// Start with [Model.Price], which has a method for each model in a file named after it; [CheckTerms] says what terms a model
// can price. A [Kernel] and an [EventKernel] price the same without steps and without allocating: what the hot path needs.
// [Recompute] evaluates one step of a trail, and [Check] all those of a charge.
package model
